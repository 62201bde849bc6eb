"""Finds which ticket a mail belongs to, and why: by token, Message-IDs, subject number or mentions, in that order.

Two strangers never share a ticket. Our signature leads whoever holds it. The Message-ID of a mail that the desk has
leads the people of the ticket, those whom that very mail reached, and, as strangers, their colleagues. An id that a
mail merely refers to leads its sender alone. Whoever writes to a mailing list was reached by all of the list's mail.
The table is in docs/flow.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mailbot.core.intake.incoming import Incoming, subject_number
from mailbot.core.model.known import Known
from mailbot.core.model.mail import Mail
from mailbot.core.model.policy import Policy
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.silence import Silence, is_kind
from mailbot.core.model.ticket import Ticket

_APART = "apart:"  # the beginning of a tag


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a mail goes. `ticket` None: a new one. `claimed`: a number in the subject that the writer has no right to.

    `same` are more tickets of the same people that this mail ties to it, `linked` those of other people.
    """

    ticket: Ticket | None
    why: Reason
    claimed: int | None = None
    same: tuple[Ticket, ...] = ()
    linked: tuple[int, ...] = ()


def match(incoming: Incoming, known: Known) -> Place:
    """The ticket of a mail, whatever the order in which the mails of a thread arrive.

    A form's first mail has none: its Reply-To is anybody's word, and its Message-ID may be the same each time.
    Only somebody who belongs to a ticket ties another to it, and a mailing list its own threads. An agent's own mail
    belongs to the ticket of what it answers.
    """
    if incoming.form is not None:
        return Place(ticket=None, why=why("place.nothing"), claimed=subject_number(incoming.mail))
    found = list(_candidates(incoming, known))
    claimed = _unproven_claim(incoming, known)
    if not found:
        return Place(ticket=None, why=why("place.nothing"), claimed=claimed)
    ticket, because = found[0]
    others = {t.number: t for t, _ in found[1:] if t.number != ticket.number and not _apart(t, ticket)}
    belongs = is_party(ticket, incoming.keys.sender) and not incoming.unconfirmed
    tied = [t for t in others.values() if (belongs and same_people(t, ticket)) or _one_list(incoming, t, ticket)]
    if tied and all(t.unresolved for t in (*tied, ticket)):
        # The oldest of them is the one to keep; the others join it.
        oldest, *younger = sorted((ticket, *tied), key=lambda t: t.number)
        return Place(ticket=oldest, why=because, same=tuple(younger), linked=_strangers(others, oldest))
    return Place(ticket=ticket, why=because, linked=_strangers(others, ticket))


def is_party(ticket: Ticket, address: str | None) -> bool:
    """Whether the address (folded) is the requester's or a participant's."""
    return address is not None and (address == ticket.requester.key or address in ticket.participants)


def same_people(one: Ticket, other: Ticket) -> bool:
    """Whether two tickets are of the same requester."""
    return one.requester.key == other.requester.key


def _one_list(incoming: Incoming, one: Ticket, other: Ticket) -> bool:
    """Whether a mail of a list refers to two tickets of lists: a thread there is one matter, whoever writes."""
    return incoming.keys.by_list and of_a_list(one) and of_a_list(other)


def of_a_list(ticket: Ticket) -> bool:
    """Whether mailing lists brought it: several people may have written, and none gets an automatic answer."""
    return is_kind(ticket.mute, Silence.LIST)


def company_domain(mail: Mail, policy: Policy) -> str | None:
    """The domain of the sender if its people are colleagues: neither a public mail provider's nor ours; or None."""
    if mail.sender is not None and policy.marketplace_of(mail.sender) is not None:
        return None  # its buyers do not know each other
    domain = mail.sender.key.rpartition("@")[2] if mail.sender is not None else ""
    ours = {one.rpartition("@")[2] for one in policy.own_addresses}
    return domain if domain and domain not in policy.limits.public_domains and domain not in ours else None


def split_tag(ticket: Ticket) -> str:
    """The tag of a ticket that was split off from this one: no mail that refers to both merges them again."""
    return f"{_APART}{ticket.number}"


def _apart(one: Ticket, other: Ticket) -> bool:
    return split_tag(one) in other.tags or split_tag(other) in one.tags


def _candidates(incoming: Incoming, known: Known) -> Iterable[tuple[Ticket, Reason]]:
    sender, leader, own = incoming.keys.sender, incoming.keys.led_as, incoming.mail.message_id
    for token in incoming.tokens:
        if token.ticket in known.tickets:
            yield known.tickets[token.ticket], why("place.signed")
    for ref in known.refs:
        ticket = known.tickets.get(ref.ticket)
        if ticket is None or ref.mentioned or ref.message_id == own:
            continue
        if is_party(ticket, sender) or sender in ref.reached or incoming.written_by is not None:
            yield ticket, why("place.answers")
        elif _colleague(incoming, ticket):
            yield ticket, why("place.answers-colleague")
    number = subject_number(incoming.mail)
    if number is not None and number in known.tickets and is_party(known.tickets[number], sender):
        yield known.tickets[number], why("place.subject")
    for ref in known.refs:
        if ref.by is not None and ref.by == leader and ref.ticket in known.tickets:
            yield known.tickets[ref.ticket], why("place.thread")
    for ref in known.refs:
        own_again = not ref.mentioned and ref.message_id == own
        if own_again and ref.ticket in known.tickets and is_party(known.tickets[ref.ticket], sender):
            yield known.tickets[ref.ticket], why("place.same-id")


def _colleague(incoming: Incoming, ticket: Ticket) -> bool:
    """Whether it comes from the same company as the ticket's customer, and only that customer can have passed it on."""
    return incoming.keys.company is not None and incoming.keys.company == ticket.requester.key.rpartition("@")[2]


def _unproven_claim(incoming: Incoming, known: Known) -> int | None:
    number = subject_number(incoming.mail)
    if number is None:
        return None
    ticket = known.tickets.get(number)
    return None if ticket is not None and is_party(ticket, incoming.keys.sender) else number


def _strangers(others: dict[int, Ticket], ticket: Ticket) -> tuple[int, ...]:
    return tuple(n for n, t in others.items() if n != ticket.number and not same_people(t, ticket))
