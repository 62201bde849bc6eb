"""Which fields the files of a letter ask for, held against those that the letter has."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
from jinja2 import meta, nodes

_SHOWN = 3  # letters that are named where many include the same piece


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A template as it lies there."""

    path: Path
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One fault of a template: its path as an admin finds it, the line (0: the file as a whole), and why."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        """As compilers say it."""
        return f"{self.file}:{self.line}: {self.reason}" if self.line else f"{self.file}: {self.reason}"


class FieldsAsked:
    """What the files of one voice ask for; `find` gives a file as that voice has it."""

    def __init__(self, environment: jinja2.Environment, find: Callable[[str], File | None]) -> None:
        self._environment = environment
        self._find = find
        self._unread: list[Problem] = []
        self._unknown: dict[tuple[str, int, str], list[str]] = {}

    def fit(self, letter: str, file: str, known: frozenset[str], *, piece: bool = False) -> bool:
        """Whether a file, and each piece that it includes, asks for nothing beyond what is `known` of the letter.

        A piece belongs to many letters: it may ask whether there is such a field, and what its letter sets is known there.
        """
        return self._fit(letter, file, known, piece=piece, within=())

    def problems(self) -> list[Problem]:
        """What was found, each once: a piece that is wrong is so for many letters."""
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
            used = meta.find_undeclared_variables(tree) - known  # raises where it asks for a filter that is not there
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
    """The names of which it asks whether they are there, or for which it has another word where they are not."""
    tests = [test.node for test in tree.find_all(nodes.Test) if test.name in ("defined", "undefined")]
    filters = [one.node for one in tree.find_all(nodes.Filter) if one.name in ("default", "d")]
    return {node.name for node in (*tests, *filters) if isinstance(node, nodes.Name)}


def _line_of(source: str, name: str) -> int:
    found = re.search(rf"\b{re.escape(name)}\b", source)
    return source.count("\n", 0, found.start()) + 1 if found else 0
