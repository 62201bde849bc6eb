"""Puts a moment into words: day, clock time and zone, as the reader's own clock shows it, and how long it is until then."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_OFFSET = re.compile(r"([+-])([01]\d|2[0-3]):?([0-5]\d)")
_UTC = frozenset({"UTC", "Z", "Etc/UTC", "GMT+0", "+00:00", "-00:00"})

_EN_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EN_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DE_DAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
_DE_MONTHS = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni"),
    *("Juli", "August", "September", "Oktober", "November", "Dezember"),
)
_DE_ZONES = {"CET": "MEZ", "CEST": "MESZ", "WET": "WEZ", "WEST": "WESZ", "EET": "OEZ", "EEST": "OESZ"}

_SOON = 99
_NEEDS_NO_DAY = timedelta(minutes=90)
_EN_NEAR = {_SOON: "", -1: "yesterday", 0: "today", 1: "tomorrow"}
_DE_NEAR = {_SOON: "", -1: "gestern", 0: "heute", 1: "morgen"}
# Seconds of each unit, how many of them are counted at most, and its name.
_UNITS = ((1, 90, "second"), (60, 90, "minute"), (3600, 36, "hour"), (86400, None, "day"))
_EN_UNITS = {
    "second": ("a second", "seconds"),
    "minute": ("a minute", "minutes"),
    "hour": ("an hour", "hours"),
    "day": ("a day", "days"),
}
_DE_UNITS = {
    "second": ("einer Sekunde", "Sekunden"),
    "minute": ("einer Minute", "Minuten"),
    "hour": ("einer Stunde", "Stunden"),
    "day": ("einem Tag", "Tagen"),
}


@lru_cache(maxsize=256)
def zone_of(text: str) -> tzinfo:
    """The zone that `text` names: an IANA name or a fixed offset such as "+01:00". ValueError if it is neither."""
    if text in _UTC:
        return UTC
    if found := _OFFSET.fullmatch(text):
        minutes = int(found.group(2)) * 60 + int(found.group(3))
        return timezone(timedelta(minutes=-minutes if found.group(1) == "-" else minutes))
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"no such time zone: {text!r}") from error


def say_when(
    moment: datetime, zone: str, language: str, *, now: datetime | None = None, to_the_second: bool = False
) -> str:
    """The aware `moment` as it follows "by" or "spätestens": "14:00 CET today", "am Freitag, dem 6. März, um 14:00 Uhr MEZ".

    The day is left out within the hour, the date today, tomorrow and yesterday, the year within the year of `now`. Without
    `now` all of it is said. A language that is not known here gets digits ("2026-03-06, 14:00 CET"), which nobody misreads.
    Raises ValueError for a naive moment or an unknown zone.
    """
    local = _local(moment, zone)
    clock = f"{_clock(local, to_the_second)} {_zone_in(local, language)}"
    near = _near(local, zone, now)
    match language[:2].lower():
        case "en":
            if near is not None:
                return f"{clock} {_EN_NEAR[near]}".rstrip()
            year = "" if _same_year(local, zone, now) else f" {local.year}"
            return f"{clock} on {_EN_DAYS[local.weekday()]}, {local.day} {_EN_MONTHS[local.month - 1]}{year}"
        case "de":
            if near is not None:
                return f"{_DE_NEAR[near]} um {clock}".lstrip()
            year = "" if _same_year(local, zone, now) else f" {local.year}"
            return f"am {_DE_DAYS[local.weekday()]}, dem {local.day}. {_DE_MONTHS[local.month - 1]}{year}, um {clock}"
        case _:
            return f"{local.date().isoformat()}, {clock}"


def say_moment(
    moment: datetime, zone: str, language: str, *, now: datetime | None = None, to_the_second: bool = False
) -> str:
    """The same as it stands within a line of facts, where German takes no preposition: "Freitag, 6. März, 14:00 Uhr MEZ"."""
    if language[:2].lower() != "de":
        return say_when(moment, zone, language, now=now, to_the_second=to_the_second)
    local = _local(moment, zone)
    clock = f"{_clock(local, to_the_second)} {_zone_in(local, language)}"
    near = _near(local, zone, now)
    if near is not None:
        return f"{_DE_NEAR[near]}, {clock}".lstrip(", ")
    year = "" if _same_year(local, zone, now) else f" {local.year}"
    return f"{_DE_DAYS[local.weekday()]}, {local.day}. {_DE_MONTHS[local.month - 1]}{year}, {clock}"


def say_short(
    moment: datetime, zone: str, language: str, *, now: datetime | None = None, to_the_second: bool = False
) -> str:
    """The aware `moment` for a subject or a list: "14:00 CET" today, else "Fri 6 Mar, 14:00 CET" or "Fr 6.3., 14:00 MEZ"."""
    local = _local(moment, zone)
    clock = f"{_clock(local, to_the_second)} {_zone_in(local, language, short=True)}"
    if now is not None and local.date() == _local(now, zone).date():
        return clock
    match language[:2].lower():
        case "en":
            return f"{_EN_DAYS[local.weekday()][:3]} {local.day} {_EN_MONTHS[local.month - 1][:3]}, {clock}"
        case "de":
            return f"{_DE_DAYS[local.weekday()][:2]} {local.day}.{local.month}., {clock}"
        case _:
            return f"{local.date().isoformat()} {clock}"


def say_how_long(left: timedelta, language: str) -> str:
    """How long it is until then, as people say it: "in about 13 minutes", "in etwa 4 Stunden"; empty for what is past."""
    seconds = round(left.total_seconds())
    if seconds <= 0:
        return ""
    count, unit = next(
        (round(seconds / size), unit) for size, most, unit in _UNITS if most is None or seconds < most * size
    )
    if (count, unit) == (60, "minute"):
        count, unit = 1, "hour"
    one, many = _DE_UNITS[unit] if language[:2].lower() == "de" else _EN_UNITS[unit]
    about = "in etwa" if language[:2].lower() == "de" else "in about"
    return f"{about} {one}" if count <= 1 else f"{about} {count} {many}"


def _near(local: datetime, zone: str, now: datetime | None) -> int | None:
    """How many days from today it is, if a word for that day is enough; `_SOON` if it needs none."""
    if now is None:
        return None
    today = _local(now, zone)
    days = (local.date() - today.date()).days
    if days == 0 and abs(local - today) <= _NEEDS_NO_DAY:
        return _SOON
    return days if days in (-1, 0, 1) else None


def _same_year(local: datetime, zone: str, now: datetime | None) -> bool:
    return now is not None and _local(now, zone).year == local.year


def _local(moment: datetime, zone: str) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone cannot be said")
    return moment.astimezone(zone_of(zone))


def _clock(local: datetime, to_the_second: bool) -> str:
    return f"{local:%H:%M:%S}" if to_the_second else f"{local:%H:%M}"


def _zone_name(local: datetime) -> str:
    name = local.tzname() or ""
    if name.isalpha():
        return name
    # Fixed offsets, and zones that tzdata knows only by digits ("+03"), are shown as they are.
    offset = local.utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60)
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02}" if rest else "")


def _zone_in(local: datetime, language: str, *, short: bool = False) -> str:
    name = _zone_name(local)
    if language[:2].lower() != "de":
        return name
    german = _DE_ZONES.get(name, name)
    return german if short else f"Uhr {german}"
