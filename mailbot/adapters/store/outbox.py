"""The outbox: letters, relays and notices that are decided and not yet delivered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, case, delete, exists, func, or_, select, update

from mailbot.adapters.store.columns import Moment
from mailbot.adapters.store.counting import count_columns, count_values, counts_of
from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.rows import Row, outbox_row_from
from mailbot.adapters.store.schema import inbound, outbox, outbox_raw
from mailbot.core.model.addresses import address_key
from mailbot.core.model.counts import Counts
from mailbot.core.model.outgoing import OutboxState
from mailbot.ports import OutboxRow, Settled

if TYPE_CHECKING:
    from sqlalchemy import Connection, Update

SECOND_EVERY = 8
"""While rows of both ranks wait, one in this many is of the second rank."""
SECOND_WAITS = timedelta(seconds=30)
"""How long the second rank waits at most while there are mails to decide."""
_WAITING = (OutboxState.READY.value, OutboxState.UNKNOWN.value)
_IS_WAITING = or_(*(outbox.c.state == state for state in _WAITING))
_NOW = bindparam("now", type_=Moment)


_WEEK = bindparam("week", type_=Moment)
_PACE = select(
    func.count().label("whole"),
    func.count(case((outbox.c.created_at > bindparam("hour", type_=Moment), 1))).label("last_hour"),
    func.min(outbox.c.created_at).label("first"),
).where(outbox.c.limit_address.is_not(None), outbox.c.created_at > _WEEK)
_SENT_SINCE = (
    select(outbox.c.ended_at)
    .where(outbox.c.state == OutboxState.SENT.value, outbox.c.ended_at > bindparam("since", type_=Moment))
    .order_by(outbox.c.ended_at)
)
_READY = (
    select(outbox, outbox_raw.c.raw)
    .select_from(outbox.outerjoin(outbox_raw, outbox_raw.c.outbox == outbox.c.id))
    .where(outbox.c.rank == bindparam("rank"), outbox.c.due_at <= _NOW, _IS_WAITING)
    .order_by(outbox.c.created_at, outbox.c.id)
    .limit(bindparam("most"))
)
_SECOND = _READY.where(
    or_(
        outbox.c.created_at <= bindparam("patient", type_=Moment),
        ~exists().select_from(inbound).where(inbound.c.open_at <= _NOW),
    )
)
_NEXT_DUE = select(func.min(outbox.c.due_at)).where(outbox.c.due_at.is_not(None), _IS_WAITING)
_TAKE = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("row"),
        _IS_WAITING,
        outbox.c.attempts == bindparam("seen_attempts"),
    )
    .values(
        state=OutboxState.SENDING.value,
        attempts=outbox.c.attempts + 1,
        holder=bindparam("by"),
        due_at=bindparam("until"),
        message_id=func.coalesce(outbox.c.message_id, bindparam("new_message_id")),
        first_tried_at=func.coalesce(outbox.c.first_tried_at, _NOW),
    )
)
_RAW = select(outbox_raw.c.raw).where(outbox_raw.c.outbox == bindparam("row"))


def _ending(states: tuple[str, ...]) -> Update:
    return (
        update(outbox)
        .where(
            outbox.c.id == bindparam("row"),
            or_(*(outbox.c.state == state for state in states)),
            outbox.c.attempts == bindparam("seen_attempts"),
        )
        .values(
            state=bindparam("new_state"),
            due_at=bindparam("until"),
            ended_at=bindparam("ended"),
            last_reply=bindparam("said"),
            told=or_(outbox.c.told, bindparam("is_told", type_=outbox.c.told.type)),
            holder=None,
        )
    )


_END_TAKEN = _ending((OutboxState.SENDING.value, OutboxState.UNKNOWN.value))
_END_WAITING = _ending(_WAITING)
_GIVE_BACK = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("row"),
        outbox.c.state == OutboxState.SENDING.value,
        outbox.c.attempts == bindparam("seen_attempts"),
    )
    .values(
        state=bindparam("back"),
        attempts=outbox.c.attempts - 1,
        due_at=_NOW,
        holder=None,
        message_id=case((outbox.c.attempts == 1, None), else_=outbox.c.message_id),
        first_tried_at=case((outbox.c.attempts == 1, None), else_=outbox.c.first_tried_at),
    )
)
_FORGET_RAW = delete(outbox_raw).where(outbox_raw.c.outbox == bindparam("row"))
_SWEEP = (
    update(outbox)
    .where(outbox.c.due_at <= _NOW, outbox.c.state == OutboxState.SENDING.value)
    .values(state=OutboxState.UNKNOWN.value, due_at=_NOW, holder=None)
)
_COUNTS = select(*count_columns())


def _in_turn(first: Sequence[Row], second: Sequence[Row], limit: int) -> list[Row]:
    """At most `limit` of both: every eighth is of the second rank, which also fills what the first rank leaves free."""
    turns = list(first)
    for at, row in enumerate(second):
        turns.insert(min((at + 1) * SECOND_EVERY - 1, len(turns)), row)
    return turns[:limit]


class Outbox:
    """Implements `ports.OutboxStore`."""

    def __init__(self, database: Database) -> None:
        self._outbox = database
        self._keep_raw = database.insert(outbox_raw).on_conflict_do_nothing(index_elements=[outbox_raw.c.outbox])
        # The attempts that are this store's own: `settle` tells how one ended, or postpones a row that nobody took.
        self._taken: dict[int, int] = {}

    def ready(self, now: datetime, limit: int) -> list[OutboxRow]:
        """See `ports.OutboxStore.ready`."""
        with self._outbox.read() as connection:
            first = connection.execute(_READY, {"now": now, "rank": 0, "most": limit}).mappings().all()
            values = {"now": now, "rank": 1, "most": limit, "patient": now - SECOND_WAITS}
            second = connection.execute(_SECOND, values).mappings().all()
        return [outbox_row_from(row, row["raw"]) for row in _in_turn(first, second, limit)]

    def take(
        self, letters: Sequence[tuple[OutboxRow, bytes, str]], holder: str, now: datetime, lease: timedelta
    ) -> list[bytes | None]:
        """See `ports.OutboxStore.take`. A row that was tried since it was read counts as somebody else's."""
        stored: list[bytes | None] = []
        with self._outbox.write() as connection:
            for row, raw, message_id in letters:
                values = {
                    "row": row.id,
                    "seen_attempts": row.attempts,
                    "by": holder,
                    "until": now + lease,
                    "new_message_id": message_id,
                    "now": now,
                }
                if connection.execute(_TAKE, values).rowcount != 1:
                    stored.append(None)
                    continue
                kept = connection.execute(self._keep_raw, {"outbox": row.id, "raw": raw}).rowcount == 1
                stored.append(raw if kept else connection.execute(_RAW, {"row": row.id}).scalar_one())
        for (row, _, _), raw_of in zip(letters, stored, strict=True):
            if raw_of is not None:
                self._taken[row.id] = row.attempts + 1
        return stored

    def give_back(self, rows: Sequence[OutboxRow], now: datetime) -> None:
        """See `ports.OutboxStore.give_back`."""
        if not rows:
            return
        with self._outbox.write() as connection:
            for row in rows:
                values = {"row": row.id, "seen_attempts": row.attempts + 1, "back": row.state.value, "now": now}
                if connection.execute(_GIVE_BACK, values).rowcount and not row.attempts:
                    connection.execute(_FORGET_RAW, {"row": row.id})  # nobody has seen it: the limits apply again
        for row in rows:
            self._taken.pop(row.id, None)

    def settle(self, row: OutboxRow, settled: Settled, now: datetime) -> None:
        """See `ports.OutboxStore.settle`; also for a row that is postponed or dropped without having been taken.

        Changes nothing if another worker has tried the row meanwhile: its own outcome counts.
        """
        # If a power failure undoes this, a sent mail is in doubt, just as if power had failed a moment before.
        sent = settled.state is OutboxState.SENT
        with self._outbox.write_soon() if sent else self._outbox.write() as connection:
            self._end(connection, row, settled, now)
        self._taken.pop(row.id, None)

    def _end(self, connection: Connection, row: OutboxRow, settled: Settled, now: datetime) -> None:
        taken = self._taken.get(row.id) == row.attempts + 1
        waits = settled.state.value in _WAITING
        end = _END_TAKEN if taken else _END_WAITING
        connection.execute(
            end,
            {
                "row": row.id,
                "seen_attempts": row.attempts + taken,
                "new_state": settled.state.value,
                "until": (settled.next_try or now) if waits else None,
                "ended": None if waits else now,
                "said": settled.reply,
                "is_told": settled.told,
            },
        )

    def counts(self, addresses: Iterable[str], now: datetime) -> dict[str, Counts]:
        """See `ports.OutboxStore.counts`. A letter counts from when it was decided; dropped ones do not."""
        found = {}
        with self._outbox.read() as connection:
            for address in addresses:
                key = address_key(address)
                found[address] = counts_of(connection.execute(_COUNTS, count_values(key, now)).mappings().one())
        return found

    def pace(self, now: datetime) -> tuple[int, float]:
        """See `ports.OutboxStore.pace`. For a desk younger than a week, measured since its first letter."""
        hour, week = now - timedelta(hours=1), now - timedelta(days=7)
        with self._outbox.read() as connection:
            row = connection.execute(_PACE, {"hour": hour, "week": week}).one()
        if row.first is None:
            return row.last_hour, 0.0
        hours = max(1.0, (hour - row.first) / timedelta(hours=1))
        return row.last_hour, (row.whole - row.last_hour) / hours

    def sent_since(self, since: datetime) -> list[datetime]:
        """See `ports.OutboxStore.sent_since`."""
        with self._outbox.read() as connection:
            return list(connection.execute(_SENT_SINCE, {"since": since}).scalars())

    def sweep(self, now: datetime) -> int:
        """See `ports.OutboxStore.sweep`."""
        with self._outbox.write() as connection:
            return connection.execute(_SWEEP, {"now": now}).rowcount

    def next_due(self) -> datetime | None:
        """See `ports.OutboxStore.next_due`."""
        with self._outbox.read() as connection:
            return connection.execute(_NEXT_DUE).scalar()
