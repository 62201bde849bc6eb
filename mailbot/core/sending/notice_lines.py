"""Finds lines of our own notices in what an agent is about to send: what the desk tells its people stays inside."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Final

from mailbot.core.intake.newtext import ANSWER_MARK
from mailbot.core.intake.quotes.notice_preheader import is_preheader

_LOOKED_AT: Final = 400_000  # characters
_WINDOW: Final = 6  # words of the line of verbs that identify it
_LINE: Final = 3  # words of any other line; two such lines are needed, as one may be a coincidence
_LONGEST: Final = 12  # a longer line, such as a note, counts as several
_REST: Final = 6
_NEEDED: Final = 2
_SIGNS: Final = "\u3040-\u30ff\u3400-\u9fff"  # of scripts that set no blanks: each is a word here, but says less
_WORD = re.compile(rf"[{_SIGNS}]|[^\W\d_{_SIGNS}]+")
_SIGN = re.compile(f"[{_SIGNS}]")
_SIGNS_IN_A_WORD: Final = 3
_HOW = re.compile(r"/note\b.{0,80}?/p 2\b.{0,40}?/promise\b.{0,80}?/resolve\b|/take[^/]{1,8}/p 2[^/]{1,8}/help\b")
_BETWEEN = re.compile("[\\s\\\\*_\u200b-\u200d\u2060\ufeff\u00ad>|]+")
_BARE_MARK = _BETWEEN.sub("", ANSWER_MARK)
_DATA: Final = "“”«»„「」"  # around somebody's words
_APART = re.compile(f"[{_DATA}]")
_HIDDEN: Final = 5  # words of its hidden line that identify a notice


def holds_notice(text: str, notices: Sequence[str] = ()) -> bool:
    """Whether a text holds the mark of our notices, their line of verbs (that of a line to colleagues has others), or two
    other lines of `notices`.

    `notices` are the texts of those that its writer may have at hand, as they were sent. Line breaks, quote marks,
    emphasis and numbers do not matter, and what a notice quotes from anybody is no secret. Pure, linear, never raises.
    """
    text = text[:_LOOKED_AT]
    if _holds_mark(text):
        return True
    if ("/note" in text or "/take" in text) and _HOW.search(" ".join(_BETWEEN.sub(" ", text).split())):
        return True
    said = " ".join(["", *_words(text), ""])
    seen = set[str]()
    for notice in notices:
        strong, others = _told(notice)
        if any(words in said for words in strong):
            return True
        seen |= {words for words in others if words in said}
    return len(seen) >= _NEEDED


def without_notice(text: str, notices: Sequence[str] = ()) -> str:
    """The text without these lines; empty if any of them stay."""
    lines = text[:_LOOKED_AT].split("\n")
    words: list[str] = []
    line_of: list[int] = []
    for index, line in enumerate(lines):
        found = _words(line)
        words += found
        line_of += [index] * len(found)
    covered = [0] * len(lines)
    said = " ".join(["", *words, ""])
    starts = _starts(words)
    for notice in notices:
        strong, others = _told(notice)
        for piece in {*strong, *others, *_feet(notice)}:
            at = said.find(piece)
            while at >= 0:
                first = bisect_left(starts, at + 1)
                for place in range(first, min(len(words), first + len(piece.split()))):
                    covered[line_of[place]] += 1
                at = said.find(piece, at + 1)
    kept = [
        line
        for index, line in enumerate(lines)
        if not (covered[index] and 2 * covered[index] >= len(_words(line)))
        and not _holds_mark(line)
        and "/note" not in line
    ]
    while kept and not _words(kept[-1]):
        kept.pop()
    clean = "\n".join(kept).strip("\n")
    return "" if holds_notice(clean, notices) else clean


def _holds_mark(text: str) -> bool:
    plain = unescape(text) if "&" in text else text
    return "^" in plain and _BARE_MARK in _BETWEEN.sub("", plain)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _starts(words: Sequence[str]) -> list[int]:
    """Where each word begins in the words joined by blanks, preceded by one before the first."""
    starts, at = [], 1
    for word in words:
        starts.append(at)
        at += len(word) + 1
    return starts


def _told(notice: str) -> tuple[set[str], set[str]]:
    """What a notice itself says, as words between blanks: pieces of its line of verbs, and its other lines."""
    strong, others = set[str](), set[str]()
    if is_preheader(notice):
        around = _APART.split(notice)
        # What ends in a colon there is the name of whoever says the words behind it, and no secret.
        pieces = [_words(each) for each in {around[0], around[-1]} if not each.rstrip().endswith((":", "："))]
        return {_piece(next(_parts(words, _LONGEST))) for words in pieces if _says(words, _HIDDEN)}, others
    for line in _own_lines(notice):
        words = _words(line)
        if "/note" in line and "/promise" in line:
            words = _words(line[line.index("/note") :])  # a customer's name comes before it
            windows = (next(_parts(words[at:], _WINDOW)) for at in range(0, len(words), 2))
            strong |= {_piece(window) for window in windows if _says(window, _WINDOW)}
        elif _says(words, _LINE):
            parts = enumerate(_parts(words, _LONGEST))
            others |= {_piece(part) for nth, part in parts if nth == 0 or _says(part, _REST)}
    return strong, others


def _piece(words: Sequence[str]) -> str:
    return " ".join(["", *words, ""])


def _says(words: Sequence[str], enough: int) -> bool:
    """Whether they say as much as that many words of a script with blanks."""
    signs = sum(_SIGN.match(word) is not None for word in words)
    return (len(words) - signs) * _SIGNS_IN_A_WORD + signs >= enough * _SIGNS_IN_A_WORD


def _parts(words: Sequence[str], size: int) -> Iterator[list[str]]:
    """The words in parts that each say as much as `size` words, the last one less."""
    part, said = list[str](), 0
    for word in words:
        part.append(word)
        said += 1 if _SIGN.match(word) else _SIGNS_IN_A_WORD
        if said >= size * _SIGNS_IN_A_WORD:
            yield part
            part, said = [], 0
    if part:
        yield part


def _own_lines(notice: str) -> Iterator[str]:
    """The lines above its foot that it neither quotes nor shows as somebody's words."""
    for line in notice[:_LOOKED_AT].split("\n"):
        if line.rstrip("\r") == "-- ":
            return
        if line.strip() and not line.startswith((">", "    ")) and not any(sign in line for sign in _DATA):
            yield line


def _feet(notice: str) -> set[str]:
    """The lines below its delimiter, as words between blanks."""
    lines = notice.split("\n")
    at = next((i for i in range(len(lines) - 1, -1, -1) if lines[i].rstrip("\r") == "-- "), len(lines))
    return {" ".join(["", *words, ""]) for line in lines[at + 1 : at + 4] if (words := _words(line))}
