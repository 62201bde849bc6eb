"""What the desk must look at next: promises that are due, and tickets that are looked at for another reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, Text, bindparam, literal, select

from mailbot.adapters.store.columns import Key, Moment
from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.schema import IS_LOOKED_AT, PROMISE_IS_OPEN, promise, ticket
from mailbot.adapters.store.ticket_rows import ticket_from
from mailbot.core.model.ticket import LookFor, Ticket

_NOW = bindparam("now", type_=Moment)
_LIMIT = bindparam("most", type_=Integer)

_DUE = (
    select(promise.c.ticket)
    .where(PROMISE_IS_OPEN, promise.c.wake_at <= _NOW)
    .order_by(promise.c.wake_at, promise.c.ticket)
    .limit(_LIMIT)
)
_LOOKS = (
    select(ticket.c.number)
    .where(IS_LOOKED_AT, ticket.c.look_at <= _NOW)
    .order_by(ticket.c.look_at, ticket.c.number)
    .limit(_LIMIT)
)
_NEXT_WAKE = (
    select(promise.c.wake_at)
    .where(PROMISE_IS_OPEN, promise.c.wake_at.is_not(None))
    .order_by(promise.c.wake_at)
    .limit(1)
)
_NEXT_LOOK = select(ticket.c.look_at).where(IS_LOOKED_AT).order_by(ticket.c.look_at).limit(1)
_HEAP = (
    select(ticket)
    .where(
        IS_LOOKED_AT,
        ticket.c.look_at <= _NOW,
        ticket.c.look_for == literal(LookFor.TELL_HEAP.value),
        ticket.c.inbox == bindparam("inbox", type_=Text),
    )
    .order_by(ticket.c.look_at, ticket.c.number)
    .limit(_LIMIT)
)
_MISSED = (
    select(promise.c.ticket)
    .where(promise.c.to_key == bindparam("to", type_=Key), promise.c.ended_at.is_(None), promise.c.due < _NOW)
    .order_by(promise.c.due, promise.c.ticket)
)


class Due:
    """Implements the part of `ports.DeskStore` that `loops.remind` uses."""

    def __init__(self, database: Database) -> None:
        self._waking = database

    def due(self, now: datetime, limit: int) -> list[int]:
        """See `ports.DeskStore.due`."""
        with self._waking.read() as connection:
            due = list(connection.execute(_DUE, {"now": now, "most": limit}).scalars())
            if len(due) < limit:
                looks = connection.execute(_LOOKS, {"now": now, "most": limit - len(due)}).scalars()
                due += [number for number in looks if number not in due]
            return due

    def heap(self, inbox: str, now: datetime, limit: int) -> list[Ticket]:
        """See `ports.DeskStore.heap`."""
        with self._waking.read() as connection:
            rows = connection.execute(_HEAP, {"inbox": inbox, "now": now, "most": limit}).mappings()
            return [ticket_from(row) for row in rows]

    def missed(self, to: str, now: datetime) -> list[int]:
        """See `ports.DeskStore.missed`."""
        with self._waking.read() as connection:
            return list(connection.execute(_MISSED, {"to": to, "now": now}).scalars())

    def next_wake(self) -> datetime | None:
        """See `ports.DeskStore.next_wake`."""
        with self._waking.read() as connection:
            found = [connection.execute(query).scalar() for query in (_NEXT_WAKE, _NEXT_LOOK)]
        return min((at for at in found if at is not None), default=None)
