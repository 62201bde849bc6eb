"""Does something large in a process of its own, so that what it leaves in memory goes with that process."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from mailbot.adapters.process.forkserver import can_fork

T = TypeVar("T")


def apart(work: Callable[[], T]) -> T:
    """What `work` returns, of which only the pickle comes here; this process must have one thread.

    Objects that are made and let go among those that stay leave holes between them, which nobody gets back. Where the
    other process brings nothing, because there can be none, or because `work` fails, it is done here, and what it
    raises is raised.
    """
    if not can_fork():
        return work()
    with os.fdopen(os.memfd_create("mailbot-apart", os.MFD_CLOEXEC), "r+b") as file:
        pid = os.fork()
        if not pid:
            with suppress(Exception):
                pickle.dump(work(), file, pickle.HIGHEST_PROTOCOL)
                file.flush()
                os._exit(0)
            os._exit(1)
        if os.waitpid(pid, 0)[1]:
            return work()
        file.seek(0)
        found: T = pickle.load(file)  # noqa: S301 - of our own child
        return found
