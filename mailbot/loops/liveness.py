"""Shows that this process is alive, and takes back what dead ones held, so that a restart delays nobody's mail."""

from __future__ import annotations

from datetime import timedelta

import structlog

from mailbot.ports import Clock, Lease, LeaseStore, ProcessLock

log = structlog.get_logger("mailbot")

TTL = timedelta(seconds=60)
PREFIX = "process:"


class Liveness:
    """One lease for the whole process, prolonged by `beat`. Used by one thread at a time.

    What a process holds (claims, rows it is sending, inboxes it polls) is taken back by any other: at once where the
    machine knows that the process is gone, else when its lease was not prolonged for `TTL`. A process that was merely
    suspended finds its claims lost; what it was sending may go out once more, with the same bytes.
    """

    def __init__(
        self, *, leases: LeaseStore, process_lock: ProcessLock, clock: Clock, holder: str, ttl: timedelta = TTL
    ) -> None:
        self._leases = leases
        self._process_lock = process_lock
        self._clock = clock
        self._holder = holder
        self._ttl = ttl

    def beat(self) -> int:
        """Prolong our lease and look after the others; how many mails and rows were taken back. Raises StoreDown."""
        now = self._clock.now()
        self._leases.hold(PREFIX + self._holder, self._holder, now, self._ttl)
        back = 0
        for lease in self._leases.held(PREFIX):
            if lease.holder == self._holder:
                continue
            gone = self._process_lock.gone(lease.holder)
            if gone or lease.until <= now:
                count = self._leases.abandon(lease, now, gone=gone)
                log.warning("taken over", holder=lease.holder, ended=gone, rows=count)
                back += count
        return back

    def leave(self) -> None:
        """Give back all that this process held. Raises StoreDown."""
        now = self._clock.now()
        own = Lease(name=PREFIX + self._holder, holder=self._holder, until=now)
        self._leases.abandon(own, now, gone=True, left=True)
