"""A second process of the same program, held by two pipes: it ends when the first one does, however that ends."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog

log = structlog.get_logger("mailbot")

_AGAIN_AFTER = 30.0  # seconds until another is started where one ended without a word


class WorkerProcess:
    """Fulfils `ports.Worker`. `on_word` is called in a thread for all that it says, `on_end` when it has ended."""

    def __init__(self, command: Sequence[str], *, on_word: Callable[[bytes], None], on_end: Callable[[], None]) -> None:
        self._command = list(command)
        self._on_word = on_word
        self._on_end = on_end
        self._process: subprocess.Popen[bytes] | None = None
        self._heard = float("-inf")
        self._not_before = float("-inf")
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start it, unless one that was started a moment ago failed. Never raises."""
        if self.lives() or time.monotonic() < self._not_before:
            return
        self._not_before = time.monotonic() + _AGAIN_AFTER
        self._heard = float("-inf")
        try:
            # A session of its own: a Ctrl-C at the terminal is for the first process, which then dismisses this one.
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, start_new_session=True
            )
        except OSError as error:
            log.warning("no worker", reason=str(error))
            return
        assert self._process.stdin is not None
        os.set_blocking(self._process.stdin.fileno(), False)  # one that does not listen must not hold us up
        log.info("worker", state="started", pid=self._process.pid)
        threading.Thread(target=self._listen, args=(self._process,), name="worker", daemon=True).start()

    def lives(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def heard_within(self, seconds: float) -> bool:
        """Whether it said something in the last so many seconds."""
        return time.monotonic() - self._heard <= seconds

    def wake(self) -> bool:
        """Tell it to look for mail; whether it could be told."""
        with self._lock:
            process = self._process
            if process is None or process.stdin is None or process.stdin.closed:
                return False
            try:
                process.stdin.write(b"\n")
            except OSError:
                return False
        return True

    def dismiss(self) -> None:
        """Tell it to end after what it has begun."""
        with self._lock:
            if self._process is not None and self._process.stdin is not None:
                with suppress(OSError):
                    self._process.stdin.close()

    def end(self, seconds: float) -> None:
        """Dismiss it, wait so long at most, then kill it."""
        self.dismiss()
        process = self._process
        if process is None:
            return
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        with process.stdout as words:
            while word := os.read(words.fileno(), 4096):
                self._heard = time.monotonic()
                self._not_before = float("-inf")
                self._on_word(word)
        self._heard = float("-inf")
        code = process.wait()
        with self._lock, suppress(OSError):  # of this one, and not of another that was started since
            if process.stdin is not None:
                process.stdin.close()
        log.info("worker", state="ended", pid=process.pid, code=code)
        self._on_end()
