"""The demo's clock: a business day in about half a minute, and the night in a few seconds."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

DAY_STARTS = 8  # local hours between which the clock runs at its day speed
DAY_ENDS = 18


class DayClock:
    """Stands still at `start` (aware) until `begin`; then runs `speed` times as fast as the wall clock from 8 to 18 h
    in `zone`, and at night ten times faster still. It never jumps, so what is due at night happens at night.
    """

    def __init__(self, start: datetime, zone: ZoneInfo, speed: float = 1200.0) -> None:
        self._zone = zone
        self._speed = speed
        self._night = speed * 10
        self._marks = [(0.0, start.astimezone(ZoneInfo("UTC")))]  # (real seconds since the start, desk time)
        self._origin: float | None = None

    def begin(self) -> None:
        """Let time pass from now on."""
        self._origin = time.monotonic()

    def _elapsed(self) -> float:
        return 0.0 if self._origin is None else time.monotonic() - self._origin

    def now(self) -> datetime:
        """This moment of the story, aware, in UTC."""
        return self._at(self._elapsed())

    def seconds_until(self, when: datetime) -> float:
        """Real seconds until the story reaches `when`; 0.0 if it is past."""
        real, moment = 0.0, self._marks[0][1]
        while True:
            border, speed = self._border(moment)
            if when <= border:
                reached = real + max(0.0, (when - moment).total_seconds()) / speed
                return max(0.0, reached - self._elapsed())
            real += (border - moment).total_seconds() / speed
            moment = border

    def _at(self, elapsed: float) -> datetime:
        real, moment = self._marks[-1]
        while True:
            border, speed = self._border(moment)
            length = (border - moment).total_seconds() / speed
            if elapsed < real + length:
                return moment + timedelta(seconds=(elapsed - real) * speed)
            real, moment = real + length, border
            self._marks = [self._marks[0], (real, moment)]

    def _border(self, moment: datetime) -> tuple[datetime, float]:
        """The next change of speed after `moment`, and the speed until then."""
        local = moment.astimezone(self._zone)
        opens = local.replace(hour=DAY_STARTS, minute=0, second=0, microsecond=0)
        closes = local.replace(hour=DAY_ENDS, minute=0, second=0, microsecond=0)
        if local < opens:
            border, speed = opens, self._night
        elif local < closes:
            border, speed = closes, self._speed
        else:
            border, speed = opens + timedelta(days=1), self._night
        return border.astimezone(ZoneInfo("UTC")), speed
