"""The worst that the sweep knows, fed to a running daemon beside honest mail: nobody waits for it (hazards 29, 30)."""

from __future__ import annotations

import pytest

from mailbot.demo.servers import EmbeddedServers
from tests.fuzz.payloads import of_length
from tests.wire.daemon import BEN, DESK, MIA, PASSWORD, letter, new_site, parsed, wait_until

ANA = ("Ana Soto", "ana@ana.example")
LENGTH = 400_000
LONGEST = 10.0  # seconds between what the desk stored and what it decided, by its own clock
WORST = (" ", "\t", "\u00a0", ",", "\n", ", ", "a:\n", "<", "> ", "On ", "the lamp works again now ", "Mara, ")


@pytest.fixture
def servers():
    users = {DESK: PASSWORD, BEN[1]: PASSWORD, MIA[1]: PASSWORD}
    with EmbeddedServers(users).run_in_thread() as running:
        yield running


@pytest.fixture
def site(tmp_path, servers):
    with new_site(tmp_path / "site", warm=True) as one:
        one.configure(smtp=servers.smtp_port, imap=servers.imap_port)
        yield one


def ticket_of_ana(servers):
    """Ana's first mail is answered; the signed address of her ticket."""
    servers.deliver_now(DESK, letter(ANA, DESK, "The export is broken", "The export is broken since this morning."))
    wait_until(lambda: servers.transactions, "the first ack")
    [ack] = [sent for sent in servers.transactions if sent.recipients[0] == ANA[1]]
    return str(parsed(ack.data)["Reply-To"]).rpartition("<")[2].rstrip(">")


def exploding():
    """A body in base64 that some readers try in two ways for each of its line ends."""
    head = letter(ANA, DESK, "Re: The export is broken", "x").partition(b"\r\n\r\n")[0]
    head = b"\r\n".join(line for line in head.split(b"\r\n") if b"transfer-encoding" not in line.lower())
    return head + b"\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD=" + b"\r\n" * 50_000 + b" x\r\n"


def honest(servers, number):
    name = f"honest{number}"
    servers.deliver_now(
        DESK, letter((name, f"{name}@{name}.example"), DESK, "A question", "How do I add a colleague to our account?")
    )


def test_hazard_30_no_payload_delays_another_mail(site, servers):
    daemon = site.start()
    address = ticket_of_ana(servers)
    for number, unit in enumerate(WORST):
        servers.deliver_now(DESK, letter(ANA, address, "Re: The export is broken", of_length(unit, LENGTH)))
        if number == 0:
            servers.deliver_now(DESK, exploding())
        honest(servers, number)
    names = [f"honest{number}@honest{number}.example" for number in range(len(WORST))]
    wait_until(
        lambda: set(names) <= {sent.recipients[0] for sent in servers.transactions}, "all are answered", seconds=200
    )
    wait_until(site.quiet, "all is decided")
    waited = {}
    for ticket in site.tickets():
        first = site.page(ticket.number).messages[0]
        waited[ticket.requester.address] = (ticket.opened_at - first.received_at).total_seconds()
    assert set(names) <= waited.keys()
    assert max(waited.values()) < LONGEST, waited
    with site.store() as store:
        assert store.quarantine.list() == []
    assert daemon.terminate()[0] == 0


def test_hazard_29_sigterm_ends_the_daemon_while_such_a_mail_is_read(site, servers):
    daemon = site.start()
    address = ticket_of_ana(servers)
    for unit in WORST:
        servers.deliver_now(DESK, letter(ANA, address, "Re: The export is broken", of_length(unit, LENGTH)))
    wait_until(lambda: len(daemon.lines("mail")) > 1, "some of it is read")
    code, _ = daemon.terminate()  # within thirty seconds
    assert code == 0, daemon.log()
    daemon = site.start()
    wait_until(site.quiet, "the rest is decided")
    assert daemon.terminate()[0] == 0
    [ticket] = site.tickets()
    assert len(site.page(ticket.number).messages) == 1 + len(WORST)
