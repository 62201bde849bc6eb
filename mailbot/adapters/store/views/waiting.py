"""The mails that wait to go out, for people: list them, say why they wait, retry them now, or drop them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update

from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.rows import event_values
from mailbot.adapters.store.schema import event, outbox, submission
from mailbot.core.model.event import Event
from mailbot.core.model.outgoing import OutboxState
from mailbot.core.model.reason import why
from mailbot.core.sending.server import Refusing

if TYPE_CHECKING:
    from sqlalchemy import Connection

_WAITS = or_(outbox.c.state == OutboxState.READY.value, outbox.c.state == OutboxState.UNKNOWN.value)
_GATHERS = outbox.c.state == OutboxState.GATHERING.value
_LEFT = or_(_WAITS, _GATHERS, outbox.c.state == OutboxState.SENDING.value)
_REFUSED = outbox.c.state == OutboxState.FAILED.value
_SHOWN = (
    "id",
    "kind",
    "name",
    "ticket",
    "to_address",
    "state",
    "attempts",
    "created_at",
    "first_tried_at",
    "due_at",
    "last_reply",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """One mail of the outbox without its bytes; `due_at` is when it is tried next, None if it was given up."""

    id: int
    kind: str
    name: str
    ticket: int | None
    to_address: str
    state: str
    attempts: int
    created_at: datetime
    first_tried_at: datetime | None
    due_at: datetime | None
    last_reply: str | None


class WaitingMail:
    """For people, not used to handle mail. Every method may raise StoreDown."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, limit: int = 100, *, refused: bool = False) -> list[Waiting]:
        """Those that are still to go out, the oldest first; with `refused` those that were given up, the newest first."""
        query = select(*(outbox.c[name] for name in _SHOWN))
        if refused:
            query = query.where(_REFUSED).order_by(outbox.c.id.desc())
        else:
            query = query.where(_LEFT).order_by(outbox.c.created_at, outbox.c.id)
        with self._database.read() as connection:
            return [Waiting(**row) for row in connection.execute(query.limit(limit)).mappings()]

    def server(self) -> Sequence[Refusing]:
        """What the submission server refuses, as far as known."""
        with self._database.read() as connection:
            rows = connection.execute(select(submission).where(submission.c.in_a_row > 0)).mappings()
            return [Refusing(**row) for row in rows]

    def retry(self, now: datetime, number: int | None = None) -> int:
        """Have all that wait, or one, tried at once, even if the server is known to refuse; how many those are.

        One that was given up is tried again, too, with the same bytes.
        """
        which = _WAITS if number is None else or_(_WAITS, _REFUSED)
        again = update(outbox).where(which)
        if number is not None:
            again = again.where(outbox.c.id == number)
        waits = outbox.c.state == OutboxState.UNKNOWN.value
        with self._database.write() as connection:
            connection.execute(update(submission).where(submission.c.next_try.is_not(None)).values(next_try=now))
            unsure = connection.execute(again.where(waits).values(due_at=now)).rowcount
            back = {"state": OutboxState.READY.value, "due_at": now, "ended_at": None, "first_tried_at": None}
            sure = connection.execute(again.where(~waits).values(**back)).rowcount
            if number is not None and unsure + sure:
                self._say(connection, number, now, retried=True)
        return unsure + sure

    def drop(self, number: int, now: datetime) -> bool:
        """Never send it; whether it waited. One that may be on its way at this moment is left alone."""
        gone = update(outbox).where(outbox.c.id == number, or_(_WAITS, _GATHERS))
        values = {"state": OutboxState.DROPPED.value, "due_at": None, "ended_at": now, "holder": None}
        with self._database.write() as connection:
            dropped = connection.execute(gone.values(**values, last_reply="dropped by an admin")).rowcount == 1
            if dropped:
                self._say(connection, number, now, retried=False)
        return dropped

    def _say(self, connection: Connection, number: int, now: datetime, *, retried: bool) -> None:
        row = connection.execute(
            select(outbox.c.ticket, outbox.c.name, outbox.c.to_address).where(outbox.c.id == number)
        )
        found = row.one()
        what = (
            why("event.retried.letter", letter=found.name, address=found.to_address, number=number)
            if retried
            else why("event.dropped.by-hand", letter=found.name, address=found.to_address, number=number)
        )
        line = Event(ticket=found.ticket, at=now, what=what, by="admin")
        connection.execute(event.insert().values(event_values(line)))
