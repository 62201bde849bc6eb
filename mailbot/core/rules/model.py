"""Rules as they were read: conditions, consequences, tests beside them, and the whole set ready to decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import re2

from mailbot.core.language.terms import Term, TermIndex
from mailbot.core.model.facts import Facts
from mailbot.core.rules.answers import Article, Shelf
from mailbot.core.rules.conditions import TEXT_FIELDS, Condition, HeaderCondition, SimilarCondition, TextCondition

DEFAULT_THRESHOLD = 10
MAX_TEXT = 100_000  # characters of a mail that are looked at: whoever writes more has said it before


@dataclass(frozen=True, kw_only=True, slots=True)
class ThankRule:
    """Thank somebody named in the mail: the one group of `pattern` (google-re2) takes their address from the text."""

    pattern: re2._Regexp
    letter: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Then:
    """What follows if a rule hits. `score` maps a priority (1..5) to the points it gets, which may be negative.

    `zone` is that of the customer's clock, as in `Ticket.zone_name`.
    """

    priority: int | None = None
    score: Mapping[int, int] = field(default_factory=dict)
    urgency: int | None = None
    category: str | None = None
    assign: str | None = None
    tags: tuple[str, ...] = ()
    answer: str | None = None
    ack: str | None = None
    thank: ThankRule | None = None
    incident: str | None = None
    zone: str | None = None
    notify: tuple[str, ...] = ()
    hold: bool = False
    ignore: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleTest:
    """An example beside a rule: `hit` says whether that rule must hit; whatever is not None must be decided so."""

    facts: Facts
    line: int
    hit: bool = True
    priority: int | None = None
    urgency: int | None = None
    category: str | None = None
    answer: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SetTest:
    """An example for the set as a whole: rules that must hit and must not, and what must be decided (None: anything)."""

    facts: Facts
    file: str
    line: int
    name: str = ""
    hits: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    priority: int | None = None
    urgency: int | None = None
    category: str | None = None
    answer: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One rule: it hits if all of `when` are met and none of `unless`. `file` and `line` say where it is."""

    id: str
    why: str = ""
    file: str = ""
    line: int = 0
    when: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()
    then: Then = Then()
    tests: tuple[RuleTest, ...] = ()


