"""Promises on real servers, in seconds: every letter, reminder and notice is in a mailbox at its time."""

from __future__ import annotations

import re
import smtplib
from contextlib import ExitStack
from datetime import UTC, datetime, time, timedelta

import pytest

from mailbot.adapters.clock import WallClock
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.ticket import TicketState
from tests.wire.arrivals import Arrival, on_time, row_of, watching
from tests.wire.daemon import BEN, BILLING, DESK, MIA, Site, letter, new_site, reply, wait_until

ANA = ("Ana Soto", "ana@customer.example")
JOE = ("Joe Park", "joe@customer.example")
TWICE = "Hello,\n\nyou charged me twice for invoice 88, please refund one of the two.\n\nAna Soto\n"
ANSWER = "Hello Ana,\n\nI can see both charges, and have asked the bank to send one back.\n\nBen"
PEOPLE = """
[[agent]]
id = "mia"
name = "Mia Sand"
addresses = ["mia@desk.example"]
groups = ["leads"]
lead = true

[hours]
mon = "00:00-24:00"
tue = "00:00-24:00"
wed = "00:00-24:00"
thu = "00:00-24:00"
fri = "00:00-24:00"
sat = "00:00-24:00"
sun = "00:00-24:00"
"""
PACE = """
[priority.2]
first = "{first}"
then = ["{then}"]

[promises]
remind_before = "3s"
cover_before = "2s"
close_after = "6s"
check_in_after = "4s"
count_in = "seconds"
"""
COVER_BEFORE = timedelta(seconds=2)
REMIND_BEFORE = timedelta(seconds=3)
CLOSE_AFTER = timedelta(seconds=6)
CHECK_IN_AFTER = timedelta(seconds=4)
SECOND = timedelta(seconds=1)
TOLD = re.compile(r"\d\d:\d\d:\d\d(?= UTC)")


@pytest.fixture(params=["sqlite", "postgres"])
def any_store(request):
    if request.param == "sqlite":
        yield ""
        return
    server = request.getfixturevalue("postgres")
    url = server.database()
    yield url
    server.drop(url)


@pytest.fixture
def desk(mailstack, tmp_path):
    """Lays out a desk that counts in seconds: `desk(first=…, then=…)`."""
    for address in (DESK, BILLING, BEN[1], MIA[1], ANA[1], JOE[1]):
        mailstack.empty(address)
    opened = ExitStack()

    def lay_out(store_url="", **pace):
        site = opened.enter_context(new_site(tmp_path / "site", store_url, warm=True, few_rules=True))
        site.configure(
            host="localhost",
            smtp=mailstack.submission,
            smtp_security="starttls",
            imap=mailstack.imaps,
            imap_security="tls",
            ca_file=mailstack.ca_file,
        )
        with (site.folder / "config.toml").open("a", encoding="utf-8") as config:
            config.write(PEOPLE + PACE.format(**pace))
        return site

    with opened:
        yield lay_out


@pytest.fixture
def submit(mailstack):
    def submit(sender, to, raw):
        """When the mail server was given it."""
        with smtplib.SMTP(mailstack.host, mailstack.smtp, timeout=60) as smtp:
            given = WallClock().now()
            smtp.sendmail(sender[1], [to], raw)
        return given

    return submit


def told(arrival: Arrival) -> list[datetime]:
    """The times that a letter tells, in its order: so near that it names no day."""
    noon = timedelta(hours=12)
    found = []
    for clock in TOLD.findall(arrival.words):
        moment = datetime.combine(arrival.seen.date(), time.fromisoformat(clock), UTC)
        ahead = moment - arrival.seen
        found.append(moment + timedelta(days=1) * ((ahead < -noon) - (ahead > noon)))
    return found


def sentences(cover: Arrival) -> set[str]:
    """What a cover says, without its times, which always differ, and without the foot."""
    own = re.sub(r",? in about \S+ \S+?(?=[.,])", "", TOLD.sub("", cover.words)).partition(" -- ")[0]
    return set(re.split(r"(?<=[.]) ", own))


