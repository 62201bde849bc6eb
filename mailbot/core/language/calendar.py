"""Reads from a calendar file (iCalendar, RFC 5545) when its owner is away: a bounded reader, which says what it leaves out.

Read are VEVENTs with DTSTART and DTEND or DURATION in days, in UTC, by an IANA zone, or by the owner's own clock; those that
repeat (section 3.8.5) within some four hundred days of today, by rules that `recurrence` reads. Zones that only the file
knows, and what is cancelled or free (TRANSP), are not. An event marks
absence if Outlook says so (X-MICROSOFT-CDO-BUSYSTATUS:OOF), or if it is of whole days, invites nobody, and its summary or
categories have a word for it. What somebody else organises never does: calendars enter invitations by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from zoneinfo import ZoneInfo

from mailbot.core.language.icalendar import STAMP, ZONE, Event, all_of, events_of, lines_of, plain
from mailbot.core.language.recurrence import Rule, days_of, rule_of
from mailbot.core.model.addresses import address_key
from mailbot.core.model.policy import Agent
from mailbot.core.model.reason import Reason, why

MOST_CHARACTERS = 4_000_000
_MOST_EVENTS = 20_000
_MOST_UNREAD = 5  # that are named
_LONGEST = timedelta(days=400)  # a time away, and how far before and after today one that repeats is looked for
_MOST_STEPS = 400_000  # days that are looked at for all that repeats in a file: far above any real one
_MOST_LISTED = 2000  # dates that an event adds, or leaves out
_DAY = timedelta(days=1)
_AWAY = re.compile(
    r"\b(?:away|absen[ct]\w*|out of (?:the )?office|ooo|vacation|holidays?|on leave|annual leave|parental leave|sick|"
    r"urlaub|abwesen\w*|krank\w*|elternzeit|cong[ée]s?|vacances|absente?|malade)\b",
    re.IGNORECASE,
)
_MAILTO = "mailto:"
_LENGTH = re.compile(r"\+?P(?:(\d{1,3})W)?(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:\d{1,6}S)?)?")


@dataclass(frozen=True, slots=True)
class Away:
    """A time away, from `begins` up to `ends` (both UTC)."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Calendar:
    """The times away in a file, by their beginning, and what of it was not read, in words for the admin."""

    away: tuple[Away, ...]
    unread: tuple[Reason, ...]

    def at(self, now: datetime) -> Away | None:
        """The time away that holds at that moment, together with those that follow without a gap; None if there is none."""
        found: Away | None = None
        for one in self.away:
            if one.begins > (now if found is None else found.ends):
                break
            if found is not None:
                found = Away(found.begins, max(found.ends, one.ends))
            elif now < one.ends:
                found = one
        return found


def calendar_of(text: str, zone: ZoneInfo, *, owner: Agent, now: datetime) -> Calendar:
    """What its owner's calendar file says of the time around `now`; `zone` is theirs. Never raises: what it cannot read it names."""
    unread: list[Reason] = []
    if len(text) > MOST_CHARACTERS:
        return Calendar((), (why("calendar.too-large"),))
    lines = lines_of(text)
    if not any(line.strip().upper() == "BEGIN:VCALENDAR" for line in lines[:20]):
        return Calendar((), (why("calendar.none"),))
    away: list[Away] = []
    events = list(islice(events_of(lines), _MOST_EVENTS + 1))
    if len(events) > _MOST_EVENTS:
        unread.append(why("calendar.too-many", count=_MOST_EVENTS))
        del events[_MOST_EVENTS:]
    moved, steps = _moved(events, zone), _MOST_STEPS
    for event in events:
        found = _read(event, zone, owner)
        if isinstance(found, Reason):
            unread.append(found)
        elif found is not None and not found.repeats:
            away.append(found.on(found.begins))
        elif found is not None:
            times = None
            if steps > 0:
                times, taken = _times(event, found, zone, moved.get(_uid(event), frozenset()), now, steps)
                steps -= taken
            if times is None:
                unread.append(why("calendar.repeats", title=_title(event)))
            else:
                away += times
    away.sort(key=lambda one: (one.begins, one.ends))
    return Calendar(tuple(away), tuple(dict.fromkeys(unread))[:_MOST_UNREAD])


