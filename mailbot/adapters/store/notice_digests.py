"""Notices that are too many for their reader: they wait in the outbox and are sent as one digest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Integer, ScalarSelect, and_, bindparam, exists, func, literal, or_, select, update

from mailbot.adapters.store.columns import Key, Moment
from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.rows import Row, outbox_row_from, outgoing_values
from mailbot.adapters.store.schema import IS_GATHERING, outbox, outbox_raw, ticket
from mailbot.core.model.desk_notices import BEGAN
from mailbot.core.model.outgoing import OutboxState, Outgoing
from mailbot.core.sending.crowds import (
    ALONE,
    BUSY,
    DAY,
    FIRSTS_OF_ALL,
    FIRSTS_OF_ONE,
    HOUR,
    LATELY,
    LOOK,
    LOOKS,
    OF_DOMAIN,
    WITHIN,
    Crowd,
    Sort,
    admitted,
    crowd_of,
    domain_of,
    joins,
    minute_of,
    sort_of,
)
from mailbot.core.sending.sustained import HOURS, MANY, sustained
from mailbot.core.sending.withdrawn import WITHDRAWN
from mailbot.errors import Conflict
from mailbot.ports import Crowded, OutboxRow

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

_FOR = outbox.c.gather_for == bindparam("reader", type_=Key)
_OF = outbox.c.gather_of == bindparam("sender", type_=Key)
_ABOUT = outbox.c.ticket == bindparam("ticket", type_=BigInteger)
_LINES = [literal(Sort.LINE.value), literal(Sort.LINES.value)]
_MANY = [literal(sort.value) for sort in (Sort.BROUGHT, Sort.LOOK, Sort.JOINED, Sort.TOGETHER)]
_NO_LINE = outbox.c.gather_as.not_in(_LINES)
_BY_ITSELF = outbox.c.state.not_in([literal(OutboxState.GATHERING.value), literal(OutboxState.TOLD.value)])


def _up_to(most: int, since: str, *where: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many of them there are since that moment, counted only up to the limit that they may reach."""
    # Those dated in the future were written before the clock was set back.
    within = (
        outbox.c.created_at > bindparam(since, type_=Moment),
        outbox.c.created_at <= bindparam("now", type_=Moment),
    )
    some = select(literal(1).label("one")).select_from(outbox).where(_FOR, *where, *within).limit(literal(most))
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


