"""Who is told of an outage outside the desk's hours: whoever is on call first, then the next, then whoever leads.

Only where a rota is configured, and only while a customer was promised a word: else everybody hears at once, as in hours.
"""

from __future__ import annotations

from datetime import datetime

from mailbot.core.model.policy import Agent, Policy
from mailbot.core.model.promise import Promise
from mailbot.core.model.ticket import Ticket
from mailbot.core.promises.business_hours import is_open

Steps = tuple[tuple[Agent, ...], ...]
_OWN = ("cover", "late")  # what makes a promise while nobody says a word


def decides(ticket: Ticket, policy: Policy, now: datetime) -> bool:
    """Whether the rota says who hears of this ticket: an outage, or what may be one, that nobody has, outside of hours."""
    if policy.oncall is None or not (ticket.priority == 1 or policy.is_alarmed(ticket)):
        return False
    return policy.has_it(ticket) is None and not is_open(now, policy.business)


def steps(policy: Policy, now: datetime) -> Steps:
    """Who is told first, who next, and last the leads together; each once, and nobody who is away.

    If all of these are away, all of them are told at once.
    """
    if policy.oncall is None:
        return ()
    in_turn = [policy.agents[name] for name in policy.oncall.turn(now) if name in policy.agents]
    here = [agent for agent in in_turn if agent.id not in policy.away][:2]
    leads = tuple(agent for agent in policy.leads() if agent not in here and agent.id not in policy.away)
    found = (*((agent,) for agent in here), *((leads,) if leads else ()))
    return found or (tuple(in_turn),)


def silent_since(ticket: Ticket, promise: Promise) -> datetime:
    """When the silence of now began: with the ticket, the mail that opened it again, or the last word of one of us.

    Each of these has made the promise. Of a later silence that the desk covered for already, the last word counts: by
    the cover everybody's turn has come.
    """
    if ticket.first_word_at is None:
        return ticket.opened_at
    return (ticket.last_word_at or ticket.first_word_at) if promise.made_by in _OWN else promise.made_at


def told(ticket: Ticket, policy: Policy, promise: Promise, now: datetime) -> tuple[Agent, ...]:
    """Those who are told of it by now: one step more each time that `next_after` passes without a word of anybody."""
    found, oncall = steps(policy, now), policy.oncall
    if oncall is None:
        return ()
    reached = max((now - silent_since(ticket, promise)) // oncall.next_after, 0)
    return tuple(agent for step in found[: reached + 1] for agent in step)


def climbs(ticket: Ticket, policy: Policy, promise: Promise, now: datetime) -> tuple[datetime, ...]:
    """When somebody more is told, after `now` and before the promise is due, ascending."""
    oncall = policy.oncall
    if oncall is None:
        return ()
    since = silent_since(ticket, promise)
    moments = (since + nth * oncall.next_after for nth in range(1, len(steps(policy, now))))
    return tuple(at for at in moments if now < at < promise.due and decides(ticket, policy, at))
