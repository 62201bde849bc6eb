"""Searches outgoing mail for what must stay inside: addresses and links that were signed for an agent."""

from __future__ import annotations

import base64
import contextlib
import itertools
import quopri
import re
import unicodedata
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote

from mailbot.core.intake.read import attachments, read
from mailbot.core.intake.tokens import Signer
from mailbot.core.model.mail import Unreadable
from mailbot.core.sending.notice_lines import holds_notice

_LOOKED_AT = 4_000_000  # characters of one text
_DEEPEST = 3  # nested mails
_ROUNDS = 3  # of decoding what a client or a gateway encoded: a link within a link
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060\ufe0f\ufeff]+")
_DASHES = re.compile("[‐‑‒–—−﹣－]")
_BETWEEN = re.compile(r"[\s>|]+")  # where lines were broken, with the quote marks that follow
_ESCAPED = re.compile(r"=([2-7][0-9A-Fa-f])|=\r?\n|\\u(00[2-7][0-9A-Fa-f])|\\'([2-7][0-9A-Fa-f])")
_PACKED = re.compile(r"[A-Za-z0-9+/]{40,4000}")
_MOST_PACKED = 200
_RUN = re.compile(r"[^\s<>\"'“”„«»()\[\]]+")
_LINK = re.compile(r"[a-z][a-z0-9+.-]{1,20}:", re.IGNORECASE)
_EMPTIED = re.compile(r"<\s*>|\(\s*\)|\[\s*\]")
_MAIL_TYPES = ("message/rfc822", "message/global")
_TEXT_TYPES = ("text/", "message/", "application/json", "application/xml", "application/xhtml", "application/rtf")


def holds_signed(text: str, signer: Signer) -> bool:
    """Whether a text holds an address or a link that was signed for an agent, in any spelling that clients produce."""
    return any(signer.empowers(spelled) for spelled in _spellings(text[:_LOOKED_AT]))


def file_holds_signed(name: str | None, type_: str, data: bytes, signer: Signer, *, depth: int = 0) -> bool:
    """The same for a file: its name, and its bytes as far as they are text, a mail, or contain plain text.

    Nothing is unpacked.
    """
    if name and holds_signed(name, signer):
        return True
    is_mail = type_ in _MAIL_TYPES or (name or "").casefold().endswith(".eml")
    if is_mail and depth < _DEEPEST and _mail_holds_signed(data, signer, depth):
        return True
    text = data[:_LOOKED_AT]
    if not (is_mail or type_.startswith(_TEXT_TYPES) or b"\0" not in data[:2_000]):
        # A PDF or an old Outlook or Word file holds some of its texts unencoded, one or two bytes a letter.
        return signer.empowers(text.replace(b"\0", b"").decode("latin-1"))
    if holds_signed(_decoded(text), signer):
        return True
    wrapped = b"=\r\n" in text or b"=\n" in text or b"=2" in text
    return wrapped and holds_signed(_decoded(quopri.decodestring(text)), signer)


def file_holds_notice(name: str | None, type_: str, data: bytes, *, depth: int = 0) -> bool:
    """Whether a file is a notice of ours, or holds its mark or line of verbs, as far as it is text or a mail."""
    is_mail = type_ in _MAIL_TYPES or (name or "").casefold().endswith(".eml")
    if is_mail and depth < _DEEPEST:
        mail = read(data)
        if not isinstance(mail, Unreadable):
            parts = attachments(data, frozenset(each.index for each in mail.attachments))
            return holds_notice(mail.text) or any(
                file_holds_notice(part.name, part.type, part.data, depth=depth + 1) for part in parts.values()
            )
    if not type_.startswith(_TEXT_TYPES) and b"\0" in data[:2_000]:
        return False
    return holds_notice(_decoded(data[:_LOOKED_AT]))


def without_signed(text: str, signer: Signer, instead: str) -> str:
    """The text with each such address replaced by the plain one `instead`, and no such links; empty if any stays."""

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
    parts = attachments(raw, frozenset(each.index for each in mail.attachments))
    return any(file_holds_signed(part.name, part.type, part.data, signer, depth=depth + 1) for part in parts.values())


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8", "replace")


def _spellings(text: str) -> Iterator[str]:
    """The text as it reads after decoding: links within links, HTML entities, broken lines."""
    for _ in range(_ROUNDS):
        yield text
        plain = text
        if "=2" in plain or "=\n" in plain or "\\" in plain:
            plain = _ESCAPED.sub(_unescaped, plain)  # RFC 2045 section 6.7, RFC 8259 section 7, RTF
        if not plain.isascii():
            plain = _DASHES.sub("-", unicodedata.normalize("NFKC", _INVISIBLE.sub("", plain)))
        plain = unescape(plain) if "&" in plain else plain
        plain = unquote(plain) if "%" in plain else plain
        if plain == text:
            break
        text = plain
    yield _BETWEEN.sub("", text)
    for packed in itertools.islice(_PACKED.finditer(text), _MOST_PACKED):
        with contextlib.suppress(ValueError):
            yield base64.b64decode(packed.group()[: len(packed.group()) // 4 * 4]).decode("latin-1")


def _unescaped(found: re.Match[str]) -> str:
    code = found.group(1) or found.group(2) or found.group(3)
    return chr(int(code, 16)) if code else ""
