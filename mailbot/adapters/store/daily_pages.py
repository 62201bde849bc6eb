"""Which pages of an agent's day were looked at, and the tickets that such a page is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, select

from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.rows import promise_from
from mailbot.adapters.store.schema import PROMISE_IS_OPEN, counter, promise, ticket
from mailbot.adapters.store.ticket_rows import ticket_from
from mailbot.core.model.page import OpenTickets, Page
from mailbot.core.model.ticket import TicketState
from mailbot.errors import Conflict

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST = 2_000
"""So many open tickets are looked at, those due first."""

_OPEN = (
    select(ticket)
    .outerjoin(promise, and_(promise.c.ticket == ticket.c.number, PROMISE_IS_OPEN))
    .where(
        ticket.c.state != TicketState.RESOLVED.value,
        ticket.c.state != TicketState.SPAM.value,
        ticket.c.merged_into.is_(None),
    )
    .order_by(promise.c.due.is_(None), promise.c.due, ticket.c.number)
    .limit(MOST)
)
_PROMISES = select(promise).where(PROMISE_IS_OPEN, promise.c.ticket.in_(bindparam("numbers", expanding=True)))


def open_of_all(connection: Connection) -> OpenTickets:
    """The tickets that are not solved, those due first, and what is promised on each."""
    tickets = [ticket_from(row) for row in connection.execute(_OPEN).mappings()]
    rows = connection.execute(_PROMISES, {"numbers": [one.number for one in tickets]}).mappings()
    promised = {one.ticket: one for one in map(promise_from, rows)}
    return tuple((one, promised.get(one.number)) for one in tickets)


class DailyPages:
    """Implements the part of `ports.DeskStore` that `loops.pages` uses: a row for each agent and page has its latest day."""

    def __init__(self, database: Database) -> None:
        self._pages = database

    def open_tickets(self) -> OpenTickets:
        """See `ports.DeskStore.open_tickets`."""
        with self._pages.read() as connection:
            return open_of_all(connection)

    def looked_at(self, pages: Sequence[Page]) -> set[Page]:
        """See `ports.DeskStore.looked_at`."""
        asked = select(counter.c.name, counter.c.value).where(counter.c.name.in_([page.name for page in pages]))
        with self._pages.read() as connection:
            latest = {row.name: date.fromordinal(row.value) for row in connection.execute(asked)}
        return {page for page in pages if page.name in latest and page.day <= latest[page.name]}


class PageEntry:
    """How pages are stored, within the transaction of the decision that they belong to."""

    def __init__(self, database: Database) -> None:
        new = database.insert(counter)
        self._enter = new.on_conflict_do_update(
            index_elements=[counter.c.name],
            set_={"value": new.excluded.value},
            where=counter.c.value < new.excluded.value,
        ).returning(counter.c.name)

    def all(self, connection: Connection, pages: Iterable[Page]) -> None:
        """Raises Conflict for one that was looked at before."""
        for page in pages:
            if connection.execute(self._enter, {"name": page.name, "value": page.day.toordinal()}).first() is None:
                raise Conflict(f"{page.name} was told on {page.day} already")
