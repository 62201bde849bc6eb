"""Mail is read and decided by processes that may die: one while there is mail, a second while the first is stuck."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

import structlog

from mailbot.core.model.reason import Reason, why
from mailbot.core.rules.setting import Setting
from mailbot.errors import StoreDown
from mailbot.loops.liveness import Liveness
from mailbot.loops.receive import Decider
from mailbot.ports import Clock, InboundStore
from mailbot.workers import At, End, Ended, Worker, Workers

log = structlog.get_logger("mailbot")

MOST_WORKERS = 4  # all but one of them stuck
STUCK = 2.0  # seconds at one mail, after which the others that it has claimed are given back, for another worker
STILL = 30.0  # seconds without a word at no mail at all: it waits for the disk, or sleeps
LOOK_AGAIN = 1.0  # seconds until the workers are looked at again, while one has work
SHORTEST, LONGEST = 0.5, 30.0  # seconds until another is hired where the last ones ended without a word
BEAT_SECONDS = 5.0
IDLE_ENDS = 10.0  # seconds without mail, after which a worker ends by itself
LOOK_SECONDS = 0.5
DECIDED, IDLE = b"d", b"."
"""What a worker says: that it has decided some mail, and that it lives and found none."""


class Workforce:
    """Starts and ends workers, and puts aside the mails that ended them. `look` is called by one thread at a time."""

    def __init__(
        self,
        workers: Workers,
        *,
        inbound: InboundStore,
        clock: Clock,
        setting: Callable[[], Setting],
        seconds: float = 10.0,
        megabytes: int = 512,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """`seconds` and `megabytes` are what one mail may take: for the words. `setting` is the one in force."""
        self._workers = workers
        self._inbound = inbound
        self._clock = clock
        self._setting = setting
        self._hired_with = setting()
        self._seconds = seconds
        self._megabytes = megabytes
        self._elapsed = elapsed
        self._here: list[Worker] = []
        self._leaving: list[Worker] = []
        self._passed_on: dict[str, int] = {}
        self._failures = 0
        self._not_before = float("-inf")
        self._stopping = False
        self._down: StoreDown | None = None
        self._stored = False
        self._lock = threading.Lock()

    def look(self) -> float | None:
        """See to it that waiting mail has a worker; returns in how many seconds to look again, None if there is no need.

        Raises StoreDown, also in the words of a worker that ended for it.
        """
        self._settle()
        if self._stopping:
            return None
        with self._lock:
            again = self._see_to_it()
        if self._down is not None and again is not None:
            raise self._down  # it is not up before one of them has stored something
        self._down = None
        return again

    def decided(self) -> None:
        """One of them has stored what it decided. From any thread."""
        self._down = None
        self._stored = True

    def _see_to_it(self) -> float | None:
        self._renew()
        stuck = [worker for worker in self._here if self._is_stuck(worker)]
        for worker in self._here:
            if worker not in stuck and worker.wake():
                return LOOK_AGAIN
        if not self._inbound.any_waiting(self._clock.now()):
            return LOOK_AGAIN if self._here else None
        if len(self._here) < MOST_WORKERS and self._elapsed() >= self._not_before:
            hired = self._workers.hire()
            if hired is not None:
                self._here.append(hired)
                return LOOK_AGAIN
        return max(LOOK_AGAIN / 2, min(self._not_before - self._elapsed(), LONGEST))

    def setting_changed(self) -> None:
        """Use a new setting: no mail that comes in from now on is decided by the old one."""
        with self._lock:
            self._renew()

    def _renew(self) -> None:
        if (in_force := self._setting()) is not self._hired_with:
            self._hired_with = in_force
            self._workers.renew(in_force)
            self._dismiss()  # what they know of the rules is old

    def dismiss(self) -> None:
        """Let all of them finish the mail that they are at, and end. Returns at once; from any thread."""
        self._stopping = True
        self._dismiss()

    def end(self, seconds: float) -> None:
        """Wait this long at most for them to end; then they are killed, and their mails are claimed again."""
        self._workers.end(seconds)
        with suppress(StoreDown):
            self._settle()

    def _dismiss(self) -> None:
        here, self._here = self._here, []
        self._leaving += here
        for worker in here:
            worker.dismiss()

    def _is_stuck(self, worker: Worker) -> bool:
        """Whether it need not be waited for; what else it has claimed is then somebody else's. Raises StoreDown."""
        silent = worker.silent_for()
        at = worker.at()
        if at is None or silent < STUCK:
            return silent >= STILL
        if self._passed_on.get(worker.holder) != at.inbound:
            count = self._inbound.hand_on(worker.holder, keep=at.inbound)
            self._passed_on[worker.holder] = at.inbound
            log.warning("slow mail", inbound=at.inbound, seconds=round(silent, 1), handed_on=count)
        return True

    def _settle(self) -> None:
        """Handle what those that ended left behind. Raises StoreDown; the rest is then handled the next time."""
        for team in (self._here, self._leaving):
            for worker in [one for one in team if one.ended is not None]:
                ended = worker.ended
                assert ended is not None
                if ended.at is not None and (reason := self._against(ended, ended.at)) is not None:
                    given_up = self._inbound.give_up(ended.at.inbound, worker.holder, reason)
                    log.error("mail ended a worker", inbound=ended.at.inbound, how=ended.how.value, given_up=given_up)
                team.remove(worker)
                self._passed_on.pop(worker.holder, None)
                self._count(ended)
                if ended.how is End.STORE and self._stored:
                    self._stored = False  # a bad road to it, and no end of it: the next may get on again
                elif ended.how is End.STORE:
                    kind, _, words = ended.words.partition(" ")
                    self._down = StoreDown(words, kind.strip("-"))

    def _count(self, ended: Ended) -> None:
        """A worker that ended at no mail, and not of its own accord: the next may do the same, so wait before hiring it."""
        if ended.at is not None or ended.how in (End.DONE, End.STORE):
            self._failures = 0
            return
        self._not_before = self._elapsed() + min(SHORTEST * 2**self._failures, LONGEST)
        self._failures = min(self._failures + 1, 10)

    def _against(self, ended: Ended, at: At) -> Reason | None:
        """Why a mail is put aside; None if it is tried (again): what ended its worker may have been chance."""
        if ended.how is End.TIME:
            return why("quarantine.time", seconds=f"{self._seconds:g}")
        if not at.again:
            return None
        if ended.how is End.MEMORY:
            return why("quarantine.memory", megabytes=self._megabytes)
        if ended.how is End.BROKEN:
            return why("quarantine.broken", end=ended.words)
        return None


