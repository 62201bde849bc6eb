"""Mail leaves no faster than the provider takes it; an outage goes first, nothing is lost, and nothing waits too long."""

import itertools
from datetime import timedelta

import pytest

from mailbot.core.model.outgoing import OutboxState
from mailbot.core.sending.pace import DAY, MINUTE, Pace, free_at
from mailbot.loops.pacer import Pacer
from mailbot.ports import Settled
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail


@pytest.mark.parametrize(
    ("pace", "ago", "planned", "urgent", "waits"),
    [
        (Pace(), [1] * 1000, 99, False, 0),
        (Pace(per_minute=10), [50] * 7, 0, False, 0),
        (Pace(per_minute=10), [50] * 8, 0, False, 10),
        (Pace(per_minute=10), [50] * 8, 0, True, 0),
        (Pace(per_minute=10), [50] * 10, 0, True, 10),
        (Pace(per_minute=10), [50, 40, 30, 20, 10, 5, 5, 5], 1, False, 20),
        (Pace(per_minute=10), [], 8, False, 60),
        (Pace(per_minute=1), [], 0, False, 0),
        (Pace(per_minute=1), [15], 0, False, 45),
    ],
)
def test_when_one_more_may_leave(pace, ago, planned, urgent, waits):
    now = MONDAY
    times = [now - timedelta(seconds=each) for each in ago]
    assert free_at(pace, times, times, planned, urgent=urgent, now=now) == now + timedelta(seconds=waits)


def test_a_day_keeps_a_tenth_for_outages():
    times = [MONDAY - timedelta(hours=20)] * 1800
    pace = Pace(per_minute=0, per_day=2000)
    assert free_at(pace, [], times, 0, urgent=False, now=MONDAY) == MONDAY + timedelta(hours=4)
    assert free_at(pace, [], times, 0, urgent=True, now=MONDAY) == MONDAY


@pytest.fixture
def world():
    desk = SimulatedDesk()
    yield desk
    desk.close()


def paced(world, pace, seconds, *, every=5):
    """What left, with when, if the outbox is looked at every few seconds."""
    pacer, left = Pacer(pace, world.store), []
    for _ in range(0, seconds, every):
        now = world.clock.now()
        while rows := pacer.ready(now, 20):
            for row in rows:
                pacer.began(row.id, now)
                world.store.settle(row, Settled(state=OutboxState.SENT, reply="250 ok"), now)
                left.append((now, row.outgoing))
        world.clock.at += timedelta(seconds=every)
    return left


def fill(world, count):
    world.send = lambda: None
    for number in range(count):
        text = "The export has no tax column since today."
        world.receive(mail(f"ann{number}@shop{number}.example", text, at=world.clock.now()))


def test_a_flood_leaves_at_the_pace_of_the_provider_and_all_of_it_leaves(world):
    fill(world, 40)
    now = world.clock.now()
    waiting = len(world.store.ready(now + DAY, 1000))
    assert waiting > 40
    left = paced(world, Pace(per_minute=10), 60 * waiting // 5)
    assert len(left) == waiting
    for begin, _ in left:
        assert sum(begin <= at < begin + MINUTE for at, _ in left) <= 10
    took = left[-1][0] - left[0][0]
    assert took < MINUTE * (waiting / 8 + 2)  # no slower than the part that is for all


def test_an_outage_does_not_wait_for_the_others(world):
    fill(world, 40)
    first = paced(world, Pace(per_minute=10), 30)
    assert 0 < len(first) <= 8
    world.receive(
        mail(
            "bo@north.example",
            "Our whole shop is down, nothing works, all customers see errors!",
            at=world.clock.now(),
            subject="Everything is down",
        )
    )
    priorities = [row.outgoing.fields.get("priority") for row in world.store.ready(world.clock.now(), 1000)]
    assert 1 in priorities
    now = world.clock.now()
    left = paced(world, Pace(per_minute=10), 5)
    assert {mail.fields.get("priority") for at, mail in left if at == now} == {1}


def test_who_waits_keeps_their_place_though_some_looks_come_later_than_others(world):
    fill(world, 40)
    pacer, left = Pacer(Pace(per_minute=10), world.store), []
    waiting = [row.id for row in world.store.ready(world.clock.now(), 1000)]
    late = itertools.cycle([0.31, 0.02, 0.17, 0.05, 0.28])
    while due := world.store.next_due():
        now = world.clock.at = max(world.clock.now(), due) + timedelta(seconds=next(late))
        for row in pacer.ready(now, 20):
            pacer.began(row.id, now)
            world.store.settle(row, Settled(state=OutboxState.SENT, reply="250 ok"), now)
            left.append(row.id)
    assert sorted(left) == sorted(waiting)
    assert max(abs(left.index(row) - at) for at, row in enumerate(waiting)) <= 8


def test_what_the_server_keeps_back_loses_no_place(world):
    fill(world, 20)
    pacer, now = Pacer(Pace(per_minute=10), world.store), world.clock.now()
    first = [row.id for row in pacer.ready(now, 20)]
    assert len(first) == 8
    assert [row.id for row in pacer.ready(now + timedelta(seconds=1), 20)] == first  # none of them left meanwhile


def test_the_sender_keeps_to_it(world):
    fill(world, 20)
    del world.send
    waiting = len(world.store.ready(world.clock.now(), 1000))
    world.sender._pacer = Pacer(Pace(per_minute=10), world.store)
    for _ in range(60 * waiting // 5 // 5):
        world.send()
        world.clock.at += timedelta(seconds=5)
    assert len(world.sent) == waiting
    for begin in {sent.at for sent in world.sent}:
        assert sum(begin <= sent.at < begin + MINUTE for sent in world.sent) <= 10


def test_a_restart_knows_what_left_that_day(world):
    fill(world, 12)
    assert len(paced(world, Pace(per_day=10), 60)) == 9
    assert paced(world, Pace(per_day=10), 60) == []  # a new process
    world.clock.at += DAY
    assert len(paced(world, Pace(per_day=10), 60)) == 9
