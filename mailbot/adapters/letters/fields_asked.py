"""Compares the fields that a letter's files use with those that the letter has."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
from jinja2 import meta, nodes

_SHOWN = 3  # letters that are named if many include the same piece


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A template as read from disk."""

    path: Path
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One fault of a template: its path as an admin finds it, the line (0: the file as a whole), and why."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        """In the format of compilers."""
        return f"{self.file}:{self.line}: {self.reason}" if self.line else f"{self.file}: {self.reason}"


class FieldsAsked:
    """The fields that the files of one voice use; `find` returns a file as that voice has it."""

    def __init__(self, environment: jinja2.Environment, find: Callable[[str], File | None]) -> None:
        self._environment = environment
        self._find = find
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
        try:
            tree = self._environment.parse(found.source, file)
            used = meta.find_undeclared_variables(tree) - known  # raises if it uses a filter that does not exist
        except jinja2.TemplateSyntaxError as error:
            reason = error.message or "cannot be read"
            self._unread.append(Problem(file=str(found.path), line=error.lineno, reason=reason))
            return False
        unknown = sorted(used - _asked_about(tree) if piece else used)
        for name in unknown:
            letters = self._unknown.setdefault((str(found.path), _line_of(found.source, name), name), [])
            letters += [letter] if letter not in letters else []
        inner = known | {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
        pieces = [other for other in meta.find_referenced_templates(tree) if other is not None]
        fits = [self._fit(letter, other, inner, piece=True, within=(*within, file)) for other in pieces]
        return all(fits) and not unknown


def _listed(letters: Sequence[str]) -> str:
    more = len(letters) - _SHOWN
    return ", ".join(letters[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _asked_about(tree: nodes.Template) -> set[str]:
    """The names that it tests for existence, or for which it has a default."""
    tests = [test.node for test in tree.find_all(nodes.Test) if test.name in ("defined", "undefined")]
    filters = [one.node for one in tree.find_all(nodes.Filter) if one.name in ("default", "d")]
    return {node.name for node in (*tests, *filters) if isinstance(node, nodes.Name)}


def _line_of(source: str, name: str) -> int:
    found = re.search(rf"\b{re.escape(name)}\b", source)
    return source.count("\n", 0, found.start()) + 1 if found else 0
