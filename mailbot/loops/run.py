"""The daemon's day: threads that poll, a worker that decides, a sender, and the clock that wakes them."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from mailbot.errors import StoreDown
from mailbot.loops.attendance import Attendance
from mailbot.loops.receive import TOGETHER_AT_MOST, Decider, Poller
from mailbot.loops.remind import Reminder
from mailbot.loops.send import Sender
from mailbot.loops.workforce import Workforce
from mailbot.ports import Clock, DeskStore, OutboxStore

log = structlog.get_logger("mailbot")

TICK_SECONDS = 1.0
SWEEP_SECONDS = 10.0
TOGETHER = 0.1  # how long new promises are gathered
IDLE_SECONDS = 5.0  # how long a worker sleeps when nobody wakes it
STOP_WITHIN = 7.0  # seconds for what is being sent; then it is cut off, and sent again at the next start
JOIN_WITHIN = 1.0


class Day:
    """Runs the loops of one process until `stop` is called. Everything it needs is given to it."""

    def __init__(
        self,
        *,
        pollers: Sequence[Poller],
        decider: Decider,
        sender: Sender,
        reminder: Reminder,
        desk: DeskStore,
        outbox: OutboxStore,
        attendance: Attendance,
        clock: Clock,
        watch: Callable[[asyncio.Event], Awaitable[None]] | None = None,
        workforce: Workforce | None = None,
    ) -> None:
        self._pollers = pollers
        self._decider = decider
        self._sender = sender
        self._reminder = reminder
        self._desk = desk
        self._outbox = outbox
        self._attendance = attendance
        self._clock = clock
        self._watch = watch
        self._workforce = workforce or Workforce()
        self._stop = asyncio.Event()
        self._mail = asyncio.Event()
        self._letters = asyncio.Event()
        self._due = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._store_down = False
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def stop(self) -> None:
        """End the day: what is being sent is finished. Call it in the loop's own thread."""
        self._sender.stopping = True
        self._stop.set()
        for event in (self._mail, self._letters, self._due):
            event.set()

    def mail_is_in(self) -> None:
        """Wake the worker that decides; from any thread."""
        self._from_any_thread(self._mail)

    def decided(self, *_: object) -> None:
        """Wake the sender, and look at the times again: something was decided. From any thread."""
        self._from_any_thread(self._letters)
        self._from_any_thread(self._due)

    def _from_any_thread(self, event: asyncio.Event) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended; so has the day
                self._loop.call_soon_threadsafe(event.set)

    async def run(self) -> None:
        """Until `stop`. Pollers that hang on the network do not delay the end: their threads are daemons."""
        self._loop = asyncio.get_running_loop()
        self._scheduler.add_job(self._letters.set, "interval", seconds=IDLE_SECONDS, id="letters")
        self._scheduler.add_job(self._mail.set, "interval", seconds=IDLE_SECONDS, id="mail")
        self._scheduler.add_job(self._due.set, "interval", seconds=TICK_SECONDS, id="due")
        self._scheduler.add_job(self._sweep, "interval", seconds=SWEEP_SECONDS, id="sweep")
        self._scheduler.start()
        await self._sweep()  # before anything else: what a dead process held is ours now
        await asyncio.to_thread(self._decider.warm_up)
        threads = [threading.Thread(target=p.run, name=f"poll-{p.name}", daemon=True) for p in self._pollers]
        for thread in threads:
            thread.start()
        for event in (self._mail, self._letters, self._due):
            event.set()
        watching = asyncio.ensure_future(self._watch(self._stop)) if self._watch else None
        work = asyncio.gather(
            self._work(self._mail, self._decide),
            self._work(self._letters, self._send),
            self._work(self._due, self._remind),
        )
        stopping = asyncio.ensure_future(self._stop.wait())
        try:
            either: set[asyncio.Future[Any]] = {work, stopping}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            for poller in self._pollers:
                poller.stop()
            self._workforce.dismiss()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(work, STOP_WITHIN)
        finally:
            stopping.cancel()
            work.cancel()
            self._scheduler.shutdown(wait=False)
            for poller in self._pollers:
                poller.stop()
            if watching is not None:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)
            await asyncio.to_thread(_join, threads)
            await asyncio.to_thread(self._workforce.end, JOIN_WITHIN)
            with contextlib.suppress(StoreDown):
                await asyncio.to_thread(self._attendance.leave)

    async def _work(self, event: asyncio.Event, work: Callable[[], Awaitable[bool]]) -> None:
        """Do `work` while there is some, then sleep until woken. A store that is down is waited for, and said once."""
        pause = 0.5
        while not self._stop.is_set():
            event.clear()
            try:
                while await work() and not self._stop.is_set():
                    pass
                if self._store_down:
                    self._store_down = False
                    log.info("store", state="up")
                pause = 0.5
            except StoreDown as error:
                if not self._store_down:
                    self._store_down = True
                    log.error("store", state="down", reason=str(error))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), pause)
                pause = min(pause * 2, 30.0)
                continue
            except Exception as error:
                # One thing that goes wrong must not end the rest; what it was is in the log, whole.
                log.exception("worker failed", error=repr(error))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), pause)
                pause = min(pause * 2, 30.0)
                continue
            if not self._stop.is_set():
                await event.wait()

    async def _decide(self) -> bool:
        if self._workforce.deciding():
            return False
        claimed = await asyncio.to_thread(self._decider.decide_some)
        self._workforce.claimed(full=claimed >= TOGETHER_AT_MOST)
        return claimed > 0

    async def _send(self) -> bool:
        tried = await self._sender.send_some()
        if tried < 0:  # the server is down: the rows know when they are tried next
            await self._until(self._outbox.next_due, self._letters, "letters-due")
        return tried > 0

    async def _remind(self) -> bool:
        await asyncio.to_thread(self._reminder.tick)
        await self._until(self._desk.next_wake, self._due, "next-due")
        # Under load every mail brings a new promise: they are looked at together, long before the first of them is due.
        await asyncio.sleep(TOGETHER)
        return False

    async def _until(self, when: Callable[[], datetime | None], event: asyncio.Event, job: str) -> None:
        """Have `event` set at the time that `when` tells, if that is before the next regular look."""
        moment = await asyncio.to_thread(when)
        if moment is None:
            return
        seconds = self._clock.seconds_until(moment)
        if 0 < seconds < IDLE_SECONDS:
            at = datetime.now(self._scheduler.timezone) + timedelta(seconds=seconds + 0.002)
            self._scheduler.add_job(event.set, "date", run_date=at, id=job, replace_existing=True)

    async def _sweep(self) -> None:
        with contextlib.suppress(StoreDown):  # the workers say so
            back = await asyncio.to_thread(self._attendance.beat)
            if back + await asyncio.to_thread(self._outbox.sweep, self._clock.now()):
                self._letters.set()
                self._mail.set()


def _join(threads: Sequence[threading.Thread]) -> None:
    deadline = time.monotonic() + JOIN_WITHIN
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
