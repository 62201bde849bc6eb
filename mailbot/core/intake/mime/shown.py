"""Makes the HTML of a mail one document as its reader sees it, with links spelled out and marks for pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from mailbot.core.intake.mime.links import unwrapped
from mailbot.core.intake.mime.styles import hidden

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

HTML_LENGTH: Final = 1_000_000  # characters that are looked at after styles, comments and pictures are removed
_RAW_LENGTH: Final = 30_000_000
_ADDRESS_LENGTH: Final = 2_000  # longer link addresses are no use to a reader
_LINKS: Final = 5_000
_DATA: Final = re.compile(r"data:[\w.+-]{1,60}/[\w.+-]{1,60}[;,][^\"'\s<>)]*", re.IGNORECASE)
#: Where an element that was never closed ends: no client shows the rest of such a mail, but it was meant to be read.
_UNCLOSED_ENDS: Final = ("</head", "<body")
_UNSEEN: Final = "script, style, title, template, object, noembed, head, link, meta"
_MARKUP: Final = re.compile(r"<[a-zA-Z/!?][^<>]*>")
_LETTERS: Final = re.compile(r"[^\W_]+")
_SCHEME: Final = re.compile(r"\A(?:https?://)?(?:www\.)?", re.IGNORECASE)
_FOLLOWED: Final = ("http://", "https://", "ftp://")
_SPOKEN: Final = ("mailto:", "tel:", "sms:")


def without_bulk(source: str) -> tuple[str, str]:
    """The HTML without style sheets, scripts and the bytes of embedded pictures; and the style sheets.

    Linear. What was never closed ends at the body, so that the body's words are read.
    """
    source = source[:_RAW_LENGTH]
    if "data:" in source or "DATA:" in source:
        source = _DATA.sub("data:,", source)
    folded = _folded(source)
    sheets: list[str] = []
    if "<style" in folded:
        source = _cut(source, folded, "<style", "</style", sheets)
        folded = _folded(source)
    if "<script" in folded:
        source = _cut(source, folded, "<script", "</script", [])
        folded = _folded(source)
    if "<title" in folded:
        source = _cut(source, folded, "<title", "</title", [])
    if len(source) > HTML_LENGTH:
        source = _without_comments(source)
    if (last := source.rfind("<!--")) >= 0 and source.find("-->", last) < 0:
        source = source[:last] + source[last + 4 :]
    return source, "\n".join(sheets)


def shown(source: str, marks: Mapping[str, str] | None = None, *, links: bool = True) -> str:
    """One document of all that is shown, in order: words before, between and after whole documents, too.

    Hidden words are removed. Each picture shown by a Content-ID that `marks` knows (in lower case) becomes its mark.
    With `links` the words of a link are followed by its unwrapped address, unless they say it themselves. HTML that
    cannot be parsed comes back unchanged.
    """
    from selectolax.lexbor import LexborHTMLParser

    bare, sheet = without_bulk(source)
    bare = bare[:HTML_LENGTH]
    try:
        tree = LexborHTMLParser(bare)
    except (ValueError, RuntimeError):
        return bare
    body = tree.body
    if body is None:
        return bare
    for node in body.css(_UNSEEN):
        node.decompose()
    for node, whole in list(hidden(tree, bare, sheet)):
        if whole and node.tag not in ("body", "html"):
            node.decompose()
        elif not whole:
            for child in list(node.iter(include_text=True)):
                if child.is_text_node:
                    child.decompose()
    for node in body.css("img[src]") if marks else ():
        mark = (marks or {}).get(content_id(node.attributes.get("src") or ""))
        if mark:
            node.insert_before(f" {mark} ")
            node.decompose()
    if links:
        for node in body.css("a[href]")[:_LINKS]:
            _spell_out(node)
    return f"<html>{body.html or ''}</html>"


def content_id(address: str) -> str:
    """The Content-ID that a `cid:` address means (RFC 2392), in lower case; empty if it is something else."""
    scheme, _, rest = address.strip().partition(":")
    return unquote(rest).strip("<> ").lower() if scheme.lower() == "cid" else ""


def plain_words(source: str) -> str:
    """All words of HTML that is shown, in one line and without layout: for comparing, not for reading."""
    return _MARKUP.sub(" ", source)


def _spell_out(node: LexborNode) -> None:
    href = (node.attributes.get("href") or "").strip()
    if href.lower().startswith(_FOLLOWED):
        words = node.text().strip()
        address = unwrapped(href)
        if not _LETTERS.search(words) or len(address) > _ADDRESS_LENGTH or re.search(r"[\s<>]", address):
            return
        if " " not in words and unwrapped(words) != words:  # the words are themselves a wrapped address
            _say(node, unwrapped(words))
        elif _bare(words) != _bare(address):
            node.insert_child(f" <{address}>")
    elif href.lower().startswith(_SPOKEN):
        address = unquote(href.partition(":")[2].partition("?")[0]).strip()
        words = node.text().strip()
        said = re.sub(r"[\s()/.-]", "", words).lower()
        if not address or not _LETTERS.search(words) or re.search(r"[\s<>]", address) or len(address) > 320:
            return
        if re.sub(r"[\s()/.-]", "", address).lower() not in said:
            node.insert_child(f" <{address}>")


def _say(node: LexborNode, words: str) -> None:
    node.insert_before(words)
    node.decompose()


def _bare(address: str) -> str:
    """An address without what people leave out when they say it."""
    return _SCHEME.sub("", address.strip().rstrip("/.")).partition("#")[0].rstrip("/").lower()


def _without_comments(text: str) -> str:
    """The text without comments that end; one pass. "<!-->" is a whole one (HTML standard, section 13.2.5.43)."""
    out, at = [], 0
    while (here := text.find("<!--", at)) >= 0 and (stop := text.find("-->", here + 2)) >= 0:
        out.append(text[at:here])
        at = stop + 3
    out.append(text[at:])
    return "".join(out)


def _folded(text: str) -> str:
    folded = text.lower()
    if len(folded) != len(text):  # a few letters grow longer in lower case
        folded = "".join(c if len(c.lower()) > 1 else c.lower() for c in text)
    return folded


def _cut(text: str, folded: str, start: str, end: str, into: list[str]) -> str:
    """The text without everything from a `start` to the next `end`, which is added to `into`; one pass."""
    out, at = [], 0
    while (here := folded.find(start, at)) >= 0:
        if folded[here + len(start) : here + len(start) + 1] not in (">", " ", "\n", "\t", "\r", "/", ""):
            out.append(text[at : here + len(start)])
            at = here + len(start)
            continue
        out.append(text[at:here])
        stop = folded.find(end, here)
        if stop < 0:
            ends = [place for sign in _UNCLOSED_ENDS if (place := folded.find(sign, here)) >= 0]
            at = min(ends, default=len(text))
            into.append(text[here:at])
            return "".join([*out, text[at:]])
        behind = folded.find(">", here)
        into.append(text[behind + 1 : stop] if 0 <= behind < stop else "")
        closing = folded.find(">", stop)
        at = closing + 1 if closing >= 0 else len(text)
    out.append(text[at:])
    return "".join(out)
