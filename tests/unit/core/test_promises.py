"""When the next word is due, and when the desk looks at it on the way there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.model.mail import Address
from mailbot.core.model.promise import Promise, PromiseState
from mailbot.core.model.silence import HELD
from mailbot.core.model.ticket import Ticket, TicketState
from mailbot.core.promises import schedule
from mailbot.core.promises.business_hours import add, between
from tests.simulation.simulated_desk import BERLIN, MONDAY, desk_policy, minutes

POLICY = desk_policy()
NOW = MONDAY.astimezone(UTC)
HOUR = timedelta(hours=1)
SPANS = st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=30))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))


def berlin(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=BERLIN)


def ticket(**changes):
    defaults = {
        "number": 1,
        "inbox": "support",
        "subject": "Export stops",
        "requester": Address(address="ben@harbour.example"),
        "priority": 3,
        "opened_at": NOW,
    }
    return Ticket(**defaults | changes)


def made(due, now=NOW, **changes):
    return schedule.make(ticket(**changes), POLICY, promise_id="p1", due=due, made_by="ack", stated_by="ack:1", now=now)


@given(MOMENTS, SPANS, st.integers(1, 5))
def test_reminders_and_the_cover_are_in_order_and_a_minute_apart(now, span, priority):
    cadence = POLICY.cadences[priority]
    one = made(now + span, now, priority=priority)
    times = [*schedule.moments(one, cadence, POLICY), schedule.cover_at(one, POLICY)]
    assert all(later - earlier >= minutes(1) for earlier, later in pairwise(times))
    assert now < times[0]
    assert times[-1] < one.due


@given(MOMENTS, SPANS, st.integers(1, 5))
def test_every_look_is_later_than_the_one_before_and_they_end(now, span, priority):
    cadence = POLICY.cadences[priority]
    one = made(now + span, now, priority=priority)
    at, looks = now, 0
    while at <= one.due:
        later = schedule.wake_at(one, cadence, POLICY, at)
        assert later > at
        at, looks = later, looks + 1
    assert looks <= 5, "three reminders, the cover, and the end"


@given(MOMENTS, SPANS)
def test_a_time_is_told_in_whole_minutes_and_lies_ahead(now, span):
    told = schedule.as_told(now + span, now, minutes(1))
    assert told.second == told.microsecond == 0
    assert now < told
    assert abs(told - (now + span)) < minutes(1)


@given(MOMENTS, st.timedeltas(min_value=timedelta(seconds=1), max_value=minutes(5)), st.integers(1, 3))
def test_a_desk_may_count_in_seconds(now, span, priority):
    second = timedelta(seconds=1)
    policy = replace(POLICY, grain=second, cover_before=2 * second, remind_before=4 * second)
    told = schedule.as_told(now + span, now, second)
    assert (told.microsecond, now < told, abs(told - (now + span)) < second) == (0, True, True)
    one = replace(made(now + span, now, priority=priority), due=told)
    times = [*schedule.moments(one, POLICY.cadences[priority], policy), schedule.cover_at(one, policy)]
    assert all(later - earlier >= second for earlier, later in pairwise(times))


@pytest.mark.parametrize(("past", "last"), [(0, 15), (5, 20), (9, 24), (10, 10), (14, 14)])
def test_half_a_quarter_and_the_full_quarter_of_an_hour_before_the_last_ten_minutes(past, last):
    one = replace(made(NOW + 4 * HOUR), made_at=NOW + minutes(past), due=NOW + 4 * HOUR + minutes(past))
    times = schedule.moments(one, POLICY.cadences[3], POLICY)
    assert [one.due - time for time in times] == [2 * HOUR, HOUR, minutes(last)]


@pytest.mark.parametrize("length", [20.25, 39.5, 40.5])
def test_reminders_that_fall_within_a_minute_are_one(length):
    one = replace(made(NOW + HOUR, priority=1), due=NOW + minutes(length))
    times = schedule.moments(one, POLICY.cadences[1], POLICY)
    assert len(times) == 2
    assert times[1] - times[0] >= minutes(1)


def test_nobody_is_reminded_at_night():
    one = made(berlin(3, 10).astimezone(UTC))
    times = [t.astimezone(BERLIN) for t in schedule.moments(one, POLICY.cadences[3], POLICY)]
    assert times == [berlin(2, 13, 30), berlin(2, 15, 45), berlin(3, 9, 45)]


@pytest.mark.parametrize(("urgency", "due"), [(0, (13, 0)), (1, (11, 0)), (2, (11, 0)), (3, (10, 0)), (9, (10, 0))])
def test_urgency_brings_the_first_word_forward(urgency, due):
    assert schedule.first_due(POLICY.cadences[3], NOW, urgency).astimezone(BERLIN) == berlin(2, *due)


def test_feedback_is_told_no_time_unless_it_asks():
    assert schedule.first_due(POLICY.cadences[5], NOW, 0) is None
    assert schedule.answer_due(ticket(priority=5), POLICY, NOW).astimezone(BERLIN) == berlin(2, 17)


def test_an_outage_hears_every_half_hour_and_then_hourly():
    outage = ticket(priority=1)
    assert schedule.next_due(outage, POLICY, NOW + minutes(15)) == NOW + minutes(45)
    assert schedule.next_due(outage, POLICY, NOW + 2 * HOUR) == NOW + 3 * HOUR


def test_with_an_estimate_the_next_word_comes_at_it():
    soon = ticket(eta_at=NOW + 26 * HOUR)
    assert schedule.next_due(soon, POLICY, NOW) == NOW + 26 * HOUR
    assert schedule.next_due(soon, POLICY, NOW + 27 * HOUR).astimezone(BERLIN) == berlin(6, 12)
    far = ticket(eta_at=NOW + timedelta(days=30))
    assert schedule.next_due(far, POLICY, NOW).astimezone(BERLIN) == berlin(5, 9), "every three days until then"


def test_no_further_word_is_due():
    assert schedule.next_due(ticket(priority=4, answers=1), POLICY, NOW) is None
    assert schedule.next_due(ticket(priority=5), POLICY, NOW) is None
    assert schedule.next_due(ticket(state=TicketState.RESOLVED), POLICY, NOW) is None


def test_waiting_does_not_pause_the_next_word():
    assert schedule.next_due(ticket(state=TicketState.WAITING), POLICY, NOW).astimezone(BERLIN) == berlin(3, 9)


@pytest.mark.parametrize(
    ("state", "at", "ends_as"),
    [
        (PromiseState.KEPT, HOUR, PromiseState.KEPT),
        (PromiseState.KEPT, 2 * HOUR, PromiseState.KEPT),
        (PromiseState.KEPT, 2 * HOUR + timedelta(seconds=1), PromiseState.LATE),
        (PromiseState.COVERED, HOUR, PromiseState.COVERED),
        (PromiseState.REPLACED, 3 * HOUR, PromiseState.REPLACED),
    ],
)
def test_kept_means_in_time(state, at, ends_as):
    ended = schedule.end(made(NOW + 2 * HOUR), state, NOW + at, kept_by="m1")
    assert (ended.state, ended.ended_at, ended.wake_at) == (ends_as, NOW + at, None)


def test_a_very_short_time_is_covered_half_way():
    one = made(NOW + minutes(2))
    assert schedule.cover_at(one, POLICY) == NOW + minutes(1)
    assert isinstance(one, Promise)
    assert schedule.cover_at(replace(one, due=NOW + HOUR), POLICY) == NOW + HOUR - minutes(2)


def covers_apart(priority, covers, *, now=NOW, confirmed=True, **changes):
    """How long a customer waits after each of that many covers in a row, as the desk counts time at that priority."""
    at, found = now, []
    for nth in range(1, covers + 1):
        one = ticket(priority=priority, opened_at=now - timedelta(days=changes.get("old", 0)), covers=nth)
        due = schedule.after_cover(one, POLICY, at, confirmed=confirmed)
        found.append(due - at)
        at = due
    return found


def test_covers_of_an_outage_come_further_apart_up_to_two_hours():
    assert covers_apart(1, 6) == [minutes(30), HOUR, 2 * HOUR, 2 * HOUR, 2 * HOUR, 2 * HOUR]


def test_covers_of_an_outage_to_an_address_that_nobody_confirmed_double_three_times():
    assert covers_apart(1, 3, confirmed=False) == [minutes(30), HOUR, 2 * HOUR]
    assert covers_apart(1, 6, confirmed=False, old=1) == [HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 8 * HOUR, 8 * HOUR]


def test_covers_in_business_time_double_open_hours_and_business_days():
    moneys = [berlin(2, 13), berlin(3, 13), berlin(4, 13), berlin(5, 13)]
    at = NOW
    for nth, due in enumerate(moneys, 1):
        at = schedule.after_cover(ticket(priority=2, covers=nth), POLICY, at, confirmed=True)
        assert at == due, "4 hours, then a business day and no more"
    at = NOW
    for nth, due in enumerate([berlin(3, 9), berlin(5, 9), berlin(11, 9), berlin(23, 9)], 1):
        at = schedule.after_cover(ticket(covers=nth), POLICY, at, confirmed=False)
        assert at == due, "one, two, four and eight business days"


def test_covers_of_a_real_problem_come_daily_where_they_are_read():
    assert schedule.after_cover(ticket(covers=9), POLICY, NOW, confirmed=True) == berlin(3, 9)


def test_a_cover_does_not_pass_over_an_estimate():
    eta = {"eta": "Tuesday noon", "eta_at": berlin(3, 12), "opened_at": NOW - timedelta(days=1)}
    assert schedule.after_cover(ticket(covers=4, **eta), POLICY, NOW, confirmed=False) == berlin(3, 12)
    behind = {**eta, "eta_at": NOW - HOUR}
    assert schedule.after_cover(ticket(covers=4, **behind), POLICY, NOW, confirmed=True) == berlin(5, 9), "the pace"


def test_a_cover_leaves_a_customer_the_time_that_they_have_for_their_answer():
    theirs = ticket(state=TicketState.WAITING, waiting_for="customer", waiting_until=berlin(4, 9), covers=3)
    assert schedule.after_cover(theirs, POLICY, NOW, confirmed=True) == berlin(4, 9)


@given(MOMENTS, st.integers(1, 5), st.booleans())
def test_covers_never_stop_and_never_come_closer_together(now, priority, confirmed):
    """In open time, at one pace: the first two hours of an outage have another, and so have two days of one week."""
    hours = POLICY.cadences[priority].hours
    old = now - timedelta(days=1)
    dues = [
        schedule.after_cover(ticket(priority=priority, opened_at=old, covers=nth), POLICY, now, confirmed=confirmed)
        for nth in range(1, 9)
    ]
    spans = [between(now, due, hours) for due in dues]
    assert all(due > now for due in dues)
    assert spans == sorted(spans)
    assert spans[3] == spans[7], "eight times the pace, and no more"
    if confirmed:
        assert dues[7] <= max(add(now, 2 * HOUR if priority == 1 else timedelta(days=1), hours), dues[0])


def test_covers_move_the_next_cover_and_reminders_the_next_reminder():
    held = {"priority": 1, "mute": HELD}
    assert schedule.watch_at(ticket(covers=4, **held), POLICY, NOW) == NOW + minutes(15)
    assert schedule.watch_at(ticket(reminders=2, **held), POLICY, NOW) == NOW + HOUR
    assert schedule.after_cover(
        ticket(priority=1, covers=1, reminders=4), POLICY, NOW, confirmed=True
    ) == NOW + minutes(30)
