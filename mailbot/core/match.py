"""Which ticket a mail belongs to, and why: the first that fits of token, Message-IDs, subject number and mentions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mailbot.core.desk import Known, Ticket
from mailbot.core.heard import Heard, subject_number
from mailbot.core.mail import Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a mail goes. `ticket` None: a new one. `claimed`: a number that the subject names without a right to it.

    `same` are further tickets of the same people that this mail ties to it, `linked` those of other people.
    """

    ticket: Ticket | None
    why: str
    claimed: int | None = None
    same: tuple[Ticket, ...] = ()
    linked: tuple[int, ...] = ()


def match(heard: Heard, known: Known) -> Place:
    """The ticket of a mail, whatever the order in which the mails of a thread arrive.

    A form's first mail belongs to none: its Reply-To is anybody's word, and its Message-ID may be the same each time.
    """
    if heard.form is not None:
        return Place(ticket=None, why="nothing it refers to is known", claimed=subject_number(heard.mail))
    found = list(_candidates(heard, known))
    claimed = _unproven_claim(heard, known)
    if not found:
        return Place(ticket=None, why="nothing it refers to is known", claimed=claimed)
    ticket, why = found[0]
    others = {t.number: t for t, _ in found[1:] if t.number != ticket.number}
    tied = [t for t in others.values() if same_people(t, ticket)]
    if tied and all(t.unresolved for t in (*tied, ticket)):
        # The oldest of them is the matter; the others join it.
        oldest, *younger = sorted((ticket, *tied), key=lambda t: t.number)
        return Place(ticket=oldest, why=why, same=tuple(younger), linked=_strangers(others, oldest))
    return Place(ticket=ticket, why=why, linked=_strangers(others, ticket))


def is_party(ticket: Ticket, address: str | None) -> bool:
    """Whether the address (folded) is the requester's or a participant's."""
    return address is not None and (address == ticket.requester.key or address in ticket.participants)


def same_people(one: Ticket, other: Ticket) -> bool:
    """Whether two tickets are of the same requester; a thread of a mailing list is one matter, whoever writes."""
    return one.requester.key == other.requester.key or (_of_a_list(one) and _of_a_list(other))


def _of_a_list(ticket: Ticket) -> bool:
    return ticket.mute is not None and ticket.mute.startswith(f"{Kind.LIST.value}:")


def _candidates(heard: Heard, known: Known) -> Iterable[tuple[Ticket, str]]:
    for token in heard.tokens:
        if token.ticket in known.tickets:
            yield known.tickets[token.ticket], "it was sent to the ticket's signed address"
    for ref in known.refs:
        if not ref.mentioned and ref.ticket in known.tickets and ref.message_id != heard.mail.message_id:
            yield known.tickets[ref.ticket], "it answers a mail of the ticket"
    number = subject_number(heard.mail)
    if number is not None and number in known.tickets and is_party(known.tickets[number], heard.keys.sender):
        yield known.tickets[number], "its subject names the ticket, and its sender belongs to it"
    for ref in known.refs:
        if ref.mentioned and ref.ticket in known.tickets:
            yield known.tickets[ref.ticket], "an earlier mail of the ticket refers to the same thread"
    for ref in known.refs:
        own_again = not ref.mentioned and ref.message_id == heard.mail.message_id
        if own_again and ref.ticket in known.tickets and is_party(known.tickets[ref.ticket], heard.keys.sender):
            yield known.tickets[ref.ticket], "its Message-ID came in before, with other words"


def _unproven_claim(heard: Heard, known: Known) -> int | None:
    number = subject_number(heard.mail)
    if number is None:
        return None
    ticket = known.tickets.get(number)
    return None if ticket is not None and is_party(ticket, heard.keys.sender) else number


def _strangers(others: dict[int, Ticket], ticket: Ticket) -> tuple[int, ...]:
    return tuple(n for n, t in others.items() if n != ticket.number and not same_people(t, ticket))
