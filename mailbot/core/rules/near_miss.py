"""Finds the rules that almost hit a mail, and what kept each from it: for an admin whose rule stays silent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from mailbot.core.language.folding import compared
from mailbot.core.language.terms import Term
from mailbot.core.model.facts import Facts
from mailbot.core.model.reason import Reason, why
from mailbot.core.rules.conditions import TEXT_FIELDS, Condition, TextCondition
from mailbot.core.rules.looked_for import looked_for
from mailbot.core.rules.model import MAX_TEXT, Rule, RuleSet, Silent

MOST = 5
_LONG = 5  # letters of a word whose other endings are worth mentioning
_ENDING = 3  # letters by which it may be longer
_SHOWN = 3  # examples of what a condition looks for
_WHERE: Final[Mapping[str, Reason]] = {
    "text": why("near.in-either"),
    "subject": why("near.in-subject"),
    "body": why("near.in-body"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class NearMiss:
    """A rule that did not hit, and why."""

    rule: Rule
    because: Reason


def near_misses(facts: Facts, rules: RuleSet, most: int = MOST) -> list[NearMiss]:
    """At most `most` of them, the nearest first; equally near ones in the order of the rules.

    Nearest is what only its `not` stopped, then what missed one of several keys, then a word with another ending, then
    the words of a phrase that are apart.
    """
    read = {name: _Words(getattr(facts, name)[:MAX_TEXT]) for name in TEXT_FIELDS}
    found: list[tuple[int, int, NearMiss]] = []
    for place, silent in enumerate(rules.silent(facts)):
        if (near := _near(silent, read, facts.language)) is not None:
            found.append((near[0], place, NearMiss(rule=silent.rule, because=near[1])))
    return [miss for *_, miss in sorted(found, key=lambda f: f[:2])[:most]]


class _Words:
    """The words of one field, looked up again and again."""

    def __init__(self, text: str) -> None:
        self.known = frozenset(compared(text)[1])
        heads: dict[str, list[str]] = {}
        for word in self.known:
            heads.setdefault(word[:_LONG], []).append(word)
        self._heads = heads

    def longer(self, word: str) -> str | None:
        """A word of the text that is this one with another ending, or None."""
        if len(word) < _LONG:
            return None
        alike = (w for w in self._heads.get(word[:_LONG], ()) if w.startswith(word) and len(w) - len(word) <= _ENDING)
        return min(alike, default=None)


def _near(silent: Silent, read: dict[str, _Words], language: str | None) -> tuple[int, Reason] | None:
    pairs = list(zip(silent.rule.when, silent.asked, strict=True))
    missed = [c for c, said in pairs if said is None]
    if not missed:
        return 0, why("near.stopped", words=silent.stopped or "")
    texts_met = any(isinstance(c, TextCondition) and said is not None for c, said in pairs)
    if len(missed) == 1 and texts_met:
        return 1, why("near.but", words=[s for _, s in pairs if s is not None], wanted=_wanted(missed[0], language))
    if len(missed) == 1 and isinstance(missed[0], TextCondition):
        return _almost(missed[0].terms, read[missed[0].field])
    return None


def _wanted(condition: Condition, language: str | None) -> Reason:
    if isinstance(condition, TextCondition):
        where = _WHERE[condition.field]
        examples, more = looked_for(condition.terms, language, _SHOWN)
        if not examples:
            return why("near.lacks-pattern", where=where)
        if more:
            return why("near.lacks-these", where=where, words=examples, more=more)
        return why("near.lacks", where=where, words=examples)
    return why("near.unfit", condition=type(condition).__name__.removesuffix("Condition").lower())


def _almost(terms: Iterable[Term], read: _Words) -> tuple[int, Reason] | None:
    apart: Reason | None = None
    for term in terms:
        pieces = [p for p in term.pieces if not p.gap]
        if len(pieces) == 1 and not pieces[0].open and (other := read.longer(pieces[0].word)):
            return 2, why("near.ending", word=other, term=term.raw)
        together = len(pieces) > 1 and all(not p.open and p.word in read.known for p in pieces)
        if together and apart is None and all(len(p.word) >= 4 for p in pieces):
            apart = why("near.apart", term=term.raw)
    return None if apart is None else (3, apart)
