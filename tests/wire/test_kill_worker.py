"""Mail is decided by a process beside the daemon: killed, whichever of the two, nothing is lost and nothing doubled."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from contextlib import suppress
from functools import partial

import psutil
import pytest

from mailbot.demo.servers import EmbeddedServers
from tests.wire.daemon import BEN, DESK, MIA, PASSWORD, new_site, wait_until
from tests.wire.test_kill import every_customer_has_one_ack, every_mail_has_its_ticket, everything, first_mail

MAILS = 400
KILLS = 8
SEED = 20260309


def worker_of(daemon):
    """The last worker that the daemon told of, or None where that has ended."""
    started, ended = (daemon.lines("worker", state=state) for state in ("started", "ended"))
    return started[-1]["pid"] if len(started) > len(ended) else None


def decides_or_done(site, daemon):
    return worker_of(daemon) or len(everything(site)) == MAILS


@pytest.fixture
def desk(tmp_path):
    users = {DESK: PASSWORD, BEN[1]: PASSWORD, MIA[1]: PASSWORD}
    with EmbeddedServers(users).run_in_thread() as servers, new_site(tmp_path / "site", warm=True) as site:
        site.configure(smtp=servers.smtp_port, imap=servers.imap_port, desk="")
        site.start().terminate()  # the baseline
        yield site, servers


def test_kills_of_either_process(desk):
    site, servers = desk
    dice = random.Random(SEED)
    for number in range(MAILS):
        servers.deliver_now(DESK, first_mail(number))
    daemon = site.start(watching=False)
    killed = {"first": 0, "second": 0}
    for kill in range(KILLS):
        wait_until(partial(decides_or_done, site, daemon), "no worker")
        if (worker := worker_of(daemon)) is None:
            break
        with suppress(subprocess.TimeoutExpired):  # from its first breath to the middle of its work
            daemon.process.wait(dice.uniform(0, 2.0))
        if kill % 2 == 0:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
                killed["second"] += 1
        else:
            daemon.kill()
            killed["first"] += 1
            wait_until(lambda: not psutil.pid_exists(worker), "the worker outlives the daemon")
            daemon = site.start(watching=False)
    wait_until(lambda: len(everything(site)) == MAILS and site.quiet(), "not all is done")
    code, _ = daemon.terminate()
    assert code == 0, daemon.log()
    assert min(killed.values()) >= 1, killed
    every_mail_has_its_ticket(site, [], mails=MAILS)
    every_customer_has_one_ack(site, servers, mails=MAILS, kills=killed["first"])


def test_a_stop_while_a_worker_starts(desk):
    site, servers = desk
    for number in range(120):
        servers.deliver_now(DESK, first_mail(number))
    daemon = site.start(watching=False)
    worker = wait_until(lambda: worker_of(daemon), "no worker")
    code, seconds = daemon.terminate()
    assert code == 0, daemon.log()
    assert seconds < 10
    assert not psutil.pid_exists(worker)
    with site.store() as store:
        assert store.lists.inbound("claimed") == []
    daemon = site.start(watching=False)
    wait_until(lambda: len(everything(site)) == 120 and site.quiet(), "not all is done")
    assert daemon.terminate()[0] == 0
    every_mail_has_its_ticket(site, [], mails=120)
    every_customer_has_one_ack(site, servers, mails=120, kills=0)
