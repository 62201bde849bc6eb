"""Times said in words: the reader's own clock, whatever the season and the zone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.letters.times import say_how_long, say_moment, say_short, say_when, zone_of

WINTER = datetime(2026, 3, 6, 13, 0, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 22, 5, tzinfo=UTC)


NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "language", "said"),
    [
        (WINTER, "Europe/Berlin", "en", "14:00 CET on Friday, 6 March 2026"),
        (WINTER, "Europe/Berlin", "de", "am Freitag, dem 6. März 2026, um 14:00 Uhr MEZ"),
        (SUMMER, "Europe/Berlin", "de", "am Donnerstag, dem 2. Juli 2026, um 00:05 Uhr MESZ"),
        (SUMMER, "America/New_York", "en", "18:05 EDT on Wednesday, 1 July 2026"),
        (SUMMER, "Europe/Lisbon", "de", "am Mittwoch, dem 1. Juli 2026, um 23:05 Uhr WESZ"),
        (WINTER, "+01:00", "en", "14:00 UTC+1 on Friday, 6 March 2026"),
        (WINTER, "+05:30", "de", "am Freitag, dem 6. März 2026, um 18:30 Uhr UTC+5:30"),
        (WINTER, "-03:30", "en", "09:30 UTC-3:30 on Friday, 6 March 2026"),
        (WINTER, "-00:30", "en", "12:30 UTC-0:30 on Friday, 6 March 2026"),
        (WINTER, "+00:00", "en", "13:00 UTC on Friday, 6 March 2026"),
        (WINTER, "UTC", "en-GB", "13:00 UTC on Friday, 6 March 2026"),
        (WINTER, "Europe/Istanbul", "en", "16:00 UTC+3 on Friday, 6 March 2026"),
        (WINTER, "Asia/Tokyo", "ja", "2026-03-06, 22:00 JST"),
    ],
)
def test_a_moment_is_said_by_the_readers_clock(moment, zone, language, said):
    assert say_when(moment, zone, language) == said


@pytest.mark.parametrize(
    ("after", "en", "de", "noun"),
    [
        (timedelta(minutes=13), "10:13 CET", "um 10:13 Uhr MEZ", "10:13 Uhr MEZ"),
        (timedelta(hours=4), "14:00 CET today", "heute um 14:00 Uhr MEZ", "heute, 14:00 Uhr MEZ"),
        (timedelta(hours=23), "09:00 CET tomorrow", "morgen um 09:00 Uhr MEZ", "morgen, 09:00 Uhr MEZ"),
        (timedelta(hours=14, minutes=5), "00:05 CET tomorrow", "morgen um 00:05 Uhr MEZ", "morgen, 00:05 Uhr MEZ"),
        (-timedelta(minutes=2), "09:58 CET", "um 09:58 Uhr MEZ", "09:58 Uhr MEZ"),
        (-timedelta(hours=17), "17:00 CET yesterday", "gestern um 17:00 Uhr MEZ", "gestern, 17:00 Uhr MEZ"),
        (
            timedelta(days=2),
            "10:00 CET on Friday, 6 March",
            "am Freitag, dem 6. März, um 10:00 Uhr MEZ",
            "Freitag, 6. März, 10:00 Uhr MEZ",
        ),
        (
            timedelta(days=365),
            "10:00 CET on Thursday, 4 March 2027",
            "am Donnerstag, dem 4. März 2027, um 10:00 Uhr MEZ",
            "Donnerstag, 4. März 2027, 10:00 Uhr MEZ",
        ),
    ],
)
def test_the_date_is_said_only_where_it_is_needed(after, en, de, noun):
    assert say_when(NOW + after, "Europe/Berlin", "en", now=NOW) == en
    assert say_when(NOW + after, "Europe/Berlin", "de", now=NOW) == de
    assert say_moment(NOW + after, "Europe/Berlin", "de", now=NOW) == noun
    assert say_moment(NOW + after, "Europe/Berlin", "en", now=NOW) == en


def test_what_is_today_is_told_by_the_readers_calendar():
    at = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
    assert say_when(at, "Asia/Tokyo", "en", now=NOW) == "08:30 JST tomorrow"
    assert say_when(at, "America/New_York", "en", now=NOW) == "18:30 EST today"


@pytest.mark.parametrize(
    ("left", "en", "de"),
    [
        (timedelta(0), "", ""),
        (-timedelta(minutes=3), "", ""),
        (timedelta(seconds=1), "in about a second", "in etwa einer Sekunde"),
        (timedelta(seconds=40), "in about 40 seconds", "in etwa 40 Sekunden"),
        (timedelta(minutes=13), "in about 13 minutes", "in etwa 13 Minuten"),
        (timedelta(minutes=12, seconds=58), "in about 13 minutes", "in etwa 13 Minuten"),
        (timedelta(hours=1), "in about an hour", "in etwa einer Stunde"),
        (timedelta(hours=3, minutes=59), "in about 4 hours", "in etwa 4 Stunden"),
        (timedelta(hours=35), "in about 35 hours", "in etwa 35 Stunden"),
        (timedelta(hours=40), "in about 2 days", "in etwa 2 Tagen"),
        (timedelta(days=9), "in about 9 days", "in etwa 9 Tagen"),
    ],
)
def test_how_long_it_is_until_then(left, en, de):
    assert (say_how_long(left, "en"), say_how_long(left, "de")) == (en, de)


def test_the_hour_that_comes_twice_is_told_apart_by_its_zone():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert say_when(first, "Europe/Berlin", "en") == "02:30 CEST on Sunday, 25 October 2026"
    assert say_when(first + timedelta(hours=1), "Europe/Berlin", "en") == "02:30 CET on Sunday, 25 October 2026"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Fri 6 Mar, 14:00 CET"), ("de", "Fr 6.3., 14:00 MEZ"), ("fr", "2026-03-06 14:00 CET")],
)
def test_the_short_form(language, said):
    assert say_short(WINTER, "Europe/Berlin", language) == said
    assert say_short(WINTER, "Europe/Berlin", language, now=NOW) == said
    assert say_short(WINTER, "Europe/Berlin", "en", now=WINTER) == "14:00 CET"


def test_a_desk_that_counts_in_seconds_says_them():
    moment = WINTER + timedelta(seconds=7)
    assert say_when(moment, "UTC", "en", to_the_second=True) == "13:00:07 UTC on Friday, 6 March 2026"
    assert say_when(moment, "UTC", "de", to_the_second=True) == "am Freitag, dem 6. März 2026, um 13:00:07 Uhr UTC"
    assert say_short(WINTER, "UTC", "en", to_the_second=True) == "Fri 6 Mar, 13:00:00 UTC"


@pytest.mark.parametrize(
    "zone", ["", "Mars/Olympus", "+1", "+25:00", "../../etc/passwd", "/etc/localtime", "\0", "x" * 5000]
)
def test_what_is_no_zone_is_refused(zone):
    with pytest.raises(ValueError, match="no such time zone"):
        zone_of(zone)


@pytest.mark.parametrize("say", [say_when, say_moment, say_short])
def test_a_moment_without_a_zone_is_refused(say):
    with pytest.raises(ValueError, match="without a zone"):
        say(datetime(2026, 3, 6, 13, 0), "UTC", "en")


@given(
    moment=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    minutes=st.integers(-14 * 60, 14 * 60),
    language=st.sampled_from(["en", "de", "fr"]),
)
def test_any_offset_of_a_date_header_can_be_said(moment, minutes, language):
    sign, hours, rest = "-" if minutes < 0 else "+", *divmod(abs(minutes), 60)
    zone = f"{sign}{hours:02}:{rest:02}"
    local = moment + timedelta(minutes=minutes)
    said = say_when(moment, zone, language)
    assert f"{local.hour:02}:{local.minute:02}" in said
    assert str(local.year) in said
    assert zone_of(zone).utcoffset(None) == timedelta(minutes=minutes)
