"""Which agents are away, and the open tickets that they have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, delete, literal, select, update

from mailbot.adapters.store.columns import Words
from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.people_schema import absence
from mailbot.adapters.store.schema import IS_UNRESOLVED, PROMISE_IS_OPEN, promise, ticket
from mailbot.adapters.store.ticket_rows import ticket_from
from mailbot.core.model.absence import Absence, ToldBy
from mailbot.core.model.ticket import Ticket, TicketState
from mailbot.errors import Conflict

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

_MOST = 200
_ALL = select(absence).order_by(absence.c.agent)
_ASSIGNED = (
    select(ticket, promise.c.due.label("word_due"))
    .select_from(ticket.outerjoin(promise, and_(promise.c.ticket == ticket.c.number, PROMISE_IS_OPEN)))
    .where(
        ticket.c.assignee == bindparam("agent", type_=Words),
        IS_UNRESOLVED,
        ticket.c.state != literal(TicketState.SPAM.value),
        ticket.c.merged_into.is_(None),
    )
    .order_by(ticket.c.priority, ticket.c.number)
    .limit(_MOST)
)
_BACK = delete(absence).where(absence.c.agent == bindparam("who"))


def absences(connection: Connection) -> tuple[Absence, ...]:
    """Those of all agents, also those that are over: there is at most one of each."""
    rows = connection.execute(_ALL).mappings()
    return tuple(
        Absence(agent=row["agent"], since=row["since"], until=row["until"], by=ToldBy(row["told_by"])) for row in rows
    )


def assigned(connection: Connection, agent: str) -> tuple[tuple[Ticket, datetime | None], ...]:
    """The open tickets of an agent with what is promised there, at most 200, the weightiest first."""
    rows = connection.execute(_ASSIGNED, {"agent": agent}).mappings()
    return tuple((ticket_from(row), row["word_due"]) for row in rows)


class Absences:
    """Writes who goes and who comes back."""

    def __init__(self, database: Database) -> None:
        self._first = database.insert(absence).on_conflict_do_nothing(index_elements=[absence.c.agent])

    def store(self, connection: Connection, away: Sequence[Absence], back: Sequence[str]) -> None:
        """Those who are back first, so that whoever goes in the same decision is away.

        Raises Conflict if what is stored of somebody who goes is not what was looked up.
        """
        for agent in back:
            connection.execute(_BACK, {"who": agent})
        for one in away:
            values = {"agent": one.agent, "since": one.since, "until": one.until, "told_by": one.by.value}
            was = one.instead_of if one.agent not in back else None
            if was is None:
                stored = connection.execute(self._first.values(**values).returning(absence.c.agent))
            else:
                stored = connection.execute(update(absence).where(_is(was)).values(**values).returning(absence.c.agent))
            if stored.first() is None:
                raise Conflict(f"whether {one.agent} is away has changed meanwhile")


def _is(one: Absence) -> ColumnElement[bool]:
    until = absence.c.until.is_(None) if one.until is None else absence.c.until == one.until
    said = and_(absence.c.since == one.since, absence.c.told_by == one.by.value)
    return and_(absence.c.agent == one.agent, said, until)