_CROWD = select(
    _up_to(ALONE, "within", _OF).label("sender"),
    _up_to(ALONE, "within", _ABOUT, _NO_LINE).label("ticket"),
    _up_to(OF_DOMAIN, "within", outbox.c.gather_domain == bindparam("domain", type_=Key)).label("domain"),
    _up_to(LOOKS, "look", outbox.c.gather_as == bindparam("sort")).label("looks"),
    _up_to(BUSY, "lately", outbox.c.gather_as.in_(_MANY)).label("lately"),
)
_HOURS = select(
    *(
        select(func.count())
        .select_from(
            select(literal(1).label("one"))
            .where(
                _FOR,
                outbox.c.gather_as.in_(_MANY),
                outbox.c.created_at > bindparam(f"from_{nth}", type_=Moment),
                outbox.c.created_at <= bindparam(f"to_{nth}", type_=Moment),
            )
            .limit(literal(MANY + 1))
            .subquery()
        )
        .scalar_subquery()
        .label(f"hour_{nth}")
        for nth in range(HOURS)
    )
)
_BEFORE = select(
    exists()
    .where(
        _FOR,
        outbox.c.gather_as == literal(Sort.TOGETHER.value),
        outbox.c.created_at > bindparam("since", type_=Moment),
        outbox.c.created_at <= bindparam("now", type_=Moment),
    )
    .label("before")
)
_JUST_SAID = select(
    exists()
    .where(
        _FOR,
        _ABOUT,
        outbox.c.gather_as.in_(_LINES),
        or_(
            and_(
                outbox.c.created_at > bindparam("look", type_=Moment),
                outbox.c.created_at <= bindparam("now", type_=Moment),
            ),
            IS_GATHERING,
        ),
    )
    .label("said")
)
_FIRSTS = select(
    _up_to(
        FIRSTS_OF_ONE, "hour", _OF, outbox.c.gather_as.in_([literal(Sort.FIRST.value), literal(Sort.PASSED.value)])
    ).label("firsts_of_sender"),
    _up_to(FIRSTS_OF_ALL, "hour", outbox.c.gather_as == literal(Sort.PASSED.value)).label("passed"),
)
_IS_HELD = and_(outbox.c.due_at.is_not(None), outbox.c.due_at > bindparam("now", type_=Moment))
_HELD = (
    select(outbox.c.gather_for, func.count().label("notices"), func.min(outbox.c.due_at).label("first"))
    .where(IS_GATHERING, _IS_HELD)
    .group_by(outbox.c.gather_for)
)
_WAITING = (
    select(
        outbox.c.gather_for,
        func.count().label("notices"),
        func.min(outbox.c.created_at).label("first"),
        func.min(outbox.c.gather_of).label("one"),
        func.max(outbox.c.gather_of).label("other"),
    )
    .where(IS_GATHERING, ~_IS_HELD)
    .group_by(outbox.c.gather_for)
)
_DIGESTS = (
    select(outbox.c.created_at)
    .where(
        _FOR, outbox.c.gather_as == literal(Sort.DIGEST.value), outbox.c.created_at > bindparam("hour", type_=Moment)
    )
    .order_by(outbox.c.created_at.desc())
)
_ALONE = select(outbox.c.created_at).where(_FOR, _OF, outbox.c.created_at > bindparam("hour", type_=Moment), _BY_ITSELF)
_ROWS = (
    select(outbox, outbox_raw.c.raw)
    .select_from(outbox.outerjoin(outbox_raw, outbox_raw.c.outbox == outbox.c.id))
    .where(_FOR, IS_GATHERING)
    .order_by(outbox.c.id)
    .limit(bindparam("most"))
)
_ROWS_UNTIL = _ROWS.where(or_(outbox.c.due_at.is_(None), outbox.c.due_at <= bindparam("until", type_=Moment)))
_TELL = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)), IS_GATHERING)
    .values(
        state=OutboxState.TOLD.value, due_at=None, ended_at=bindparam("now", type_=Moment), last_reply=bindparam("said")
    )
)
_WAIT = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)), IS_GATHERING)
    .values(due_at=bindparam("until", type_=Moment))
)
# By the ticket, and by those that were merged into it: whose index is used, and a ticket has few mails.
_OF_TICKET = select(ticket.c.number).where(
    or_(ticket.c.number == bindparam("of_ticket"), ticket.c.merged_into == bindparam("of_ticket"))
)
_WITHDRAW = (
    update(outbox)
    .where(
        outbox.c.ticket.in_(_OF_TICKET),
        func.substr(outbox.c.key, 1, bindparam("length", type_=Integer)) == bindparam("begin", type_=Key),
        outbox.c.state.in_([literal(OutboxState.READY.value), literal(OutboxState.GATHERING.value)]),
    )
    .values(state=OutboxState.DROPPED.value, due_at=None, ended_at=bindparam("now", type_=Moment), last_reply=WITHDRAWN)
)


def withdraw(connection: Connection, pointless: Sequence[tuple[int, str]], now: datetime) -> None:
    """Drop the notices of these tickets whose keys begin so, if nobody has begun to send them."""
    for number, begin in pointless:
        connection.execute(_WITHDRAW, {"of_ticket": number, "begin": begin, "length": len(begin), "now": now})


class Entry:
    """How outgoing mails enter the outbox: a notice that is one too many for its reader waits for a digest."""

    def __init__(self, database: Database) -> None:
        self._new = database.insert(outbox).inline().on_conflict_do_nothing(index_elements=[outbox.c.key])

    def all(self, connection: Connection, mails: Sequence[Outgoing], now: datetime) -> None:
        """Store at least one mail; those whose key is there already stay as they are.

        Each counts those before it, those of the same commit too. Two transactions on PostgreSQL do not see each
        other's: so up to one more for each worker may go one by one.
        """
        plain = [outgoing_values(one, now) for one in mails if sort_of(one) is None]
        if plain:
            connection.execute(self._new, plain)
        for one in mails:
            if (sort := sort_of(one)) is not None:
                goes, entering = None, one
                if one.held_until is None:
                    crowd = _crowd(connection, one, sort, now)
                    goes = admitted(sort, crowd)
                    if goes is not None and joins(one, crowd):
                        entering, sort, goes = replace(one, held_until=one.joins_by), Sort.JOINED, None
                    elif goes is not None and one.together is not None and _many(connection, one, one.together.hours):
                        fields = {**one.fields, BEGAN: not _gathered_before(connection, one, now)}
                        entering = replace(one, held_until=one.together.by, fields=fields)
                        sort, goes = Sort.TOGETHER, None
                values = outgoing_values(entering, now, sort=goes or sort, gathering=goes is None)
                connection.execute(self._new, values)


