"""A database that cannot go on says so in one way, has changed nothing, and is used again when it is back."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from sqlalchemy import event

from mailbot.adapters.store.sql_store import open_store
from mailbot.core.model.known import Keys
from mailbot.errors import ConfigError, StoreDown
from tests.contract.made import MINUTE, NOW, decision, outgoing, raw_mail, ticket


def calls(store):
    """Every method that writes."""
    [claim] = store.claim("a", NOW, MINUTE, 1)
    [row] = store.ready(NOW, 1)
    return [
        lambda: store.baseline("new", 1, 1, NOW),
        lambda: store.put([raw_mail(uid, raw=b"x" * 100_000) for uid in range(100, 120)], NOW),
        lambda: store.claim("a", NOW + MINUTE, MINUTE, 1),
        lambda: store.fail(claim, "boom", NOW),
        lambda: store.commit(decision(tickets=(ticket(2, subject="x" * 100_000),)), NOW),
        lambda: store.numbers(1),
        lambda: store.take([(row, b"x" * 100_000, "id")], "a", NOW, MINUTE),
        lambda: store.hold("x", "a", NOW, MINUTE),
    ]


@pytest.fixture
def used(store):
    store.put([raw_mail(1), raw_mail(2)], NOW)
    store.commit(decision(tickets=(ticket(),), outgoing=(outgoing(),)), NOW)
    return store


@pytest.fixture
def used_sqlite(sqlite_url):
    store = open_store(sqlite_url, migrate=False)
    store.put([raw_mail(1), raw_mail(2)], NOW)
    store.commit(decision(tickets=(ticket(),), outgoing=(outgoing(),)), NOW)
    yield store
    store.close()


@pytest.fixture
def used_postgres(postgres_url):
    store = open_store(postgres_url, migrate=False)
    store.put([raw_mail(1), raw_mail(2)], NOW)
    store.commit(decision(tickets=(ticket(),), outgoing=(outgoing(),)), NOW)
    yield store
    store.close()


def pragma(store, words):
    """Run a pragma on every connection that is handed out from now on."""
    return lambda connection, _record, _proxy: connection.execute(words) and None


def test_a_read_only_sqlite_database(used_sqlite):
    writes = calls(used_sqlite)
    only_read = pragma(used_sqlite, "PRAGMA query_only = ON")
    event.listen(used_sqlite._database.engine, "checkout", only_read)
    for write in writes:
        with pytest.raises(StoreDown, match="readonly"):
            write()
    assert used_sqlite.lookup(Keys(content_key="", sender=None, numbers=(1,)), NOW).tickets[1].version == 1
    event.remove(used_sqlite._database.engine, "checkout", only_read)
    event.listen(used_sqlite._database.engine, "checkout", pragma(used_sqlite, "PRAGMA query_only = OFF"))
    for write in writes:
        write()


def test_a_full_disk_under_sqlite(used_sqlite, sqlite_url):
    pages = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
    full = pages.execute("PRAGMA page_count").fetchone()[0]
    pages.close()
    writes = calls(used_sqlite)
    event.listen(used_sqlite._database.engine, "checkout", pragma(used_sqlite, f"PRAGMA max_page_count = {full}"))
    for write in (writes[1], writes[4], writes[6]):
        with pytest.raises(StoreDown, match="full"):
            write()
    assert used_sqlite.lists.inbound("stored") != []
    assert used_sqlite.lists.ticket(2) is None
    assert used_sqlite.ready(NOW, 1)[0].attempts == 0
    event.listen(used_sqlite._database.engine, "checkout", pragma(used_sqlite, "PRAGMA max_page_count = 1000000"))
    writes[1]()
    assert len(used_sqlite.lists.inbound()) == 22


def test_a_locked_sqlite_database(used_sqlite, sqlite_url):
    event.listen(used_sqlite._database.engine, "checkout", pragma(used_sqlite, "PRAGMA busy_timeout = 20"))
    locker = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreDown, match="locked"):
        used_sqlite.numbers(1)
    assert used_sqlite.lists.ticket(1).ticket.number == 1
    locker.execute("ROLLBACK")
    locker.close()
    assert list(used_sqlite.numbers(1)) == [1]


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "desk.db").write_bytes(b"Dear desk, " * 1000)
    with pytest.raises(StoreDown, match="not a database"):
        open_store(f"sqlite:///{tmp_path}/desk.db")
    with pytest.raises(StoreDown, match="unable to open"):
        open_store(f"sqlite:///{tmp_path}/no/such/folder/desk.db")


def test_postgres_restarted(used_postgres, postgres):
    assert used_postgres.lists.ticket(1)
    postgres.stop()
    try:
        for _ in range(2):
            with pytest.raises(StoreDown):
                used_postgres.numbers(1)
            with pytest.raises(StoreDown):
                used_postgres.lookup(Keys(content_key="", sender=None), NOW)
    finally:
        postgres.start()
    assert list(used_postgres.numbers(1)) == [1]


def test_connections_that_postgres_ended_are_replaced_unseen(used_postgres, postgres, postgres_url):
    for _ in range(3):
        used_postgres.numbers(1)
        with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [postgres_url.rpartition("/")[2]],
            )
    assert list(used_postgres.numbers(1)) == [4]


def test_a_connection_lost_within_a_transaction(used_postgres, postgres):
    def lose():
        with used_postgres._database.write() as connection:
            pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            connection.exec_driver_sql("DELETE FROM outbox")
            with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
                admin.execute("SELECT pg_terminate_backend(%s)", [pid])
            connection.exec_driver_sql("DELETE FROM outbox")

    with pytest.raises(StoreDown):
        lose()
    assert len(used_postgres.lists.outbox()) == 1


def test_a_read_only_postgres(used_postgres, postgres, postgres_url):
    writes = calls(used_postgres)
    name = postgres_url.rpartition("/")[2]
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        for write in writes:
            with pytest.raises(StoreDown, match="read-only"):
                write()
        assert used_postgres.lists.ticket(1)


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:", "not a url", ""])
def test_other_databases_are_refused(url):
    with pytest.raises(ConfigError):
        open_store(url)


def test_an_error_in_the_program_is_not_a_database_that_is_down(used):
    def fail():
        with used._database.write() as connection:
            connection.exec_driver_sql("DELETE FROM outbox")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert len(used.lists.outbox()) == 1
