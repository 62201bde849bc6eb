"""A store that is down is reported once, naming the disk if it is that; it is up when all that failed succeeds."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from mailbot.adapters.store.engine import Database, _translate
from mailbot.adapters.store.sql_store import open_store
from mailbot.errors import StoreDown
from mailbot.loops.wakeable import StoreState

LOCKED = StoreDown("database is locked")
FULL = StoreDown("the disk of the database is full", "full")


def said(steps):
    state = StoreState()
    with capture_logs() as lines:
        for who, error in steps:
            if error is None:
                state.up(who)
            else:
                state.down(who, error)
    return [line["state"] if line["state"] == "up" else line["reason"] for line in lines]


def test_it_is_said_once_and_over_when_everybody_can_go_on():
    steps = [("a", FULL), ("b", FULL), ("a", FULL), ("a", None), ("c", None), ("b", FULL), ("b", None), ("a", None)]
    assert said(steps) == [str(FULL), "up"]
    assert said([*steps, ("a", FULL)]) == [str(FULL), "up", str(FULL)]


def test_a_disk_is_said_after_something_else_but_not_the_other_way_round_again_and_again():
    steps = [("a", LOCKED), ("b", FULL), ("a", LOCKED), ("b", FULL), ("a", None), ("b", None)]
    assert said(steps) == [str(LOCKED), str(FULL), "up"]


def test_nothing_is_said_of_a_store_that_was_never_down():
    assert said([("a", None), ("b", None)]) == []


def test_hazard_04_a_full_disk_of_sqlite_is_called_so(tmp_path):
    open_store(f"sqlite:///{tmp_path}/desk.db").close()
    database = Database(f"sqlite:///{tmp_path}/desk.db")

    def fill():
        with database.write() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")
            for n in range(100):
                connection.exec_driver_sql("INSERT INTO counter (name, value) VALUES (?, 1)", (f"{n}" + "x" * 10_000,))

    try:
        with pytest.raises(StoreDown, match="the disk of the database is full") as down:
            fill()
    finally:
        database.close()
    assert down.value.kind == "full"


@pytest.mark.parametrize(("name", "kind"), [("DiskFull", "full"), ("IoError", "failing"), ("AdminShutdown", "")])
def test_hazard_04_a_full_disk_of_postgresql_is_called_so(name, kind):
    psycopg = pytest.importorskip("psycopg")
    from sqlalchemy import exc

    original = getattr(psycopg.errors, name)("could not extend file: No space left on device")
    found = _translate(exc.DBAPIError.instance("INSERT", None, original, psycopg.Error, connection_invalidated=False))
    assert isinstance(found, StoreDown)
    assert found.kind == kind
