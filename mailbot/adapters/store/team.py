"""What colleagues left on a ticket: their latest notes, and which of them have a part in it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, select

from mailbot.adapters.store.rows import event_from
from mailbot.adapters.store.schema import event, message
from mailbot.core.model.event import Event
from mailbot.core.model.message import Author
from mailbot.core.model.ticket import Ticket

_LATEST = 3
_NOTED = (event.c.ticket == bindparam("number"), event.c.code == "event.note.said")
_NOTES = select(event).where(*_NOTED).order_by(event.c.id.desc()).limit(_LATEST)
_NOTERS = select(event.c.by).where(*_NOTED).distinct()
_ANSWERED = (
    select(message.c.agent)
    .where(
        message.c.ticket == bindparam("number"),
        message.c.author == Author.AGENT.value,
        message.c.internal.is_(False),
        message.c.agent.is_not(None),
    )
    .distinct()
)


def notes_of(connection: Connection, tickets: Mapping[int, Ticket]) -> dict[int, tuple[Event, ...]]:
    """Per ticket the latest notes, oldest first."""
    found: dict[int, tuple[Event, ...]] = {}
    for number, one in tickets.items():
        rows = connection.execute(_NOTES, {"number": one.number}).mappings().all()
        if rows:
            found[number] = tuple(map(event_from, reversed(rows)))
    return found


def teams_of(connection: Connection, tickets: Mapping[int, Ticket]) -> dict[int, frozenset[str]]:
    """Per ticket the ids of those who have answered or noted on it."""
    return {
        number: frozenset(
            agent for who in (_ANSWERED, _NOTERS) for agent in connection.execute(who, {"number": one.number}).scalars()
        )
        for number, one in tickets.items()
    }
