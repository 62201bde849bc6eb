"""What an older version wrote into the diary is turned into codes, which are shown in the words of today."""

from __future__ import annotations

import json

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import insert, text
from sqlalchemy.schema import MetaData, Table

from mailbot.adapters.letters.reason_words import shown_event
from mailbot.adapters.store import schema
from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.migrations import migrate, migrations_dir
from mailbot.adapters.store.sql_store import open_store
from mailbot.adapters.store.ticket_rows import ticket_values
from mailbot.core.model.event import Event
from mailbot.core.model.known import Keys
from mailbot.core.model.reason import why
from tests.contract.made import NOW, decision, ticket
from tests.contract.test_migrations import as_before

DUE = "2026-03-02T10:00:00+00:00"
ANN, BOB = "ann@shop.example", "bob@shop.example"
HEADER = why("spam.header", header="X-Spam-Flag: YES")
WAITS = "the word due " + DUE

AS_IT_STOOD = {
    ("again", "the same mail came in to sales", "desk"): why("event.again.elsewhere", inbox="sales"),
    ("again", "serious trouble 3 times within 30 days", "desk"): why("event.again.trouble", count=3),
    ("assigned", "Jo Bell", "mara"): why("event.assigned.to", name="Jo Bell"),
    ("breaker", "40 letters within the hour, usual 1.5", "desk"): why("event.breaker.paused", count=40, usual="1.5"),
    ("checked in", "whether it still holds", "desk"): why("event.checked-in.holds"),
    ("claim", "the subject names #3, to which the sender does not belong", "desk"): why(
        "event.claim.not-theirs", number=3
    ),
    ("closed", "the customer did not answer", "desk"): why("event.closed.no-answer"),
    ("confirmed", ANN, "customer"): why("event.confirmed.by-mail", address=ANN),
    ("confirmed", "Mara Lind wrote to them", "mara"): why("event.confirmed.by-agent", name="Mara Lind"),
    ("covered", WAITS, "desk"): why("event.covered.due", due=DUE),
    ("customer", ANN, "mara"): why("event.customer.named", address=ANN),
    ("dropped", f"ack to {ANN}, mail 12 of the outbox", "admin"): why(
        "event.dropped.by-hand", letter="ack", address=ANN, number=12
    ),
    ("dropped", f"cover to {ANN}: a later word has taken its place", "desk"): why(
        "event.dropped.because", letter="cover", address=ANN, because="a later word has taken its place"
    ),
    ("eta", "friday 14:00", "mara"): why("event.eta.said", words="friday 14:00"),
    ("forged", f"a mail in the name of {ANN}", "desk"): why("event.forged.named", address=ANN),
    ("goodwill approved", "30 EUR: for the export: all of it, asked for by Jo Bell", "mara"): why(
        "event.goodwill-approved.asked-by", amount="30 EUR", reason="for the export: all of it", name="Jo Bell"
    ),
    ("goodwill approved", "30 EUR: for the year", "mara"): why(
        "event.goodwill-approved.own", amount="30 EUR", reason="for the year"
    ),
    ("goodwill asked", "30 EUR: for the year", "jo"): why(
        "event.goodwill-asked.sum", amount="30 EUR", reason="for the year"
    ),
    ("goodwill given", "15 EUR: for the wait", "jo"): why(
        "event.goodwill-given.sum", amount="15 EUR", reason="for the wait"
    ),
    ("held", "Mara Lind wrote before seeing the last answer", "mara"): why("event.held.crossed", name="Mara Lind"),
    ("held", "mara@x.example: it does not have exactly one sender in From", "desk"): why(
        "event.held.unproven", address="mara@x.example", because="it does not have exactly one sender in From"
    ),
    ("ignored", f"{ANN}: 5, feedback: no rule fitted", "desk"): why(
        "event.ignored.by-rule", address=ANN, because=why("account.told", words="5, feedback: no rule fitted")
    ),
    ("kept", WAITS, "mara"): why("event.kept.due", due=DUE),
    ("late", WAITS, "desk"): why("event.late.due", due=DUE),
    ("linked", f"a mail of {ANN} refers to #2 as well", "desk"): why("event.linked.to", address=ANN, number=2),
    ("linked", "a mail in #1 refers to this one as well", "desk"): why("event.linked.from", number=1),
    ("list", "header List-Id", "desk"): why("event.automatic.because", kind="list", because="header List-Id"),
    ("merged", "#2 is the same matter", "desk"): why("event.merged.same", number=2),
    ("named a time", f"by ten: at the latest: {DUE}", "mara"): why(
        "event.named-a-time.said", phrase="by ten: at the latest", moment=DUE
    ),
    ("no spam", "", "mara"): why("event.no-spam"),
    ("note", "she called: wants\nall of it", "mara"): why("event.note.said", words="she called: wants\nall of it"),
    ("nudged", f"no answer so far; closed after {DUE}", "desk"): why("event.nudged.closes", closes=DUE),
    ("opened", "priority 2: 2, money: 14 points from refund +14", "desk"): why(
        "event.opened.weighed",
        priority=2,
        because=why(
            "account.points",
            priority=2,
            level=why("level.2"),
            points=14,
            grounds=[why("account.ground", rule="refund", points="+14")],
        ),
    ),
    ("opened", f"Mara Lind wrote to {ANN}", "mara"): why("event.opened.by-agent", name="Mara Lind", address=ANN),
    ("passed on", f"Mara Lind forwarded a mail of {ANN}: please look", "mara"): why(
        "event.passed-on.with-words", name="Mara Lind", address=ANN, words="please look"
    ),
    ("passed on", f"Mara Lind forwarded a mail of {ANN}", "mara"): why(
        "event.passed-on.alone", name="Mara Lind", address=ANN
    ),
    ("plan", "we move you", "mara"): why("event.plan.said", words="we move you"),
    ("priority", "3 → 1", "mara"): why("event.priority.set", old=3, new=1),
    ("promised", "a word by " + DUE, "ack"): why("event.promised.by", due=DUE),
    ("quarantined", "support 17: parts nested more than 30 deep", "desk"): why(
        "event.quarantined.because", inbox="support", number=17, because="parts nested more than 30 deep"
    ),
    ("raised", "to priority 1: 1, all is failing", "desk"): why(
        "event.raised.to", priority=1, because=why("account.told", words="1, all is failing")
    ),
    ("reaction", f"{ANN}: 👎", "customer"): why("event.reaction.shown", address=ANN, shows="👎"),
    ("refused", "ack: help@lumen.example is one of our own addresses", "desk"): why(
        "event.refused.ours", letter="ack", address="help@lumen.example"
    ),
    ("refused", "one verb a line", "mara"): why("event.refused.because", because="one verb a line"),
    ("released", "", "mara"): why("event.released"),
    ("reminded", WAITS, "desk"): why("event.reminded.due", due=DUE),
    ("reopened", "", "mara"): why("event.reopened"),
    ("reopened", "the customer wrote again", "customer"): why("event.reopened.by-mail"),
    ("replaced", WAITS, "desk"): why("event.replaced.due", due=DUE),
    ("report", f"names none of our letters: {ANN}", "desk"): why("event.report.unmatched", address=ANN),
    ("resolved", "", "mara"): why("event.resolved"),
    ("retried", f"ack to {ANN}, mail 12 of the outbox", "admin"): why(
        "event.retried.letter", letter="ack", address=ANN, number=12
    ),
    ("retried", "support 17", "admin"): why("event.retried.mail", mailbox="support", number=17),
    ("signature", "keep 0a1b2c3d", "mara"): why("event.signature.asked", asked="keep", mark="0a1b2c3d"),
    ("signature", "drop 0a1b2c3d", "jo"): why("event.signature.asked", asked="drop", mark="0a1b2c3d"),
    ("spared", f"after their thanks nobody wrote by {DUE}", "desk"): why("event.spared.thanked", due=DUE),
    ("split", "it was split from #1", "admin"): why("event.split.from", number=1),
    ("split", f"the mail of {BOB} is #3 now", "admin"): why("event.split.off", address=BOB, number=3),
    ("taken", "", "mara"): why("event.taken"),
    ("taken over", f"{WAITS}, promised for #2", "desk"): why("event.taken-over.due", due=DUE, number=2),
    ("thanked", "", "mara"): why("event.thanked"),
    ("thanked", ANN, "customer"): why("event.thanked.by-customer", address=ANN),
    ("thanked", BOB, "desk"): why("event.thanked.elsewhere", address=BOB),
    ("told", f"with #1: {WAITS} did not come", "desk"): why("event.told.with", number=1, due=DUE),
    ("undelivered", "the notice new to mara@x.example was refused: 550 no: such user", "desk"): why(
        "event.undelivered.notice",
        because=why("trouble.notice-refused", name="new", address="mara@x.example", reply="550 no: such user"),
    ),
    ("undelivered", f"ack to {ANN} was refused: 550 no: such\nuser", "desk"): why(
        "event.undelivered.refused", letter="ack", address=ANN, reply="550 no: such\nuser"
    ),
    ("undelivered", f"ack to {ANN} is delayed: ", "desk"): why(
        "event.undelivered.delayed", letter="ack", address=ANN, reply=""
    ),
    ("undelivered", f"late of #4 to {ANN}: 5.1.1", "desk"): why(
        "event.undelivered.of-another", letter="late", number=4, address=ANN, reply="5.1.1"
    ),
    ("undelivered", f"{ANN}: 5.2.2", "desk"): why("event.undelivered.report", address=ANN, because="5.2.2"),
    ("waiting", "customer", "mara"): why("event.waiting.for-customer"),
    ("waiting", "the bank", "mara"): why("event.waiting.for-other", name="the bank"),
    ("without files", f"relay to {ANN} goes again without its files, 12.5 MB: 552 too big", "desk"): why(
        "event.without-files.again", letter="relay", address=ANN, size="12.5 MB", reply="552 too big"
    ),
    ("workaround", "use the old page", "mara"): why("event.workaround.said", words="use the old page"),
    ("wrote", f"{ANN}: to me: it fails", "customer"): why("event.wrote.to-us", address=ANN, words="to me: it fails"),
    ("wrote", f"to {ANN}: hello", "mara"): why("event.wrote.to-them", address=ANN, words="hello"),
    # What no version's words explain.
    ("goodwill", "15 EUR: for the wait", "jo"): why("event.said.words", what="goodwill", words="15 EUR: for the wait"),
    ("promised", "a word by noon", "desk"): why("event.said.words", what="promised", words="a word by noon"),
    ("danced", "", "desk"): why("event.said", what="danced"),
}
"""Of what stood in the columns what becomes of it, where what is shown of it stays the same."""

