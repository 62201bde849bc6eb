"""Decides what a mail weighs, how urgent it feels and what follows: the rules' hits, summed up and explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mailbot.core.language.tone import tone
from mailbot.core.model.addresses import address_key
from mailbot.core.model.facts import Facts
from mailbot.core.model.office import OFFICE
from mailbot.core.model.reason import Reason, why
from mailbot.core.rules.model import Rule, RuleSet

__all__ = ["Facts", "Hit", "RuleSet", "Thank", "Triage", "triage"]

UNMATCHED = 3
TONE = "tone"
HOWTO = 4
OUTAGE = 1
LOUD = 2
LEVELS: Final[Mapping[int, Reason]] = {
    1: why("level.1"),
    2: why("level.2"),
    3: why("level.3"),
    4: why("level.4"),
    5: why("level.5"),
}
_GROUNDS = 3  # rules that are named
_WORDS = 2  # of each of them
_LONG = 40  # characters of a word that are shown


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """One rule that hit: where it is, the points it gave per priority, and the words or facts it hit on.

    `weight` is the points for the priority that was decided (0 if it gave none), `why` what its file says of it.
    The rule id `tone` without a file is the desk's own measure of loudness, and what is loud stands there as a
    reason.
    """

    rule: str
    file: str = ""
    line: int = 0
    weight: int = 0
    score: tuple[tuple[int, int], ...] = ()
    words: tuple[str | Reason, ...] = ()
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Thank:
    """A letter of thanks to somebody who is named in a mail from the shop's own system."""

    to_address: str
    letter: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Triage:
    """What the rules decided. `priority` 1..5, `urgency` 0..3.

    `matched` is False when no rule gave a priority: it is 3 then, and the triage group must be told.
    `alarm`: none did, and there is a sign of an outage or a danger, below the threshold, or of loud urgency. An office
    matter is the `category` only where its rule decided alone. `thank` may be acted on only if the sender is proven;
    the rules cannot know that. `sums` are the points per priority, whatever was decided; `why` is the account of it,
    one line for an agent.
    """

    priority: int
    urgency: int = 0
    category: str | None = None
    assign: str | None = None
    tags: tuple[str, ...] = ()
    answer: str | None = None
    ack: str | None = None
    thank: tuple[Thank, ...] = ()
    incident: str | None = None
    zone: str | None = None
    notify: tuple[str, ...] = ()
    hold: bool = False
    ignore: bool = False
    hits: tuple[Hit, ...] = ()
    sums: tuple[tuple[int, int], ...] = ()
    why: Reason
    matched: bool = False
    alarm: bool = False


def triage(facts: Facts, rules: RuleSet) -> Triage:
    """Decide one mail.

    The first rule with `priority` wins outright. Otherwise the highest sum of scores at or above the threshold wins; in
    a tie, the more urgent priority. Of `category`, `assign`, `ack`, `answer` and `incident`, the first rule that speaks
    for the decided priority (or for none) counts, of `zone` the first that hits; tags and notifications add up over all.
    """
    hits = rules.hits(facts)
    sums: dict[int, int] = {}
    for rule, _ in hits:
        for level, points in rule.then.score.items():
            sums[level] = sums.get(level, 0) + points
    outright = next((rule for rule, _ in hits if rule.then.priority is not None), None)
    priority = outright.then.priority if outright else highest(sums, rules.threshold)
    decided = UNMATCHED if priority is None else priority
    speaking = [rule for rule, _ in hits if _speaks_for(rule, decided)]
    category = _category(speaking, decided, rules.threshold)
    loud = tone(facts.subject, facts.body or facts.text)
    urgency = min(3, max((rule.then.urgency or 0 for rule, _ in hits), default=0) + (1 if loud else 0))
    listed = tuple(_hit(rule, said, decided) for rule, said in hits)
    if loud:
        listed = (*listed, Hit(rule=TONE, words=(loud,)))
    answer = next((r.then.answer for r in speaking if r.then.answer), None)
    if answer is None and decided == HOWTO and priority is not None and category not in OFFICE:
        answer = rules.shelf.best(facts.text, facts.language)
    elif answer is not None and rules.shelf.get(answer, facts.language or "") is None:
        answer = None
    return Triage(
        priority=decided,
        urgency=urgency,
        category=category,
        assign=next((r.then.assign for r in speaking if r.then.assign), None),
        tags=tuple(dict.fromkeys(t for r, _ in hits for t in r.then.tags)),
        answer=answer,
        ack=next((r.then.ack for r in speaking if r.then.ack), None),
        thank=_thanks(hits, facts),
        incident=next((r.then.incident for r in speaking if r.then.incident), None),
        zone=next((r.then.zone for r, _ in hits if r.then.zone), None),
        notify=tuple(dict.fromkeys(n for r, _ in hits for n in r.then.notify)),
        hold=any(r.then.hold for r, _ in hits),
        ignore=any(r.then.ignore for r, _ in hits),
        hits=listed,
        sums=tuple(sorted(sums.items())),
        why=_why(decided, outright, sums, listed, rules.threshold, matched=priority is not None),
        matched=priority is not None,
        alarm=priority is None and (sums.get(OUTAGE, 0) > 0 or urgency >= LOUD),
    )


