"""Hazards 35 and 36: floods, of one sender or one domain, and what they may not take from anybody else."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.core.model.outgoing import OutboxState, OutgoingKind
from mailbot.core.model.ticket import LookFor
from mailbot.ports import RawMail
from tests.simulation.simulated_desk import JOOST, MARA, SimulatedDesk, mail, minutes
from tests.simulation.stamped import SERVER
from tests.thorough import THOROUGH

pytestmark = pytest.mark.slow

OUTAGE = "Our whole shop is down, nobody can order anything since ten to nine."
PROBLEM = "The export stops with an error at 80 percent."
EVE = "Eve Ott <eve@flood.example>"
MAILS = 700 if THOROUGH else 250
AT_ONCE = 10
HONEST = MAILS // 5  # mails between two honest ones


@pytest.fixture
def new_desk():
    desks = []

    def make(authserv_id=SERVER, **limits):
        def change(policy):
            return replace(
                policy,
                authserv_id=authserv_id,
                agents={"mara": MARA, "joost": JOOST},
                limits=replace(policy.limits, **limits),
            )

        desks.append(SimulatedDesk(change_policy=change))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


def flood(desk, make, *, count=MAILS, over=timedelta(hours=1), beside=None):
    """So many mails within that time, ten at a time; `beside` is asked before each ten whether something else comes in."""
    start = desk.clock.now()
    for first in range(0, count, AT_ONCE):
        desk.pass_time(start + over * first / count)
        if beside is not None:
            beside(first)
        numbers = range(first, min(first + AT_ONCE, count))
        raws = [RawMail(mailbox="support", uidvalidity=9, uid=n + 1, raw=make(n), size=1) for n in numbers]
        desk.store.put(raws, desk.clock.now())
        while desk.decider.decide_some():
            pass
        desk.send()


def notices(desk, agent, since=None):
    return [
        s
        for s in desk.sent
        if s.outgoing.kind is OutgoingKind.NOTICE
        and s.outgoing.to.address == f"{agent}@lumen.example"
        and (since is None or s.at >= since)
    ]


def words_told(desk, agent):
    return "\n".join(s.text for s in notices(desk, agent))


SHAPES = {
    "a problem each time": lambda desk, n: mail(
        EVE, f"{PROBLEM} It is case {n}.", at=desk.clock.now(), subject=f"No {n}"
    ),
    "an outage each time": lambda desk, n: mail(
        EVE, f"{OUTAGE} It is case {n}.", at=desk.clock.now(), subject=f"No {n}"
    ),
    "one thread": lambda desk, n: mail(
        EVE,
        f"{PROBLEM} It is case {n}.",
        at=desk.clock.now(),
        subject="One",
        message_id=f"f{n}@flood.example",
        **({"References": "<f0@flood.example>"} if n else {}),
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_hazard_36_hundreds_of_mails_of_one_sender_are_twenty_notices_at_most(new_desk, shape):
    desk = new_desk()
    flood(desk, lambda n: SHAPES[shape](desk, n))
    hour = desk.clock.now()
    for agent in ("mara", "joost"):
        for s in notices(desk, agent):
            within = [o for o in notices(desk, agent) if s.at - timedelta(hours=1) < o.at <= s.at]
            assert len(within) <= 20, Counter(o.outgoing.name for o in within)
    desk.pass_time(hour + timedelta(hours=1))
    totals = desk.store.lists.totals()
    assert totals.inbound == {"done": MAILS}
    rows = Counter(row.state for row in desk.store.lists.outbox(limit=100_000))
    assert OutboxState.GATHERING not in rows
    assert set(rows) <= {OutboxState.SENT, OutboxState.TOLD, OutboxState.DROPPED}
    for agent in ("mara", "joost"):
        told = words_told(desk, agent)
        assert all(f"It is case {n}." in told for n in range(MAILS)), "nothing is lost"


def test_hazard_36_an_honest_outage_beside_a_flood_is_told_at_once(new_desk):
    desk = new_desk()
    at = {}

    def honest(nth):
        if nth and nth % HONEST == 0:
            who = f"c{nth}@shop{nth}.example"
            at[who] = desk.clock.now()
            results = f"{SERVER}; dmarc=pass header.from=shop{nth}.example"
            desk.receive(mail(who, OUTAGE, at=desk.clock.now(), subject="Down", Authentication_Results=results))

    flood(desk, lambda n: SHAPES["an outage each time"](desk, n), beside=honest)
    assert len(at) == 4
    for who, came in at.items():
        for agent in ("mara", "joost"):
            told = [s for s in notices(desk, agent) if s.outgoing.name == "new" and who in s.text]
            assert [s.at for s in told] == [came]
        acks = [s for s in desk.sent if s.outgoing.to.address == who]
        assert acks[0].outgoing.name == "ack"
        assert acks[0].outgoing.promise is not None


def test_hazard_36_a_restart_loses_nothing_that_waits_for_a_digest(new_desk):
    desk = new_desk()
    flood(desk, lambda n: SHAPES["a problem each time"](desk, n), count=60, over=minutes(0.5))
    desk.store.close()
    desk.start_up()
    desk.pass_time(desk.clock.now() + minutes(2))
    told = words_told(desk, "mara")
    assert all(f"It is case {n}." in told for n in range(60))
    digests = [s for s in notices(desk, "mara") if s.outgoing.name == "digest"]
    assert len(digests) == 1
    assert digests[0].header("Subject").startswith("55 more notices")


def test_hazard_36_from_a_digest_each_customer_can_be_answered(new_desk):
    desk = new_desk()
    flood(desk, lambda n: SHAPES["a problem each time"](desk, n), count=8, over=minutes(0.5))
    desk.pass_time(desk.clock.now() + minutes(2))
    digest = desk.last("digest", "mara")
    seventh = next(t for t in digest.outgoing.fields["tickets"] if t["subject"] == "No 6")
    address = seventh["answer"].partition("mailto:")[2].partition("?")[0].replace("%2B", "+")
    verdict = f"{SERVER}; dmarc=pass header.from=lumen.example"
    before = len(desk.sent)
    desk.receive(
        mail("mara@lumen.example", "I look into it.", at=desk.clock.now(), to=address, Authentication_Results=verdict)
    )
    relay = desk.sent[before].outgoing
    assert (relay.name, relay.ticket, relay.to.address) == ("relay", seventh["ticket"], "eve@flood.example")


# --- 35: what others write takes no customer's acknowledgment --------------------------------------------------------


def stamp(domain, verdict):
    return {"Authentication_Results": f"{SERVER}; dmarc={verdict} header.from={domain}"}


def acknowledged(desk, number):
    """Whether the ticket's first mail was acknowledged with a promise, by a letter that left."""
    acks = [s for s in desk.sent if s.outgoing.key == f"ack:{number}"]
    return bool(acks) and acks[0].outgoing.promise is not None


