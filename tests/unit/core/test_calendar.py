"""An agent's calendar file: what of it says that they are away, what is left out and named, and what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.adapters.calendar_files import CalendarFile
from mailbot.core.language.calendar import calendar_of
from mailbot.core.model.absence import ToldBy
from mailbot.core.model.known import Keys
from mailbot.loops.calendars import Calendars
from tests.simulation.simulated_desk import BERLIN, JOOST, MARA, SimulatedDesk, mail, minutes

MARAS = "Mara Lind <mara@lumen.example>"


NOW = datetime(2026, 3, 2, 9, tzinfo=BERLIN)


def berlin(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=BERLIN)


def ics(*events):
    body = "".join("BEGIN:VEVENT\r\n" + "".join(f"{line}\r\n" for line in event) + "END:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}END:VCALENDAR\r\n"


def event(begins, ends="", *more, summary="Vacation"):
    return [f"SUMMARY:{summary}", f"DTSTART{begins}", *([f"DTEND{ends}"] if ends else []), *more]


OOF = "X-MICROSOFT-CDO-BUSYSTATUS:OOF"


def away(*events):
    return [
        (one.begins.astimezone(BERLIN), one.ends.astimezone(BERLIN))
        for one in calendar_of(ics(*events), BERLIN, owner=MARA, now=NOW).away
    ]


@pytest.mark.parametrize(
    ("one", "begins", "ends"),
    [
        (event(";VALUE=DATE:20260303", ";VALUE=DATE:20260305"), (3, 0), (5, 0)),
        (event(";VALUE=DATE:20260303"), (3, 0), (4, 0)),
        (event(":20260303T080000Z", ":20260303T120000Z"), (3, 9), (3, 13)),
        (event(";TZID=America/New_York:20260303T080000", ";TZID=America/New_York:20260303T120000"), (3, 14), (3, 18)),
        (event(';TZID="Europe/Berlin":20260303T080000', ';TZID="Europe/Berlin":20260303T120000'), (3, 8), (3, 12)),
        (event(":20260303T080000", ":20260303T120000"), (3, 8), (3, 12)),
        (event(":20260303T080000Z", "", "DURATION:PT4H30M"), (3, 9), (3, 13, 30)),
        (event(";VALUE=DATE:20260303", "", "DURATION:P1W"), (3, 0), (10, 0)),
    ],
)
def test_the_times_that_are_read(one, begins, ends):
    assert away([*one, OOF]) == [(berlin(*begins), berlin(*ends))]


DAY = (";VALUE=DATE:20260303", ";VALUE=DATE:20260304")


@pytest.mark.parametrize(
    "summary",
    [
        "Vacation",
        "annual leave, Crete",
        "Out of office",
        "OOO",
        "Urlaub",
        "Mara abwesend",
        "krank",
        "Congés d'été",
        "Holiday",
        "Mara's vacation",
    ],
)
def test_a_word_for_it_marks_an_absence(summary):
    assert len(away(event(*DAY, summary=summary))) == 1


def test_so_do_a_category_and_outlook_and_a_folded_line():
    assert len(away(event(*DAY, "CATEGORIES:Private\\,Vacation", summary="Crete"))) == 1
    assert len(away(event(*DAY, OOF, summary="Crete"))) == 1
    assert len(away(event(*DAY, summary="On annual lea\r\n ve"))) == 1


@pytest.mark.parametrize(
    "more",
    [
        ('ORGANIZER;CN="Lind, Mara":mailto:Mara@Lumen.example',),
        ("ORGANIZER:MAILTO:mara@lumen.example", "ATTENDEE:mailto:joost@lumen.example", OOF),
        ("ATTENDEE:mailto:joost@lumen.example", OOF),
        ("TRANSP:OPAQUE",),
    ],
)
def test_so_does_what_they_organise_themselves(more):
    assert len(away(event(*DAY, *more))) == 1


def test_a_day_from_midnight_to_midnight_is_a_whole_one():
    assert len(away(event(":20260303T000000", ":20260304T000000"))) == 1


@pytest.mark.parametrize(
    "one",
    [
        event(*DAY, summary="Team meeting about the shop"),
        event(*DAY, summary="Plan the awayday"),
        event(*DAY, "STATUS:CANCELLED"),
        event(*DAY, "STATUS:CANCELLED", OOF),
        event(*DAY, "TRANSP:TRANSPARENT"),
        event(*DAY, "TRANSP:TRANSPARENT", OOF),
        event(*DAY, "ATTENDEE:mailto:mara@lumen.example"),
        event(*DAY, "ORGANIZER;CN=Ben:mailto:ben@pine.example"),
        event(*DAY, "ORGANIZER:MAILTO:ben@pine.example", "ATTENDEE:mailto:mara@lumen.example", OOF),
        event(":20260303T000000Z", ":20260303T050000Z", summary="Vacation plans"),
        event(":20260303T090000", ":20260303T100000", summary="Sick leave policy"),
        event(*DAY, summary="Ben's vacation"),
        event(*DAY, summary="Ben’s vacation"),
        event(*DAY, "X-MICROSOFT-CDO-BUSYSTATUS:FREE"),
        event(*DAY, "BEGIN:VALARM", "SUMMARY:Vacation", "END:VALARM", summary="Lunch"),
    ],
)
def test_what_marks_none(one):
    found = calendar_of(ics(one), BERLIN, owner=MARA, now=NOW)
    assert (found.away, found.unread) == ((), ())


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (event(*DAY, "RRULE:FREQ=HOURLY"), "calendar.repeats"),
        (event(*DAY, "RDATE;VALUE=PERIOD:20260401T000000Z/P1D"), "calendar.repeats"),
        (event(";TZID=W. Europe Standard Time:20260303T080000", ":20260304T080000Z"), "calendar.no-time"),
        (event(":soon", ":20260304T080000Z"), "calendar.no-time"),
        (event(":20260305T080000Z", ":20260304T080000Z"), "calendar.no-time"),
        (event(":20260230T080000Z", ":20260304T080000Z"), "calendar.no-time"),
        (event(":20260303T080000Z"), "calendar.no-time"),
    ],
)
def test_what_is_not_read_is_named(one, code):
    found = calendar_of(ics(one), BERLIN, owner=MARA, now=NOW)
    assert found.away == ()
    (reason,) = found.unread
    assert (reason.code, dict(reason.args)["title"]) == (code, "Vacation")


def test_what_is_no_calendar_is_named():
    assert [one.code for one in calendar_of("<html>not found</html>", BERLIN, owner=MARA, now=NOW).unread] == [
        "calendar.none"
    ]


@given(st.text(max_size=400), st.text(max_size=80))
def test_no_file_breaks_it(text, value):
    for one in (text, ics([text]), ics(event(f":{value}", f";{value}"))):
        found = calendar_of(one, BERLIN, owner=MARA, now=NOW)
        assert all(away.begins < away.ends for away in found.away)
        assert found.at(datetime(2026, 3, 3, tzinfo=UTC)) is None or found.away


def test_days_that_follow_one_another_are_one_time():
    two = calendar_of(
        ics(event(*DAY), event(";VALUE=DATE:20260304", ";VALUE=DATE:20260306")), BERLIN, owner=MARA, now=NOW
    )
    found = two.at(berlin(3, 12))
    assert (found.begins, found.ends) == (berlin(3, 0), berlin(6, 0))
    assert two.at(berlin(6, 0)) is None


# --- what follows --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk():
    one = SimulatedDesk(vouches=True, change_policy=lambda p: replace(p, agents={"mara": MARA, "joost": JOOST}))
    yield one
    one.close()


@pytest.fixture
def calendar(desk, tmp_path):
    """Writes Mara's calendar, and has the desk look into it."""
    path = tmp_path / "mara.ics"
    looks = Calendars(
        files={"mara": CalendarFile(path)}, desk=desk.store, clock=desk.clock, setting=lambda: desk.setting
    )
    count = [0]

    def look(*events, write=True):
        if write:
            count[0] += 1
            path.write_text(ics(*events) + "\n" * count[0], "utf-8")  # so that its size differs
        changed = looks.tick()
        desk.send()
        return changed

    return look


