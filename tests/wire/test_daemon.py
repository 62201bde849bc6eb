"""The daemon on bad days: servers that are silent, away or refuse, a store that goes, files that break, and strangers."""

from __future__ import annotations

import re
import smtplib
import socket
import subprocess
import sys
import threading

import pytest
from imapclient import IMAPClient

from mailbot.core.model.message import Author
from mailbot.core.model.outgoing import OutboxState
from mailbot.core.model.promise import PromiseState
from mailbot.demo.servers import EmbeddedServers
from tests.servers import postgres as postgres_module
from tests.wire.daemon import (
    BEN,
    BILLING,
    DESK,
    MIA,
    PASSWORD,
    PATIENCE,
    ROOT,
    letter,
    new_site,
    parsed,
    reply,
    text_of,
    wait_until,
)
from tests.wire.proxy import proxy

ANA = ("Ana Soto", "ana@customer.example")
STOP_WITHIN = 30.0
PROBLEM = "Hello,\n\nthe CSV export is broken since today: the column with the tax is empty.\n\nAna Soto\n"


@pytest.fixture
def servers():
    users = {DESK: PASSWORD, BILLING: PASSWORD, BEN[1]: PASSWORD, MIA[1]: PASSWORD, ANA[1]: PASSWORD}
    with EmbeddedServers(users).run_in_thread() as running:
        yield running


@pytest.fixture
def site(servers, tmp_path):
    with new_site(tmp_path / "site", warm=True, few_rules=True) as made:
        made.configure(smtp=servers.smtp_port, imap=servers.imap_port)
        yield made


def write(servers, subject="CSV export is broken", text=PROBLEM, to=(DESK,), sender=ANA, **headers):
    """Put one mail into the inboxes; its bytes."""
    raw = letter(sender, ", ".join(to), subject, text, **headers)
    for address in to:
        servers.deliver_now(address, raw)
    return raw


def box(servers, who, count):
    """The mails that somebody got, once there are that many."""
    wait_until(lambda: len(servers.messages(who[1])) >= count, f"mail {count} for {who[1]}")
    return servers.messages(who[1])


def send(servers, sender, to, raw, *, login=True):
    with smtplib.SMTP(servers.host, servers.smtp_port, timeout=60) as smtp:
        if login:
            smtp.login(sender[1], PASSWORD)
        smtp.sendmail(sender[1], [to], raw)


def flags(servers, user=DESK):
    client = IMAPClient(servers.host, servers.imap_port, ssl=False, timeout=60)
    try:
        client.login(user, PASSWORD)
        client.select_folder("INBOX", readonly=True)
        return {uid: set(got) - {b"\\Recent"} for uid, got in client.get_flags(client.search("ALL")).items()}
    finally:
        client.logout()


# --- its end -----------------------------------------------------------------------------------------------------


def test_its_end_waits_for_the_mail_that_is_being_sent(site, servers):
    arrived, go_on = threading.Event(), threading.Event()

    def hold_up(transaction):
        if ANA[1] in transaction.recipients:
            arrived.set()
            go_on.wait(PATIENCE)  # in the servers' only loop: the IMAP server hangs as well

    servers.on_transaction = hold_up
    daemon = site.start()
    write(servers)
    assert arrived.wait(PATIENCE)
    daemon.process.terminate()
    daemon.wait_for("stopping")
    go_on.set()
    assert daemon.process.wait(STOP_WITHIN) == 0
    daemon.wait_for("stopped")
    [ack] = [row for row in site.outbox() if row.outgoing.key == "ack:1"]
    assert ack.state is OutboxState.SENT
    site.start()
    box(servers, BEN, 1)
    assert len(servers.messages(ANA[1])) == 1


@pytest.mark.parametrize("stage", ["connect", "dot"])
def test_it_ends_in_time_while_the_smtp_server_is_silent(site, servers, stage):
    servers.misbehave(stage, silence=True, times=1000)
    daemon = site.start()
    write(servers)
    wait_until(lambda: any(row.state is OutboxState.SENDING for row in site.outbox()), "nothing is being sent")
    code, seconds = daemon.terminate()
    assert code == 0
    assert seconds < STOP_WITHIN
    waiting = {row.outgoing.key: row for row in site.outbox()}
    assert waiting["ack:1"].state is OutboxState.UNKNOWN
    servers.behave()
    site.start()
    wait_until(site.quiet, "something is left to be sent")
    [ack] = servers.messages(ANA[1])
    assert ack.endswith(waiting["ack:1"].raw)


