"""Knows in which languages the letters exist as whole sets, and what each other one still lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set

from mailbot.adapters.letters.fields_asked import File, Problem
from mailbot.adapters.letters.phrases import FILE
from mailbot.core.model.letter_kinds import KINDS, Audience

FALLBACK = "en"
ENDING = ".j2"
#: In the first line of a file that nobody has translated yet: it counts as if it were not there.
MARK = "TO TRANSLATE"
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?")
_PIECE = re.compile(r"{%-? include [\"'](_[\w.-]+)[\"']")
_CODE = re.compile(r"^\"([\w.-]+)\" *=", re.MULTILINE)
_NAMES = tuple(KINDS)
_LETTERS = tuple(name for name in _NAMES if KINDS[name].audience is Audience.CUSTOMER)
_NOTICES = tuple(name for name in _NAMES if name not in _LETTERS)
#: The sentences of a catalogue that stand in letters to customers.
OUTSIDE = frozenset({"files.too_large", "subject.withheld"})


def is_language(name: str) -> bool:
    """Whether a folder may be a language: "fr", "de-du", "pt-BR"."""
    return _LANGUAGE.fullmatch(name) is not None


def spoken(language: str) -> tuple[str, ...]:
    """A language and the one that it is a form of: "de-du" says in the words of "de" what it has none of its own for."""
    base = language.partition("-")[0]
    return (language,) if base == language or not is_language(language) else (language, base)


def outside(name: str) -> bool:
    """Whether a letter goes to customers."""
    return KINDS[name].audience is Audience.CUSTOMER


class Sets:
    """The languages of one reading of the files: `customers` have all letters to customers, `agents` all notices."""

    def __init__(self, files: Mapping[str, File], catalogues: Mapping[str, Sequence[File]]) -> None:
        self._files = files
        self._codes = {name: _codes(found) for name, found in catalogues.items()}  # until it is known what is lacking
        tops = {name.partition("/")[0] for name in files if "/" in name}
        self._letters = {top: self._lacking(top, _LETTERS, OUTSIDE) for top in {*tops, FALLBACK}}
        codes = self._codes.get(f"{FALLBACK}/{FILE}", frozenset[str]())
        self._notices = {top: self._lacking(top, _NOTICES, codes) for top in self._letters}
        self.customers = frozenset(top for top, lacking in self._letters.items() if not lacking)
        self.agents = frozenset(top for top, lacking in self._notices.items() if not lacking) & self.customers
        self._codes.clear()  # in many languages they are most of what is kept here
        self.inboxes = frozenset(top for top in tops - self.customers if not self._is_begun(top))

    def chosen(self, name: str, *languages: str) -> str | None:
        """The first of the languages in which the letter's whole set exists, be it the one that it is a form of."""
        whole = self.customers if outside(name) else self.agents
        return next((each for language in languages for each in (language, *spoken(language)) if each in whole), None)

    def problems(self, of: Set[str] | None = None) -> Iterator[Problem]:
        """What each unfinished language lacks (or only those of `of`)."""
        for top, lacking in sorted(self._letters.items()):
            if of is not None and top not in of:
                continue
            notices = self._notices[top]
            if lacking and (top == FALLBACK or self._is_begun(top)):
                yield _problem(top, "the language is not used", [*lacking, *notices])
            elif not lacking and notices and any(self._has(top, name) for name in _NOTICES):
                yield _problem(top, "notices are not written in it", notices)

    def unfinished(self) -> Iterator[tuple[str, File]]:
        """The files that wait to be translated, by their names."""
        return ((name, file) for name, file in sorted(self._files.items()) if _waits(file))

    def _is_begun(self, top: str) -> bool:
        """Whether somebody has begun to write in a language: a folder of that name with a letter in it."""
        return is_language(top) and any(self._has(top, name) or self._waits(top, name) for name in _NAMES)

    def _has(self, top: str, name: str) -> bool:
        return any(self._ready(f"{each}/{name}.txt{ENDING}") for each in spoken(top))

    def _waits(self, top: str, name: str) -> bool:
        return f"{top}/{name}.txt{ENDING}" in self._files

    def _ready(self, name: str) -> bool:
        return name in self._files and not _waits(self._files[name])

    def _lacking(self, top: str, names: Sequence[str], codes: Set[str]) -> list[str]:
        """The letters of a language that are missing, the pieces that its letters ask for, and its sentences."""
        missing = [name for name in names if not self._has(top, name)]
        if len(missing) == len(names):
            return missing
        pieces = sorted(piece for piece in self._pieces(top, names) if not self._piece_is_there(top, piece))
        catalogue = {code for each in spoken(top) for code in self._codes.get(f"{each}/{FILE}", frozenset())}
        unsaid = sorted(codes - catalogue)
        more = [f"{FILE} ({', '.join(unsaid[:3])}{f' and {len(unsaid) - 3} more' if len(unsaid) > 3 else ''})"]
        return [*missing, *pieces, *(more if unsaid else [])]

    def _piece_is_there(self, top: str, piece: str) -> bool:
        return any(self._ready(f"{each}/{piece}") for each in spoken(top)) or piece in self._files

    def _pieces(self, top: str, names: Sequence[str]) -> set[str]:
        """All pieces that the letters of a language ask for, and the pieces of those."""
        open_ = [f"{name}.txt{ENDING}" for name in names]
        found: set[str] = set()
        while open_:
            name = open_.pop()
            file = next((self._files[each] for base in spoken(top) if (each := f"{base}/{name}") in self._files), None)
            asked = set(_PIECE.findall(file.source)) - found if file is not None else set()
            found |= asked
            open_ += asked
        return found


def _waits(file: File) -> bool:
    return MARK in file.source[:200].partition("\n")[0]


def _codes(files: Sequence[File]) -> frozenset[str]:
    """The codes in catalogues, at a glance: whether they can be read is for the voice to say that does so."""
    return frozenset(code for file in files if not _waits(file) for code in _CODE.findall(file.source))


def _problem(top: str, what: str, missing: Sequence[str]) -> Problem:
    return Problem(file=f"{top}/", line=0, reason=f"{what}, since these letters are missing: {', '.join(missing)}")
