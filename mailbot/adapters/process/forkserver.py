"""A small single-threaded process, with everything loaded, that forks others at once; made before any thread of ours.

Forking a process with threads copies their locks as they are, and the child may wait for one for ever; forking late
copies open database and mail connections. This process has neither: it was forked, or started, before there were any.
"""

from __future__ import annotations

import gc
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NoReturn

import structlog

log = structlog.get_logger("mailbot")

Work = Callable[[socket.socket, int, str, Any], int]
"""What a forked process does: its channel, its board, its name, the setting; its exit code."""

LINGER = 10.0  # seconds that its children have to finish what they have begun, once the daemon is gone
_LONGEST = 4096  # bytes of one message
FORK, SETTING, KILL, FORKED, FAILED, ENDED = b"f", b"s", b"k", b"F", b"X", b"E"
"""Orders: fork a process of this name (with its channel and its board), take this setting (a file with its pickle), kill
all that were forked.
Answers: its process id, or why there is none; a process id and the status with which it ended."""


def can_fork() -> bool:
    """Whether this system has what it takes: a fork that is safe in a single-threaded process, and files in memory."""
    return sys.platform == "linux" and hasattr(os, "memfd_create")


def found(work: Work, setting: object) -> tuple[int, socket.socket]:
    """Fork the server from this process, which must have one thread; its process id and our end of its orders."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    gc.collect()
    gc.freeze()  # what is here is shared between all of them as long as nobody writes to it
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        theirs.close()
        return pid, ours
    code = 1
    try:
        ours.close()
        os.setsid()  # a Ctrl-C at the terminal is for the daemon; and its children are in one group with it
        serve(theirs, work, setting)
    except BaseException as error:  # noqa: BLE001 - nothing of the daemon may go on in here
        log.error("fork server", state="failed", error=repr(error))
    finally:
        os._exit(code)


def start_anew(command: Sequence[str]) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start a new server when the first one is gone: `command`, and the number of the descriptor for its orders.

    It needs a setting before it can fork. Raises OSError.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        number = theirs.fileno()
        try:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
                [*command, str(number)], stdin=subprocess.DEVNULL, pass_fds=(number,), start_new_session=True
            )
        except OSError:
            ours.close()
            raise
    return process, ours


def serve(orders: socket.socket, work: Work, setting: object = None) -> NoReturn:
    """Fork when told, report each end, until the daemon is gone; then give the children a moment, and end."""
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)  # meant for the daemon, whose end is ours
    woken, wakes = os.pipe()
    for end in (woken, wakes):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # so that the pipe is written to, and select ends
    children: set[int] = set()

    def kill() -> None:
        for pid in children:
            os.kill(pid, signal.SIGKILL)  # not waited for yet, so the number is still its own

    def told() -> bool:
        nonlocal setting
        message, descriptors, _, _ = socket.recv_fds(orders, _LONGEST, 2)
        kind, rest = message[:1], message[1:]
        if kind == SETTING:
            with os.fdopen(descriptors[0], "rb") as file:
                file.seek(0)
                setting = pickle.load(file)  # noqa: S301 - the daemon's own
        elif kind == KILL:
            kill()
        elif kind == FORK:
            channel, board = descriptors
            try:
                pid = os.fork()
            except OSError as error:
                _answer(orders, FAILED + str(error).encode())
            else:
                if not pid:
                    for end in (woken, wakes, orders.fileno()):
                        os.close(end)
                    orders.detach()
                    _work(work, channel, board, rest.decode(), setting)
                children.add(pid)
                _answer(orders, FORKED + str(pid).encode())
            os.close(channel)
            os.close(board)
        return bool(message)

    def reap() -> None:
        while children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            children.discard(pid)
            _answer(orders, ENDED + f"{pid} {status}".encode())

    while True:
        ready = select.select([orders.fileno(), woken], [], [])[0]
        with suppress(BlockingIOError):
            os.read(woken, _LONGEST)
        reap()
        if orders.fileno() in ready and not told():
            break
    deadline = time.monotonic() + LINGER
    while children and time.monotonic() < deadline:
        select.select([woken], [], [], deadline - time.monotonic())
        with suppress(BlockingIOError):
            os.read(woken, _LONGEST)
        reap()
    kill()
    os._exit(0)


def _answer(orders: socket.socket, message: bytes) -> None:
    with suppress(OSError):  # the daemon is gone, as the next check shows
        orders.send(message)


def _work(work: Work, channel: int, board: int, name: str, setting: object) -> NoReturn:
    """The forked process; it never returns."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with socket.socket(fileno=channel) as opened:
            code = work(opened, board, name, setting)
    except BaseException as error:
        log.exception("worker failed", error=repr(error))
    finally:
        with suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(code)