def test_it_ends_in_time_while_the_imap_server_hangs(site, servers):
    with proxy(servers.host, servers.imap_port) as line:
        site.configure(smtp=servers.smtp_port, imap=line.port, inboxes=("support", "billing"))
        daemon = site.start(watching=False)
        daemon.wait_for("inbox", state="watching", count=2)
        line.freeze()
        code, seconds = daemon.terminate()
        assert code == 0
        assert seconds < STOP_WITHIN
        # Nothing that it held keeps the next one waiting.
        site.configure(smtp=servers.smtp_port, imap=servers.imap_port, inboxes=("support", "billing"))
        again = site.start(watching=False)
        again.wait_for("inbox", state="watching", count=2)
        assert again.lines("inbox", state="waiting") == []


# --- what it is told ---------------------------------------------------------------------------------------------


def test_a_wrong_config_names_every_wrong_key(site):
    path = site.folder / "config.toml"
    text = path.read_text()
    for right, wrong in (
        ('security = "none"', 'security = "perhaps"'),
        ('poll = "60s"', 'poll = "often"'),
        ('id = "ben"', 'id = "Ben the agent"'),
        ("breaker_floor = 100000", "braker_floor = 100000"),
    ):
        assert right in text
        text = text.replace(right, wrong)
    path.write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "mailbot", "run", "--site", str(site.folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=300,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    for key in ("smtp.security", "security", "poll", "id", "braker_floor"):
        assert re.search(rf"\b{re.escape(key)}\b", done.stderr), f"{key} is not named in:\n{done.stderr}"
    assert "Traceback" not in done.stderr


def test_a_broken_rule_file_leaves_the_old_rules_in_force_until_it_is_mended(site, servers):
    daemon = site.start()
    broken = site.folder / "rules" / "05-widgets.toml"
    rule = '[[rule]]\nid = "widgets"\nwhy = "Widgets are all we have."\n[rule.when]\ntext = ["widget*"]\n'
    broken.write_text(rule + "[rule.then]\nprioritee = 1\n")
    [line] = daemon.wait_for("not reloaded")
    assert any("05-widgets.toml" in problem for problem in line["problems"])
    write(servers, "Where are widgets?", "How do I change the colour of a widget? I cannot find it.\n")
    box(servers, ANA, 1)
    assert site.tickets()[0].priority > 1
    broken.write_text(rule + "[rule.then]\nscore = { p1 = 99 }\n")
    daemon.wait_for("reloaded")
    write(servers, "The widgets", "How do I change the size of a widget? I cannot find it.\n")
    box(servers, ANA, 2)
    assert site.tickets()[1].priority == 1
    assert len(daemon.lines("not reloaded")) == 1


# --- what comes in -----------------------------------------------------------------------------------------------


def test_an_unreadable_mail_is_put_aside_and_the_next_goes_on(site, servers):
    daemon = site.start()
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (depth, depth) for depth in range(60)
    )
    servers.deliver_now(
        DESK, b"From: eve@elsewhere.example\r\nTo: support@desk.example\r\nMIME-Version: 1.0\r\n" + nested
    )
    write(servers)
    box(servers, ANA, 1)
    (notice,) = box(servers, MIA, 1)
    assert "stored mail 1" in text_of(parsed(notice))
    wait_until(site.quiet)
    with site.store() as store:
        [row] = store.lists.inbound("quarantined")
        assert len(store.lists.inbound("done")) == 1
    assert row.reason
    assert len(daemon.lines("quarantined")) == 1
    assert len(servers.messages(MIA[1])) == 1
    assert len(site.tickets()) == 1


def test_the_same_mail_in_two_inboxes_is_one_ticket_and_one_ack(site, servers):
    site.configure(smtp=servers.smtp_port, imap=servers.imap_port, inboxes=("support", "billing"))
    daemon = site.start(watching=False)
    daemon.wait_for("inbox", state="watching", count=2)
    write(servers, to=(DESK, BILLING))
    write(
        servers,
        "Invoice 7",
        "My invoice is wrong, I was charged twice.\n",
        to=(BILLING,),
        sender=("Joe", "joe@a.example"),
    )
    wait_until(lambda: len(daemon.lines("mail")) == 3 and site.quiet(), "three mails decided, all letters sent")
    assert len(site.tickets()) == 2
    assert len(servers.messages(ANA[1])) == 1
    theirs = [parsed(t.data) for t in servers.transactions if "joe@a.example" in t.recipients]
    assert [str(mail["From"].addresses[0].addr_spec) for mail in theirs] == [BILLING]