IN_BETTER_WORDS = {
    ("heard again", str(HEADER), "desk"): why("event.heard-again.before", because=HEADER),
    ("heard again", "no longer limit: 3 automatic mails to this address within the hour", "desk"): why(
        "event.heard-again.before", because=why("limit.address_hour", count=3)
    ),
    ("held", str(why("ask.again")), "mara"): why("event.held.asked", question=why("ask.again")),
    ("marked as spam", str(HEADER), "desk"): why("event.marked-as-spam.by-server", because=HEADER),
    ("not reloaded", "ack.txt.j2: 1 mistake", "desk"): why(
        "event.not-reloaded.because", files="ack.txt.j2", because=why("trouble.one-mistake")
    ),
    ("not reloaded", "20-money.toml, ack.txt.j2: 3 mistakes", "desk"): why(
        "event.not-reloaded.because", files="20-money.toml, ack.txt.j2", because=why("trouble.mistakes", count=3)
    ),
    ("reminded", "nobody has written, and the desk may not: person: older than 24 hours", "desk"): why(
        "event.reminded.silent", because=why("screen.too_old", hours=24)
    ),
    ("silent", str(why("mute.hold")), "desk"): why("event.silent.because", because=why("mute.hold")),
    ("silent", f"list: {HEADER}", "desk"): why("event.silent.because", because=HEADER),
    ("silent", "header List-Id", "desk"): why(
        "event.silent.because", because=why("screen.list_header", header="List-Id")
    ),
    ("silent", "by the moon", "desk"): why("event.silent.because", because="by the moon"),
    ("silent", json.dumps({"args": {"reason": str(HEADER)}, "code": "mute.no_letter"}), "desk"): why(
        "event.silent.because", because=why("mute.no_letter", reason=HEADER)
    ),
    ("submission", f"server.refuses, [smtp], ack of #3 to {ANN}", "desk"): why(
        "event.submission.server", because=why("server.refuses"), where=f"[smtp], ack of #3 to {ANN}"
    ),
}


