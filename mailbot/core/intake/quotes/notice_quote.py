"""Finds where the notice of ours that an agent's client quoted begins, and what the agent wrote inside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from mailbot.core.intake.quotes.banners import without_banner
from mailbot.core.intake.quotes.headers import header_block
from mailbot.core.intake.quotes.lines import (
    EMAIL,
    LINE_CAP,
    Sure,
    attribution_at,
    clean,
    divider,
    fold,
    header_line,
    is_quoted,
    is_rule,
    unquoted,
)
from mailbot.core.intake.quotes.notice_words import added_runs

_NEAR: Final = 30  # lines above the mark among which a client puts its own
_INTRO_LINES: Final = 16
_WIDE: Final = 60  # characters: the client may have wrapped a line this long
_FOOT = re.compile(r"·[^·]{0,20}\d{1,9}$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Ours:
    """What identifies a quote as one of our notices: the desk's addresses and names, and who got the notice.

    `colleagues`: names and addresses of all agents, whose mail to each other is not for a customer either.
    """

    addresses: frozenset[str]
    names: frozenset[str]
    colleagues: frozenset[str] = frozenset()
    readers: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """The lines above a quoted notice, and the runs of lines inside and below it that have no quote mark.

    `inside`: each run with the customer's line above it, "" if there is none. `unmarked`: the quote has no marks, so
    that only the notice itself could tell what in it is new.
    """

    above: list[str]
    inside: list[tuple[str, list[str]]] = field(default_factory=list)
    quoted: bool = False
    unmarked: bool = False


def answered(lines: Sequence[str], ours: Ours, mark: str, notices: Sequence[str] = ()) -> Answered:
    """Divide the lines of an agent's answer. `mark` is in the first line of each notice. Pure, never raises.

    `notices`: the texts of those that may be quoted, as far as known.
    """
    marked = next((index for index, line in enumerate(lines) if mark in line), None)
    if marked is not None:
        bears = is_quoted(lines[marked])
        return Answered(
            above=_above_mark(lines, marked, ours),
            inside=_inside(lines, marked, ours, notices, bears_marks=bears),
            quoted=True,
            unmarked=not bears,
        )
    start, stop = _intro(lines, ours)
    if start is None:
        return Answered(above=list(lines))
    first = next((i for i in range(stop, len(lines)) if clean(lines[i])), len(lines))
    bears = first < len(lines) and is_quoted(lines[first])
    inside = _inside(lines, first, ours, notices, bears_marks=bears)
    return Answered(above=list(lines[:start]), inside=inside, quoted=True, unmarked=not bears)


def _above_mark(lines: Sequence[str], marked: int, ours: Ours) -> list[str]:
    """What is above the mark, without what the client put directly above its quote."""
    above = list(lines[:marked])
    floor = max(0, marked - _NEAR)
    for start in range(floor, marked):
        stop = _intro_at(above, start, ours, certain=True)
        if stop is not None and _nobodys(above[stop:]):
            return _without_rules(above[:start])
        if stop is not None and _client_made(above, start):
            above[start:stop] = [""] * (stop - start)  # there were words between the client's line and its quote
    while above and (not clean(above[-1]) or (is_quoted(above[-1]) and not clean(unquoted(above[-1])))):
        above.pop()
    for start in range(max(0, len(above) - _INTRO_LINES), len(above)):
        stop = _intro_at(above, start, ours, certain=False)
        if stop is not None and stop >= len(above):
            return _without_rules(above[:start])
    return _without_rules(above, only_divider=True)


def _nobodys(lines: Sequence[str]) -> bool:
    """Whether the agent wrote nothing between the client's line and the mark: only quotes, rules, a banner."""
    if all(not clean(line) or is_quoted(line) or is_rule(clean(line)) for line in lines):
        return True
    return not any(clean(line) for line in without_banner("\n".join(unquoted(line) for line in lines)).split("\n"))


def _client_made(lines: Sequence[str], start: int) -> bool:
    """Whether what names us is surely not the agent's text: unlike pasted settings, a header has a date as well."""
    block = header_block([unquoted(line) for line in lines[start : start + _INTRO_LINES + 4]], 0)
    return block is None or {"from", "date"} <= block.fields.keys()


