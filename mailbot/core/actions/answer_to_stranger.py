"""An agent answers the mail of somebody who is not part of the ticket: first ask whom the words are for."""

from __future__ import annotations

from mailbot.core.actions.ask_agent import ask
from mailbot.core.actions.change import Change
from mailbot.core.intake.find_ticket import is_party, of_a_list
from mailbot.core.letters.reply_links import Choice
from mailbot.core.model.decision import Decision
from mailbot.core.model.known import Known
from mailbot.core.model.message import Author, Message
from mailbot.core.model.policy import Agent
from mailbot.core.model.reason import why


def answers_a_stranger(change: Change, known: Known) -> Message | None:
    """The mail that the agent answers, if its sender would not get the answer and somebody else would; else None.

    Found by the notice that the answer refers to or, if it refers to none, the newest mail. A sender with the
    customer's name is likely the customer, from another address: the answer goes where the ticket's letters go.
    """
    ticket = change.ticket
    told = known.about if known.notice is not None else known.newest.get(ticket.number)
    if told is None or told.author not in (Author.STRANGER, Author.CUSTOMER) or told.agent is not None:
        return None
    elsewhere = known.notice is not None and told.ticket is not None and known.tickets.get(told.ticket) is None
    if told.ticket != ticket.number and not elsewhere:
        return None  # the two have been merged
    # A thread of a mailing list holds the mails of several people, whoever began it.
    theirs = is_party(ticket, told.from_.key) or (told.author is Author.CUSTOMER and not of_a_list(ticket))
    if not elsewhere and theirs:
        return None
    name = _folded(ticket.requester.name)
    return None if not elsewhere and name and _folded(told.from_.name) == name else told


def ask_for_whom(change: Change, message: Message, agent: Agent, told: Message) -> Decision:
    """Keep the answer back until the agent says: to the ticket's customer, a note, or to the ticket of that mail."""
    ticket = change.ticket
    who = told.from_.name or told.from_.address
    them = ticket.requester.name or ticket.requester.address
    send = Choice(line="/send", label=why("ask.send-to", who=them))
    note = Choice(line="/note", label=why("ask.note"))
    if told.ticket is not None and told.ticket != ticket.number:
        question = why("ask.split-off", who=who, address=told.from_.address, number=told.ticket, customer=them)
        there = Choice(line=f"/reply {told.ticket}", label=why("ask.reply-there", number=told.ticket, who=who))
        return ask(change, message, agent, about="stranger", question=question, choices=(there, send, note))
    question = why(
        "ask.stranger",
        who=who,
        address=told.from_.address,
        customer=them,
        command=f"mailbot ticket split {ticket.number} {told.id}",
    )
    return ask(change, message, agent, about="stranger", question=question, choices=(send, note))


def _folded(name: str | None) -> str:
    return " ".join((name or "").split()).casefold()
