"""What people ask the store."""

from __future__ import annotations

import os
import stat

import pytest

from mailbot.adapters.store.sql_store import open_store
from mailbot.adapters.store.views.lists import MailboxRow, Which
from mailbot.core.model.known import Keys
from mailbot.core.model.outgoing import OutboxState, OutgoingKind
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.reason import why
from mailbot.core.model.silence import HELD, MARKED, Mute, Silence
from mailbot.core.model.ticket import Look, LookFor, TicketState
from mailbot.ports import Settled
from tests.contract.made import ANN, HOUR, MINUTE, NOW, decision, message, outgoing, promise, raw_mail, ticket


def test_tickets_the_most_pressing_first(store):
    store.commit(
        decision(
            tickets=(
                ticket(1, priority=3),
                ticket(2, priority=1, state=TicketState.RESOLVED),
                ticket(3, priority=1, opened_at=NOW + HOUR),
                ticket(4, priority=1),
                ticket(5),
            )
        ),
        NOW,
    )
    store.commit(decision(moves=((5, 1),)), NOW)
    assert [one.number for one in store.lists.tickets()] == [2, 4, 3, 1]
    assert [one.number for one in store.lists.tickets(TicketState.OPEN)] == [4, 3, 1]
    assert [one.number for one in store.lists.tickets(limit=1)] == [2]


@pytest.mark.parametrize(
    ("which", "numbers"),
    [
        (Which(), [1, 4, 2, 3]),
        (Which(states=(TicketState.OPEN, TicketState.WAITING)), [1, 4, 3]),
        (Which(of="kim"), [4, 2]),
        (Which(of="kim", states=(TicketState.OPEN,)), [4]),
        (Which(of=""), [1, 3]),
        (Which(priorities=(1, 4)), [1, 3]),
        (Which(due=NOW + HOUR), [4]),
        (Which(due=NOW + 3 * HOUR), [1, 4]),
        (Which(since=NOW), [4, 2, 3]),
        (Which(since=NOW, of="", priorities=(4,), due=NOW + HOUR), []),
    ],
)
def test_tickets_that_meet_all_that_is_asked(store, which, numbers):
    store.commit(
        decision(
            tickets=(
                ticket(1, priority=1, opened_at=NOW - HOUR),
                ticket(2, priority=2, assignee="kim", state=TicketState.RESOLVED, opened_at=NOW + HOUR),
                ticket(3, priority=4, state=TicketState.WAITING),
                ticket(4, priority=2, assignee="kim"),
            ),
            promises=(
                promise("p1", ticket=1, due=NOW + 2 * HOUR),
                promise("p4", ticket=4, due=NOW - HOUR),
                promise("p2", ticket=2, due=NOW, state=PromiseState.KEPT, ended_at=NOW),
            ),
        ),
        NOW,
    )
    assert [one.number for one in store.lists.chosen(which)] == numbers
    assert [one.number for one in store.lists.chosen(which, limit=1)] == numbers[:1]


def test_before_all_others_those_whom_only_a_person_may_write_to(store):
    waits = {"mute": HELD, "look": Look(LookFor.REMIND_AGENTS, NOW + HOUR)}
    asked = {"mute": HELD, "look": Look(LookFor.CHECK_IN, NOW + HOUR)}
    store.commit(
        decision(
            tickets=(
                ticket(1, priority=1),
                ticket(2, priority=4, **waits),
                ticket(3, priority=2, state=TicketState.WAITING, **waits),
                ticket(4, priority=1, state=TicketState.RESOLVED, **asked),
                ticket(5, priority=5, mute=Mute(Silence.LIST, why("screen.list_header", header="List-Id"))),
            )
        ),
        NOW,
    )
    assert [one.number for one in store.lists.tickets()] == [3, 2, 1, 4, 5]


def test_a_ticket_with_all_that_belongs_to_it(store):
    assert store.lists.ticket(1) is None
    store.commit(
        decision(
            tickets=(ticket(), ticket(2)),
            messages=(
                message("m2", ticket=1, received_at=NOW + HOUR),
                message("m1", ticket=1),
                message("m3", ticket=2),
            ),
            promises=(promise(),),
            outgoing=(outgoing(ticket=1), outgoing("ack:2", ticket=2)),
        ),
        NOW,
    )
    page = store.lists.ticket(1)
    assert [one.id for one in page.messages] == ["m1", "m2"]
    assert [one.id for one in page.promises] == ["p1"]
    assert [row.outgoing.key for row in page.outgoing] == ["ack:1"]
    assert page.events == ()