def _without_rules(above: list[str], *, only_divider: bool = False) -> list[str]:
    """The lines without the rules and dividers at their end."""
    end = len(above)
    while end and (
        not (text := clean(above[end - 1]))
        or divider(text)
        or (not only_divider and is_rule(clean(unquoted(above[end - 1]))))
    ):
        if above[end - 1].rstrip("\r\n") == "-- ":
            break
        end -= 1
    return above[:end]


def _intro_at(lines: Sequence[str], start: int, ours: Ours, *, certain: bool) -> int | None:
    """The index after a client's line or header that begins here and introduces our notice, or None.

    `certain`: only one that names us; otherwise any that a client writes by itself.
    """
    text = clean(unquoted(lines[start]))
    if not text or len(text) > LINE_CAP:
        return None
    if ":" in text[:40] or "：" in text[:40]:
        around = [unquoted(line) for line in lines[start : start + _INTRO_LINES + 4]]
        block = header_block(around, 0)
        if block is not None and start and header_line(clean(unquoted(lines[start - 1]))) is not None:
            return None  # in the middle of one
        if block is not None:
            fields = block.fields
            us = _about_us(fields.get("from", ""), ours)
            to_agent = not certain and "date" in fields and any(n in fold(fields.get("to", "")) for n in ours.readers)
            return start + block.end if us or to_agent else None
        if header_line(text) is not None:
            return None
    plain = [unquoted(line) for line in lines[start : start + 7]] if is_quoted(lines[start]) else lines
    sure, stop = attribution_at(plain, 0 if plain is not lines else start)
    if plain is not lines:
        stop += start
    said = " ".join(clean(unquoted(line)) for line in lines[start:stop])
    if sure is Sure.NO:
        return None
    if _about_us(said, ours):
        return stop
    # Without an address the line may be of a client that shows names only; with one, it is about somebody else's mail.
    return stop if not certain and sure is Sure.SURE and EMAIL.search(said) is None else None


def _about_us(said: str, ours: Ours) -> bool:
    """Whether a client's line or the From of its header names the desk; a subject tells nothing, as it is a customer's."""
    folded = fold(said)
    if any(address in folded or address.partition("@")[0] + "+" in folded for address in ours.addresses):
        return True
    return any(name in folded for name in ours.names)


def _intro(lines: Sequence[str], ours: Ours) -> tuple[int | None, int]:
    """Where a quote of ours begins in a mail without the mark, and the index after what introduces it.

    A client's line that names somebody else was pasted by the agent. One that names no address counts if the quote
    below it goes on to the end of the mail.
    """
    inner = replace(ours, names=ours.names | ours.colleagues)
    for start in range(len(lines)):
        stop = _intro_at(lines, start, inner, certain=True)
        if stop is not None and not is_quoted(lines[start]) and _client_made(lines, start):
            first = start
            while first and (
                not clean(lines[first - 1]) or is_rule(clean(lines[first - 1])) or divider(clean(lines[first - 1]))
            ):
                first -= 1
            return first, stop
    last = len(lines)
    while last and not clean(lines[last - 1]):
        last -= 1
    top = last
    while top and (is_quoted(lines[top - 1]) or (not clean(lines[top - 1]) and top > 1 and is_quoted(lines[top - 2]))):
        top -= 1
    if top == last:
        return None, 0
    if _about_us(" ".join(lines[top:last])[:20_000], ours):
        # The quote itself gives it away: our notice has our name in its foot.
        return _attribution_above(lines, top), top
    for start in range(max(0, top - 8), top):
        stop = _intro_at(lines, start, ours, certain=False)
        if stop is not None and all(not clean(line) for line in lines[stop:top]):
            return start, top
    above = next((clean(lines[i]) for i in range(top - 1, -1, -1) if clean(lines[i])), "")
    nested = any(is_quoted(unquoted(line)) for line in lines[top:last])
    # Our notices quote the customer, so that the quote of one is a quote within a quote. A quote that a line of the
    # agent's introduces ("the carrier wrote:") is the agent's.
    return (top, top) if nested or above[-1:] not in {":", "："} else (None, 0)