@dataclass(frozen=True, slots=True)
class _Span:
    """A time away as its place's clock shows it: from when on, and how long. Whole days stay whole when clocks change."""

    begins: datetime
    place: tzinfo
    length: timedelta
    by_days: bool
    repeats: bool

    def on(self, begins: datetime) -> Away:
        """The same at another time of that clock. Raises OverflowError at the end of all calendars."""
        start = begins.replace(tzinfo=self.place).astimezone(UTC)
        if self.by_days:
            return Away(start, (begins + self.length).replace(tzinfo=self.place).astimezone(UTC))
        return Away(start, start + self.length)


def _times(
    event: Event, span: _Span, zone: ZoneInfo, moved: frozenset[datetime | date], now: datetime, most: int
) -> tuple[list[Away] | None, int]:
    """When an event that repeats is, not too far from `now` (None: it is not read), and how many days were looked at.

    Section 3.8.5: what the rule names and RDATE adds, without what EXDATE takes away and other events stand for (`moved`).
    """
    rule = rule_of(event["RRULE"][1]) if "RRULE" in event else None
    added = _listed(event, "RDATE", zone)
    left_out = _listed(event, "EXDATE", zone)
    steps = 1 + len(added or ()) + len(left_out or ())
    if added is None or left_out is None or (rule is None and "RRULE" in event):
        return None, _MOST_LISTED if added is None or left_out is None else steps
    without = moved | frozenset(left_out)
    first, last, start = (now - 2 * _LONGEST).date(), (now + _LONGEST).date(), span.begins
    days = [start.date()]
    if rule is not None:
        named, looked_at = days_of(rule, start.date(), first=first, last=last, most=most - steps)
        steps += looked_at
        if named is None:
            return None, steps
        days = sorted({*days, *named})
    walls: dict[datetime, Rule | None] = dict.fromkeys((datetime.combine(day, start.time()) for day in days), rule)
    for each in added:
        there = each.astimezone(span.place).replace(tzinfo=None) if isinstance(each, datetime) else None
        walls.setdefault(there or datetime.combine(each, start.time()), None)
    away: list[Away] = []
    for wall, by in walls.items():
        one = span.on(wall) if first <= wall.date() <= last else None
        if (
            one is None
            or one.begins in without
            or wall.date() in without
            or (by is not None and _is_over(by, wall, one))
        ):
            continue
        away.append(one)
    return away, steps


def _is_over(rule: Rule, wall: datetime, one: Away) -> bool:
    """Whether a rule has ended by then: UNTIL is by the clock of the event, unless it is in UTC."""
    return rule.until is not None and (one.begins.replace(tzinfo=None) if rule.until_utc else wall) > rule.until


def _listed(event: Event, name: str, zone: ZoneInfo) -> list[datetime | date] | None:
    """The moments (UTC), or the days, that an EXDATE, RDATE or RECURRENCE-ID names; None if one of them is not read."""
    found: list[datetime | date] = []
    for parameters, values in all_of(event, name):
        for value in values.split(",", _MOST_LISTED):
            said = STAMP.fullmatch(value.strip())
            moment = _moment((parameters, value.strip()), zone)
            if said is None or moment is None or len(found) >= _MOST_LISTED:
                return None
            found.append(moment if said[4] else date(int(said[1]), int(said[2]), int(said[3])))
    return found


def _moved(events: list[Event], zone: ZoneInfo) -> Mapping[str, frozenset[datetime | date]]:
    """By UID the times of an event that repeats for which another event stands (section 3.8.4.4)."""
    found: dict[str, set[datetime | date]] = {}
    for event in events:
        if "RECURRENCE-ID" in event:
            found.setdefault(_uid(event), set()).update(_listed(event, "RECURRENCE-ID", zone) or ())
    return {uid: frozenset(times) for uid, times in found.items()}


def _uid(event: Event) -> str:
    return event.get("UID", ("", ""))[1]


def _title(event: Event) -> str:
    return " ".join(plain(event.get("SUMMARY", ("", ""))[1]).split())[:60]


