"""`python -m tests.wire.planted run …`: the desk with a fault planted in its reading, which certain subjects set off."""

from __future__ import annotations

import os
import signal

from mailbot import cli
from mailbot.loops import receive

hear = receive.hear


def faulty(raw, *args, **kwargs):
    """`hear`, but for mail whose subject names a fault."""
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
    return hear(raw, *args, **kwargs)


if __name__ == "__main__":
    receive.hear = faulty
    cli.main()
