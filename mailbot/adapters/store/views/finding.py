"""Finds tickets by the words of their mails, or by a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, BigInteger, Integer, bindparam, func, select

from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.rows import message_from
from mailbot.adapters.store.schema import message, search, ticket
from mailbot.adapters.store.search import matching, unread
from mailbot.adapters.store.ticket_rows import ticket_from
from mailbot.core.language.search_words import Term, asked, context, number_asked
from mailbot.core.model.found import Found, Hit, Search
from mailbot.core.model.message import Message
from mailbot.core.model.ticket import Ticket, TicketState

if TYPE_CHECKING:
    from sqlalchemy import Connection

NEWEST = 2_000
"""How many messages that have the words are looked at, the newest. So common words are, that more is no answer."""
_FOUND = (
    select(message.c.id, message.c.received_at, ticket.c.number, ticket.c.state, ticket.c.inbox)
    .select_from(search)
    .join(message, message.c.id == search.c.message)
    .join(ticket, ticket.c.number == message.c.ticket)
)
_WHERE = {
    "sqlite": _FOUND.where(search.c.number.in_(bindparam("numbers", expanding=True))),
    # One array: thousands of parameters take longer to read than their rows.
    "postgresql": _FOUND.where(search.c.number == func.any(bindparam("numbers", type_=ARRAY(BigInteger)))),
}
_TICKETS = select(ticket).where(ticket.c.number.in_(bindparam("numbers", expanding=True)))
_MESSAGES = select(message).where(message.c.id.in_(bindparam("ids", expanding=True)))
_NEWEST_OF = (
    select(message)
    .where(message.c.ticket == bindparam("number", type_=Integer))
    .order_by(message.c.received_at.desc(), message.c.id.desc())
    .limit(1)
)

_ALL_OF = (
    select(message)
    .where(message.c.ticket == bindparam("number", type_=Integer))
    .order_by(message.c.received_at, message.c.id)
)


class Finding:
    """For people, not used to handle mail."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, wanted: Search) -> Found | None:
        """What was found; None if there is nothing to look for, since not one word was asked for. Raises StoreDown."""
        with self._database.read() as connection:
            return find(connection, wanted)


def find(connection: Connection, wanted: Search) -> Found | None:
    """See `Finding.find`."""
    if (number := number_asked(wanted.words)) is not None:
        return _numbered(connection, number, wanted)
    terms = asked(wanted.words)
    if not terms:
        return None
    numbers = matching(connection, terms, NEWEST + 1)
    least = len(numbers) > NEWEST
    newest: dict[int, tuple[datetime, str, str]] = {}
    elsewhere: set[int] = set()
    for row in connection.execute(_WHERE[connection.dialect.name], {"numbers": numbers[:NEWEST]}):
        if (row.state == TicketState.SPAM.value) is not wanted.heap:
            continue
        if wanted.inboxes is not None and row.inbox not in wanted.inboxes:
            elsewhere.add(row.number)
        elif row.number not in newest or newest[row.number][:2] < (row.received_at, row.id):
            newest[row.number] = (row.received_at, row.id, row.state)
    ordered = sorted(newest, key=lambda number: newest[number][:2], reverse=True)
    ordered.sort(key=lambda number: newest[number][2] == TicketState.RESOLVED.value)
    shown = {number: newest[number][1] for number in ordered[: wanted.limit]}
    return Found(
        hits=_hits(connection, shown, terms),
        count=len(newest),
        elsewhere=len(elsewhere),
        least=least,
        unread=unread(connection),
    )


def _hits(connection: Connection, shown: Mapping[int, str], terms: Sequence[Term]) -> list[Hit]:
    rows = connection.execute(_TICKETS, {"numbers": list(shown)}).mappings()
    tickets = {row["number"]: ticket_from(row) for row in rows}
    rows = connection.execute(_MESSAGES, {"ids": list(shown.values())}).mappings()
    messages = {row["id"]: message_from(row) for row in rows}
    return [
        Hit(
            ticket=tickets[number],
            message=id_,
            who=messages[id_].agent or messages[id_].from_.name or messages[id_].from_.address,
            at=messages[id_].received_at,
            line=_line(messages[id_], terms),
        )
        for number, id_ in shown.items()
    ]


def _line(one: Message, terms: Sequence[Term]) -> str:
    return context(one.new_text or one.subject, terms)


def _numbered(connection: Connection, number: int, wanted: Search) -> Found:
    if (one := _ticket(connection, number)) is None:
        return Found(hits=(), count=0)
    if wanted.inboxes is not None and one.inbox not in wanted.inboxes:
        return Found(hits=(), count=0, elsewhere=1)
    last = connection.execute(_NEWEST_OF, {"number": one.number}).mappings().first()
    if last is None:
        hit = Hit(ticket=one, message="", who=one.requester.address, at=one.opened_at, line="")
        return Found(hits=(hit,), count=1)
    return Found(hits=_hits(connection, {one.number: last["id"]}, ()), count=1)


def shown(connection: Connection, number: int) -> tuple[Ticket, tuple[Message, ...]] | None:
    """A ticket, or the one that it was merged into, with all of its messages, oldest first; None if there is none."""
    if (one := _ticket(connection, number)) is None:
        return None
    rows = connection.execute(_ALL_OF, {"number": one.number}).mappings()
    return one, tuple(map(message_from, rows))


def _ticket(connection: Connection, number: int) -> Ticket | None:
    row = connection.execute(_TICKETS, {"numbers": [number]}).mappings().first()
    if row is not None and row["merged_into"] is not None:
        row = connection.execute(_TICKETS, {"numbers": [row["merged_into"]]}).mappings().first()
    return None if row is None else ticket_from(row)
