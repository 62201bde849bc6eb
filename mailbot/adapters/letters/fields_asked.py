"""Compares the fields that a letter's files use with those that the letter has."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
from jinja2 import meta, nodes

from mailbot.adapters.letters.compiled import compiled

_SHOWN = 3  # letters that are named if many include the same piece


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A template as read from disk. It is kept packed, since a desk writes in few of the languages that ship."""

    where: str
    packed: bytes

    @classmethod
    def of(cls, path: Path, source: str) -> File:
        """The file with that source."""
        return cls(where=str(path), packed=zlib.compress(source.encode()))

    @property
    def path(self) -> Path:
        """Where it lies."""
        return Path(self.where)

    @property
    def source(self) -> str:
        """What it says."""
        return zlib.decompress(self.packed).decode()


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One fault of a template: its path as an admin finds it, the line (0: the file as a whole), and why."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        """In the format of compilers."""
        return f"{self.file}:{self.line}: {self.reason}" if self.line else f"{self.file}: {self.reason}"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """The names that a file uses, tests for existence and sets, and the files that it includes."""

    used: frozenset[str]
    tested: frozenset[str]
    set_here: frozenset[str]
    pieces: tuple[str, ...]


_KNOWN: dict[str, _Asked] = {}  # by source: all voices parse alike, and a reload finds most files as they were
_MOST_KNOWN = 2_000


class FieldsAsked:
    """The fields that the files of one voice use; `find` returns a file as that voice has it."""

    def __init__(self, environment: jinja2.Environment, find: Callable[[str], File | None]) -> None:
        self._environment = environment
        self._find = find
        self._files: dict[str, _Asked | None] = {}
        self._unread: list[Problem] = []
        self._unknown: dict[tuple[str, int, str], list[str]] = {}

    def fit(self, letter: str, file: str, known: frozenset[str], *, piece: bool = False) -> bool:
        """Whether a file, and each piece that it includes, uses no field but those `known` for the letter.

        A piece belongs to many letters: it may ask whether a field exists, and what its letter sets is known there.
        """
        return self._fit(letter, file, known, piece=piece, within=())

    def problems(self) -> list[Problem]:
        """What was found, each once: a faulty piece is faulty for many letters."""
        return list(dict.fromkeys(self._unread)) + [
            Problem(file=file, line=line, reason=f"{name!r} is not a field of {_listed(letters)}")
            for (file, line, name), letters in self._unknown.items()
        ]

    def _fit(self, letter: str, file: str, known: frozenset[str], *, piece: bool, within: tuple[str, ...]) -> bool:
        found = self._find(file)
        if found is None or file in within:
            return True
        asked = self._asked(file, found)
        if asked is None:
            return False
        used = asked.used - known
        unknown = sorted(used - asked.tested if piece else used)
        for name in unknown:
            letters = self._unknown.setdefault((str(found.path), _line_of(found.source, name), name), [])
            letters += [letter] if letter not in letters else []
        inner = known | asked.set_here
        fits = [self._fit(letter, other, inner, piece=True, within=(*within, file)) for other in asked.pieces]
        return all(fits) and not unknown

    def _asked(self, file: str, found: File) -> _Asked | None:
        """What a file uses; None, and a problem, if it cannot be read."""
        if file not in self._files:
            try:
                self._files[file] = _read(file, found, self._environment)
            except jinja2.TemplateSyntaxError as error:
                reason = error.message or "cannot be read"
                self._unread.append(Problem(file=str(found.path), line=error.lineno, reason=reason))
                self._files[file] = None
        return self._files[file]


def _read(name: str, file: File, environment: jinja2.Environment) -> _Asked:
    """What a file uses. Raises TemplateSyntaxError."""
    source = file.source
    if source not in _KNOWN:
        tree, used = compiled(environment, name, file.where, source)  # raises if it uses a filter that does not exist
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[source] = _Asked(
            used=used,
            tested=_tested(tree),
            set_here=_set(tree),
            pieces=tuple(other for other in meta.find_referenced_templates(tree) if other is not None),
        )
    return _KNOWN[source]


def _listed(letters: Sequence[str]) -> str:
    more = len(letters) - _SHOWN
    return ", ".join(letters[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _set(tree: nodes.Template) -> frozenset[str]:
    """The names that it sets, for its pieces too: by `set`, `for` and `with`."""
    given = [target for one in tree.find_all(nodes.With) for target in one.targets]
    stored = [name for name in tree.find_all(nodes.Name) if name.ctx == "store"]
    return frozenset(name.name for name in (*stored, *given) if isinstance(name, nodes.Name))


def _tested(tree: nodes.Template) -> frozenset[str]:
    """The names that it tests for existence, or for which it has a default."""
    tests = [test.node for test in tree.find_all(nodes.Test) if test.name in ("defined", "undefined")]
    filters = [one.node for one in tree.find_all(nodes.Filter) if one.name in ("default", "d")]
    return frozenset(node.name for node in (*tests, *filters) if isinstance(node, nodes.Name))


def _line_of(source: str, name: str) -> int:
    found = re.search(rf"\b{re.escape(name)}\b", source)
    return source.count("\n", 0, found.start()) + 1 if found else 0
