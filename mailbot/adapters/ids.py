"""Ids that nobody has used before: time-ordered words, and ticket numbers reserved in the store."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_BLOCK = 10


class StoreIds:
    """Fresh ids for one process. `reserve(count)` hands out ticket numbers; what is left of a block is skipped later."""

    def __init__(self, reserve: Callable[[int], range]) -> None:
        self._reserve = reserve
        self._numbers: list[int] = []
        self._lock = threading.Lock()

    def id(self) -> str:
        """14 characters that sort by the millisecond they were made in, followed by 25 random bits."""
        millis = time.time_ns() // 1_000_000
        word = ""
        for _ in range(9):
            millis, digit = divmod(millis, 36)
            word = _DIGITS[digit] + word
        return word + "".join(secrets.choice(_DIGITS) for _ in range(5))

    def number(self) -> int:
        """The next ticket number of this process's block; reserves a new block in the store when it is used up."""
        with self._lock:
            if not self._numbers:
                self._numbers = list(reversed(self._reserve(_BLOCK)))
            return self._numbers.pop()
