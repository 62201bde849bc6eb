"""Reads from a calendar file (iCalendar, RFC 5545) when its owner is away: a bounded reader, which says what it leaves out.

Read are VEVENTs with DTSTART and DTEND or DURATION in days, in UTC, by an IANA zone, or by the owner's own clock. Events
that repeat (RRULE, RDATE), zones that only the file knows, and what is cancelled or free (TRANSP) are not. An event marks
absence if Outlook says so (X-MICROSOFT-CDO-BUSYSTATUS:OOF), or if it is of whole days, invites nobody, and its summary or
categories have a word for it. What somebody else organises never does: calendars enter invitations by themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailbot.core.language.icalendar import STAMP, ZONE, Event, events_of, lines_of, plain
from mailbot.core.model.addresses import address_key
from mailbot.core.model.policy import Agent
from mailbot.core.model.reason import Reason, why

MOST_CHARACTERS = 4_000_000
_MOST_EVENTS = 20_000
_MOST_UNREAD = 5  # that are named
_LONGEST = timedelta(days=400)
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
            if found is not None and one.begins <= found.ends:
                found = Away(found.begins, max(found.ends, one.ends))
            elif one.begins <= now < one.ends:
                found = one
        return found


def calendar_of(text: str, zone: ZoneInfo, *, owner: Agent) -> Calendar:
    """What its owner's calendar file says; `zone` is theirs. Never raises: what it cannot read it names."""
    unread: list[Reason] = []
    if len(text) > MOST_CHARACTERS:
        return Calendar((), (why("calendar.too-large"),))
    lines = lines_of(text)
    if not any(line.strip().upper() == "BEGIN:VCALENDAR" for line in lines[:20]):
        return Calendar((), (why("calendar.none"),))
    away: list[Away] = []
    for count, event in enumerate(events_of(lines)):
        if count >= _MOST_EVENTS:
            unread.append(why("calendar.too-many", count=_MOST_EVENTS))
            break
        found = _read(event, zone, owner)
        if isinstance(found, Away):
            away.append(found)
        elif found is not None:
            unread.append(found)
    away.sort(key=lambda one: (one.begins, one.ends))
    return Calendar(tuple(away), tuple(dict.fromkeys(unread))[:_MOST_UNREAD])


def _read(event: Event, zone: ZoneInfo, owner: Agent) -> Away | Reason | None:
    """The time away; why it could not be read; None if it is none."""
    outlook = _value(event, "X-MICROSOFT-CDO-BUSYSTATUS")
    if outlook != "OOF" and (outlook == "FREE" or "ATTENDEE" in event or not _says_away(event, owner)):
        return None
    if _value(event, "STATUS") == "CANCELLED" or _value(event, "TRANSP") == "TRANSPARENT" or _foreign(event, owner):
        return None
    title = " ".join(plain(event.get("SUMMARY", ("", ""))[1]).split())[:60]
    if "RRULE" in event or "RDATE" in event:
        return why("calendar.repeats", title=title)
    begins = _moment(event.get("DTSTART"), zone)
    ends = _moment(event.get("DTEND"), zone) if "DTEND" in event else _after(event, begins)
    if begins is None or ends is None:
        return why("calendar.no-time", title=title)
    if not timedelta(0) < ends - begins <= _LONGEST:
        return why("calendar.no-time", title=title)
    whole = all(moment.astimezone(zone).time() == time(0) for moment in (begins, ends))
    return Away(begins, ends) if whole or outlook == "OOF" else None


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
        named = ZONE.search(given[0])
        place = UTC if found[7] == "Z" else ZoneInfo(named[1]) if named and found[4] else zone
        return datetime.combine(day, clock, place).astimezone(UTC)
    except (ValueError, OverflowError, KeyError, OSError):
        return None


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
