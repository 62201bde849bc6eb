"""Explains a priority line by line: the terminal shows the lines, and `/why` mails them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from mailbot.core.model.event import Event
from mailbot.core.model.facts import Facts
from mailbot.core.model.known import Known
from mailbot.core.model.office import OFFICE
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.ticket import Ticket
from mailbot.core.rules.model import RuleSet
from mailbot.core.rules.near_miss import near_misses
from mailbot.core.rules.setting import Setting
from mailbot.core.rules.triage import TONE, Hit, Triage, triage
from mailbot.core.rules.weighing import facts_again

_WORDS = 6  # shown for one rule
FELT: Final[Mapping[int, Reason]] = {1: why("urgency.1"), 2: why("urgency.2"), 3: why("urgency.3")}


def account(facts: Facts, rules: RuleSet) -> tuple[Triage, list[Reason]]:
    """What the rules say of a mail, and why: the decision, every hit with its place, the sums, the near misses."""
    result = triage(facts, rules)
    lines = [result.why, *_sureness(result)]
    if result.urgency:
        lines.append(why("account.feels", urgency=result.urgency, felt=FELT[result.urgency]))
    lines += [_hit(hit, rules) for hit in result.hits]
    if result.sums:
        by_points = sorted(result.sums, key=lambda s: -s[1])
        sums = [why("account.has", priority=level, points=points) for level, points in by_points]
        lines.append(why("account.sum", sums=sums, threshold=rules.threshold))
    if not result.hits:
        lines.append(why("account.no-hit"))
    for miss in near_misses(facts, rules):
        place = _place(miss.rule.file, miss.rule.line)
        lines.append(why("account.nearly", rule=miss.rule.id, place=place, because=miss.because))
    return result, lines


def _sureness(result: Triage) -> list[Reason]:
    """The office matter that it surely is, or that nobody knows what it is."""
    if result.alarm:
        return [why("account.alarm")]
    if not result.matched:
        return [why("account.unsure")]
    matter = OFFICE.get(result.category or "")
    return [why("account.office", matter=matter)] if matter is not None else []


def since_then(decided: Triage, ticket: Ticket, first: Reason | None, overrides: Sequence[Event]) -> list[Reason]:
    """What happened to the priority after the mail was weighed: new rules, a person's decision, a raise.

    `first` is the account of it when it came, where that is known.
    """
    lines: list[Reason] = []
    if first is not None and first != decided.why:
        lines.append(why("account.when-it-came", account=first))
    for event in overrides:
        levels = dict(event.what.args)
        lines.append(why("account.by-hand", by=event.by, old=levels["old"], new=levels["new"], at=event.at))
    if ticket.priority != decided.priority and not overrides:
        lines.append(_because(why("account.now", priority=ticket.priority), ticket.why))
    return lines


def why_lines(ticket: Ticket, known: Known, setting: Setting) -> list[Reason]:
    """The answer to `/why`: the mail that opened the ticket, weighed again by the current rules."""
    opening = known.openings.get(ticket.number)
    if opening is None:
        stands = why("account.stands", priority=ticket.priority, urgency=ticket.urgency)
        return [_because(stands, ticket.why)]
    facts = facts_again(opening, ticket.inbox, setting.policy, setting.detect)
    decided, lines = account(facts, setting.rules)
    first = opening.weighed.why if opening.weighed else None
    return [*lines, *since_then(decided, ticket, first, known.overrides.get(ticket.number, ()))]


def grounds(account: Reason) -> Reason:
    """An account for somebody in a hurry: the words that decided, without the points; `/why` tells them all."""
    args = dict(account.args)
    found = args.get("grounds")
    if not isinstance(found, tuple):
        return account
    each = [dict(ground.args).get("words", ()) for ground in found if isinstance(ground, Reason)]
    words = dict.fromkeys(word for said in each for word in (said if isinstance(said, tuple) else (said,)))
    if words:
        return why("account.words", words=list(words))
    return why("account.level", priority=args["priority"], level=args["level"])


def _because(what: Reason, account: Reason | None) -> Reason:
    return what if account is None else why("account.because", what=what, account=account)


def _hit(hit: Hit, rules: RuleSet) -> Reason:
    """`refund (20-money.toml:5), +14 for 2: “refund”, “money back” – They want their money back.`"""
    words = [word if isinstance(word, Reason) else " ".join(word.split()) for word in hit.words[:_WORDS]]
    more = len(hit.words) - _WORDS
    said = why("account.words-more", words=words, more=more) if more > 0 else why("account.words", words=words)
    gives = _gives(hit, rules)
    rule = why("account.at", rule=hit.rule, place=_place(hit.file, hit.line)) if hit.file else hit.rule
    named = [rule, *gives]
    because = hit.why or (why("account.upset") if hit.rule == TONE else None)
    if because is None:
        return why("account.hit", rule=named, words=said)
    return why("account.hit-because", rule=named, words=said, because=because)


def _gives(hit: Hit, rules: RuleSet) -> list[Reason]:
    rule = next((r for r in rules.rules if r.id == hit.rule), None)
    if rule is None:
        return [why("account.urgency", urgency="+1")]
    if rule.then.priority is not None:
        return [why("account.decides", priority=rule.then.priority)]
    if not hit.score and rule.then.urgency:
        return [why("account.urgency", urgency=rule.then.urgency)]
    return [why("account.gives", points=f"{points:+d}", priority=level) for level, points in hit.score]


def _place(file: str, line: int) -> str:
    return f"{file}:{line}" if line else file
