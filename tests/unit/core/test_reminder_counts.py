"""How many reminders a time gets: one of a quarter of an hour, two up to two hours, three above, and the first as early as ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.model.message import Author
from mailbot.core.model.promise import PromiseState
from mailbot.core.promises import schedule
from mailbot.core.promises.business_hours import add_open_time, between
from mailbot.core.sending.withdrawn import withdrawn
from tests.contract.made import decision, message, promise
from tests.simulation.simulated_desk import MONDAY, desk_policy, minutes

POLICY = desk_policy()
NOW = MONDAY.astimezone(UTC)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
LENGTHS = st.one_of(st.timedeltas(minutes(3), minutes(180)), st.timedeltas(minutes(3), timedelta(days=12)))


def in_seconds():
    second = timedelta(seconds=1)
    return replace(POLICY, grain=second, cover_before=2 * second, remind_before=10 * second)


def of(made, length, policy=POLICY, said=None):
    return promise(made_at=made, due=schedule.as_told(made + length, made, policy.grain), said=said)


@pytest.mark.parametrize(
    ("length", "left"),
    [(10, [5]), (15, [10]), (16, [10, 4]), (30, [15, 10]), (60, [30, 10]), (120, [60, 15]), (121, [60.5, 30.25, 16])],
)
def test_so_many_and_then(length, left):
    one = of(NOW, minutes(length))
    assert [one.due - at for at in schedule.moments(one, POLICY.cadences[1], POLICY)] == [minutes(m) for m in left]


def test_eight_hours_of_business_are_three():
    one = of(NOW, timedelta(hours=8))
    assert len(schedule.moments(one, POLICY.cadences[4], POLICY)) == 3


@given(MOMENTS, LENGTHS, st.integers(1, 5), st.booleans(), st.floats(0.2, 1))
def test_few_of_a_short_time_and_the_first_is_no_later_for_it(made, length, priority, seconds, share):
    policy, cadence = in_seconds() if seconds else POLICY, POLICY.cadences[priority]
    one = of(made, length * (policy.grain / minutes(1)), policy)
    named = made + (one.due - made) * share
    one = replace(one, said=named if made < named < one.due else None)
    aim = one.said or one.due
    span = between(made, aim, cadence.hours)
    times = schedule.moments(one, cadence, policy)
    most = 1 if span <= 15 * policy.grain else 2 if span <= 120 * policy.grain else 3
    assert len(times) <= most
    halves = [add_open_time(made, span * part, cadence.hours) for part in (0.5, 0.75)]
    end = schedule.cover_at(one, policy) - policy.grain
    fit = [at for at in (*halves, aim - policy.remind_before) if made < at <= end]
    assert times[:1] <= tuple(sorted(fit)[:1]), "the first comes no later than it came before"
    if span <= 90 * policy.grain:
        assert times[:1] == tuple(sorted(fit)[:1])
    if len(fit) == 3 and times[-1] not in halves:
        assert timedelta() <= fit[-1] - times[-1] < 15 * policy.grain, (
            "the last as well, and by less than a quarter of an hour"
        )
    assert all(later - earlier >= policy.grain for earlier, later in pairwise(times))


def test_another_priority_brings_no_fourth_reminder():
    one = replace(of(NOW, minutes(122)), reminded=3)
    night = NOW + minutes(10)
    for cadence in POLICY.cadences.values():
        assert schedule.wake_at(one, cadence, POLICY, night) == schedule.cover_at(one, POLICY)
        assert schedule.wake_at(replace(one, reminded=2), cadence, POLICY, night) < schedule.cover_at(one, POLICY)


# --- what is withdrawn ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [state for state in PromiseState if state is not PromiseState.OPEN])
def test_whatever_ends_a_promise_ends_its_reminders(state):
    ends = decision(promises=(promise("p7", ticket=3, state=state), promise("p8", ticket=3)))
    assert withdrawn(ends) == [(3, "remind:p7:"), (3, "digest:remind:p7:")]


def test_an_answer_of_a_person_is_what_agents_were_reminded_of_and_a_note_is_not():
    said = message("m1", ticket=3, author=Author.AGENT, agent="mara")
    assert withdrawn(decision(messages=(said,))) == [(3, "unanswered:3:"), (3, "digest:unanswered:3:")]
    for other in (replace(said, internal=True), replace(said, held="crossed"), replace(said, agent=None)):
        assert withdrawn(decision(messages=(other,))) == []
