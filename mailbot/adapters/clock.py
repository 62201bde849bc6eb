"""The desk's time: the wall clock, or one that runs faster so that a business day can be watched."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class WallClock:
    """The machine's own time, in UTC."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        return datetime.fromtimestamp(time.time(), UTC)

    def seconds_until(self, when: datetime) -> float:
        """Real seconds until `when`; 0.0 if it is past."""
        return max(0.0, when.timestamp() - time.time())


class FastClock:
    """A clock that starts at `start` now and runs `speed` times as fast as the wall clock (which may not jump)."""

    def __init__(self, start: datetime, speed: float) -> None:
        if start.tzinfo is None or speed <= 0:
            raise ValueError("a fast clock needs an aware start and a speed above 0")
        self._start = start.astimezone(UTC)
        self._speed = speed
        self._origin = time.monotonic()

    def now(self) -> datetime:
        """This moment on the fast clock, aware, in UTC."""
        return self._start + timedelta(seconds=(time.monotonic() - self._origin) * self._speed)

    def seconds_until(self, when: datetime) -> float:
        """Real seconds until the fast clock shows `when`; 0.0 if it is past."""
        return max(0.0, (when - self.now()).total_seconds() / self._speed)
