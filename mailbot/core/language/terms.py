"""What an admin may search a text for (words, phrases, patterns), and an index that finds thousands in one pass."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import re2

from mailbot.core.language.folding import compared, fold, open_to_any_ending, unspaced, words
from mailbot.core.language.structure_index import StructureIndex
from mailbot.core.language.structures import (
    OPENS_LIKE_A_WORD,
    BadStructure,
    Structure,
    WordList,
    is_structure,
    structure_of,
)

GAP = 3  # words that a lone star in a phrase may match
MAX_GAPS = 3  # lone stars in one phrase: the work grows exponentially with them
MAX_TERM = 1000  # characters of one term
_HEAD = 3  # letters that must come before a star
_TOGETHER = 500  # patterns in one filter: far below its memory limit
_SHOWN = 60  # characters of a hit that are shown
# No metacharacters but a star that ends a word or is alone, a final question mark, a dot.
_PLAIN = re.compile(r"(?:[^\\|()\[\]{}^$+?*]|(?<=[^\W_])\*(?=\s|$)|(?:^|(?<=\s))\*(?=\s|$)|\?(?=\s|$))+")
_ASCII_CLASS = re.compile(r"\\[bBwW]")


class BadTerm(ValueError):
    """A word or pattern that can never be searched for; the message is for the admin who wrote it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """One word of a phrase, folded. `open`: any ending fits. `gap`: up to GAP words of any kind."""

    word: str = ""
    open: bool = False
    gap: bool = False

    def __reduce__(self) -> tuple[Callable[..., Piece], tuple[object, ...]]:
        return _piece, (self.word, self.open, self.gap)


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """One thing to search for, of these: `pieces` for words, `structure` for a phrase that names lists, else `pattern`.

    `raw` is as written; a pattern is in google-re2 syntax, folded.
    """

    raw: str
    pieces: tuple[Piece, ...] = ()
    pattern: str | None = None
    structure: Structure = ()

    def __reduce__(self) -> tuple[Callable[..., Term], tuple[object, ...]]:
        return _term, (self.raw, self.pieces, self.pattern, self.structure)


def _piece(word: str, is_open: bool, gap: bool) -> Piece:
    return Piece(word=word, open=is_open, gap=gap)


def _term(raw: str, pieces: tuple[Piece, ...], pattern: str | None, structure: Structure) -> Term:
    return Term(raw=raw, pieces=pieces, pattern=pattern, structure=structure)


# Words come again in many phrases: each is kept once.
_one_piece = lru_cache(maxsize=8192)(_piece)


def term(raw: str, lists: Mapping[str, WordList] | None = None) -> Term:
    """Read one term; `lists` are those that it may name in braces (None: braces are a pattern's). Raises BadTerm.

    Without metacharacters it is a word or phrase and matches whole words; a star after a word (at least three
    letters) is any ending, a star alone up to three words. Everything else is a google-re2 pattern that is searched
    as it is, in the folded text. Scripts without spaces are searched as they are.
    """
    if len(raw) > MAX_TERM:
        raise BadTerm(f"is longer than {MAX_TERM} characters")
    if not raw.strip():
        raise BadTerm("is empty, so it would fit every mail")
    if lists is not None and is_structure(raw):
        try:
            return Term(raw=raw, structure=structure_of(raw, lists))
        except BadStructure as bad:
            raise BadTerm(str(bad)) from None
    if not _PLAIN.fullmatch(raw):
        return Term(raw=raw, pattern=_checked(raw))
    if unspaced(raw):
        return Term(raw=raw, pattern=re2.escape(fold(raw.strip())))
    pieces: list[Piece] = []
    for chunk in raw.split():
        if chunk == "*":
            pieces.append(_one_piece("", False, True))
            continue
        _, folded = compared(chunk)
        pieces += [_one_piece(w, False, False) for w in folded]
        if chunk.endswith("*"):
            if len(folded[-1]) < _HEAD:
                raise BadTerm(f"needs at least {_HEAD} letters before the star")
            if not open_to_any_ending(words(chunk)[1][-1]):
                raise BadTerm(OPENS_LIKE_A_WORD)
            pieces[-1] = _one_piece(folded[-1], True, False)
    if not pieces or pieces[0].gap or pieces[-1].gap:
        raise BadTerm("must begin and end with a word" if pieces else "has no letter or digit: a mark alone is no word")
    if sum(p.gap for p in pieces) > MAX_GAPS:
        raise BadTerm(f"has more than {MAX_GAPS} lone stars")
    return Term(raw=raw, pieces=tuple(pieces))


