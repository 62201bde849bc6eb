"""Puts a moment into words: weekday, date, clock time and zone, as the reader's own clock shows it."""

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


def say_when(moment: datetime, zone: str, language: str, *, to_the_second: bool = False) -> str:
    """The aware `moment` in full: "Friday, 6 March 2026, 14:00 CET" or "Freitag, 6. März 2026, 14:00 Uhr MEZ".

    A language that is not known here gets digits ("2026-03-06, 14:00 CET"), which nobody misreads.
    Raises ValueError for a naive moment or an unknown zone.
    """
    local = _local(moment, zone)
    clock = _clock(local, to_the_second)
    match language[:2].lower():
        case "en":
            date = f"{_EN_DAYS[local.weekday()]}, {local.day} {_EN_MONTHS[local.month - 1]} {local.year}"
            return f"{date}, {clock} {_zone_name(local)}"
        case "de":
            date = f"{_DE_DAYS[local.weekday()]}, {local.day}. {_DE_MONTHS[local.month - 1]} {local.year}"
            return f"{date}, {clock} Uhr {_german(_zone_name(local))}"
        case _:
            return f"{local.date().isoformat()}, {clock} {_zone_name(local)}"


def say_short(moment: datetime, zone: str, language: str, *, to_the_second: bool = False) -> str:
    """The aware `moment` for a subject or a list: "Fri 6 Mar, 14:00 CET" or "Fr 6.3., 14:00 MEZ"."""
    local = _local(moment, zone)
    clock = _clock(local, to_the_second)
    match language[:2].lower():
        case "en":
            date = f"{_EN_DAYS[local.weekday()][:3]} {local.day} {_EN_MONTHS[local.month - 1][:3]}"
            return f"{date}, {clock} {_zone_name(local)}"
        case "de":
            date = f"{_DE_DAYS[local.weekday()][:2]} {local.day}.{local.month}."
            return f"{date}, {clock} {_german(_zone_name(local))}"
        case _:
            return f"{local.date().isoformat()} {clock} {_zone_name(local)}"


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


def _german(zone: str) -> str:
    return _DE_ZONES.get(zone, zone)
