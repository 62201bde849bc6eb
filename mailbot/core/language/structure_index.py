"""Finds which of many phrases of lists occur in a text: every word is looked up once, whatever their number."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mailbot.core.language.folding import fold, unspaced, words
from mailbot.core.language.structures import Structure, WordList

_LETTERS = 4  # characters that a word counts for in a script without spaces between words
_HEAD = 3  # letters that all words with a star have before it
_SHOWN = 60
_ANY = ""  # as a language: what is said in all of them
# What ends a sentence. A line that is full may have been broken by the writer's program, in the midst of one. The dot of
# "Mr. Case" or "Nr. 5" ends none.
_END = re.compile(
    r"(?<!\b[MDHNmdhn]r)(?<!\b[Ss]t)(?<!\b[Nn]o)[.!?;:…؟؛]+(?=\s|$)(?!(?<=[^.][.])\s\d)|[。！？!?；؟]|\n[^\S\n]*\n|(?<=\n)[^\n]{0,60}\n|^[^\n]{0,60}\n"
)

_Spot = tuple[int, int]  # where something begins and ends, in words or in characters
# What a word fills, and how much longer are those that begin with it: in words (negative: the last one is open), or in
# letters.
_Entry = tuple[tuple[int, ...], tuple[int, ...]]
_NOTHING: _Entry = ((), ())
_Said = dict[str, _Entry]


@dataclass(frozen=True, slots=True)
class _Table:
    """What tens of thousands of words stand for, in ten bytes for each where a dict of them would take a hundred.

    A word is known by its hash of 64 bits, in an array with open addressing: that two words share one happens in none
    of 10^14 mails. Arrays also stay shared with the process that was forked from this one, which objects do not.
    """

    _hashes: array[int]
    _numbers: array[int]
    _entries: tuple[_Entry, ...]

    @classmethod
    def of(cls, said: _Said, alike: dict[_Entry, _Entry]) -> _Table:
        size = 8
        while size < 2 * len(said):
            size *= 2
        entries: dict[_Entry, int] = {}
        hashes = array("q", bytes(8 * size))
        numbers = array("L", bytes(array("L").itemsize * size))
        for word, entry in said.items():
            number = entries.setdefault(alike.setdefault(entry, entry), len(entries))
            known = hash(word)  # if it is 0, the word is not found, once in 10^19 words
            at = known & (size - 1)
            while hashes[at]:
                at = (at + 1) & (size - 1)
            hashes[at], numbers[at] = known, number
        return cls(hashes, array("H", numbers) if len(entries) < 1 << 16 else numbers, tuple(entries))

    def get(self, word: str) -> _Entry:
        """What it stands for."""
        hashes, known = self._hashes, hash(word)
        last = len(hashes) - 1
        at = known & last
        while there := hashes[at]:
            if there == known:
                return self._entries[self._numbers[at]]
            at = (at + 1) & last
        return _NOTHING

    def each(self, said: Iterable[str]) -> list[tuple[int, _Entry]]:
        """Those of many that stand for something, by their number."""
        hashes, numbers, entries = self._hashes, self._numbers, self._entries
        last = len(hashes) - 1
        found: list[tuple[int, _Entry]] = []
        for place, word in enumerate(said):
            known = hash(word)
            at = known & last
            while there := hashes[at]:
                if there == known:
                    found.append((place, entries[numbers[at]]))
                    break
                at = (at + 1) & last
        return found


@dataclass(frozen=True, slots=True)
class _Spoken:
    """The words of all lists in one language, with those of every language.

    `spaced` has words and phrases, `heads` what those with a star begin with, `letters` all as they stand in a text
    without spaces; None if the language has them.
    """

    spaced: _Table
    heads: _Table
    letters: _Table | None

    @classmethod
    def of(cls, filled: Mapping[str, tuple[int, ...]], alike: dict[_Entry, _Entry]) -> _Spoken:
        spaced, heads = _by_words(filled)
        letters = _Table.of(_by_letters(filled), alike) if any(map(unspaced, filled)) else None
        return cls(_Table.of(spaced, alike), _Table.of(heads, alike), letters)


@dataclass(frozen=True, slots=True)
class StructureIndex:
    """Many phrases of lists. A slot is one place of theirs; the same lists are one slot in all phrases and languages."""

    _spoken: Mapping[str, _Spoken]
    _forms: Mapping[int, tuple[tuple[int, tuple[int, ...], tuple[int, ...]], ...]]

    @classmethod
    def of(cls, terms: Iterable[tuple[int, Structure]]) -> StructureIndex:
        """Build it of (number, structure); `find` tells the numbers."""
        slots: dict[object, int] = {}
        forms: dict[int, list[tuple[int, tuple[int, ...], tuple[int, ...]]]] = {}
        filling: dict[WordList | str, set[int]] = {}  # by list, or by the words of a phrase
        alike: dict[object, tuple[int, ...]] = {}
        for number, structure in terms:
            chain: list[int] = []
            for place in structure:
                key: object = tuple(one.name for one in place.lists) or place.said
                slot = slots.setdefault(key, len(slots))
                chain.append(slot)
                for filler in place.lists or (place.said,):
                    filling.setdefault(filler, set()).add(slot)
            gaps = tuple(place.gap for place in structure)
            form = (number, alike.setdefault(tuple(chain), tuple(chain)), alike.setdefault(gaps, gaps))
            forms.setdefault(chain[0], []).append(form)
        said: dict[str, list[tuple[list[str], tuple[int, ...]]]] = {_ANY: []}
        for filler, filled_by in filling.items():
            spoken_in = filler.words() if isinstance(filler, WordList) else ((_ANY, [filler]),)
            for language, listed in spoken_in:
                said.setdefault(language, []).append((listed, tuple(sorted(filled_by))))
        entries: dict[_Entry, _Entry] = {}
        spoken: dict[str, _Spoken] = {}
        for language in sorted(said):
            filled: dict[str, tuple[int, ...]] = {}
            for listed, these in (*said[_ANY], *(said[language] if language else ())):
                for word in listed:
                    filled[word] = _both(filled[word], these) if word in filled else these
            spoken[language] = _Spoken.of(filled, entries)
        return cls(spoken, {slot: tuple(each) for slot, each in forms.items()})

    def find(self, text: str, read: tuple[list[str], list[str]], found: dict[int, str], language: str | None) -> None:
        """Add every phrase that occurs to `found`, with the words it matched; `read` are the text's words.

        If `language` is known and some list has it, words of the other languages do not count: many mean something else.
        """
        written, folded = read
        spoken = self._spoken
        known = language if language and language in spoken else None
        tongues = [spoken[known]] if known else [spoken[code] for code in spoken if code or len(spoken) == 1]
        seen = _Text(folded, written, text)
        for tongue in tongues:
            self._search(seen, _in_words(tongue, folded), found, 1)
        if any(tongue.letters for tongue in tongues) and unspaced(text):
            whole = fold(text)
            seen = _Text(whole, whole, whole)
            for tongue in tongues:
                if tongue.letters:
                    self._search(seen, _in_letters(tongue.letters, whole), found, _LETTERS)

    def _search(self, text: _Text, spots: Mapping[int, list[_Spot]], found: dict[int, str], unit: int) -> None:
        forms = self._forms
        for first, begins in spots.items():
            for number, slots, gaps in forms.get(first, ()):
                if number in found or any(slot not in spots for slot in slots):
                    continue
                for start, end in begins:
                    last = _chain(text, spots, slots, gaps, 1, end, unit)
                    if last:
                        shown = text.shown[start:last]
                        found[number] = (shown if isinstance(shown, str) else " ".join(shown))[:_SHOWN]
                        break


def _both(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted({*one, *other}))


def _add(said: _Said, key: str, slots: tuple[int, ...] = (), longer: int = 0) -> None:
    known = said.get(key)
    if known is None:
        said[key] = (slots, (longer,) if longer else ())
    else:
        said[key] = (_both(known[0], slots), _both(known[1], (longer,)) if longer else known[1])


def _by_words(filled: Mapping[str, tuple[int, ...]]) -> tuple[_Said, _Said]:
    """Each word, each beginning ("cras*") and phrase, and of what they begin with how far they go; and the heads.

    A phrase of more than two words is found by its first two, which far fewer share than the first.
    """
    said: _Said = {}
    heads: _Said = {}
    for word, slots in filled.items():
        if unspaced(word):
            continue
        is_open = word.endswith("*")
        if " " not in word:
            if is_open and len(word) == _HEAD + 1:
                _add(heads, word[:-1], slots)
                continue
            if is_open:
                _add(heads, word[:_HEAD], (), len(word) - 1)
        else:
            first, second, *rest = word.split(" ")
            if is_open:
                _add(said, f"{' '.join((first, second, *rest)[:-1])} *", (), len((second, *rest)[-1]) - 1)
            length = -len(rest) - 2 if is_open else len(rest) + 2
            if rest:  # found by its first two words: there are fewer that begin so than with the first
                _add(said, first, (), 2)
                _add(said, f"{first} {second}", (), length)
            else:
                _add(said, first, (), length)
        _add(said, word, slots)
    return said, heads


def _by_letters(filled: Mapping[str, tuple[int, ...]]) -> _Said:
    said: _Said = {}
    for word, slots in filled.items():
        text = word.removesuffix("*").replace(" ", "")
        _add(said, text, slots)
        if len(text) > 1:
            _add(said, text[0], (), len(text))
    return said


def _in_words(spoken: _Spoken, folded: list[str]) -> dict[int, list[_Spot]]:
    """Where each slot is filled, in order."""
    spots: dict[int, list[_Spot]] = {}
    get = spoken.spaced.get
    for at, (slots, longer) in spoken.spaced.each(folded):
        for slot in slots:
            spots.setdefault(slot, []).append((at, at + 1))
        if 2 in longer and at + 1 < len(folded):
            pair = get(f"{folded[at]} {folded[at + 1]}")
            for slot in pair[0]:
                spots.setdefault(slot, []).append((at, at + 2))
            lengths = longer + pair[1]
        else:
            lengths = longer
        for length in lengths:
            end = at + abs(length)
            if length == 2 or end > len(folded):
                continue
            if length > 0:
                for slot in get(" ".join(folded[at:end]))[0]:
                    spots.setdefault(slot, []).append((at, end))
                continue
            begun, last = " ".join(folded[at : end - 1]), folded[end - 1]
            for n in get(f"{begun} *")[1]:
                if len(last) >= n:
                    for slot in get(f"{begun} {last[:n]}*")[0]:
                        spots.setdefault(slot, []).append((at, end))
    begun_at: dict[int, list[_Spot]] = {}
    for at, (slots, longer) in spoken.heads.each([word[:_HEAD] for word in folded]):
        for slot in slots:
            begun_at.setdefault(slot, []).append((at, at + 1))
        word = folded[at]
        for length in longer:
            if len(word) >= length:
                for slot in get(f"{word[:length]}*")[0]:
                    begun_at.setdefault(slot, []).append((at, at + 1))
    for slot, begun_there in begun_at.items():
        spots[slot] = sorted(spots[slot] + begun_there) if slot in spots else begun_there
    return spots


def _in_letters(table: _Table, text: str) -> dict[int, list[_Spot]]:
    spots: dict[int, list[_Spot]] = {}
    get = table.get
    for at, (slots, longer) in table.each(text):
        for slot in slots:
            spots.setdefault(slot, []).append((at, at + 1))
        for length in longer:
            for slot in get(text[at : at + length])[0]:
                spots.setdefault(slot, []).append((at, at + length))
    return spots


@dataclass(slots=True)
class _Text:
    """One text being searched, and which sentence each place of it is of."""

    folded: Sequence[str] | str
    shown: Sequence[str] | str
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


def _chain(
    text: _Text,
    spots: Mapping[int, list[_Spot]],
    slots: tuple[int, ...],
    gaps: tuple[int, ...],
    place: int,
    at: int,
    unit: int,
) -> int:
    """Where the phrase ends if its slots from `place` on follow each other from `at` on, or 0."""
    if place == len(slots):
        return at
    gap = gaps[place]
    for start, end in spots[slots[place]]:
        if start < at:
            continue
        if start > at + gap * unit:
            break
        if gap and not text.together(at - 1, start):
            break
        last = _chain(text, spots, slots, gaps, place + 1, end, unit)
        if last:
            return last
    return 0
