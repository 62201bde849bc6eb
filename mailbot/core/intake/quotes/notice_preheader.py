"""Takes the hidden first line of our own notices off what an agent's mail program quotes of them.

Some programs write it out when they make plain text of a quoted notice, above the line above which an answer is read:
there it would count as the agent's words, and leave with them. Spaces, marks, line ends and, where enough others are
left, what an encoding did to letters beyond ASCII do not matter; the agent's own words around it do, and stay.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from html import unescape
from itertools import accumulate
from typing import Final

_TAG: Final = re.compile(r"<[a-zA-Z]([^<>]{0,1000})>([^<]{4,2000})")
_OURS: Final = 'class="preheader"'
_LOOKED_AT: Final = 20_000  # characters of a notice's HTML that come before it at most
_HIDDEN: Final = 5  # such texts in one mail that are looked at
#: A line in Japanese has few letters of ASCII or none, so all of them are looked for first.
_ALPHABETS: Final = (re.compile(r"[^\W_]"), re.compile(r"[0-9A-Za-z]"))
_LEAST: Final = 8  # letters: fewer tell of no line
_MOST: Final = 400_000  # characters of a mail that are looked at


def preheader_in(html: str) -> str:
    """The hidden line of a notice's HTML, on one line; empty if it has none."""
    found = (tag.group(2) for tag in _TAG.finditer(html, 0, _LOOKED_AT) if _OURS in tag.group(1))
    return " ".join(unescape(next(found, "")).split())


def hidden_above(html: str, mark: str) -> tuple[str, ...]:
    """The hidden lines above the `mark` of a notice that a mail's own HTML quotes, each on one line."""
    end = html.rfind(mark, 0, _MOST)
    if end < 0 or ("preheader" not in html and "none" not in html):
        return ()
    hidden = (tag.group(2) for tag in _TAG.finditer(html, 0, end) if _hides(tag.group(1)))
    found = (" ".join(unescape(text).split()) for text in hidden)
    return tuple(dict.fromkeys(line for line in found if line))[:_HIDDEN]


def _hides(attributes: str) -> bool:
    """Whether a tag is that of such a line as clients quote it: Gmail renames the class, Word keeps only the style."""
    return "preheader" in attributes or "display:none" in "".join(attributes.split()).lower()


def is_preheader(notice: str) -> bool:
    """Whether a text among those of notices is such a line: what a notice itself says is never one line."""
    return "\n" not in notice.strip()


def holds_preheader(text: str, notices: Sequence[str]) -> bool:
    """Whether the text has such a line, however it is broken; the agent's words may stand right beside it."""
    for letters in _ALPHABETS:
        wanted = list(_wanted(notices, letters))
        said = _bare(text[:_MOST], letters) if wanted else ""
        if any(line in said for line in wanted):
            return True
    return False


def without_preheaders(lines: Sequence[str], notices: Sequence[str]) -> list[str]:
    """The lines without these: an emptied line stays as an empty one. Linear for each of a few notices."""
    kept = list(lines)
    for letters in _ALPHABETS:
        for line in _wanted(notices, letters):
            kept = _without(kept, line, letters)
    return kept


def _wanted(notices: Sequence[str], letters: re.Pattern[str]) -> Iterator[str]:
    for notice in notices:
        if is_preheader(notice) and len(line := _bare(notice, letters)) >= _LEAST:
            yield line


def _without(lines: list[str], wanted: str, letters: re.Pattern[str]) -> list[str]:
    bare = [_bare(line, letters) for line in lines]
    ends = list(accumulate(map(len, bare)))
    all_of_it, at = "".join(bare), 0
    while (found := all_of_it.find(wanted, at)) >= 0:
        at = found + len(wanted)
        first, last = bisect_right(ends, found), bisect_right(ends, at - 1)
        before, after = found - (ends[first] - len(bare[first])), ends[last] - at
        lines[first], rest = _upto(lines[first], before, letters), _behind(lines[last], after, letters)
        for index in range(first + 1, last + 1):
            lines[index] = ""
        if rest:
            lines[last] = f"{lines[last]} {rest}" if last == first and lines[last].strip() else rest
    return lines


def _upto(line: str, count: int, letters: re.Pattern[str]) -> str:
    """The line up to its so many-th letter, and what belongs to that; only its quote marks if that is none."""
    if not count:
        quote = re.match(r"[>\s]{0,100}", line)
        return (quote.group() if quote else "").rstrip()
    end = [found.end() for found in letters.finditer(line)][count - 1]
    return line[:end] + _closing(line[end:])


def _closing(rest: str) -> str:
    """The signs directly behind a word: its full stop, or the colon of "wrote:"."""
    signs = re.match(r"[^\w\s“„«\"']{0,5}", rest)
    return signs.group() if signs else ""


def _behind(line: str, count: int, letters: re.Pattern[str]) -> str:
    """The last so many letters of the line, with what is between and behind them."""
    if not count:
        return ""
    starts = [found.start() for found in letters.finditer(line)]
    return line[starts[-count] :]


def _bare(text: str, letters: re.Pattern[str]) -> str:
    return "".join(letters.findall(text))
