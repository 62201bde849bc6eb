"""The accounts, notes and reasons that a version of before wrote are read into codes, which are shown in the words of today."""

from __future__ import annotations

import json

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from mailbot.adapters.letters.reason_words import shown_reason
from mailbot.adapters.store import schema
from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.migrations import migrate, migrations_dir
from mailbot.adapters.store.rows import message_values, outgoing_values
from mailbot.adapters.store.sql_store import open_store
from mailbot.adapters.store.ticket_rows import ticket_values
from mailbot.core.model.facts import Weighed
from mailbot.core.model.outgoing import OutgoingKind
from mailbot.core.model.reason import stored_reason, why
from tests.contract.made import NOW, message, outgoing, raw_mail, ticket
from tests.contract.test_migrations import as_before

MONEY = why("level.2")
CHARGED = why("account.ground-by-words", rule="charged", points="+14", words=["charged twice", "a (b), “c"])
ACCOUNTS = {
    "2, money: rule refund": why("account.rule", priority=2, level=MONEY, rule="refund"),
    "2, money: rule refund (“refund”, “money back”)": why(
        "account.rule-by-words", priority=2, level=MONEY, rule="refund", words=["refund", "money back"]
    ),
    "3: no rule fitted": why("account.none", priority=3),
    "3: no rule fitted; nearest was 2 with 6 of 10 points": why(
        "account.nearest", priority=3, near=2, points=6, threshold=10
    ),
    "2, money: 14 points from charged (“charged twice”, “a (b), “c”) +14": why(
        "account.points", priority=2, level=MONEY, points=14, grounds=[CHARGED]
    ),
    "2, money: 20 points from charged (“charged twice”, “a (b), “c”) +14, order +6; next was 3 with 4": why(
        "account.points-next",
        priority=2,
        level=MONEY,
        points=20,
        grounds=[CHARGED, why("account.ground", rule="order", points="+6")],
        next=3,
        behind=4,
    ),
    "set by Mara Lind": why("account.set-by", name="Mara Lind"),
    "‘export’ is a real problem": why("account.told", words="‘export’ is a real problem"),
    "2, money: 9 points from the moon": why("account.told", words="2, money: 9 points from the moon"),
}
NOTES = {
    "it answers a mail of the ticket": why("place.answers"),
    "it was split from #3": why("place.split", number=3),
    "it answers a letter of the ticket at once, in the words it used before": why("note.again"),
    "not confirmed": why("note.not-confirmed"),
    "to ann@shop.example": why("note.to", address="ann@shop.example"),
    f"refused: {why('verbs.one-a-line')}": why("note.refused", because=why("verbs.one-a-line")),
    "refused: it is not possible": why("note.refused", because="it is not possible"),
    "3: no rule fitted": why("account.none", priority=3),
    str(why("screen.person")): why("screen.person"),
    "null return path": why("screen.null_return_path"),
    "as nobody wrote it": why("note.told", words="as nobody wrote it"),
}
DECIDED = {
    "it lay in the mailbox before the desk came": why("outcome.before-desk"),
    "this mail is known already": why("outcome.known"),
    "they say thanks, and that needs no answer": why("outcome.thanks"),
    "Mara Lind wrote to ann@shop.example": why("outcome.wrote", name="Mara Lind", address="ann@shop.example"),
    "/p, /wait": why("outcome.verbs", verbs=["/p", "/wait"]),
    "parts nested more than 30 deep": why("unreadable.depth", most=30),
    "2, money: rule refund": why("account.rule", priority=2, level=MONEY, rule="refund"),
    str(why("mute.hold")): why("mute.hold"),
    "a word of old": why("note.told", words="a word of old"),
}
ETA = "2026-03-06T13:00:00+00:00"


