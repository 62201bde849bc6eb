"""Times away that repeat (RFC 5545 section 3.8.5): which days a rule names, what is taken away, and that none stalls the desk."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.core.language.calendar import calendar_of
from mailbot.core.language.recurrence import days_of, rule_of
from tests.simulation.simulated_desk import BERLIN, MARA
from tests.thorough import examples

NOW = datetime(2026, 3, 2, 9, tzinfo=BERLIN)
START = date(2026, 1, 5)  # a Monday
OOF = "X-MICROSOFT-CDO-BUSYSTATUS:OOF"


def days(rule, start=START, first=date(1, 1, 1), last=date(2035, 1, 1), most=10**7):
    found, looked_at = days_of(rule_of(rule), start, first=first, last=last, most=most)
    assert looked_at <= most + 366
    return None if found is None else [f"{day:%y%m%d}" for day in found]


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        ("FREQ=DAILY;COUNT=3", "260105 260106 260107"),
        ("FREQ=DAILY;INTERVAL=10;COUNT=3", "260105 260115 260125"),
        ("FREQ=DAILY;BYDAY=SA,SU;COUNT=3", "260110 260111 260117"),
        ("FREQ=WEEKLY;COUNT=3", "260105 260112 260119"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;COUNT=4", "260105 260109 260119 260123"),
        ("FREQ=MONTHLY;COUNT=3", "260105 260205 260305"),
        ("FREQ=MONTHLY;BYDAY=1FR;COUNT=3", "260206 260306 260403"),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", "260130 260227"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "260131 260228 260331"),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", "260131 260331 260531"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3", "260213 260313 261113"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", "260130 260227"),
        ("FREQ=YEARLY;COUNT=2", "260105 270105"),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24,25;COUNT=3", "261224 261225 271224"),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=2", "261126 271125"),
        ("FREQ=YEARLY;BYDAY=20MO;COUNT=2", "260518 270517"),
        ("freq=weekly;count=1;", "260105"),
    ],
)
def test_the_days_that_a_rule_names(rule, named):
    assert days(rule) == named.split()


def test_a_29_february_comes_every_four_years():
    assert days("FREQ=YEARLY;COUNT=3", date(2024, 2, 29)) == ["240229", "280229", "320229"]


def test_the_week_begins_where_the_rule_says():
    # The example of section 3.3.10.
    start = date(1997, 8, 5)
    monday = days("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", start)
    sunday = days("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", start)
    assert monday == ["970805", "970810", "970819", "970824"]
    assert sunday == ["970805", "970817", "970819", "970831"]


def test_only_the_window_is_looked_at_where_nothing_has_to_be_counted():
    rule = rule_of("FREQ=DAILY")
    found, looked_at = days_of(rule, date(1, 1, 1), first=date(2026, 3, 1), last=date(2026, 3, 3), most=10)
    assert (len(found), looked_at <= 10) == (3, True)
    assert days("FREQ=DAILY;COUNT=999999", date(1, 1, 1), first=date(2026, 3, 1), most=1000) is None


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=SECONDLY",
        "FREQ=HOURLY;INTERVAL=24",
        "FREQ=DAILY;BYHOUR=9",
        "FREQ=YEARLY;BYWEEKNO=20",
        "FREQ=YEARLY;BYYEARDAY=1",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=WEEKLY;BYMONTHDAY=1",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;COUNT=x",
        "FREQ=DAILY;COUNT=9999999999999999999",
        "FREQ=DAILY;UNTIL=20260231",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTH=-1",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=MONTHLY;BYDAY=99MO",
        "FREQ=MONTHLY;BYDAY=XX",
        "RSCALE=GREGORIAN;FREQ=YEARLY",
        "FREQ=DAILY;" + "BYDAY=MO," * 200,
        "FREQ=DAILY;COUNT=٣",
    ],
)
def test_what_is_no_rule_or_would_name_other_days_is_not_read(rule):
    assert rule_of(rule) is None


WEEKDAYS = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])


@st.composite
def rules(draw):
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={freq}", f"INTERVAL={draw(st.integers(1, 4))}"]
    if draw(st.booleans()):
        named = draw(st.lists(WEEKDAYS, min_size=1, max_size=3, unique=True))
        if freq in ("MONTHLY", "YEARLY") and draw(st.booleans()):
            named = [f"{draw(st.sampled_from([1, 2, 5, -1, -2]))}{day}" for day in named]
        parts.append("BYDAY=" + ",".join(named))
    if freq != "WEEKLY" and "BYDAY" not in "".join(parts) and draw(st.booleans()):
        parts.append(f"BYMONTHDAY={draw(st.sampled_from([1, 15, 29, 31, -1]))}")
    if draw(st.booleans()):
        parts.append(f"BYMONTH={draw(st.integers(1, 12))}")
    if (
        len(parts) > 2 and freq != "WEEKLY" and draw(st.booleans())
    ):  # of a week that has begun the other one knows only the rest
        parts.append(f"BYSETPOS={draw(st.sampled_from([1, -1]))}")
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 30))}")
    if draw(st.booleans()):
        parts.append(f"WKST={draw(WEEKDAYS)}")
    return ";".join(parts)


@settings(max_examples=examples(150), deadline=None)
@given(rules(), st.dates(date(2020, 1, 1), date(2027, 12, 31)), st.dates(date(2019, 1, 1), date(2028, 1, 1)))
def test_it_names_the_same_days_as_another_reader_of_rules(rule, start, first):
    other = pytest.importorskip("dateutil.rrule")
    last = date(2029, 12, 31)
    begins = datetime.combine(start, datetime.min.time())
    if not days(rule, start, last=last):
        return  # it would look for the first one up to the year 9999
    expected = []
    for moment in other.rrulestr(rule, dtstart=begins):
        if moment.date() > last:
            break
        if moment.date() >= first:
            expected.append(f"{moment:%y%m%d}")
    assert days(rule, start, first=first, last=last) == expected, rule


# --- in a calendar -------------------------------------------------------------------------------------------------------


def ics(*events):
    body = "".join("BEGIN:VEVENT\r\n" + "".join(f"{line}\r\n" for line in event) + "END:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}END:VCALENDAR\r\n"


def event(begins, ends, *more):
    return ["UID:one@lumen.example", "SUMMARY:Vacation", f"DTSTART{begins}", f"DTEND{ends}", *more]


FRIDAYS = event(";VALUE=DATE:20260206", ";VALUE=DATE:20260207", "RRULE:FREQ=WEEKLY")
MORNINGS = event(";TZID=Europe/Berlin:20260302T080000", ";TZID=Europe/Berlin:20260302T120000", OOF)


def away(*events, now=NOW):
    found = calendar_of(ics(*events), BERLIN, owner=MARA, now=now)
    assert not found.unread
    return [
        f"{one.begins.astimezone(BERLIN):%m%d %H:%M} {one.ends.astimezone(BERLIN):%m%d %H:%M}" for one in found.away
    ]


def test_free_fridays_are_days_away_and_the_others_are_not():
    found = calendar_of(ics(FRIDAYS), BERLIN, owner=MARA, now=NOW)
    friday = datetime(2026, 3, 6, 15, tzinfo=BERLIN)
    assert found.at(friday).ends == datetime(2026, 3, 7, tzinfo=BERLIN)
    assert found.at(friday + timedelta(days=1)) is None
    assert found.at(friday + timedelta(weeks=50)) is not None
    assert len(found.away) < 70


def test_a_whole_day_stays_one_and_a_clock_time_stays_that_time_when_clocks_change():
    # Clocks go forward on 29 March 2026.
    sundays = event(";VALUE=DATE:20260322", ";VALUE=DATE:20260323", "RRULE:FREQ=WEEKLY;COUNT=2")
    assert away(sundays) == ["0322 00:00 0323 00:00", "0329 00:00 0330 00:00"]
    mornings = [*MORNINGS, "RRULE:FREQ=WEEKLY;INTERVAL=4;COUNT=2"]
    assert away(mornings) == ["0302 08:00 0302 12:00", "0330 08:00 0330 12:00"]


@pytest.mark.parametrize(
    ("until", "count"),
    [("20260316", 3), ("20260316T070000Z", 3), ("20260316T065959Z", 2), ("20260316T080000", 3), ("20260315", 2)],
)
def test_it_ends_when_the_rule_says(until, count):
    assert len(away([*MORNINGS, f"RRULE:FREQ=WEEKLY;UNTIL={until}"])) == count


@pytest.mark.parametrize(
    "more",
    [
        ("EXDATE;TZID=Europe/Berlin:20260309T080000",),
        ("EXDATE:20260309T070000Z",),
        ("EXDATE;VALUE=DATE:20260309",),
        ("EXDATE:20260101T070000Z", "EXDATE:20260309T070000Z,20270309T070000Z"),
    ],
)
def test_what_was_taken_away_is_no_absence(more):
    every = [*MORNINGS, "RRULE:FREQ=WEEKLY;COUNT=3", *more]
    assert away(every) == ["0302 08:00 0302 12:00", "0316 08:00 0316 12:00"]


def test_a_single_one_that_was_moved_or_cancelled_is_where_it_is_now():
    every = [*MORNINGS, "RRULE:FREQ=WEEKLY;COUNT=3"]
    moved = event(":20260310T080000", ":20260310T120000", OOF, "RECURRENCE-ID;TZID=Europe/Berlin:20260309T080000")
    gone = event(":20260316T080000", ":20260316T120000", OOF, "RECURRENCE-ID:20260316T070000Z", "STATUS:CANCELLED")
    assert away(every, moved, gone) == ["0302 08:00 0302 12:00", "0310 08:00 0310 12:00"]
    other = [line.replace("one@", "two@") for line in moved]
    assert len(away(every, other)) == 4, "of another event"


def test_dates_may_be_added():
    added = [*FRIDAYS[:-1], "RDATE;VALUE=DATE:20260210,20260212", "RDATE;VALUE=DATE:20260220"]
    assert [one[:4] for one in away(added)] == ["0206", "0210", "0212", "0220"]


@pytest.mark.slow
def test_no_file_takes_long_however_it_repeats():
    worst = [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=999999",
        "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;COUNT=999999",
        "FREQ=DAILY;COUNT=999999",
    ]
    many = [
        event(
            ";VALUE=DATE:19010101",
            ";VALUE=DATE:19010102",
            f"RRULE:{worst[n % 4]}",
            "RDATE:" + "20260301," * 50 + "20260301",
        )
        for n in range(4000)
    ]
    text = ics(*many)
    began = time.process_time()
    found = calendar_of(text, BERLIN, owner=MARA, now=NOW)
    assert time.process_time() - began < 60, "on any machine: it is about two seconds"
    assert {one.code for one in found.unread} == {"calendar.repeats"}


@settings(max_examples=examples(150), deadline=None)
@given(st.text(alphabet="FREQ=DAILYWKMONTHBYSETP;,-+0123456789ZT", max_size=60), st.text(max_size=30))
def test_no_rule_breaks_it(rule, dates):
    one = event(";VALUE=DATE:20260206", ";VALUE=DATE:20260207", f"RRULE:{rule}", f"EXDATE:{dates}", f"RDATE:{dates}")
    calendar_of(ics(one), BERLIN, owner=MARA, now=NOW)
    rule_of(dates)
