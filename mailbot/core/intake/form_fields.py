"""Reads what stands behind a label in a form's mail: `E-Mail: ada@customer.example`, in a table, or on the line below.

Labels are compared without case, marks of emphasis, the star of a required field, and what stands in brackets behind them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

_READ: Final = 40_000  # characters of the text
_LONGEST_LABEL: Final = 120
_LONGEST_VALUE: Final = 300
_TRIED: Final = 8  # ends of a label within one line
_BLANK: Final = 2  # empty lines between a label and its value
_DASHES: Final = str.maketrans(dict.fromkeys("‐‑‒–—−﹘﹣－", "-") | {"︰": ":", "ː": ":", "꞉": ":", "∶": ":"})
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ENDS: Final = re.compile(r"[:=|\t]| {2,}")
_MARKS: Final = "*_#>|•·◦▪‣-+ \t\"'“”„«»"
_REQUIRED: Final = re.compile(r"[\s*]{0,20}(?:\([^()]{0,60}\)|\[[^\[\]]{0,60}\])?[\s*]{0,20}$")
_OTHER_LABEL: Final = re.compile(r"[^\s:.?!@][^:.?!@]{0,40}:(?:\s|$)")
_SIGNATURE: Final = re.compile(r"--\s?")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line, and where the label with which it begins ends; None if it begins with none that is looked for."""

    text: str
    label: str | None = None
    value: str = ""
    column: int = 0  # where the value begins, in a table; else 0


class FormText:
    """A form's text, read once for the labels that the config names."""

    def __init__(self, text: str, labels: Sequence[str], message: str = "") -> None:
        wanted = {folded(label): label for label in labels}
        read = (_plain(line) for line in text[:_READ].split("\n"))
        self._lines = [_read(line, wanted) for line in read]
        self._own = self._message(folded(message)) if message else range(0)

    def values(self, label: str) -> tuple[str, ...]:
        """What stands behind each line with that label outside of the customer's own words, "" if nothing does."""
        wanted = folded(label)
        places = [at for at, line in enumerate(self._lines) if line.label == wanted and at not in self._own]
        return tuple(self._value(at) for at in places)

    @property
    def words(self) -> str:
        """The customer's own words, as many lines as they have; "" if no line has that label."""
        if not self._own:
            return ""
        first = self._own.start
        lines = [line.text.strip() for line in self._lines[first : self._own.stop]]
        labelled = next(at for at in self._own if self._lines[at].label is not None) - first
        lines[labelled] = self._lines[first + labelled].value
        return "\n".join(lines).strip()

    def _value(self, at: int) -> str:
        """What stands on the line of a label, else on the next one that says anything and is no label itself."""
        if self._lines[at].value:
            return self._lines[at].value[:_LONGEST_VALUE]
        for line in self._lines[at + 1 : at + 2 + _BLANK]:
            if line.text.strip():
                no_value = line.label is not None or _OTHER_LABEL.match(line.text.strip())
                return "" if no_value else line.text.strip()[:_LONGEST_VALUE]
        return ""

    def _message(self, label: str) -> range:
        """The lines of the customer's own words: down to the next label, or the line above a signature."""
        first = next((at for at, line in enumerate(self._lines) if line.label == label), None)
        if first is None:
            return range(0)
        last = first + 1
        while last < len(self._lines):
            line = self._lines[last]
            if (line.label is not None and line.label != label) or _SIGNATURE.fullmatch(line.text):
                break
            last += 1
        # In a table that is shown as text, the label stands beside the middle of what is next to it.
        column = self._lines[first].column or self._column_below(first)
        above = first
        while column and above and self._is_beside(above - 1, column):
            above -= 1
        while above < first and not self._lines[above].text.strip():
            above += 1
        return range(above, last)

    def _column_below(self, at: int) -> int:
        """Where the lines below a label without a value of its own begin, if that is beside it."""
        below = next((line for line in self._lines[at + 1 : at + 2 + _BLANK] if line.text.strip()), None)
        if self._lines[at].value or below is None:
            return 0
        indent = len(below.text) - len(below.text.lstrip())
        return indent if indent > len(self._lines[at].text.strip()) else 0

    def _is_beside(self, at: int, column: int) -> bool:
        line = self._lines[at]
        return line.label is None and not line.text[:column].strip()


def folded(label: str) -> str:
    """A label as it is compared."""
    plain = _plain(label).strip(_MARKS).rstrip(":").strip(_MARKS)
    return " ".join(_REQUIRED.sub("", plain).strip(_MARKS).casefold().split())


def _plain(line: str) -> str:
    """A line with compatible signs unified (a full-width colon is a colon) and invisible ones taken out."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", line).translate(_DASHES)).replace("\r", "")


def _read(line: str, wanted: dict[str, str]) -> _Line:
    if len(line) - len(line.lstrip()) > _LONGEST_LABEL:
        return _Line(line)
    head = line[: 2 * _LONGEST_LABEL]
    begins = len(head) - len(head.lstrip(_MARKS))
    for found in islice(_ENDS.finditer(head, begins), _TRIED):
        label = folded(head[: found.start()])
        if label in wanted:
            rest = line[found.end() :]
            stripped = rest.lstrip(" \t:=|").strip(" \t*")
            table = found.group().isspace() or (rest[:2].isspace() and len(rest) > 1)
            column = line.index(stripped, found.end()) if table and stripped else 0
            return _Line(line, label, stripped, column)
    label = folded(head) if len(line) <= _LONGEST_LABEL else ""
    return _Line(line, label) if label in wanted and label else _Line(line)
