"""Daemons forked from a process that has loaded the desk: a hundred starts cost no hundred imports.

Such a daemon is a process of its own as any other: with its own arguments, environment, log and end. What it did not do
is load Python and the modules, and it shares their memory with its siblings: a test of starting, of stopping or of
memory starts a cold one.
"""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from mailbot.adapters.process import forkserver

ROOT = Path(__file__).parents[2]
_LONGEST = 4096  # bytes of one answer


class WarmProcess:
    """A forked daemon, as `subprocess.Popen` would show it."""

    def __init__(self, parent: Parent, pid: int) -> None:
        self._parent = parent
        self.pid = pid
        self.returncode: int | None = None
        self._handle = os.pidfd_open(pid)  # no other process is ever meant, whoever gets the number next

    def poll(self) -> int | None:
        """Its exit code, or None while it runs."""
        return self._ended_within(0)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended. Raises subprocess.TimeoutExpired."""
        code = self._ended_within(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("mailbot", timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, number)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def _ended_within(self, seconds: float | None) -> int | None:
        if self.returncode is None and (status := self._parent.status(self.pid, seconds)) is not None:
            self.returncode = os.waitstatus_to_exitcode(status)
            os.close(self._handle)
        return self.returncode


class Parent:
    """The process that has everything loaded, and the ends of those that it forked."""

    def __init__(self) -> None:
        self._process, self._orders = forkserver.start_anew([sys.executable, "-m", __name__])
        self._ended: dict[int, int] = {}
        self._lock = threading.Lock()

    def fork(self, program: str, arguments: Sequence[str], *, log: int, env: Mapping[str, str]) -> WarmProcess:
        """Run `python -m program arguments…` with that environment; its output goes to `log`."""
        ours, theirs = socket.socketpair()
        with self._lock, ours, theirs:
            socket.send_fds(self._orders, [forkserver.FORK], [theirs.fileno(), log])
            ours.sendall(json.dumps({"program": program, "arguments": arguments, "env": dict(env)}).encode())
            ours.shutdown(socket.SHUT_WR)
            while (answer := self._answer()) is None:
                pass
        return WarmProcess(self, answer)

    def status(self, pid: int, seconds: float | None) -> int | None:
        """With what status that one ended, once it has; None if it has not within that time."""
        deadline = None if seconds is None else time.monotonic() + seconds
        with self._lock:
            while pid not in self._ended:
                left = None if deadline is None else deadline - time.monotonic()
                if not select.select([self._orders], [], [], None if left is None else max(0.0, left))[0]:
                    return None
                self._answer()
            return self._ended.pop(pid)

    def close(self) -> None:
        """End it, and those that it forked."""
        with suppress(OSError):
            self._orders.send(forkserver.KILL)
        self._orders.close()
        self._process.wait(30)

    def _answer(self) -> int | None:
        """Take one answer: the number of a process that was forked now; None if it tells of an end."""
        answer = self._orders.recv(_LONGEST)
        kind, rest = answer[:1], answer[1:].decode()
        if kind == forkserver.ENDED:
            pid, status = map(int, rest.split())
            self._ended[pid] = status
            return None
        assert kind == forkserver.FORKED, f"no process was forked: {rest or 'its parent has ended'}"
        return int(rest)


@functools.cache
def parent() -> Parent:
    """The one of this test process; it ends with it."""
    made = Parent()
    atexit.register(made.close)
    return made


def run(channel: socket.socket, log: int, _name: str, _setting: object) -> int:
    """In the forked process: become that program. The exit code."""
    asked = b"".join(iter(lambda: channel.recv(65536), b""))
    channel.close()
    told = json.loads(asked)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(told["env"])
    os.chdir(ROOT)
    for end in (1, 2):
        os.dup2(log, end)
    os.close(log)
    sys.argv[1:] = told["arguments"]
    try:
        runpy.run_module(told["program"], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    from tests.simulation.simulated_desk import shipped

    for name in ("mailbot.app.desk", "mailbot.cli.main"):
        importlib.import_module(name)  # what a daemon needs, loaded once for all of them
    shipped()  # what reading rules and letters keeps, such as patterns
    gc.collect()
    gc.freeze()  # or each child would copy what it only looks at
    forkserver.serve(socket.socket(fileno=int(sys.argv[1])), run)