class Gathering:
    """Implements the part of `ports.OutboxStore` that is about digests."""

    def __init__(self, database: Database) -> None:
        self._gathering = database
        self._entry = Entry(database)

    def crowded(self, now: datetime, minute: timedelta) -> list[Crowded]:
        """See `ports.OutboxStore.crowded`."""
        hour = now - HOUR * minute
        with self._gathering.read() as connection:
            waiting = connection.execute(_WAITING, {"now": now}).mappings().all()
            crowds = [_crowded(connection, row, hour) for row in waiting]
            held = connection.execute(_HELD, {"now": now}).all()
        due = {one.reader for one in crowds}
        return crowds + [
            Crowded(reader=reader, notices=notices, first=first, held_until=first)
            for reader, notices, first in held
            if reader not in due
        ]

    def gathered(self, reader: str, limit: int, until: datetime | None = None) -> list[OutboxRow]:
        """See `ports.OutboxStore.gathered`."""
        values = {"reader": reader, "most": limit}
        with self._gathering.read() as connection:
            if until is None:
                rows = connection.execute(_ROWS, values).mappings().all()
            else:
                rows = connection.execute(_ROWS_UNTIL, {**values, "until": until}).mappings().all()
            return [outbox_row_from(row, row["raw"]) for row in rows]

    def wait(self, rows: Sequence[OutboxRow], until: datetime) -> None:
        """See `ports.OutboxStore.wait`."""
        with self._gathering.write() as connection:
            connection.execute(_WAIT, {"ids": [row.id for row in rows], "until": until})

    def tell(self, rows: Sequence[OutboxRow], digest: Outgoing, now: datetime) -> None:
        """See `ports.OutboxStore.tell`."""
        ids = [row.id for row in rows]
        with self._gathering.write() as connection:
            values = {"ids": ids, "now": now, "said": f"told by {digest.key}"}
            if connection.execute(_TELL, values).rowcount != len(ids):
                raise Conflict("another process has told some of them")
            self._entry.all(connection, [digest], now)


def _crowd(connection: Connection, notice: Outgoing, sort: Sort, now: datetime) -> Crowd:
    if sort in (Sort.DIGEST, Sort.LINES):
        return Crowd()
    minute = minute_of(notice)
    who: dict[str, Any] = {"reader": notice.to.key, "sender": crowd_of(notice), "now": now}
    since = {
        "within": now - WITHIN * minute,
        "look": now - LOOK * minute,
        "lately": now - LATELY * minute,
        "ticket": notice.ticket,
        "sort": sort.value,
    }
    since["domain"] = domain_of(notice)
    if sort is Sort.LINE:
        asked = {name: (who | since)[name] for name in ("reader", "ticket", "look", "now")}
        return Crowd(looks=int(connection.execute(_JUST_SAID, asked).scalar_one()))
    found = dict(connection.execute(_CROWD, who | since).mappings().one())
    if sort is Sort.FIRST and Crowd(**found).crowded:
        found |= connection.execute(_FIRSTS, who | {"hour": now - HOUR * minute}).mappings().one()
    return Crowd(**found)


def _many(connection: Connection, notice: Outgoing, bounds: Sequence[datetime]) -> bool:
    """Whether each of these hours brought its reader more than anybody reads one by one."""
    asked: dict[str, Any] = {"reader": notice.to.key}
    for nth, (to, since) in enumerate(pairwise(bounds)):
        asked |= {f"from_{nth}": since, f"to_{nth}": to}
    return sustained(tuple(connection.execute(_HOURS, asked).one()))


def _gathered_before(connection: Connection, notice: Outgoing, now: datetime) -> bool:
    """Whether such a one waited for the same reader within a day: then they know."""
    since = now - DAY * minute_of(notice)
    return bool(connection.execute(_BEFORE, {"reader": notice.to.key, "since": since, "now": now}).scalar_one())


def _crowded(connection: Connection, row: Row, hour: datetime) -> Crowded:
    reader = row["gather_for"]
    digests = connection.execute(_DIGESTS, {"reader": reader, "hour": hour}).scalars()
    alone: Iterable[datetime] = ()
    if row["one"] is not None and row["one"] == row["other"]:
        alone = connection.execute(_ALONE, {"reader": reader, "sender": row["one"], "hour": hour}).scalars()
    return Crowded(
        reader=reader,
        notices=row["notices"],
        first=row["first"],
        digests=tuple(digests),
        alone=tuple(alone),
    )
