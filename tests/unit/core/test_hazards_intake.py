"""Hazards 4, 5, 7, 8 and 10: writes that fail, processes that sleep, UIDs that change, and mails that nobody can decide."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import timedelta
from email.utils import format_datetime
from itertools import count

import pytest
from sqlalchemy import event, update

from mailbot.adapters.store.schema import mailbox
from mailbot.core.model.outgoing import OutboxState
from mailbot.core.model.reason import why
from mailbot.loops import receive
from mailbot.loops.receive import LEASE, Decider
from mailbot.loops.send import Sender
from tests.simulation.scripted_world import TAKEN, ScriptedDesk, Server
from tests.simulation.simulated_desk import MONDAY, mail, minutes
from tests.statements import connecting


@pytest.fixture
def new_desk():
    desks = []

    def make(**arguments):
        desks.append(ScriptedDesk(**arguments))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


def matter(number, *, at=MONDAY):
    return mail(
        f"Customer {number} <c{number}@shop{number}.example>",
        f"The export number {number} is broken, the column with the names is empty.",
        at=at,
        subject=f"Export {number}",
        message_id=f"first.{number}@shop{number}.example",
    )


def tickets(desk):
    return desk.store.lists.tickets(limit=10_000)


# --- 4: writes that fail -----------------------------------------------------------------------------------------

FAULTS = {"ENOSPC": "database or disk is full", "EIO": "disk I/O error"}


class Disk:
    """What the store writes to: `fails` is asked before each statement that writes, and before each commit."""

    def __init__(self, desk, fails, words):
        disk = self
        self.struck = 0

        def ask(statement):
            if fails(statement):
                disk.struck += 1
                raise sqlite3.OperationalError(words)

        class Cursor(sqlite3.Cursor):
            def execute(self, statement, *values):
                if statement.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE"):
                    ask(statement)
                return super().execute(statement, *values)

            def executemany(self, statement, *values):
                ask(statement)
                return super().executemany(statement, *values)

        class Connection(sqlite3.Connection):
            def cursor(self, factory=Cursor):
                return super().cursor(factory)

            def commit(self):
                if self.in_transaction:
                    ask("COMMIT")
                super().commit()

        def connect(_dialect, _record, arguments, named):
            return sqlite3.connect(*arguments, **{**named, "factory": Connection})

        engine = desk.store._database.engine
        event.listen(connecting(engine), "do_connect", connect)
        engine.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("words", FAULTS.values(), ids=FAULTS)
def test_hazard_04_a_write_that_fails_anywhere_loses_and_doubles_nothing(new_desk, words):
    nth = struck = 0
    while True:
        desk = new_desk()
        desk.box.on_mark = only_what_is_stored(desk)
        desk.box.deliver(matter(1), matter(2))
        writes = count()
        disk = Disk(desk, lambda _, writes=writes, nth=nth: next(writes) == nth, words)
        for _ in range(6):
            desk.try_to_work()
            desk.clock.at += minutes(11)  # past every lease and every pause
        if not disk.struck:
            break
        struck += 1
        assert disk.struck == 1
        where = f"write {nth}"
        assert sorted(set(desk.box.marked)) == [1, 2], where
        assert [t.requester.address for t in sorted(tickets(desk), key=lambda t: t.number)] == [
            "c1@shop1.example",
            "c2@shop2.example",
        ], where
        assert {row.state for row in desk.store.lists.outbox(limit=100)} == {OutboxState.SENT}, where
        copies = Counter(desk.server.taken)
        assert len(copies) == 6, where  # an ack and two notices for each
        assert sum(copies.values()) <= 7, where  # the very same bytes once more where the end was not written down
        nth += 1 if nth < 12 else 3
    assert struck > 15, "hardly anything was written: it says nothing"


def only_what_is_stored(desk):
    def check(uids):
        assert desk.store.missing("support", desk.box.uidvalidity, uids) == [], "marked before its commit"

    return check


def test_hazard_04_nothing_is_marked_while_the_store_is_down(new_desk):
    desk = new_desk()
    desk.box.deliver(*(matter(n) for n in range(5)))
    full = True
    Disk(desk, lambda statement: full and "INTO inbound" in statement, FAULTS["ENOSPC"])
    for _ in range(3):
        assert not desk.try_to_work()
    assert desk.box.marked == []
    full = False
    assert desk.try_to_work()
    assert desk.box.marked == [1, 2, 3, 4, 5]
    assert len(tickets(desk)) == 5


# --- 5: processes that slept -------------------------------------------------------------------------------------


def beside(desk, holder, /, **changed):
    """The decider of another process on the same store."""
    shared = {"clock": desk.clock, "fresh": desk.fresh, "setting": lambda: desk.setting}
    return Decider(**{"inbound": desk.store, "desk": desk.store, "holder": holder, **shared, **changed})


class Sleepy:
    """The store as a process sees it that is stopped just before one of its commits."""

    def __init__(self, store, meanwhile):
        self._store, self._meanwhile = store, meanwhile

    def __getattr__(self, name):
        return getattr(self._store, name)

    def commit(self, decision, now, claim=None):
        self._meanwhile()
        self._store.commit(decision, now, claim)

    def commit_all(self, decided, now):
        self._meanwhile()
        self._store.commit_all(decided, now)


def test_hazard_05_a_process_stopped_past_its_lease_and_continued_opens_no_second_ticket(new_desk):
    desk = new_desk()
    desk.box.deliver(*(matter(n) for n in range(20)))
    desk.poller().poll_once()
    awake = beside(desk, "awake")

    def sleep_while_the_other_works():
        desk.clock.at += LEASE + minutes(1)
        while awake.decide_some():
            pass

    decisions = []
    sleepy = beside(desk, "sleepy", desk=Sleepy(desk.store, sleep_while_the_other_works), on_decided=decisions.append)
    while sleepy.decide_some():
        pass
    assert decisions == []
    assert len(tickets(desk)) == 20
    desk.send()
    assert max(Counter(to for to, _ in desk.server.taken if "shop" in to).values()) == 1


def test_hazard_05_a_sender_stopped_past_its_lease_sends_the_same_bytes_at_most(new_desk):
    desk = new_desk()
    desk.box.deliver(matter(1))
    desk.poller().poll_once()
    while desk.decider.decide_some():
        pass
    other = Server()
    second = Sender(
        outbox=desk.store,
        inbound=desk.store,
        desk=desk.store,
        clock=desk.clock,
        fresh=desk.fresh,
        setting=lambda: desk.setting,
        renderer=desk.sender._renderer,
        submitter=other,
        holder="awake",
    )
    slept = []

    def answer(to, raw):
        if not slept:  # stopped with the mail in its hands
            slept.append(to)
            desk.clock.at += minutes(46)
            desk.store.sweep(desk.clock.now())
            for row in desk.store.ready(desk.clock.now(), 50):
                [(_, taken)] = second._take([(row, second._written(row))])
                other.taken.append((taken.envelope_to, taken.raw))
                second._settle(row, TAKEN)
        return TAKEN

    desk.server.says = answer
    desk.send()
    everything = Counter(desk.server.taken + other.taken)
    assert len(everything) == 3
    assert sorted(everything.values()) == [1, 1, 2]
    assert {row.state for row in desk.store.lists.outbox(limit=100)} == {OutboxState.SENT}


# --- 7, 8: what others do to the mailbox -------------------------------------------------------------------------


def test_hazard_07_mails_that_another_client_moved_away_and_back_open_nothing(new_desk):
    desk = new_desk()
    desk.box.deliver(*(matter(n) for n in range(5)))
    desk.work()
    mails = list(desk.box.mails.values())
    desk.box.mails.clear()
    desk.work()
    desk.box.mails.update(enumerate(mails, start=101))
    desk.box.deliver(matter(5))
    before = len(desk.server.taken)
    desk.work()
    assert len(tickets(desk)) == 6
    assert len(desk.server.taken) == before + 3


@pytest.mark.slow
@pytest.mark.parametrize(("count", "with_ids"), [(500, True), (50, False)], ids=["with Message-IDs", "without"])
def test_hazard_08_another_uidvalidity_opens_no_ticket_and_sends_nothing(new_desk, count, with_ids):
    desk = new_desk()
    mails = [matter(n) for n in range(count)]
    if not with_ids:
        mails = [b"\r\n".join(x for x in m.split(b"\r\n") if not x.startswith(b"Message-ID:")) for m in mails]
    desk.box.deliver(*mails)
    desk.poller().poll_once()
    while desk.decider.decide_some(50):
        pass
    assert len(tickets(desk)) == count
    totals = desk.store.lists.totals().outbox
    desk.box.uidvalidity = 77
    desk.box.mails = dict(enumerate(reversed(mails), start=1))
    desk.poller().poll_once()
    while desk.decider.decide_some(50):
        pass
    assert desk.store.lists.totals().inbound == {"done": 2 * count}
    assert Counter(d.outcome for d in desk.decisions) == {"opened": count, "logged": count}
    assert len(tickets(desk)) == count
    assert desk.store.lists.totals().outbox == totals


@pytest.mark.parametrize("ago", [timedelta(days=40), timedelta(hours=3)], ids=["weeks", "hours"])
def test_hazard_08_mail_older_than_the_desk_stays_untouched_when_uidvalidity_changes(new_desk, ago):
    desk = new_desk()
    stamp = f"Received: from mx.lumen.example by mail.lumen.example; {format_datetime(MONDAY - ago)}\r\n"
    old = [stamp.encode() + matter(n, at=MONDAY - ago - timedelta(minutes=n)) for n in range(20)]
    desk.box.deliver(*old)
    with desk.store._database.write() as connection:
        connection.execute(update(mailbox).values(uidnext=21, cursor=21))
    desk.work()
    assert desk.store.lists.totals().inbound == {}
    desk.box.uidvalidity = 4
    desk.box.deliver(matter(99, at=desk.clock.at + minutes(1)))
    desk.work()
    assert [ticket.requester.address for ticket in tickets(desk)] == ["c99@shop99.example"]
    assert {row.outgoing.ticket for row in desk.store.lists.outbox(limit=100)} == {1}, "nobody hears of the old ones"
    assert desk.store.lists.totals().inbound == {"done": 21}


def test_hazard_08_a_clock_that_is_years_behind_loses_no_mail_when_uidvalidity_changes(new_desk):
    desk = new_desk()
    desk.box.deliver(matter(1))
    desk.work()
    desk.box.uidvalidity = 4
    desk.box.deliver(matter(2, at=MONDAY - timedelta(days=2000)))
    desk.work()
    assert len(tickets(desk)) == 2


def test_hazard_08_an_answer_to_us_counts_whatever_its_clock_says_when_uidvalidity_changes(new_desk):
    desk = new_desk()
    desk.box.deliver(matter(1))
    desk.work()
    desk.box.uidvalidity = 4
    years_back = mail(
        "Customer 1 <c1@shop1.example>",
        "It is the same with the column of the prices.",
        at=MONDAY - timedelta(days=4000),
        subject="Re: Export 1",
        In_Reply_To="<first.1@shop1.example>",
    )
    desk.box.deliver(years_back)
    desk.work()
    assert desk.decisions[-1].outcome == "joined"


# --- 10: a mail that cannot be decided ---------------------------------------------------------------------------


@pytest.mark.slow
def test_hazard_10_one_poison_mail_is_put_aside_and_all_others_are_done(new_desk, monkeypatch):
    desk = new_desk()
    poison = 50
    desk.box.deliver(*(matter(n) for n in range(100)))
    take_in = receive.take_in

    def fails_on_poison(raw, *arguments, **named):
        if f"first.{poison}@".encode() in raw:
            raise MemoryError("a mail like no other")
        return take_in(raw, *arguments, **named)

    monkeypatch.setattr(receive, "take_in", fails_on_poison)
    for _ in range(40):
        desk.work()
        desk.clock.at += timedelta(minutes=5)
    assert desk.store.lists.totals().inbound == {"done": 99, "quarantined": 1}
    [aside] = desk.store.lists.inbound("quarantined")
    assert f"first.{poison}@".encode() in desk.store.raw(aside.id)
    assert len(tickets(desk)) == 99
    assert [to for to, raw in desk.server.taken if b"stored mail 51" in raw] == ["admin@lumen.example"]
    assert not [to for to, _ in desk.server.taken if to == f"c{poison}@shop{poison}.example"]


@pytest.mark.parametrize(
    ("tries", "outcome"), [(receive.MOST_WITHOUT_END - 1, "done"), (receive.MOST_WITHOUT_END, "quarantined")]
)
def test_hazard_09_tries_that_the_road_to_the_database_ended_say_little_against_a_mail(new_desk, tries, outcome):
    desk = new_desk()
    desk.box.deliver(matter(1))
    desk.poller().poll_once()
    for _ in range(tries):  # each claim is committed, and its answer never arrives
        assert len(desk.store.claim("lost", desk.clock.now(), LEASE, 9)) == 1
        desk.clock.at += LEASE
    desk.work()
    assert desk.store.lists.totals().inbound == {outcome: 1}
    assert len(tickets(desk)) == (outcome == "done")


def test_hazard_10_a_mail_that_failed_is_tried_three_times_in_all(new_desk):
    desk = new_desk()
    desk.box.deliver(matter(1))
    desk.poller().poll_once()
    [claim] = desk.store.claim("test", desk.clock.now(), LEASE, 9)
    desk.store.fail(claim, "boom", desk.clock.now())
    for _ in range(2):
        desk.clock.at += timedelta(hours=1)
        assert len(desk.store.claim("lost", desk.clock.now(), LEASE, 9)) == 1
    desk.clock.at += timedelta(hours=1)
    desk.work()
    [aside] = desk.store.lists.inbound("quarantined")
    assert str(why("quarantine.failed", count=3)) == aside.reason
