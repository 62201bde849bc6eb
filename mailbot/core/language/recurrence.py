"""Reads which days an iCalendar rule names (RFC 5545 section 3.3.10), within a window and a number of steps.

Read are DAILY, WEEKLY, MONTHLY and YEARLY with INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS and WKST: what
calendars write for whole days. A rule with any other part is not read, since it would name other days without it.
"""

from __future__ import annotations

import re
from calendar import isleap, monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from mailbot.core.language.icalendar import STAMP

_DAY: Final = timedelta(days=1)
_WEEKDAYS: Final = {name: number for number, name in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))}
_BY_DAY: Final = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,4}")
_COUNT: Final = re.compile(r"[0-9]{1,6}")
_READ: Final = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"})
_LENGTHS: Final = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31, "YEARLY": 366}
_LONGEST_RULE: Final = 500  # characters


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rule. `days`: weekdays (0 is Monday), each with which one of them in the month or year (0: every one).

    `until` is the day or moment as it is written, in UTC if `until_utc`; at its end, if it is a day.
    """

    freq: str
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    until_utc: bool = False
    days: tuple[tuple[int, int], ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0


def rule_of(value: str) -> Rule | None:
    """The rule that an RRULE says; None if it is none, or one that is not read."""
    parts: dict[str, str] = {}
    if len(value) > _LONGEST_RULE:
        return None
    for part in value.upper().replace(" ", "").strip(";").split(";"):
        name, _, said = part.partition("=")
        if name not in _READ or not said or name in parts:
            return None
        parts[name] = said
    try:
        return _rule(parts)
    except (ValueError, KeyError):
        return None


def _rule(parts: dict[str, str]) -> Rule | None:
    freq = parts["FREQ"]
    if freq not in _LENGTHS:
        return None
    days = tuple(_by_day(each) for each in parts["BYDAY"].split(",")) if "BYDAY" in parts else ()
    rule = Rule(
        freq=freq,
        interval=_whole(parts.get("INTERVAL", "1")),
        count=_whole(parts["COUNT"]) if "COUNT" in parts else None,
        until=_until(parts["UNTIL"]) if "UNTIL" in parts else None,
        until_utc=parts.get("UNTIL", "").endswith("Z"),
        days=days,
        month_days=_numbers(parts, "BYMONTHDAY", 31),
        months=_numbers(parts, "BYMONTH", 12),
        positions=_numbers(parts, "BYSETPOS", 366),
        week_start=_WEEKDAYS[parts.get("WKST", "MO")],
    )
    which = any(nth for nth, _ in days)
    wrong = (
        (which and freq in ("DAILY", "WEEKLY"))
        or (rule.month_days and freq == "WEEKLY")
        or min(rule.months, default=1) < 1
    )
    return None if wrong else rule


def _whole(said: str) -> int:
    if _COUNT.fullmatch(said) is None or int(said) < 1:
        raise ValueError(said)
    return int(said)


def _numbers(parts: dict[str, str], name: str, most: int) -> tuple[int, ...]:
    if name not in parts:
        return ()
    found = parts[name].split(",")
    if any(_NUMBER.fullmatch(each) is None or not 1 <= abs(int(each)) <= most for each in found):
        raise ValueError(parts[name])
    return tuple(sorted({int(each) for each in found}))


def _by_day(said: str) -> tuple[int, int]:
    found = _BY_DAY.fullmatch(said)
    if found is None or (found[1] is not None and not 1 <= abs(int(found[1])) <= 53):
        raise ValueError(said)
    return int(found[1] or 0), _WEEKDAYS[found[2]]


def _until(said: str) -> datetime:
    found = STAMP.fullmatch(said)
    if found is None:
        raise ValueError(said)
    clock = time(int(found[4]), int(found[5]), min(int(found[6] or 0), 59)) if found[4] else time(23, 59, 59)
    return datetime.combine(date(int(found[1]), int(found[2]), int(found[3])), clock)


def days_of(rule: Rule, start: date, *, first: date, last: date, most: int) -> tuple[list[date] | None, int]:
    """The days from `first` to `last` that a rule names which begins on `start`, and how many days were looked at.

    None for days if these would be more than `most`. `until` is left to the caller, who knows the clock.
    """
    found: list[date] = []
    named = looked_at = 0
    skipped = 0 if rule.count is not None else _periods_before(rule, start, first)
    for days in _periods(rule, start, skipped):
        looked_at += _LENGTHS[rule.freq]
        if looked_at > most:
            return None, looked_at
        if days and days[0] > last:
            break
        for day in _chosen(rule, start, days):
            if day < start:
                continue
            named += 1
            if day > last or (rule.count is not None and named > rule.count):
                return found, looked_at
            if day >= first:
                found.append(day)
    return found, looked_at


def _periods_before(rule: Rule, start: date, first: date) -> int:
    """How many steps of the rule surely end before `first`."""
    if rule.freq == "YEARLY":
        periods = first.year - start.year
    elif rule.freq == "MONTHLY":
        periods = (first.year - start.year) * 12 + first.month - start.month
    else:
        periods = (first - start).days // _LENGTHS[rule.freq]
    return max(periods // rule.interval - 1, 0)


def _periods(rule: Rule, start: date, skipped: int) -> Iterator[list[date]]:
    """The days of each day, week, month or year that the rule is about, from the one of `start` on; up to the year 9999."""
    step = skipped * rule.interval
    while True:
        try:
            yield _period(rule, start, step)
        except (ValueError, OverflowError):
            return
        step += rule.interval


def _period(rule: Rule, start: date, step: int) -> list[date]:
    if rule.freq == "DAILY":
        return [start + step * _DAY]
    if rule.freq == "WEEKLY":
        monday = start - (start.weekday() - rule.week_start) % 7 * _DAY + 7 * step * _DAY
        return [monday + n * _DAY for n in range(7)]
    if rule.freq == "MONTHLY":
        year, month = divmod(start.year * 12 + start.month - 1 + step, 12)
        return _month(year, month + 1)
    months = rule.months or ((start.month,) if not (rule.month_days or rule.days) else range(1, 13))
    return [day for month in months for day in _month(start.year + step, month)]


def _month(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]


def _chosen(rule: Rule, start: date, days: list[date]) -> list[date]:
    """Those days of a period that the rule names: each part limits what the one before it leaves."""
    left = [day for day in days if not rule.months or day.month in rule.months]
    if rule.month_days:
        left = [day for day in left if _is_one_of(day.day, _length_of_month(day), rule.month_days)]
    if rule.days:
        left = [day for day in left if _is_named(rule, day)]
    elif rule.freq == "WEEKLY":
        left = [day for day in left if day.weekday() == start.weekday()]
    elif rule.freq in ("MONTHLY", "YEARLY") and not rule.month_days:
        left = [day for day in left if day.day == start.day]
    if rule.positions:
        left = [day for at, day in enumerate(left, 1) if _is_one_of(at, len(left), rule.positions)]
    return left


def _is_named(rule: Rule, day: date) -> bool:
    """Whether it is one of the weekdays, counted within the year if the rule is about years and names no month."""
    if rule.freq == "YEARLY" and not rule.months:
        at, length = day.timetuple().tm_yday, 366 if isleap(day.year) else 365
    else:
        at, length = day.day, _length_of_month(day)
    nth, from_end = (at - 1) // 7 + 1, -((length - at) // 7 + 1)
    return any(weekday == day.weekday() and which in (0, nth, from_end) for which, weekday in rule.days)


def _is_one_of(at: int, length: int, numbers: tuple[int, ...]) -> bool:
    return at in numbers or at - length - 1 in numbers


def _length_of_month(day: date) -> int:
    return monthrange(day.year, day.month)[1]
