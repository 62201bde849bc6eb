"""The processes that decide: forked when needed from a parent with everything loaded, each tied to us by a channel."""

from __future__ import annotations

import os
import pickle
import secrets
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog

from mailbot.adapters.process import forkserver
from mailbot.adapters.process.resource_limits import read_board
from mailbot.workers import OUT_OF_MEMORY, STORE_DOWN, At, End, Ended

log = structlog.get_logger("mailbot")

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0  # seconds until another parent is started after one died
_PATIENCE = 1.0  # seconds that a parent has to end after it was told to
_STORE_SAYS = b"!"
_HOW = {signal.SIGPROF: End.TIME, signal.SIGKILL: End.KILLED, signal.SIGTERM: End.KILLED}


class WorkerProcess:
    """Implements `workers.Worker`: one process, seen from the daemon. It ends whenever the daemon does."""

    def __init__(self, holder: str, channel: socket.socket, board: int, on_word: Callable[[bytes], None]) -> None:
        """`on_word` is called in a thread for everything that it says."""
        self._holder = holder
        self._channel = channel
        self._board = board
        self._on_word = on_word
        self._heard = time.monotonic()
        self._store = b""
        self._ended: Ended | None = None
        self._last: At | None = None
        self.pid = 0
        self._lock = threading.Lock()
        self._listener = threading.Thread(target=self._listen, name="worker", daemon=True)
        self._listener.start()

    @property
    def holder(self) -> str:
        """See `workers.Worker`."""
        return self._holder

    @property
    def ended(self) -> Ended | None:
        """See `workers.Worker`."""
        return self._ended

    def at(self) -> At | None:
        """See `workers.Worker`; for one that ended, the mail that it was reading then."""
        with self._lock:
            return self._last if self._board < 0 else read_board(self._board)

    def silent_for(self) -> float:
        """See `workers.Worker`."""
        return time.monotonic() - self._heard

    def wake(self) -> bool:
        """See `workers.Worker`."""
        try:
            return self._channel.send(b"\n", socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL) > 0
        except BlockingIOError:
            return True  # it has not noticed the last times yet
        except OSError:
            return False

    def dismiss(self) -> None:
        """See `workers.Worker`."""
        with suppress(OSError):
            self._channel.shutdown(socket.SHUT_WR)

    def has_begun(self, pid: int) -> None:
        """Its parent has forked it."""
        self.pid, self._heard = pid, time.monotonic()
        log.info("worker", state="started", pid=pid)

    def has_ended(self, how: End | None = None, status: int = 0) -> None:
        """Its parent has waited for it (`status` as from waitpid), or is gone itself."""
        with suppress(OSError):
            self._channel.shutdown(socket.SHUT_WR)
        self._listener.join(1.0)  # its last words are read first
        found, words = _how(status, self._store) if how is None else (how, "")
        at = self.at()
        with self._lock:
            os.close(self._board)
            self._board, self._last = -1, at
        self._channel.close()
        self._ended = Ended(how=found, words=words, at=at)
        level = log.info if found in (End.DONE, End.STORE) else log.warning
        level("worker", state="ended", pid=self.pid, how=found.value, code=words, mail=at.inbound if at else None)

    def _listen(self) -> None:
        with suppress(OSError):
            while words := self._channel.recv(4096):
                self._heard = time.monotonic()
                if self._store:
                    self._store += words
                    continue
                said, mark, rest = words.partition(_STORE_SAYS)
                self._store = mark + rest
                if said:
                    self._on_word(said)


