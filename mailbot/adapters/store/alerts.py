"""Calls on the second road: stored with the decision that causes them, claimed, and settled by what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, func, or_, select, update

from mailbot.adapters.store.columns import Moment
from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.people_schema import alert
from mailbot.core.model.alert import Alert, AlertRow, AlertState
from mailbot.core.model.decision import Decision
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.reason import stored_reason, why

if TYPE_CHECKING:
    from sqlalchemy import Connection

_OPEN = (AlertState.READY.value, AlertState.CALLING.value)
_MOST, _WITHIN = 3, timedelta(minutes=10)  # calls to one agent, tries of the same one apart
# Those that were begun: tried and not at their end, or ended lately.
_LATELY = and_(
    alert.c.attempts > 0, or_(alert.c.ended_at.is_(None), alert.c.ended_at > bindparam("since", type_=Moment))
)
_CALLED_ENOUGH = select(alert.c.agent).where(_LATELY).group_by(alert.c.agent).having(func.count() >= _MOST)
_CALLED = select(func.count()).select_from(alert).where(_LATELY, alert.c.agent == bindparam("who"))
_UNCALLED = and_(alert.c.state == AlertState.READY.value, alert.c.attempts == 0)
_WAITING = select(alert.c.id).where(
    _UNCALLED, alert.c.agent == bindparam("who"), alert.c.due_at <= bindparam("now", type_=Moment)
)
_DUE = (
    select(alert)
    .where(
        alert.c.due_at <= bindparam("now", type_=Moment),
        alert.c.state.in_(_OPEN),
        or_(alert.c.attempts > 0, alert.c.agent.not_in(_CALLED_ENOUGH)),
    )
    .order_by(alert.c.due_at, alert.c.id)
    .limit(bindparam("most"))
)
_CLAIM = (
    update(alert)
    .where(
        and_(
            alert.c.id == bindparam("row"),
            alert.c.attempts == bindparam("seen"),
            alert.c.due_at <= bindparam("now", type_=Moment),
            or_(*(alert.c.state == state for state in _OPEN)),
        )
    )
    .values(state=AlertState.CALLING.value, attempts=alert.c.attempts + 1, due_at=bindparam("until", type_=Moment))
)
_SETTLE = (
    update(alert)
    .where(alert.c.id == bindparam("row"), alert.c.attempts == bindparam("seen"), alert.c.state == "calling")
    .values(
        state=bindparam("new_state"),
        due_at=bindparam("until", type_=Moment),
        ended_at=bindparam("ended", type_=Moment),
        last_reply=bindparam("said"),
    )
)
_SAID_WITH = (
    update(alert)
    .where(_UNCALLED, alert.c.id.in_(bindparam("others", expanding=True)))
    .values(
        state=AlertState.DONE.value,
        due_at=None,
        ended_at=bindparam("now", type_=Moment),
        last_reply=bindparam("said"),
    )
)
_OUTDATE = (
    update(alert)
    .where(
        alert.c.ticket == bindparam("of_ticket"),
        alert.c.agent == bindparam("who"),
        alert.c.key != bindparam("by"),
        alert.c.state == AlertState.READY.value,
    )
    .values(
        state=AlertState.DROPPED.value,
        due_at=None,
        ended_at=bindparam("now", type_=Moment),
        last_reply="a newer call about the same took its place",
    )
)
_DROP = (
    update(alert)
    .where(alert.c.ticket == bindparam("of_ticket"), alert.c.state == AlertState.READY.value)
    .values(state=AlertState.DROPPED.value, due_at=None, ended_at=bindparam("now", type_=Moment))
)


class AlertEntry:
    """How calls are stored, within the transaction of the decision that they belong to."""

    def __init__(self, database: Database) -> None:
        self._new = database.insert(alert).on_conflict_do_nothing(index_elements=[alert.c.key])

    def all(self, connection: Connection, decision: Decision, now: datetime) -> None:
        """Drop those that are pointless by now and have not begun, and store the new ones."""
        for number in _answered(decision):
            connection.execute(_DROP, {"of_ticket": number, "now": now})
        for one in decision.alerts:
            connection.execute(_OUTDATE, {"of_ticket": one.ticket, "who": one.agent, "by": one.key, "now": now})
            connection.execute(self._new, _values(one, now))


def _answered(decision: Decision) -> list[int]:
    """The tickets that one of us has taken or answered with this decision, or that are closed by it.

    What the desk says itself is no answer: after its cover a call is needed all the more.
    """
    wrote = {message.ticket for message in decision.messages if message.agent}
    ended = [one for one in decision.promises if one.state is not PromiseState.OPEN]
    answered = {one.ticket for one in ended if one.kept_by is not None or one.ticket in wrote}
    taken = {one.number for one in decision.tickets if one.number in wrote and one.assignee is not None}
    closed = {one.number for one in decision.tickets if not one.unresolved and "merged" not in one.tags}
    return sorted(answered | taken | closed)


def _values(one: Alert, now: datetime) -> dict[str, object]:
    return {
        "key": one.key,
        "ticket": one.ticket,
        "agent": one.agent,
        "words": str(one.words),
        "state": AlertState.READY.value,
        "due_at": now,
        "attempts": 0,
        "created_at": now,
    }


class Alerts:
    """Implements `loops.alerts.AlertStore`."""

    def __init__(self, database: Database) -> None:
        self._alerts = database

    def take_alerts(self, now: datetime, lease: timedelta, limit: int) -> list[AlertRow]:
        """See `loops.alerts.AlertStore.take_alerts`."""
        with self._alerts.read() as connection:
            since = now - _WITHIN
            rows: Sequence[AlertRow] = [
                AlertRow(
                    id=row["id"],
                    alert=Alert(
                        key=row["key"],
                        ticket=row["ticket"],
                        agent=row["agent"],
                        words=stored_reason(row["words"]) or why("note.told", words=row["words"]),
                    ),
                    attempts=row["attempts"] + 1,
                    created_at=row["created_at"],
                )
                for row in connection.execute(_DUE, {"now": now, "most": limit, "since": since}).mappings()
            ]
        if not rows:
            return []
        with self._alerts.write() as connection:
            claimed = [_claimed(connection, row, now, now + lease) for row in rows]
        return [row for row in claimed if row is not None]

    def settle_alert(
        self, row: AlertRow, state: AlertState, said: str, now: datetime, next_try: datetime | None = None
    ) -> None:
        """See `loops.alerts.AlertStore.settle_alert`."""
        values = {
            "row": row.id,
            "seen": row.attempts,
            "new_state": state.value,
            "until": next_try,
            "ended": now if next_try is None else None,
            "said": said,
        }
        with self._alerts.write() as connection:
            settled = connection.execute(_SETTLE, values).rowcount == 1
            if settled and state is AlertState.DONE and row.others:
                told = f"said with the call about [{row.alert.ticket}]"
                connection.execute(_SAID_WITH, {"others": row.others, "now": now, "said": told})


def _claimed(connection: Connection, row: AlertRow, now: datetime, until: datetime) -> AlertRow | None:
    """The row, claimed, with those that wait behind it; None if another process has it, or the agent was called enough."""
    of_agent = {"who": row.alert.agent, "since": now - _WITHIN}
    if row.attempts == 1 and connection.execute(_CALLED, of_agent).scalar_one() >= _MOST:
        return None
    claim = {"row": row.id, "seen": row.attempts - 1, "now": now, "until": until}
    if connection.execute(_CLAIM, claim).rowcount != 1:
        return None
    if connection.execute(_CALLED, of_agent).scalar_one() < _MOST:
        return row
    others = connection.execute(_WAITING, {"who": row.alert.agent, "now": now}).scalars().all()
    return replace(row, others=tuple(others))