def _read(event: Event, zone: ZoneInfo, owner: Agent) -> _Span | Reason | None:
    """The time away; why it could not be read; None if it is none."""
    outlook = _value(event, "X-MICROSOFT-CDO-BUSYSTATUS")
    if outlook != "OOF" and (outlook == "FREE" or "ATTENDEE" in event or not _says_away(event, owner)):
        return None
    if _value(event, "STATUS") == "CANCELLED" or _value(event, "TRANSP") == "TRANSPARENT" or _foreign(event, owner):
        return None
    title = _title(event)
    begins = _moment(event.get("DTSTART"), zone)
    ends = _moment(event.get("DTEND"), zone) if "DTEND" in event else _after(event, begins)
    if begins is None or ends is None:
        return why("calendar.no-time", title=title)
    if not timedelta(0) < ends - begins <= _LONGEST:
        return why("calendar.no-time", title=title)
    whole = all(moment.astimezone(zone).time() == time(0) for moment in (begins, ends))
    if not whole and outlook != "OOF":
        return None
    place = _place(event["DTSTART"], zone)
    here, there = (moment.astimezone(place).replace(tzinfo=None) for moment in (begins, ends))
    by_days = here.time() == there.time() == time(0)
    repeats = ("RRULE" in event or "RDATE" in event) and "RECURRENCE-ID" not in event
    return _Span(here, place, there - here if by_days else ends - begins, by_days, repeats)


def _value(event: Event, name: str) -> str:
    return event.get(name, ("", ""))[1].strip().upper()


def _says_away(event: Event, owner: Agent) -> bool:
    """Whether there is a word for absence, and it is not somebody else's: "Ben's vacation"."""
    said = " ".join(plain(event.get(name, ("", ""))[1]) for name in ("SUMMARY", "CATEGORIES"))
    words = [word.strip('.,:;!?()"“”') for word in said.replace("’", "'").split()]
    of = {word.removesuffix("'s").casefold() for word in words if word.endswith("'s")}
    return _AWAY.search(said) is not None and of <= set(owner.name.casefold().split())


def _foreign(event: Event, owner: Agent) -> bool:
    """Whether somebody else organises it (RFC 5545 section 3.8.4.3)."""
    organizer = event.get("ORGANIZER", ("", ""))[1].strip()
    address = organizer[len(_MAILTO) :] if organizer.casefold().startswith(_MAILTO) else organizer
    return bool(organizer) and address_key(address) not in map(address_key, owner.addresses)


def _moment(given: tuple[str, str] | None, zone: ZoneInfo) -> datetime | None:
    """RFC 5545 section 3.3.4 and 3.3.5: a day, or a moment in UTC, by a zone, or by the reader's own clock."""
    found = STAMP.fullmatch(given[1]) if given is not None else None
    if given is None or found is None:
        return None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
        clock = time(int(found[4]), int(found[5]), min(int(found[6] or 0), 59)) if found[4] else time(0)
        return datetime.combine(day, clock, _place(given, zone)).astimezone(UTC)
    except (ValueError, OverflowError, KeyError, OSError):
        return None


def _place(given: tuple[str, str], zone: ZoneInfo) -> tzinfo:
    """By whose clock it is meant. Raises KeyError, ValueError or OSError for a zone that nobody knows."""
    found, named = STAMP.fullmatch(given[1]), ZONE.search(given[0])
    if found is not None and found[7] == "Z":
        return UTC
    return ZoneInfo(named[1]) if named and found is not None and found[4] else zone


def _after(event: Event, begins: datetime | None) -> datetime | None:
    """The end of an event without DTEND: after its DURATION, else after the day that it names."""
    if begins is None:
        return None
    length = event.get("DURATION", ("", ""))[1].strip().upper()
    if not length:
        return begins + _DAY if len(event["DTSTART"][1].strip()) == 8 else None
    found = _LENGTH.fullmatch(length)
    if found is None:
        return None
    weeks, days, hours, minutes = (int(part or 0) for part in found.groups())
    try:
        return begins + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
    except OverflowError:
        return None
