"""What the desk must look at next: promises whose time comes, and resolved tickets to be asked after."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, Text, bindparam, literal, select

from mailbot.adapters.store.columns import Key, Moment
from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.prepared import Prepared
from mailbot.adapters.store.rows import ticket_from
from mailbot.adapters.store.schema import CHECKS_IN, PROMISE_IS_OPEN, promise, ticket
from mailbot.core.model.desk import Ticket, TicketState

_NOW = bindparam("now", type_=Moment)
_LIMIT = bindparam("most", type_=Integer)

_DUE = Prepared(
    select(promise.c.ticket)
    .where(PROMISE_IS_OPEN, promise.c.wake_at <= _NOW)
    .order_by(promise.c.wake_at, promise.c.ticket)
    .limit(_LIMIT)
)
_CHECK_INS = Prepared(
    select(ticket.c.number)
    .where(CHECKS_IN, ticket.c.check_in_at <= _NOW)
    .order_by(ticket.c.check_in_at, ticket.c.number)
    .limit(_LIMIT)
)
_NEXT_WAKE = Prepared(
    select(promise.c.wake_at)
    .where(PROMISE_IS_OPEN, promise.c.wake_at.is_not(None))
    .order_by(promise.c.wake_at)
    .limit(1)
)
_NEXT_CHECK_IN = Prepared(
    select(ticket.c.check_in_at.label("wake_at")).where(CHECKS_IN).order_by(ticket.c.check_in_at).limit(1)
)
_HEAP = Prepared(
    select(ticket)
    .where(
        CHECKS_IN,
        ticket.c.check_in_at <= _NOW,
        ticket.c.state == literal(TicketState.SPAM.value),
        ticket.c.inbox == bindparam("inbox", type_=Text),
    )
    .order_by(ticket.c.check_in_at, ticket.c.number)
    .limit(_LIMIT)
)
_MISSED = Prepared(
    select(promise.c.ticket)
    .where(promise.c.to_key == bindparam("to", type_=Key), promise.c.ended_at.is_(None), promise.c.due < _NOW)
    .order_by(promise.c.due, promise.c.ticket)
)


class Waking:
    """Fulfils that part of `ports.DeskStore` which `loops.remind` lives by."""

    def __init__(self, database: Database) -> None:
        self._waking = database

    def due(self, now: datetime, limit: int) -> list[int]:
        """See `ports.DeskStore.due`."""
        with self._waking.read() as connection:
            due = [row["ticket"] for row in _DUE.rows(connection, {"now": now, "most": limit})]
            if len(due) < limit:
                asked = _CHECK_INS.rows(connection, {"now": now, "most": limit - len(due)})
                due += [row["number"] for row in asked if row["number"] not in due]
            return due

    def heap(self, inbox: str, now: datetime, limit: int) -> list[Ticket]:
        """See `ports.DeskStore.heap`."""
        with self._waking.read() as connection:
            rows = _HEAP.rows(connection, {"inbox": inbox, "now": now, "most": limit})
            return [ticket_from(row) for row in rows]

    def missed(self, to: str, now: datetime) -> list[int]:
        """See `ports.DeskStore.missed`."""
        with self._waking.read() as connection:
            return [row["ticket"] for row in _MISSED.rows(connection, {"to": to, "now": now})]

    def next_wake(self) -> datetime | None:
        """See `ports.DeskStore.next_wake`."""
        with self._waking.read() as connection:
            found = [row for query in (_NEXT_WAKE, _NEXT_CHECK_IN) for row in query.rows(connection, {})]
        return min((row["wake_at"] for row in found), default=None)
