"""A desk of each released version becomes one of this version: its schema, its data, and what goes on in it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect

from mailbot import __version__
from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.migrations import migrate
from mailbot.core.model.outgoing import OutboxState
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.silence import Silence
from mailbot.core.model.ticket import TicketState
from tests.contract.released.keep import DATABASES, FOLDER, kept, load
from tests.contract.released.story import AFTER, later, mail
from tests.simulation.simulated_desk import SimulatedDesk

ROOT = Path(__file__).parents[2]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
RELEASED = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", CHANGELOG, re.MULTILINE)


@pytest.fixture(params=RELEASED)
def old(request, empty_url):
    """The URL of a database that has this version's schema and data."""
    load(request.param, empty_url)
    return empty_url


def test_the_schema_of_every_released_version_is_kept():
    assert __version__ in RELEASED
    files = {path.name for path in FOLDER.glob("*.sql")}
    assert files == {kept(version, database).name for version in RELEASED for database in DATABASES}


def described(url):
    """All that a database says about its tables; of each, what does not depend on the order in which it came about."""
    database = Database(url)
    try:
        with database.read() as connection:
            look = inspect(connection)
            return {
                table: {
                    "columns": {
                        column["name"]: (str(column["type"]), column["nullable"], column["default"])
                        for column in look.get_columns(table)
                    },
                    "primary key": look.get_pk_constraint(table)["constrained_columns"],
                    "indexes": {
                        index["name"]: (
                            index["column_names"],
                            index["unique"],
                            str(index["dialect_options"].get(f"{connection.dialect.name}_where", "")),
                        )
                        for index in look.get_indexes(table)
                    },
                    "foreign keys": sorted(
                        (key["constrained_columns"], key["referred_table"], key["referred_columns"])
                        for key in look.get_foreign_keys(table)
                    ),
                    "unique": sorted(one["column_names"] for one in look.get_unique_constraints(table)),
                }
                for table in look.get_table_names()
            }
    finally:
        database.close()


def test_an_upgraded_desk_has_the_schema_of_a_new_one(old, url):
    migrate(old)
    assert described(old) == described(url)


def test_an_old_database_is_what_that_version_had(empty_url, url):
    load("0.1.0", empty_url)
    old, new = described(empty_url), described(url)
    assert old.keys() < new.keys()
    assert old["ticket"] != new["ticket"]


def test_what_was_known_is_known(old):
    migrate(old)
    with_desk = SimulatedDesk(start=AFTER, url=old)
    lists = with_desk.store.lists
    shown = {
        one.number: (one.state, one.priority, one.requester.key, one.mute and one.mute.kind)
        for one in lists.tickets(limit=99)
    }
    opened = TicketState.OPEN
    by_subject = {one.subject: one.number for one in lists.tickets(limit=99)}
    assert len(by_subject) == len(shown) >= 6
    assert shown[by_subject["Our shop is down"]] == (opened, 1, "ana@shop.example", None)
    assert shown[by_subject["Zweimal abgebucht"]] == (opened, 2, "jo@xn--bcher-kva.example", None)
    assert shown[by_subject["Export stops"]][0] is TicketState.RESOLVED
    assert shown[by_subject["Question"]][3] is Silence.UNDELIVERABLE
    (promise,) = [p for p in lists.ticket(1).promises if p.state is PromiseState.OPEN]
    assert (promise.due, promise.agent) == (datetime(2026, 3, 2, 13, 0, tzinfo=UTC), "mara")
    assert [message.new_text for message in lists.ticket(by_subject["Export stops"]).messages][1].startswith("/note")
    assert [row.outgoing.name for row in lists.outbox(limit=99) if row.state is OutboxState.READY][-1:] == ["ack"]
    with_desk.close()


def gone_on(url):
    """The desk of that database, begun again: new mails and ids come after those that are there."""
    desk = SimulatedDesk(start=AFTER, url=url)
    desk._uids["support"] = desk.fresh._ids = desk.fresh._numbers = 1000
    return desk


def test_an_upgraded_desk_goes_on(old):
    migrate(old)
    desk = gone_on(old)
    desk.send()
    assert "ack" in desk.names(), "what had not left yet leaves, by today's letters"
    row = next(one for one in desk.store.lists.outbox(limit=999) if one.outgoing.key == "ack:1")
    joined = desk.receive(
        mail(desk, "a2", "Ana Soto <Ana@shop.example>", "help@lumen.example", "Re: Our shop is down",
             "Is there any news?\n\nAna", f"In-Reply-To: <{row.message_id}>\n")
    )  # fmt: skip
    assert [(one.outcome, [t.number for t in one.tickets]) for one in joined] == [("joined", [1])]
    notice = next(one for one in desk.store.lists.outbox(limit=999) if one.outgoing.key.endswith(":mara"))
    to = f"help+{notice.outgoing.reply_token}@lumen.example"
    before = len(desk.sent)
    desk.receive(mail(desk, "m9", "Mara Lind <mara@lumen.example>", to, "Re: notice", "/note from an old notice"))
    assert desk.decisions[-1].outcome == "noted"
    desk.receive(
        mail(desk, "m10", "Mara Lind <mara@lumen.example>", desk.last("followup", "mara").reply_to, "Re: notice",
             "/promise tomorrow 10:00\n\nHello Ana,\n\nthe part comes tomorrow.\n\nMara")
    )  # fmt: skip
    assert "relay" in desk.names(before)
    before = len(desk.sent)
    desk.pass_time(later(11, 0))
    assert "cover" in desk.names(before), "a promise that nobody kept is covered"
    assert not [one for one in desk.store.lists.outbox(limit=999) if one.state is OutboxState.UNKNOWN]
    desk.close()
