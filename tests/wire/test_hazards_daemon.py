"""Hazards 4 to 7, 19 and 25 against the daemon as a process: full disks, stopped processes, shared inboxes, secrets."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import psutil
import pytest
from imapclient import IMAPClient

from mailbot.core.model.outgoing import OutboxState
from mailbot.demo.servers import EmbeddedServers
from tests.wire.daemon import BEN, BILLING, DESK, MIA, PASSWORD, ROOT, letter, new_site, parsed, text_of, wait_until

ANA = ("Ana Soto", "ana@customer.example")
PROBLEM = "Hello,\n\nthe CSV export is broken since today: the column with the tax is empty.\n\nAna Soto\n"
OLD = "Mon, 02 Feb 2026 10:00:00 +0100"


@pytest.fixture
def servers():
    users = {DESK: PASSWORD, BILLING: PASSWORD, BEN[1]: PASSWORD, MIA[1]: PASSWORD, ANA[1]: PASSWORD}
    with EmbeddedServers(users).run_in_thread() as running:
        yield running


@pytest.fixture
def site(servers, tmp_path):
    with new_site(tmp_path / "site", warm=True, few_rules=True) as made:
        made.configure(smtp=servers.smtp_port, imap=servers.imap_port, poll="1s")
        yield made


def write(servers, number, more=""):
    raw = letter(
        (f"Customer {number}", f"c{number}@shop{number}.example"),
        DESK,
        f"Export {number} broken",
        PROBLEM + more,
        message_id=f"<first.{number}@shop{number}.example>",
    )
    servers.deliver_now(DESK, raw)
    return raw


def acks(servers):
    """How many letters each customer got."""
    return Counter(t.recipients[0] for t in servers.transactions if "@shop" in t.recipients[0])


def answered(servers, count):
    return len(acks(servers)) == count


def each_once(servers, numbers):
    assert acks(servers) == {f"c{n}@shop{n}.example": 1 for n in numbers}


def inbox(servers, user=DESK):
    client = IMAPClient(servers.host, servers.imap_port, ssl=False, timeout=60)
    client.login(user, PASSWORD)
    client.select_folder("INBOX")
    return client


def seen(servers):
    client = inbox(servers)
    try:
        return len(client.search("SEEN")), len(client.search("ALL"))
    finally:
        client.logout()


# --- 4: the disk and the database --------------------------------------------------------------------------------


def test_hazard_04_a_disk_that_is_full_for_a_while(site, servers):
    daemon = site.start()
    write(servers, 0)
    wait_until(lambda: acks(servers) and site.quiet(), "the first is answered")
    # No file of this process may grow beyond what the log has: the database is full, and its log with it.
    full = max(daemon.log_file.stat().st_size, 1)
    resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (full, resource.RLIM_INFINITY))
    for n in range(1, 6):
        write(servers, n)
    with pytest.raises(subprocess.TimeoutExpired):
        daemon.process.wait(3)  # nothing can be logged now, and so nothing be waited for
    assert seen(servers) == (1, 6)
    assert len(site.tickets()) == 1
    resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    wait_until(lambda: len(acks(servers)) == 6 and site.quiet(), "all are answered")
    each_once(servers, range(6))
    wait_until(lambda: seen(servers) == (6, 6), "all are marked")
    assert len(site.tickets()) == 6
    assert daemon.terminate()[0] == 0


def test_hazard_04_a_database_that_is_locked_for_a_while(site, servers):
    daemon = site.start()
    with closing(sqlite3.connect(site.folder / "storage" / "desk.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for n in range(5):
            write(servers, n)
        [line] = daemon.wait_for("store", state="down")
        assert "locked" in line["reason"]
        assert seen(servers) == (0, 5)
        other.execute("COMMIT")
    wait_until(lambda: len(acks(servers)) == 5 and site.quiet(), "all are answered")
    each_once(servers, range(5))
    wait_until(lambda: seen(servers) == (5, 5), "all are marked")
    daemon.wait_for("store", state="up")
    assert [line["state"] for line in daemon.lines("store")] == ["down", "up"]
    assert [line["state"] for line in daemon.lines("inbox")] == ["watching"]


def test_hazard_04_a_full_disk_is_said_as_such_and_once(site, servers, tmp_path, monkeypatch):
    full = tmp_path / "full"
    monkeypatch.setenv("MAILBOT_TEST_FULL", str(full))
    daemon = site.start(program="tests.wire.planted")
    write(servers, 0)
    wait_until(lambda: acks(servers) and site.quiet(), "the first is answered")
    full.touch()
    for n in range(1, 6):
        write(servers, n, more="It says the same each time. " * 2000)
    [line] = daemon.wait_for("store", state="down")
    assert "the disk of the database is full" in line["reason"]
    with pytest.raises(subprocess.TimeoutExpired):
        daemon.process.wait(5)  # it is tried again meanwhile
    assert seen(servers) == (1, 6)
    assert len(site.tickets()) == 1
    full.unlink()
    wait_until(lambda: len(acks(servers)) == 6 and site.quiet(), "all are answered")
    each_once(servers, range(6))
    wait_until(lambda: seen(servers) == (6, 6), "all are marked")
    daemon.wait_for("store", state="up")
    assert daemon.terminate()[0] == 0
    assert [line["state"] for line in daemon.lines("store")] == ["down", "up"]
    assert [line["state"] for line in daemon.lines("inbox")] == ["watching"]


# --- 5: processes and desks --------------------------------------------------------------------------------------


def test_hazard_05_a_process_stopped_past_its_lease_and_continued_doubles_nothing(site, servers):
    first = site.start()
    second = site.start(watching=False)
    second.wait_for("inbox", state="waiting")
    sleeper, awake = first, second
    for number in (5, 10):
        for each in range(number - 5, number):
            write(servers, each)
        stop_and_lapse(site, sleeper)  # most likely at work
        try:
            wait_until(partial(answered, servers, number), "the other took over")
        finally:
            sleeper.process.send_signal(signal.SIGCONT)
        wait_until(site.quiet, "nothing is left")
        sleeper, awake = awake, sleeper
    assert len(site.tickets()) == number
    copies = Counter(t.data for t in servers.transactions)
    assert sum(n - 1 for n in copies.values()) <= 2
    assert {to: len({t.data for t in servers.transactions if t.recipients[0] == to}) for to in acks(servers)} == {
        f"c{n}@shop{n}.example": 1 for n in range(number)
    }
    assert [d.terminate()[0] for d in (first, second)] == [0, 0]


def stands_still(pid):
    """Whether every thread has stopped: on a busy machine some go on for a moment, even into a commit."""
    threads = Path(f"/proc/{pid}/task").glob("*/stat")
    return all(stat.read_text().rpartition(")")[2].split()[0] in "TZ" for stat in threads)


def stop_and_lapse(site, daemon):
    """The process sleeps, and all leases and claims end, as if minutes had passed.

    Whoever sleeps in the middle of a commit keeps SQLite's only lock until it wakes: then it sleeps a little later.
    """
    path = site.folder / "storage" / "desk.db"
    for _ in range(20):
        daemon.process.send_signal(signal.SIGSTOP)
        wait_until(partial(stands_still, daemon.process.pid), "it stops")
        with (
            suppress(sqlite3.OperationalError),
            closing(sqlite3.connect(path, timeout=1)) as database,
            database,
        ):
            database.execute("UPDATE lease SET until = 0")
            database.execute("UPDATE inbound SET open_at = 0 WHERE state = 'claimed'")
            database.execute("UPDATE outbox SET due_at = 0 WHERE state = 'sending'")
            return
        daemon.process.send_signal(signal.SIGCONT)
        with suppress(sqlite3.OperationalError), closing(sqlite3.connect(path, timeout=5)) as database:
            database.execute("BEGIN IMMEDIATE")  # awake long enough to end that commit
    raise AssertionError("it always sleeps in the middle of a commit")


def test_hazard_05_a_desk_with_another_database_refuses_a_shared_inbox(mailstack, tmp_path):
    for address in (DESK, BEN[1], MIA[1], ANA[1]):
        mailstack.empty(address)
    settings = {
        "host": "localhost",
        "smtp": mailstack.submission,
        "smtp_security": "starttls",
        "imap": mailstack.imaps,
        "imap_security": "tls",
        "ca_file": mailstack.ca_file,
    }
    with (
        new_site(tmp_path / "one", warm=True, few_rules=True) as one,
        new_site(tmp_path / "two", warm=True, few_rules=True) as two,
    ):
        for site in (one, two):
            site.configure(**settings)
        one.start()
        mailstack.deliver_lmtp(DESK, letter(ANA, DESK, "Export", PROBLEM))
        mailstack.wait_for(ANA[1], 1)
        other = two.start(watching=False)
        [line] = other.wait_for("inbox", state="refused")
        assert "another desk" in line["reason"]
        mailstack.deliver_lmtp(DESK, letter(ANA, DESK, "Import", "Hello,\n\nthe import is broken.\n\nAna Soto\n"))
        mailstack.wait_for(ANA[1], 2)
        wait_until(one.quiet)
        assert two.tickets() == []
        assert len(mailstack.mailbox(ANA[1])) == 2


# --- 6, 7: what was there before, and other clients --------------------------------------------------------------

MANY = 5000


def test_hazard_06_a_first_start_on_many_old_mails_answers_none(site, servers):
    old = letter(ANA, DESK, "Old", PROBLEM)
    for n in range(MANY):
        head = f"Message-ID: <old.{n}@customer.example>\r\n".encode()
        servers.deliver_now(DESK, head + old.replace(b"Message-ID:", b"X-Was:"))
    daemon = site.start()
    write(servers, 0)
    wait_until(lambda: acks(servers) and site.quiet(), "the new one is answered")
    used = psutil.Process(daemon.process.pid).memory_info().rss
    assert len(site.tickets()) == 1
    assert servers.messages(ANA[1]) == []
    each_once(servers, [0])
    with site.store() as store:
        assert store.lists.totals().inbound == {"done": 1}
    assert used < 300 * 1024 * 1024
    assert seen(servers) == (1, MANY + 1)


def test_hazard_07_another_client_reads_flags_and_moves_and_no_mail_is_missed(site, servers):
    daemon = site.start()
    assert daemon.terminate()[0] == 0  # the desk is down, and somebody looks into the mailbox
    for n in range(10):
        write(servers, n)
    client = inbox(servers)
    client.add_flags(client.search("ALL"), [b"\\Seen", b"\\Flagged", b"\\Answered"])
    site.start()
    wait_until(lambda: len(acks(servers)) == 10 and site.quiet(), "all are answered")
    # All of it is moved away and back: new UIDs for old mails.
    client.create_folder("Later")
    for source, target in (("INBOX", "Later"), ("Later", "INBOX")):
        client.select_folder(source)
        uids = client.search("ALL")
        client.copy(uids, target)
        client.delete_messages(uids)
        client.expunge()
    client.logout()
    write(servers, 10)
    wait_until(lambda: len(acks(servers)) == 11 and site.quiet(), "the new one is answered")
    each_once(servers, range(11))
    assert len(site.tickets()) == 11


# --- 25: secrets -------------------------------------------------------------------------------------------------


def test_hazard_25_no_secret_stands_in_a_log_a_report_or_an_error(site, servers, monkeypatch):
    config = site.folder / "config.toml"
    config.write_text(config.read_text().replace('format = "json"', 'format = "json"\nlevel = "debug"'))
    wrong, good = "hunter2-is-wrong", "swordfish-is-right"
    monkeypatch.setattr("tests.wire.daemon.PASSWORD", good)
    secret = (site.folder / "storage" / "secret").read_text().strip()
    login, smtp = servers.imap._login.users_dict, servers.smtp._accounts
    right = login.pop(DESK)
    smtp[DESK] = "another"
    daemon = site.start(watching=False)
    daemon.wait_for("inbox", state="refused")
    login[DESK] = replace(right, password=good)
    daemon.wait_for("inbox", state="watching")
    raw = write(servers, 0)
    daemon.wait_for("submission", state="down")
    smtp[DESK] = good
    wait_until(lambda: acks(servers) and site.quiet(), "it is answered")
    signed = parsed(servers.messages(BEN[1])[0])["Reply-To"].addresses[0].username.partition("+")[2]
    assert len(signed) > 30
    assert daemon.terminate()[0] == 0

    said = {"log": daemon.log()}
    for name, command in {
        "check": ["check"],
        "check json": ["check", "--json"],
        "tickets": ["ticket", "list", "--all", "--json"],
        "ticket": ["ticket", "show", "1", "--json"],
        "promises": ["promises", "--all", "--json"],
        "outbox": ["outbox", "--json"],
    }.items():
        done = subprocess.run(
            [sys.executable, "-m", "mailbot", *command, "--site", str(site.folder)],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            timeout=300,
            env={**os.environ, "MAILBOT_TEST_PASSWORD": wrong},
        )
        said[name] = done.stdout + done.stderr
    assert "refused" in said["check"]
    assert "Export 0 broken" in said["tickets"]
    for name, words in said.items():
        for what, hidden in {"password": good, "wrong password": wrong, "secret": secret}.items():
            assert hidden not in words, f"{what} in {name}"
    # What logs in is hidden everywhere; what speaks for an agent is where only the desk's owner asks for whole tickets.
    for name in ("log", "check", "check json", "tickets", "promises"):
        assert signed not in said[name], f"an agent's signed address in {name}"
    assert raw.decode()[-40:] not in said["log"]
    assert {row.state for row in site.outbox()} == {OutboxState.SENT}
    assert all(good not in text_of(parsed(mail)) for mail in servers.messages(BEN[1]))
