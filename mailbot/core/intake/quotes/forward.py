"""Reads a mail that was forwarded inline: who wrote it, when, and what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import dedent
from typing import Final

from mailbot.core.intake.quotes.headers import header_block, unglued
from mailbot.core.intake.quotes.lines import (
    EMAIL,
    LINE_CAP,
    Sure,
    attribution_at,
    clean,
    divider,
    fold,
    is_quoted,
    unquoted,
)
from mailbot.core.intake.quotes.words import FORWARD_SUBJECTS, REPLY_SUBJECTS
from mailbot.core.model.mail import Address, Mail

_PREFIX = re.compile(r"\s*(?:\[[^\[\]]{1,30}\]\s*){0,2}([^\s:：\[\]]{1,16}|إعادة توجيه)\s?(?:\[\d{1,3}\])?[:：]")
_QUOTED_NAME = re.compile(r"[\"„“«]\s*([^\"„“”«»]{1,80})[\"”»]?\s*\Z")
_LAST_WORDS = re.compile(r"(?:\A|[\s,])((?!AM\b|PM\b)[^\W\d_a-z][\w.'’-]*(?:\s[^\W\d_a-z][\w.'’-]*){0,3})\s*\Z")
_FIGURES = re.compile(r"\d(?:.*\d)?(?:\s?[AaPp]\.?[Mm]\b)?")
_LOST_MARKS: Final = 2  # consecutive lines in a quote that may lack a quote mark
_SEARCH_LINES: Final = 4_000
_TEXT_CAP: Final = 400_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Forwarded:
    """The mail inside a forward. `date` is the client's wording, not parsed; `text` has LF line ends, no quote marks.

    `named` is what its From line says if that holds no address; `above` what comes before it, `said` whether a
    divider calls it forwarded.
    """

    sender: Address | None
    date: str | None
    subject: str | None
    text: str
    named: str = ""
    above: str = ""
    said: bool = False


def is_forward_subject(subject: str) -> bool:
    """Whether the first prefix of a subject says forward, in any language ("Fwd:", "WG:", "TR:")."""
    found = _PREFIX.match(subject[:80])
    return found is not None and fold(found.group(1)) in FORWARD_SUBJECTS


def is_reply_subject(subject: str) -> bool:
    """Whether the first prefix of a subject says that it is an answer, in any language ("Re:", "AW:", "SV:")."""
    found = _PREFIX.match(subject[:80])
    return found is not None and fold(found.group(1)) in REPLY_SUBJECTS


def forwarded(mail: Mail, *, any_subject: bool = False) -> Forwarded | None:
    """The first mail that this mail forwards inline, or None.

    It is below a divider that says so or, if the subject says forward (or with `any_subject`), below any divider,
    header block or "On … wrote:".
    """
    lines = [
        piece
        for line in mail.text[:_TEXT_CAP].replace("\r\n", "\n").split("\n", _SEARCH_LINES)
        for piece in ((unglued(line) if "--" in line else None) or (line,))
    ]
    lines += lines.pop().split("\n")
    by_subject = any_subject or is_forward_subject(mail.subject)
    for index, raw in enumerate(lines[:_SEARCH_LINES]):
        bare = unquoted(raw)
        text = clean(bare)
        if not text or len(text) > LINE_CAP:
            continue
        kind = divider(text)
        if kind == "forward" or (kind == "reply" and by_subject):
            return _below(_read(lines, index + 1, quoted=is_quoted(raw)), lines[:index], said=kind == "forward")
        if not by_subject:
            continue
        if ":" in text[:40] or "：" in text[:40]:
            around = [unquoted(line) for line in lines[index : index + 20]] if is_quoted(raw) else lines
            if header_block(around, 0 if is_quoted(raw) else index) is not None:
                return _below(_read(lines, index, quoted=is_quoted(raw)), lines[:index])
        if not is_quoted(raw):
            sure, end = attribution_at(lines, index)
            if sure is Sure.SURE and (found := _introduced(lines, index, end)) is not None:
                return _below(found, lines[:index])
    return None


def _below(found: Forwarded | None, above: Sequence[str], *, said: bool = False) -> Forwarded | None:
    """What was found, with the lines before it."""
    return None if found is None else replace(found, above="\n".join(above).strip(), said=said)


def _read(lines: Sequence[str], start: int, *, quoted: bool) -> Forwarded | None:
    """The forwarded mail whose header block is at `start` or a few blank lines below."""
    body = list(lines[start:])
    if quoted or is_quoted(next((line for line in body[:6] if line.strip()), "")):
        body = _inside(body)
    at = next((number for number, line in enumerate(body[:6]) if clean(line)), 0)
    block = header_block(body, at) if at < len(body) else None
    fields = block.fields if block is not None else {}
    text = _told(body[block.end if block is not None else at :])
    if block is None and not text.strip():
        return None
    return Forwarded(
        sender=_address(fields.get("from", "")),
        date=fields.get("date") or None,
        subject=fields.get("subject") or None,
        text=text,
        named=clean(fields.get("from", "")[:LINE_CAP]).strip("*_<>\"' "),
    )


def _inside(body: Sequence[str]) -> list[str]:
    """The quoted lines at the beginning without their marks, and those among them that lost theirs in wrapping."""
    last = -1
    for number, line in enumerate(body):
        if is_quoted(line):
            last = number
        elif number - last > _LOST_MARKS:
            break
    inside = [unquoted(line) for line in body[: last + 1]]
    # Some clients quote the header alone.
    return inside if any(line.strip() for line in inside[1:]) else [unquoted(line) for line in body]


def _told(body: Sequence[str]) -> str:
    """The text of a forwarded mail, without its own quote marks if every line has one, and without outer blanks."""
    text = [line for line in body if line.strip()]
    if text and is_quoted(text[0]):
        body = _inside(body[next(number for number, line in enumerate(body) if line.strip()) :])
    elif text and clean(body[0]) and body[0][:1] == " " != text[-1][:1]:
        body = [body[0].lstrip(" "), *body[1:]]  # a header on one line leaves one blank behind
    return "\n".join(body).rstrip().strip("\n")


def _introduced(lines: Sequence[str], start: int, end: int) -> Forwarded | None:
    """What is below an "On … wrote:", as one client introduces a forward; None if it names no address."""
    said = " ".join(clean(line) for line in lines[start:end])[:LINE_CAP]
    found = EMAIL.search(said)
    if found is None:
        return None
    before, after = said[: found.start()].rstrip(" <([\"'"), said[found.end() :]
    name = _QUOTED_NAME.search(before) or _LAST_WORDS.search(before)
    rest = before[: name.start()] if name else before
    date = _FIGURES.search(rest) or _FIGURES.search(after)
    first = next((number for number in range(end, len(lines)) if lines[number].strip()), len(lines))
    body = _inside(lines[first:]) if first < len(lines) and is_quoted(lines[first]) else lines[first:]
    return Forwarded(
        sender=Address(name=_name(name.group(1)) if name else None, address=found.group()),
        date=date.group() if date else None,
        subject=None,
        text=dedent("\n".join(body)).rstrip().strip("\n"),
    )


def _address(text: str) -> Address | None:
    """The mailbox in the value of a From line, as clients write it ("Ana <…>", "Ana [mailto:…]"), or None."""
    plain = text[:LINE_CAP].replace("mailto:", "")
    found = EMAIL.search(plain)
    if found is None:
        return None
    return Address(name=_name(plain[: found.start()]), address=found.group().strip("'*"))


def _name(text: str) -> str | None:
    return text.strip(" \t\u00a0\"'<[(*„“”«»,") or None