def told(desk, name, since=0):
    return [s.outgoing.to.address.partition("@")[0] for s in desk.sent[since:] if s.outgoing.name == name]


def write(desk, text, to="help@lumen.example", who=MARAS):
    return desk.receive(mail(who, text, at=desk.clock.now(), to=to, subject="x"))


def taken(desk):
    write(desk, "The export fails with an error.", who="Nora Feld <nora@pine.example>")
    write(desk, "/take", to=desk.last("new", "mara").reply_to)


def followed(desk):
    since = len(desk.sent)
    write(desk, "And now?", to=desk.last("ack").reply_to, who="Nora Feld <nora@pine.example>")
    return told(desk, "followup", since)


def test_they_are_away_while_an_event_says_so_and_no_longer(desk, calendar):
    taken(desk)
    trip = event(":20260302T100000Z", ":20260303T100000Z", OOF)
    assert calendar(trip) == 0, "not yet"
    desk.pass_time(berlin(2, 11, 1))
    assert calendar(trip) == 1
    assert told(desk, "offered") == ["joost"]
    assert calendar(trip, write=False) == 0, "once"
    assert followed(desk) == ["joost"]
    desk.pass_time(berlin(3, 11, 1))
    assert calendar(trip, write=False) == 0
    assert followed(desk) == ["mara"]