def highest(sums: Mapping[int, int], threshold: int) -> int | None:
    """The priority with the most points, of equal ones the most urgent; None if none has enough."""
    enough = [(-points, level) for level, points in sums.items() if points >= threshold]
    return min(enough)[1] if enough else None


def _category(speaking: Sequence[Rule], decided: int, threshold: int) -> str | None:
    """Of the rules that speak for the decided priority, an office matter's that decides alone, else the first one's."""
    for rule in speaking:
        alone = rule.then.priority is not None or rule.then.score.get(decided, 0) >= threshold
        if alone and rule.then.category in OFFICE:
            return rule.then.category
    return next((r.then.category for r in speaking if r.then.category and r.then.category not in OFFICE), None)


def _speaks_for(rule: Rule, priority: int) -> bool:
    if rule.then.priority is not None:
        return rule.then.priority == priority
    return not rule.then.score or rule.then.score.get(priority, 0) > 0


def _hit(rule: Rule, said: tuple[str, ...], decided: int) -> Hit:
    return Hit(
        rule=rule.id,
        file=rule.file,
        line=rule.line,
        weight=rule.then.score.get(decided, 0),
        score=tuple(sorted(rule.then.score.items())),
        words=said,
        why=rule.why,
    )


def _thanks(hits: list[tuple[Rule, tuple[str, ...]]], facts: Facts) -> tuple[Thank, ...]:
    thanks: dict[str, Thank] = {}
    for rule, _ in hits:
        if rule.then.thank is not None and (found := rule.then.thank.pattern.search(facts.body or facts.text)):
            address = found.group(1).strip()
            if address:
                thanks.setdefault(address_key(address), Thank(to_address=address, letter=rule.then.thank.letter))
    return tuple(thanks.values())


def _why(
    priority: int, outright: Rule | None, sums: dict[int, int], hits: tuple[Hit, ...], threshold: int, *, matched: bool
) -> Reason:
    level = LEVELS[priority]
    if outright is not None:
        hit = next(h for h in hits if h.rule == outright.id)
        if not hit.words:
            return why("account.rule", priority=priority, level=level, rule=hit.rule)
        return why("account.rule-by-words", priority=priority, level=level, rule=hit.rule, words=_said(hit))
    if not matched:
        near = max(sums.items(), key=lambda s: s[1], default=(0, 0))
        if near[1] <= 0:
            return why("account.none", priority=priority)
        return why("account.nearest", priority=priority, near=near[0], points=near[1], threshold=threshold)
    for_it = sorted((h for h in hits if h.weight > 0), key=lambda h: -h.weight)[:_GROUNDS]
    grounds, points = [_ground(h) for h in for_it], sums[priority]
    rest = [(points, level) for level, points in sums.items() if level != priority and points > 0]
    if not rest:
        return why("account.points", priority=priority, level=level, points=points, grounds=grounds)
    behind, other = max(rest)
    return why(
        "account.points-next", priority=priority, level=level, points=points, grounds=grounds, next=other, behind=behind
    )


def _ground(hit: Hit) -> Reason:
    points = f"{hit.weight:+d}"
    if not hit.words:
        return why("account.ground", rule=hit.rule, points=points)
    return why("account.ground-by-words", rule=hit.rule, points=points, words=_said(hit))


def _said(hit: Hit) -> list[str]:
    return [" ".join(str(word).split())[:_LONG] for word in hit.words[:_WORDS]]
