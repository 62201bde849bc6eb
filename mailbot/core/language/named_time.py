"""Tells by the words around a time whether it is somebody else's: of what has happened, what they need, what is open when."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LOOKS_BACK, _LOOKS_AHEAD = 4, 3  # words
_WORDS = {
    "filler": "at about around um am gegen ca the den dem le el les las a o w we godz godziny godzinie okolo",
    "open-ended": "since after from of for vom von seit ab nach fur depuis apres desde despues od po",
    "part of": "innerhalb binnen end close course start beginning morning afternoon evening",
    "we": "i i'll we we'll you'll will ich wir werde werden je nous ja my odezwe odezwiemy",
    "theirs": (
        "happened wrote said reported sent went started began failed broke noticed saw rang asked mentioned need needs"
        " needed want wanted discussed talked spoke agreed ordered bought schrieb schrieben meldeten gemeldet begann brauchen brauchst benotigen benotigst wollten"
        " napisal napisala zglosil zglosila potrzebuje potrzebujesz potrzebuja dzwonil dzwonila"
    ),
    "theirs, behind": (
        "passiert geschah geschehen gemeldet geschrieben aufgetreten ausgefallen begann war waren brauchen brauchst benotigen"
    ),
    "before": "before vor avant antes przed",
    "until": "by until till before bis spatestens vor latest pour hasta do najpozniej",
    "as soon as": "soon once when sobald wenn des cuando cuanto gdy kiedy",
    "bound": "end close business noon ende mittag fin midi konca poludniem",
    "between": "between zwischen entre from von de miedzy od",
    "and": "and und et y to till until bis a do",
    "open": (
        "open opening hours reach available geoffnet erreichbar erreichen offnungszeiten burozeiten sprechzeiten"
        " servicezeiten besetzt ouvert ouverts abierto abiertos otwarte czynne dostepni"
    ),
}
_ARE = {what: frozenset(words.split()) for what, words in _WORDS.items()}
_DIGIT = re.compile(r"[0-9]")


def names_something_else(words: Sequence[str], start: int, length: int) -> bool:
    """Whether the time in `words[start : start + length]` (folded) is none by which we do something.

    "since 14:00", "what you reported at 14:00", "before your demo at 15:00", "you need it by noon", "open until 17:00", and
    the 9:00 of "between 9:00 and 17:00".
    """
    end = start + length
    if within_a_span(words, start) and _ARE["open"].intersection(words):
        return True
    nearest = next((at for at in range(start - 1, -1, -1) if words[at] not in _ARE["filler"]), None)
    if nearest is not None:
        if words[nearest] in _ARE["open-ended"] and not (nearest and words[nearest - 1] in _ARE["part of"]):
            return True
        if words[nearest] in _ARE["between"] and end < len(words) and words[end] in _ARE["and"]:
            return True
    between: set[str] = set()
    for word in reversed(words[max(0, start - _LOOKS_BACK) : start]):
        if word in _ARE["we"]:
            break
        event = word in _ARE["before"] and between - _ARE["filler"] and between.isdisjoint(_ARE["bound"])
        if word in _ARE["theirs"] or event:
            return True
        between.add(word)
    if nearest is not None and words[nearest] not in _ARE["until"] and words[start] not in _ARE["until"]:
        conditional = _ARE["as soon as"].intersection(words[:start])
        if conditional and "latest" not in words[end : end + _LOOKS_AHEAD]:
            return True
    return not _ARE["theirs, behind"].isdisjoint(words[end : end + _LOOKS_AHEAD])


def within_a_span(words: Sequence[str], start: int) -> bool:
    """Whether the time at `start` ends a span: "between 9:00 and 17:00", "von 9:00 bis 17:00"."""
    joins = start if words[start] in _ARE["and"] else start - 1
    if joins < 1 or words[joins] not in _ARE["and"]:
        return False
    begins = words[max(0, joins - _LOOKS_BACK) : joins]
    return not _ARE["between"].isdisjoint(begins) and _DIGIT.search(begins[-1]) is not None
