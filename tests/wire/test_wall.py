"""A wall behind every reader: a mail that takes too much ends one process and is quarantined, and the others go on."""

from __future__ import annotations

import os
import signal
from email.message import EmailMessage
from functools import partial

import psutil
import pytest

from mailbot.core.model.reason import stored_reason
from mailbot.demo.servers import EmbeddedServers
from tests.wire.daemon import BEN, DESK, MIA, PASSWORD, letter, new_site, parsed, text_of, wait_until

PLANTED = "tests.wire.planted"


@pytest.fixture
def servers():
    users = {DESK: PASSWORD, BEN[1]: PASSWORD, MIA[1]: PASSWORD}
    with EmbeddedServers(users).run_in_thread() as running:
        yield running


@pytest.fixture
def site(tmp_path, servers):
    with new_site(tmp_path / "site", warm=True, few_rules=True) as one:
        yield one


@pytest.fixture
def cold_site(tmp_path, servers):
    with new_site(tmp_path / "site") as one:
        yield one


def configure(site, servers, *desk):
    site.configure(smtp=servers.smtp_port, imap=servers.imap_port, desk="\n".join(desk))


def write(servers, name, subject="The export is broken"):
    words = f"Hello,\n\nthe export of {name} is broken since this morning.\n\n{name}\n"
    servers.deliver_now(DESK, letter((name, f"{name}@{name}.example"), DESK, subject, words))


def acked(servers, name):
    return any(sent.recipients[0] == f"{name}@{name}.example" for sent in servers.transactions)


def put_aside(site):
    with site.store() as store:
        return {row.id: stored_reason(row.reason or "") or row.reason for row in store.quarantine.list()}


def notices(servers):
    """What the admin was told about mail that was put aside."""
    mails = [parsed(raw) for raw in servers.messages(MIA[1])]
    return [text_of(mail) for mail in mails if "set aside" in str(mail["Subject"])]


@pytest.mark.parametrize("subject", ["it spins", "it sleeps in C"])
def test_hazard_29_a_mail_that_stands_still_is_put_aside_and_the_others_go_on_meanwhile(site, servers, subject):
    configure(site, servers, 'mail_time = "3s"')
    daemon = site.start(program=PLANTED)
    write(servers, "eve", subject)
    for n in range(5):
        write(servers, f"honest{n}")
    daemon.wait_for("slow mail")
    wait_until(lambda: all(acked(servers, f"honest{n}") for n in range(5)), "the others")
    wait_until(lambda: put_aside(site) and notices(servers), "it is put aside")
    [reason] = put_aside(site).values()
    assert reason.code == "quarantine.time"
    [told] = notices(servers)
    assert "it takes more than 3 seconds to read" in told
    assert not acked(servers, "eve")
    write(servers, "late")
    wait_until(lambda: acked(servers, "late") and site.quiet())
    assert daemon.terminate()[0] == 0
    assert len(put_aside(site)) == len(notices(servers)) == 1
    assert len(site.tickets()) == 6


@pytest.mark.parametrize(
    ("subject", "code"), [("it eats", "quarantine.memory"), ("it dies", "quarantine.broken")], ids=["memory", "death"]
)
def test_hazard_11_a_mail_that_ends_its_process_is_tried_once_more_and_put_aside(site, servers, subject, code):
    configure(site, servers, 'mail_memory = "128MB"')
    daemon = site.start(program=PLANTED)
    for n in range(3):
        write(servers, f"before{n}")
    write(servers, "eve", subject)
    for n in range(3):
        write(servers, f"after{n}")
    everybody = [f"{when}{n}" for when in ("before", "after") for n in range(3)]
    wait_until(lambda: all(acked(servers, name) for name in everybody), "the others")
    wait_until(lambda: put_aside(site) and notices(servers), "it is put aside")
    assert [reason.code for reason in put_aside(site).values()] == [code]
    assert len(daemon.lines("mail ended a worker")) == 1
    assert len([line for line in daemon.lines("worker", state="ended") if line["mail"] is not None]) == 2
    wait_until(site.quiet)
    assert daemon.terminate()[0] == 0
    assert len(notices(servers)) == 1


