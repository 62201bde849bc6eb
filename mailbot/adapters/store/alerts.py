"""Calls on the second road: stored with the decision that causes them, claimed, and settled by what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, or_, select, update

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
_DUE = (
    select(alert)
    .where(alert.c.due_at <= bindparam("now", type_=Moment), alert.c.state.in_(_OPEN))
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
            connection.execute(self._new, _values(one, now))


def _answered(decision: Decision) -> list[int]:
    """The tickets that somebody has taken or answered with this decision."""
    ended = {one.ticket for one in decision.promises if one.state is not PromiseState.OPEN}
    wrote = any(message.agent for message in decision.messages)
    return sorted(ended | {one.number for one in decision.tickets if wrote and one.assignee is not None})


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
                for row in connection.execute(_DUE, {"now": now, "most": limit}).mappings()
            ]
        if not rows:
            return []
        with self._alerts.write() as connection:
            values = [{"row": r.id, "seen": r.attempts - 1, "now": now, "until": now + lease} for r in rows]
            return [
                row for row, claim in zip(rows, values, strict=True) if connection.execute(_CLAIM, claim).rowcount == 1
            ]

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
            connection.execute(_SETTLE, values)