class WorkerProcesses:
    """Implements `workers.Workers`. `found` is called once, before the process has any other thread."""

    def __init__(
        self,
        work: forkserver.Work,
        *,
        anew: Sequence[str],
        on_word: Callable[[bytes], None],
        on_end: Callable[[], None],
    ) -> None:
        """`work` is what a worker does; `anew` the command that starts another parent when the first one is gone."""
        self._work = work
        self._anew = list(anew)
        self._on_word = on_word
        self._on_end = on_end
        self._lock = threading.Lock()
        self._orders: socket.socket | None = None
        self._setting: object = None
        self._asked: deque[WorkerProcess] = deque()
        self._by_pid: dict[int, WorkerProcess] = {}
        self._pause = _FIRST_PAUSE
        self._not_before = float("-inf")
        self._changed = threading.Condition(self._lock)
        self._ending = False
        self._attended = True
        self.parent = 0

    def found(self, setting: object) -> None:
        """Fork the parent. Its children need not load what is loaded by now, and share most of it."""
        self._setting = setting
        self.parent, self._orders = forkserver.found(self._work, setting)
        self._attended = False

    def hire(self) -> WorkerProcess | None:
        """See `workers.Workers`."""
        with self._lock:
            if self._ending or (self._orders is None and not self._start_anew()):
                return None
            self._attend_first()
            assert self._orders is not None
            holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(8)}"
            ours, theirs = socket.socketpair()
            board = os.memfd_create("mailbot-mail", os.MFD_CLOEXEC)
            with theirs:
                sent = self._order(forkserver.FORK + holder.encode(), theirs.fileno(), board)
            if not sent:
                ours.close()
                os.close(board)
                return None
            worker = WorkerProcess(holder, ours, board, self._on_word)
            self._asked.append(worker)
            return worker

    def renew(self, setting: object) -> None:
        """See `workers.Workers`."""
        with self._lock:
            self._setting = setting
            if self._orders is not None:
                self._send_setting()

    def end(self, seconds: float) -> None:
        """See `workers.Workers`."""
        with self._changed:
            self._ending = True
            self._attend_first()
            if self._orders is None:
                return
            if not self._changed.wait_for(lambda: not (self._asked or self._by_pid), seconds):
                self._order(forkserver.KILL)
                self._changed.wait_for(lambda: not (self._asked or self._by_pid), _PATIENCE)
            if self._orders is not None:
                self._orders.shutdown(socket.SHUT_WR)  # that is the parent's end as well
            if not self._changed.wait_for(lambda: self._orders is None, _PATIENCE):
                _kill(self.parent)

    # --- the parent, under the lock ----------------------------------------------------------------------------------

    def _attend_first(self) -> None:
        """Listen to the forked parent, as soon as there may be threads."""
        if not self._attended and self._orders is not None:
            self._attended = True
            first = self.parent
            self._watch(self._orders, first, lambda: os.waitpid(first, 0)[1])

    def _start_anew(self) -> bool:
        if time.monotonic() < self._not_before:
            return False
        self._not_before = time.monotonic() + self._pause
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        try:
            process, orders = forkserver.start_anew(self._anew)
        except OSError as error:
            log.error("fork server", state="not started", reason=str(error))
            return False
        self._orders, self.parent = orders, process.pid
        log.warning("fork server", state="started anew", pid=process.pid)
        self._send_setting()
        self._watch(orders, process.pid, process.wait)
        return self._orders is not None

    def _send_setting(self) -> None:
        number = os.memfd_create("mailbot-setting", os.MFD_CLOEXEC)
        with os.fdopen(number, "wb") as file:
            pickle.dump(self._setting, file, pickle.HIGHEST_PROTOCOL)
            file.flush()
            self._order(forkserver.SETTING, number)

    def _order(self, message: bytes, *descriptors: int) -> bool:
        assert self._orders is not None
        try:
            socket.send_fds(self._orders, [message], descriptors, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
        except OSError as error:
            log.warning("fork server", state="not listening", reason=str(error))
            return False
        return True

    # --- what the parent says, in a thread ---------------------------------------------------------------------------

    def _watch(self, orders: socket.socket, pid: int, wait: Callable[[], int]) -> None:
        threading.Thread(target=self._attend, args=(orders, pid, wait), name="fork server", daemon=True).start()

    def _attend(self, orders: socket.socket, pid: int, wait: Callable[[], int]) -> None:
        with suppress(OSError):
            while message := orders.recv(4096):
                self._heard(message[:1], message[1:])
        _kill(pid)  # not waited for yet, so its number and that of its group are still its own
        code = wait()
        with self._changed:
            orders.close()
            self._orders = None
            orphans = [*self._asked, *self._by_pid.values()]
            self._asked.clear()
            self._by_pid.clear()
            ending = self._ending
        for worker in orphans:
            worker.has_ended(End.KILLED)
        with self._changed:
            self._changed.notify_all()
        if not ending:
            log.error("fork server", state="ended", pid=pid, code=code, advice="another one is started")
        self._on_end()

    def _heard(self, kind: bytes, rest: bytes) -> None:
        if kind == forkserver.FORKED:
            with self._lock:
                worker = self._asked.popleft()
                self._by_pid[int(rest)] = worker
                self._pause, self._not_before = _FIRST_PAUSE, float("-inf")
            worker.has_begun(int(rest))
            return
        with self._lock:
            if kind == forkserver.FAILED:
                worker, status = self._asked.popleft(), None
            else:
                pid, _, code = rest.partition(b" ")
                worker, status = self._by_pid.pop(int(pid)), int(code)
        if status is None:
            log.error("no worker", reason=rest.decode(errors="replace"))
            worker.has_ended(End.KILLED)
        else:
            worker.has_ended(status=status)
        with self._changed:
            self._changed.notify_all()
        self._on_end()


def _how(status: int, store: bytes) -> tuple[End, str]:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return _HOW.get(signal.Signals(number), End.BROKEN), signal.Signals(number).name
    code = os.waitstatus_to_exitcode(status)
    if code == OUT_OF_MEMORY:
        return End.MEMORY, str(code)
    if code == STORE_DOWN:
        return End.STORE, store[1:].decode(errors="replace")
    return (End.BROKEN if code else End.DONE), str(code)


def _kill(group: int) -> None:
    """The parent and all that it forked."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
