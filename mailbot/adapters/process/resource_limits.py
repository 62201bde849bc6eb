"""Limits on what one mail may use, enforced by the system: a mail that uses more ends its process at once.

Time is limited by a timer whose signal nobody catches, memory by a limit on what the process may allocate. So nothing
has to watch, and code that never returns to Python is ended as well.
"""

from __future__ import annotations

import os
import signal
import struct
from types import TracebackType

from mailbot.ports import Claim
from mailbot.workers import OUT_OF_MEMORY, At

_AT = struct.Struct("<qB")
_NONE = _AT.pack(0, 0)
PATIENCE = 6.0  # how many times as much may pass by the wall clock, for a process that waits instead of working


class Wall:
    """Implements `ports.Wall` in a process that may die. `board` is a file in which the survivors read `at`.

    `seconds` are CPU time, so that a busy machine is not mistaken for a bad mail; `patience` times as many by the wall
    clock end it too. A mail has them once, for reading and deciding together.
    """

    def __init__(self, board: int, *, seconds: float, memory: int, patience: float = PATIENCE) -> None:
        """`memory` is in bytes beyond what the process has now."""
        self._board = board
        self._patience = patience
        self._seconds = seconds
        self._left: dict[int, float] = {}
        _limit_memory(memory)

    def __call__(self, claim: Claim) -> _Within:
        """While this block runs, the process reads or decides this mail."""
        if len(self._left) > 100:
            self._left.clear()
        return _Within(self, claim)

    def begin(self, claim: Claim) -> None:
        """Record which mail it is, and start its time."""
        os.pwrite(self._board, _AT.pack(claim.inbound, claim.again), 0)
        left = self._left.get(claim.inbound, self._seconds)
        signal.setitimer(signal.ITIMER_REAL, left * self._patience)
        signal.setitimer(signal.ITIMER_PROF, left)

    def pause(self, claim: Claim) -> None:
        """Stop its time, and record that no mail is being read."""
        left, _ = signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        os.pwrite(self._board, _NONE, 0)
        self._left[claim.inbound] = max(left, 0.001)


class _Within:
    def __init__(self, wall: Wall, claim: Claim) -> None:
        self._wall = wall
        self._claim = claim

    def __enter__(self) -> None:
        self._wall.begin(self._claim)

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if kind is not None and issubclass(kind, MemoryError):
            os._exit(OUT_OF_MEMORY)  # the board still says which mail it was
        self._wall.pause(self._claim)


def read_board(board: int) -> At | None:
    """The mail that the process with this board is reading, or was reading when it ended."""
    raw = os.pread(board, _AT.size, 0)
    if len(raw) < _AT.size or raw == _NONE:
        return None
    inbound, again = _AT.unpack(raw)
    return At(inbound=inbound, again=bool(again))


def _limit_memory(beyond: int) -> None:
    """Limit what may be allocated (RLIMIT_DATA: the private, writable memory) to what there is now and this much."""
    import resource

    now = memory_kb("VmData") * 1024
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    soft = now + beyond if hard == resource.RLIM_INFINITY else min(now + beyond, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def memory_kb(what: str) -> int:
    """One line of this process's memory as the system counts it (`VmData`, `VmRSS`), in KB; 0 if it does not say."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as lines:  # noqa: PTH123 - not a file of ours
        found = next((line for line in lines if line.startswith(what + ":")), "")
    return int(found.split()[1]) if found else 0
