"""Tells an agent who the customer of a ticket is: since when they write, what else is or was open, the last promise.

For notices alone. Nothing is told on the strength of a mail that may be somebody else's, and a subject only to whoever
hears of that inbox.
"""

from __future__ import annotations

from typing import Final

from mailbot.core.intake.contact_form import UNCONFIRMED
from mailbot.core.model.acquaintance import Acquaintance, Matter
from mailbot.core.model.notice_parts import NOBODY_KNOWN, Acquainted, OtherTicket
from mailbot.core.model.policy import Agent, Hears, Policy
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.silence import Silence, is_kind
from mailbot.core.model.ticket import Ticket, TicketState

OPEN: Final = 3
"""So many other open tickets are named, and fewer of those before."""
EARLIER: Final = 2
_SUBJECT: Final = 80  # characters
_NOT_THEIRS: Final = (
    Silence.DOUBTFUL,
    Silence.UNCONFIRMED,
    Silence.WHOSE,
    Silence.NOWHERE,
    Silence.FORM,
    Silence.SPAM,
)


def acquainted(met: Acquaintance | None, ticket: Ticket, agent: Agent, policy: Policy) -> Acquainted:
    """What the notice of that ticket tells that agent. Nothing if it is not certain enough whose the ticket is."""
    if met is None or met.address != ticket.requester.key or is_kind(ticket.mute, *_NOT_THEIRS):
        return NOBODY_KNOWN
    others = [
        one
        for one in met.matters
        if one.number != ticket.number and one.state is not TicketState.SPAM and one.mute not in _NOT_THEIRS
    ]
    if met.since is None or not (others or met.since < ticket.opened_at):
        return NOBODY_KNOWN
    told = [one for one in others if _may_read(agent, one, policy)]
    shown = [one for one in told if _is_open(one)][:OPEN] + [one for one in told if not _is_open(one)][:EARLIER]
    left = len(others) - len(shown)
    return Acquainted(
        known_since=met.since,
        others=[_line(one) for one in shown],
        others_more="" if left <= 0 else f"{left}+" if met.more else str(left),
        known_for=[*_of_promise(met.last), *([why("who.unproven")] if _unproven(ticket, policy) else [])],
    )


def _of_promise(last: PromiseState | None) -> list[Reason]:
    match last:
        case PromiseState.KEPT:
            return [why("who.kept")]
        case PromiseState.COVERED:
            return [why("who.covered")]
        case PromiseState.LATE:
            return [why("who.late")]
        case _:
            return []


def _unproven(ticket: Ticket, policy: Policy) -> bool:
    """Whether our server could have proven whose the ticket is, and has not: where none can, every ticket is like that."""
    return UNCONFIRMED in ticket.tags and policy.authserv_id is not None


def _may_read(agent: Agent, one: Matter, policy: Policy) -> bool:
    """Whether that agent hears of such a ticket: it is theirs, or its inbox is their group's, or they hear of all."""
    if one.assignee == agent.id or policy.is_lead(agent) or agent.hears is Hears.ALL:
        return True
    inbox = policy.inboxes.get(one.inbox)
    if inbox is None:
        return False
    return inbox.group in agent.groups or not any(inbox.group in each.groups for each in policy.agents.values())


def _is_open(one: Matter) -> bool:
    return one.state is not TicketState.RESOLVED


def _line(one: Matter) -> OtherTicket:
    subject = " ".join(one.subject.split())
    cut = subject if len(subject) <= _SUBJECT else subject[: _SUBJECT - 1].rstrip() + "…"
    return OtherTicket(number=one.number, subject=cut, open=_is_open(one))
