"""Who may be written to: a ticket's customer named by an agent, and never the desk's own addresses."""

from __future__ import annotations

from collections.abc import Sequence

from mailbot.core.actions.change import Change
from mailbot.core.intake.contact_form import UNCONFIRMED, is_ours
from mailbot.core.model.letter_fields import AckLetter, FeedbackLetter, FirstWord
from mailbot.core.model.mail import Address
from mailbot.core.model.office import office_of
from mailbot.core.model.policy import Agent, Policy
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.silence import Silence, is_kind
from mailbot.core.model.ticket import Customer, Ticket
from mailbot.core.promises import schedule
from mailbot.core.sending.header_values import no_address
from mailbot.core.verbs.parse import Verb


def nobody_to_write_to(change: Change, verbs: Sequence[Verb], *, speaks: bool) -> Reason | None:
    """Why a reply cannot go to its intended recipient; None if it can.

    A named customer must be outside. With none named, no words go to the desk itself, or to a form that names nobody.
    """
    ticket, policy = change.ticket, change.setting.policy
    named = next((verb.argument for verb in verbs if verb.name == "customer"), None)
    if named is not None:
        return _cannot_name(ticket, named, policy, promised=change.promise is not None)
    if speaks and (nowhere := no_address(ticket.requester.address)) is not None:
        return why("relay.no_address", address=dict(nowhere.args)["address"])
    if speaks and is_ours(ticket.requester, policy):
        return why("relay.to_ourselves", address=ticket.requester.address)
    if speaks and is_kind(ticket.mute, Silence.FORM):
        return why("relay.to_a_form", address=ticket.requester.address)
    return None


def _cannot_name(ticket: Ticket, argument: str, policy: Policy, *, promised: bool) -> Reason | None:
    """Why somebody cannot become the customer of a ticket; None if they can.

    Only if nobody has been told anything yet: a thread with one person never goes on with another.
    """
    named = Address(address=argument)
    if no_address(argument) is not None:
        return why("customer.no_address", given=argument)
    if is_ours(named, policy):
        return why("customer.ours", address=argument)
    if any(form.is_sent_by(named) for form in policy.forms):
        return why("relay.to_a_form", address=argument)
    if policy.agent_of(argument) is not None:
        return why("customer.agent", address=argument)
    if promised or ticket.answers or ticket.last_word_at is not None or ticket.mute is None:
        return why("customer.known", address=ticket.requester.address)
    return None


def name_customer(change: Change, argument: str, agent: Agent) -> None:
    """Make somebody the customer of a ticket. The address is unconfirmed; the thread is theirs from its start."""
    # A forward may give its first writer's name alone; a form's own name is nobody's.
    before = change.ticket.requester
    called = is_kind(change.ticket.mute, Silence.WHOSE) or (
        is_kind(change.ticket.mute, Silence.UNCONFIRMED) and before.key == Address(address=argument).key
    )
    named = Address(name=before.name if called else None, address=argument)
    change.set(
        requester=named,
        mute=None,
        look=None,
        thread=(),
        utc_offset=None,
        zone_name=None,
        tags=tuple(dict.fromkeys((*change.ticket.tags, UNCONFIRMED))),
    )
    change.customer(Customer(address=named.key, name=named.name, first_seen=change.now))
    change.event(why("event.customer.named", address=argument), by=agent.id)


def greet(change: Change) -> None:
    """The acknowledgment to a customer whom an agent named and who gets no other word from that mail."""
    ticket, policy = change.ticket, change.setting.policy
    cadence = policy.pace_of(ticket)
    key = f"ack:{ticket.number}"
    due = schedule.first_due(cadence, change.now, ticket.urgency)
    promise = change.promise_by(due, made_by="ack", stated_by=key) if due is not None else None
    word: type[FirstWord] = FeedbackLetter if cadence.first is None and office_of(ticket) is None else AckLetter
    change.letter(word(matter="", first_contact=False, answer=None), key=key, states=promise)
