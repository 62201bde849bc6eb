"""Hazards 19 and 20: servers that take mail late or not for a day, and clocks that jump."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from mailbot.core.model.outgoing import OutboxState, OutgoingKind
from mailbot.core.model.promise import PromiseState
from tests.simulation.scripted_world import AWAY, GREY, TAKEN, ScriptedDesk
from tests.simulation.simulated_desk import BERLIN, MONDAY, SimulatedDesk, mail, minutes
from tests.simulation.stamped import SERVER, stamped

pytestmark = pytest.mark.slow

HOUR = timedelta(hours=1)
OUTAGE = "Everything is down, nobody can log in any more. This is an emergency!"
PROBLEM = "The export is broken since today, the column with the tax is empty."
ANA = "ana@customer.example"


def proven(*args, **headers):
    """A mail of whose sender our server is sure: covers to such an address are never more than hours apart."""
    return stamped(mail(*args, **headers))


@pytest.fixture
def new_desk():
    desks = []

    def make(kind=SimulatedDesk, **arguments):
        desks.append(kind(change_policy=lambda policy: replace(policy, authserv_id=SERVER), **arguments))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


# --- 19: servers -------------------------------------------------------------------------------------------------


def test_hazard_19_greylisted_five_times_a_mail_is_delivered_once_with_the_bytes_it_had(new_desk):
    desk = new_desk(ScriptedDesk)
    tries = Counter()

    def grey(to, _raw):
        tries[to] += 1
        return GREY if tries[to] <= 5 else TAKEN

    desk.server.says = grey
    desk.box.deliver(proven(ANA, PROBLEM, at=MONDAY))
    desk.work()
    desk.pass_slowly(timedelta(hours=1), minutes(1))
    assert Counter(to for to, _ in desk.server.taken)[ANA] == 1
    assert len({raw for to, raw in desk.server.tried if to == ANA}) == 1
    assert tries[ANA] == 6
    assert {row.state for row in desk.store.lists.outbox(limit=100)} == {OutboxState.SENT}


def test_hazard_19_after_a_day_without_a_smarthost_the_queue_is_whole_and_covers_have_collapsed(new_desk):
    desk = new_desk(ScriptedDesk)
    desk.box.deliver(proven(ANA, OUTAGE, at=MONDAY, subject="Down"))
    desk.work()
    assert [to for to, _ in desk.server.taken if to == ANA] == [ANA]
    desk.server.says = lambda *_: AWAY
    for n in range(3):
        desk.box.deliver(proven(f"c{n}@shop{n}.example", PROBLEM, at=desk.clock.now(), subject=f"Export {n}"))
    desk.pass_slowly(timedelta(days=1), minutes(5))
    waiting = [row for row in desk.store.lists.outbox(limit=1000) if row.state is not OutboxState.SENT]
    covers = [row for row in waiting if row.outgoing.to.address == ANA]
    assert len(covers) > 10, "no cover was written meanwhile: it says nothing"
    assert len([row for row in waiting if row.outgoing.name == "ack"]) == 3
    assert all(row.state in (OutboxState.READY, OutboxState.DROPPED) for row in waiting)

    desk.server.says = lambda *_: TAKEN
    before = len(desk.server.taken)
    desk.pass_slowly(minutes(1), minutes(0.1))
    got = Counter(to for to, _ in desk.server.taken[before:])
    assert got[ANA] == 1
    states = {row.outgoing.key: row.state for row in desk.store.lists.outbox(limit=1000)}
    assert set(states.values()) <= {OutboxState.SENT, OutboxState.DROPPED}
    # Each of the others hears once, by the letter whose time still holds; every agent's notice is there, but for
    # reminders of times that are over.
    assert [got[f"c{n}@shop{n}.example"] for n in range(3)] == [1, 1, 1]
    notices = [row for row in desk.store.lists.outbox(limit=1000) if row.outgoing.kind is OutgoingKind.NOTICE]
    assert {row.state for row in notices if row.outgoing.name != "reminder"} == {OutboxState.SENT}


# --- 20: clocks --------------------------------------------------------------------------------------------------


def fired(desk):
    """How often each promise was ended, by promise; and every letter that told the next time."""
    ends = Counter()
    for decision in desk.decisions:
        ends.update(p.id for p in decision.promises if p.state is not PromiseState.OPEN)
    return ends


def every_promise_fires_once(desk):
    ends = fired(desk)
    assert ends, "no promise came due: it says nothing"
    assert set(ends.values()) == {1}
    letters = Counter(s.outgoing.key for s in desk.sent)
    assert set(letters.values()) == {1}
    told = [s for s in desk.sent if s.outgoing.name in ("cover", "late")]
    assert len({s.outgoing.fields["promised"] for s in told}) == len(told)


def test_hazard_20_the_clock_jumps_an_hour_back_and_forth(new_desk):
    desk = new_desk()
    desk.receive(proven(ANA, OUTAGE, at=MONDAY, subject="Down"))
    real = desk.clock.now()
    for step in range(60):
        real += minutes(5)
        skew = (timedelta(0), -HOUR, HOUR, timedelta(0))[step // 6 % 4]
        desk.clock.at = real + skew
        desk.tick()
    desk.pass_time(real + 3 * HOUR)
    every_promise_fires_once(desk)
    assert desk.promise() is not None
    assert desk.promise().due > desk.clock.now()


def test_hazard_20_a_clock_set_back_repeats_nothing(new_desk):
    desk = new_desk()
    desk.receive(proven(ANA, OUTAGE, at=MONDAY, subject="Down"))
    desk.pass_time(MONDAY + 2 * HOUR)
    count = len(desk.sent)
    for back in range(12):
        desk.clock.at = (MONDAY + HOUR + minutes(5 * back)).astimezone(UTC)
        desk.tick()
    assert len(desk.sent) == count
    every_promise_fires_once(desk)


@pytest.mark.parametrize(
    "night",
    [datetime(2026, 3, 28, 20, 0, tzinfo=BERLIN), datetime(2026, 10, 24, 20, 0, tzinfo=BERLIN)],
    ids=["summer time begins", "summer time ends"],
)
@pytest.mark.parametrize("text", [OUTAGE, PROBLEM], ids=["around the clock", "in business hours"])
def test_hazard_20_each_promise_fires_once_through_a_change_of_the_clocks(new_desk, night, text):
    desk = new_desk(start=night)
    desk.receive(proven(ANA, text, at=night, subject="Matter"))
    end = night.astimezone(UTC) + timedelta(days=3)
    while desk.clock.now() < end:
        desk.pass_time(desk.clock.now() + minutes(30))
    every_promise_fires_once(desk)
    letters = sorted(s.at for s in desk.sent if s.outgoing.name in ("cover", "late"))
    if text == OUTAGE:  # after 30 minutes, an hour, then every two in real time, whatever the clock on the wall does
        gaps = [later - earlier for earlier, later in pairwise(letters)]
        assert max(gaps) <= 2 * HOUR + minutes(5)
        assert all(gap >= 2 * HOUR - minutes(5) for gap in gaps[2:])
    else:  # never at night, also on the Monday after
        assert all(9 <= at.astimezone(BERLIN).hour < 17 and at.astimezone(BERLIN).weekday() < 5 for at in letters)
