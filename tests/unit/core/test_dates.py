"""What agents write for a time: understood as they mean it, or not at all."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.core.language.dates import parse_when
from mailbot.core.model.policy import Hours
from tests.thorough import examples

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
WEEK = {day: ((time(9), time(17)),) for day in range(5)}
HOURS = Hours(zone=BERLIN, spans=WEEK, holidays=frozenset({date(2026, 4, 3), date(2026, 4, 6)}))
ALWAYS = Hours(zone=BERLIN, always=True)
WEDNESDAY = datetime(2026, 3, 4, 10, tzinfo=BERLIN)
FRIDAY = datetime(2026, 3, 6, 10, tzinfo=BERLIN)


def read(text, now=WEDNESDAY, zone=BERLIN, hours=HOURS):
    return parse_when(text, now=now, zone=zone, hours=hours)


def said(moment, zone=BERLIN):
    return None if moment is None else moment.astimezone(zone).strftime("%a %d %b %Y %H:%M")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2h", "Wed 04 Mar 2026 12:00"),
        ("2 hours", "Wed 04 Mar 2026 12:00"),
        ("in 2 hours", "Wed 04 Mar 2026 12:00"),
        ("90m", "Wed 04 Mar 2026 11:30"),
        ("1h 30m", "Wed 04 Mar 2026 11:30"),
        ("1 hour and 30 minutes", "Wed 04 Mar 2026 11:30"),
        ("3d", "Sat 07 Mar 2026 10:00"),
        ("2 Tage", "Fri 06 Mar 2026 10:00"),
        ("in 2 Stunden", "Wed 04 Mar 2026 12:00"),
        ("dans 2 heures", "Wed 04 Mar 2026 12:00"),
        ("en 2 días", "Fri 06 Mar 2026 10:00"),
        ("1w", "Wed 11 Mar 2026 10:00"),
        ("1 day 4 hours", "Thu 05 Mar 2026 14:00"),
        ("4bh", "Wed 04 Mar 2026 14:00"),
        ("30bh", "Mon 09 Mar 2026 16:00"),
        ("4 business hours", "Wed 04 Mar 2026 14:00"),
        ("2bd", "Fri 06 Mar 2026 10:00"),
        ("3 business days", "Mon 09 Mar 2026 10:00"),
        ("3 Arbeitstage", "Mon 09 Mar 2026 10:00"),
        ("1bd 8bh", "Fri 06 Mar 2026 10:00"),
    ],
)
def test_lengths_of_time(text, expected):
    assert said(read(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14:00", "Wed 04 Mar 2026 14:00"),
        ("09:30", "Thu 05 Mar 2026 09:30"),  # past for today
        ("2pm", "Wed 04 Mar 2026 14:00"),
        ("2:30 p.m.", "Wed 04 Mar 2026 14:30"),
        ("23:00", "Wed 04 Mar 2026 23:00"),
        ("12pm", "Wed 04 Mar 2026 12:00"),
        ("noon", "Wed 04 Mar 2026 12:00"),
        ("14 Uhr", "Wed 04 Mar 2026 14:00"),
        ("um 14.30 Uhr", "Wed 04 Mar 2026 14:30"),
        ("à 14h30", "Wed 04 Mar 2026 14:30"),
        ("14:00 CET", "Wed 04 Mar 2026 14:00"),
        ("14:00 MEZ", "Wed 04 Mar 2026 14:00"),
        ("14:00 UTC", "Wed 04 Mar 2026 15:00"),
        ("14:00 UTC+2", "Wed 04 Mar 2026 13:00"),
        ("09:30 EST", "Wed 04 Mar 2026 15:30"),
        ("02:00 PST", "Wed 04 Mar 2026 11:00"),
    ],
)
def test_clock_times(text, expected):
    assert said(read(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fri 14:00", "Fri 06 Mar 2026 14:00"),
        ("friday 2pm", "Fri 06 Mar 2026 14:00"),
        ("Friday, 2 PM", "Fri 06 Mar 2026 14:00"),
        ("by friday at 2pm", "Fri 06 Mar 2026 14:00"),
        ("2pm on Friday", "Fri 06 Mar 2026 14:00"),
        ("14:00 fri 6 March", "Fri 06 Mar 2026 14:00"),
        ("14:00 CET fri", "Fri 06 Mar 2026 14:00"),
        ("14:00 fri", "Fri 06 Mar 2026 14:00"),
        ("10:00 tomorrow", "Thu 05 Mar 2026 10:00"),
        ("tomorrow 10:00", "Thu 05 Mar 2026 10:00"),
        ("today 17:00", "Wed 04 Mar 2026 17:00"),
        ("day after tomorrow 10:00", "Fri 06 Mar 2026 10:00"),
        ("morgen 10:00", "Thu 05 Mar 2026 10:00"),
        ("freitag 14 Uhr", "Fri 06 Mar 2026 14:00"),
        ("am Freitag um 14 Uhr", "Fri 06 Mar 2026 14:00"),
        ("Mon 09.03.2026 10:00", "Mon 09 Mar 2026 10:00"),
        ("bis Fr. 14:00", "Fri 06 Mar 2026 14:00"),
        ("heute 17:00", "Wed 04 Mar 2026 17:00"),
        ("übermorgen 9 Uhr", "Fri 06 Mar 2026 09:00"),
        ("vendredi à 14h", "Fri 06 Mar 2026 14:00"),
        ("demain 14h30", "Thu 05 Mar 2026 14:30"),
        ("viernes a las 14:00", "Fri 06 Mar 2026 14:00"),
        ("mañana 10:00", "Thu 05 Mar 2026 10:00"),
        ("mié 14:00", "Wed 04 Mar 2026 14:00"),
        ("wed 09:00", "Wed 11 Mar 2026 09:00"),  # today's is past
        ("2026-03-06 14:00 CET", "Fri 06 Mar 2026 14:00"),
        ("2026-03-06 14:00", "Fri 06 Mar 2026 14:00"),
        ("2026-03-06T14:00+01:00", "Fri 06 Mar 2026 14:00"),
        ("2026-03-06T14:00-0500", "Fri 06 Mar 2026 20:00"),
        ("2026-03-06T14:00:00Z", "Fri 06 Mar 2026 15:00"),
        ("2026-03-06T14:00", "Fri 06 Mar 2026 14:00"),
        ("Fri, 6 Mar 2026 14:00 +0100", "Fri 06 Mar 2026 14:00"),
        ("6 March 14:00", "Fri 06 Mar 2026 14:00"),
        ("March 6th, 2026 2pm", "Fri 06 Mar 2026 14:00"),
        ("6. März 14 Uhr", "Fri 06 Mar 2026 14:00"),
        ("06.03.2026 14:00", "Fri 06 Mar 2026 14:00"),
        ("6.3. 14:00", "Fri 06 Mar 2026 14:00"),
        ("le 6 mars à 14h", "Fri 06 Mar 2026 14:00"),
        ("6 de marzo 14:00", "Fri 06 Mar 2026 14:00"),
        ("14:00 on 6 March", "Fri 06 Mar 2026 14:00"),
        ("next business day 10:00", "Thu 05 Mar 2026 10:00"),
        ("2026-07-06 14:00 CEST", "Mon 06 Jul 2026 14:00"),
        ("2026-07-06 14:00 BST", "Mon 06 Jul 2026 15:00"),
    ],
)
def test_days_with_a_clock_time(text, expected):
    assert said(read(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tomorrow", "Thu 05 Mar 2026 17:00"),
        ("today", "Wed 04 Mar 2026 17:00"),
        ("monday", "Mon 09 Mar 2026 17:00"),
        ("by Monday.", "Mon 09 Mar 2026 17:00"),
        ("wed", "Wed 04 Mar 2026 17:00"),
        ("6 March", "Fri 06 Mar 2026 17:00"),
        ("06.03.", "Fri 06 Mar 2026 17:00"),
        ("EOD", "Wed 04 Mar 2026 17:00"),
        ("fri EOD", "Fri 06 Mar 2026 17:00"),
        ("end of day tomorrow", "Thu 05 Mar 2026 17:00"),
        ("close of business Friday", "Fri 06 Mar 2026 17:00"),
        ("next business day", "Thu 05 Mar 2026 17:00"),
        ("saturday", None),
        ("Good Friday", None),
        ("2026-04-03", None),  # closed
    ],
)
def test_a_bare_day_is_the_close_of_business_on_it(text, expected):
    assert said(read(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "soon",
            "asap",
            "later",
            "next friday",
            "this week",
            "eow",
            "midnight",
            "12am",
            "morning",
            "friday morning",
        ),
        *("2:00", "fri 2:00", "5:30", "14", "1400", "14h30", "1h30", "24:00", "14:60", "13pm", "0pm", "25:00 cet"),
        *("06/03", "06/03/2026", "3/6 14:00", "2026-02-30", "30.02.2026 10:00", "31 June", "2026-13-01", "6 Marz 26"),
        *(
            "thu 6 March",
            "mar 14:00",
            "fri sat",
            "tomorrow friday",
            "14:00 15:00",
            "14:00-16:00",
            "10:00-12:00",
            "10-12",
        ),
        *("2h 3bh", "2h 2h", "-2h", "2.5h", "2", "h", "0h", "0bd", "9999bd", "9999d", "9999bh", "1e3h", "2 moons"),
        *("14:00 XYZ", "14:00 CEST", "2026-07-06 14:00 CET", "2026-07-06 14:00 EST", "14:00 UTC+25", "fri CET"),
        *("yesterday", "2026-03-03 14:00", "2026-03-04 10:00", "today 09:00", "heute 9 Uhr", "3 March", "1 February"),
        *("2027-03-06 14:00", "400d", "60w", "we may", "on", "at", "by", "in", "eod eod", "fri eod sat", "tomorrow at"),
        *("fri 14:00 or sat", "fri 14:00 if all goes well", "x" * 500, "2026-03-29 02:30", "2026-10-25 02:30"),
        *("tomorrow\x00", "٣ days ago", "2026-W10-5", "20260306", "2026-03-06T14", "2026-03-06T25:00"),
    ],
)
def test_what_is_unclear_past_or_too_far_is_nothing(text):
    assert read(text) is None


def test_a_weekday_that_is_today_is_today_while_its_time_is_ahead():
    assert said(read("fri 14:00", now=FRIDAY)) == "Fri 06 Mar 2026 14:00"
    assert said(read("friday", now=FRIDAY)) == "Fri 06 Mar 2026 17:00"
    assert said(read("fri 09:00", now=FRIDAY)) == "Fri 13 Mar 2026 09:00"
    assert said(read("friday", now=FRIDAY + timedelta(hours=8))) == "Fri 13 Mar 2026 17:00"
    assert read("EOD", now=FRIDAY + timedelta(hours=8)) is None
    assert read("EOD", now=FRIDAY + timedelta(days=1)) is None


def test_a_date_without_a_year_is_next_years_only_where_that_is_near():
    november = datetime(2026, 11, 20, 10, tzinfo=BERLIN)
    assert said(read("6 January 14:00", now=november)) == "Wed 06 Jan 2027 14:00"
    assert read("6 November 14:00", now=november) is None
    assert said(read("29.02. 12:00", now=datetime(2028, 1, 3, tzinfo=BERLIN))) == "Tue 29 Feb 2028 12:00"
    assert said(read("29.02. 12:00", now=datetime(2027, 11, 3, tzinfo=BERLIN))) == "Tue 29 Feb 2028 12:00"
    assert read("29.02. 12:00") is None


def test_a_repeated_hour_is_clear_only_with_its_zone_and_a_skipped_one_never():
    autumn = datetime(2026, 10, 24, 10, tzinfo=BERLIN)
    assert read("tomorrow 02:30", now=autumn) is None
    assert read("tomorrow 02:30 CEST", now=autumn) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert read("tomorrow 02:30 CET", now=autumn) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    spring = datetime(2026, 3, 28, 10, tzinfo=BERLIN)
    assert read("tomorrow 02:30", now=spring) is None
    assert read("tomorrow 02:30 CET", now=spring) is None
    assert said(read("1d", now=spring)) == "Sun 29 Mar 2026 10:00"
    assert read("24h", now=spring) - spring.astimezone(UTC) == timedelta(hours=24)
    assert read("02:30", now=spring) is None


def test_days_and_clock_times_are_the_agents_and_closes_the_desks():
    assert said(read("tomorrow 10:00", zone=NEW_YORK), NEW_YORK) == "Thu 05 Mar 2026 10:00"
    assert said(read("tomorrow", zone=NEW_YORK)) == "Thu 05 Mar 2026 17:00"
    late = datetime(2026, 3, 5, 1, tzinfo=BERLIN)  # still Wednesday in New York
    assert said(read("tomorrow 10:00", now=late, zone=NEW_YORK), NEW_YORK) == "Thu 05 Mar 2026 10:00"
    assert said(read("tomorrow 10:00", now=late)) == "Fri 06 Mar 2026 10:00"
    assert read("tomorrow 10:00 CET", now=late, zone=NEW_YORK) is None  # Thursday for one, Friday for the other
    assert said(read("2026-03-06 10:00 CET", now=late, zone=NEW_YORK)) == "Fri 06 Mar 2026 10:00"


def test_an_abbreviation_is_the_agents_own_where_their_clock_bears_it():
    kolkata, shanghai = ZoneInfo("Asia/Kolkata"), ZoneInfo("Asia/Shanghai")
    assert read("18:00 IST", zone=kolkata) == datetime(2026, 3, 4, 12, 30, tzinfo=UTC)
    assert read("18:00 IST") is None
    assert read("18:00 CST", zone=shanghai) == datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
    assert read("18:00 CST") == datetime(2026, 3, 5, 0, 0, tzinfo=UTC)


def test_around_the_clock_a_bare_day_ends_with_it_and_business_time_is_plain():
    assert said(read("saturday", hours=ALWAYS)) == "Sat 07 Mar 2026 23:59"
    assert said(read("EOD", hours=ALWAYS)) == "Wed 04 Mar 2026 23:59"
    assert said(read("30bh", hours=ALWAYS)) == "Thu 05 Mar 2026 16:00"
    assert said(read("2bd", hours=ALWAYS)) == "Fri 06 Mar 2026 10:00"
    assert read("next business day", hours=ALWAYS) is None


def test_a_calendar_without_open_time_answers_nothing():
    shut = Hours(zone=BERLIN, spans={})
    assert read("2bd", hours=shut) is None
    assert read("4bh", hours=shut) is None
    assert read("friday", hours=shut) is None
    assert read("fri 14:00", hours=shut) is not None


def test_what_phones_put_in_is_understood():
    for text in ("“fri 14:00”", "fri\u00a014:00", "fri\u200b 14:00", "ＦＲＩ 14:00", "  fri   14:00 ", "Fri 14:00."):
        assert said(read(text)) == "Fri 06 Mar 2026 14:00", text
    for text in ("2026–03–06 14:00", "2026‑03‑06 14:00"):
        assert said(read(text)) == "Fri 06 Mar 2026 14:00", text


def test_now_must_know_its_zone():
    with pytest.raises(ValueError, match="zone"):
        read("2h", now=datetime(2026, 3, 4))


moments = st.datetimes(datetime(2025, 1, 1), datetime(2029, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
parts = st.sampled_from(
    [
        *(
            "fri",
            "friday",
            "mar",
            "may",
            "6",
            "06",
            "14:00",
            "2pm",
            "14h",
            "h",
            "bh",
            "2bd",
            "tomorrow",
            "morgen",
            "mañana",
        ),
        *("eod", "cet", "est", "utc+1", "-", "+", ".", ",", ":", "/", "at", "on", "by", "in", "2026-03-06", "t", "z"),
        *("06.03.", "next", "day", "und", "30", "noon", "uhr", "1w"),
    ]
)


@settings(max_examples=examples(300), deadline=None)
@given(
    st.one_of(st.text(max_size=100), st.lists(parts, max_size=6).map(" ".join)),
    moments,
    st.sampled_from([HOURS, ALWAYS]),
)
def test_any_text_gives_a_future_moment_or_nothing(text, now, hours):
    moment = read(text, now=now, hours=hours)
    if moment is not None:
        assert moment.utcoffset() == timedelta(0)
        assert now < moment <= now + timedelta(days=366)


@settings(max_examples=examples(200), deadline=None)
@given(
    moments, st.integers(1, 60 * 24 * 300), st.sampled_from([BERLIN, NEW_YORK, ZoneInfo("Australia/Lord_Howe"), UTC])
)
def test_a_moment_written_out_is_read_as_it_was_or_refused(now, minutes, zone):
    there = (now + timedelta(minutes=minutes + 1)).replace(second=0, microsecond=0)
    local = there.astimezone(zone)
    assert read(local.isoformat(), now=now, zone=zone) == there
    twice = len({(local.replace(fold=f)).utcoffset() for f in (0, 1)}) > 1
    for form in (
        "%Y-%m-%d %H:%M",
        "%d %B %Y %H:%M",
        "%B %d, %Y, %H:%M",
        "%a %d.%m.%Y %H:%M",
        "%A, %d %b %Y at %I:%M %p",
    ):
        if "%I" in form and (local.hour, local.minute) == (0, 0):
            continue
        assert read(local.strftime(form), now=now, zone=zone) == (None if twice else there), form
