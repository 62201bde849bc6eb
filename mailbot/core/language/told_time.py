"""Decides how a moment is told to its reader: by which clock, how near it is, and how long it is until then.

The words for it are the letters': see `adapters.letters.clock_words`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_OFFSET = re.compile(r"([+-])([01]\d|2[0-3]):?([0-5]\d)")
_UTC = frozenset({"UTC", "Z", "Etc/UTC", "GMT+0", "+00:00", "-00:00"})
_NEEDS_NO_DAY = timedelta(minutes=90)
# Seconds of each unit, how many of them are counted at most, and its name.
_UNITS = ((1, 90, "second"), (60, 90, "minute"), (3600, 36, "hour"), (86400, None, "day"))


class Near(StrEnum):
    """How near a moment is, which says what of its date must be told."""

    SOON = "soon"  # within the hour or so, where no day is needed
    TODAY = "today"
    TOMORROW = "tomorrow"
    YESTERDAY = "yesterday"
    DATE = "date"
    DATE_WITH_YEAR = "date_with_year"


_WORD_FOR = {-1: Near.YESTERDAY, 0: Near.TODAY, 1: Near.TOMORROW}


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A moment as its reader's clock shows it."""

    local: datetime
    zone: str
    near: Near
    same_day: bool


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


def told(moment: datetime, zone: str, *, now: datetime | None = None) -> Told:
    """How the aware `moment` is told in `zone`; without `now` the whole date is.

    Raises ValueError for a naive moment or an unknown zone.
    """
    local = _local(moment, zone)
    if now is None:
        return Told(local=local, zone=_zone_name(local), near=Near.DATE_WITH_YEAR, same_day=False)
    today = _local(now, zone)
    days = (local.date() - today.date()).days
    near = _WORD_FOR.get(days, Near.DATE if local.year == today.year else Near.DATE_WITH_YEAR)
    if days == 0 and abs(local - today) <= _NEEDS_NO_DAY:
        near = Near.SOON
    return Told(local=local, zone=_zone_name(local), near=near, same_day=days == 0)


def how_long(left: timedelta) -> tuple[int, str] | None:
    """How long it is until then, as people count it: 13 and "minute"; None for what is past."""
    seconds = round(left.total_seconds())
    if seconds <= 0:
        return None
    count, unit = next(
        (round(seconds / size), unit) for size, most, unit in _UNITS if most is None or seconds < most * size
    )
    return (1, "hour") if (count, unit) == (60, "minute") else (max(count, 1), unit)


def _local(moment: datetime, zone: str) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone cannot be said")
    return moment.astimezone(zone_of(zone))


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
