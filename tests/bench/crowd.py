"""A store full of open promises: one ticket that a mail opened in the usual way, copied within the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Table,
    Text,
    bindparam,
    cast,
    func,
    insert,
    literal,
    literal_column,
    select,
    update,
)

from mailbot.adapters.ids import StoreIds
from mailbot.adapters.store.columns import Moment
from mailbot.adapters.store.schema import (
    counter,
    customer,
    event,
    inbound,
    message,
    metadata,
    outbox,
    promise,
    ref,
    ticket,
)
from mailbot.adapters.store.sql_store import SqlStore
from mailbot.core.rules.setting import Setting
from mailbot.loops.receive import Decider
from mailbot.ports import RawMail
from tests.simulation.simulated_desk import HandClock

CHUNK = 50_000
FAR = datetime(2027, 3, 2, tzinfo=UTC)
PEOPLE = 400
"""The number of domains the customers come from; each customer has one ticket."""
ANN, FIRST_ID = "ann@shop.example", "first@shop.example"
MAIL = f"""\
From: Ann Fields <{ANN}>
To: Help <help@lumen.example>
Subject: The export stops at 80 percent
Message-ID: <{FIRST_ID}>

Hello,

since this morning the export of our parts list stops at 80 percent, without any message. The
warehouse needs the file on Thursday. We use version 4.2 on two machines, and it is the same on
both of them. What can we do meanwhile?

