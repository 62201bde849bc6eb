"""Many promises due at once: a failure does not hold up the others, and a stop is noticed in between."""

from __future__ import annotations

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from mailbot.core.model.confirmed_address import Addressee
from mailbot.core.model.known import Known
from mailbot.errors import Conflict
from mailbot.loops import remind
from tests.contract.made import NOW, promise, ticket
from tests.simulation.simulated_desk import CountedIds, HandClock, shipped

BATCH, MOST_STUCK = 10, 50


class ManyDue:
    """A store in which the tickets 1 to `count` are due until they are changed; those in `failing` cannot be read."""

    def __init__(self, count, failing=(), conflicting=()):
        self.open = dict.fromkeys(range(1, count + 1))
        self.failing, self.conflicting = set(failing), set(conflicting)
        self.asked = []

    def due(self, _now, limit):
        self.asked.append(limit)
        return list(self.open)[:limit]

    def missed(self, _to, _now):
        return []

    def lookup(self, keys, _now):
        tickets = {n: ticket(n) for n in keys.numbers}
        if self.failing & tickets.keys():
            raise ValueError("cannot be read")
        due = {"made_at": NOW - timedelta(days=2), "due": NOW - timedelta(days=1), "wake_at": NOW - timedelta(days=1)}
        return Known(
            tickets=tickets,
            promises={n: promise(f"p{n}", ticket=n, **due) for n in tickets},
            addressees={n: Addressee() for n in tickets},
        )

    def commit(self, decision, _now):
        changed = {one.number for one in decision.tickets}
        if changed & self.conflicting:
            raise Conflict("changed by another")
        for number in changed:
            del self.open[number]


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(remind, "BATCH", BATCH)
    monkeypatch.setattr(remind, "MOST_STUCK", MOST_STUCK)


def reminder(desk):
    setting = shipped().current()
    return remind.Reminder(desk=desk, clock=HandClock(NOW), fresh=CountedIds(), setting=lambda: setting)


@pytest.mark.parametrize("how", ["failing", "conflicting"])
def test_a_whole_batch_that_fails_does_not_hold_up_those_behind_it(how):
    stuck = range(1, BATCH + 6)
    desk = ManyDue(BATCH * 3, **{how: stuck})
    with capture_logs() as said:
        assert reminder(desk).tick() == BATCH * 3 - len(stuck)
    assert list(desk.open) == list(stuck)
    assert sum(line["event"] == "promise failed" for line in said) == len(desk.failing)


def test_when_all_fail_it_is_not_tried_without_end():
    desk = ManyDue(MOST_STUCK * 5, conflicting=range(1, MOST_STUCK * 5 + 1))
    assert reminder(desk).tick() == 0
    assert desk.asked == list(range(BATCH, MOST_STUCK + 1, BATCH))


def test_all_that_is_due_is_asked_for_a_batch_at_a_time():
    desk = ManyDue(BATCH * 2 + 1)
    assert reminder(desk).tick() == BATCH * 2 + 1
    assert desk.asked == [BATCH] * 3
    assert desk.open == {}


def test_a_stop_is_heard_between_two_promises():
    desk = ManyDue(BATCH * 2)
    stopped = reminder(desk)
    commit = desk.commit

    def commit_and_stop(decision, now):
        commit(decision, now)
        stopped.stopping = len(desk.open) <= BATCH * 2 - 7

    desk.commit = commit_and_stop
    assert stopped.tick() == 7
    assert len(desk.open) == BATCH * 2 - 7
