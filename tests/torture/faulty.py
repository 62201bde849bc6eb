"""`python -m tests.torture.faulty run …`: the daemon, which kills itself at one point on its way.

TORTURE_KILL is `point:place:times`: at that call of the point, before it or after it, counted in the daemon and in all
workers forked for it. Whichever of them gets there, the daemon dies with it.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
import signal
from contextlib import suppress
from typing import Any, NoReturn

from mailbot.adapters.imap.mailbox import ImapMailbox
from mailbot.adapters.smtp.submitter import SmtpSubmitter
from mailbot.adapters.store.sql_store import SqlStore
from mailbot.cli.main import main

POINTS: dict[str, tuple[type, str]] = {
    "inbound.baseline": (SqlStore, "baseline"),
    "imap.fetch": (ImapMailbox, "fetch"),
    "inbound.put": (SqlStore, "put"),
    "imap.done": (ImapMailbox, "done"),
    "inbound.claim": (SqlStore, "claim"),
    "desk.commit": (SqlStore, "commit"),
    "desk.commit_all": (SqlStore, "commit_all"),
    "outbox.take": (SqlStore, "take"),
    "smtp.submit": (SmtpSubmitter, "submit"),
    "outbox.settle": (SqlStore, "settle"),
}
"""Every effect on the world and every commit around it, in the order of a mail's way."""

ASYNC = frozenset({"smtp.submit"})
_called = multiprocessing.get_context("fork").Value("i", 0)  # shared with all that are forked later
_daemon = os.getpid()


def plant(fault: str) -> None:
    """Make that point deadly."""
    point, place, times = fault.split(":")
    owner, name = POINTS[point]
    method = getattr(owner, name)

    def struck() -> bool:
        with _called.get_lock():
            _called.value += 1
            return bool(_called.value == int(times))

    @functools.wraps(method)
    def called(*args: Any, **kwargs: Any) -> Any:
        now = struck()
        if now and place == "before":
            die()
        found = method(*args, **kwargs)
        if now:
            die()
        return found

    @functools.wraps(method)
    async def awaited(*args: Any, **kwargs: Any) -> Any:
        now = struck()
        if now and place == "before":
            die()
        found = await method(*args, **kwargs)
        if now:
            die()
        return found

    setattr(owner, name, awaited if point in ASYNC else called)


def die() -> NoReturn:
    """Die like in a power failure, daemon and process: nothing is flushed, closed or said."""
    if os.getpid() != _daemon:
        with suppress(ProcessLookupError):
            os.kill(_daemon, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody outlives SIGKILL")


if __name__ == "__main__":
    if wanted := os.environ.get("TORTURE_KILL"):
        plant(wanted)
    main()
