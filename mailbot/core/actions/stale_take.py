"""Keeps a tap on "I take it" from taking a ticket from a colleague who took it after the notice was written."""

from __future__ import annotations

from mailbot.core.letters.build import iso
from mailbot.core.model.policy import Agent, Policy
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.ticket import Ticket
from mailbot.core.verbs.parse import Asked


def taken_meanwhile(ticket: Ticket, asked: Asked, agent: Agent, policy: Policy) -> Reason | None:
    """Who has the ticket that a tap would take, and since when; None if it asks for no such thing, or nobody else has it.

    A link is offered only where nobody has the ticket. A line that was typed means what it says.
    """
    has_it = policy.has_it(ticket)
    if has_it is None or has_it.id == agent.id or all(verb.name != "take" for verb in asked.verbs):
        return None
    if ticket.taken_at is None:
        return why("tap.taken", name=has_it.name)
    return why("tap.taken-since", name=has_it.name, at=iso(ticket.taken_at))
