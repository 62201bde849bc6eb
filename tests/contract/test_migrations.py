"""The schema equals the sum of its migrations, and many may start at once."""

from __future__ import annotations

import logging
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import bindparam, inspect, text

from mailbot.adapters.store import schema
from mailbot.adapters.store.columns import Moment
from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.migrations import HEAD, migrate, migrations_dir
from mailbot.adapters.store.rows import message_values, outgoing_values, promise_values
from mailbot.adapters.store.schema import add_partial_indexes, inbound, metadata
from mailbot.adapters.store.sql_store import open_store
from mailbot.adapters.store.ticket_rows import ticket_values
from mailbot.core.model.confirmed_address import ConfirmedBy
from mailbot.core.model.known import Keys
from mailbot.core.model.mail import Address
from mailbot.core.model.outgoing import OutgoingKind
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.reason import why
from mailbot.core.model.refs import Ref
from mailbot.core.model.silence import (
    HELD,
    MARKED,
    NOWHERE,
    ROBOT,
    TABLE,
    THANKED,
    UNCONFIRMED,
    UNTIL_REPLY,
    WHOSE,
    WRITTEN_TO,
    Reminded,
    Silence,
    closed_by,
    undeliverable,
)
from mailbot.core.model.ticket import Look, LookFor, TicketState
from mailbot.errors import ConfigError
from tests.contract.made import ANN, HOUR, NOW, message, outgoing, promise, raw_mail, ticket

ROOT = Path(__file__).parents[2]
WORDS = {f"search_words{part}" for part in ("", "_data", "_idx", "_config", "_docsize")}  # a virtual table
COMPARED = {"compare_type": True, "compare_server_default": True, "include_name": lambda name, *_: name not in WORDS}


def as_before(connection, table, values):
    """The values of a row without the columns that the table has not yet."""
    there = {column["name"] for column in inspect(connection).get_columns(table)}
    return {name: value for name, value in values.items() if name in there}


def test_the_schema_is_the_sum_of_the_migrations(url):
    add_partial_indexes()
    database = Database(url)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts=COMPARED)
        assert compare_metadata(context, metadata) == []
        partial = {
            index["name"]: str(index["dialect_options"].get(f"{connection.dialect.name}_where", "")).strip("()")
            for table in metadata.tables
            for index in inspect(connection).get_indexes(table)
        }
    database.close()
    for table in metadata.tables.values():
        for index in table.indexes:
            where = index.dialect_options["sqlite"]["where"]
            column = "" if where is None else where.left.name
            assert partial[index.name].startswith(column)
            assert bool(partial[index.name]) == bool(column), index.name


def test_the_head_that_the_program_knows_is_the_head_of_the_scripts():
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_migrating_says_nothing_and_again_changes_nothing(empty_url, caplog, capfd):
    caplog.set_level(logging.INFO)
    migrate(empty_url)
    migrate(empty_url)
    store = open_store(empty_url)
    assert store.put([raw_mail(1)], NOW) == 1
    store.close()
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


def test_a_mailbox_from_before_is_watched_since_its_first_mail(empty_url):
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()))
    database = Database(empty_url)
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        mailboxes = (
            "INSERT INTO mailbox (name, uidvalidity, uidnext, cursor) VALUES ('support', 1, 1, 1), ('new', 1, 1, 1)"
        )
        connection.execute(text(mailboxes))
        for uid, at in ((1, NOW + HOUR), (2, NOW)):
            stored = {"mailbox": "support", "uidvalidity": 1, "uid": uid, "state": "stored", "received_at": at}
            connection.execute(inbound.insert().values(**stored, size=9, oversize=False, attempts=0))
    database.close()
    migrate(empty_url)
    store = open_store(empty_url, migrate=False)
    assert {one.name: one.since for one in store.lists.mailboxes()} == {"support": NOW, "new": None}
    store.close()


def test_who_was_answered_before_counts_as_confirmed(empty_url):
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()))
    database = Database(empty_url)
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0010")
        bob, cem = Address(address="bob@shop.example"), Address(address="cem@shop.example")
        answered = {"answers": 2, "first_word_at": NOW}
        for one in (
            ticket(1, **answered),
            ticket(2, **answered),
            ticket(3, requester=bob),
            ticket(4, requester=cem, **answered),
        ):
            values = as_before(connection, "ticket", ticket_values(one))
            connection.execute(schema.ticket.insert().values(**values, version=1))
        failed = {"address": cem.key, "first_seen": NOW, "undeliverable": "5.1.1"}
        connection.execute(schema.customer.insert().values(**failed))
    database.close()
    migrate(empty_url)
    store = open_store(empty_url, migrate=False)
    found = [store.lookup(Keys(content_key="", sender=one.key), NOW).addressee.how for one in (ANN, bob, cem)]
    assert found == [ConfirmedBy.PERSON, None, None]
    store.close()


