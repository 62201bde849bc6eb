"""Finds rules that can never matter: what they ask for is impossible, or an earlier rule has always decided by then."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from mailbot.core.rules.conditions import Condition as Asked
from mailbot.core.rules.conditions import (
    InboxCondition,
    LanguageCondition,
    SimilarCondition,
    TextCondition,
)
from mailbot.core.rules.model import Rule, RuleSet

MOST_OUTRIGHT = 100  # earlier rules that each rule is compared with


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreachable:
    """A rule, and why it can never matter, in words without a final full stop."""

    rule: Rule
    because: str


def unreachable(rules: RuleSet) -> list[Unreachable]:
    """All that can be proven from the rules alone; what only a person could tell is left alone."""
    found: list[Unreachable] = []
    outright = _Outright()
    for rule in rules.rules:
        because = _impossible(rule)
        if because is None and _only_decides(rule):
            first = next((o for o in outright.likely(rule) if _covers(o, rule)), None)
            if first is not None:
                because = (
                    f"rule `{first.id}` ({first.file}:{first.line}) hits whenever it does, stands before it and "
                    f"decides {first.then.priority} outright"
                )
        if because is not None:
            found.append(Unreachable(rule=rule, because=because))
        elif rule.then.priority is not None:
            outright.add(rule)
    return found


class _Outright:
    """Rules that decide outright, found by any of their words: a rule that covers another has all of its words."""

    def __init__(self) -> None:
        self._by_word: dict[Hashable, list[Rule]] = {}
        self._wordless: list[Rule] = []

    def add(self, rule: Rule) -> None:
        worded = next((c for c in rule.when if isinstance(c, TextCondition)), None)
        if worded is None:
            self._wordless.append(rule)
        for word in _spelled(worded) if worded is not None else ():
            self._by_word.setdefault(word, []).append(rule)

    def likely(self, rule: Rule) -> Iterator[Rule]:
        """Those that may cover the rule; the earliest of each kind, which is enough for any set that people write."""
        yield from self._wordless[:MOST_OUTRIGHT]
        for condition in rule.when:
            if isinstance(condition, TextCondition):
                word = next(iter(_spelled(condition)))
                yield from self._by_word.get(word, ())[:MOST_OUTRIGHT]


def _only_decides(rule: Rule) -> bool:
    """Whether nothing follows from the rule but a priority."""
    then = rule.then
    acts = (then.urgency, then.zone, then.tags, then.notify, then.hold, then.ignore, then.thank)
    named = (then.category, then.assign, then.answer, then.ack, then.incident)
    return (
        bool(then.priority is not None or then.score)
        and not any(acts)
        and (then.priority is not None or not any(named))
    )


def _impossible(rule: Rule) -> str | None:
    for key in rule.unless:
        for wanted in rule.when:
            if _implied(wanted, key):
                return f"its `not` rules out everything that its `{_key(wanted)}` asks for"
    return None


def _covers(earlier: Rule, later: Rule) -> bool:
    """Whether `earlier` hits every mail that `later` hits: `later` has all its conditions and all its exceptions."""
    asked = all(any(_implied(w, key) for w in later.when) for key in earlier.when)
    return asked and all(any(_implied(u, refused) for u in later.unless) for refused in earlier.unless)


def _implied(given: Asked, key: Asked) -> bool:
    """Whether every mail that meets `given` meets `key` as well."""
    if isinstance(given, TextCondition) and isinstance(key, TextCondition):
        # The text holds the subject and the body, but only in the text may a phrase run across their border.
        where = key.field in (given.field, "text")
        return where and _spelled(given) <= _spelled(key)
    if isinstance(given, InboxCondition) and isinstance(key, InboxCondition):
        return set(given.names) <= set(key.names)
    if isinstance(given, LanguageCondition) and isinstance(key, LanguageCondition):
        return set(given.languages) <= set(key.languages)
    if isinstance(given, SimilarCondition) and isinstance(key, SimilarCondition):
        return given.count >= key.count
    return given == key


def _spelled(condition: TextCondition) -> frozenset[Hashable]:
    return frozenset(t.pieces or t.structure or t.pattern for t in condition.terms)


def _key(condition: Asked) -> str:
    if isinstance(condition, TextCondition):
        return condition.field
    return type(condition).__name__.removesuffix("Condition").lower()
