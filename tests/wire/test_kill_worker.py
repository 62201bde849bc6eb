"""Mail is decided by a process beside the daemon: killed, whichever of the two, nothing is lost and nothing doubled."""

from __future__ import annotations

import os
import random
import signal
from contextlib import suppress
from functools import partial

import psutil
import pytest

from mailbot.demo.servers import EmbeddedServers
from tests.wire.daemon import BEN, DESK, MIA, PASSWORD, new_site, wait_until
from tests.wire.test_kill import every_customer_has_one_ack, every_mail_has_its_ticket, everything, first_mail

KILLS = 8
PART = 50  # new mails before each kill, so that however quick the machine, there is work in its middle
SEED = 20260309


def worker_of(daemon):
    """The last worker that the daemon told of, or None where that has ended."""
    started, ended = (daemon.lines("worker", state=state) for state in ("started", "ended"))
    return started[-1]["pid"] if len(started) > len(ended) else None


@pytest.fixture
def desk(tmp_path):
    users = {DESK: PASSWORD, BEN[1]: PASSWORD, MIA[1]: PASSWORD}
    with (
        EmbeddedServers(users).run_in_thread() as servers,
        new_site(tmp_path / "site", warm=True, few_rules=True) as site,
    ):
        site.configure(smtp=servers.smtp_port, imap=servers.imap_port, desk="")
        site.start().terminate()  # the baseline
        yield site, servers


def test_kills_of_either_process(desk):
    site, servers = desk
    dice = random.Random(SEED)
    daemon = site.start(watching=False)
    killed = {"first": 0, "second": 0}
    for kill in range(KILLS):
        for number in range(kill * PART, (kill + 1) * PART):
            servers.deliver_now(DESK, first_mail(number))
        worker = wait_until(partial(worker_of, daemon), "no worker")
        taken = len(everything(site)) + dice.randrange(PART // 2)  # from its first breath to the middle of its work
        wait_until(lambda taken=taken: len(everything(site)) >= taken, "it stands still")
        if kill % 2 == 0:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
                killed["second"] += 1
        else:
            daemon.kill()
            killed["first"] += 1
            wait_until(lambda worker=worker: not psutil.pid_exists(worker), "the worker outlives the daemon")
            daemon = site.start(watching=False)
    mails = KILLS * PART
    wait_until(lambda: len(everything(site)) == mails and site.quiet(), "not all is done")
    code, _ = daemon.terminate()
    assert code == 0, daemon.log()
    assert min(killed.values()) >= 1, killed
    every_mail_has_its_ticket(site, [], mails=mails)
    every_customer_has_one_ack(site, servers, mails=mails, kills=killed["first"])


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
