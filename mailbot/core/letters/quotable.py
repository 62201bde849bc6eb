"""Decides which words of a customer a letter of the desk's own may repeat: those that our server proves to be theirs.

Anybody can write in a third person's name. What they wrote must not reach that person through our server. What came
through a form of our own that the config trusts is repeated, unless it could lead somebody somewhere.
"""

from __future__ import annotations

from mailbot.core.intake.contact_form import BY_FORM, UNCONFIRMED
from mailbot.core.intake.incoming import Incoming
from mailbot.core.letters.build import matter_of, quotation_of
from mailbot.core.letters.lures import holds_lure
from mailbot.core.model.sender_proof import SenderProof
from mailbot.core.model.ticket import Ticket


def is_proven(incoming: Incoming) -> bool:
    """Whether this very mail is proven to be from its sender; never if no server is configured that could tell."""
    return incoming.standing is SenderProof.PROVEN


def matter_of_mail(incoming: Incoming, ticket: Ticket) -> str:
    """What a mail is about, in its words, as a letter to the ticket's customer may say it; empty if it may not.

    Nobody is sent somebody else's words by us, whoever that is.
    """
    if is_trusted_form(incoming):
        said = quotation_of(incoming.new_text, incoming.mail.subject)
        return "" if holds_lure(said) else said
    if not is_proven(incoming) or incoming.keys.sender != ticket.requester.key:
        return ""
    return quotation_of(incoming.new_text, incoming.mail.subject)


def is_trusted_form(incoming: Incoming) -> bool:
    """Whether it came through a form that the config names and our server vouches for."""
    return incoming.form is not None and incoming.form.trusted and incoming.form.visitor is not None


def matter_of_ticket(ticket: Ticket) -> str:
    """What a ticket is about, in the words of the mail that opened it; empty if a letter may not say them."""
    if UNCONFIRMED in ticket.tags and (BY_FORM not in ticket.tags or holds_lure(ticket.subject)):
        return ""
    return matter_of("", ticket.subject)
