"""Fills the index of words with old mail, slowly, after the upgrade that brought the index."""

from __future__ import annotations

import threading
import time
from typing import Protocol

import structlog

from mailbot.errors import Conflict, StoreDown

log = structlog.get_logger("mailbot.search")
AT_ONCE = 100
"""Messages that are read in by one commit: some hundredths of a second in which no other process of SQLite writes."""
REST = 4.0
"""So many times as long as the work took, this thread rests: new mail comes first."""
STORE_SECONDS = 10.0


class Index(Protocol):
    """The part of the store that is filled."""

    def fill_search(self, limit: int) -> int:
        """Enter the words of the next so many old messages; how many are left. Raises StoreDown."""


class OldWords:
    """A stop at any moment does no harm, nor do two processes; a desk without old mail has no such thread for long."""

    name = "old-words"

    def __init__(self, index: Index) -> None:
        self._index = index
        self._stop = threading.Event()

    def run(self) -> None:
        """Until all are read in, or `stop`: the body of a thread, which nobody needs to wait for."""
        wait, said = 1.0, False
        while not self._stop.wait(wait):
            began = time.monotonic()
            try:
                left = self._index.fill_search(AT_ONCE)
            except (StoreDown, Conflict):
                wait = STORE_SECONDS
                continue
            except Exception as error:
                log.exception("old mail cannot be made findable", error=repr(error))
                return
            if not left:
                if said:
                    log.info("old mail can be found")
                return
            if not said:
                log.info("old mail is made findable", mails=left)
                said = True
            wait = REST * (time.monotonic() - began)

    def stop(self) -> None:
        """End `run` soon, from any thread."""
        self._stop.set()
