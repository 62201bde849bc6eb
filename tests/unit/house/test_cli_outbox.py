"""`mailbot outbox`, on a database of its own."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import pytest

from mailbot.adapters.store.sql_store import open_store
from mailbot.cli import main
from mailbot.core.model.outgoing import OutboxState
from mailbot.core.sending.server import OUTSIDE, Refusing
from mailbot.ports import Settled
from tests.contract.made import DAY, HOUR, NOW, decision, outgoing
from tests.unit.house.test_cli_quarantine import CONFIG


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "storage").mkdir()

    def run(*args):
        monkeypatch.setattr(sys, "argv", ["mailbot", "outbox", *map(str, args), "--site", str(tmp_path)])
        with pytest.raises(SystemExit) as ended:
            main.main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return run


@pytest.fixture
def store(tmp_path, call):
    assert call("list") == (0, "", "mailbot: nothing is waiting\n")
    (database,) = (tmp_path / "storage").glob("*.db")
    made = open_store(f"sqlite:///{database}")
    made.commit(decision(outgoing=(outgoing("waits"), outgoing("given up"))), NOW)
    waits, gone = made.lists.outbox()[::-1]
    if waits.outgoing.key != "waits":
        waits, gone = gone, waits
    made.settle(waits, Settled(state=OutboxState.READY, reply="550 5.4.5 limit", next_try=NOW + 400 * DAY), NOW)
    made.settle(gone, Settled(state=OutboxState.FAILED, reply="550 5.1.1 nobody"), NOW)
    closed = Refusing(side=OUTSIDE, since=NOW, last=NOW, reply="550 5.4.5 limit", in_a_row=2, next_try=NOW + 400 * DAY)
    made.remember([closed])
    yield made
    made.close()


def row(store, key):
    return next(row for row in store.lists.outbox() if row.outgoing.key == key)


def test_it_shows_what_waits_and_what_the_server_says(call, store):
    code, out, err = call("list")
    assert code == 0
    assert "550 5.4.5 limit" in out
    assert "nobody" not in out
    assert "the submission server has refused our mail to customers since" in err
    (shown,) = map(json.loads, call("list", "--json")[1].splitlines())
    assert (shown["id"], shown["state"]) == (row(store, "waits").id, "ready")
    assert "550 5.1.1 nobody" in call("list", "--refused")[1]


def test_it_has_all_tried_at_once_and_asks_the_server_again(call, store):
    assert call("retry") == (0, "", "mailbot: 1 mail will be tried as soon as the running desk looks\n")
    now = max(store.next_due(), NOW)
    assert [found.outgoing.key for found in store.ready(now, 10)] == ["waits"]
    assert store.refusing()[0].next_try < NOW + 400 * DAY


def test_one_that_was_given_up_can_be_tried_again(call, store):
    gone = row(store, "given up").id
    assert call("retry", gone)[0] == 0
    assert row(store, "given up").state is OutboxState.READY
    assert call("retry", 999)[0] == 1


def test_one_can_be_dropped(call, store):
    waits = row(store, "waits").id
    assert call("drop", waits) == (0, "", f"mailbot: mail {waits} will not be sent\n")
    assert row(store, "waits").state is OutboxState.DROPPED
    assert store.ready(NOW + 500 * DAY, 10) == []
    assert call("drop", waits)[0] == 1
    assert call("list")[1] == ""


def test_what_is_on_its_way_at_this_moment_is_not_dropped(call, store):
    waits = row(store, "waits")
    store.take([(replace(waits), b"bytes", "id@desk.example")], "a", NOW, HOUR)
    assert call("drop", waits.id)[0] == 1
    assert row(store, "waits").state is OutboxState.SENDING
