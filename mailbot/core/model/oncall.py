"""Who is called for an outage outside the desk's hours: whose turn it is, and who is next, after how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class OnCall:
    """A rota of agents, by their ids, who have a week each: it begins on `weekday` (0 Monday) `at` a clock time of `zone`.

    `since` is a day of the first one's first week. `weeks` names others for some weeks, by the day on which they begin.
    `next_after`: how long after the last one was told, without a word of anybody, the next one is. `calls`: whether there
    is a second road, besides mail, on which they are told.
    """

    rota: tuple[str, ...]
    weekday: int
    at: time
    zone: ZoneInfo
    since: date
    weeks: Mapping[date, str] = field(default_factory=dict)
    next_after: timedelta = timedelta(minutes=5)
    calls: bool = False

    def week_of(self, now: datetime) -> date:
        """The day on which the week of that moment began."""
        local = now.astimezone(self.zone)
        began = self._first_of(local.date())
        return began if local.date() != began or local.time() >= self.at else began - _WEEK

    def changes_after(self, now: datetime) -> datetime:
        """When the next week begins, in UTC."""
        return datetime.combine(self.week_of(now) + _WEEK, self.at, self.zone).astimezone(UTC)

    def turn(self, now: datetime) -> tuple[str, ...]:
        """The agents in the order in which they are called in the week of that moment, each once: whose week it is comes first."""
        week = self.week_of(now)
        nth = (week - self._first_of(self.since)) // _WEEK % len(self.rota)
        in_turn = (*self.rota[nth:], *self.rota[:nth])
        named = self.weeks.get(week)
        return tuple(dict.fromkeys(in_turn if named is None else (named, *in_turn)))

    def _first_of(self, day: date) -> date:
        return day - (day.weekday() - self.weekday) % 7 * _DAY
