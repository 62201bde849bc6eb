"""When much mail waits, a second process decides it, so that reading and sending need not share one interpreter with it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

import structlog

from mailbot.core.setting import Setting
from mailbot.errors import StoreDown
from mailbot.loops.attendance import Attendance
from mailbot.loops.receive import Decider
from mailbot.ports import Worker

log = structlog.get_logger("mailbot")

FULL_BATCHES = 2  # so many in a row, and more mail waits than this process is through with in a moment
QUIET = 2.0  # seconds without a word, after which this process decides as well
BEAT_SECONDS = 5.0
IDLE_ENDS = 5.0  # seconds without mail, after which the second process ends by itself
LOOK_SECONDS = 0.5
DECIDED, IDLE = b"d", b"."
"""What a worker says: that it has decided some mail, and that it lives and found none."""


class Workforce:
    """Has the worker started and ended. Used by the loop that decides; `deciding` and `claimed` may start or end it."""

    def __init__(self, worker: Worker | None = None, setting: Callable[[], Setting | None] = lambda: None) -> None:
        """Without a worker all mail is decided here. `setting` is the one in force: the worker reads it at its start."""
        self._worker = worker
        self._setting = setting
        self._started_with: object = None
        self._full = 0

    def deciding(self) -> bool:
        """Whether the worker is at it, and need only be woken, which this does."""
        if self._worker is None or not self._worker.lives():
            return False
        if self._setting() is not self._started_with:
            self._worker.dismiss()  # what it knows of the rules is old
            return False
        return self._worker.wake() and self._worker.heard_within(QUIET)

    def claimed(self, *, full: bool) -> None:
        """A batch was decided here; `full`: it was as large as a batch can be, so more may wait."""
        self._full = self._full + 1 if full else 0
        if self._worker is None or self._full < FULL_BATCHES or self._worker.lives():
            return
        self._full = 0
        self._started_with = self._setting()
        self._worker.start()

    def dismiss(self) -> None:
        """Let the worker finish the mails that it has, and end. Returns at once."""
        if self._worker is not None:
            self._worker.dismiss()

    def end(self, seconds: float) -> None:
        """Wait for its end so long at most; then it is killed, and its mails are claimed again."""
        if self._worker is not None:
            self._worker.end(seconds)


class Hand:
    """The worker itself: decides until it is dismissed, or nothing is left to do. It runs in a process of its own."""

    def __init__(self, *, decider: Decider, attendance: Attendance, say: Callable[[bytes], None]) -> None:
        """`say` raises OSError when nobody listens any more."""
        self._decider = decider
        self._attendance = attendance
        self._say = say
        self._woken = threading.Event()
        self._dismissed = False

    def wake(self) -> None:
        """There may be mail. From any thread."""
        self._woken.set()

    def dismiss(self) -> None:
        """End after the mail that is being decided. From any thread."""
        self._dismissed = self._decider.stopping = True
        self._woken.set()

    def run(self) -> None:
        """Until dismissed or idle. A store that is down ends it: whoever started it waits for the store."""
        with suppress(StoreDown, OSError):
            self._work()
        with suppress(StoreDown):
            self._attendance.leave()

    def _work(self) -> None:
        self._attendance.beat()
        beaten = busy = time.monotonic()
        while not self._dismissed:
            if time.monotonic() - beaten >= BEAT_SECONDS:
                self._attendance.beat()
                beaten = time.monotonic()
            self._woken.clear()
            if self._decider.decide_some():
                busy = time.monotonic()
                self._say(DECIDED)
                continue
            if time.monotonic() - busy >= IDLE_ENDS:
                return
            self._say(IDLE)
            if not self._dismissed:
                self._woken.wait(LOOK_SECONDS)
