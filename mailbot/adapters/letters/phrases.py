"""The program's own short sentences in a language: reasons by their code, and older sentences by their English words."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

from mailbot.core.model.reason import Reason, reason_of, stored_reason

FILE = "phrases.toml"
_GAP = "{}"
_FILLED = re.compile(r"\{(~?)(\d?)\}")
_NAMED = re.compile(r"\{(~?)([a-z_]+)\}")
REASONS = "reasons"
_DEEPEST = 4
_LONGEST = 500  # characters; no sentence of ours is as long, and a customer's may be made to be slow


@dataclass(frozen=True, kw_only=True, slots=True)
class _Phrase:
    meant: re.Pattern[str]
    said: str


class Phrases:
    """Sentences by what the program says. `source` is TOML: tables of `"English {}" = "other {}"`.

    On the left `{}` is whatever stands there. On the right `{}` gives it back in order, `{2}` the second of them, and
    `{~}` or `{~2}` looked up here itself. The table `[reasons]` has `code = "words with {name}"`: what a `Reason` of
    that code says; for a code that it lacks, what `beneath` says. Raises ValueError or TypeError: which line cannot be
    used.
    """

    def __init__(self, source: str = "", beneath: Phrases | None = None) -> None:
        found: dict[str, str] = {}
        self._reasons: dict[str, str] = {}
        for table, lines in tomllib.loads(source).items():
            if not isinstance(lines, dict):
                raise TypeError(f"{table!r} stands under no heading: write [lines] above it")
            if table == REASONS:
                self._reasons = {code: _worded(code, words) for code, words in lines.items()}
                continue
            for english, other in lines.items():
                found[english] = _checked(english, other)
        in_order = sorted(found, key=_exactness)
        self._phrases = [_Phrase(meant=_pattern(english), said=found[english]) for english in in_order]
        self.known = frozenset(found)
        self.codes = frozenset(self._reasons)
        if beneath is not None:
            self._reasons = beneath.words | self._reasons

    @property
    def words(self) -> dict[str, str]:
        """What each code says, by code."""
        return dict(self._reasons)

    def said(self, text: object, depth: int = 0) -> str:
        """A reason or a sentence in the language of the catalogue; as it is where the catalogue does not have it."""
        reason = reason_of(text) or stored_reason(str(text))
        if reason is not None:
            return self._put(reason, depth)
        words = str(text)
        for phrase in self._phrases if depth < _DEEPEST and len(words) <= _LONGEST else ():
            if match := phrase.meant.fullmatch(words):
                return self._filled(phrase.said, match.groups(), depth + 1)
        return words

    def _put(self, reason: Reason, depth: int) -> str:
        args = dict(reason.args)
        if reason.code not in self._reasons:
            return ": ".join((reason.code, *args.values()))

        def fill(found: re.Match[str]) -> str:
            value = args.get(found[2], "")
            return self.said(value, depth + 1) if found[1] and depth < _DEEPEST else value

        return _NAMED.sub(fill, self._reasons[reason.code])

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


def _worded(code: str, words: Any) -> str:
    if not isinstance(words, str) or not words.strip():
        raise TypeError(f"{code!r}: what stands behind it is not a text")
    return words


def _checked(english: str, other: Any) -> str:
    if not isinstance(other, str):
        raise TypeError(f"{english!r}: what stands behind it is not a text")
    gaps = english.count(_GAP)
    asked = [(int(number) if number else 0) for _, number in _FILLED.findall(other)]
    if asked.count(0) > gaps or max(asked, default=0) > gaps:
        raise ValueError(f"{english!r}: it fills in {gaps}, and the other side asks for more")
    return other