def test_an_event_that_is_deleted_or_moved_counts_at_once(desk, calendar):
    taken(desk)
    calendar(event(":20260302T080000Z", ":20260303T100000Z", OOF))
    assert calendar(event(":20260302T080000Z", ":20260306T100000Z", OOF)) == 1
    desk.pass_time(berlin(4, 10))
    assert followed(desk) == ["joost"]
    assert told(desk, "offered") == ["joost"]
    assert calendar() == 1
    assert followed(desk) == ["mara"]


def test_what_they_say_themselves_counts_more_and_back_stays_back(desk, calendar):
    taken(desk)
    trip = event(":20260302T080000Z", ":20260306T100000Z", OOF)
    calendar(trip)
    write(desk, "/back")
    assert calendar(trip) == 0
    assert followed(desk) == ["mara"]
    write(desk, "/away until 10 March 9:00")
    assert calendar() == 0, "an empty calendar does not call them back"
    desk.clock.at += minutes(5)
    assert followed(desk) == ["joost"]


def test_one_that_repeats_is_found_years_later_in_a_file_that_did_not_change(desk, calendar):
    fridays = event(";VALUE=DATE:20260306", ";VALUE=DATE:20260307", "RRULE:FREQ=WEEKLY")
    assert calendar(fridays) == 0
    desk.clock.at = datetime(2029, 3, 2, 9, tzinfo=BERLIN)
    assert calendar(write=False) == 1
    known = desk.store.lookup(Keys(content_key="", sender=None), desk.clock.at)
    assert [one.until for one in known.absences] == [datetime(2029, 3, 3, tzinfo=BERLIN)]


def test_a_file_that_is_not_there_changes_nothing(desk, tmp_path):
    missing = CalendarFile(tmp_path / "none.ics")
    assert missing() is None
    looks = Calendars(files={"mara": missing}, desk=desk.store, clock=desk.clock, setting=lambda: desk.setting)
    assert looks.tick() == 0


def test_one_calendar_that_fails_stops_no_other(desk, tmp_path):
    taken(desk)
    path = tmp_path / "mara.ics"
    path.write_text(ics(event(":20260302T080000Z", ":20260303T100000Z", OOF)), "utf-8")

    def broken():
        raise ValueError("no calendar")

    files = {"joost": broken, "mara": CalendarFile(path)}
    looks = Calendars(files=files, desk=desk.store, clock=desk.clock, setting=lambda: desk.setting)
    assert looks.tick() == 1
    desk.send()
    assert followed(desk) == ["joost"]


@pytest.mark.parametrize("begins", [True, False])
def test_what_they_say_between_look_and_word_stays(desk, calendar, tmp_path, begins):
    class Between:
        """A store into which something is said right after a look."""

        lookup = staticmethod(desk.store.lookup)

        def commit(self, decision, now):
            write(desk, "/away until 10 March 9:00")
            return desk.store.commit(decision, now)

    trip = event(":20260302T080000Z", ":20260303T100000Z", OOF)
    if begins:
        (tmp_path / "mara.ics").write_text(ics(trip), "utf-8")
    else:
        calendar(trip)
        (tmp_path / "mara.ics").write_text(ics(), "utf-8")
    files = {"mara": CalendarFile(tmp_path / "mara.ics")}
    looks = Calendars(files=files, desk=Between(), clock=desk.clock, setting=lambda: desk.setting)
    assert looks.tick() == 0
    stored = desk.store.lookup(Keys(content_key="", sender=None), desk.clock.now()).absences
    assert [(one.agent, one.by) for one in stored] == [("mara", ToldBy.THEMSELVES)]
