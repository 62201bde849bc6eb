"""Mails being submitted at the same time: one after the other while that is quick, side by side when one is slow."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass

SLOW = 0.25  # seconds after which the next one no longer waits for it
HEAVY = 256_000  # bytes; such a mail may take its time, so one connection at least stays free of them
_GLANCE = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Flight:
    begun: float
    row: int
    heavy: bool


class Flights:
    """At most `most` at once, and of those at most one that is not slow yet. Used within one event loop."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._flying: dict[asyncio.Task[None], _Flight] = {}

    def __len__(self) -> int:
        return len(self._flying)

    @property
    def rows(self) -> frozenset[int]:
        """The ids of those that are on their way."""
        return frozenset(one.row for one in self._flying.values())

    @property
    def room_for_heavy(self) -> bool:
        """Whether a large mail may go as well, and leave a connection to the small ones."""
        return sum(one.heavy for one in self._flying.values()) < max(1, self._most - 1)

    def begin(self, work: Awaitable[None], *, row: int, size: int) -> None:
        """Send one off."""
        task = asyncio.ensure_future(work)
        assert isinstance(task, asyncio.Task)
        self._flying[task] = _Flight(begun=time.monotonic(), row=row, heavy=size > HEAVY)

    async def turn(self) -> bool:
        """Wait until the next one may go; False if slow ones take all places for now. Raises what a submission raised."""
        while self._flying:
            self.land()
            waits = SLOW - (time.monotonic() - max((one.begun for one in self._flying.values()), default=0.0))
            full = len(self._flying) >= self._most
            if waits <= 0 and not full:
                return True
            if not self._flying:
                break
            seconds = waits if waits > 0 else _GLANCE
            done, _ = await asyncio.wait(self._flying, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            self.land()
            if full and not done and waits <= 0:
                return False
        return True

    async def rest(self, seconds: float | None) -> None:
        """Wait this long at most until one has ended; with None, until all have. Raises what a submission raised."""
        if self._flying:
            when = asyncio.ALL_COMPLETED if seconds is None else asyncio.FIRST_COMPLETED
            await asyncio.wait(self._flying, timeout=seconds, return_when=when)
            self.land()

    def land(self) -> None:
        """Take note of those that have ended. Raises what the first of them raised."""
        for task in [task for task in self._flying if task.done()]:
            del self._flying[task]
            task.result()

    async def cut_off(self) -> None:
        """Cancel them all, however far they have got."""
        flying, self._flying = list(self._flying), {}
        for task in flying:
            task.cancel()
        await asyncio.gather(*flying, return_exceptions=True)
