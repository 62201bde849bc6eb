"""The keys of an [[agent]] that say when they hear of things: their own hours, and the times of their digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Annotated

from pydantic import BeforeValidator

from mailbot.config import values as v
from mailbot.config.durations import parse_duration
from mailbot.core.model.policy import DigestTimes

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WANTED_HOURS = 'must be "09:00-17:00", a list of such spans, or a table of days such as { mon = "09:00-13:00" }'
_WANTED_DIGEST = (
    'must be a length of time such as "2h", a list of clock times such as ["09:00", "14:00"], "busy" or "single"'
)
_LONGEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AgentHours:
    """An agent's hours: the same on each working day of the desk (`daily`), or those of some `days` (0 is Monday)."""

    daily: v.Spans = ()
    days: Mapping[int, v.Spans] = field(default_factory=dict)

    def spans(self, desk: Mapping[int, v.Spans]) -> dict[int, v.Spans]:
        """Per weekday, closed days left out. A day that is not named is as the desk's."""
        if self.daily:
            return dict.fromkeys(desk, self.daily)
        return {day: spans for day, spans in {**desk, **self.days}.items() if spans}


def read_hours(value: object) -> AgentHours | None:
    """An agent's `hours` as the file has them; None if it has none. Raises ValueError with words for the admin."""
    if value is None or isinstance(value, AgentHours):
        return value
    if value in ("", [], {}):
        return None
    if not isinstance(value, Mapping):
        if not isinstance(value, str | list):
            raise ValueError(_WANTED_HOURS)  # noqa: TRY004 - pydantic turns ValueError into a problem
        if not (daily := v.day_spans(value)):
            raise ValueError("has no open day: somebody who is never there is no agent")
        return AgentHours(daily=daily)
    unknown = sorted(set(value) - set(_DAYS))
    if unknown:
        raise ValueError(f'"{unknown[0]}" is not one of the days {", ".join(_DAYS)}{v.meant(unknown[0], list(_DAYS))}')
    days: dict[int, v.Spans] = {}
    for day, given in value.items():
        try:
            days[_DAYS.index(day)] = v.day_spans(given)
        except ValueError as problem:
            raise ValueError(f"{day} {problem}") from None
    return AgentHours(days=days)


def read_digest(value: object) -> DigestTimes | None:
    """An agent's `digest` as the file has it; None if it has none. Raises ValueError with words for the admin."""
    if value is None or isinstance(value, DigestTimes):
        return value
    if value in ("", []):
        return None
    if value in ("busy", "single"):
        return DigestTimes(busy=value == "busy", single=value == "single")
    if isinstance(value, str):
        try:
            every = parse_duration(value)
        except ValueError:
            raise ValueError(_WANTED_DIGEST) from None
        if not timedelta(seconds=1) <= every <= _LONGEST:
            raise ValueError('must be between "1s" and "1d"')
        return DigestTimes(every=every)
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(_WANTED_DIGEST)
    times: set[time] = {v.clock_time(each) for each in value}
    return DigestTimes(at=tuple(sorted(times)))


OptionalHours = Annotated[AgentHours | None, BeforeValidator(read_hours)]
OptionalDigest = Annotated[DigestTimes | None, BeforeValidator(read_digest)]
