"""The program's own short sentences in other languages: looked up by a catalogue file, with what they fill in kept."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

FILE = "phrases.toml"
_GAP = "{}"
_FILLED = re.compile(r"\{(~?)(\d?)\}")
_DEEPEST = 4
_LONGEST = 500  # characters; no sentence of ours is as long, and a customer's may be made to be slow


@dataclass(frozen=True, kw_only=True, slots=True)
class _Phrase:
    meant: re.Pattern[str]
    said: str


class Phrases:
    """Sentences by what the program says. `source` is TOML: tables of `"English {}" = "other {}"`.

    On the left `{}` is whatever stands there. On the right `{}` gives it back in order, `{2}` the second of them, and
    `{~}` or `{~2}` looked up here itself. Raises ValueError or TypeError: which line cannot be used.
    """

    def __init__(self, source: str = "") -> None:
        found: dict[str, str] = {}
        for table, lines in tomllib.loads(source).items():
            if not isinstance(lines, dict):
                raise TypeError(f"{table!r} stands under no heading: write [lines] above it")
            for english, other in lines.items():
                found[english] = _checked(english, other)
        in_order = sorted(found, key=_exactness)
        self._phrases = [_Phrase(meant=_pattern(english), said=found[english]) for english in in_order]
        self.known = frozenset(found)

    def said(self, text: object, depth: int = 0) -> str:
        """The sentence in the language of the catalogue; as it is where the catalogue does not have it."""
        words = str(text)
        for phrase in self._phrases if depth < _DEEPEST and len(words) <= _LONGEST else ():
            if match := phrase.meant.fullmatch(words):
                return self._filled(phrase.said, match.groups(), depth + 1)
        return words

    def _filled(self, said: str, gaps: tuple[str, ...], depth: int) -> str:
        places = iter(range(len(gaps)))

        def fill(found: re.Match[str]) -> str:
            gap = gaps[int(found[2]) - 1 if found[2] else next(places)]
            return self.said(gap, depth) if found[1] else gap

        return _FILLED.sub(fill, said)


def _exactness(english: str) -> tuple[bool, int, str]:
    """What says more comes first: one that begins with words rather than with a gap, and the longer one."""
    return english.startswith(_GAP), -len(english.replace(_GAP, "")), english


def _pattern(english: str) -> re.Pattern[str]:
    return re.compile("(.*?)".join(map(re.escape, english.split(_GAP))), re.DOTALL)


def _checked(english: str, other: Any) -> str:
    if not isinstance(other, str):
        raise TypeError(f"{english!r}: what stands behind it is not a text")
    gaps = english.count(_GAP)
    asked = [(int(number) if number else 0) for _, number in _FILLED.findall(other)]
    if asked.count(0) > gaps or max(asked, default=0) > gaps:
        raise ValueError(f"{english!r}: it fills in {gaps}, and the other side asks for more")
    return other
