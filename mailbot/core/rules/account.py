"""Explains a priority in lines for people: the terminal shows them, and `/why` mails them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from mailbot.core.model.event import Event
from mailbot.core.model.facts import Facts
from mailbot.core.model.known import Known
from mailbot.core.model.ticket import Ticket
from mailbot.core.rules.model import RuleSet
from mailbot.core.rules.near_miss import near_misses
from mailbot.core.rules.setting import Setting
from mailbot.core.rules.triage import Hit, Triage, triage
from mailbot.core.rules.weighing import facts_again

_WORDS = 6  # shown for one rule


def account(facts: Facts, rules: RuleSet) -> tuple[Triage, list[str]]:
    """What the rules say of a mail, and why: the decision, every hit with its place, the sums, the near misses."""
    result = triage(facts, rules)
    lines = [result.why]
    if result.urgency:
        lines.append(f"urgency {result.urgency}")
    lines += [_hit(hit, rules) for hit in result.hits]
    if result.sums:
        listed = ", ".join(f"{level} has {points}" for level, points in sorted(result.sums, key=lambda s: -s[1]))
        lines.append(f"the sum: {listed}; it takes {rules.threshold}")
    if not result.hits:
        lines.append("no rule hit")
    lines += [f"nearly: {miss.rule.id} ({_place(miss.rule.file, miss.rule.line)}): {miss.because}"
              for miss in near_misses(facts, rules)]  # fmt: skip
    return result, lines


def since_then(decided: Triage, ticket: Ticket, kept_why: str | None, overrides: Sequence[Event]) -> list[str]:
    """What happened to the priority after the mail was weighed: new rules, a person's decision, a raise."""
    lines: list[str] = []
    if kept_why is not None and kept_why != decided.why:
        lines.append(f"when it came, the rules said {kept_why}")
    for event in overrides:
        levels = dict(event.what.args)
        lines.append(f"{event.by} set it by hand: {levels['old']} → {levels['new']} ({_moment(event.at)})")
    if ticket.priority != decided.priority and not overrides:
        lines.append(f"now it is {ticket.priority}: {ticket.why}")
    return lines


def why_lines(ticket: Ticket, known: Known, setting: Setting) -> list[str]:
    """The answer to `/why`: the mail that opened the ticket, weighed again by the current rules."""
    opening = known.openings.get(ticket.number)
    if opening is None:
        return [f"priority {ticket.priority}, urgency {ticket.urgency}: {ticket.why}"]
    facts = facts_again(opening, ticket.inbox, setting.policy, setting.detect)
    decided, lines = account(facts, setting.rules)
    kept = opening.weighed.why if opening.weighed else None
    return [*lines, *since_then(decided, ticket, kept, known.overrides.get(ticket.number, ()))]


def _hit(hit: Hit, rules: RuleSet) -> str:
    """`refund (20-money.toml:5), +14 for 2: “refund”, “money back” – They want their money back.`"""
    given = ", ".join(f"{points:+d} for {level}" for level, points in hit.score)
    rule = next((r for r in rules.rules if r.id == hit.rule), None)
    if rule is None:
        given = "urgency +1"
    elif rule.then.priority is not None:
        given = f"decides {rule.then.priority}"
    elif not given and rule.then.urgency:
        given = f"urgency {rule.then.urgency}"
    place = f" ({_place(hit.file, hit.line)})" if hit.file else ""
    shown = ", ".join(f"“{_quoted(word)}”" for word in hit.words[:_WORDS])
    more = f" and {len(hit.words) - _WORDS} more" if len(hit.words) > _WORDS else ""
    why = f" – {hit.why}" if hit.why else ""
    return f"{hit.rule}{place}{f', {given}' if given else ''}: {shown}{more}{why}"


def _quoted(words: str) -> str:
    """Words on one line, without the quotation marks that the desk's own measure of loudness adds."""
    return " ".join(words.split()).strip("“”")


def _place(file: str, line: int) -> str:
    return f"{file}:{line}" if line else file


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
