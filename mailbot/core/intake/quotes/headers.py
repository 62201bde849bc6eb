"""Recognises the header lines that a mail client puts above the mail that it quotes or forwards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from mailbot.core.intake.quotes.lines import (
    CUT_LINE,
    DATE,
    EMAIL,
    LINE_CAP,
    clean,
    divider,
    fold,
    header_label,
    header_line,
    is_rule,
)
from mailbot.core.intake.quotes.words import HEADER_ROLES, SENT_LABELS

_BLOCK_LINES: Final = 16
_RECEIVERS: Final = 2  # lines with recipients: "a:" is one, and lines of nothing else would be read sixteen times
_GLUED_CAP: Final = 4_000  # characters: a whole header on one line, with all recipients of the mail
_GLUED_DIVIDER = re.compile(r"\s{0,8}(-{3,12}\s?[^-\n]{4,60}?\s?-{3,12})\s{1,4}(?=\S)")
_SHORT: Final = 3  # letters: so short a label counts only if it cannot be the beginning of a word
_LABELS = re.compile(
    "(?:"
    + "|".join(
        re.escape(form)
        for label in sorted(HEADER_ROLES, key=len, reverse=True)
        for form in dict.fromkeys(
            (label[0].upper() + label[1:], label.upper() if len(label) <= _SHORT else label.title())
        )
    )
    + r")\s?[:：]"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class HeaderBlock:
    """The header lines of a quoted mail: `end` is the index after them; `fields` role to value, the first of each."""

    end: int
    fields: dict[str, str]


def header_block(lines: Sequence[str], start: int) -> HeaderBlock | None:
    """The header block that begins at this line, if it is surely one.

    "From: Madrid, To: Paris, Date: 3 May" is a journey, so three lines count only with a subject or a "Sent:", and
    two only with an address; four in a row are enough.
    """
    first = _read(lines[start])[1]
    if first is None or first[0] in {"cc", "other"}:
        return None
    fields: dict[str, str] = {}
    index, end, loose, last, sent, receivers, dense = start, start, 0, "", False, 0, True
    while index < len(lines) and index - start < _BLOCK_LINES:
        text, found = _read(lines[index])
        if found is not None:
            # Adjacent lines, then a gap and a "From:": what is above the gap is a list of the writer's own, such as the
            # fields of a form.
            if loose and dense and end - start >= 2 and found[0] == "from":
                break
            last, dense = found[0], dense and not loose
            receivers += last == "to"
            if receivers > _RECEIVERS or (last in fields and last in {"from", "subject", "date"}):
                break
            fields.setdefault(last, found[1])
            sent = sent or header_label(text) in SENT_LABELS
            end, loose = index + 1, 0
        elif text and loose == 0 and end == index and _goes_on(lines, index, last):
            fields[last] = f"{fields[last]} {text}".strip()
            end = index + 1
        else:
            # Between two header lines there may be a blank line or a wrapped value, but no more, and no rule or end
            # that the structure shows: what is above one is not part of the header below it.
            loose += 1
            if loose > 2 or is_rule(text) or text == CUT_LINE:
                break
        index += 1
    return HeaderBlock(end=end, fields=fields) if _enough(lines[start:end], fields, sent=sent) else None


def _read(line: str) -> tuple[str, tuple[str, str] | None]:
    """The line as it is read, and the role and value if it is a header line."""
    if len(line) <= LINE_CAP:
        return _read_short(line)
    text = clean(line)
    return text, header_line(text)


@lru_cache(maxsize=1024)  # each line above that may begin a header looks at it again
def _read_short(line: str) -> tuple[str, tuple[str, str] | None]:
    text = clean(line)
    return text, header_line(text) if text else None


def _goes_on(lines: Sequence[str], index: int, last: str) -> bool:
    """Whether a line continues the value above it: an address, or a subject with another header line below."""
    if last in {"from", "to", "cc"}:
        return clean(lines[index])[0] == "<" or lines[index - 1].rstrip().endswith(("<", "@", ",", ";"))
    return last == "subject" and index + 1 < len(lines) and header_line(clean(lines[index + 1])) is not None


def _enough(lines: Sequence[str], fields: dict[str, str], *, sent: bool) -> bool:
    """Whether the lines of a block say enough to be a mail's header; `sent`: one of them is a "Sent:"."""
    main = len(fields.keys() - {"other", "cc"})
    if main >= 4 or (main >= 3 and "subject" in fields):
        return True
    if main >= 3 and sent and _dated(fields):
        return True
    return main >= 2 and _headlike(fields) and any(EMAIL.search(line[:LINE_CAP]) for line in lines)


def _headlike(fields: dict[str, str]) -> bool:
    """Whether two header lines say enough: who and when, or who and what about."""
    if "date" in fields:
        return _dated(fields)
    return "from" in fields and ("subject" in fields or "to" in fields)


def _dated(fields: dict[str, str]) -> bool:
    return DATE.search(clean(fields["date"][:LINE_CAP])) is not None


def unglued(line: str) -> list[str] | None:
    """A divider followed by a whole header on the same line (Yahoo), split into lines; None for any other line.

    "----- Forwarded Message ----- From: Ana <…>To: help <…>Sent: Monday …Subject: Lamp": values run into the next
    label.
    """
    if (
        len(line) > _GLUED_CAP
        or (found := _GLUED_DIVIDER.match(line)) is None
        or divider(clean(found.group(1))) is None
    ):
        return None
    rest = line[found.end() :]
    starts: list[int] = []
    roles: set[str] = set()
    for label in _LABELS.finditer(rest):
        before = rest[label.start() - 1] if label.start() else " "
        role = HEADER_ROLES[" ".join(fold(label.group()[:-1]).split())]
        if role in roles or (before.isalpha() and (before.islower() or len(label.group()) <= _SHORT + 2)):
            continue
        starts.append(label.start())
        roles.add(role)
        if role == "subject":
            break
    if starts[:1] != [0]:
        return None
    fields = [rest[start:end] for start, end in zip(starts, [*starts[1:], len(rest)], strict=True)]
    block = header_block(fields, 0)
    return [line[: found.end()], *fields] if block is not None and block.end == len(fields) else None
