"""Killed again and again in the middle of its work, the daemon loses nothing and doubles nothing but identical bytes.

At full size (200 kills, 1,500 mails): `make torture`.
"""

from __future__ import annotations

import random
import subprocess
import threading
from collections import Counter
from contextlib import suppress

import pytest

from mailbot.core.model.message import Author
from mailbot.core.model.outgoing import OutboxState
from mailbot.demo.servers import EmbeddedServers
from tests.wire.daemon import BEN, DESK, MIA, PASSWORD, letter, new_site, parsed, wait_until

MAILS = 300
REPLIES = 40
KILLS = 20
SEED = 20260302


def customer(number):
    return (f"Customer {number}", f"c{number}@shop{number}.example")


def first_mail(number):
    words = (
        f"Hello,\n\nthe export number {number} is broken: the column with the names is empty.\n\nCustomer {number}\n"
    )
    return letter(
        customer(number), DESK, f"Export {number} broken", words, message_id=f"<first.{number}@shop{number}.example>"
    )


def second_mail(number):
    first = f"<first.{number}@shop{number}.example>"
    words = f"Hello,\n\none more thing about {number}: it was right until last week.\n"
    return letter(
        customer(number),
        DESK,
        f"Re: Export {number} broken",
        words,
        message_id=f"<second.{number}@shop{number}.example>",
        In_Reply_To=first,
        References=first,
    )


class Feeder(threading.Thread):
    """Delivers the mails one by one at random moments, about `rate` a second."""

    def __init__(self, servers, mails, rate, dice):
        super().__init__(daemon=True)
        self._servers, self._mails, self._rate, self._dice = servers, mails, rate, dice
        self._all_at_once = threading.Event()

    def run(self):
        for raw in self._mails:
            self._all_at_once.wait(self._dice.uniform(0, 2 / self._rate))
            self._servers.deliver_now(DESK, raw)

    def finish(self):
        """No more pauses."""
        self._all_at_once.set()
        self.join(30)
        assert not self.is_alive()


def test_hazard_02_twenty_kills_during_three_hundred_mails(tmp_path):
    dice = random.Random(SEED)
    numbers = range(MAILS - REPLIES)
    replies = dice.sample(numbers, REPLIES)
    mails = [first_mail(n) for n in numbers] + [second_mail(n) for n in replies]
    dice.shuffle(mails)
    users = {DESK: PASSWORD, BEN[1]: PASSWORD, MIA[1]: PASSWORD}
    with (
        EmbeddedServers(users).run_in_thread() as servers,
        new_site(tmp_path / "site", warm=True, few_rules=True) as site,
    ):
        site.configure(smtp=servers.smtp_port, imap=servers.imap_port)
        daemon = site.start()
        feeder = Feeder(servers, mails, rate=7, dice=random.Random(SEED + 1))
        feeder.start()
        for kill in range(KILLS):
            early = kill % 4 == 3  # some die before they have begun, the others at work
            if not early:
                daemon.wait_for("inbox", state="watching")
            with suppress(subprocess.TimeoutExpired):
                daemon.process.wait(dice.uniform(0, 2.0 if early else 0.7))
            daemon.kill()
            daemon = site.start(watching=False)
        feeder.finish()
        wait_until(lambda: len(everything(site)) == MAILS and site.quiet(), "not all is done")
        code, _ = daemon.terminate()
        assert code == 0, daemon.log()
        every_mail_has_its_ticket(site, replies)
        every_customer_has_one_ack(site, servers, replies=REPLIES)
        taken = [line for one in site.daemons for line in one.lines("taken over")]
        assert sum(line["rows"] for line in taken) > 0, "no kill struck at work: it says nothing"
        assert all(line["ended"] for line in taken)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_hazard_03_four_daemons_on_one_database_killed_in_turn(tmp_path, request, kind):
    dice = random.Random(SEED + 2)
    users = {DESK: PASSWORD, BEN[1]: PASSWORD, MIA[1]: PASSWORD}
    postgres = request.getfixturevalue("postgres") if kind == "postgresql" else None
    url = postgres.database() if postgres is not None else ""
    kills = 8
    with (
        EmbeddedServers(users).run_in_thread() as servers,
        new_site(tmp_path / "site", url, warm=True, few_rules=True) as site,
    ):
        site.configure(smtp=servers.smtp_port, imap=servers.imap_port)
        four = [site.start(), *(site.start(watching=False) for _ in range(3))]
        feeder = Feeder(servers, [first_mail(n) for n in range(100)], rate=7, dice=random.Random(SEED + 3))
        feeder.start()
        for _ in range(kills):
            victim = dice.randrange(4)
            four[victim].wait_for("inbox")
            with suppress(subprocess.TimeoutExpired):
                four[victim].process.wait(dice.uniform(0, 1.0))
            four[victim].kill()
            four[victim] = site.start(watching=False)
        feeder.finish()
        wait_until(lambda: len(everything(site)) == 100 and site.quiet(), "not all is done")
        for daemon in four:
            daemon.wait_for("inbox")
        assert [daemon.terminate()[0] for daemon in four] == [0, 0, 0, 0]
        every_mail_has_its_ticket(site, [], mails=100)
        every_customer_has_one_ack(site, servers, mails=100, kills=kills)
    if postgres is not None:
        postgres.drop(url)


def everything(site):
    with site.store() as store:
        return store.lists.inbound("done", limit=10_000)


def every_mail_has_its_ticket(site, replies, mails=MAILS):
    tickets = site.tickets()
    assert len(tickets) == mails - len(replies)
    with site.store() as store:
        assert store.lists.inbound("quarantined") == []
        for ticket in tickets:
            page = store.lists.ticket(ticket.number)
            number = int(ticket.requester.key.partition("@")[0][1:])
            theirs = sorted(m.message_id for m in page.messages if m.author is Author.CUSTOMER)
            wanted = [f"first.{number}@shop{number}.example"]
            wanted += [f"second.{number}@shop{number}.example"] if number in replies else []
            assert theirs == wanted, ticket
            assert sum(p.state == "open" for p in page.promises) == 1


def every_customer_has_one_ack(site, servers, mails=MAILS, replies=0, kills=KILLS):
    assert {row.state for row in site.outbox()} == {OutboxState.SENT}
    sent = [(t.recipients[0], t.data) for t in servers.transactions]
    people = [parsed(data)["To"].addresses[0].addr_spec for _, data in sent]
    assert people == [recipient for recipient, _ in sent]
    theirs = {one: {data for to, data in sent if to == one} for one in set(people) - {BEN[1], MIA[1]}}
    assert set(theirs) == {customer(n)[1] for n in range(mails - replies)}
    assert [one for one, letters in theirs.items() if len(letters) != 1] == []
    doubled = sum(count - 1 for count in Counter(data for _, data in sent).values())
    assert doubled <= kills
    notices = Counter(parsed(data)["Message-ID"] for data in {data for to, data in sent if to == BEN[1]})
    assert len(notices) == mails
    assert set(notices.values()) == {1}
