"""Chooses between the plain text of a mail and its HTML, and notices when either is labelled wrongly."""

from __future__ import annotations

import html
import re
from enum import Enum
from typing import Final

from mailbot.core.intake.mime.pictures import marked
from mailbot.core.intake.mime.shown import shown, without_bulk

_LOOKED_AT: Final = 100_000  # characters of either part
_TAG: Final = re.compile(r"<[a-zA-Z/!?][^<>]*>")
_WORD: Final = re.compile(r"[^\W_]+")
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)
_DOCUMENT: Final = re.compile(r"(?:<\?xml[^>]{0,200}>\s*)?(?:<!doctype\s+html|<html\b|<body\b|<head\b)", re.IGNORECASE)
_BREAK: Final = re.compile(r"<(?:br|/p|/div|/tr|/li|/table|/ul|/ol|/h[1-6])\s*/?>", re.IGNORECASE)
_ANY_HTML: Final = re.compile(
    r"</?(?:a|b|i|u|p|br|div|span|font|table|tr|td|th|tbody|ul|ol|li|h[1-6]|html|head|body|img|strong|em|blockquote|pre"
    r"|center|hr|style|meta|title|o:p|code|section|article)\b[^<>]*>",
    re.IGNORECASE,
)
_LAYOUT: Final = re.compile(
    r"<(?:p|br|div|table|tr|td|ul|ol|li|h[1-6]|pre|hr|blockquote|center|section|article)\b", re.IGNORECASE
)
_TAGS_AT_LEAST: Final = 2
_WORDS: Final = 500  # words not found in the other part that are looked for
_MISSING_LETTERS: Final = 8
_MISSING_SHARE: Final = 10  # one letter in this many


def is_html(text: str) -> bool:
    """Whether so-called plain text is HTML: a document, or lines that all end in tags instead of line ends."""
    start = text[:_LOOKED_AT].lstrip("\ufeff \t\r\n")
    if _DOCUMENT.match(start):
        return True
    if len(_BREAK.findall(start)) < _TAGS_AT_LEAST:
        return False
    lines = [line.strip() for line in start.split("\n") if line.strip()]
    # Somebody who asks about a page shows its source below words of their own: those lines have no tags.
    return all(line.startswith("<") or line.endswith(">") for line in lines[:-1]) or len(lines) == 1


def is_plain(source: str) -> bool:
    """Whether so-called HTML is plain text: nothing in it is a tag of HTML."""
    return "\n" in source.strip() and _ANY_HTML.search(source) is None


def with_line_ends(source: str) -> str:
    """HTML that has some tags but none that breaks a line, with its line ends as breaks."""
    if "\n" not in source.strip() or _LAYOUT.search(source) or _DOCUMENT.match(source.lstrip()):
        return source
    return source.strip("\n").replace("\n", "<br>\n")


class Reads(Enum):
    """Which form of the words is read."""

    PLAIN = "plain"
    HTML = "html"
    BOTH = "both"


def which(plain: str, source: str) -> Reads:
    """The HTML if the plain text is only a stub of it: a notable part of the HTML's words is missing there.

    Both if the plain text has lines of other words, and no fewer than the HTML: then neither is a stub.
    """
    bare, _ = without_bulk(source)
    if not _missing(plain, html.unescape(_TAG.sub(" ", bare[:_LOOKED_AT]))):
        return Reads.PLAIN
    seen = html.unescape(_TAG.sub(" ", shown(source, links=False)[:_LOOKED_AT]))  # hidden words do not count
    missing = sum(map(len, _missing(plain, seen)))
    letters = sum(map(len, _WORD.findall(seen)))
    words = _WORD.findall(_said(plain[:_LOOKED_AT]))
    if missing * _MISSING_SHARE < letters or (missing < _MISSING_LETTERS and words):
        return Reads.PLAIN
    if sum(map(len, words)) < letters or plain.strip().count("\n") == 0 or missing * 2 < letters:
        return Reads.HTML
    return Reads.BOTH if sum(map(len, _missing(seen, plain))) * 2 >= letters else Reads.HTML


def _missing(plain: str, seen: str) -> list[str]:
    """The words of one text that the other does not have, whatever their line breaks."""
    plain = _said(plain[:_LOOKED_AT]).casefold()
    known = set(_WORD.findall(plain))
    rest = [word for word in _WORD.findall(seen.casefold()) if word not in known]
    if not rest:
        return []
    run = "".join(_WORD.findall(plain))
    return [word for word in list(dict.fromkeys(rest))[:_WORDS] if word not in run]


def _said(plain: str) -> str:
    """Plain text without the marks that clients leave in it for pictures."""
    return marked(plain, lambda _cid, _name: "")