def promise_due(site: Site, due: datetime, number: int):
    """The promise row of that time: no letter states a time without one."""
    [found] = [p for p in site.page(number).promises if p.due == due]
    return found


def reminders(promise) -> list[datetime]:
    """At half and shortly before, a second before the cover; of fifteen seconds (for minutes) the first of them."""
    span = promise.due - promise.made_at
    kept = []
    for moment in sorted((promise.due - span / 2, promise.due - REMIND_BEFORE)):
        if moment <= promise.due - COVER_BEFORE - SECOND and (not kept or moment - kept[-1] >= SECOND):
            kept.append(moment)
    return kept[:1] if span <= 15 * SECOND else kept


def test_from_the_ack_to_the_check_in_each_at_its_time(desk, mailstack, submit):
    site = desk(first="20s", then="12s")
    site.start()
    with watching(mailstack, ANA[1], BEN[1], MIA[1]) as (ana, ben, mia):
        # The ack, and the agent's notice.
        written = submit(ANA, DESK, letter(ANA, DESK, "Charged twice", TWICE))
        ack, new = ana.next(), ben.next()
        on_time(ack, "ack", written, site)
        on_time(new, "new", written, site)
        [ticket] = site.tickets()
        assert (ticket.priority, ticket.urgency) == (2, 0)
        [due] = told(ack)
        promise = promise_due(site, due, ticket.number)
        assert timedelta(seconds=19) <= due - promise.made_at <= timedelta(seconds=20)

        # Reminders at half, and shortly before.
        assert len(reminders(promise)) == 2
        for moment in reminders(promise):
            reminder = ben.next()
            assert due in told(reminder)
            on_time(reminder, "reminder", moment, site)

        # The cover, before the time that was told; the agent hears of it, the lead does not.
        cover, covered = ana.next(), ben.next()
        on_time(cover, "cover", due - COVER_BEFORE, site)
        on_time(covered, "covered", due - COVER_BEFORE, site)
        assert told(cover)[0] == due
        again = told(cover)[-1]
        assert again == due + timedelta(seconds=12)
        assert mia.arrived == []

        # Again nobody writes: reminders, a second cover, and the lead is told.
        for moment in reminders(promise_due(site, again, ticket.number)):
            reminder = ben.next()
            assert again in told(reminder)
            on_time(reminder, "reminder", moment, site)
        second, covered, lead = ana.next(), ben.next(), mia.next()
        on_time(second, "cover", again - COVER_BEFORE, site)
        for notice in (covered, lead):
            assert on_time(notice, "covered", again - COVER_BEFORE, site)["nth"] == 2
        assert not sentences(cover) & sentences(second), "the same words again"
        third = told(second)[-1]

        # The agent answers that notice with the update itself: the promise is kept.
        to, answer = reply(BEN, covered.raw, ANSWER)
        spoken = submit(BEN, to, answer)
        relay = ana.next()
        on_time(relay, "relay", spoken, site)
        assert "have asked the bank to send one back" in relay.words
        assert "Auto-Submitted" not in relay.mail
        assert promise_due(site, third, ticket.number).state is PromiseState.KEPT
        [following] = told(relay)

        # A reminder of the next word is answered with the end of it.
        reminder = ben.next()
        on_time(reminder, "reminder", reminders(promise_due(site, following, ticket.number))[0], site)
        to, answer = reply(BEN, reminder.raw, "/resolve")
        ended = submit(BEN, to, answer)
        resolved = ana.next()
        receipt = on_time(resolved, "resolved", ended, site)
        assert (receipt["updates_promised"], receipt["updates_on_time"]) == (4, 2)
        assert "promised you four updates, and a person wrote in time for only two of them" in resolved.words

        # Once it is asked whether it holds.
        page = site.page(ticket.number)
        assert page.ticket.state is TicketState.RESOLVED
        asked = ana.next()
        on_time(asked, "check-in", page.ticket.resolved_at + CHECK_IN_AFTER, site)

        wait_until(site.quiet, "something is left to be sent")
        assert (len(ana.arrived), len(mia.arrived)) == (6, 1)
        assert len(ben.arrived) == ben.taken
    states = [p.state for p in sorted(page.promises, key=lambda p: p.due)]
    assert states == [PromiseState.COVERED, PromiseState.COVERED, PromiseState.KEPT, PromiseState.KEPT]


