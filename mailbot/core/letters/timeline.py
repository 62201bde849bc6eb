"""Tells a customer what was promised to them, when, by whom, and how it ended: after a priority 1, or on an agent's word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mailbot.core.model.letter_fields import NO_STEPS, Step, Steps
from mailbot.core.model.mail import Address
from mailbot.core.model.policy import Policy
from mailbot.core.model.promise import Ended, PromiseState
from mailbot.core.model.ticket import Ticket

MOST: Final = 5
"""So many lines at most, that on the earlier ones among them."""


def steps_of(ended: Sequence[Ended], ticket: Ticket, policy: Policy, *, asked: bool = False) -> Steps:
    """The account of the promises to the ticket's customer, which are in order; unless it was `asked` for, only of what
    is surely a priority 1.

    `ended` holds none that another replaced before its time: nobody waited for those in vain.
    """
    if not asked and (ticket.priority != 1 or not ticket.sure):
        return NO_STEPS
    theirs = promised_to(ticket, ended)
    shown = theirs if len(theirs) <= MOST else theirs[-(MOST - 1) :]
    before = theirs[: len(theirs) - len(shown)]
    return Steps(
        steps=[_step(one, ticket, policy) for one in shown],
        steps_before=len(before),
        steps_before_kept=sum(one.promise.state is PromiseState.KEPT for one in before),
    )


def promised_to(ticket: Ticket, ended: Sequence[Ended]) -> Sequence[Ended]:
    """Those that were promises to the ticket's customer, not to whoever it was before."""
    return [one for one in ended if Address(address=one.promise.to).key == ticket.requester.key]


def _step(ended: Ended, ticket: Ticket, policy: Policy) -> Step:
    promise = ended.promise
    writer = policy.agents.get(ended.writer or "")
    named = policy.agents.get(promise.agent or "")
    inbox = policy.inboxes.get(ticket.inbox)
    us = inbox.display_name if inbox is not None else policy.desk_name
    by_person = writer is not None or promise.kept_by is not None  # be it one who has left
    written = by_person or promise.state in (PromiseState.KEPT, PromiseState.COVERED)
    return Step(
        made_at=promise.made_at,
        by=named.name if named is not None else None,
        due=promise.due,
        ended_at=promise.ended_at if written else None,
        who=writer.name if writer is not None else us if by_person else None,
        late=promise.state is PromiseState.LATE,
    )