def _options() -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    options.max_mem = 1 << 20  # bytes for one pattern's program: one that explodes is refused when the rules are read
    return options


def _checked(raw: str) -> str:
    folded = "".join(c if c.isascii() else fold(c) for c in raw)
    if _ASCII_CLASS.search(folded) and any(c.isalpha() and not c.isascii() for c in folded):
        raise BadTerm(r"uses \b or \w beside letters that they do not know: write the plain word, or [\p{L}\p{N}]")
    try:
        compiled = re2.compile(folded, _options())
    except re2.error as wrong:
        reason = wrong.args[0] if wrong.args else "unknown error"
        raise BadTerm(f"is no valid pattern: {reason.decode() if isinstance(reason, bytes) else reason}") from None
    if compiled.search("") is not None:
        raise BadTerm("fits the empty text, so it would fit every mail")
    return folded


def compile_pattern(pattern: str) -> re2._Regexp:
    """A folded pattern of a Term as a linear-time matcher."""
    return re2.compile(pattern, _options())


@dataclass(frozen=True, slots=True)
class Sieve:
    """Patterns that are searched in one pass: each with the number of its term, and the filter that holds them.

    Without a filter each is tried.
    """

    filter: re2.Filter | None
    patterns: tuple[tuple[int, re2._Regexp], ...]


def _sieves(patterns: list[tuple[int, str]]) -> list[Sieve]:
    """The patterns in as few filters as possible: a filter's memory is limited, and it refuses what exceeds it."""
    joined = re2.Filter()
    for _, pattern in patterns:
        joined.Add(pattern, _options())
    try:
        joined.Compile()
    except re2.error:
        if len(patterns) == 1:
            number, pattern = patterns[0]
            return [Sieve(None, ((number, compile_pattern(pattern)),))]
        half = len(patterns) // 2
        return _sieves(patterns[:half]) + _sieves(patterns[half:])
    return [Sieve(joined, tuple((number, compile_pattern(p)) for number, p in patterns))]


def _all_sieves(patterns: list[tuple[int, str]]) -> tuple[Sieve, ...]:
    return tuple(s for at in range(0, len(patterns), _TOGETHER) for s in _sieves(patterns[at : at + _TOGETHER]))


# One mail is searched for several fields, and for several sets of rules when they are compared.
_words = lru_cache(maxsize=8)(compared)
_folded = lru_cache(maxsize=8)(fold)


_PROBE = "are words hashed alike there"


