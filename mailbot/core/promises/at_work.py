"""When an agent may be reminded of a ticket: in their own hours, and of money in the desk's hours too."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot.core.model.policy import Agent, Hours, Policy
from mailbot.core.model.ticket import Ticket
from mailbot.core.promises.business_hours import is_open, next_open


def at_work(agent: Agent, ticket: Ticket, policy: Policy, now: datetime) -> bool:
    """Whether they may be reminded of it now; of an outage, or of what may be one, at any hour."""
    return ticket.priority == 1 or policy.is_alarmed(ticket) or within_hours(agent, ticket, policy, now)


def within_hours(agent: Agent, ticket: Ticket, policy: Policy, now: datetime) -> bool:
    """Whether it is their time, or the desk's where the ticket weighs that much."""
    return any(is_open(now, hours) for hours in _hours(agent, ticket, policy))


def at_work_from(agent: Agent, ticket: Ticket, policy: Policy, now: datetime) -> datetime:
    """When they may be reminded of it next: `now` if they may be at once."""
    return min(next_open(now, hours) for hours in _hours(agent, ticket, policy))


def _hours(agent: Agent, ticket: Ticket, policy: Policy) -> tuple[Hours, ...]:
    """What weighs more than a problem is never told later because somebody has hours of their own."""
    if agent.hours is None or ticket.priority > 2:
        return (policy.hours_of(agent),)
    return (policy.hours_of(agent), policy.hours_of(replace(agent, hours=None)))