Kind regards
Ann Fields
""".encode()
_SQLITE = (
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA cache_size = -400000",
    "PRAGMA temp_store = MEMORY",
)
_POSTGRESQL = (
    "SET session_replication_role = replica",  # the foreign keys are known to be right
    "SET synchronous_commit = off",
    "SET maintenance_work_mem = '256MB'",
)


def fill(
    store: SqlStore, setting: Setting, count: int, now: datetime, say: Callable[[int], None] = lambda _: None
) -> None:
    """Make `count` tickets in an empty store, each with its mail, its open promise, and its ack, sent long ago.

    None is due before `now + 3 h`. The bytes of the mails and the letters are not stored. `say` is told how many
    there are.
    """
    _first(store, setting, now - timedelta(days=3))
    database = store._database
    indexes = [index for table in metadata.tables.values() for index in table.indexes]
    with database.engine.connect() as connection:
        _run(connection, _SQLITE if database.sqlite else _POSTGRESQL)
        for index in indexes:
            index.drop(connection)
        statements = list(_copies(connection, now))
        for start in range(2, count + 1, CHUNK):
            last = min(start + CHUNK - 1, count)
            for statement in statements:
                connection.execute(statement, {"first": start, "last": last})
            connection.commit()
            say(last)
        for index in indexes:
            index.create(connection)
        connection.execute(update(counter).values(value=count))
        if not database.sqlite:
            for table in (inbound, event, outbox):
                highest = select(func.max(table.c.id)).scalar_subquery()
                connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), highest)))
        connection.commit()
        if not database.sqlite:
            # As autovacuum does within minutes; the other tables are never read by their indexes alone.
            connection.execution_options(isolation_level="AUTOCOMMIT")
            _run(connection, ("VACUUM promise, outbox", "ANALYZE"))
        connection.invalidate()  # its settings were for the filling alone


def make_due(store: SqlStore, numbers: Iterable[int], now: datetime, *, kind: str) -> None:
    """Set the promises of these tickets to where the desk must look at `now`: `remind`, `cover` or `late`."""
    second, hour = timedelta(seconds=1), timedelta(hours=1)
    made_at, due, wake_at = {
        "remind": (now - 2 * hour, now + 2 * hour, now - second),
        "cover": (now - 2 * hour, now + timedelta(minutes=2) - second, now - second),
        "late": (now - timedelta(days=4), now - timedelta(days=2), now - timedelta(days=2)),
    }[kind]
    statement = (
        update(promise)
        .where(promise.c.ticket == bindparam("number"), promise.c.state == "open")
        .values(made_at=made_at, due=due, wake_at=wake_at)
    )
    with store._database.write() as connection:
        connection.execute(statement, [{"number": number} for number in numbers])


def _first(store: SqlStore, setting: Setting, now: datetime) -> None:
    store.put([RawMail(mailbox="support", uidvalidity=1, uid=1, raw=MAIL, size=len(MAIL))], now)
    fresh = StoreIds(store.numbers)
    clock = HandClock(now)
    decider = Decider(inbound=store, desk=store, clock=clock, fresh=fresh, setting=lambda: setting, holder="bench")
    decider.decide_some()
    with store._database.write() as connection:
        connection.execute(update(outbox).values(state="sent", due_at=None, ended_at=now))
        connection.execute(update(promise).values(due=FAR, wake_at=FAR))


def _run(connection: Connection, statements: Iterable[str]) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    for statement in statements:
        driver.execute(statement)


def _copies(connection: Connection, now: datetime) -> Iterator[Any]:
    """For each table a statement that copies the row of the first ticket for the numbers `first` to `last`."""
    bounds = select(bindparam("first", type_=BigInteger).label("i")).cte("series", recursive=True)
    series = bounds.union_all(select(bounds.c.i + 1).where(bounds.c.i < bindparam("last", type_=BigInteger)))
    for table, key, changed in _changes(series.c.i, now, sqlite=connection.dialect.name == "sqlite"):
        row = connection.execute(select(key).order_by(key).limit(1)).scalar_one()
        given = [column for column in table.c if column.name in changed or column not in (event.c.id, outbox.c.id)]
        values = [changed.get(column.name, column) for column in given]
        copies = select(*values).select_from(table.join(series, literal(True))).where(key == row)
        yield insert(table).inline().from_select([column.name for column in given], copies)


def _changes(
    i: ColumnElement[Any], now: datetime, *, sqlite: bool
) -> Iterator[tuple[Table, ColumnElement[Any], Mapping[str, ColumnElement[Any]]]]:
    """The tables in the order in which they can be filled, a key of their first row, and what differs in its copies."""

    def moment(seconds: ColumnElement[Any]) -> ColumnElement[Any]:
        start = literal(now, Moment())
        if sqlite:
            return cast(start, BigInteger) + seconds * 1_000_000
        return start + seconds * literal_column("interval '1 second'")

    def word(letter: str, length: int) -> ColumnElement[str]:
        return literal(letter + "0" * (length - 10)) + cast(i + 100_000_000, Text)

    # Scattered, so that what is due at the same time is not adjacent.
    opened, ahead = moment(-((i * 7919) % (60 * 86400))), 3 * 3600 + (i * 7919) % (14 * 86400)
    domain = literal("people") + cast(i % PEOPLE, Text) + ".example"
    address = literal("customer") + cast(i, Text) + "@" + domain
    ack, id_ = literal("ack:") + cast(i, Text), word("i", 40)
    times = {"created_at": opened, "not_before": opened, "ended_at": opened}
    yield inbound, inbound.c.id, {"id": i, "uid": i, "received_at": opened, "ended_at": opened}
    yield (
        ticket,
        ticket.c.number,
        {"number": i, "requester": address, "requester_address": address, "opened_at": opened},
    )
    yield (
        message,
        message.c.id,
        {
            "id": word("m", 14),
            "ticket": i,
            "inbound": i,
            "content_key": word("k", 64),
            "message_id": id_,
            "from_address": address,
            "received_at": opened,
            "date": opened,
        },
    )
    yield ref, ref.c.message_id, {"message_id": id_, "ticket": i}
    yield (
        promise,
        promise.c.id,
        {
            "id": word("p", 14),
            "ticket": i,
            "to": address,
            "to_key": address,
            "due": moment(ahead + 3600),
            "wake_at": moment(ahead),
            "stated_by": ack,
        },
    )
    yield event, event.c.id, {"ticket": i, "at": opened}
    yield customer, customer.c.address, {"address": address, "first_seen": opened}
    yield (
        outbox,
        outbox.c.id,
        {"key": ack, "ticket": i, "to_address": address, "limit_address": address, "limit_domain": domain, **times},
    )
