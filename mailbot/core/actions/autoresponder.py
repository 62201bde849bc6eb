"""Recognises an answering machine that does not say that it is one: the same words come back at once each time."""

from __future__ import annotations

from datetime import timedelta

from mailbot.core.actions.case import Case
from mailbot.core.actions.writing_permission import withdraw
from mailbot.core.intake.incoming import Incoming, refs_of
from mailbot.core.language.similarity import same_words
from mailbot.core.letters.build import readers, shown
from mailbot.core.model.decision import Decision
from mailbot.core.model.known import Known
from mailbot.core.model.message import Author
from mailbot.core.model.notice_fields import FollowupNotice
from mailbot.core.model.reason import why
from mailbot.core.model.silence import ROBOT
from mailbot.core.model.ticket import Ticket

AT_ONCE = timedelta(minutes=5)  # after a letter of ours; mail takes a while on its way
AGAIN = why("note.again")
"""What is noted of a first repetition. A person may send a mail twice; the next repetition decides."""


def repeats(incoming: Incoming, ticket: Ticket, known: Known) -> bool:
    """Whether a customer's mail repeats their last one, although a letter of ours that states a time came in between.

    And so soon after the letter that nobody can have read it and written this.
    """
    last, promise = known.newest.get(ticket.number), known.promises.get(ticket.number)
    if last is None or promise is None or last.author is not Author.CUSTOMER:
        return False
    at_once = last.received_at < promise.made_at <= incoming.received_at <= promise.made_at + AT_ONCE
    return at_once and last.from_.key == incoming.sender.key and same_words(last.new_text, incoming.new_text)


def third_time(ticket: Ticket, known: Known) -> bool:
    """Whether the last mail was such a repetition already."""
    last = known.newest.get(ticket.number)
    return last is not None and last.note == AGAIN


def fall_silent(case: Case, ticket: Ticket) -> Decision:
    """The mail is added to its ticket, no letter goes there automatically any more, and the agents are told so.

    What was promised is taken back, as for an address that fails. An agent's own word ends the silence.
    """
    incoming = case.incoming
    change = case.change(ticket)
    message = case.message(ticket=ticket.number, author=Author.CUSTOMER, note=AGAIN)
    change.message(message, refs_of(incoming, ticket.number))
    withdraw(change, ROBOT)
    notice = FollowupNotice(text=shown(incoming.told), from_=incoming.sender.address)
    for agent in readers(case.setting.policy, change.ticket):
        change.notice(agent, notice, key=f"notice:{message.id}")
    return change.decision("joined", AGAIN)