def _attribution_above(lines: Sequence[str], top: int) -> int:
    """Where the client's line above a quote begins; the quote's first line if there is none."""
    end = top
    while end and not clean(lines[end - 1]):
        end -= 1
    for start in range(max(0, end - 6), end):
        sure, stop = attribution_at(lines, start)
        if sure is not Sure.NO and stop >= end:
            return start
    return top


def _inside(
    lines: Sequence[str], start: int, ours: Ours, notices: Sequence[str], *, bears_marks: bool
) -> list[tuple[str, list[str]]]:
    """The runs of unmarked lines below `start`, and everything below the foot of the notice.

    Lines that are only the result of wrapping are left out; if the quote has no marks, what is not in the notice is
    new.
    """
    foot = _foot(lines, start, ours)
    if bears_marks:
        runs = _runs(lines[:foot], start)
    else:
        added = added_runs(lines[:foot], start, notices) if notices else None
        runs = _between(lines[:foot], start) if added is None else added
    below = list(lines[foot:])
    while below and not clean(unquoted(below[0])):  # clients end a quote with an empty line that still has its mark
        del below[0]
    return [*runs, ("", below)] if below else runs


def _between(lines: Sequence[str], start: int) -> list[tuple[str, list[str]]]:
    """The runs between the customer's lines, which a notice quoted without marks quotes itself.

    A line that introduces another quote ("You wrote:") is the notice's.
    """
    quoted = [index for index in range(start, len(lines)) if is_quoted(lines[index])]
    if not quoted:
        return []
    runs: list[tuple[str, list[str]]] = []
    for one, two in pairwise(quoted):
        run = list(lines[one + 1 : two])
        said = [clean(line) for line in run if clean(line)]
        if not said or said[-1][-1] in ":：" or (len(said) == 1 and _wrapped(lines, one + 1)):
            continue
        runs.append((clean(lines[one]), run))
    return runs


def _foot(lines: Sequence[str], start: int, ours: Ours) -> int:
    """The index after the last line of a quoted notice, a name of ours below two dashes; the end if there is none."""
    dashes = False
    for index in range(start, len(lines)):
        said = clean(unquoted(lines[index]))
        if dashes and said:
            folded = fold(said[:LINE_CAP])
            if _FOOT.search(folded) and any(name in folded for name in ours.names):
                return index + 1
        dashes = said == "--" or (dashes and not said)
    return len(lines)


def _runs(lines: Sequence[str], start: int) -> list[tuple[str, list[str]]]:
    runs: list[tuple[str, list[str]]] = []
    theirs, run = "", list[str]()
    for index in range(start, len(lines)):
        line = lines[index]
        if is_quoted(line):
            if run:
                runs.append((theirs, run))
                run, theirs = [], ""
            if said := clean(unquoted(line)):
                theirs = said if is_quoted(said) else ""
        elif not clean(line):
            if run:
                run.append("")
        elif not run and _wrapped(lines, index):
            continue
        else:
            run.append(line)
    if run:
        runs.append((theirs, run))
    return runs


def _wrapped(lines: Sequence[str], index: int) -> bool:
    """Whether an unmarked line is the wrapped end of the quoted line above it."""
    before = lines[index - 1]
    if not is_quoted(before):
        # The last of three pieces of one long line.
        return index > 1 and is_quoted(lines[index - 2]) and len(before) >= _WIDE and _breaks(lines, index - 1)
    return _breaks(lines, index)


def _breaks(lines: Sequence[str], index: int) -> bool:
    text, said = clean(lines[index]), clean(lines[index - 1])
    behind = lines[index + 1] if index + 1 < len(lines) else ""
    if "://" in said.rpartition(" ")[2] and " " not in text:
        return True
    if len(said) < _WIDE or (clean(behind) and not is_quoted(behind) and len(text) < _WIDE):
        return False
    return said[-1] not in ".?!:" or text[:1].islower()