def test_who_does_not_answer_is_nudged_and_closed_each_at_its_time(desk, mailstack, submit):
    site = desk(first="60s", then="60s")
    site.start()
    with watching(mailstack, ANA[1], BEN[1]) as (ana, ben):
        submit(ANA, DESK, letter(ANA, DESK, "Charged twice", TWICE))
        ana.next()
        until = WallClock().now().replace(microsecond=0) + timedelta(seconds=9)
        words = f"/wait customer {until:%Y-%m-%dT%H:%M:%SZ}\n\nHello Ana,\n\nwhich card was it?\n\nBen"
        to, answer = reply(BEN, ben.next().raw, words)
        spoken = submit(BEN, to, answer)
        relay = ana.next()
        on_time(relay, "relay", spoken, site)
        assert told(relay) == [until]

        nudge = ana.next()
        on_time(nudge, "nudge", until - COVER_BEFORE, site)
        [closes] = told(nudge)
        made_at = promise_due(site, closes, 1).made_at
        assert closes <= made_at + CLOSE_AFTER < closes + SECOND
        closed = ana.next()
        on_time(closed, "closed", closes - COVER_BEFORE, site)
        assert site.page(1).ticket.state is TicketState.RESOLVED
        on_time(ben.next(), "answer", closes - COVER_BEFORE, site)

        to, answer = reply(ANA, closed.raw, "Sorry, I was away. It was the one that ends in 17.")
        written = submit(ANA, to, answer)
        on_time(ana.next(), "update", written, site)
        assert site.page(1).ticket.state is TicketState.OPEN
        assert len(ana.arrived) == ana.taken


def test_after_a_stop_each_customer_gets_one_letter_and_no_storm_reaches_the_agents(desk, any_store, mailstack, submit):
    site = desk(any_store, first="14s", then="1h")
    daemon = site.start()
    with watching(mailstack, ANA[1], JOE[1], BEN[1]) as (ana, joe, ben):
        dues = {}
        for box, who in ((ana, ANA), (joe, JOE)):
            for nth in range(3):
                words = f"Hello,\n\nyou charged me twice for invoice {box.address[0]}{nth}, please refund one.\n"
                submit(who, DESK, letter(who, DESK, f"Invoice {nth}", words))
            dues[box] = sorted(due for _ in range(3) for due in told(box.next()))
        wait_until(site.quiet, "all is sent before the stop")
        assert daemon.terminate()[0] == 0
        stopped = WallClock().now()
        over = max(stopped + timedelta(seconds=10), *(due + SECOND for due in (*dues[ana], *dues[joe])))
        wait_until(lambda: WallClock().now() > over, "the desk is down")
        before = len(ben.arrived)
        assert len(ana.arrived) + len(joe.arrived) == 6, "nobody was covered before the stop"

        site.start()
        for box in (ana, joe):
            late = box.next()
            assert row_of(late, site).name == "late"
            assert row_of(late, site).fields["missed"] == 3
            assert "three times" in late.words
            first, following = told(late)
            assert first == min(dues[box])
            promises = [p for t in site.tickets() if t.requester.address == box.address
                        for p in site.page(t.number).promises]  # fmt: skip
            assert sorted(p.due for p in promises if p.state is PromiseState.LATE) == dues[box]
            assert [p.due for p in promises if p.state is PromiseState.OPEN] == [following] * 3
        wait_until(lambda: site.quiet() and len(ben.arrived) >= before + 6, "all is sent")
        since = sorted(row_of(arrival, site).name for arrival in ben.arrived[before:])
        assert since == [*["covered"] * 5, "digest"], "nobody is reminded of what is past"
        assert (len(ana.arrived), len(joe.arrived)) == (4, 4)
