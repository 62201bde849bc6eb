"""A loop of the daemon: works while there is work, sleeps until it is woken, and waits for a store that is down."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from mailbot.errors import StoreDown

log = structlog.get_logger("mailbot")

_SHORTEST, _LONGEST = 0.5, 30.0  # seconds until what failed is tried again


class StoreState:
    """Whether the store answers, for all its users together: one log line when it fails, one when all can go on.

    From any thread. Each user gives its name, and reports its own success again: a full disk may let some things be
    stored for a while, and others not.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._down: set[str] = set()
        self._told: set[str] = set()

    def up(self, who: str) -> None:
        """This user's request succeeded."""
        with self._lock:
            if who not in self._down:
                return
            self._down.discard(who)
            over = not self._down
            if over:
                self._told.clear()
        if over:
            log.info("store", state="up")

    def down(self, who: str, error: StoreDown) -> None:
        """This user's request failed. Logged again only if it turns out to be the disk, after some other cause."""
        with self._lock:
            new = not self._down or error.kind not in self._told
            self._down.add(who)
            self._told.add(error.kind)
        if new:
            log.error("store", state="down", reason=str(error))


class Wakeable:
    """`work` is called until it says that nothing is left; then again when it is woken. `wake` and `stop` from any thread."""

    def __init__(self, work: Callable[[], Awaitable[bool]], store: StoreState, name: str = "loop") -> None:
        """`store` knows this loop by `name`."""
        self._work = work
        self._name = name
        self._store = store
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = False

    def wake(self) -> None:
        """Say that there may be work."""
        # A loop that is woken already has not looked yet: it clears the event before it looks.
        if self._loop is not None and not self._woken.is_set():
            with suppress(RuntimeError):  # the event loop is closed: the daemon has stopped
                self._loop.call_soon_threadsafe(self._woken.set)

    def stop(self) -> None:
        """End once the current piece of work is done."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Until it is stopped. The first look needs no waking."""
        self._loop = asyncio.get_running_loop()
        pause = _SHORTEST
        while not self._stopping:
            self._woken.clear()
            try:
                while not self._stopping and await self._work():
                    pass
                self._store.up(self._name)
            except StoreDown as error:
                self._store.down(self._name, error)
            except Exception as error:
                # One failure must not end everything else; the log has the whole trace.
                log.exception("worker failed", error=repr(error))
            else:
                pause = _SHORTEST
                if not self._stopping:
                    await self._woken.wait()
                continue
            await self._sleep(pause)
            pause = min(pause * 2, _LONGEST)

    async def _sleep(self, seconds: float) -> None:
        """Wait this long, even if it is woken, unless it is stopped."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._woken.clear()
            if self._stopping:  # looked at after the clearing, which might have swallowed what `stop` says
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), left)


class OwnThread:
    """Runs a coroutine in a thread and an event loop of its own, which nothing else delays. The thread is a daemon."""

    def __init__(self, name: str, main: Callable[[], Awaitable[None]]) -> None:
        self._main = main
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    async def run(self) -> None:
        """Start it and wait for its end. Cancelled, it cancels what runs in the thread, and does not wait."""
        here = asyncio.get_running_loop()

        def tell() -> None:
            with suppress(RuntimeError):  # nobody waits any more
                here.call_soon_threadsafe(self._ended.set)

        self._tell = tell
        self._thread.start()
        try:
            await self._ended.wait()
        finally:
            self._cut_off()
        if self._error is not None:
            raise RuntimeError("the thread ended before its time") from self._error

    def join(self, seconds: float) -> None:
        """Wait for the thread, this long at most."""
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        async def main() -> None:
            self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
            await self._main()

        try:
            asyncio.run(main())
        except BaseException as error:  # noqa: BLE001 - whoever waits for the thread raises it
            self._error = error
        finally:
            self._tell()

    def _cut_off(self) -> None:
        loop, task = self._loop, self._task
        if loop is not None and task is not None:
            with suppress(RuntimeError):  # it has ended by itself
                loop.call_soon_threadsafe(task.cancel)
