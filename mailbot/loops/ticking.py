"""A thread that looks at something every so often until it is stopped, whatever one look meets."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod

import structlog

from mailbot.errors import Conflict, StoreDown

log = structlog.get_logger("mailbot")
_FIRST = 1.0  # seconds until the first look, so that a start is not held up by it
_AGAIN = 60.0  # seconds at most until a look that the store kept from its end is done again


class Ticking(ABC):
    """Runs beside the loops that mail depends on: none of them waits for it."""

    name: str
    every: float
    """Seconds from the end of one look to the next."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    @abstractmethod
    def tick(self) -> int:
        """Look once; how many things it concerned. May raise StoreDown and Conflict: the next look does it."""

    def run(self) -> None:
        """Until `stop`: the body of a thread, which nobody needs to wait for."""
        wait = _FIRST
        while not self._stop.wait(wait):
            wait = self.every
            try:
                self.tick()
            except (StoreDown, Conflict):
                wait = min(self.every, _AGAIN)
            except Exception as error:
                log.exception("look failed", what=self.name, error=repr(error))

    def stop(self) -> None:
        """End `run` soon, from any thread."""
        self._stop.set()
