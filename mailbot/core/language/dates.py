"""Reads the times that agents write after /promise, /eta and /wait. What is unclear is not guessed: it is None.

| phrase | means |
|---|---|
| `2h`, `90m`, `1h 30m`, `3d`, `in 2 days`, `1w` | that much later; days and weeks at the same clock time of the agent |
| `4bh`, `2bd`, `2 business days`, `1bd 2bh` | that much business time later (`mailbot.core.promises.business_hours`) |
| `14:00`, `2pm`, `14 Uhr` | today if still ahead, else tomorrow |
| `today 17:00`, `tomorrow 10:00`, `fri 14:00`, `6 March 14:00` | that day; a weekday is today if the time is still
ahead | | `2026-03-06 14:00 CET`, `2026-03-06T14:00+01:00`, `06.03.2026 14:00` | as written |
| `tomorrow`, `monday`, `6 March`, `EOD`, `fri EOD` | when business closes on that day |

A bare day means the close of business on it: a customer who reads "you hear from us on Friday" expects a word during
Friday's working hours, not after them. On a day on which the desk is closed a bare day is unclear, and with
`always` (no close) it is 23:59. Clock times are in the agent's zone unless a zone follows them.

Unclear, and so None: `06/03` (which is the month?), `2:00` (morning or afternoon? `02:00` is clear), midnight, "next
friday", a weekday that is not that date's, a zone that is not in force on that day (`14:00 CET` in July), a day named
together with a zone in which today is another date, a clock time that a change of clocks skips or repeats.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import isleap
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from mailbot.core.language.date_words import (
    END_OF_DAY,
    MONTHS,
    NEAR_DAYS,
    NEXT_BUSINESS_DAY,
    UNITS,
    UNIVERSAL,
    WEEKDAYS,
    ZONE_ALIASES,
    ZONES,
)
from mailbot.core.model.policy import Hours
from mailbot.core.promises import business_hours as business

_LONGEST_PHRASE = 80
_FARTHEST = timedelta(days=366)
_ROLLS_OVER = timedelta(days=183)  # a past date without a year means next year only if that is nearer
_MOST = {"business day": 366, "business hour": 3000}  # more is over a year ahead in any calendar
_DAY = timedelta(days=1)
_LAST_MINUTE = time(23, 59)

_ONLY_TIME = re.compile(r"[-–−]?\s*\d{1,9}\s*(?:[mhdw]|bh|bd)?\.?$|\d{4,9}-\d\d?-\d\d?")  # RFC 3339 section 5.6: a date
_PLAIN = str.maketrans(
    dict.fromkeys("‐‑‒–—−", "-")
    | dict.fromkeys("‘’‛`´", "'")
    | dict.fromkeys('\xad\u200b\u200c\u200d\u2060\ufeff"“”„«»')
    | {"ł": "l", "Ł": "l"}  # Unicode does not decompose them
)
_END_OF_DAY = re.compile(rf"(?:(?P<day>.+?),?\s)?(?:{'|'.join(END_OF_DAY)})(?:,?\s(?:on\s|of\s|am\s)?(?P<later>.+))?")
_CLOCK = (
    r"(?:(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?"
    r"(?:\s?(?P<half>[ap])\.?m\.?(?![a-z])|\s?(?P<full>uhr|hrs?|h)(?![a-z]))?"
    r"|(?P<hour12>[0-9]{1,2})\s?(?P<half12>[ap])\.?m\.?(?![a-z])"
    r"|(?P<hour_uhr>[0-9]{1,2})(?:\.(?P<minute_uhr>[0-9]{2}))?\s?uhr(?:\s(?P<minute_after>[0-9]{2}))?(?![a-z0-9])"
    r"|(?P<hour_h>[0-9]{1,2})\s?h\s?(?P<minute_h>[0-9]{2})?(?![a-z0-9])"
    r"|(?P<noon>noon|midday|mittags?|midi|mediodia))"
)
_ZONE = r"(?:\s?(?P<zone>(?:utc|gmt)[+-][0-9]{1,2}(?::?[0-9]{2})?|[+][0-9]{2}(?::?[0-9]{2})?|[a-z]{1,5}))?"
_DAY_THEN_CLOCK = re.compile(
    rf"(?:(?P<day>.+?)(?:,\s?|\s))??(?P<lead>(?:at|um|a|a las?|o|o godz\.?|o godzinie|do godz\.?|do godziny|@)\s)?{_CLOCK}{_ZONE}"
)
_CLOCK_THEN_DAY = tuple(
    re.compile(
        rf"(?P<lead>(?:at|um|a|a las?|o|o godz\.?|o godzinie|do godz\.?|do godziny|@)\s)?{_CLOCK}{zone},?\s(?:on\s|am\s|le\s|el\s|w\s|we\s)?(?P<day>.+)"
    )
    for zone in (_ZONE, "(?P<zone>)")
)
_OFFSET = re.compile(r"(?:utc|gmt)?(?P<sign>[+-])(?P<hours>[0-9]{1,2}):?(?P<minutes>[0-9]{2})?")
_ISO_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}t[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_LENGTH = re.compile(r"([0-9]{1,4})\s?([a-z]+(?:\s(?:hours?|days?|ouvres?|habil|habiles|laborables?))?)")
_BETWEEN_LENGTHS = re.compile(r",?\s(?:(?:and|und|et|y)\s)?")
_LEADING = re.compile(r"^(?:(?:by|until|till|bis|on|am|zum|le|el|do|w|we)\s){1,2}")
_ORDINAL = r"(?P<day>[0-9]{1,2})(?:\.|st|nd|rd|th|er)?"
_YEAR = r"(?:,?\s(?:de\s)?(?P<year>[0-9]{4}))?"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})",
        r"(?P<day>[0-9]{1,2})\.\s?(?P<month>[0-9]{1,2})\.(?:\s?(?P<year>[0-9]{4}))?",
        rf"{_ORDINAL}\s?(?:of\s|de\s)?(?P<name>[a-z]+)\.?{_YEAR}",
        rf"(?P<name>[a-z]+)\.?\s{_ORDINAL}{_YEAR}",
    )
)


def parse_when(text: str, *, now: datetime, zone: tzinfo, hours: Hours) -> datetime | None:
    """The moment (UTC) that an agent's phrase names, or None if it is unclear, past or over a year ahead.

    `zone` is the agent's, `hours` the business hours that count for closes of business and business time. `now` must
    be aware (ValueError).
    """
    if now.tzinfo is None:
        raise ValueError("now must know its time zone")
    phrase = _plain(text)
    if not phrase or len(phrase) > _LONGEST_PHRASE:
        return None
    reader = _Reader(now=now.astimezone(UTC), zone=zone, hours=hours)
    try:
        moment = reader.read(phrase) or reader.read(phrase.removesuffix("."))
    except (ValueError, OverflowError):  # a 30 February, a year 9999, a calendar without open time
        return None
    if moment is None or not timedelta(0) < moment - reader.now <= _FARTHEST:
        return None
    return moment


def is_like_time(text: str) -> bool:
    """Whether a text can only be meant as a time ("2026-03-06", "3h", "-2h"), clear or not."""
    return _ONLY_TIME.match(text.strip()) is not None


def _plain(text: str) -> str:
    """Case folded, without accents, quotation marks and invisible characters, with single spaces and no leading "by"."""
    letters = unicodedata.normalize("NFKD", text[: _LONGEST_PHRASE * 4].translate(_PLAIN).casefold())
    bare = "".join(c for c in letters if not unicodedata.combining(c))
    return _LEADING.sub("", " ".join(bare.split()).rstrip("!;, "), count=1) if bare else ""


class _Reader:
    """The context of a phrase: when and where it is read. Every method gives UTC, or None if it is unclear."""

    def __init__(self, *, now: datetime, zone: tzinfo, hours: Hours) -> None:
        self.now = now
        self.zone = zone
        self.hours = hours
        self.today = now.astimezone(zone).date()

    def read(self, phrase: str) -> datetime | None:
        """A length of time, a moment in ISO 8601, a day and a clock time, one of them, or the end of a day."""
        length = self._length(phrase)
        if length is not None:
            return length
        if _ISO_MOMENT.fullmatch(phrase):
            written = datetime.fromisoformat(phrase.upper())
            return written.astimezone(UTC) if written.tzinfo else self._instant(written, None)
        ended = _END_OF_DAY.fullmatch(phrase)
        if ended:
            day, later = ended.group("day"), ended.group("later")
            return None if day and later else self._close_of(day or later or "today")
        for pattern in (_DAY_THEN_CLOCK, *_CLOCK_THEN_DAY):
            found = pattern.fullmatch(phrase)
            if found and self._knows(found.group("zone")):
                return self._day_and_clock(found)
        return self._close_of(phrase)

    def _length(self, phrase: str) -> datetime | None:
        """`2h`, `1 day 4 hours`, `2bd 3bh`; clock and business time are not mixed, and no unit comes twice."""
        rest = re.sub(r"^(?:in|dans|en|za|w ciagu)\s", "", phrase)
        amounts: dict[str, int] = {}
        while rest:
            found = _LENGTH.match(rest)
            unit = UNITS.get(found.group(2)) if found else None
            if found is None or unit is None or unit in amounts:
                return None
            amounts[unit] = int(found.group(1))
            if amounts[unit] > _MOST.get(unit, amounts[unit]):
                return None
            rest = _BETWEEN_LENGTHS.sub("", rest[found.end() :], count=1)
        of_business = {unit.startswith("business") for unit in amounts}
        if len(of_business) != 1:
            return None
        if of_business == {True}:
            moment = business.add_business_days(self.now, amounts.get("business day", 0), self.hours)
            return business.add_open_time(moment, timedelta(hours=amounts.get("business hour", 0)), self.hours)
        days = amounts.get("day", 0) + 7 * amounts.get("week", 0)
        later = timedelta(hours=amounts.get("hour", 0), minutes=amounts.get("minute", 0))
        there = self.now.astimezone(self.zone).replace(tzinfo=None, fold=0)
        start = self._instant(there + days * _DAY, None) if days else self.now
        return start + later if start else None

    def _day_and_clock(self, found: re.Match[str]) -> datetime | None:
        clock, zone, day = _clock(found), found.group("zone") or None, found.group("day")
        if clock is None:
            return None
        if day:
            for candidate, relative in self._days(day):
                wall = datetime.combine(candidate, clock)
                moment = self._instant(wall, zone)
                if moment is None:
                    return None
                there = (self.now + (wall.replace(tzinfo=UTC) - moment)).date()
                if relative and zone and there != self.today:
                    return None  # "tomorrow 10:00 PST", written where tomorrow has already begun
                if moment > self.now:
                    return moment
            return None
        if found.group("hour_h") and not found.group("lead"):
            return None  # "14h30": a clock time in French, a length anywhere else
        walls = (datetime.combine(self.now.date() + n * _DAY, clock) for n in (-1, 0, 1, 2))
        moments = [moment for wall in walls if (moment := self._instant(wall, zone)) and moment > self.now]
        # 25 hours: the day on which clocks go back. Further ahead, the next time that clocks show this is unclear.
        return moments[0] if moments and moments[0] - self.now <= timedelta(hours=25) else None

    def _close_of(self, phrase: str) -> datetime | None:
        """When business closes on the day that the phrase names; None if the desk is closed on it."""
        for day, _ in self._days(phrase):
            if self.hours.always:
                moment = self._instant(datetime.combine(day, _LAST_MINUTE), None)
            else:
                moment = business.closing(day, self.hours)
            if moment is None or moment > self.now:
                return moment
        return None

    def _days(self, phrase: str) -> Iterator[tuple[date, bool]]:
        """The days that a phrase may mean, the likelier first, and whether that depends on what day it is today."""
        phrase = _LEADING.sub("", phrase, count=1)
        if phrase in NEAR_DAYS:
            yield self.today + NEAR_DAYS[phrase] * _DAY, True
        elif phrase in NEXT_BUSINESS_DAY and not self.hours.always:
            tomorrow = datetime.combine(self.today + _DAY, time(0), self.hours.zone)
            yield business.next_open(tomorrow, self.hours).astimezone(self.hours.zone).date(), True
        elif phrase.removesuffix(".") in WEEKDAYS:
            ahead = (WEEKDAYS[phrase.removesuffix(".")] - self.today.weekday()) % 7
            yield self.today + ahead * _DAY, True
            if ahead == 0:
                yield self.today + 7 * _DAY, True
        else:
            first, _, rest = phrase.partition(" ")
            weekday = WEEKDAYS.get(first.rstrip(".,"))
            for day in self._dates(phrase if weekday is None else _LEADING.sub("", rest, count=1)):
                if weekday is None or day.weekday() == weekday:
                    yield day, False

    def _dates(self, phrase: str) -> Iterator[date]:
        for pattern in _DATES:
            found = pattern.fullmatch(phrase)
            if not found:
                continue
            parts = found.groupdict()
            month = MONTHS.get(parts["name"]) if "name" in parts else int(parts["month"])
            if month is None:
                continue
            if parts["year"]:
                yield date(int(parts["year"]), month, int(parts["day"]))
                continue
            for year in (self.today.year, self.today.year + 1):
                leap_only = (month, int(parts["day"])) == (2, 29) and not isleap(year)
                day = None if leap_only else date(year, month, int(parts["day"]))
                if day is not None and (year == self.today.year or day - self.today <= _ROLLS_OVER):
                    yield day

    def _knows(self, zone: str | None) -> bool:
        """Whether a word after a clock time is a zone at all; else it may be a day: `14:00 fri`."""
        if not zone or zone in UNIVERSAL or zone in ZONE_ALIASES or zone in ZONES or _OFFSET.fullmatch(zone):
            return True
        year = (self.now, self.now + _ROLLS_OVER)
        return any(moment.astimezone(z).strftime("%Z").casefold() == zone for z in self._zones() for moment in year)

    def _zones(self) -> tuple[tzinfo, ...]:
        return (self.zone, self.hours.zone)

    def _instant(self, wall: datetime, zone: str | None) -> datetime | None:
        """The one moment in UTC at which a clock shows `wall` (naive); None if it never does, or does twice."""
        if zone in UNIVERSAL:
            return wall.replace(tzinfo=UTC)
        if zone is None:
            moments = set(_moments(wall, self.zone))
            return moments.pop() if len(moments) == 1 else None
        offset = _OFFSET.fullmatch(zone)
        if offset:
            east = timedelta(hours=int(offset.group("hours")), minutes=int(offset.group("minutes") or 0))
            return wall.replace(tzinfo=timezone(-east if offset.group("sign") == "-" else east)).astimezone(UTC)
        name = ZONE_ALIASES.get(zone, zone)
        places = (*self._zones(), ZoneInfo(ZONES[name])) if name in ZONES else self._zones()
        for place in places:
            for moment in _moments(wall, place):
                if moment.astimezone(place).strftime("%Z").casefold() == name:
                    return moment
        return None


def _moments(wall: datetime, zone: tzinfo) -> Iterator[datetime]:
    """The moments in UTC at which the clock of `zone` shows `wall`: none in a gap (PEP 495), two where it is repeated."""
    for fold in (0, 1):
        moment = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None, fold=0) == wall:
            yield moment


def _clock(found: re.Match[str]) -> time | None:
    """The clock time of a match of `_CLOCK`; None if there is no such time, or if it has two meanings."""
    part = found.groupdict()
    if part["noon"]:
        return time(12)
    hour_text = part["hour"] or part["hour12"] or part["hour_uhr"] or part["hour_h"]
    minute = int(part["minute"] or part["minute_uhr"] or part["minute_after"] or part["minute_h"] or 0)
    hour, half = int(hour_text), part["half"] or part["half12"]
    if half:
        if not 1 <= hour <= 12 or (hour == 12 and minute == 0 and half == "a"):
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    elif part["hour"] and not part["full"] and hour_text in ("1", "2", "3", "4", "5", "6"):
        return None  # "2:00" is as often meant as the afternoon; "02:00" is not
    return time(hour, minute, int(part["second"] or 0))
