"""Who has a ticket, as a notice to one agent tells it: they themselves, a colleague, since when if lately, or one who is away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mailbot.core.model.policy import Agent, Policy
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.ticket import Ticket

YOUNG: Final = 30  # minutes, in which colleagues may not have heard yet that somebody has it


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder:
    """`name`: who has it; `mine`: that is the reader. `since` when a colleague has it, if not for long and if it is open. `away`: that they are not there."""

    name: str | None
    mine: bool
    since: datetime | None
    away: Reason | None


def holder(policy: Policy, ticket: Ticket, reader: str | None, now: datetime) -> Holder:
    """Who has the ticket, for a notice to the agent `reader` (an id) that is written `now`."""
    agent = policy.agents.get(ticket.assignee or "")
    mine = agent is not None and agent.id == reader
    young = ticket.taken_at is not None and ticket.taken_at <= now <= ticket.taken_at + YOUNG * policy.grain
    return Holder(
        name=None if agent is None else agent.name,
        mine=mine,
        since=ticket.taken_at if young and ticket.unresolved and agent is not None and not mine else None,
        away=_away(policy, agent, mine=mine),
    )


def _away(policy: Policy, agent: Agent | None, *, mine: bool) -> Reason | None:
    """That whoever has the ticket is away, and until when; None if they are there, or nobody has it."""
    absence = None if agent is None else policy.away.get(agent.id)
    if agent is None or absence is None:
        return None
    if mine:
        return why("away.you-open") if absence.until is None else why("away.you-until", until=absence.until)
    if absence.until is None:
        return why("away.open", name=agent.name)
    return why("away.until", name=agent.name, until=absence.until)