class SecondProcess:
    """The worker itself: decides until it is dismissed, or nothing is left to do. It runs in a process of its own."""

    def __init__(
        self,
        *,
        decider: Decider,
        liveness: Liveness,
        say: Callable[[bytes], None],
        outgrown: Callable[[], bool] = lambda: False,
    ) -> None:
        """`say` raises OSError when nobody listens any more; `outgrown`: it holds so much that another should go on."""
        self._decider = decider
        self._liveness = liveness
        self._say = say
        self._outgrown = outgrown
        self._woken = threading.Event()
        self._dismissed = False

    def wake(self) -> None:
        """There may be mail. From any thread."""
        self._woken.set()

    def dismiss(self) -> None:
        """End after the mail that is being decided. From any thread."""
        self._dismissed = self._decider.stopping = True
        self._woken.set()

    def run(self) -> StoreDown | None:
        """Run until dismissed or idle; returns what the store said if it is down: whoever started it waits for the store."""
        down = None
        try:
            self._work()
        except StoreDown as error:
            down = error
        except OSError:
            pass  # nobody listens any more
        with suppress(StoreDown):
            self._liveness.leave()
        return down

    def _work(self) -> None:
        self._liveness.beat()
        beaten = busy = time.monotonic()
        while not self._dismissed:
            if time.monotonic() - beaten >= BEAT_SECONDS:
                self._liveness.beat()
                beaten = time.monotonic()
            self._woken.clear()
            if self._decider.decide_some():
                busy = time.monotonic()
                self._say(DECIDED)
                if self._outgrown():
                    return
                continue
            if time.monotonic() - busy >= IDLE_ENDS:
                return
            self._say(IDLE)
            if not self._dismissed:
                self._woken.wait(LOOK_SECONDS)
