"""What a commit that fails, a store that is away for a moment and a second process must not do to mails and letters."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
import structlog

from mailbot.core.model.outgoing import OutboxState
from mailbot.errors import StoreDown
from mailbot.loops.daemon import Daemon
from mailbot.loops.liveness import Liveness
from mailbot.loops.receive import Decider
from mailbot.loops.send import Sender
from mailbot.loops.wakeable import OwnThread, StoreState, Wakeable
from mailbot.ports import RawMail
from tests.simulation.simulated_desk import MARA, MONDAY, TAKEN, SimulatedDesk, _loop, mail, shipped

ANA = "Ana <ana@quay.example>"


@pytest.fixture(autouse=True)
def quiet():
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


@pytest.fixture
def desk():
    one = SimulatedDesk()
    yield one
    one.close()


class NobodyKnows:
    """A process lock to processes of another machine."""

    def gone(self, _holder):
        return False


def deliver(desk, raws, first=100):
    mails = [
        RawMail(mailbox="support", uidvalidity=1, uid=uid, raw=raw, size=len(raw))
        for uid, raw in enumerate(raws, first)
    ]
    desk.store.put(mails, desk.clock.now())


def decide_all(desk, limit=16):
    while desk.decider.decide_some(limit):
        pass


def strangers(count):
    return [mail(f"p{n}@quay{n}.example", f"My export number {n} fails.", at=MONDAY) for n in range(count)]


def subjects(desk):
    return sorted(ticket.subject for ticket in desk.store.lists.tickets(limit=1000))


@pytest.mark.parametrize("where", ["commit", "lookup"])
def test_one_mail_that_cannot_be_stored_does_not_stop_the_desk(desk, where):
    store = desk.store
    commit, commit_all, lookup, lookups = store.commit, store.commit_all, store.lookup, store.lookups

    def check(kind, bad):
        if kind == where and bad:
            raise OverflowError("too large for the database")

    def spoilt(decision):
        return any(message.from_.address.startswith("p2@") for message in decision.messages)

    def checked_commit(decision, now, claim=None):
        check("commit", spoilt(decision))
        commit(decision, now, claim)

    def checked_commit_all(decided, now):
        check("commit", any(spoilt(decision) for decision, _ in decided))
        commit_all(decided, now)

    def checked_lookup(keys, now):
        check("lookup", (keys.sender or "").startswith("p2@"))
        return lookup(keys, now)

    def checked_lookups(asked, now):
        check("lookup", any((keys.sender or "").startswith("p2@") for keys in asked))
        return lookups(asked, now)

    store.commit, store.commit_all = checked_commit, checked_commit_all
    store.lookup, store.lookups = checked_lookup, checked_lookups
    deliver(desk, strangers(5))
    decide_all(desk)
    assert len(subjects(desk)) == 4


def test_a_priority_set_in_the_same_group_counts_for_the_next_mail(desk):
    desk.receive(mail(ANA, "You charged me twice for my invoice.", at=MONDAY, subject="Invoice"))
    notice = desk.last("new", "mara")
    agents = mail(MARA.addresses[0], "/p 4", at=MONDAY, to=notice.reply_to, In_Reply_To=f"<{notice.message_id}>")
    deliver(desk, [agents, mail(ANA, "You charged me twice for the other invoice.", at=MONDAY, subject="Another")])
    decide_all(desk)
    assert "event.again.trouble" not in {event.what.code for event in desk.decisions[-1].events}


def test_a_store_that_is_away_for_a_moment_delays_and_doubles_no_letter(desk):
    deliver(desk, strangers(4))
    decide_all(desk)
    settle, give_back = desk.store.settle, desk.store.give_back

    def down(*_):
        raise StoreDown("the database is locked")

    desk.store.settle = desk.store.give_back = down
    with pytest.raises(StoreDown):
        _loop().run_until_complete(desk.sender.send_some())
    desk.store.settle, desk.store.give_back = settle, give_back
    desk.clock.at += timedelta(seconds=30)
    desk.send()
    assert {sent.outgoing.to.address for sent in desk.sent if sent.outgoing.name == "ack"} == {
        f"p{n}@quay{n}.example" for n in range(4)
    }
    desk.clock.at += timedelta(minutes=20)
    desk.store.sweep(desk.clock.now())
    desk.send()
    assert len({sent.message_id for sent in desk.sent}) == len(desk.sent)


@pytest.mark.slow
def test_a_reply_that_a_second_process_decides_meanwhile_is_of_the_same_ticket(desk):
    shared = {"desk": desk.store, "inbound": desk.store, "clock": desk.clock, "fresh": desk.fresh}
    other = Decider(holder="other", setting=lambda: desk.setting, **shared)
    first = mail(ANA, "The export button does nothing.", at=MONDAY, subject="Export", message_id="a@quay.example")
    reply = mail(ANA, "It is Monday's.", at=MONDAY, subject="Re: Export", In_Reply_To="<a@quay.example>")
    more = strangers(30)
    deliver(desk, [*more[:15], first, reply, *more[15:]])
    commit_all, waiting = desk.store.commit_all, [True]

    def slow(decided, now):
        if waiting:
            waiting.pop()
            other.decide_some(16)
        commit_all(decided, now)

    desk.store.commit_all = slow
    decide_all(desk)
    assert [subject for subject in subjects(desk) if "Export" in subject] in (["Export"], ["Re: Export"])


def test_a_process_that_slept_past_its_lease_doubles_one_letter_at_most(desk):
    deliver(desk, strangers(5))
    decide_all(desk)
    began, copies = desk.clock.now(), []

    class Server:
        def __init__(self):
            self.asleep = None

        async def submit(self, _sender, _recipient, data):
            if self.asleep is not None:
                sleeps, self.asleep = self.asleep, None
                await sleeps()
            copies.append(data)
            return TAKEN

        async def close(self):
            """Nothing is open."""

    def process(holder):
        shared = {"desk": desk.store, "clock": desk.clock, "fresh": desk.fresh, "setting": lambda: desk.setting}
        shared |= {"outbox": desk.store, "inbound": desk.store, "renderer": shipped().templates}
        server = Server()
        liveness = Liveness(leases=desk.store, process_lock=NobodyKnows(), clock=desk.clock, holder=holder)
        liveness.beat()
        return Sender(submitter=server, holder=holder, **shared), server, liveness

    sleeper, server, _ = process("sleeper")
    awake, _, looks = process("awake")

    async def sleep():
        desk.clock.at = began + timedelta(seconds=61)
        looks.beat()
        while await awake.send_some() > 0:
            pass
        desk.clock.at = began + timedelta(seconds=65)

    server.asleep = sleep
    desk.clock.at = began + timedelta(seconds=9)  # it would have said at 10 that it lives
    _loop().run_until_complete(sleeper.send_some())
    assert len(copies) - len(set(copies)) <= 1


def test_a_day_whose_letters_have_ended_ends():
    async def breaks():
        raise asyncio.CancelledError

    async def idle():
        return False

    async def day():
        other = Wakeable(idle, StoreState())
        work = asyncio.gather(other.run(), OwnThread("letters", Wakeable(breaks, StoreState()).run).run())
        ended, _ = await asyncio.wait({work}, timeout=1)
        other.stop()
        await asyncio.gather(work, return_exceptions=True)
        return bool(ended)

    assert asyncio.run(day())


def test_a_stop_waits_for_one_mail_and_not_for_its_whole_claim(desk):
    deliver(desk, strangers(8))
    began, detect, judged = threading.Event(), desk.setting.detect, []

    def slow(text):
        if "number" in text:
            began.set()
            judged.append(text)
            time.sleep(0.05)  # as if a mail were hard to read
        return detect(text)

    desk.setting = replace(desk.setting, detect=slow)
    liveness = Liveness(leases=desk.store, process_lock=NobodyKnows(), clock=desk.clock, holder="test")
    shared = {"decider": desk.decider, "sender": desk.sender, "reminder": desk.reminder, "liveness": liveness}
    daemon = Daemon(pollers=[], desk=desk.store, outbox=desk.store, clock=desk.clock, **shared)

    async def stopped():
        running = asyncio.ensure_future(daemon.run())
        await asyncio.to_thread(began.wait, 10)
        daemon.stop()
        await running

    asyncio.run(stopped())
    assert len(set(judged)) < 8


def test_a_refusal_that_cannot_be_told_of_is_settled_all_the_same(desk, monkeypatch):
    def breaks(*_, **__):
        raise RuntimeError("boom")

    monkeypatch.setattr("mailbot.loops.tell.undelivered", breaks)
    desk.refuse = lambda outgoing: outgoing.name == "ack"
    desk.receive(strangers(1)[0])
    [ack] = [row for row in desk.store.lists.outbox() if row.outgoing.name == "ack"]
    assert (ack.state, ack.attempts) == (OutboxState.FAILED, 1)
