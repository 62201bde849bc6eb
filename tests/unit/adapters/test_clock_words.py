"""Times said in words: the reader's own clock, whatever the season and the zone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.adapters.letters.clock_words import KEYS, ClockWords, times_of, zones_of
from mailbot.adapters.letters.phrases import FILE, Phrases
from mailbot.core.language.told_time import zone_of
from tests.unit.adapters.golden_letters import ROOT


def words_of(language):
    """The words of a language that ships, or of one that has none."""
    catalogue = ROOT / "templates" / language.removesuffix("-du").removesuffix("-GB") / FILE
    phrases = Phrases(catalogue.read_text("utf-8") if catalogue.exists() else "")
    return ClockWords(language, phrases.times, phrases.zones)


WORDS = {language: words_of(language) for language in ("en", "en-GB", "de", "de-du", "fi", "tlh")}
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
        (WINTER, "Europe/Berlin", "de-du", "am Freitag, dem 6. März 2026, um 14:00 Uhr MEZ"),
        (WINTER, "Asia/Tokyo", "fi", "2026-03-06, 22:00 JST"),
        (WINTER, "Asia/Tokyo", "tlh", "2026-03-06, 22:00 JST"),
    ],
)
def test_a_moment_is_said_by_the_readers_clock(moment, zone, language, said):
    assert WORDS[language].when(moment, zone) == said


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
    assert WORDS["en"].when(NOW + after, "Europe/Berlin", now=NOW) == en
    assert WORDS["de"].when(NOW + after, "Europe/Berlin", now=NOW) == de
    assert WORDS["de"].in_a_line(NOW + after, "Europe/Berlin", now=NOW) == noun
    assert WORDS["en"].in_a_line(NOW + after, "Europe/Berlin", now=NOW) == en


@pytest.mark.parametrize(
    ("language", "one", "two", "left"),
    [
        (
            "es",
            "hoy a la 1:05 (hora de Madrid)",
            "hoy a las 2:05 (hora de Madrid)",
            ("dentro de unas 4 horas", "dentro de unos 13 minutos"),
        ),
        (
            "it",
            "oggi all’1:05 (ora italiana)",
            "oggi alle 2:05 (ora italiana)",
            ("tra circa 4 ore", "tra circa 13 minuti"),
        ),
        (
            "pt-BR",
            "hoje à 1h05 (horário da Europa Central)",
            "hoje às 2h05 (horário da Europa Central)",
            ("em cerca de 4 horas", "em cerca de 13 minutos"),
        ),
    ],
)
def test_one_o_clock_and_round_numbers_are_said_as_the_language_does(language, one, two, left):
    words, night = words_of(language), NOW.replace(hour=14)
    first = datetime(2026, 3, 4, 0, 5, tzinfo=UTC)
    assert words.when(first, "Europe/Berlin", now=night) == one
    assert words.when(first + timedelta(hours=1), "Europe/Berlin", now=night) == two
    assert (words.left(timedelta(hours=4)), words.left(timedelta(minutes=13))) == left


def test_what_is_today_is_told_by_the_readers_calendar():
    at = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
    assert WORDS["en"].when(at, "Asia/Tokyo", now=NOW) == "08:30 JST tomorrow"
    assert WORDS["en"].when(at, "America/New_York", now=NOW) == "18:30 EST today"


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
    assert (WORDS["en"].left(left), WORDS["de"].left(left)) == (en, de)


def test_the_hour_that_comes_twice_is_told_apart_by_its_zone():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert WORDS["en"].when(first, "Europe/Berlin") == "02:30 CEST on Sunday, 25 October 2026"
    assert WORDS["en"].when(first + timedelta(hours=1), "Europe/Berlin") == "02:30 CET on Sunday, 25 October 2026"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Fri 6 Mar, 14:00 CET"), ("de", "Fr 6.3., 14:00 MEZ"), ("fi", "2026-03-06 14:00 CET")],
)
def test_the_short_form(language, said):
    assert WORDS[language].short(WINTER, "Europe/Berlin") == said
    assert WORDS[language].short(WINTER, "Europe/Berlin", now=NOW) == said
    assert WORDS["en"].short(WINTER, "Europe/Berlin", now=WINTER) == "14:00 CET"


def test_a_desk_that_counts_in_seconds_says_them():
    moment = WINTER + timedelta(seconds=7)
    assert WORDS["en"].when(moment, "UTC", to_the_second=True) == "13:00:07 UTC on Friday, 6 March 2026"
    assert WORDS["de"].when(moment, "UTC", to_the_second=True) == "am Freitag, dem 6. März 2026, um 13:00:07 Uhr UTC"
    assert WORDS["en"].short(WINTER, "UTC", to_the_second=True) == "Fri 6 Mar, 13:00:00 UTC"


@pytest.mark.parametrize(
    "zone", ["", "Mars/Olympus", "+1", "+25:00", "../../etc/passwd", "/etc/localtime", "\0", "x" * 5000]
)
def test_what_is_no_zone_is_refused(zone):
    with pytest.raises(ValueError, match="no such time zone"):
        zone_of(zone)


@pytest.mark.parametrize("say", ["when", "in_a_line", "short"])
def test_a_moment_without_a_zone_is_refused(say):
    with pytest.raises(ValueError, match="without a zone"):
        getattr(WORDS["en"], say)(datetime(2026, 3, 6, 13, 0), "UTC")


@pytest.mark.parametrize(
    ("seconds", "en", "de"),
    [
        (40, "40 s", "40 s"),
        (25 * 60, "25 min", "25 min"),
        (7200, "2 h", "2 h"),
        (3 * 86400, "3 days", "3 Tage"),
    ],
)
def test_how_much_time_is_left(seconds, en, de):
    assert (WORDS["en"].duration(seconds), WORDS["de"].duration(seconds)) == (en, de)


def test_sizes_and_languages_are_called_what_the_reader_calls_them():
    assert [WORDS[each].size(1_500_000) for each in ("en", "de", "tlh")] == ["1.5 MB", "1,5 MB", "1.5 MB"]
    assert [WORDS[each].language("de") for each in ("en", "de", "tlh")] == ["German", "Deutsch", "de"]


def test_a_language_without_words_for_times_still_counts_in_its_own():
    assert WORDS["fi"].left(timedelta(minutes=13)) == "13 minuutin päästä"
    assert WORDS["tlh"].left(timedelta(minutes=13)) == ""


def test_what_goes_with_a_number_is_chosen_as_the_language_counts():
    polish = ClockWords("pl", {})
    forms = {"one": "bilet", "few": "bilety", "many": "biletów", "other": "biletu"}
    assert [polish.plural(count, forms) for count in (1, 2, 5, 12, 22, 112, 1022)] == [
        *("bilet", "bilety", "biletów"),
        *("biletów", "bilety", "biletów", "bilety"),
    ]
    assert WORDS["en"].plural(2, {"one": "ticket", "other": "tickets"}) == "tickets"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ({"noon": "12"}, "knows no 'noon'"),
        ({"clock": 3}, "not a text"),
        ({"today": "{clock} {moon}"}, "no {moon} here"),
        ({"one_day": "in {count} day"}, "only nothing"),
    ],
)
def test_a_time_that_cannot_be_told_so_is_refused(lines, reason):
    with pytest.raises((TypeError, ValueError), match=reason):
        times_of(lines)


def test_each_language_that_ships_says_how_its_times_are_told():
    for catalogue in (ROOT / "templates").glob(f"*/{FILE}"):
        missing = [
            key
            for key in KEYS
            if key not in Phrases(catalogue.read_text("utf-8")).times
            and not key.startswith("line_")
            and not key.startswith("about_")
            and key not in ("full_hour", "first", "beside", "at", "at_one", "seconds", "minutes", "hours", "days")
        ]
        assert not missing, catalogue


@given(
    moment=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    minutes=st.integers(-14 * 60, 14 * 60),
    language=st.sampled_from(["en", "de", "fi", "tlh"]),
)
def test_any_offset_of_a_date_header_can_be_said(moment, minutes, language):
    sign, hours, rest = "-" if minutes < 0 else "+", *divmod(abs(minutes), 60)
    zone = f"{sign}{hours:02}:{rest:02}"
    local = moment + timedelta(minutes=minutes)
    said = WORDS[language].when(moment, zone)
    assert f"{local.hour:02}:{local.minute:02}" in said
    assert str(local.year) in said
    assert zone_of(zone).utcoffset(None) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("moment", "zone", "language", "said"),
    [
        (WINTER, "Europe/Berlin", "fr", "14 h (heure de Paris)"),
        (SUMMER, "Europe/Brussels", "fr", "0 h 05 (heure de Paris)"),
        (WINTER, "Africa/Tunis", "fr", "14 h (heure de Paris)"),
        (SUMMER, "Africa/Tunis", "fr", "23 h 05 CET"),  # no summer time there: Paris is an hour ahead
        (SUMMER, "America/Montreal", "fr", "18 h 05 (heure de l’Est)"),
        (SUMMER, "Europe/Berlin", "es", "0:05 (hora de Madrid)"),
        (WINTER, "+01:00", "es", "14:00 UTC+1"),
        (WINTER, "Europe/Vienna", "it", "14:00 (ora italiana)"),
        (WINTER, "America/Sao_Paulo", "pt-BR", "10h (horário de Brasília)"),
        (WINTER, "-03:00", "pt-BR", "10h (horário de Brasília)"),
        (WINTER, "Europe/Berlin", "pt-BR", "14h (horário da Europa Central)"),
        (WINTER, "Europe/Lisbon", "pt-BR", "13h WET"),
        (WINTER, "Europe/Berlin", "nl", "14.00 uur CET"),
    ],
)
def test_a_clock_is_called_by_the_place_that_people_call_it_by_where_it_is_the_same(moment, zone, language, said):
    assert words_of(language).short(moment, zone).replace("\u202f", " ").endswith(f", {said}")


@pytest.mark.parametrize("lines", [{"Europe/Nowhere": "there"}, {"Europe/Paris": ""}, {"Europe/Paris": 1}])
def test_a_place_that_is_none_or_has_no_words_is_refused(lines):
    with pytest.raises((ValueError, TypeError)):
        zones_of(lines)


@pytest.mark.parametrize(("language", "said"), [("en", "2 h"), ("fr", "2 h"), ("nl", "2 uur"), ("pl", "2 godz.")])
def test_hours_in_short_are_said_as_the_language_does(language, said):
    assert words_of(language).duration(7200) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(40, "40秒"), (25 * 60, "25分"), (89 * 60, "89分"), (7200, "2時間"), (3 * 86400, "3日")]
)
def test_japanese_counts_each_unit_in_its_own_counter_without_a_blank(seconds, said):
    assert words_of("ja").duration(seconds) == said


def test_arabic_has_a_short_sign_for_each_unit_and_says_days_whole():
    said = [words_of("ar").duration(seconds) for seconds in (40, 600, 7200, 2 * 86400)]
    assert said == ["40 ث", "10 د", "2 س", "يومان"]