@pytest.fixture
def store(empty_url):
    """The store of the version before, with each of these sentences in it, brought to this version."""
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()))
    database = Database(empty_url)
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0019")
        for number, said in enumerate(ACCOUNTS, start=1):
            row = as_before(connection, "ticket", ticket_values(ticket(number)))
            connection.execute(schema.ticket.insert().values(version=1, **(row | {"why": said})))
            row = as_before(connection, "message", message_values(message(f"w{number}", ticket=number)))
            kept = message_values(message(weighed=Weighed(priority=2)))["weighed"] | {"why": said}
            connection.execute(schema.message.insert().values(**(row | {"weighed": kept})))
            args = {"priority": "2", "because": said}
            line = {"ticket": number, "at": NOW, "code": "event.opened.weighed", "args": args, "by": "desk"}
            connection.execute(schema.event.insert().values(**line))
        row = as_before(connection, "ticket", ticket_values(ticket(900)))
        connection.execute(schema.ticket.insert().values(version=1, **row))
        for number, said in enumerate(NOTES, start=1):
            row = as_before(connection, "message", message_values(message(f"n{number:02}", ticket=900)))
            connection.execute(schema.message.insert().values(**(row | {"note": said})))
        fields = {"why": "2, money: 20 points from a (“x”) +14, b (“y”, “x”) +6", "eta": ETA}
        notice = outgoing("notice:1", kind=OutgoingKind.NOTICE, name="new", fields=fields)
        waits = as_before(connection, "outbox", outgoing_values(notice, NOW))
        connection.execute(schema.outbox.insert().values(**waits))
    database.close()
    made = open_store(empty_url, migrate=False)
    made.put([raw_mail(uid) for uid in range(1, len(DECIDED) + 2)], NOW)
    with made._database.write() as connection:
        for uid, said in enumerate(DECIDED, start=1):
            done = text("UPDATE inbound SET state = 'done', open_at = NULL, reason = :said WHERE uid = :uid")
            connection.execute(done, {"said": said, "uid": uid})
        failed = text("UPDATE inbound SET reason = 'boom' WHERE uid = :uid")
        connection.execute(failed, {"uid": len(DECIDED) + 1})
    made.close()
    migrate(empty_url)
    with_store = open_store(empty_url, migrate=False)
    yield with_store
    with_store.close()


def test_the_account_of_each_priority_becomes_a_code_and_is_shown_in_words(store):
    pages = [store.lists.ticket(number) for number in range(1, len(ACCOUNTS) + 1)]
    assert dict(zip(ACCOUNTS, (page.ticket.why for page in pages), strict=True)) == ACCOUNTS
    assert dict(zip(ACCOUNTS, (page.messages[0].weighed.why for page in pages), strict=True)) == ACCOUNTS
    told = [dict(page.events[0].what.args)["because"] for page in pages]
    assert dict(zip(ACCOUNTS, told, strict=True)) == ACCOUNTS
    shown = [shown_reason(account) for account in ACCOUNTS.values()]
    assert [words for words in shown if "account." in words or "{" in words] == []
    assert "3: no rule matched; the closest was 2 with 6 of 10 points" in shown
    assert store.lists.ticket(900).ticket.why is None


def test_each_note_of_a_mail_becomes_a_code(store):
    notes = [one.note for one in sorted(store.lists.ticket(900).messages, key=lambda one: one.id)]
    assert dict(zip(NOTES, notes, strict=True)) == NOTES


def test_why_a_mail_was_decided_so_becomes_a_code_and_what_failed_stays(store):
    *decided, failed = sorted(store.lists.inbound(), key=lambda row: row.id)
    assert dict(zip(DECIDED, (stored_reason(row.reason) for row in decided), strict=True)) == DECIDED
    assert failed.reason == "boom"


def test_a_notice_that_waits_says_the_words_that_decided_and_when_it_is_expected_to_be_right(store):
    [row] = store.lists.outbox()
    assert row.outgoing.fields == {
        "why": json.loads(str(why("account.words", words=["x", "y"]))),
        "eta": ETA,
        "eta_at": ETA,
    }
