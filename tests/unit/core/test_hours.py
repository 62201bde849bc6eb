"""Business time against a model that looks at every single minute, and the days on which clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from time import process_time
from timeit import timeit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.core.model.policy import Hours
from mailbot.core.promises import business_hours as business
from tests.thorough import examples

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WEEK = {day: ((time(9), time(17)),) for day in range(5)}
LUNCH = {day: ((time(9), time(12)), (time(13), time(17))) for day in range(5)}

# The days around which clocks change in one of the zones in 2026, and an ordinary one.
NEAR = (
    date(2026, 3, 7),
    date(2026, 3, 28),
    date(2026, 4, 4),
    date(2026, 10, 3),
    date(2026, 10, 24),
    date(2026, 10, 31),
)


def week(zone=BERLIN, spans=None, holidays=()):
    return Hours(zone=zone, spans=WEEK if spans is None else spans, holidays=frozenset(holidays))


def berlin(*parts):
    return datetime(*parts, tzinfo=BERLIN)


def said(moment):
    return moment.astimezone(BERLIN).strftime("%a %d %b %H:%M:%S")


# --- the model ---------------------------------------------------------------------------------------------------


def pieces(weekday, spans):
    """The spans of a weekday as pairs of minutes of the day, with what runs over from the day before."""
    for begin, end in spans.get((weekday - 1) % 7, ()):
        if time(0) < end <= begin:
            yield 0, end.hour * 60 + end.minute
    for begin, end in spans.get(weekday, ()):
        yield begin.hour * 60 + begin.minute, end.hour * 60 + end.minute if end > begin else 1440


def open_minutes(first, count, hours):
    """Every open minute in UTC: all from the first to the last minute at which the wall clock is within a span."""
    seen = {}
    for n in range(count):
        minute = first + n * MINUTE
        wall = minute.astimezone(hours.zone)
        if wall.date() not in hours.holidays:
            for piece in pieces(wall.weekday(), hours.spans):
                if piece[0] <= wall.hour * 60 + wall.minute < piece[1]:
                    seen.setdefault((wall.date(), piece), []).append(minute)
    return {
        low + n * MINUTE
        for found in seen.values()
        for low in [min(found)]
        for n in range((max(found) - low) // MINUTE + 1)
    }


clock = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
spans_of_week = st.dictionaries(
    st.integers(0, 6), st.lists(st.tuples(clock, clock), min_size=1, max_size=2).map(tuple), min_size=1, max_size=7
)


@st.composite
def calendars(draw, spans=spans_of_week):
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    near = draw(st.sampled_from(NEAR))
    holidays = draw(st.frozensets(st.integers(-2, 8), max_size=2))
    calendar = Hours(zone=zone, spans=draw(spans), holidays=frozenset(near + n * DAY for n in holidays))
    start = datetime.combine(near, time(0), UTC) + draw(st.integers(-1440, 2880)) * MINUTE
    return calendar, start


@pytest.mark.slow
@settings(max_examples=examples(80), deadline=None)
@given(calendars(), st.integers(0, 40 * 60))
def test_every_minute_agrees_with_the_model(case, minutes):
    hours, start = case
    window = open_minutes(start - 2 * 1440 * MINUTE, 9 * 1440, hours)
    ahead = sorted(m for m in window if m >= start and m < start + 5 * DAY)

    for n in range(0, 3 * 1440, 15):
        moment = start + n * MINUTE
        assert business.is_open(moment, hours) == (moment in window), moment
    assert business.between(start, start + 5 * DAY, hours) == len(ahead) * MINUTE
    if ahead:
        assert business.next_open(start, hours) == ahead[0]
    if 0 < minutes <= len(ahead):
        assert business.add_open_time(start, minutes * MINUTE, hours) == ahead[minutes - 1] + MINUTE


@settings(max_examples=examples(150), deadline=None)
@given(calendars(), st.timedeltas(timedelta(0), timedelta(hours=90)), st.timedeltas(timedelta(0), timedelta(hours=90)))
def test_open_time_is_counted_exactly_and_adds_up(case, one, two):
    hours, start = case
    there = business.add_open_time(start, one, hours)
    assert business.between(start, there, hours) == one
    assert business.between(there, start, hours) == -one
    if one and two:
        assert business.add_open_time(there, two, hours) == business.add_open_time(start, one + two, hours)


@settings(max_examples=examples(100), deadline=None)
@given(calendars(), st.timedeltas(timedelta(0), timedelta(hours=23, minutes=59, seconds=59)))
def test_below_a_day_between_is_the_inverse_of_add(case, span):
    hours, start = case
    assert business.between(start, business.add(start, span, hours), hours) == span


@settings(max_examples=examples(100), deadline=None)
@given(calendars(), st.integers(1, 30))
def test_business_days_land_on_the_right_open_day_inside_its_hours(case, days):
    hours, start = case
    there = business.add_business_days(start, days, hours)
    day = start.astimezone(hours.zone).date()
    for _ in range(days):
        day += DAY
        while not business.open_spans(day, hours):
            day += DAY
    spans = business.open_spans(day, hours)
    assert any(opens <= there <= closes for opens, closes in spans)
    wall = start.astimezone(hours.zone).time()
    at_that_time = [s for s in spans if s[0].astimezone(hours.zone).time() <= wall < s[1].astimezone(hours.zone).time()]
    if (
        at_that_time
        and spans[0][0].astimezone(hours.zone).utcoffset() == spans[-1][1].astimezone(hours.zone).utcoffset()
    ):
        assert there.astimezone(hours.zone).time() == wall


@given(st.timedeltas(timedelta(0), timedelta(days=400)))
def test_always_is_plain_addition_over_every_change_of_clocks(span):
    hours = Hours(zone=BERLIN, always=True)
    start = berlin(2026, 3, 28, 12)
    assert business.add(start, span, hours) - start.astimezone(UTC) == span
    assert business.between(start, business.add(start, span, hours), hours) == span
    assert business.next_open(start, hours) == start
    assert business.is_open(start, hours)
    assert business.add_business_days(start, 2, hours) == start.astimezone(UTC) + timedelta(days=2)


# --- told ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "span", "expected"),
    [
        (berlin(2026, 3, 6, 10), timedelta(hours=4), "Fri 06 Mar 14:00:00"),
        (berlin(2026, 3, 6, 15), timedelta(hours=4), "Mon 09 Mar 11:00:00"),
        (berlin(2026, 3, 6, 16), timedelta(hours=1), "Fri 06 Mar 17:00:00"),  # by the close, not by the next opening
        (berlin(2026, 3, 6, 16), timedelta(hours=1, seconds=1), "Mon 09 Mar 09:00:01"),
        (berlin(2026, 3, 7, 3), timedelta(minutes=15), "Mon 09 Mar 09:15:00"),
        (berlin(2026, 3, 6, 3), timedelta(0), "Fri 06 Mar 03:00:00"),
        (berlin(2026, 3, 6, 10, 30), timedelta(days=1), "Mon 09 Mar 10:30:00"),
        (berlin(2026, 3, 6, 20), timedelta(days=1), "Mon 09 Mar 17:00:00"),
        (berlin(2026, 3, 6, 7), timedelta(days=1), "Mon 09 Mar 09:00:00"),
        (berlin(2026, 3, 7, 11), timedelta(days=1), "Mon 09 Mar 11:00:00"),
        (berlin(2026, 3, 5, 16), timedelta(days=1, hours=2), "Mon 09 Mar 10:00:00"),
        (berlin(2026, 4, 2, 10), timedelta(days=1), "Tue 07 Apr 10:00:00"),  # Good Friday and Easter Monday
        (berlin(2026, 3, 27, 16), timedelta(hours=2), "Mon 30 Mar 10:00:00"),  # over the change to summer time
        (berlin(2026, 10, 23, 16, 0, 30), timedelta(hours=2), "Mon 26 Oct 10:00:30"),
    ],
)
def test_a_week_of_nine_to_five(start, span, expected):
    hours = week(holidays=[date(2026, 4, 3), date(2026, 4, 6)])
    assert said(business.add(start, span, hours)) == expected


def test_a_clock_time_in_the_lunch_break_moves_to_the_end_of_it():
    assert said(business.add(berlin(2026, 3, 7, 12, 30), DAY, week(spans=LUNCH))) == "Mon 09 Mar 13:00:00"
    assert said(business.add(berlin(2026, 3, 7, 12), DAY, week(spans=LUNCH))) == "Mon 09 Mar 12:00:00"
    assert said(business.add(berlin(2026, 3, 6, 11), timedelta(hours=2), week(spans=LUNCH))) == "Fri 06 Mar 14:00:00"


ALL_WEEK = {day: ((time(0), time(0)),) for day in range(7)}


@pytest.mark.parametrize(("day", "length"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 3, 6), 24)])
def test_a_day_on_which_the_clock_changes_is_as_long_as_it_is(day, length):
    ((opens, closes),) = business.open_spans(day, week(spans=ALL_WEEK))
    assert closes - opens == timedelta(hours=length)


@pytest.mark.parametrize(
    ("zone", "day", "span", "opens", "closes"),
    [
        # The clock jumps from 02:00 to 03:00 at 01:00 UTC: what would begin or end in between does so at the jump.
        ("Europe/Berlin", date(2026, 3, 29), (time(2, 30), time(5)), "01:00", "03:00"),
        ("Europe/Berlin", date(2026, 3, 29), (time(0, 30), time(2, 30)), "23:30", "01:00"),
        # It goes from 03:00 back to 02:00 at 01:00 UTC: opened from the first 02:30, and to the second.
        ("Europe/Berlin", date(2026, 10, 25), (time(2, 30), time(5)), "00:30", "04:00"),
        ("Europe/Berlin", date(2026, 10, 25), (time(0, 30), time(2, 30)), "22:30", "01:30"),
        ("Europe/Berlin", date(2026, 10, 25), (time(0, 30), time(2)), "22:30", "00:00"),
        # Half an hour only, from 02:00 to 01:30 at 15:00 UTC of the day before.
        ("Australia/Lord_Howe", date(2026, 4, 5), (time(1), time(1, 45)), "14:00", "15:15"),
        # Havana goes from 01:00 back to 00:00: midnight comes twice, and closes the day before when it first comes.
        ("America/Havana", date(2026, 10, 31), (time(20), time(0)), "00:00", "04:00"),
    ],
)
def test_openings_and_closings_within_a_change_of_clocks(zone, day, span, opens, closes):
    hours = week(zone=ZoneInfo(zone), spans={day.weekday(): (span,)})
    ((start, end),) = business.open_spans(day, hours)
    assert (f"{start:%H:%M}", f"{end:%H:%M}") == (opens, closes)


def test_a_clock_turned_back_over_midnight_opens_no_minute_twice():
    # St. John's went from 00:01 back to 23:01 of the day before, until 2011.
    hours = week(zone=ZoneInfo("America/St_Johns"), spans=ALL_WEEK)
    start = datetime(2010, 11, 6, 12, tzinfo=UTC)
    assert business.between(start, start + 2 * DAY, hours) == 2 * DAY
    for n in range(0, 40 * 60, 20):
        assert business.add_open_time(start, n * MINUTE, hours) == start + n * MINUTE
        assert business.is_open(start + n * MINUTE, hours)
    # In the first minute of Sunday, an hour of Saturday is still to come.
    saturdays = week(zone=ZoneInfo("America/St_Johns"), spans={5: ((time(0), time(0)),)})
    sunday = datetime(2010, 11, 7, 2, 30, 30, tzinfo=UTC)
    assert business.add_open_time(sunday, 30 * MINUTE, saturdays) == sunday + 30 * MINUTE


def test_a_day_that_a_zone_left_out_has_no_hours():
    # Samoa crossed the date line: there was no 30 December 2011, a Friday.
    hours = week(zone=ZoneInfo("Pacific/Apia"))
    assert business.open_spans(date(2011, 12, 30), hours) == ()
    thursday = datetime(2011, 12, 29, 12, tzinfo=ZoneInfo("Pacific/Apia"))
    assert business.add(thursday, DAY, hours).astimezone(hours.zone).date() == date(2012, 1, 2)


def test_a_night_shift_belongs_to_both_days_and_a_holiday_closes_its_own():
    hours = week(spans={4: ((time(22), time(6)),)}, holidays=[date(2026, 3, 14)])
    assert business.is_open(berlin(2026, 3, 7, 5, 59), hours)
    assert not business.is_open(berlin(2026, 3, 7, 6), hours)
    assert said(business.add_open_time(berlin(2026, 3, 6, 12), timedelta(hours=7), hours)) == "Sat 07 Mar 05:00:00"
    assert said(business.add_open_time(berlin(2026, 3, 13, 23), timedelta(hours=2), hours)) == "Fri 20 Mar 23:00:00"


def test_overlapping_spans_count_once():
    hours = week(spans={0: ((time(9), time(13)), (time(12), time(17)), (time(10), time(11)))})
    assert business.open_spans(date(2026, 3, 9), hours) == ((berlin(2026, 3, 9, 9), berlin(2026, 3, 9, 17)),)
    assert business.between(berlin(2026, 3, 9), berlin(2026, 3, 10), hours) == timedelta(hours=8)


def test_the_close_of_a_day():
    hours = week(holidays=[date(2026, 3, 9)])
    assert business.closing(date(2026, 3, 6), hours) == berlin(2026, 3, 6, 17)
    assert business.closing(date(2026, 3, 7), hours) is None
    assert business.closing(date(2026, 3, 9), hours) is None
    assert business.closing(date(2026, 3, 6), Hours(zone=BERLIN, always=True)) is None


@pytest.mark.parametrize(
    "hours",
    [
        week(spans={}),
        week(spans={0: ()}),
        week(spans={0: ((time(9), time(17)),)}, holidays=[date(2026, 1, 5) + n * 7 * DAY for n in range(80)]),
    ],
)
def test_a_calendar_without_open_time_is_refused(hours):
    for ask in (
        lambda: business.add(berlin(2026, 1, 2), timedelta(hours=1), hours),
        lambda: business.add(berlin(2026, 1, 2), DAY, hours),
        lambda: business.next_open(berlin(2026, 1, 2), hours),
    ):
        with pytest.raises(ValueError, match="no open time"):
            ask()
    assert business.between(berlin(2026, 1, 2), berlin(2026, 6, 1), hours) == timedelta(0)
    assert not business.is_open(berlin(2026, 1, 5, 10), hours)


def test_what_cannot_be_meant_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        business.add(datetime(2026, 3, 6), DAY, week())
    with pytest.raises(ValueError, match="forward"):
        business.add(berlin(2026, 3, 6), -MINUTE, week())
    with pytest.raises(ValueError, match="forward"):
        business.add_business_days(berlin(2026, 3, 6), -1, week())
    with pytest.raises(ValueError, match="twenty years"):
        business.add(berlin(2026, 3, 6), timedelta(days=9000), week())
    with pytest.raises(ValueError, match="twenty years"):
        business.between(berlin(2026, 3, 6), berlin(2226, 3, 6), week())


def test_adding_is_fast_and_far_horizons_are_bounded():
    hours = week(spans=LUNCH)
    start = berlin(2026, 3, 6, 15)
    best = min(timeit(lambda: business.add(start, timedelta(hours=4), hours), number=50) / 50 for _ in range(10))
    assert best < 0.0003  # 25 µs on an idle machine
    begun = process_time()
    business.add(start, timedelta(days=4000), hours)
    assert process_time() - begun < 2
