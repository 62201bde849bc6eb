"""Says what a rule looks for as somebody might write it, in the mail's language, not as its file has it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mailbot.core.language.structures import Place
from mailbot.core.language.terms import Term

_ELLIPSIS = "…"
_MARKS = re.compile(r"\[([^\]\\^-]{1,4})\]")  # a pattern that is a few marks, such as a question mark of either width


def looked_for(terms: Iterable[Term], language: str | None, most: int) -> tuple[list[str], int]:
    """At most `most` examples of what fits any of these terms, and how many more ways there are to say it.

    A list in braces is shown by its words in `language` (an ISO 639 code, or the first that it has), a phrase of lists
    by one of its wordings ("cancel … contract"), a star as an ellipsis. A pattern is shown only if it is a single mark;
    others are counted, since none of them reads as anything that a person wrote. Pure.
    """
    shown: list[str] = []
    ways = 0
    for term in terms:
        said = _ways(term, language)
        ways += _ways_of(term.structure[0], language) if len(term.structure) == 1 else 1
        shown += [one for one in said if one not in shown][: max(0, most - len(shown))]
    return shown, max(0, ways - len(shown))


def _ways(term: Term, language: str | None) -> list[str]:
    if term.structure:
        if len(term.structure) == 1:
            return _words(term.structure[0], language)
        places = [_words(place, language)[:1] for place in term.structure]
        if not all(places):
            return []
        said = [
            f"{_ELLIPSIS} {place[0]}" if at.gap else place[0] for at, place in zip(term.structure, places, strict=True)
        ]
        return [" ".join(said).replace(f"{_ELLIPSIS} {_ELLIPSIS}", _ELLIPSIS)]
    if term.pieces:
        return [_open(term.raw)]
    marks = _MARKS.fullmatch(term.raw)
    if marks:
        return [marks[1][0]]
    plain = term.raw.isalpha()  # a word of a script without spaces
    return [term.raw] if plain else []


def _words(place: Place, language: str | None) -> list[str]:
    """The first few of what may stand there, in the mail's language where the lists have it."""
    if place.said:
        return [_open(place.said)]
    spoken = [dict(one.examples()) for one in place.lists]
    return [_open(word) for by_language in spoken for word in by_language.get(_code(by_language, language), ())]


def _ways_of(place: Place, language: str | None) -> int:
    """How many words may stand there."""
    if place.said:
        return 1
    spoken = [dict(one.words()) for one in place.lists]
    return sum(len(by_language.get(_code(by_language, language), ())) for by_language in spoken)


def _code(spoken: Iterable[str], language: str | None) -> str:
    """Which of the languages that a list has is shown: the mail's, else any, else English, else the first."""
    known = list(spoken)
    return next((code for code in (language, "", "en") if code in known), known[0] if known else "")


def _open(words: str) -> str:
    """With an ellipsis for each star: "charged * twice" is "charged … twice", "refund*" is "refund…"."""
    return words.replace("*", _ELLIPSIS).replace("...", _ELLIPSIS)
