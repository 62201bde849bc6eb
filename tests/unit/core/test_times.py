"""Times said in words: the reader's own clock, whatever the season and the zone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.letters.times import say_short, say_when, zone_of

WINTER = datetime(2026, 3, 6, 13, 0, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 22, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "language", "said"),
    [
        (WINTER, "Europe/Berlin", "en", "Friday, 6 March 2026, 14:00 CET"),
        (WINTER, "Europe/Berlin", "de", "Freitag, 6. März 2026, 14:00 Uhr MEZ"),
        (SUMMER, "Europe/Berlin", "de", "Donnerstag, 2. Juli 2026, 00:05 Uhr MESZ"),
        (SUMMER, "America/New_York", "en", "Wednesday, 1 July 2026, 18:05 EDT"),
        (SUMMER, "Europe/Lisbon", "de", "Mittwoch, 1. Juli 2026, 23:05 Uhr WESZ"),
        (WINTER, "+01:00", "en", "Friday, 6 March 2026, 14:00 UTC+1"),
        (WINTER, "+05:30", "de", "Freitag, 6. März 2026, 18:30 Uhr UTC+5:30"),
        (WINTER, "-03:30", "en", "Friday, 6 March 2026, 09:30 UTC-3:30"),
        (WINTER, "-00:30", "en", "Friday, 6 March 2026, 12:30 UTC-0:30"),
        (WINTER, "+00:00", "en", "Friday, 6 March 2026, 13:00 UTC"),
        (WINTER, "UTC", "en-GB", "Friday, 6 March 2026, 13:00 UTC"),
        (WINTER, "Europe/Istanbul", "en", "Friday, 6 March 2026, 16:00 UTC+3"),
        (WINTER, "Asia/Tokyo", "ja", "2026-03-06, 22:00 JST"),
    ],
)
def test_a_moment_is_said_by_the_readers_clock(moment, zone, language, said):
    assert say_when(moment, zone, language) == said


def test_the_hour_that_comes_twice_is_told_apart_by_its_zone():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert say_when(first, "Europe/Berlin", "en") == "Sunday, 25 October 2026, 02:30 CEST"
    assert say_when(first + timedelta(hours=1), "Europe/Berlin", "en") == "Sunday, 25 October 2026, 02:30 CET"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Fri 6 Mar, 14:00 CET"), ("de", "Fr 6.3., 14:00 MEZ"), ("fr", "2026-03-06 14:00 CET")],
)
def test_the_short_form(language, said):
    assert say_short(WINTER, "Europe/Berlin", language) == said


def test_a_desk_that_counts_in_seconds_says_them():
    moment = WINTER + timedelta(seconds=7)
    assert say_when(moment, "UTC", "en", to_the_second=True) == "Friday, 6 March 2026, 13:00:07 UTC"
    assert say_when(moment, "UTC", "de", to_the_second=True) == "Freitag, 6. März 2026, 13:00:07 Uhr UTC"
    assert say_short(WINTER, "UTC", "en", to_the_second=True) == "Fri 6 Mar, 13:00:00 UTC"


@pytest.mark.parametrize(
    "zone", ["", "Mars/Olympus", "+1", "+25:00", "../../etc/passwd", "/etc/localtime", "\0", "x" * 5000]
)
def test_what_is_no_zone_is_refused(zone):
    with pytest.raises(ValueError, match="no such time zone"):
        zone_of(zone)


@pytest.mark.parametrize("say", [say_when, say_short])
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
