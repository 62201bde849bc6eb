"""Reads values out of one TOML file for the rules, and records everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from mailbot.config.toml_source import Path, Problem, Source, did_you_mean, nearest
from mailbot.core.language.terms import BadTerm

T = TypeVar("T")
Table = Mapping[str, Any]
_SURELY_MEANT = 0.7  # how similar a mistyped key must be for its contents to be read as those of the intended one


class TableReader:
    """One file being read. Every method returns what is usable and adds the rest to `problems`."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._source = Source(text)

    def wrong(self, path: Path, message: str, value: str | None = None) -> None:
        """Record a problem at a key, or at a string within its value."""
        line, column = self._source.place(path) if value is None else self._source.value_place(path, value)
        self.problems.append(Problem(file=self.file, line=line, column=column, message=message))

    def line(self, path: Path) -> int:
        """The line of a key or table."""
        return self._source.place(path)[0]

    def table(self, value: object, path: Path, known: Iterable[str]) -> Table:
        """The value as a table with no keys but the known ones.

        What is below a mistyped key is read as the intended one's, so that its mistakes are reported as well.
        """
        if not isinstance(value, dict):
            self.wrong(path, f"`{path[-1]}` must be a table, as in [{'.'.join(p for p in path if isinstance(p, str))}]")
            return {}
        known = tuple(known)
        read = {k: v for k, v in value.items() if k in known}
        for key in value:
            if key not in known:
                hint = did_you_mean(key, known) or f"; known are {', '.join(known)}"
                self.wrong((*path, key), f"unknown key `{key}`{hint}")
                if (meant := nearest(key, known, _SURELY_MEANT)) is not None:
                    self._read_on(read, path, value[key], key, meant)
        return read

    def _read_on(self, read: dict[str, Any], path: Path, value: Any, key: str, meant: str) -> None:
        if meant not in read:
            read[meant] = value
            self._source.read_as((*path, key), (*path, meant))
        elif isinstance(value, list) and isinstance(read[meant], list):  # one [[rul]] among many [[rule]]
            for number in range(len(value)):
                self._source.read_as((*path, key, number), (*path, meant, len(read[meant]) + number))
            read[meant] = [*read[meant], *value]

    def text(self, table: Table, key: str, path: Path, default: str | None = None) -> str | None:
        """A string that is not blank, or the default."""
        if key not in table:
            return default
        value = table[key]
        if isinstance(value, str) and value.strip():
            return value
        self.wrong((*path, key), f"`{key}` must be a text between quotes")
        return default

    def texts(self, table: Table, key: str, path: Path) -> tuple[str, ...]:
        """A string or a list of strings; empty if the key is missing or wrong."""
        value = table.get(key, ())
        value = [value] if isinstance(value, str) else value
        if isinstance(value, list | tuple) and all(isinstance(v, str) for v in value):
            if key in table and not value:
                self.wrong((*path, key), f"`{key}` is an empty list, so nothing could ever fit it")
            return tuple(value)
        self.wrong((*path, key), f"`{key}` must be a text or a list of texts")
        return ()

    def number(self, table: Table, key: str, path: Path, low: int, high: int) -> int | None:
        """A whole number from `low` to `high`, or None."""
        value = table.get(key)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.wrong((*path, key), f"`{key}` must be a whole number from {low} to {high}")
        return None

    def flag(self, table: Table, key: str, path: Path) -> bool | None:
        """True or false, or None."""
        value = table.get(key)
        if value is None or isinstance(value, bool):
            return value
        self.wrong((*path, key), f"`{key}` must be true or false")
        return None

    def each(self, values: Iterable[str], path: Path, read: Callable[[str], T]) -> tuple[T, ...]:
        """Every value as `read` understands it; what raises BadTerm is recorded at its place."""
        out: list[T] = []
        for value in values:
            try:
                out.append(read(value))
            except BadTerm as bad:
                self.wrong(path, f"`{value[:60]}` {bad}", value)
        return tuple(out)

    def named(self, value: str | None, path: Path, known: Iterable[str] | None, what: str) -> str | None:
        """The value, if it is one of the known names (or these are unknown)."""
        if value is not None and known is not None and value not in known:
            self.wrong(path, f"there is no {what} `{value}`{did_you_mean(value, known)}", value)
        return value