def test_ids_from_before_lead_their_tickets_customer_and_whom_the_mail_reached(empty_url):
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()))
    database = Database(empty_url)
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0011")
        kept = message("m1", ticket=1, to=("bob@shop.example",))
        connection.execute(
            schema.ticket.insert().values(version=1, **as_before(connection, "ticket", ticket_values(ticket(1))))
        )
        connection.execute(schema.message.insert().values(**message_values(kept)))
        connection.execute(
            text("INSERT INTO ref (message_id, ticket, mentioned) VALUES (:known, 1, :no), (:other, 1, :yes)"),
            {"known": kept.message_id, "other": "m0@shop.example", "no": False, "yes": True},
        )
    database.close()
    migrate(empty_url)
    store = open_store(empty_url, migrate=False)
    ids, ann = ("m0@shop.example", kept.message_id), kept.from_.key
    mail = Ref(message_id=kept.message_id, ticket=1, message="m1", reached=frozenset({ann, "bob@shop.example"}))
    for sender, led in ((ann, (Ref(message_id=ids[0], ticket=1, by=ann), mail)), ("bob@shop.example", (mail,))):
        assert store.lookup(Keys(content_key="new", sender=sender, message_ids=ids), NOW).refs == led
    store.close()


def test_addresses_from_before_are_compared_by_their_ascii_form(empty_url):
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()))
    database = Database(empty_url)
    ana, eve, old = "Ana@straße.example", Address(address="eve@strasse.example"), "bo@bücher.example"
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0013")
        folded = {"requester": "ana@strasse.example"}
        rows = [ticket_values(ticket(1, requester=Address(address=ana))) | folded]
        rows.append(ticket_values(ticket(2, requester=eve)))
        rows.append(ticket_values(ticket(3, requester=Address(address=old))) | {"requester": old})
        for row in rows:
            connection.execute(schema.ticket.insert().values(version=1, **as_before(connection, "ticket", row)))
        told = promise_values(promise("p3", ticket=3)) | {"to": old, "to_key": old}
        del told["agent"]
        connection.execute(schema.promise.insert().values(**told))
        for address in (old, "bo@xn--bcher-kva.example", "cy@bücher.example"):
            row = {"address": address, "name": address, "first_seen": NOW}
            connection.execute(schema.customer.insert().values(**row))
        connection.execute(schema.message.insert().values(**message_values(message("m1", ticket=1, to=(old,)))))
        for sender in (old, "bo@xn--bcher-kva.example", "cy@bücher.example"):
            connection.execute(schema.ref.insert().values(message_id="m0", sender=sender, ticket=3))
    database.close()
    migrate(empty_url)
    store = open_store(empty_url, migrate=False)
    requesters = {n: store.lists.ticket(n).ticket.requester.key for n in (1, 2, 3)}
    assert requesters == {1: "ana@xn--strae-oqa.example", 2: "eve@strasse.example", 3: "bo@xn--bcher-kva.example"}
    for address, number in ((ana, 1), ("eve@strasse.example", 2), (old, 3), ("bo@xn--bcher-kva.example", 3)):
        assert [t.number for t in store.customers.page(address).latest] == [number]
    assert store.customers.page(old).promises == {"open": 1}
    for key in ("bo@xn--bcher-kva.example", "cy@xn--bcher-kva.example"):
        found = store.lookup(Keys(content_key="", sender=key, message_ids=("m0",)), NOW)
        assert (found.customer.address, [ref.ticket for ref in found.refs]) == (key, [3])
    assert store.lists.ticket(1).messages[0].to == ("bo@xn--bcher-kva.example",)
    store.close()


