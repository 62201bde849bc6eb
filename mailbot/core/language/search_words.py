"""The words by which a mail is found: the same for both databases, since neither splits or folds text by itself.

Words are folded (case, accents, forms of a letter), and a word that is asked for finds whatever begins with it. Scripts
that put no space between words are found by any two neighbouring characters. An address is a word, and so are its parts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from mailbot.core.language.folding import fold

MOST_WORDS: Final = 4_000
"""Different words of one mail that count: with `_LONGEST`, what fits into one `tsvector` (1 MB) in any script."""
MOST_ASKED: Final = 12
"""Words of one question that count."""
BEGINS_FROM: Final = 3
"""Characters from which a word finds what begins with it; a shorter one finds itself."""
_LONGEST: Final = 60  # characters; the rest of a longer word is not looked at, in mails and in questions alike
_TEXT_CAP: Final = 200_000  # characters of a mail
_SHOWN_CAP: Final = 20_000  # characters in which a place to show is looked for
_ASKED_CAP: Final = 400  # characters of a question
_AROUND: Final = 60  # characters on either side of a word that is shown
_UNSPACED: Final = (  # as `folding.unspaced`
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3130-\u318f"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
)
# The vowel signs of the scripts of India belong to their words, and are no letters to Python.
_WORD = re.compile(rf"(?P<run>(?:(?=[^\W_])[{_UNSPACED}])+)|(?:[^\W_{_UNSPACED}]|[\u0900-\u0963\u0966-\u0dff])+")
_NUMBER = re.compile(r"[#\[]\s*([0-9]{1,9})\s*\]?")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_CHUNK = re.compile(r"[^\s<>(),;\"“”«»「」【】\[\]{}]+")
_ADDRESS = re.compile(r"[^@]+@[^@]*")
_ODD = re.compile(r"[\s\x00-\x1f\x7f'\"\\\ud800-\udfff]")  # what the languages of the databases take for their own


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a question, folded. `begins`: it also finds the words that begin with it."""

    word: str
    begins: bool


def indexed(parts: Iterable[str], addresses: Iterable[str] = ()) -> list[str]:
    """The words by which a mail of these texts and addresses is found, each once; at most `MOST_WORDS`."""
    found = dict.fromkeys(map(_address, addresses))
    for text in parts:
        cut = text[:_TEXT_CAP]
        found.update(dict.fromkeys(_pieces(fold(cut))))
        if "@" in cut:
            found.update(
                dict.fromkeys(_address(chunk) for chunk in map(_bare, _CHUNK.findall(cut)) if _ADDRESS.fullmatch(chunk))
            )
    found.pop("", None)  # nobody's address, of a mail without a sender
    return list(found)[:MOST_WORDS]


def asked(text: str) -> tuple[Term, ...]:
    """What a question asks for, all of which a mail must have; () if it has no word.

    Signs mean nothing: quotes, stars and a minus are dropped, and AND is a word like any other.
    """
    found: dict[Term, None] = {}
    for chunk in _CHUNK.findall(text[:_ASKED_CAP]):
        bare = _bare(chunk)
        if _ADDRESS.fullmatch(bare):
            found[Term(_address(bare), begins=True)] = None
            continue
        for found_word in _WORD.finditer(fold(bare)):
            word = found_word.group()
            if found_word["run"] and len(word) > 1:
                found |= {Term(word[at : at + 2], begins=False): None for at in range(len(word) - 1)}
            else:
                begins = bool(found_word["run"]) or len(word) >= BEGINS_FROM
                found[Term(word[:_LONGEST], begins=begins)] = None
    return tuple(found)[:MOST_ASKED]


def number_asked(text: str) -> int | None:
    """The ticket that a question names by its number, `#7` or `[7]`; None for words."""
    named = _NUMBER.fullmatch(text.strip())
    return int(named[1]) if named else None


def context(text: str, terms: Sequence[Term]) -> str:
    """The line of a text around the place where most of the words stand first; its beginning if none does."""
    shown = unicodedata.normalize("NFC", text[:_SHOWN_CAP])
    folded, places = _folded(shown)
    found: list[tuple[int, int, Term]] = []
    for match in _WORD.finditer(folded):
        for at, piece in _placed(match):
            met = next((t for t in terms if piece == t.word or (t.begins and piece.startswith(t.word))), None)
            if met is not None:
                start = match.start() + at
                found.append((places[start], places[start + len(piece) - 1] + 1, met))
    if not found:
        return _cut(shown, 0, 2 * _AROUND)
    best, most = found[0], 0
    for number, one in enumerate(found):
        near = {other[2] for other in found[number : number + 40] if other[0] - one[0] < _AROUND}
        if len(near) > most:
            best, most = one, len(near)
    return _cut(shown, best[0] - _AROUND, best[1] + _AROUND)


def _pieces(folded: str) -> Iterable[str]:
    if folded.isascii():  # most mail, and many times as quick
        found = _ASCII_WORD.findall(folded)
        return found if len(folded) <= _LONGEST else [word[:_LONGEST] for word in found]
    return _pieces_of_any_script(folded)


def _pieces_of_any_script(folded: str) -> Iterator[str]:
    for match in _WORD.finditer(folded):
        if match["run"]:
            run = match.group()
            yield from (run[at : at + 2] for at in range(len(run)))  # the last one alone, so that it is found as well
        else:
            yield match.group()[:_LONGEST]


def _placed(match: re.Match[str]) -> Iterator[tuple[int, str]]:
    run = match.group()
    return ((at, run[at : at + 2]) for at in range(len(run))) if match["run"] else iter([(0, run)])


def _bare(chunk: str) -> str:
    return chunk.strip(".:*!?'’`-+|&~^/")


def _address(text: str) -> str:
    return _ODD.sub("_", text.casefold())[: 2 * _LONGEST]


@lru_cache(maxsize=4096)
def _fold_one(character: str) -> str:
    return fold(character)


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """The text folded, and where each of its characters stood."""
    if text.isascii():
        return text.lower(), range(len(text))
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for letter in _fold_one(character):
            letters.append(letter)
            places.append(place)
    return "".join(letters), places


def _cut(text: str, begin: int, end: int) -> str:
    """That part of the text on one line, by whole words where it has spaces."""
    begin, end = max(0, begin), min(len(text), end)
    if begin and (space := text.find(" ", begin, begin + 20)) >= 0:
        begin = space + 1
    if end < len(text) and (space := text.rfind(" ", end - 20, end)) > begin:
        end = space
    line = " ".join(text[begin:end].split())
    return f"{'… ' if begin else ''}{line}{' …' if end < len(text) else ''}"
