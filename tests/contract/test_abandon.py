"""What a dead process held is taken back whole, and a living one keeps what it has."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailbot.core.model.outgoing import OutboxState
from mailbot.errors import ClaimLost
from mailbot.loops.liveness import PREFIX, TTL, Liveness
from mailbot.ports import Settled
from tests.contract.made import DAY, HOUR, MINUTE, NOW, decision, outgoing, raw_mail

SECOND = timedelta(seconds=1)


class Set:
    """A clock that a test sets."""

    def __init__(self):
        self.time = NOW

    def now(self):
        return self.time

    def seconds_until(self, when):
        return max(0.0, (when - self.time).total_seconds())


class Known:
    """A machine that knows which processes ended."""

    def __init__(self, *ended):
        self.ended = set(ended)

    def gone(self, holder):
        return holder in self.ended


@pytest.fixture
def clock():
    return Set()


@pytest.fixture
def process(store, clock):
    def make(holder, *ended, **options):
        return Liveness(leases=store, process_lock=Known(*ended), clock=clock, holder=holder, **options)

    return make


def busy(store, holder):
    """Have `holder` poll an inbox, decide one mail and send one letter; its claim and its row."""
    store.hold("poll:support", holder, NOW, HOUR)
    store.put([raw_mail(1)], NOW)
    [claim] = store.claim(holder, NOW, HOUR, 1)
    store.commit(decision(outgoing=(outgoing("ack:1"),)), NOW)
    [row] = store.ready(NOW, 5)
    assert store.take([(row, b"first", "id@help.example")], holder, NOW, HOUR) == [b"first"]
    return claim, row


def names(store):
    return [lease.name for lease in store.held(PREFIX)]


def test_a_process_known_to_be_dead_is_succeeded_at_once(store, process, clock):
    process("a").beat()
    claim, _ = busy(store, "a")
    assert process("b", "a").beat() == 2
    [again] = store.claim("b", NOW, MINUTE, 5)
    assert (again.inbound, again.attempts) == (claim.inbound, 1)
    with pytest.raises(ClaimLost):
        store.commit(decision(), NOW, claim)
    [row] = store.ready(NOW, 5)
    assert (row.state, row.raw, row.message_id) == (OutboxState.UNKNOWN, b"first", "id@help.example")
    assert store.hold("poll:support", "b", NOW, MINUTE) == 2
    assert names(store) == ["process:b"]
    assert process("b", "a").beat() == 0


def test_one_elsewhere_is_succeeded_when_its_lease_has_lapsed(store, process, clock):
    process("a").beat()
    busy(store, "a")
    other = process("b")
    clock.time = NOW + TTL - SECOND
    assert other.beat() == 0
    assert store.claim("b", clock.time, MINUTE, 5) == []
    assert store.hold("poll:support", "b", clock.time, MINUTE) is None
    clock.time = NOW + TTL
    assert other.beat() == 2
    assert store.hold("poll:support", "b", clock.time, MINUTE) == 2


def test_one_that_says_that_it_lives_keeps_everything(store, process, clock):
    one, other = process("a"), process("b")
    one.beat()
    busy(store, "a")
    for _ in range(5):
        clock.time += TTL / 2
        one.beat()
        assert other.beat() == 0
    assert store.ready(clock.time, 5) == []


def test_one_that_prolonged_its_lease_meanwhile_is_let_be(store, process, clock):
    process("a").beat()
    busy(store, "a")
    [seen] = store.held(PREFIX)
    clock.time = NOW + HOUR / 2
    process("a").beat()
    assert store.abandon(seen, clock.time, gone=False) == 0
    assert store.ready(clock.time, 5) == []
    assert names(store) == ["process:a"]


def test_one_that_slept_comes_back_and_has_lost_its_claims(store, process, clock):
    process("a").beat()
    claim, row = busy(store, "a")
    clock.time = NOW + DAY
    assert process("b").beat() == 2
    assert process("a").beat() == 0
    assert names(store) == ["process:a", "process:b"] or names(store) == ["process:b", "process:a"]
    with pytest.raises(ClaimLost):
        store.commit(decision(), clock.time, claim)
    store.settle(row, Settled(state=OutboxState.SENT, reply="250"), clock.time)
    assert store.ready(clock.time, 5) == []  # what it sent while nobody believed in it counts all the same


def test_what_others_hold_stays(store, process):
    process("c").beat()
    store.hold("poll:billing", "c", NOW, HOUR)
    store.put([raw_mail(7)], NOW)
    store.claim("c", NOW, HOUR, 1)
    process("a").beat()
    assert process("b", "a").beat() == 0
    assert store.claim("b", NOW, MINUTE, 5) == []
    assert store.hold("poll:billing", "b", NOW, MINUTE) is None


def test_what_waits_for_its_time_goes_on_waiting(store, process):
    process("a").beat()
    store.put([raw_mail(1)], NOW)
    [claim] = store.claim("a", NOW, HOUR, 1)
    store.fail(claim, "boom", NOW)
    _, row = busy_sender(store)
    assert process("b", "a").beat() == 0
    assert store.claim("b", NOW, MINUTE, 5) == []
    assert store.ready(NOW, 5) == []
    assert store.next_due() == NOW + HOUR
    assert row.attempts == 0


def busy_sender(store):
    store.commit(decision(outgoing=(outgoing("ack:1"),)), NOW)
    [row] = store.ready(NOW, 5)
    store.take([(row, b"first", "id@help.example")], "a", NOW, MINUTE)
    store.settle(row, Settled(state=OutboxState.READY, reply="451", next_try=NOW + HOUR), NOW)
    return None, row


def test_leaving_gives_everything_back(store, process):
    one = process("a")
    one.beat()
    busy(store, "a")
    one.leave()
    assert names(store) == []
    assert len(store.claim("b", NOW, MINUTE, 5)) == 1
    assert [row.state for row in store.ready(NOW, 5)] == [OutboxState.UNKNOWN]
    assert store.hold("poll:support", "b", NOW, MINUTE) == 2
    one.leave()


def test_hazard_09_nothing_is_held_against_the_mails_of_processes_that_leave_for_a_store_that_is_down(
    store, process, clock
):
    process("first").beat()
    [claim] = busy(store, "first")[:1]
    process("first").leave()
    for number in range(9):
        one = process(f"next {number}")
        one.beat()
        clock.time += MINUTE
        [again] = store.claim(f"next {number}", clock.time, HOUR, 5)
        assert (again.inbound, again.again, again.attempts) == (claim.inbound, False, number + 2)
        one.leave()
    assert [(row.state, row.reason) for row in store.lists.inbound()] == [("stored", None)]


def test_hazard_09_nor_against_those_of_a_process_that_nobody_has_heard_of(store, process, clock):
    process("a").beat()
    busy(store, "a")
    clock.time = NOW + TTL
    assert process("b").beat() == 2
    assert [claim.again for claim in store.claim("b", clock.time, MINUTE, 5)] == [False]


def test_a_process_never_takes_itself_for_dead(store, process, clock):
    one = process("a", "a")
    one.beat()
    busy(store, "a")
    clock.time = NOW + HOUR
    assert one.beat() == 0
    assert store.ready(clock.time - MINUTE, 5) == []


def test_a_mail_that_was_alone_when_its_process_died_is_given_time_and_others_go_first(store, process, clock):
    store.put([raw_mail(1), raw_mail(2)], NOW)
    process("a").beat()
    assert len(store.claim("a", NOW, HOUR, 5)) == 2
    keeper = process("keeper", "a", "b", "c")
    assert keeper.beat() == 2
    process("b").beat()
    [alone] = store.claim("b", NOW, HOUR, 5)
    assert keeper.beat() == 1
    [other] = store.claim("d", NOW, HOUR, 5)
    assert other.inbound != alone.inbound
    assert store.claim("d", NOW, HOUR, 5) == []
    clock.time = NOW + 10 * SECOND
    process("c").beat()
    [again] = store.claim("c", clock.time, HOUR, 5)
    assert (again.inbound, again.attempts) == (alone.inbound, 2)
    assert keeper.beat() == 1
    assert store.claim("d", clock.time + 59 * SECOND, HOUR, 5) == []
    [last] = store.claim("d", clock.time + 60 * SECOND, HOUR, 5)
    assert (last.inbound, last.attempts) == (alone.inbound, 3)
