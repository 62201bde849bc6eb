"""The daemon: threads that poll, a worker that decides, a sender, and the clock that wakes them."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import structlog
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from mailbot.errors import StoreDown
from mailbot.loops.liveness import Liveness
from mailbot.loops.poll import Poller
from mailbot.loops.receive import Decider
from mailbot.loops.remind import Reminder
from mailbot.loops.send import Sender
from mailbot.loops.wakeable import OwnThread, StoreState, Wakeable
from mailbot.loops.worker_processes import Workforce
from mailbot.ports import Clock, DeskStore, OutboxStore

log = structlog.get_logger("mailbot")

TICK_SECONDS = 1.0
SWEEP_SECONDS = 10.0
TOGETHER = 0.1  # how long new promises are gathered
IDLE_SECONDS = 5.0  # how long a worker sleeps when nobody wakes it
STOP_WITHIN = 7.0  # seconds for what is being sent; then it is cut off, and sent again at the next start
JOIN_WITHIN = 1.0


class Background(Protocol):
    """Something that runs in a thread of its own until it is stopped; nobody waits for it."""

    name: str

    def run(self) -> None:
        """The body of the thread."""

    def stop(self) -> None:
        """End it soon; from any thread."""


class Daemon:
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
        liveness: Liveness,
        clock: Clock,
        watch: Callable[[asyncio.Event], Awaitable[None]] | None = None,
        workforce: Workforce | None = None,
        store: StoreState | None = None,
        beside: Sequence[Background] = (),
        at_first: Callable[[], Coroutine[Any, Any, None]] | None = None,
    ) -> None:
        """`store` is shared with the pollers. What is `beside` runs in threads as they do; `at_first` once, in the sender's."""
        self._pollers: Sequence[Background] = (*pollers, *beside)
        self._decider = decider
        self._sender = sender
        self._reminder = reminder
        self._desk = desk
        self._outbox = outbox
        self._liveness = liveness
        self._clock = clock
        self._watch = watch
        self._workforce = workforce
        self._at_first = at_first
        self._look_again: asyncio.TimerHandle | None = None
        self._stop = asyncio.Event()
        self._store = store or StoreState()
        self._deciding = Wakeable(self._decide, self._store, "deciding")
        self._sending = Wakeable(self._send, self._store, "sending")
        self._reminding = Wakeable(self._remind, self._store, "reminding")
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def stop(self) -> None:
        """Stop the daemon, after finishing what is being sent. Call it in the event loop's own thread."""
        self._sender.stopping = self._reminder.stopping = self._decider.stopping = True
        self._stop.set()
        for wakeable in (self._deciding, self._sending, self._reminding):
            wakeable.stop()

    def mail_is_in(self) -> None:
        """Wake the worker that decides; from any thread."""
        self._deciding.wake()

    def decided(self, *_: object) -> None:
        """Something was decided: wake the sender, and look again at what is due when. From any thread."""
        self._sending.wake()
        self._reminding.wake()

    def workers_decided(self) -> None:
        """As `decided`, by a worker."""
        if self._workforce is not None:
            self._workforce.decided()
        self.decided()

    def worker_ended(self) -> None:
        """Look for what a worker left undone now, not at the next sweep. From any thread."""
        with contextlib.suppress(JobLookupError):  # the daemon has not started yet, or has stopped
            self._scheduler.modify_job("sweep", next_run_time=datetime.now(UTC))
        self._deciding.wake()

    async def run(self) -> None:
        """Until `stop`. Pollers that hang on the network do not delay the end: their threads are daemons."""
        self._scheduler.add_job(self._sending.wake, "interval", seconds=IDLE_SECONDS, id="letters")
        self._scheduler.add_job(self._deciding.wake, "interval", seconds=IDLE_SECONDS, id="mail")
        self._scheduler.add_job(self._reminding.wake, "interval", seconds=TICK_SECONDS, id="due")
        self._scheduler.add_job(self._sweep, "interval", seconds=SWEEP_SECONDS, id="sweep")
        self._scheduler.start()
        await self._sweep()  # before anything else: what a dead process held is ours now
        if self._workforce is None:
            await asyncio.to_thread(self._decider.warm_up)
        threads = [threading.Thread(target=p.run, name=f"poll-{p.name}", daemon=True) for p in self._pollers]
        for thread in threads:
            thread.start()
        watching = asyncio.ensure_future(self._watch(self._stop)) if self._watch else None
        # Letters have an event loop of their own, so that nothing delays the reading of the mail server's answers.
        letters = OwnThread("letters", self._letters)
        work = asyncio.gather(self._deciding.run(), letters.run(), self._reminding.run())
        stopping = asyncio.ensure_future(self._stop.wait())
        try:
            either: set[asyncio.Future[Any]] = {work, stopping}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            for poller in self._pollers:
                poller.stop()
            if self._workforce is not None:
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
            await asyncio.to_thread(letters.join, JOIN_WITHIN)
            await asyncio.to_thread(_join, threads)
            if self._workforce is not None:
                await asyncio.to_thread(self._workforce.end, JOIN_WITHIN)
            with contextlib.suppress(StoreDown):
                await asyncio.to_thread(self._liveness.beat)  # what a worker that was cut off had claimed
                await asyncio.to_thread(self._liveness.leave)

    async def _letters(self) -> None:
        first = asyncio.create_task(self._at_first()) if self._at_first is not None else None
        try:
            await self._sending.run()
        finally:
            if first is not None:
                first.cancel()
                await asyncio.gather(first, return_exceptions=True)
            await self._sender.close()

    async def _decide(self) -> bool:
        if self._workforce is None:
            return await asyncio.to_thread(self._decider.decide_some) > 0
        again = await asyncio.to_thread(self._workforce.look)
        if self._look_again is not None:
            self._look_again.cancel()
        loop = asyncio.get_running_loop()
        self._look_again = None if again is None else loop.call_later(again, self._deciding.wake)
        return False

    async def _send(self) -> bool:
        tried = await self._sender.send_some()
        if tried < 0:  # the server is down: each row says when it is tried next
            self._until(self._outbox.next_due(), self._sending, "letters-due")
        return tried > 0

    async def _remind(self) -> bool:
        await asyncio.to_thread(self._reminder.tick)
        self._until(await asyncio.to_thread(self._desk.next_wake), self._reminding, "next-due")
        # Under load every mail brings a new promise: they are looked at together, long before the first of them is due.
        await asyncio.sleep(TOGETHER)
        return False

    def _until(self, moment: datetime | None, wakeable: Wakeable, job: str) -> None:
        """Have that loop woken at that moment, if it is before the next regular look. From any thread."""
        if moment is None:
            return
        seconds = self._clock.seconds_until(moment)
        if 0 < seconds < IDLE_SECONDS:
            at = datetime.now(self._scheduler.timezone) + timedelta(seconds=seconds + 0.002)
            self._scheduler.add_job(wakeable.wake, "date", run_date=at, id=job, replace_existing=True)

    async def _sweep(self) -> None:
        try:
            back = await asyncio.to_thread(self._liveness.beat)
            back += await asyncio.to_thread(self._outbox.sweep, self._clock.now())
        except StoreDown as error:
            self._store.down("sweep", error)
            return
        self._store.up("sweep")
        if back:
            self._sending.wake()
            self._deciding.wake()


def _join(threads: Sequence[threading.Thread]) -> None:
    deadline = time.monotonic() + JOIN_WITHIN
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