@dataclass(frozen=True, slots=True)
class TermIndex:
    """Finds which of many terms occur in a text; the cost grows with the text, hardly with the terms."""

    _terms: tuple[Term, ...]
    _exact: Mapping[str, tuple[int, ...]]
    _pairs: Mapping[str, Mapping[str, tuple[int, ...]]]
    _gapped: Mapping[str, Mapping[str, tuple[int, ...]]]
    _open: Mapping[str, tuple[tuple[int, ...], Mapping[str, tuple[int, ...]]]]
    _begins: frozenset[str]
    _sieves: tuple[Sieve, ...] = field(default=(), repr=False)
    _structures: StructureIndex | None = field(default=None, repr=False)

    @classmethod
    def of(cls, terms: Iterable[Term]) -> TermIndex:
        """Build the index; `find` refers to terms by their position in `terms`."""
        listed = tuple(terms)
        exact: dict[str, list[int]] = {}
        pairs: dict[str, dict[str, list[int]]] = {}
        gapped: dict[str, dict[str, list[int]]] = {}
        prefixes: dict[str, dict[str, list[int]]] = {}
        patterns: list[tuple[int, str]] = []
        structures: list[tuple[int, Structure]] = []
        for number, each in enumerate(listed):
            if each.pattern is not None:
                patterns.append((number, each.pattern))
                continue
            if each.structure:
                structures.append((number, each.structure))
                continue
            first, *rest = each.pieces
            if first.open:
                prefixes.setdefault(first.word[:_HEAD], {}).setdefault(first.word, []).append(number)
            elif rest and not rest[0].open and not rest[0].gap:
                # Many phrases begin alike ("how do …"); their second word keeps the candidates few.
                pairs.setdefault(first.word, {}).setdefault(rest[0].word, []).append(number)
            elif len(rest) > 1 and rest[0].gap and not rest[1].gap and not rest[1].open:
                gapped.setdefault(first.word, {}).setdefault(rest[1].word, []).append(number)
            else:
                exact.setdefault(first.word, []).append(number)
        return cls(
            listed,
            {w: tuple(n) for w, n in exact.items()},
            {w: {x: tuple(n) for x, n in second.items()} for w, second in pairs.items()},
            {w: {x: tuple(n) for x, n in second.items()} for w, second in gapped.items()},
            {h: (tuple(sorted({*map(len, of)})), {p: tuple(n) for p, n in of.items()}) for h, of in prefixes.items()},
            frozenset((*exact, *pairs, *gapped)),
            _all_sieves(patterns),
            StructureIndex.of(structures) if structures else None,
        )

    def __reduce__(self) -> tuple[Callable[..., TermIndex], tuple[object, ...]]:
        """Is pickled as it is, but for what google-re2 has compiled, which cannot go to another process."""
        maps = (self._exact, self._pairs, self._gapped, self._open, self._begins)
        return _unpickled, (hash(_PROBE), self._terms, maps, self._structures)

    def find(self, text: str, language: str | None = None) -> dict[int, str]:
        """The terms that occur, by number, each with the words that it matched (as written if it is a phrase).

        `language`, where it is sure, tells which words of the lists count.
        """
        found: dict[int, str] = {}
        if self._exact or self._pairs or self._gapped or self._open:
            self._find_words(text, found)
        if self._structures is not None:
            self._structures.find(text, _words(text), found, language)
        folded = _folded(text) if self._sieves else ""
        for sieve in self._sieves:
            for place in range(len(sieve.patterns)) if sieve.filter is None else sieve.filter.Match(folded) or ():
                number, pattern = sieve.patterns[place]
                hit = pattern.search(folded)
                if hit is not None:
                    found[number] = " ".join(hit.group().split())[:_SHOWN]
        return found

    def _find_words(self, text: str, found: dict[int, str]) -> None:
        written, folded = _words(text)
        exact, pairs, gapped, prefixes, terms = self._exact, self._pairs, self._gapped, self._open, self._terms
        begins, last = self._begins, len(folded) - 1
        for at, word in enumerate(folded):
            candidates: tuple[int, ...] = ()
            if word in begins:
                candidates = exact.get(word, ())
                if word in pairs and at < last:
                    candidates += pairs[word].get(folded[at + 1], ())
                if word in gapped:
                    for behind in folded[at + 1 : at + 2 + GAP]:
                        candidates += gapped[word].get(behind, ())
            if word[:_HEAD] in prefixes:
                lengths, numbers_of = prefixes[word[:_HEAD]]
                for length in lengths:
                    candidates += numbers_of.get(word[:length], ())
            for number in candidates:
                if number in found:
                    continue
                end = _fits(terms[number].pieces, 1, folded, at + 1)
                if end:
                    found[number] = " ".join(written[at:end])[:_SHOWN]


def _unpickled(
    probe: int, terms: tuple[Term, ...], maps: tuple[Any, ...], structures: StructureIndex | None
) -> TermIndex:
    if hash(_PROBE) != probe:
        return TermIndex.of(
            terms
        )  # the tables of structures go by the hashes of words, which differ from start to start
    patterns = [(number, each.pattern) for number, each in enumerate(terms) if each.pattern is not None]
    exact, pairs, gapped, opened, begins = maps
    return TermIndex(terms, exact, pairs, gapped, opened, begins, _all_sieves(patterns), structures)


def _fits(pieces: tuple[Piece, ...], piece: int, folded: list[str], at: int) -> int:
    """Where the phrase ends if its pieces from `piece` on match the words from `at` on, or 0."""
    while piece < len(pieces):
        wanted = pieces[piece]
        if wanted.gap:
            # The recursion is as deep as the phrase has gaps, and each looks at GAP + 1 places.
            for skipped in range(GAP + 1):
                if end := _fits(pieces, piece + 1, folded, at + skipped):
                    return end
            return 0
        if at >= len(folded):
            return 0
        if not (folded[at].startswith(wanted.word) if wanted.open else folded[at] == wanted.word):
            return 0
        piece += 1
        at += 1
    return at
