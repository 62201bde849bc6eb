"""Reads a mail that was forwarded inline: who wrote it, when, and what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mailbot.core.mail import Address, Mail
from mailbot.core.quotes_lines import LINE_CAP, clean, divider, header_block, is_quoted, unquoted
from mailbot.core.quotes_words import FORWARD_SUBJECTS

_ADDRESS = re.compile(r"[^\s<>()\[\]\"@:;,]{1,64}@[^\s<>()\[\]\"@:;,]{2,190}")
_PREFIX = re.compile(r"\s*([^\s:：\[\]]{1,16}|إعادة توجيه)\s?(?:\[\d{1,3}\])?[:：]")
_SEARCH_LINES: Final = 4_000
_TEXT_CAP: Final = 400_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Forwarded:
    """The mail inside a forward. `date` is the client's wording, not parsed; `text` has LF ends and no quote marks."""

    sender: Address | None
    date: str | None
    subject: str | None
    text: str


def is_forward_subject(subject: str) -> bool:
    """Whether the first prefix of a subject says forward, in any language ("Fwd:", "WG:", "TR:")."""
    found = _PREFIX.match(subject[:80])
    return found is not None and found.group(1).casefold() in FORWARD_SUBJECTS


def forwarded(mail: Mail) -> Forwarded | None:
    """The first mail that this mail forwards inline, or None.

    It is one below a divider that says so, or, where the subject says forward, below any divider or header block.
    """
    lines = mail.text[:_TEXT_CAP].replace("\r\n", "\n").split("\n")
    by_subject = is_forward_subject(mail.subject)
    for index, raw in enumerate(lines[:_SEARCH_LINES]):
        bare = unquoted(raw)
        text = clean(bare)
        if not text or len(text) > LINE_CAP:
            continue
        kind = divider(text)
        if kind == "forward" or (kind == "reply" and by_subject):
            return _read(lines, index + 1, quoted=is_quoted(raw))
        if by_subject and (":" in text[:40] or "：" in text[:40]):
            around = [unquoted(line) for line in lines[index : index + 20]] if is_quoted(raw) else lines
            if header_block(around, 0 if is_quoted(raw) else index) is not None:
                return _read(lines, index, quoted=is_quoted(raw))
    return None


def _read(lines: Sequence[str], start: int, *, quoted: bool) -> Forwarded | None:
    """The forwarded mail whose header block stands at `start` or a few blank lines below."""
    body = lines[start:]
    first = next((line for line in body[:6] if line.strip()), "")
    if quoted or is_quoted(first):
        body = [unquoted(line) for line in body]
    at = next((number for number, line in enumerate(body[:6]) if clean(line)), 0)
    block = header_block(body, at) if at < len(body) else None
    fields = block.fields if block is not None else {}
    text = "\n".join(body[block.end if block is not None else at :]).strip("\n")
    if block is None and not text.strip():
        return None
    return Forwarded(
        sender=_address(fields.get("from", "")),
        date=fields.get("date") or None,
        subject=fields.get("subject") or None,
        text=text,
    )


def _address(text: str) -> Address | None:
    """The mailbox in the value of a From line, as clients write it ("Ana <…>", "Ana [mailto:…]"), or None."""
    found = _ADDRESS.search(text[:LINE_CAP].replace("mailto:", " "))
    if found is None:
        return None
    name = text[: found.start()].replace("mailto:", "").strip(" \t\"'<[(*")
    return Address(name=name or None, address=found.group().strip("'*"))
