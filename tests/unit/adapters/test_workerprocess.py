"""A worker is forked from a warm parent, speaks and is spoken to, and whatever ends it says how and at which mail."""

from __future__ import annotations

import os
import signal
import sys
import threading
from functools import partial

import psutil
import pytest

from mailbot.adapters.process.worker_process import WorkerProcesses
from mailbot.workers import At, End
from tests.wire.daemon import wait_until

pytestmark = pytest.mark.slow

# What a worker of these tests does is told by its setting.
PARENT = """
import os, signal, socket, sys, time
from datetime import UTC, datetime
from mailbot.adapters.process.forkserver import serve
from mailbot.adapters.process.resource_limits import Wall
from mailbot.ports import Claim

def claim(number, again=False):
    now = datetime.now(UTC)
    return Claim(inbound=number, mailbox="x", raw=b"", oversize=False, received_at=now, attempts=1, token="t", again=again)

def work(channel, board, name, setting):
    wall = Wall(board, seconds=0.2, memory=64_000_000, patience=1 if setting == "sleeps" else 1000)
    channel.sendall(b"." if setting is None else setting.encode() + b" ")
    if setting == "deaf":
        time.sleep(600)
    if setting == "spins":
        with wall(claim(1)):
            pass
        with wall(claim(7)):
            while True:
                pass
    if setting == "in C":
        with wall(claim(8)):
            sum(range(10**12))
    if setting == "eats":
        with wall(claim(9, again=True)):
            bytearray(100_000_000)
    if setting == "sleeps":
        with wall(claim(10)):
            time.sleep(600)
    if setting == "dies":
        with wall(claim(11)):
            os.kill(os.getpid(), signal.SIGSEGV)
    if setting == "modest":
        with wall(claim(12)):
            bytearray(30_000_000)
    if setting == "no store":
        channel.sendall(b"!the disk ")
        channel.sendall(b"is full")
        return 75
    if setting == "raises":
        raise ValueError("boom")
    while channel.recv(4096):
        channel.sendall(b"d")
    return 0

serve(socket.socket(fileno=int(sys.argv[1])), work)
"""


class Office:
    """Workers, with what they said and whether one ended."""

    def __init__(self):
        self.words, self.incoming, self.ended = [], threading.Event(), threading.Event()
        self.workers = WorkerProcesses(
            lambda *_: 0, anew=[sys.executable, "-c", PARENT], on_word=self.on_word, on_end=self.ended.set
        )

    def on_word(self, word):
        self.words.append(word)
        self.incoming.set()

    def hired(self, setting=None):
        self.workers.renew(setting)
        worker = self.workers.hire()
        wait_until(self.incoming.is_set, "it says something")
        return worker


@pytest.fixture
def office():
    one = Office()
    yield one
    one.workers.end(0)


def ended(worker):
    return wait_until(lambda: worker.ended, "it ends")


def test_it_is_woken_and_ends_when_dismissed(office):
    worker = office.hired()
    assert worker.ended is None
    assert worker.at() is None
    assert worker.silent_for() < 20
    office.incoming.clear()
    assert worker.wake()
    wait_until(office.incoming.is_set)
    assert b"d" in b"".join(office.words)
    worker.dismiss()
    assert ended(worker).how is End.DONE
    assert not worker.wake()
    wait_until(office.ended.is_set)


def test_the_next_one_comes_from_the_same_parent_and_has_the_new_setting(office):
    first = office.hired()
    parent = office.workers.parent
    office.incoming.clear()
    second = office.hired("again")
    assert office.workers.parent == parent
    pids = [wait_until(lambda w=worker: w.pid, "its parent tells of it") for worker in (first, second)]
    assert {psutil.Process(pid).ppid() for pid in pids} == {parent}
    assert office.words[-1] == b"again "
    assert first.holder != second.holder


@pytest.mark.parametrize(
    ("setting", "how", "at"),
    [
        ("spins", End.TIME, At(inbound=7)),
        ("in C", End.TIME, At(inbound=8)),
        ("eats", End.MEMORY, At(inbound=9, again=True)),
        ("sleeps", End.BROKEN, At(inbound=10)),
        ("dies", End.BROKEN, At(inbound=11)),
        ("raises", End.BROKEN, None),
    ],
)
def test_hazard_29_what_takes_too_much_ends_the_worker_at_its_mail(office, setting, how, at):
    worker = office.hired(setting)
    assert (ended(worker).how, worker.ended.at) == (how, at)


def test_what_takes_less_goes_on(office):
    worker = office.hired("modest")
    office.incoming.clear()
    worker.wake()
    wait_until(office.incoming.is_set)
    assert worker.at() is None
    assert worker.ended is None


def test_what_the_store_said_is_handed_on(office):
    worker = office.hired("no store")
    assert (ended(worker).how, worker.ended.words) == (End.STORE, "the disk is full")
    assert b"".join(office.words) == b"no store "


def test_a_kill_from_outside_says_nothing_against_a_mail(office):
    worker = office.hired("deaf")
    os.kill(wait_until(lambda: worker.pid), signal.SIGKILL)
    assert ended(worker).how is End.KILLED


def test_one_that_does_not_listen_is_killed_in_the_end(office):
    worker = office.hired("deaf")
    pid, parent = wait_until(lambda: worker.pid), office.workers.parent
    office.workers.end(0.05)
    assert ended(worker).how is End.KILLED
    wait_until(partial(_gone, pid))
    wait_until(partial(_gone, parent))
    assert office.workers.hire() is None


def test_a_parent_that_dies_takes_its_workers_along_and_another_one_is_begun(office):
    worker = office.hired("deaf")
    parent = office.workers.parent
    os.kill(parent, signal.SIGKILL)
    assert ended(worker).how is End.KILLED
    wait_until(partial(_gone, worker.pid))
    office.incoming.clear()
    other = wait_until(office.workers.hire)
    wait_until(office.incoming.is_set)
    assert office.workers.parent != parent
    assert other.ended is None


def test_a_parent_that_cannot_be_begun_is_tried_again_later():
    office = Office()
    office.workers._anew = ["/nowhere/at/all"]
    assert office.workers.hire() is None
    assert office.workers.hire() is None
    office.workers.end(0)


def test_hazard_29_the_parent_ends_when_the_daemon_is_gone_and_nothing_is_left(tmp_path):
    """As a daemon that is killed: its end of everything is closed."""
    office = Office()
    worker = office.hired()
    pid, parent = wait_until(lambda: worker.pid), office.workers.parent
    office.workers._orders.shutdown(2)
    worker.dismiss()
    wait_until(partial(_gone, pid))
    wait_until(partial(_gone, parent))
    office.workers.end(0)


def _gone(pid):
    """Ended, whether or not whoever is its parent now has looked."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
