"""Looks for what must stay inside in anything that is to go out: addresses and links that were signed for an agent."""

from __future__ import annotations

import quopri
import re
import unicodedata
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote

from mailbot.core.mail import Unreadable
from mailbot.core.read import attachment, read
from mailbot.core.tokens import Signer

_LOOKED_AT = 4_000_000  # characters of one text
_DEEPEST = 3  # mails within mails
_ROUNDS = 3  # of undoing what a client or a gateway encoded: a link within a link
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060\ufe0f\ufeff]+")
_DASHES = re.compile("[‐‑‒–—−﹣－]")
_BETWEEN = re.compile(r"[\s>|]+")  # where lines were broken, and what quoting put in front of them
_RUN = re.compile(r"[^\s<>\"'“”„«»()\[\]]+")
_LINK = re.compile(r"[a-z][a-z0-9+.-]{1,20}:", re.IGNORECASE)
_EMPTIED = re.compile(r"<\s*>|\(\s*\)|\[\s*\]")
_MAIL_TYPES = ("message/rfc822", "message/global")
_TEXT_TYPES = ("text/", "message/", "application/json", "application/xml", "application/xhtml", "application/rtf")


def holds_signed(text: str, signer: Signer) -> bool:
    """Whether a text holds an address or a link that was signed for an agent, in any spelling that clients make of one."""
    return any(signer.empowers(spelled) for spelled in _spellings(text[:_LOOKED_AT]))


def file_holds_signed(name: str | None, type_: str, data: bytes, signer: Signer, *, depth: int = 0) -> bool:
    """The same of a file, as far as it is text or a mail; nothing is unpacked."""
    is_mail = type_ in _MAIL_TYPES or (name or "").casefold().endswith(".eml")
    if is_mail and depth < _DEEPEST and _mail_holds_signed(data, signer, depth):
        return True
    if not (is_mail or type_.startswith(_TEXT_TYPES) or b"\0" not in data[:2_000]):
        return False
    text = data[:_LOOKED_AT]
    if holds_signed(_decoded(text), signer):
        return True
    wrapped = b"=\r\n" in text or b"=\n" in text or b"=2" in text
    return wrapped and holds_signed(_decoded(quopri.decodestring(text)), signer)


def without_signed(text: str, signer: Signer, instead: str) -> str:
    """The text with each such address become the plain one `instead`, and each such link gone; empty where it stays."""

    def mended(found: re.Match[str]) -> str:
        run = found.group()
        if not holds_signed(run, signer):
            return run
        return "" if _LINK.match(run) else instead

    lines = []
    for line in text.split("\n"):
        kept = _RUN.sub(mended, line)
        if kept != line:
            kept = _EMPTIED.sub("", kept).rstrip()
            if not kept or kept.endswith(":"):
                continue  # only a link, or what it was called
        lines.append(kept)
    clean = "\n".join(lines)
    return "" if holds_signed(clean, signer) else clean


def _mail_holds_signed(raw: bytes, signer: Signer, depth: int) -> bool:
    mail = read(raw)
    if isinstance(mail, Unreadable):
        return False
    said = (*(value for _, value in mail.headers), mail.text, mail.html or "")
    if any(holds_signed(text, signer) for text in said if text):
        return True
    for each in mail.attachments:
        part = attachment(raw, each.index)
        if part is not None and file_holds_signed(*part, signer, depth=depth + 1):
            return True
    return False


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8", "replace")


def _spellings(text: str) -> Iterator[str]:
    """The text as it is read by whoever undoes what encodes it: links within links, marks of HTML, broken lines."""
    for _ in range(_ROUNDS):
        yield text
        plain = text
        if not plain.isascii():
            plain = _DASHES.sub("-", unicodedata.normalize("NFKC", _INVISIBLE.sub("", plain)))
        plain = unescape(plain) if "&" in plain else plain
        plain = unquote(plain) if "%" in plain else plain
        if plain == text:
            break
        text = plain
    yield _BETWEEN.sub("", text)
