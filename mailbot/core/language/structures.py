"""Phrases built of named lists of words, such as "{none} ... {works}": how they are read, and how many are found at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import pairwise

from mailbot.core.language.folding import fold, unspaced, words

WIDE = 12  # words that `...` may stand for, all of one sentence
_GAPS = {"*": 3, "...": WIDE, "…": WIDE}  # words
_LETTERS = 4  # characters that a word counts for in a script without spaces between words
_HEAD = 3  # letters that must come before a star
_SHOWN = 60
_LIST = re.compile(r"\{([a-z][a-z0-9-]*(?:\|[a-z][a-z0-9-]*)*)\}")
_DOTS = re.compile(r"\s(?:\.\.\.|…)\s")
_CHUNK = re.compile(r"\{[^{}]*\}|[^\s{}]+")
_ODD = re.compile(r"[\\|()\[\]{}^$+?*]")
# What ends a sentence. A line that is full may have been broken by the writer's program, in the midst of one.
_END = re.compile(r"[.!?;:…]+(?=\s|$)|[。！？!?；]|\n[^\S\n]*\n|(?<=\n)[^\n]{0,60}\n|^[^\n]{0,60}\n")


class BadStructure(ValueError):
    """A phrase of lists that can never be found; the message is for the admin who wrote it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WordList:
    """A named list: words and phrases by language (`""`: of every language), as they were written."""

    name: str
    words: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """One place of a phrase that any of these may fill. `key` names it ("none/en"); the same key is looked up once."""

    key: str
    said: tuple[str, ...] = field(hash=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """A phrase in one language: its slots, and how many words may stand before each. `spaced`: words have spaces."""

    slots: tuple[Slot, ...]
    gaps: tuple[int, ...]
    spaced: bool = True


def is_structure(raw: str) -> bool:
    """Whether a term names a list, or has three dots among its words."""
    return _LIST.search(raw) is not None or _DOTS.search(raw) is not None


def checked_word(raw: str) -> str:
    """One entry of a list: a word or a phrase, with a star at its end for any ending. Raises BadStructure."""
    bare = raw.removesuffix("*")
    if _ODD.search(bare):
        raise BadStructure("stands in a list, where only words are, and a star at an end: no patterns, no lone stars")
    folded = words(bare)[1]
    if not folded:
        raise BadStructure("has no letter or digit")
    if raw.endswith("*") and len(folded) == 1 and len(folded[0]) < _HEAD and not unspaced(raw):
        raise BadStructure(f"needs at least {_HEAD} letters before the star")
    return raw


def forms_of(raw: str, lists: Mapping[str, WordList]) -> tuple[Form, ...]:
    """A phrase with lists, in each language that all of its lists have. Raises BadStructure."""
    parts: list[tuple[int, tuple[WordList, ...] | str]] = []
    gap = 0
    for chunk in _CHUNK.findall(raw):
        if chunk in _GAPS:
            gap = max(gap, _GAPS[chunk])
        elif named := _LIST.fullmatch(chunk):
            names = named[1].split("|")
            for name in names:
                if name not in lists:
                    raise BadStructure(_unknown(name, lists))
            parts.append((gap, tuple(lists[name] for name in names)))
            gap = 0
        elif _ODD.search(chunk.removesuffix("*")):
            raise BadStructure("has a list in a pattern: lists stand among words, `*` and `...` only")
        elif parts and isinstance(parts[-1][1], str) and not gap:
            parts[-1] = (parts[-1][0], f"{parts[-1][1]} {checked_word(chunk)}")
        else:
            parts.append((gap, checked_word(chunk)))
            gap = 0
    if gap or not parts or parts[0][0]:
        raise BadStructure("must begin and end with a word or a list")
    spoken = _languages(parts)
    if not spoken:
        raise BadStructure("has lists that share no language, so it would never fit")
    return tuple(_form(parts, language) for language in spoken)


def _unknown(name: str, lists: Mapping[str, WordList]) -> str:
    near = get_close_matches(name, sorted(lists), n=1)
    meant = f"; did you mean `{near[0]}`?" if near else ""
    return f"names a list `{name}` that no file has under [lists]{meant}"


def _languages(parts: Sequence[tuple[int, tuple[WordList, ...] | str]]) -> list[str]:
    """The languages that every place of the phrase can be said in; `""` where all of its lists are of every language."""
    each: list[set[str]] = []
    for _, part in parts:
        if not isinstance(part, str):
            said = {language for one in part for language, _ in one.words}
            if said != {""} and "" not in said:
                each.append(said)
            elif said != {""}:
                each.append(said - {""})
    return sorted(set.intersection(*each)) if each else [""]


def _form(parts: Sequence[tuple[int, tuple[WordList, ...] | str]], language: str) -> Form:
    slots: list[Slot] = []
    for _, part in parts:
        if isinstance(part, str):
            slots.append(Slot(key=f"={part}", said=(part,)))
            continue
        said = tuple(w for one in part for code, listed in one.words if code in (language, "") for w in listed)
        slots.append(Slot(key=f"{'|'.join(one.name for one in part)}/{language}", said=said))
    spaced = not any(unspaced(w) for slot in slots for w in slot.said)
    return Form(slots=tuple(slots), gaps=tuple(gap for gap, _ in parts), spaced=spaced)


_Place = tuple[int, int]  # where something begins and ends, in words or in characters


@dataclass(slots=True)
class _Text:
    """One text being searched: where each slot occurs, in order, and which sentence each place is of."""

    folded: Sequence[str] | str
    shown: Sequence[str] | str
    found: dict[int, list[_Place]]
    source: str
    _sentences: list[int] | None = None

    def together(self, first: int, last: int) -> bool:
        """Whether two places stand in one sentence."""
        if self._sentences is None:
            self._sentences = self._counted()
        known = self._sentences
        return last >= len(known) or first >= len(known) or known[first] == known[last]

    def _counted(self) -> list[int]:
        ends = [0, *(m.end() for m in _END.finditer(self.source)), len(self.source)]
        sentences: list[int] = []
        for number, (start, end) in enumerate(pairwise(ends)):
            piece = self.source[start:end]
            sentences += [number] * (len(piece) if isinstance(self.folded, str) else len(words(piece)[0]))
        return sentences


@dataclass(frozen=True, slots=True)
class StructureIndex:
    """Finds which of many phrases of lists occur in a text: every word is looked up once, whatever their number."""

    _words: Mapping[str, tuple[tuple[tuple[str, ...], bool, tuple[int, ...]], ...]]
    _open: Mapping[str, tuple[tuple[str, tuple[int, ...]], ...]]
    _letters: Mapping[str, tuple[tuple[str, tuple[int, ...]], ...]]
    _forms: Mapping[int, tuple[tuple[int, tuple[int, ...], tuple[int, ...], bool], ...]]

    @classmethod
    def of(cls, terms: Iterable[tuple[int, tuple[Form, ...]]]) -> StructureIndex:
        """Build it of (number, forms); `find` tells the numbers."""
        slots: dict[tuple[str, bool], int] = {}
        said: dict[tuple[str, bool], set[int]] = {}
        forms: dict[int, list[tuple[int, tuple[int, ...], tuple[int, ...], bool]]] = {}
        for number, each in terms:
            for form in each:
                numbers: list[int] = []
                for slot in form.slots:
                    known = slots.get((slot.key, form.spaced))
                    if known is None:
                        known = slots[slot.key, form.spaced] = len(slots)
                        for word in slot.said:
                            said.setdefault((word, form.spaced), set()).add(known)
                    numbers.append(known)
                forms.setdefault(numbers[0], []).append((number, tuple(numbers), form.gaps, form.spaced))
        by_word: dict[str, list[tuple[tuple[str, ...], bool, tuple[int, ...]]]] = {}
        prefixes: dict[str, list[tuple[str, tuple[int, ...]]]] = {}
        letters: dict[str, list[tuple[str, tuple[int, ...]]]] = {}
        for (word, spaced), which in said.items():
            filled = tuple(sorted(which))
            if not spaced:
                text = "".join(fold(word.removesuffix("*")).split())
                letters.setdefault(text[0], []).append((text, filled))
                continue
            first, *rest = words(word)[1]
            if word.endswith("*") and not rest:
                prefixes.setdefault(first[:_HEAD], []).append((first, filled))
            else:
                by_word.setdefault(first, []).append((tuple(rest), word.endswith("*"), filled))
        return cls(
            {w: tuple(n) for w, n in by_word.items()},
            {w: tuple(n) for w, n in prefixes.items()},
            {w: tuple(n) for w, n in letters.items()},
            {slot: tuple(n) for slot, n in forms.items()},
        )

    def find(self, text: str, read: tuple[list[str], list[str]], found: dict[int, str]) -> None:
        """Add every phrase that occurs to `found`, with the words it matched; `read` are the text's words."""
        written, folded = read
        self._search(_Text(folded, written, self._in_words(folded), text), found, spaced=True)
        if self._letters and unspaced(text):
            whole = fold(text)
            self._search(_Text(whole, whole, self._in_letters(whole), whole), found, spaced=False)

    def _search(self, text: _Text, found: dict[int, str], *, spaced: bool) -> None:
        at = text.found
        for first in at:
            for number, slots, gaps, in_words in self._forms.get(first, ()):
                if number in found or in_words is not spaced or any(slot not in at for slot in slots):
                    continue
                for start, end in at[first]:
                    last = _chain(text, slots, gaps, 1, end, 1 if spaced else _LETTERS)
                    if last:
                        shown = text.shown[start:last]
                        found[number] = (shown if isinstance(shown, str) else " ".join(shown))[:_SHOWN]
                        break

    def _in_words(self, folded: list[str]) -> dict[int, list[_Place]]:
        places: dict[int, list[_Place]] = {}
        by_word, prefixes = self._words, self._open
        for at, word in enumerate(folded):
            for rest, is_open, which in by_word.get(word, ()):
                end = at + 1 + len(rest)
                if rest and not _follows(rest, is_open, folded, at + 1):
                    continue
                for slot in which:
                    places.setdefault(slot, []).append((at, end))
            for head, which in prefixes.get(word[:_HEAD], ()):
                if word.startswith(head):
                    for slot in which:
                        places.setdefault(slot, []).append((at, at + 1))
        return places

    def _in_letters(self, text: str) -> dict[int, list[_Place]]:
        places: dict[int, list[_Place]] = {}
        letters = self._letters
        for at, letter in enumerate(text):
            for said, which in letters.get(letter, ()):
                if text.startswith(said, at):
                    for slot in which:
                        places.setdefault(slot, []).append((at, at + len(said)))
        return places


def _follows(rest: tuple[str, ...], is_open: bool, folded: list[str], at: int) -> bool:
    got = folded[at : at + len(rest)]
    if len(got) < len(rest):
        return False
    if is_open:
        return got[:-1] == list(rest[:-1]) and got[-1].startswith(rest[-1])
    return got == list(rest)


def _chain(text: _Text, slots: tuple[int, ...], gaps: tuple[int, ...], place: int, at: int, unit: int) -> int:
    """Where the phrase ends if its slots from `place` on follow each other from `at` on, or 0."""
    if place == len(slots):
        return at
    gap = gaps[place]
    for start, end in text.found[slots[place]]:
        if start < at:
            continue
        if start > at + gap * unit:
            break
        if gap == WIDE and not text.together(at - 1, start):
            break
        last = _chain(text, slots, gaps, place + 1, end, unit)
        if last:
            return last
    return 0