def test_hazard_29_a_stop_does_not_wait_for_a_mail_that_stands_still(site, servers):
    configure(site, servers, 'mail_time = "10m"')
    daemon = site.start(program=PLANTED)
    write(servers, "eve", "it spins")
    [slow] = daemon.wait_for("slow mail")
    code, _ = daemon.terminate()
    assert code == 0, daemon.log()
    assert not workers(daemon)
    with site.store() as store:
        assert store.lists.inbound("claimed") == []
        assert [row.id for row in store.lists.inbound("stored")] == [slow["inbound"]]
    daemon = site.start()  # the fault is mended: it is read as any other
    wait_until(lambda: acked(servers, "eve"))
    assert daemon.terminate()[0] == 0
    assert put_aside(site) == {}


def add_rule(site, daemon):
    """From now on a mail with a parrot in it has priority 2."""
    rule = '[[rule]]\nid = "added"\n[rule.when]\ntext = ["parrot"]\n[rule.then]\npriority = 2\n'
    (site.folder / "rules" / "added.toml").write_text(rule, encoding="utf-8")
    daemon.wait_for("reloaded")


def workers(daemon):
    """The processes that were told of and still live."""
    pids = [line["pid"] for line in daemon.lines("worker", state="started")]
    return [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE]


def test_the_parent_of_the_workers_may_be_killed(site, servers):
    configure(site, servers)
    daemon = site.start()
    for round_ in range(2):
        write(servers, f"before{round_}")
        wait_until(partial(acked, servers, f"before{round_}"))
        [parent] = psutil.Process(daemon.process.pid).children()
        parent.kill()
        daemon.wait_for("fork server", state="ended", count=round_ + 1)
        write(servers, f"after{round_}")
        wait_until(partial(acked, servers, f"after{round_}"))
    add_rule(site, daemon)
    write(servers, "parrot")
    wait_until(lambda: acked(servers, "parrot") and site.quiet())
    assert site.tickets()[-1].priority == 2
    assert daemon.terminate()[0] == 0
    assert len(site.tickets()) == 5


def test_rules_that_changed_count_for_workers_that_are_there(site, servers):
    configure(site, servers)
    daemon = site.start()
    write(servers, "ana")
    wait_until(lambda: acked(servers, "ana"))
    add_rule(site, daemon)
    write(servers, "parrot")
    wait_until(lambda: acked(servers, "parrot") and site.quiet())
    assert [ticket.priority for ticket in site.tickets()] == [3, 2]
    assert daemon.terminate()[0] == 0


def test_a_killed_daemon_leaves_no_process_behind(site, servers):
    configure(site, servers, 'mail_time = "1s"')
    daemon = site.start(program=PLANTED)
    write(servers, "eve", "it spins")
    daemon.wait_for("worker", state="started")
    family = psutil.Process(daemon.process.pid).children(recursive=True)
    assert len(family) == 2
    daemon.process.send_signal(signal.SIGKILL)
    daemon.process.wait(10)
    wait_until(lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in family))


def test_hazard_11_a_mail_of_35_mb_passes(site, servers):
    configure(site, servers)
    daemon = site.start()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ana <ana@ana.example>", DESK, "The file that breaks it"
    mail["Message-ID"] = "<big@ana.example>"
    mail.set_content("Hello,\n\nthe export is broken with this file.\n\nAna\n")
    mail.add_attachment(os.urandom(25_500_000), maintype="application", subtype="octet-stream", filename="x.bin")
    raw = bytes(mail)
    assert 34_000_000 < len(raw) < 35_000_000
    servers.deliver_now(DESK, raw)
    write(servers, "ben")
    wait_until(lambda: acked(servers, "ana") and acked(servers, "ben"), "both are answered", seconds=150)
    assert put_aside(site) == {}
    assert daemon.terminate()[0] == 0


def test_idle_all_processes_together_are_small(cold_site, servers):
    site = cold_site
    configure(site, servers)
    daemon = site.start()
    for n in range(10):
        write(servers, f"honest{n}")
    wait_until(lambda: all(acked(servers, f"honest{n}") for n in range(10)) and site.quiet())
    daemon.wait_for("worker", state="ended")
    family = [psutil.Process(daemon.process.pid), *psutil.Process(daemon.process.pid).children(recursive=True)]
    assert len(family) == 2
    assert sum(one.memory_full_info().pss for one in family) < 120 * 1024 * 1024
    assert daemon.terminate()[0] == 0


def test_without_a_second_process_the_daemon_decides_itself_and_says_that_there_is_no_wall(site, servers):
    configure(site, servers, "second_process = false")
    daemon = site.start()
    write(servers, "ana")
    wait_until(lambda: acked(servers, "ana"))
    assert psutil.Process(daemon.process.pid).children() == []
    assert len(daemon.lines("no wall")) == 1
    assert daemon.terminate()[0] == 0
