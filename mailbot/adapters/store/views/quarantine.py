"""The quarantined mails, which could not be handled: for people to look at, and to have decided once more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select, update

from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.rows import event_values
from mailbot.adapters.store.schema import event, inbound, inbound_raw
from mailbot.core.model.event import Event
from mailbot.core.model.reason import why

_AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
_QUARANTINED = inbound.c.state == "quarantined"
_SHOWN = ("id", "mailbox", "uid", "received_at", "ended_at", "size", "attempts", "reason")


@dataclass(frozen=True, kw_only=True, slots=True)
class QuarantinedMail:
    """One quarantined mail without its bytes; `ended_at` is when it was put there, `attempts` the tries."""

    id: int
    mailbox: str
    uid: int
    received_at: datetime
    ended_at: datetime | None
    size: int
    attempts: int
    reason: str | None


class Quarantine:
    """For people, not used to handle mail. Every method may raise StoreDown."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, limit: int = 100) -> list[QuarantinedMail]:
        """The quarantined mails, the newest first."""
        query = select(*(inbound.c[name] for name in _SHOWN)).where(_QUARANTINED)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(inbound.c.id.desc()).limit(limit)).mappings()
            return [QuarantinedMail(**row) for row in rows]

    def mail(self, number: int) -> tuple[QuarantinedMail, bytes] | None:
        """One of them with its bytes as they came; None if no such mail is in quarantine."""
        columns = (*(inbound.c[name] for name in _SHOWN), inbound_raw.c.raw)
        tables = inbound.join(inbound_raw, inbound_raw.c.inbound == inbound.c.id)
        with self._database.read() as connection:
            query = select(*columns).select_from(tables).where(inbound.c.id == number, _QUARANTINED)
            row = connection.execute(query).mappings().first()
        if row is None:
            return None
        return QuarantinedMail(**{name: row[name] for name in _SHOWN}), row["raw"]

    def retry(self, number: int, now: datetime) -> bool:
        """Put it back as if it had just come in, keeping the count of its attempts; whether it was in quarantine."""
        with self._database.write() as connection:
            back = connection.execute(
                update(inbound)
                .where(inbound.c.id == number, _QUARANTINED)
                .values(state="stored", open_at=_AT_ONCE, attempts=0, ended_at=None, outcome=None, reason=None)
                .returning(inbound.c.mailbox)
            ).scalar()
            if back is not None:
                what = why("event.retried.mail", mailbox=back, number=number)
                line = Event(ticket=None, at=now, what=what, by="admin")
                connection.execute(event.insert().values(event_values(line)))
        return back is not None