def test_two_processes_start_at_once(empty_url):
    script = "import sys; from mailbot.adapters.store.sql_store import open_store; open_store(sys.argv[1]).numbers(1)"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    both = [
        subprocess.Popen([sys.executable, "-c", script, empty_url], cwd=ROOT, env=environment, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    words = [process.communicate(timeout=300)[1].decode() for process in both]
    assert words == ["", "", ""]
    store = open_store(empty_url, migrate=False)
    assert list(store.numbers(1)) == [4]
    store.close()


def test_a_database_of_a_newer_version_is_refused(url):
    database = Database(url)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(ConfigError, match="9999"):
        open_store(url)


def test_a_failed_migration_leaves_nothing_behind(empty_url):
    database = Database(empty_url)
    with database.write() as connection:
        connection.execute(text("CREATE TABLE promise (id integer)"))
    with pytest.raises(Exception, match="exists"):
        migrate(empty_url)
    with database.read() as connection:
        assert inspect(connection).get_table_names() == ["promise"]
    database.close()


def test_migrations_are_found_in_the_checkout():
    assert migrations_dir() == ROOT / "storage" / "migrations"
    assert (migrations_dir() / "env.py").is_file()


def test_who_made_a_promise_before_is_told_apart_from_what_made_it(empty_url):
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()))
    database = Database(empty_url)
    made = {"p1": ("ack", "ack:1"), "p2": ("mara", "relay:m1"), "p3": ("mara", "promise:m2:word")}
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0015")
        connection.execute(
            schema.ticket.insert().values(version=1, **as_before(connection, "ticket", ticket_values(ticket(1))))
        )
        for id_, (by, key) in made.items():
            row = promise_values(promise(id_, made_by=by, stated_by=key, state=PromiseState.KEPT))
            del row["agent"]
            connection.execute(schema.promise.insert().values(**row))
    database.close()
    migrate(empty_url)
    store = open_store(empty_url, migrate=False)
    found = {one.id: (one.made_by, one.agent) for one in store.lists.ticket(1).promises}
    assert found == {"p1": ("ack", None), "p2": ("relay", "mara"), "p3": ("update", "mara")}
    store.close()


JSON = '{{"args": {{}}, "code": "{0}"}}'
SENTENCES = {
    "limit: 3 automatic mails to this address within the hour": ("limit", why("limit.address_hour", count=3)),
    "limit: 10 automatic mails to this address within the day": ("limit", why("limit.address_day", count=10)),
    "limit: 40 automatic mails to this domain within the hour": ("limit", why("limit.domain_hour", count=40)),
    'limit: {"args": {"count": "60"}, "code": "limit.forms"}': ("limit", why("limit.forms", count=60)),
    "limit: a later word has taken its place": ("limit", why("send.overtaken")),
    "person: null return path": ("person", why("screen.null_return_path")),
    "person: older than 24 hours": ("person", why("screen.too_old", hours=24)),
    "person: it comes from one of our own addresses": ("person", why("screen.own_address")),
    "person: none of our addresses in To or Cc": ("person", why("screen.not_addressed")),
    "person: Precedence: bulk": ("person", why("screen.precedence", word="bulk")),
    'person: {"args": {"header": "X-Spam-Flag: YES"}, "code": "spam.header"}': (
        "person",
        why("spam.header", header="X-Spam-Flag: YES"),
    ),
    "person: DMARC failed": ("doubtful", why("screen.dmarc_failed")),
    "person: more than one From": ("doubtful", why("screen.several_from")),
    "person: malformed From": ("doubtful", why("screen.malformed_from")),
    'form: {"args": {"address": "a@b.example"}, "code": "screen.nobody_named"}': (
        "form",
        why("screen.nobody_named", address="a@b.example"),
    ),
    "list: header List-Id": ("list", why("screen.list_header", header="List-Id")),
    "list: X-Auto-Response-Suppress": ("list", why("screen.suppress")),
    "list: a header against mail loops": ("list", why("screen.loop_guard")),
    "list: a report about our domain": ("list", why("screen.domain_report")),
    "list: a filter tells of mail that it holds back": ("list", why("screen.filter_digest")),
    "list: a sender who reads no answers: no-reply": ("list", why("screen.no_reply", name="no-reply")),
    "list: a program wrote it, and says so": ("list", why("screen.says_program")),
    'list: {"args": {"address": "a@b.example"}, "code": "screen.machine_sender"}': (
        "list",
        why("screen.machine_sender", address="a@b.example"),
    ),
    "hold: a rule wants a person to answer first": ("hold", HELD.reason),
    "robot: the same words answer each of our letters at once": ("robot", ROBOT.reason),
    "undeliverable: 5.1.1": ("undeliverable", undeliverable("5.1.1").reason),
    "undeliverable: 550 5.1.1: no\nsuch user": ("undeliverable", undeliverable("550 5.1.1: no\nsuch user").reason),
    "spam: set by Mara Lind": ("spam", closed_by("spam", "Mara Lind").reason),
    "ignore: set by Jo: x": ("ignored", closed_by("ignore", "Jo: x").reason),
    JSON.format("mute.marked"): ("marked", MARKED.reason),
    JSON.format("mute.nowhere"): ("nowhere", NOWHERE.reason),
    JSON.format("mute.thanked"): ("thanked", THANKED.reason),
    JSON.format("mute.unconfirmed"): ("unconfirmed", UNCONFIRMED.reason),
    JSON.format("mute.until_reply"): ("until-reply", UNTIL_REPLY.reason),
    JSON.format("mute.whose"): ("whose", WHOSE.reason),
    JSON.format("mute.written_to"): ("written-to", WRITTEN_TO.reason),
    "person: words that no version wrote": ("person", why("mute.said", words="words that no version wrote")),
    "the mail was sent by a list": ("other", why("mute.said", words="the mail was sent by a list")),
    "bounced": ("other", why("mute.said", words="bounced")),
    '{"args": broken': ("other", why("mute.said", words='{"args": broken')),
}


