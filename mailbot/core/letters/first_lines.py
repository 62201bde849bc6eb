"""Divides a customer's words in a notice: what is read at a glance, and the rest, which stands further down."""

from __future__ import annotations

from typing import Final

SHOWN: Final = 15
"""So many lines are read before what can be done about them."""
_WIDE: Final = 80  # characters: a longer line counts as the lines that it would fill
_SPARED: Final = 2  # lines: so few more take no more room than to say that they are missing


def first_lines(text: str) -> str:
    """The first lines of a text; the whole of it if it is not much longer."""
    return _divided(text)[0]


def later_lines(text: str) -> str:
    """What `first_lines` leaves; empty if that is nothing."""
    return _divided(text)[1]


def lines_below(text: str) -> int:
    """How many lines with words `first_lines` leaves."""
    return sum(_weight(line) for line in _divided(text)[1].splitlines() if line.strip())


def _divided(text: str) -> tuple[str, str]:
    lines = str(text).strip().splitlines()
    used, at = 0, 0
    while at < len(lines) and (not at or used + _weight(lines[at]) <= SHOWN):
        used += _weight(lines[at])
        at += 1
    if sum(map(_weight, lines[at:])) <= _SPARED:
        at = len(lines)
    return "\n".join(lines[:at]).rstrip(), "\n".join(lines[at:]).strip("\n")


def _weight(line: str) -> int:
    return max(1, -(-len(line) // _WIDE))