@dataclass(frozen=True, slots=True)
class _Lookup:
    """The terms of all rules for one field, and which text conditions each of them meets."""

    index: TermIndex
    meets: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Silent:
    """A rule that did not hit: what fits each of its conditions (None: nothing), and what its `not` found."""

    rule: Rule
    asked: tuple[str | None, ...]
    stopped: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleSet:
    """All rules in their order, compiled. Build it with `RuleSet.of`; sharing it between threads is safe.

    `threshold` is what a priority's sum must reach. `similar_within` is the window that `Facts.similar` counts over;
    `counts_similar`: some rule asks for it. `headers` are the (lower-case) names of the headers that some rule asks
    for.
    """

    rules: tuple[Rule, ...] = field(repr=False)
    threshold: int = DEFAULT_THRESHOLD
    similar_within: timedelta = timedelta(hours=1)
    shelf: Shelf = field(default_factory=Shelf, repr=False)
    tests: tuple[SetTest, ...] = field(default=(), repr=False)
    counts_similar: bool = False
    headers: frozenset[str] = frozenset()
    _lookups: Mapping[str, _Lookup] = field(default_factory=dict, repr=False)
    _numbers: Mapping[int, tuple[tuple[int | None, ...], tuple[int | None, ...]]] = field(
        default_factory=dict, repr=False
    )
    _by_text: Mapping[int, int] = field(default_factory=dict, repr=False)
    _always: tuple[int, ...] = field(default=(), repr=False)

    @classmethod
    def of(
        cls,
        rules: Iterable[Rule],
        *,
        threshold: int = DEFAULT_THRESHOLD,
        similar_within: timedelta = timedelta(hours=1),
        articles: Iterable[Article] = (),
        tests: Iterable[SetTest] = (),
    ) -> RuleSet:
        """Compile the rules; they are read in the order given."""
        listed = tuple(rules)
        terms: dict[str, dict[Term, list[int]]] = {}
        numbers: dict[int, tuple[tuple[int | None, ...], tuple[int | None, ...]]] = {}
        by_text: dict[int, int] = {}
        always: list[int] = []
        count = 0

        def numbered(conditions: tuple[Condition, ...]) -> tuple[int | None, ...]:
            nonlocal count
            out: list[int | None] = []
            for condition in conditions:
                if not isinstance(condition, TextCondition):
                    out.append(None)
                    continue
                for each in condition.terms:
                    terms.setdefault(condition.field, {}).setdefault(each, []).append(count)
                out.append(count)
                count += 1
            return tuple(out)

        for place, rule in enumerate(listed):
            numbers[place] = (numbered(rule.when), numbered(rule.unless))
            first = next((n for n in numbers[place][0] if n is not None), None)
            if first is None:
                always.append(place)
            else:
                by_text[first] = place
        asked = [c for rule in listed for c in (*rule.when, *rule.unless)]
        lookups = {f: _Lookup(TermIndex.of(t), tuple(tuple(n) for n in t.values())) for f, t in terms.items()}
        return cls(
            rules=listed,
            threshold=threshold,
            similar_within=similar_within,
            shelf=Shelf.of(articles),
            tests=tuple(tests),
            counts_similar=any(isinstance(c, SimilarCondition) for c in asked),
            headers=frozenset(c.name for c in asked if isinstance(c, HeaderCondition)),
            _lookups=lookups,
            _numbers=numbers,
            _by_text=by_text,
            _always=tuple(always),
        )

    def without_tests(self) -> RuleSet:
        """The same for a desk that runs, once all of them hold."""
        return replace(self, rules=tuple(replace(rule, tests=()) for rule in self.rules), tests=())

    def named(self, rule: str) -> Rule | None:
        """The rule of that id; None for one that is not in a file, such as the desk's own measure of loudness."""
        return next((each for each in self.rules if each.id == rule), None)

    def hits(self, facts: Facts) -> list[tuple[Rule, tuple[str, ...]]]:
        """The rules that hit, in their order, each with the words or facts it hit on."""
        met = self._met(facts)
        places = [*self._always, *(self._by_text[n] for n in met if n in self._by_text)]
        out: list[tuple[Rule, tuple[str, ...]]] = []
        for place in sorted(places):
            rule = self.rules[place]
            wanted, unwanted = self._numbers[place]
            said = _all_met(rule.when, wanted, met, facts)
            if said is not None and not _any_met(rule.unless, unwanted, met, facts):
                out.append((rule, said))
        return out

    def silent(self, facts: Facts) -> Iterator[Silent]:
        """The rules that do not hit, in their order, each with what fits its conditions."""
        met = self._met(facts)
        for place, rule in enumerate(self.rules):
            wanted, unwanted = self._numbers[place]
            asked = tuple(_said(c, n, met, facts) for c, n in zip(rule.when, wanted, strict=True))
            stopped = next(
                (s for c, n in zip(rule.unless, unwanted, strict=True) if (s := _said(c, n, met, facts))), None
            )
            if stopped is not None or None in asked:
                yield Silent(rule=rule, asked=asked, stopped=stopped)

    def _met(self, facts: Facts) -> dict[int, list[str]]:
        """What each text condition found, by its number; those that found nothing are missing."""
        met: dict[int, list[str]] = {}
        for name in TEXT_FIELDS:
            if lookup := self._lookups.get(name):
                for number, found in lookup.index.find(getattr(facts, name)[:MAX_TEXT], facts.language).items():
                    for condition in lookup.meets[number]:
                        met.setdefault(condition, []).append(found)
        return met


def _said(condition: Condition, number: int | None, met: Mapping[int, list[str]], facts: Facts) -> str | None:
    if number is None:
        return condition.met(facts)
    return met[number][0] if number in met else None


def _all_met(
    conditions: tuple[Condition, ...], numbers: tuple[int | None, ...], met: dict[int, list[str]], facts: Facts
) -> tuple[str, ...] | None:
    said: list[str] = []
    for condition, number in zip(conditions, numbers, strict=True):
        if number is not None:
            words = met.get(number)
            if words is None:
                return None
            said += words
        else:
            fact = condition.met(facts)
            if fact is None:
                return None
            said.append(fact)
    return tuple(dict.fromkeys(said))


def _any_met(
    conditions: tuple[Condition, ...], numbers: tuple[int | None, ...], met: dict[int, list[str]], facts: Facts
) -> bool:
    return any(
        (number in met) if number is not None else condition.met(facts) is not None
        for condition, number in zip(conditions, numbers, strict=True)
    )
