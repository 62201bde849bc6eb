"""Phrases built of named lists of words, such as "{none} ... {works}": how they and the lists are read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice

from mailbot.core.language.folding import compared, fold, open_to_any_ending, unspaced, words

OPENS_LIKE_A_WORD = (
    "begins as if with the Arabic for and, in, for or the: give more letters before the star, or each word as it is"
)
WIDE = 12  # words that `...` may stand for, all of one sentence
_GAPS = {"*": 3, "...": WIDE, "…": WIDE}  # words
_HEAD = 3  # letters that must come before a star
_LIST = re.compile(r"\{([a-z][a-z0-9-]*(?:\|[a-z][a-z0-9-]*)*)\}")
_DOTS = re.compile(r"\s(?:\.\.\.|…)\s")
_CHUNK = re.compile(r"\{[^{}]*\}|[^\s{}]+")
_ODD = re.compile(r"[\\|()\[\]{}^$+?*]")
_SIMPLE = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)*")  # what is compared as it is written
_SHOWN = 3  # words of a list that are kept as they are written
_BETWEEN = "|"  # of the words of a list, which is none of a word's signs


class BadStructure(ValueError):
    """A phrase of lists that can never be found; the message is for the admin who wrote it."""


@dataclass(frozen=True, slots=True)
class WordList:
    """A named list, by language (`""`: of every language). Its words are kept as one text, in a tenth of the memory.

    Its first few are kept as they are written as well, with their accents, for people to read.
    """

    name: str
    _said: tuple[tuple[str, str], ...]
    _written: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def of(
        cls, name: str, said: Mapping[str, Iterable[str]], written: Mapping[str, Iterable[str]] | None = None
    ) -> WordList:
        """The list of these words, each as `checked_word` gave it; `written`: the same as the admin wrote them."""
        return cls(
            name,
            tuple((code, _BETWEEN.join(listed)) for code, listed in said.items()),
            tuple((code, tuple(islice(listed, _SHOWN))) for code, listed in (written or said).items()),
        )

    def examples(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each language with the first few of its words, as they are written."""
        yield from self._written

    def words(self) -> Iterator[tuple[str, list[str]]]:
        """Each language with its words."""
        for code, listed in self._said:
            yield code, listed.split(_BETWEEN) if listed else []

    def languages(self) -> frozenset[str]:
        """Those that it has words in."""
        return frozenset(code for code, _ in self._said)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One place of a phrase: any word of these lists, or the words `said`; up to `gap` words may stand before it."""

    gap: int = 0
    lists: tuple[WordList, ...] = ()
    said: str = ""


Structure = tuple[Place, ...]


def is_structure(raw: str) -> bool:
    """Whether a term names a list, or has three dots among its words."""
    return _LIST.search(raw) is not None or _DOTS.search(raw) is not None


def checked_word(raw: str) -> str:
    """One entry of a list as it is compared: folded words, a star at its end for any ending. Raises BadStructure."""
    if _SIMPLE.fullmatch(raw):
        return raw
    beginning = raw.removesuffix("*")
    if _ODD.search(beginning):
        raise BadStructure("stands in a list, where only words are, and a star at an end: no patterns, no lone stars")
    folded = compared(beginning)[1]
    if not folded:
        raise BadStructure("has no letter or digit")
    if unspaced(raw):
        return "".join(fold(beginning).split())
    if not raw.endswith("*"):
        return " ".join(folded)
    if len(folded) == 1 and len(folded[0]) < _HEAD:
        raise BadStructure(f"needs at least {_HEAD} letters before the star")
    if not open_to_any_ending(words(beginning)[1][-1]):
        raise BadStructure(OPENS_LIKE_A_WORD)
    return f"{' '.join(folded)}*"


def structure_of(raw: str, lists: Mapping[str, WordList]) -> Structure:
    """The places of a phrase with lists. Raises BadStructure."""
    places: list[Place] = []
    gap = 0
    for chunk in _CHUNK.findall(raw):
        if chunk in _GAPS:
            gap = min(WIDE, gap + _GAPS[chunk])
            continue
        if named := _LIST.fullmatch(chunk):
            names = named[1].split("|")
            for name in names:
                if name not in lists:
                    raise BadStructure(_unknown(name, lists))
            places.append(Place(gap=gap, lists=tuple(lists[name] for name in names)))
        elif _ODD.search(chunk.removesuffix("*")):
            raise BadStructure("has a list in a pattern: lists stand among words, `*` and `...` only")
        elif places and places[-1].said and not gap and not places[-1].said.endswith("*"):
            places[-1] = Place(gap=places[-1].gap, said=f"{places[-1].said} {checked_word(chunk)}")
        else:
            places.append(Place(gap=gap, said=checked_word(chunk)))
        gap = 0
    if gap or not places or places[0].gap:
        raise BadStructure("must begin and end with a word or a list")
    if not _share(places):
        raise BadStructure("has lists that share no language, so it would never fit")
    return tuple(places)


def _unknown(name: str, lists: Mapping[str, WordList]) -> str:
    near = get_close_matches(name, sorted(lists), n=1)
    meant = f"; did you mean `{near[0]}`?" if near else ""
    return f"names a list `{name}` that no file has under [lists]{meant}"


def _share(places: Iterable[Place]) -> bool:
    """Whether there is a language that every place can be said in."""
    each = [frozenset[str]().union(*(one.languages() for one in place.lists)) for place in places if place.lists]
    bound = [said for said in each if "" not in said]
    return all(each) and (not bound or bool(frozenset.intersection(*bound)))
