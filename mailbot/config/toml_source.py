"""Finds where a key or a word is in a TOML file: tomllib drops the line numbers, and an admin needs them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]#]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^(\s*)((?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*'))*)\s*="""
)
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*'""")
_FENCE = re.compile(r'"""|' + "'''")
Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Something wrong in a file that an admin wrote; line and column count from 1, 0 if there is none."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        """One line as a compiler would print it."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.message}"


def nearest(word: str, known: Iterable[str], alike: float = 0.6) -> str | None:
    """The known word that is most like this one, or None; `alike` from 0 (anything) to 1 (the same)."""
    listed = sorted(known)
    swapped = [each for each in listed if sorted(each) == sorted(word.lower())]  # "nto" is "not" and not "to"
    near = swapped or difflib.get_close_matches(word.lower(), listed, n=1, cutoff=alike)
    return near[0] if near else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint to append to a message: the nearest of the known words, or nothing."""
    near = nearest(word, known)
    return f"; did you mean `{near}`?" if near else ""


class Source:
    """The text of one TOML file, asked for places. A path is ("rule", 2, "when", "text"): the third rule's text."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._places: dict[Path, tuple[int, int]] = {}
        self._written: dict[Path, Path] = {}
        self._scan()

    def _scan(self) -> None:
        counts: dict[Path, int] = {}
        table: Path = ()
        fence: str | None = None
        for number, line in enumerate(self._lines, 1):
            if fence is None and (header := _HEADER.match(line)):
                table = self._enter(header, counts)
                place = (number, len(line) - len(line.lstrip()) + 1)
                self._places.setdefault(table, place)
                if isinstance(table[-1], int):
                    self._places.setdefault(table[:-1], place)
            elif fence is None and (key := _KEY.match(line)):
                names = [p.strip("\"'") for p in _PART.findall(key.group(2))]
                for many in range(1, len(names) + 1):
                    self._places.setdefault((*table, *names[:many]), (number, len(key.group(1)) + 1))
            for mark in _FENCE.findall(line):
                fence = mark if fence is None else (None if mark == fence else fence)

    @staticmethod
    def _enter(header: re.Match[str], counts: dict[Path, int]) -> Path:
        names = [p.strip("\"'") for p in _PART.findall(header.group(2))]
        path: Path = ()
        for place, name in enumerate(names):
            path = (*path, name)
            if place == len(names) - 1 and header.group(1) == "[[":
                counts[path] = counts.get(path, -1) + 1
                path = (*path, counts[path])
            elif path in counts:
                path = (*path, counts[path])
        return path

    def read_as(self, written: Path, meant: Path) -> None:
        """From now on `meant` stands for what is at `written`: somebody mistyped a key."""
        self._written[meant] = written

    def _as_written(self, path: Path) -> Path:
        for length in range(len(path), 0, -1):
            if (found := self._written.get(path[:length])) is not None:
                return (*self._as_written(found[:-1]), found[-1], *path[length:])
        return path

    def place(self, path: Path) -> tuple[int, int]:
        """Line and column of a key or table; in an inline table, those of the nearest table around it."""
        path = self._as_written(path)
        for length in range(len(path), 0, -1):
            if found := self._places.get(path[:length]):
                line, column = found
                for name in (p for p in path[length:] if isinstance(p, str)):
                    if inside := re.compile(rf"""["']?{re.escape(name)}["']?\s*[.=]""").search(
                        self._lines[line - 1], column - 1
                    ):
                        column = inside.start() + 1
                return line, column
        return 1, 1

    def value_place(self, path: Path, value: str) -> tuple[int, int]:
        """Line and column of a string inside the value of a key, or of the key if it cannot be found."""
        line, column = self.place(path)
        spelled = {f'"{value}"', f"'{value}'", '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'}
        for number in range(line, min(len(self._lines), line + 2000) + 1):
            text = self._lines[number - 1]
            if number > line and (_HEADER.match(text) or _KEY.match(text)):
                break
            starts = [at for s in spelled if (at := text.find(s, column - 1 if number == line else 0)) >= 0]
            if starts:
                return number, min(starts) + 1
        return line, column
