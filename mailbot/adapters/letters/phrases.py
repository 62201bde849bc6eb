"""The words for the program's reasons in one language, by their codes."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from mailbot.adapters.letters.clock_words import TIMES, ZONES, times_of, zones_of
from mailbot.core.model.reason import Argument, Reason, reason_of, stored_reason

FILE = "phrases.toml"
REASONS = "reasons"
QUOTATION = "quotation"
_NAMED = re.compile(r"\{(~?)([a-z_]+)(?::(when|quoted|length))?\}")
_LENGTH = re.compile(r"(\d+) (min|h)")
_UNITS = {"min": "minutes", "h": "hours"}
_DEEPEST = 8
_MARKS = ("“", "”")
_BETWEEN = ", "
_APART, _TOGETHER = "\u2068", "\u2069"  # FIRST STRONG ISOLATE and its end (Unicode Standard Annex 9)
_STRONG = frozenset(("L", "R", "AL"))  # bidirectional classes of letters
_LOOKED_AT = 2000  # signs of a catalogue that tell which way it runs

When = Callable[[str], str]
"""Puts a moment given in ISO 8601 into words for the reader."""


class Phrases:
    """Words by code. `source` is TOML: under `[reasons]`, `code = "words with {name}"`, for a `Reason` of that code.

    `{name}` is filled in as it is, several values with commas between them, or what `[quotation]` has as `between`;
    `{~name}` is a reason, put into words itself; `{name:when}` is a moment, `{name:quoted}` text in the quotation marks
    of `[quotation]` (`open`, `close`), isolated where it runs from left to right in words from right to left, `{name:length}` a "30 min" or "2 h" in the units of `[times]`. For a missing
    code, `beneath` is used. `[times]` and `[zones]` say how times are told (see `clock_words`): `times` and
    `zones`, of this source alone. Raises ValueError or TypeError, saying which line cannot be used.
    """

    def __init__(self, source: str = "", beneath: Phrases | None = None) -> None:
        self._reasons: dict[str, str] = {}
        self.quotation: tuple[str, str] = beneath.quotation if beneath is not None else _MARKS
        self.between: str = beneath.between if beneath is not None else _BETWEEN
        self.from_right: bool = beneath is not None and beneath.from_right
        self.times: Mapping[str, str] = {}
        self.zones: Mapping[str, str] = {}
        for table, lines in tomllib.loads(source).items():
            if not isinstance(lines, dict):
                raise TypeError(f"{table!r} stands under no heading: write [{REASONS}] above it")
            if table == REASONS:
                self._reasons = {code: _worded(code, words) for code, words in lines.items()}
                self.from_right = _runs_from_right(_NAMED.sub("", " ".join(self._reasons.values())), self.from_right)
            elif table == QUOTATION:
                self.quotation, self.between = _marks(lines), _between(lines)
            elif table == TIMES:
                self.times = times_of(lines)
            elif table == ZONES:
                self.zones = zones_of(lines)
        self.codes = frozenset(self._reasons)
        if beneath is not None:
            self._reasons = beneath.words | self._reasons

    @property
    def words(self) -> dict[str, str]:
        """The words for each code."""
        return dict(self._reasons)

    def said(self, text: object, when: When | None = None, depth: int = 0) -> str:
        """A reason in the words of the catalogue, its moments as `when` puts them; anything else unchanged."""
        reason = text if isinstance(text, Reason) else reason_of(text) or stored_reason(str(text))
        if reason is None:
            return str(text)
        args = dict(reason.args)
        if reason.code not in self._reasons:
            return ": ".join((reason.code, *(self._all(value, when, depth) for value in args.values())))

        def fill(found: re.Match[str]) -> str:
            return self._filled(args.get(found[2], ""), found[1] or found[3], when, depth)

        return _NAMED.sub(fill, self._reasons[reason.code])

    def _filled(self, value: Argument, how: str | None, when: When | None, depth: int) -> str:
        if how == "~":
            return self._all(value, when, depth)
        if how == "quoted":
            opening, closing = self.quotation
            each = value if isinstance(value, tuple) else (value,)
            texts: Iterable[object] = (
                self.said(one, when, depth + 1) if isinstance(one, Reason) else one for one in each
            )
            if self.from_right:
                texts = map(_isolated, texts)
            return self.between.join(f"{opening}{one}{closing}" for one in texts)
        if how == "length" and (length := _LENGTH.fullmatch(str(value))):
            return self.times.get(_UNITS[length[2]], str(value)).replace("{count}", length[1])
        if how == "when" and when is not None and isinstance(value, str) and _is_moment(value):
            return when(value)
        return self.between.join(map(str, value)) if isinstance(value, tuple) else str(value)

    def _all(self, value: Argument, when: When | None, depth: int) -> str:
        each = value if isinstance(value, tuple) else (value,)
        return self.between.join(self.said(one, when, depth + 1) if depth < _DEEPEST else str(one) for one in each)


def _isolated(text: object) -> str:
    """Somebody's words among words from right to left: those from left to right, and what stands at their ends, stay whole."""
    said = str(text)
    # A client that makes links of plain text may take the mark at the end of an address for a part of it.
    end = f" {_TOGETHER}" if "://" in said.rpartition(" ")[2] else _TOGETHER
    return f"{_APART}{said}{end}" if any(unicodedata.bidirectional(sign) == "L" for sign in said) else said


def _runs_from_right(text: str, otherwise: bool) -> bool:
    """Which way most of its letters run."""
    letters = [sign for sign in map(unicodedata.bidirectional, text[:_LOOKED_AT]) if sign in _STRONG]
    return 2 * letters.count("L") < len(letters) if letters else otherwise


def _is_moment(text: str) -> bool:
    """Whether it is one with its offset: what an older row holds may be anything."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _worded(code: str, words: Any) -> str:
    if not isinstance(words, str) or not words.strip():
        raise TypeError(f"{code!r}: what stands behind it is not a text")
    return words


def _marks(lines: Mapping[str, Any]) -> tuple[str, str]:
    opening, closing = lines.get("open"), lines.get("close")
    if not isinstance(opening, str) or not isinstance(closing, str):
        raise TypeError(f"[{QUOTATION}] needs open and close, each a text")
    return opening, closing


def _between(lines: Mapping[str, Any]) -> str:
    between = lines.get("between", _BETWEEN)
    if not isinstance(between, str) or not between.strip():
        raise TypeError(f"[{QUOTATION}] between: what stands behind it is not a text")
    return between
