"""`python -m tests.wire.planted run …`: the desk with faults planted in it.

Certain subjects set one off when they are read; while the file named by MAILBOT_TEST_FULL exists, the disk is full.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

from mailbot.adapters.store import engine
from mailbot.cli import main
from mailbot.loops import receive

take_in = receive.take_in


def faulty(raw, *args, **kwargs):
    """`take_in`, but for mail whose subject names a fault."""
    head = raw[:2000]
    if b"Subject: it spins" in head:
        while True:
            pass
    if b"Subject: it sleeps in C" in head:
        sum(range(10**13))
    if b"Subject: it eats" in head:
        eaten = []
        while True:
            eaten.append(bytearray(8_000_000))
    if b"Subject: it dies" in head:
        os.kill(os.getpid(), signal.SIGSEGV)
    return take_in(raw, *args, **kwargs)


begin = engine._begin_sqlite


def bounded(connection, *, write=False):
    """BEGIN; and while the disk is full the database may get no more pages."""
    begin(connection, write=write)
    full = Path(os.environ.get("MAILBOT_TEST_FULL", "/nowhere")).exists()
    connection.exec_driver_sql(f"PRAGMA max_page_count = {1 if full else 2**30}")


if __name__ == "__main__":
    receive.take_in = faulty
    engine._begin_sqlite = bounded
    main.main()
