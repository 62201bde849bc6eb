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
from mailbot.core.rules.answers import ENOUGH
from mailbot.core.rules.model import RuleSet
from mailbot.core.rules.near_miss import near_misses
from mailbot.core.rules.setting import Setting
from mailbot.core.rules.triage import HOWTO, LEVELS, TONE, Hit, Triage, highest, triage
from mailbot.core.rules.weighing import facts_again

_WORDS = 6  # shown for one rule
_NEAREST = 2  # other priorities that are named
FELT: Final[Mapping[int, Reason]] = {1: why("urgency.1"), 2: why("urgency.2"), 3: why("urgency.3")}


def account(facts: Facts, rules: RuleSet) -> tuple[Triage, list[Reason]]:
    """What the rules say of a mail, and why: the decision, every hit with its place, the sums, the near misses."""
    result = triage(facts, rules)
    lines = [result.why, *_sureness(result)]
    felt = FELT.get(result.urgency)
    lines.append(why("account.calm") if felt is None else why("account.feels", urgency=result.urgency, felt=felt))
    lines += article_lines(facts, result, rules)
    lines += [_hit(hit, rules) for hit in result.hits]
    if result.sums:
        by_points = sorted(result.sums, key=lambda s: -s[1])
        sums = [why("account.has", priority=level, points=points) for level, points in by_points]
        lines.append(why("account.sum", sums=sums, threshold=rules.threshold))
    lines += _instead(result, rules)
    if not result.hits:
        lines.append(why("account.no-hit"))
    for miss in near_misses(facts, rules):
        place = _place(miss.rule.file, miss.rule.line)
        nearly = why("account.nearly", rule=miss.rule.id, place=place, because=miss.because)
        lines.append(why("account.nearly-sign", nearly=nearly, sign=miss.rule.why) if miss.rule.why else nearly)
    return result, lines


def _sureness(result: Triage) -> list[Reason]:
    """The office matter or the category that it surely is, or that nobody knows what it is."""
    if result.alarm:
        return [why("account.alarm")]
    if not result.matched:
        return [why("account.unsure")]
    matter = OFFICE.get(result.category or "")
    if matter is not None:
        return [why("account.office", matter=matter)]
    return [why("account.category", category=result.category)] if result.category else []


def _instead(result: Triage, rules: RuleSet) -> list[Reason]:
    """The other priorities that it came near to; where a rule decided outright, what it would be without that rule."""
    outright = [rule.then.priority for rule in (rules.named(hit.rule) for hit in result.hits) if rule is not None]
    deciding = [priority for priority in outright if priority is not None]
    if deciding:
        other = deciding[1] if len(deciding) > 1 else highest(dict(result.sums), rules.threshold)
        if other is None:
            return [why("account.without-unsure")]
        return [why("account.without", priority=other, level=LEVELS[other])]
    others = [
        why("account.short", priority=level, level=LEVELS[level], points=points)
        for level, points in shortfalls(result, rules.threshold)[:_NEAREST]
    ]
    return [why("account.instead", others=others)] if others else []


def shortfalls(result: Triage, threshold: int) -> list[tuple[int, int]]:
    """The other priorities that anything speaks for, with the points that each lacked to be decided, nearest first."""
    sums = dict(result.sums)
    decided = sums.get(result.priority, 0) if result.matched else 0
    found: list[tuple[int, int]] = []
    for level, points in sums.items():
        if points > 0 and not (result.matched and level == result.priority):
            tie = 0 if level < result.priority else 1  # of equal points the more urgent priority is decided
            found.append((max(threshold, decided + tie if result.matched else 0) - points, level))
    return [(level, short) for short, level in sorted(found)]


def article_lines(facts: Facts, result: Triage, rules: RuleSet) -> list[Reason]:
    """The help article that it is answered with; for a how-to without one, what came closest."""
    shelf, language = rules.shelf, facts.language or ""
    if result.answer is not None and (article := shelf.get(result.answer, language)) is not None:
        return [why("account.article", title=article.title, file=article.file)]
    if result.priority != HOWTO or not result.matched or result.category in OFFICE:
        return []
    points = shelf.points(facts.text, facts.language)
    ranked = sorted(points, key=lambda a: -points[a])
    best = shelf.get(ranked[0], language) if ranked else None
    if best is None:
        return [why("account.no-article")]
    most = points[best.id]
    if most < 0:
        return [why("account.article-ruled-out", title=best.title)]
    if most >= ENOUGH:  # another has as many
        also = shelf.get(ranked[1], language)
        return [why("account.articles-alike", titles=[a.title for a in (best, also) if a is not None])]
    return [why("account.article-short", title=best.title, points=most, enough=ENOUGH)]


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
    rule = rules.named(hit.rule)
    if rule is None:
        return [why("account.urgency", urgency="+1")]
    if rule.then.priority is not None:
        return [why("account.decides", priority=rule.then.priority)]
    if not hit.score and rule.then.urgency:
        return [why("account.urgency", urgency=rule.then.urgency)]
    return [why("account.gives", points=f"{points:+d}", priority=level) for level, points in hit.score]


def _place(file: str, line: int) -> str:
    return f"{file}:{line}" if line else file
