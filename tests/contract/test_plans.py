"""What the loops ask all the time costs the same however much is stored: every such query has its index."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event, text

from mailbot.adapters.store.columns import short
from mailbot.core.model.known import Keys
from mailbot.core.model.refs import Ref
from tests.contract.made import HOUR, MINUTE, NOW, decision, message, outgoing, promise, raw_mail, ticket
from tests.contract.test_gathering import notice

LOOKUP = Keys(
    content_key="new",
    sender="ann@shop.example",
    message_ids=("a", "b"),
    numbers=(1,),
    held="m1",
    said="kim",
    answered=("n1",),
    acquainted=True,
)


def abandoned(store):
    store.hold("process:a", "a", NOW, MINUTE)
    return store.abandon(store.held("process:")[0], NOW, gone=True)


def crowd(store):
    """More notices than are told one by one, of two sorts that are asked about otherwise, and who waits."""
    many = [notice(f"m{nth}", sender=f"s{nth}@mill.example", of=2 + nth % 60) for nth in range(300)]
    store.commit(decision(tickets=tuple(map(ticket, range(2, 62))), outgoing=tuple(many)), NOW)
    with store._database.write() as connection:  # all are for one reader: only statistics tell which index finds fewest
        connection.execute(text("ANALYZE outbox"))
    mails = [notice(f"n{nth}", name=name, priority=1, of=1) for nth, name in enumerate(("followup",) * 6 + ("new",))]
    store.commit(decision(outgoing=tuple(mails)), NOW)
    store.crowded(NOW, MINUTE)
    rows = store.gathered("kim@desk.example", 5)
    store.tell(rows, notice("digest", name="digest"), NOW)


QUESTIONS = {
    "due": (lambda s: s.due(NOW, 5), {"ix_promise_wake_at", "ix_ticket_look_at"}),
    "next_wake": (lambda s: s.next_wake(), {"ix_promise_wake_at", "ix_ticket_look_at"}),
    "missed": (lambda s: s.missed("ann@shop.example", NOW), {"ix_promise_to_key_ended_at"}),
    "claim": (lambda s: s.claim("a", NOW, MINUTE, 5), {"ix_inbound_waiting"}),
    "ready": (lambda s: s.ready(NOW, 5), {"ix_outbox_waiting"}),
    "next_due": (lambda s: s.next_due(), {"ix_outbox_waiting"}),
    "abandon": (abandoned, {"ix_outbox_waiting", "ix_inbound_waiting"}),
    "sweep": (lambda s: s.sweep(NOW + HOUR), {"ix_outbox_waiting"}),
    "crowd": (
        crowd,
        {
            "ix_outbox_gather_of_gathered",
            "ix_outbox_ticket_gathered",
            "ix_outbox_gather_as_gathered",
            "ix_outbox_gather_domain_gathered",
            "ix_outbox_gathering",
        },
    ),
    "missing": (lambda s: s.missing("support", 7, [1, 2]), {"uq_inbound|sqlite_autoindex_inbound"}),
    "counts": (lambda s: s.counts(["a@b.example"], NOW), {"ix_outbox_limit_address", "ix_outbox_limit_domain"}),
    "pace": (lambda s: s.pace(NOW), {"ix_outbox_counted"}),
    "lookup": (
        lambda s: s.lookup(LOOKUP, NOW),
        {
            "ix_ticket_requester_opened_at",
            "ix_promise_to_key_ended_at",
            "ix_outbox_limit_address",
            "ix_outbox_limit_domain",
            "ix_outbox_ticket",
            "ix_message_ticket_received_at",
            "ix_message_agent_received_at",
            "ix_event_signature",
            "uq_promise_open",
            "pk_ref|ref USING PRIMARY KEY (message_id=? AND sender=?",
            "pk_message|sqlite_autoindex_message_1",
            "uq_message_content_key|sqlite_autoindex_message",
            "pk_customer_tags|sqlite_autoindex_customer_tags",
            "pk_confirmed|sqlite_autoindex_confirmed",
        },
    ),
}


@pytest.fixture
def plans(store, monkeypatch):
    """The plans of all statements that the store runs from now on."""
    store.put([raw_mail(1)], NOW)
    store.commit(
        decision(
            tickets=(ticket(),),
            messages=(message(ticket=1),),
            promises=(promise(),),
            outgoing=(outgoing(),),
            refs=(Ref(message_id="a", ticket=1),),
        ),
        NOW,
    )
    found = []
    on_sqlite = store._database.sqlite

    def explain(connection, _cursor, statement, parameters, _context, many):
        if many or not statement.startswith(("SELECT", "UPDATE")):
            return
        cursor = connection.connection.cursor()
        if not on_sqlite:
            # A table of one row is scanned whatever indexes there are.
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(("EXPLAIN QUERY PLAN " if on_sqlite else "EXPLAIN ") + statement, parameters)
        found.append("\n".join(str(tuple(row)[-1]) for row in cursor.fetchall()))

    event.listen(store._database.engine, "before_cursor_execute", explain)
    if not on_sqlite:
        event.listen(store._database._snapshots, "before_cursor_execute", explain)
    return found


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_of_the_loops_has_its_index(store, plans, question):
    ask, indexes = QUESTIONS[question]
    ask(store)
    # The table of leases has a row for each inbox and each process: it is read whole.
    words = "\n".join(line for line in "\n".join(plans).splitlines() if not re.search(r"(SCAN|Scan on) lease\b", line))
    missing = {names for names in indexes if not any(name in words for name in names.split("|"))}
    assert not missing, words
    scans = [line for line in words.splitlines() if line.startswith("SCAN") and "INDEX" not in line]
    ours = ("CONSTANT ROW", "always", "SCAN anon_")  # the last: a few rows that a subquery has found by its index
    assert [line for line in scans if not any(word in line for word in ours)] == []
    assert "Seq Scan" not in words
    if question in ("due", "next_wake", "claim", "ready"):
        # Only SQLite decides this without statistics.
        assert "TEMP B-TREE" not in words


def test_keys_stay_short():
    assert short("a@x.example") == "a@x.example"
    assert len(short("x" * 5000)) < 200
    assert short("x" * 5000 + "a") != short("x" * 5000 + "b")
