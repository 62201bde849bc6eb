"""Knows the names of days and months, the plurals and the units of many languages, as the CLDR has them.

`cldr.jsonl` is taken from Babel by `python -m tests.unit.adapters.cldr_of_babel`, and a test compares the two. Babel itself
is not loaded by the desk: its data of a single language is several times as large as all that letters need of it.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("cldr.jsonl")
# The CLDR parts a Japanese unit from its number, which running text does not.
_SPACED = re.compile("\\{0\\} (?=[\u3040-\u30ff\u3400-\u9fff])")
#: Up to here the category of each number is written down; above, it is that of the same number within the second hundred.
HIGHEST = 199


@dataclass(frozen=True, kw_only=True, slots=True)
class Cldr:
    """What one language calls things. `{0}` is the number in a pattern; plural categories are those of the CLDR.

    `plurals` are the last numbers and the category of each run of numbers that share one.
    """

    language: str
    weekdays: Sequence[str]
    weekdays_short: Sequence[str]
    months: Sequence[str]
    months_short: Sequence[str]
    ahead: Mapping[str, Mapping[str, str]]
    days: Mapping[str, str]
    sizes: Mapping[str, str]
    decimal: str
    zones: Mapping[str, str]
    languages: Mapping[str, str]
    plurals: Sequence[tuple[int, str]]

    def category(self, count: int) -> str:
        """The plural category of a whole number: "one", "few", "other" …"""
        within = abs(count) if abs(count) <= HIGHEST else 100 + abs(count) % 100
        return self.plurals[bisect_left(self.plurals, within, key=lambda run: run[0])][1]

    def counted(self, patterns: Mapping[str, str], count: int, said: str = "") -> str:
        """The pattern for so many with the number in it, which may be `said` in words."""
        pattern = patterns.get(self.category(count)) or patterns["other"]
        return _SPACED.sub("{0}", pattern).replace("{0}", said or str(count))


@lru_cache(maxsize=32)
def cldr(language: str) -> Cldr | None:
    """What is known of a language, else of the one that it is a form of ("de" for "de-du"); None if nothing is."""
    known, base = language.lower(), language[:3].partition("-")[0].lower()
    lines = {each: line for line in _lines() for each in (known, base) if line.startswith(f'{{"language": "{each}"')}
    line = lines.get(known) or lines.get(base)
    if line is None:
        return None
    found = json.loads(line)
    return Cldr(**{**found, "plurals": tuple((last, category) for last, category in found["plurals"])})


def _lines() -> Sequence[str]:
    # Read anew for each language: a desk speaks a few of them, and keeps only those in memory.
    return FILE.read_text("utf-8").splitlines()
