"""An agent's reply that does not say which ticket it answers: kept back and asked about, never a ticket of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from mailbot.core.actions.ask_agent import ask_at_large
from mailbot.core.actions.case import Case
from mailbot.core.intake.agent_proof import vouched
from mailbot.core.intake.agent_words import agent_words
from mailbot.core.intake.find_ticket import Place, is_party
from mailbot.core.intake.identity import Standing
from mailbot.core.intake.incoming import Incoming
from mailbot.core.intake.newtext import ANSWER_MARK
from mailbot.core.intake.quotes.forward import is_reply_subject
from mailbot.core.intake.quotes.lines import fold
from mailbot.core.letters.reply_links import Choice
from mailbot.core.model.decision import Decision
from mailbot.core.model.known import Known
from mailbot.core.model.mail import Kind, Mail
from mailbot.core.model.policy import Agent, Policy
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.ticket import Ticket

_MOST: Final = 5  # tickets that are offered, the best guesses first
_MOST_LISTED: Final = 12  # where it answers a mail that lists them
_TEXT_CAP: Final = 100_000  # characters of a mail that are looked at
_SHOWN: Final = 60  # characters of a subject on a button
_SUBJECT = re.compile(r"\[(\d{1,9})\]")  # as the subjects of our notices end
_SUBJECT_CAP: Final = 300  # characters: longer than any of those
_QUOTED = re.compile(
    r"(?:· (?:ticket|Vorgang|demande) |^[> ]{0,8}(?:Ticket|Vorgang|Demande) ?: )(\d{1,9})\b", re.MULTILINE
)  # as they end
_LISTED = re.compile(r"^[> ]{0,8}\[(\d{1,9})\] P[1-5]\b", re.MULTILINE)  # as we list them, for whoever may take them
_MOST_NUMBERS: Final = 5


def as_astray(incoming: Incoming, policy: Policy) -> Incoming:
    """The mail with what to ask the store about it, if it is an agent's and answers something."""
    agent = incoming.written_by or _from_elsewhere(incoming, policy)
    if agent is None or incoming.written_to is not None or not _answers(incoming.mail):
        return incoming
    numbers = dict.fromkeys((*_named(incoming.mail), *_listed(incoming.mail), *incoming.keys.numbers))
    return replace(
        incoming,
        astray=True,
        written_by=agent,
        new_text=agent_words(incoming.mail, agent, policy).whole,
        keys=replace(incoming.keys, numbers=tuple(numbers), open_for=agent.id, notices_to=agent.addresses),
    )


def is_lost(incoming: Incoming, place: Place) -> bool:
    """Whether nothing says where such an answer belongs; not if the agent is a ticket's customer and answers that."""
    return incoming.astray and not (place.ticket is not None and is_party(place.ticket, incoming.keys.sender))


def ask_which(case: Case, place: Place) -> Decision:
    """Nothing of it is done or sent: the agent is shown their tickets, the best guesses first, each one tap away."""
    incoming = case.incoming
    agent = incoming.written_by
    assert agent is not None
    guesses, listed = _guesses(incoming, place, case.known), _listed(incoming.mail)
    likely = [ticket for ticket in guesses if ticket.number in listed][:_MOST_LISTED] or guesses[:_MOST]
    choices = [Choice(line=f"/reply {ticket.number}", label=_label(ticket)) for ticket in likely]
    if case.setting.policy.agent_of(incoming.sender.address) is None:
        question = why("ask.astray-elsewhere", address=incoming.sender.address)
    elif vouched(incoming.mail, case.setting.policy) is not False:
        question = why("ask.astray")
    else:
        question = why("ask.astray-unconfirmed", name=agent.name)
    return ask_at_large(
        case,
        agent,
        about="which",
        question=question,
        choices=(*choices, Choice(line="/ignore", label=why("ask.none-of-these"))),
    )


def _from_elsewhere(incoming: Incoming, policy: Policy) -> Agent | None:
    """The agent named on an answer to a notice of ours from an address that is not theirs, perhaps a private one."""
    sender, name = (
        incoming.mail.sender,
        " ".join(((incoming.mail.sender and incoming.mail.sender.name) or "").split()).casefold(),
    )
    if not name or sender is None or incoming.screening.kind is not Kind.PERSON or not _quotes_us(incoming.mail):
        return None
    if incoming.who.standing is not Standing.CUSTOMER or incoming.tokens or incoming.passed_on_by is not None:
        return None
    return next((agent for agent in policy.agents.values() if agent.name.casefold() == name), None)


def _answers(mail: Mail) -> bool:
    """Whether an agent answers something with this mail, however little is left of what they answer."""
    if (
        mail.in_reply_to
        or mail.references
        or is_reply_subject(mail.subject)
        or _SUBJECT.search(mail.subject[:_SUBJECT_CAP])
    ):
        return True
    return _quotes_us(mail)


def _quotes_us(mail: Mail) -> bool:
    """Whether it has the line above which our notices ask for an answer."""
    return ANSWER_MARK in mail.text[:_TEXT_CAP] or ANSWER_MARK in (mail.html or "")[:_TEXT_CAP]


def _named(mail: Mail) -> tuple[int, ...]:
    """The tickets that the subject and the quoted notice name."""
    # What a customer wrote into their subject comes before our number.
    found = [*reversed(_SUBJECT.findall(mail.subject[:_SUBJECT_CAP])), *_QUOTED.findall(mail.text[:_TEXT_CAP])]
    return tuple(int(number) for number in dict.fromkeys(found))[:_MOST_NUMBERS]


def _listed(mail: Mail) -> tuple[int, ...]:
    """The tickets that the quoted mail lists: it offers a colleague's, or is a page of a day."""
    if ANSWER_MARK not in mail.text[:_TEXT_CAP]:
        return ()
    found = _LISTED.findall(mail.text[:_TEXT_CAP].partition(ANSWER_MARK)[2])
    return tuple(int(number) for number in dict.fromkeys(found))[:_MOST_LISTED]


def _guesses(incoming: Incoming, place: Place, known: Known) -> list[Ticket]:
    """The tickets that it may be for, the likeliest first: what it names, then what it looks like, then the newest."""
    agent = incoming.written_by
    named = _named(incoming.mail)
    said = fold(f"{incoming.mail.subject}\n{incoming.mail.text[:_TEXT_CAP]}")
    found = {ticket.number: ticket for ticket in known.open_tickets}
    found |= {t.number: t for n in (*named, *_listed(incoming.mail)) if (t := known.tickets.get(n)) is not None}
    if place.ticket is not None:
        found[place.ticket.number] = place.ticket

    def likely(ticket: Ticket) -> tuple[int, int]:
        weight = 0
        if place.ticket is not None and place.ticket.number == ticket.number:
            weight += 32
        if ticket.number in named:
            weight += 16
        if len(ticket.subject) > 3 and fold(ticket.subject) in said:
            weight += 8
        if any(who and fold(who) in said for who in (ticket.requester.address, ticket.requester.name)):
            weight += 4
        if agent is not None and ticket.assignee == agent.id:
            weight += 2
        return weight, ticket.number

    return sorted(found.values(), key=likely, reverse=True)


def _label(ticket: Ticket) -> Reason:
    subject = " ".join(ticket.subject.split())
    short = subject if len(subject) <= _SHOWN else subject[: _SHOWN - 1] + "…"
    who = ticket.requester.name or ticket.requester.address
    return why("ask.this-ticket", number=ticket.number, who=who, subject=short)
