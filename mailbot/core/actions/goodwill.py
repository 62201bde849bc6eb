"""Gives goodwill: at once within an agent's budget, else once a lead approves; only then is the customer told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mailbot.core.actions.change import Change
from mailbot.core.letters.quotable import matter_of_ticket
from mailbot.core.model.goodwill import BUDGET_FOR, Goodwill, GoodwillState, parse_goodwill, said
from mailbot.core.model.letter_fields import GoodwillLetter
from mailbot.core.model.notice_fields import GestureNotice
from mailbot.core.model.policy import Agent, Policy
from mailbot.core.model.reason import Reason, why

Ledger = Sequence[Goodwill]


def cannot_give(argument: str, policy: Policy) -> Reason | None:
    """Why `/goodwill` cannot be obeyed; None if it can."""
    found = parse_goodwill(argument, policy.currency)
    return found if isinstance(found, Reason) else None


def cannot_approve(change: Change, agent: Agent, ledger: Ledger) -> Reason | None:
    """Why `/approve` cannot be obeyed; None if it can."""
    if not change.setting.policy.is_lead(agent):
        return why("goodwill.only-a-lead")
    return None if _asked(change, ledger) else why("goodwill.none-waits")


def give(change: Change, argument: str, agent: Agent, ledger: Ledger, lines: list[Reason | str]) -> None:
    """Write it into the ledger. Beyond the budget nothing is told yet, and the leads are asked."""
    policy, ticket = change.setting.policy, change.ticket
    found = parse_goodwill(argument, policy.currency)
    assert not isinstance(found, Reason)
    cents, reason = found
    spent = [one for one in ledger if _counts(one, agent, policy, change.now)]
    left = agent.goodwill - sum(one.cents for one in spent)
    line = Goodwill(
        id=change.fresh.id(),
        ticket=ticket.number,
        customer=ticket.requester.key,
        agent=agent.id,
        cents=cents,
        currency=policy.currency,
        reason=reason,
        at=change.now,
        state=GoodwillState.GRANTED,
        after=frozenset(one.id for one in spent),
    )
    if cents <= left:
        _grant(change, line, agent)
        lines.append(why("goodwill.given", amount=line.amount, left=said(left - cents, policy.currency)))
    elif agent.lead:
        _grant(change, replace(line, approved_by=agent.id), agent)
        lines.append(why("goodwill.given-by-a-lead", amount=line.amount))
    else:
        change.goodwill(replace(line, state=GoodwillState.ASKED))
        change.event(why("event.goodwill-asked.sum", amount=line.amount, reason=reason), by=agent.id)
        room = said(max(left, 0), policy.currency)
        lines.append(why("goodwill.over-budget", amount=line.amount, left=room))
        asked = replace(_about(line, agent), left=room)
        for lead in policy.leads():
            change.notice(lead, asked, key=f"goodwill:{line.id}", tap="/approve")


def approve(change: Change, lead: Agent, ledger: Ledger, lines: list[Reason | str]) -> None:
    """Grant everything that waits on this ticket."""
    for line in _asked(change, ledger):
        giver = change.setting.policy.agents.get(line.agent, lead)
        _grant(change, replace(line, state=GoodwillState.GRANTED, approved_by=lead.id), giver)
        lines.append(why("goodwill.approved", amount=line.amount, reason=line.reason))
        if giver.id != lead.id:
            change.notice(giver, replace(_about(line, giver), approved_by=lead.name), key=f"approved:{line.id}")


def _about(line: Goodwill, giver: Agent) -> GestureNotice:
    return GestureNotice(amount=line.amount, reason=line.reason, giver=giver.name)


def _counts(one: Goodwill, agent: Agent, policy: Policy, now: datetime) -> bool:
    """Whether a line counts against the budget: what a lead approved does not."""
    own = one.agent == agent.id and one.from_budget
    return own and one.currency == policy.currency and one.at > now - BUDGET_FOR


def _asked(change: Change, ledger: Ledger) -> list[Goodwill]:
    return [one for one in ledger if one.ticket == change.ticket.number and one.state is GoodwillState.ASKED]


def _event_of(line: Goodwill, giver: Agent) -> Reason:
    if line.approved_by is None:
        return why("event.goodwill-given.sum", amount=line.amount, reason=line.reason)
    if line.approved_by == line.agent:
        return why("event.goodwill-approved.own", amount=line.amount, reason=line.reason)
    return why("event.goodwill-approved.asked-by", amount=line.amount, reason=line.reason, name=giver.name)


def _grant(change: Change, line: Goodwill, giver: Agent) -> None:
    change.goodwill(line)
    change.event(_event_of(line, giver), by=line.approved_by or line.agent)
    letter = GoodwillLetter(
        matter=matter_of_ticket(change.ticket), amount=line.amount, reason=line.reason, agent=giver.name
    )
    change.letter(letter, key=f"goodwill:{line.id}")