def test_every_sentence_of_a_silence_becomes_a_kind_and_a_reason(empty_url):
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()))
    database = Database(empty_url)
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0016")
        for number, words in enumerate(SENTENCES, start=1):
            row = as_before(connection, "ticket", ticket_values(ticket(number)))
            connection.execute(schema.ticket.insert().values(version=1, **(row | {"mute": words})))
        row = as_before(connection, "ticket", ticket_values(ticket(900)))
        connection.execute(schema.ticket.insert().values(version=1, **row))
        notice = outgoing(
            "notice:1", kind=OutgoingKind.NOTICE, name="new", fields={"mute": "person: older than 24 hours"}
        )
        waits = as_before(connection, "outbox", outgoing_values(notice, NOW))
        connection.execute(schema.outbox.insert().values(**waits))
    database.close()
    migrate(empty_url)
    store = open_store(empty_url, migrate=False)
    found = {words: store.lists.ticket(number).ticket.mute for number, words in enumerate(SENTENCES, start=1)}
    assert {words: (mute.kind.value, mute.reason) for words, mute in found.items()} == SENTENCES
    assert store.lists.ticket(900).ticket.mute is None
    assert store.lists.outbox()[0].outgoing.fields["mute"] == why("screen.too_old", hours=24).field
    store.close()
    assert {kind for kind, _ in SENTENCES.values()} == {kind.value for kind in Silence}, "each kind, from a sentence"


COUNTED = {  # state, mute, when it is looked at, what was counted; what it is looked at for, covers, reminders
    1: (TicketState.SPAM, MARKED, NOW, 0, LookFor.TELL_HEAP, 0, 0),
    2: (TicketState.RESOLVED, None, NOW + HOUR, 0, LookFor.CHECK_IN, 0, 0),
    3: (TicketState.OPEN, HELD, NOW, 3, LookFor.REMIND_AGENTS, 0, 3),
    4: (TicketState.WAITING, UNTIL_REPLY, NOW, 2, LookFor.REMIND_AGENTS, 0, 2),
    5: (TicketState.OPEN, None, None, 2, None, 2, 0),
    6: (TicketState.OPEN, undeliverable("5.1.1"), None, 2, None, 2, 2),
    7: (TicketState.RESOLVED, closed_by("spam", "Mara Lind"), None, 1, None, 1, 1),
}


def test_what_a_ticket_is_looked_at_for_and_what_was_counted_is_told_by_where_it_stands(empty_url):
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()))
    database = Database(empty_url)
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0018")
        looked_at = text("UPDATE ticket SET check_in_at = :at WHERE number = :number").bindparams(
            bindparam("at", type_=Moment)
        )
        for number, (state, mute, at, covers, *_) in COUNTED.items():
            one = ticket(number, state=state, mute=mute, covers=covers)
            row = as_before(connection, "ticket", ticket_values(one))
            connection.execute(schema.ticket.insert().values(version=1, **row))
            connection.execute(looked_at, {"at": at, "number": number})
    database.close()
    migrate(empty_url)
    store = open_store(empty_url, migrate=False)
    for number, (state, mute, at, _, kind, covers, reminders) in COUNTED.items():
        one = store.lists.ticket(number).ticket
        assert (one.state, one.mute, one.covers, one.reminders) == (state, mute, covers, reminders)
        assert one.look == (None if at is None else Look(kind, at))
    assert store.due(NOW, 9) == [1, 3, 4]
    assert [one.number for one in store.heap("support", NOW, 9)] == [1]
    store.close()


def test_who_is_never_reminded_of_a_silence_is_told_alike_by_the_program_and_the_migration():
    script = runpy.run_path(str(next((migrations_dir() / "versions").glob("*_look.py"))))
    never = {kind.value for kind, row in TABLE.items() if row.reminded is Reminded.NEVER}
    assert {word.strip(" '") for word in script["NOT_REMINDED"].split(",")} == never