@pytest.fixture
def store(empty_url):
    """The store of the version before, with each of these lines in it, brought to this version."""
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()))
    database = Database(empty_url)
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0017")
        row = as_before(connection, "ticket", ticket_values(ticket(1)))
        connection.execute(schema.ticket.insert().values(version=1, **row))
        before = Table("event", MetaData(), autoload_with=connection)
        at = NOW if connection.dialect.name == "postgresql" else int(NOW.timestamp() * 1_000_000)
        for what, detail, by in (*AS_IT_STOOD, *IN_BETTER_WORDS):
            line = {"ticket": 1, "at": at, "what": what, "detail": detail, "by": by}
            connection.execute(insert(before).values(line))
    database.close()
    migrate(empty_url)
    with_store = open_store(empty_url, migrate=False)
    yield with_store
    with_store.close()


def test_every_line_that_a_version_wrote_becomes_a_code_and_is_shown_in_words(store):
    lines = store.lists.ticket(1).events
    assert dict(zip((*AS_IT_STOOD, *IN_BETTER_WORDS), (line.what for line in lines), strict=True)) == {
        **AS_IT_STOOD,
        **IN_BETTER_WORDS,
    }
    assert {line.at for line in lines} == {NOW}
    assert [line.by for line in lines] == [by for *_, by in (*AS_IT_STOOD, *IN_BETTER_WORDS)]
    shown = {line.what.code: " ".join(shown_event(line)) for line in lines}
    assert [words for code, words in shown.items() if code in words or "{" in words] == []
    assert shown["event.kept.due"] == f"kept the answer due {DUE}"


def test_what_reads_the_diary_finds_what_stood_there_before(store):
    found = store.lookup(Keys(content_key="", sender=None, numbers=(1,), opening=True, said="mara"), NOW)
    assert [line.what for line in found.overrides[1]] == [why("event.priority.set", old=3, new=1)]
    assert found.kept_tails == {"0a1b2c3d"}


def test_lines_of_before_stay_before_new_ones(store):
    new = Event(ticket=1, at=NOW, what=why("event.taken"), by="jo")
    store.commit(decision(events=(new,)), NOW)
    assert store.lists.ticket(1).events[-1] == new
    with store._database.read() as connection:
        ids = connection.execute(text("SELECT id FROM event ORDER BY id")).scalars().all()
    assert ids == list(range(1, len(AS_IT_STOOD) + len(IN_BETTER_WORDS) + 2))