@pytest.mark.parametrize("verdict", ["pass", "none", "fail (p=none)"])
@pytest.mark.parametrize("domain", ["mill.example", "gmail.com"])
def test_hazard_35_a_hundred_mails_of_one_domain_then_an_outage_of_a_proven_customer_there(new_desk, domain, verdict):
    desk = new_desk(public_domains=frozenset({"gmail.com"}))
    flood(
        desk,
        lambda n: mail(
            f"u{n}@{domain}",
            f"The export stops at page {n} with an error.",
            at=desk.clock.now(),
            subject=f"Export {n}",
            **stamp(domain, verdict),
        ),
        count=110,
        over=minutes(20),
    )
    desk.receive(mail(f"ana@{domain}", OUTAGE, at=desk.clock.now(), subject="Down", **stamp(domain, "pass")))
    number = max(t.number for t in desk.store.lists.tickets(limit=1000))
    assert desk.ticket(number).mute is None
    assert desk.promise(number) is not None
    assert acknowledged(desk, number)


@pytest.mark.parametrize("text", [PROBLEM, OUTAGE], ids=["problems", "outages"])
@pytest.mark.parametrize("count", [3, 12])
def test_hazard_35_forged_mails_in_a_customers_name_do_not_silence_her_own_outage(new_desk, text, count):
    desk = new_desk()
    for n in range(count):
        desk.receive(
            mail(
                "Ana Reis <ana@shop.example>",
                f"{text} Number {n}.",
                at=desk.clock.now(),
                **stamp("shop.example", "none"),
            )
        )
        desk.clock.at += minutes(1)
    desk.receive(mail("Ana Reis <ana@shop.example>", OUTAGE, at=desk.clock.now(), **stamp("shop.example", "pass")))
    number = max(t.number for t in desk.store.lists.tickets(limit=1000))
    assert desk.promise(number) is not None
    assert acknowledged(desk, number)


def test_hazard_35_three_problems_in_her_name_do_not_silence_an_outage_where_no_results_are_configured(new_desk):
    desk = new_desk(authserv_id=None)
    for n in range(3):
        desk.receive(mail("Ana Reis <ana@shop.example>", f"{PROBLEM} Number {n}.", at=desk.clock.now()))
        desk.clock.at += minutes(1)
    desk.receive(mail("Ana Reis <ana@shop.example>", OUTAGE, at=desk.clock.now()))
    assert desk.promise(4) is not None
    assert acknowledged(desk, 4)


def test_hazard_35_an_outage_of_a_confirmed_customer_does_not_wait_for_the_breaker(new_desk):
    desk = new_desk(breaker_floor=20)
    flood(
        desk, lambda n: mail(f"c{n}@shop{n}.example", f"{PROBLEM} {n}", at=desk.clock.now()), count=60, over=minutes(10)
    )
    assert any(s.outgoing.name == "trouble" for s in desk.sent), "the breaker is open"
    desk.receive(mail("ana@mill.example", OUTAGE, at=desk.clock.now(), subject="Down", **stamp("mill.example", "pass")))
    assert acknowledged(desk, 61)


def test_hazard_35_her_own_limit_is_ten_an_hour_and_then_the_agents_hear_of_it(new_desk):
    desk = new_desk()
    for n in range(12):
        desk.receive(
            mail(
                "ana@mill.example",
                f"{OUTAGE} Shop {n}.",
                at=desk.clock.now(),
                subject=f"S {n}",
                **stamp("mill.example", "pass"),
            )
        )
        desk.clock.at += minutes(1)
    acked = [n for n in range(1, 13) if acknowledged(desk, n)]
    assert acked == list(range(1, 11))
    for number in (11, 12):
        assert desk.ticket(number).mute.reason.code == "limit.urgent"
        assert desk.ticket(number).look.kind is LookFor.REMIND_AGENTS, "the agents hear of them again"
