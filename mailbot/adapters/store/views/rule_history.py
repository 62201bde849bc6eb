"""Reads back the mails that opened tickets, with the facts that the rules saw: for trying rules on the past."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import FromClause, and_, func, or_, select

from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.rows import message_from
from mailbot.adapters.store.schema import inbound_raw, message, ticket
from mailbot.core.model.message import Message

_CHUNK = 500
_OPENED = and_(message.c.weighed.is_not(None), message.c.ticket.is_not(None))


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptMail:
    """The mail that opened a ticket; `priority` is the ticket's now, `by_hand` whether a person set it."""

    ticket: int
    inbox: str
    priority: int
    by_hand: bool
    message: Message
    raw: bytes | None = None


class KeptMails:
    """Reads for trying rules, not used to handle mail. Every method may raise StoreDown."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, since: datetime) -> int:
        """How many mails opened a ticket since then."""
        query = select(func.count()).select_from(message).where(_OPENED, message.c.received_at >= since)
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()

    def since(self, since: datetime, *, raw: bool = False) -> Iterator[KeptMail]:
        """Those mails, oldest first, read in chunks; with their bytes if `raw` is set."""
        columns: list[Any] = [message, ticket.c.inbox, ticket.c.priority, ticket.c.tags]
        tables: FromClause = message.join(ticket, ticket.c.number == message.c.ticket)
        if raw:
            columns.append(inbound_raw.c.raw)
            tables = tables.outerjoin(inbound_raw, inbound_raw.c.inbound == message.c.inbound)
        query = select(*columns).select_from(tables).where(_OPENED).order_by(message.c.received_at, message.c.id)
        after = message.c.received_at >= since
        while True:
            with self._database.read() as connection:
                rows = connection.execute(query.where(after).limit(_CHUNK)).mappings().all()
            for row in rows:
                yield KeptMail(
                    ticket=row["ticket"],
                    inbox=row["inbox"],
                    priority=row["priority"],
                    by_hand="set-by-agent" in row["tags"],
                    message=message_from(row),
                    raw=row["raw"] if raw else None,
                )
            if len(rows) < _CHUNK:
                return
            last = rows[-1]
            after = or_(
                message.c.received_at > last["received_at"],
                and_(message.c.received_at == last["received_at"], message.c.id > last["id"]),
            )
