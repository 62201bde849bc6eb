"""Confirms that an address is its owner's: by a proven mail, an answer to a letter of ours, or our own word to it."""

from __future__ import annotations

from dataclasses import replace

from mailbot.core.actions.change import Change
from mailbot.core.intake.contact_form import UNCONFIRMED, UNTITLED
from mailbot.core.intake.incoming import Incoming
from mailbot.core.intake.tokens import TokenKind
from mailbot.core.letters.compose import answer_subject
from mailbot.core.letters.quotable import is_proven
from mailbot.core.model.confirmed_address import Addressee, ConfirmedBy
from mailbot.core.model.known import Known
from mailbot.core.model.mail import Kind
from mailbot.core.model.reason import why


def vouch(change: Change, incoming: Incoming) -> None:
    """A proven mail of the customer says who they are and, under the ticket's subject, that this is theirs as well."""
    ticket = change.ticket
    if UNCONFIRMED not in ticket.tags or not is_proven(incoming) or incoming.keys.sender != ticket.requester.key:
        return
    change.set(requester=replace(ticket.requester, name=incoming.sender.name))
    if answer_subject(incoming.mail.subject) != answer_subject(ticket.subject):
        return
    change.set(tags=tuple(tag for tag in ticket.tags if tag not in (UNCONFIRMED, UNTITLED)))
    change.event(why("event.confirmed.by-mail", address=incoming.sender.address), by="customer")


def confirm(change: Change, incoming: Incoming, known: Known) -> Addressee:
    """Record what a mail of this ticket shows of its sender's address; what is known of the customer's from now on."""
    theirs = change.ticket.requester.key == incoming.keys.sender
    before = known.addressee if theirs else known.addressees.get(change.ticket.number, Addressee())
    how = _shown_by(incoming, known, change)
    if how is None or incoming.keys.sender is None:
        return before
    if known.addressee.how in (None, ConfirmedBy.PERSON):
        change.confirm(incoming.keys.sender, how)
    return Addressee(how=how) if theirs else before


def _shown_by(incoming: Incoming, known: Known, change: Change) -> ConfirmedBy | None:
    """What a mail shows about its sender's address; None if it shows nothing.

    A signature of ours counts only for the person it was made for: anybody may have a letter of their own ticket, and
    write to its address in somebody else's name.
    """
    if incoming.screening.kind is not Kind.PERSON:
        return None
    if is_proven(incoming):
        return ConfirmedBy.RESULTS
    if (
        incoming.screening.flagged
        or incoming.passed_on_by is not None
        or change.ticket.requester.key != incoming.keys.sender
    ):
        return None
    led = [known.tickets.get(token.ticket) for token in incoming.tokens if token.kind is TokenKind.CUSTOMER]
    return ConfirmedBy.ANSWER if any(one is not None and one.number == change.ticket.number for one in led) else None