def test_a_forged_agent_is_held_until_the_agent_confirms(site, servers):
    site.configure(smtp=servers.smtp_port, imap=servers.imap_port, desk='authserv_id = "mx.desk.example"')
    site.start()
    write(servers)
    box(servers, ANA, 1)
    (notice,) = box(servers, BEN, 1)
    eve = ("Ben Ortiz", "eve@elsewhere.example")
    to, raw = reply(eve, notice, "Send me your password.")
    send(servers, eve, to, raw, login=False)  # the right address, another From
    asked = box(servers, BEN, 2)[1]
    assert "Send me your password." in text_of(parsed(asked))
    to, raw = reply(BEN, notice, "I wrote this on the train.")
    send(servers, BEN, to, raw, login=False)  # the right From, which the server could not confirm
    confirm = box(servers, BEN, 3)[2]
    page = site.page(1)
    assert [m.held for m in page.messages if m.author is Author.STRANGER] == ["confirm", "confirm"]
    wait_until(site.quiet)
    assert len(servers.messages(ANA[1])) == 1

    to, raw = reply(BEN, confirm, "/confirm")
    send(servers, BEN, to, raw)
    relay = box(servers, ANA, 2)[1]
    assert text_of(parsed(relay)).startswith("I wrote this on the train.")
    wait_until(site.quiet)
    assert len(servers.messages(ANA[1])) == 2
    assert not any(b"Send me your password" in mail for mail in servers.messages(ANA[1]))
    assert [p.state for p in site.page(1).promises] == [PromiseState.KEPT, PromiseState.OPEN]


# --- servers that are away ---------------------------------------------------------------------------------------


def test_the_smtp_server_is_down_at_the_start_and_back_later(site, servers):
    with socket.socket() as reserved:  # bound and not listening: every connection is refused
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        site.configure(smtp=port, imap=servers.imap_port)
        daemon = site.start()
        write(servers)
        daemon.wait_for("submission", state="down")
        wait_until(lambda: len(site.outbox()) == 2)
    with proxy(servers.host, servers.smtp_port, listen=port):
        box(servers, ANA, 1)
        box(servers, BEN, 1)
        wait_until(site.quiet)
        daemon.wait_for("submission", state="up")
        told = [line["state"] for line in daemon.lines("submission")]
        assert [state for state in told if state != "lets nobody in"] == ["down", "up"]
        assert len(servers.messages(ANA[1])) == 1
        assert daemon.terminate()[0] == 0


def test_the_imap_server_refuses_the_login_and_then_takes_it(site, servers):
    login = servers.imap._login.users_dict
    right = login.pop(DESK)
    daemon = site.start(watching=False)
    [line] = daemon.wait_for("inbox", state="refused")
    assert PASSWORD not in line["reason"]
    login[DESK] = right
    daemon.wait_for("inbox", state="watching")
    write(servers)
    box(servers, ANA, 1)
    assert len(daemon.lines("inbox")) == 2


def test_a_second_daemon_waits_and_takes_over_from_a_dead_one(site, servers):
    first = site.start()
    second = site.start(watching=False)
    second.wait_for("inbox", state="waiting")
    write(servers)
    box(servers, ANA, 1)
    wait_until(site.quiet)
    first.kill()
    write(servers, "Import is broken", "Hello,\n\nthe import is broken as well.\n\nAna\n")
    box(servers, ANA, 2)
    wait_until(site.quiet)
    assert len(servers.messages(ANA[1])) == 2
    assert [line["inbox"] for line in second.lines("inbox", state="watching")] == ["support"]
    assert second.terminate()[0] == 0


def test_the_database_goes_away_and_comes_back(servers, tmp_path, postgres):
    """`postgres` is requested so that, if there is none, the reason is shown; the one that is stopped is our own."""
    with (
        postgres_module.running() as own,
        new_site(tmp_path / "site", own.database(), warm=True, few_rules=True) as site,
    ):
        site.configure(smtp=servers.smtp_port, imap=servers.imap_port, poll="1s")
        daemon = site.start()
        write(servers)
        box(servers, ANA, 1)
        wait_until(site.quiet)
        before = flags(servers)
        assert [b"\\Seen" in one for one in before.values()] == [True]
        own.stop()
        daemon.wait_for("store", state="down")
        write(servers, "Import is broken", "Hello,\n\nthe import is broken as well.\n\nAna\n")
        with pytest.raises(subprocess.TimeoutExpired):
            daemon.process.wait(2)  # it looks every second
        after = flags(servers)
        assert len(after) == 2
        assert sum(b"\\Seen" in one for one in after.values()) == 1
        own.start()
        box(servers, ANA, 2)
        wait_until(site.quiet)
        daemon.wait_for("store", state="up")
        assert all(b"\\Seen" in one for one in flags(servers).values())
        assert len(servers.messages(ANA[1])) == 2
        assert [line["state"] for line in daemon.lines("store")] == ["down", "up"]
        assert [line["state"] for line in daemon.lines("inbox")] == ["watching"], "it is not the mail server's fault"
        assert daemon.terminate()[0] == 0