def test_promises_the_earliest_due_first(store):
    late = promise("p0", ticket=1, state=PromiseState.LATE, ended_at=NOW, due=NOW)
    store.commit(
        decision(
            tickets=(ticket(1), ticket(2)),
            promises=(late, promise("p1", due=NOW + HOUR), promise("p2", ticket=2, due=NOW + MINUTE)),
        ),
        NOW,
    )
    assert [one.id for one in store.lists.promises()] == ["p2", "p1"]
    assert [one.id for one in store.lists.promises(None)] == ["p0", "p2", "p1"]
    assert [one.id for one in store.lists.promises(PromiseState.LATE)] == ["p0"]
    assert len(store.lists.promises(limit=1)) == 1


def test_totals_and_mailboxes(store):
    store.baseline("support", 7, 3, NOW)
    store.baseline("billing", 1, 1, NOW)
    store.put([raw_mail(4), raw_mail(5)], NOW)
    store.put([raw_mail(6)], NOW + HOUR)
    store.claim("a", NOW, MINUTE, 1)
    letters = (outgoing("a"), outgoing("b"), outgoing("c", kind=OutgoingKind.NOTICE))
    store.commit(decision(tickets=(ticket(),), promises=(promise(),), outgoing=letters), NOW)
    [row] = [row for row in store.lists.outbox() if row.outgoing.key == "a"]
    store.settle(row, Settled(state=OutboxState.DROPPED, reply=""), NOW)
    totals = store.lists.totals()
    assert totals.inbound == {"stored": 2, "claimed": 1}
    assert totals.outbox == {("letter", "ready"): 1, ("letter", "dropped"): 1, ("notice", "ready"): 1}
    assert totals.promises == {"open": 1}
    assert totals.tickets == {"open": 1}
    assert [one.outgoing.key for one in store.lists.outbox(OutboxState.DROPPED)] == ["a"]
    assert store.lists.mailboxes() == [
        MailboxRow(name="billing", uidvalidity=1, uidnext=1, cursor=1, since=NOW, renewed=False, last_received_at=None),
        MailboxRow(
            name="support", uidvalidity=7, uidnext=3, cursor=7, since=NOW, renewed=False, last_received_at=NOW + HOUR
        ),
    ]


def test_inbound_the_newest_first(store):
    store.put([raw_mail(4), raw_mail(5, oversize=True, size=99)], NOW)
    newest, oldest = store.lists.inbound()
    assert (newest.uid, newest.size, newest.state, newest.attempts) == (5, 99, "stored", 0)
    assert (oldest.uid, oldest.mailbox, oldest.received_at) == (4, "support", NOW)
    assert store.lists.inbound("done") == []


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX")
def test_the_files_of_sqlite_are_for_their_owner_only(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/desk.db")
    store.numbers(1)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("desk.db*")}
    store.close()
    assert modes == {"desk.db": 0o600, "desk.db-wal": 0o600, "desk.db-shm": 0o600}


def test_an_error_shows_nothing_of_a_mail(store):
    secret = message(ticket=99, text="the canary")
    with pytest.raises(Exception, match=r"(?i)foreign key") as caught:
        store.commit(decision(messages=(secret,)), NOW)
    assert "canary" not in str(caught.value)


def test_the_spam_heap_and_what_of_it_is_to_be_told(store):
    spam = {"state": TicketState.SPAM, "mute": MARKED}
    told, told_later = Look(LookFor.TELL_HEAP, NOW), Look(LookFor.TELL_HEAP, NOW + HOUR)
    store.commit(
        decision(
            tickets=(
                ticket(1, look=told_later, **spam),
                ticket(2, look=told, **spam),
                ticket(3, look=told, inbox="billing", **spam),
                ticket(4, look=None, **spam),
                ticket(5, look=Look(LookFor.CHECK_IN, NOW), state=TicketState.RESOLVED),
                ticket(6, look=Look(LookFor.REMIND_AGENTS, NOW)),
            )
        ),
        NOW,
    )
    assert store.lists.in_heap() == 4
    assert [one.number for one in store.lists.tickets(TicketState.SPAM)] == [1, 2, 3, 4]
    assert [one.number for one in store.heap("support", NOW, 9)] == [2]
    assert [one.number for one in store.heap("support", NOW + HOUR, 9)] == [2, 1]
    assert [one.number for one in store.heap("support", NOW + HOUR, 1)] == [2]
    assert store.heap("nowhere", NOW + HOUR, 9) == []
    (found,) = store.heap("billing", NOW, 9)
    assert (found.state, found.unresolved) == (TicketState.SPAM, False)
    known = store.lookup(Keys(content_key="", sender=ANN.key, open_for="mara"), NOW + MINUTE)
    assert [one.number for one in known.open_tickets] == [6]
    assert (known.recent_tickets, known.recent_trouble) == (2, 2)
