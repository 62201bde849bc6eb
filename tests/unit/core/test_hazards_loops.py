"""Hazards 16 to 18: machines that answer machines, floods of forged senders, and everything that must stay unanswered."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailbot.core.intake.tokens import Signer
from mailbot.core.model.outgoing import OutgoingKind
from mailbot.core.model.silence import Silence, is_kind
from mailbot.loops.brakes import stops
from mailbot.ports import RawMail
from tests.simulation.simulated_desk import MARA, MONDAY, SimulatedDesk, mail, minutes

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
CORPORA = Path(os.environ.get("MAILBOT_CORPORA", ROOT.parent / "shared" / "corpora"))
SERVER = "mx.lumen.example"


@pytest.fixture
def new_desk():
    desks = []

    def make(**limits):
        def change(policy):
            limited = replace(policy.limits, **limits)
            return replace(policy, authserv_id=SERVER, agents={"mara": MARA}, limits=limited)

        desks.append(SimulatedDesk(change_policy=change))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


def automatic(desk, to=""):
    """What the desk wrote to people outside by itself."""
    return [s for s in desk.sent if s.outgoing.kind is OutgoingKind.LETTER and to in s.outgoing.to.address]


# --- 16: machines that answer machines ---------------------------------------------------------------------------


def other_desk(desk, name):
    """Another company's desk: its own secret and its own address."""
    policy = desk.setting.policy
    inbox = replace(policy.inboxes["support"], address=f"help@{name}.example")
    agents = {k: replace(a, addresses=(f"{k}@{name}.example",)) for k, a in policy.agents.items()}
    desk.setting = replace(
        desk.setting,
        policy=replace(policy, inboxes={"support": inbox}, agents=agents, authserv_id=None),
        signer=Signer(name.encode() * 8),
    )


@pytest.mark.parametrize("strips", [False, True], ids=["as they are", "every header stripped on the way"])
def test_hazard_16_two_desks_facing_each_other_soon_fall_silent(new_desk, strips):
    ours, theirs = new_desk(), new_desk()
    other_desk(theirs, "fern")
    ours.receive(mail("Fern Support <help@fern.example>", "The export is broken, what can we do?", at=MONDAY))
    crossed = Counter()
    for _ in range(12):
        for source, target in ((ours, theirs), (theirs, ours)):
            for sent in automatic(source)[crossed[id(source)] :]:
                crossed[id(source)] += 1
                assert sent.outgoing.to.address.endswith(("fern.example", "lumen.example"))
                target.receive(stripped(sent) if strips else b"Return-Path: <x@y.example>\r\n" + sent.raw)
        for desk in (ours, theirs):
            desk.clock.at += minutes(1)
            desk.tick()
    if strips:  # then nothing tells them that they are machines: the limit of each holds
        assert max(crossed.values()) <= 3
        return
    assert sum(crossed.values()) <= 2
    assert crossed[id(ours)] == 1


def stripped(sent, subject=None):
    """The words of a mail as something sends them on that keeps nothing but who, to whom, and what about."""
    to = sent.outgoing.to.address
    return mail(
        sent.header("From"), sent.text, at=sent.at, to=to, subject=subject or f"Fwd: {sent.header('Subject')[4:]}"
    )


@pytest.mark.parametrize("thread", [False, True], ids=["to the plain address", "to the signed address"])
def test_hazard_16_an_autoresponder_that_strips_every_header_gets_three_an_hour_at_most(new_desk, thread):
    desk = new_desk()
    robot = "orders@robot.example"
    desk.receive(mail(robot, "Your order is on its way. Can we help you with anything else?", at=MONDAY))
    answered = 0
    for _ in range(3 * 24 * 12):
        # It answers each mail within five minutes, in words that no list of phrases knows.
        desk.pass_time(desk.clock.now() + minutes(5))
        for sent in automatic(desk, robot)[answered:]:
            answered += 1
            words = f"Number {answered} was recorded in our book, we look at it. What else is broken?"
            to = sent.reply_to if thread else "help@lumen.example"
            desk.receive(mail(robot, words, at=desk.clock.now(), to=to, subject=f"Case {answered}"))
    assert answered >= (3 if thread else 2), "it never answered: it says nothing"
    letters = automatic(desk, robot)
    assert busiest(letters, timedelta(hours=1), until=MONDAY + timedelta(days=1)) <= 3
    first_words = [s for s in letters if stops(s.outgoing)]
    assert busiest(first_words, timedelta(hours=1)) <= 3
    assert busiest(first_words, timedelta(days=1)) <= 10
    # What was promised is kept or covered even towards a machine; that stays bounded as well.
    assert busiest(letters, timedelta(hours=1)) <= 6


def busiest(letters, span, *, until=None):
    """The most letters that left within any such span."""
    times = [s.at for s in letters if until is None or s.at < until]
    return max(sum(t <= other < t + span for other in times) for t in times)


# --- 17: floods --------------------------------------------------------------------------------------------------

FLOOD = 600
AT_ONCE = 20
A_MINUTE = minutes(1)


def flood(desk, raw_of, *, every=A_MINUTE, count=FLOOD):
    """The mails come in, twenty at a time."""
    for start in range(0, count, AT_ONCE):
        raws = [raw_of(n) for n in range(start, start + AT_ONCE)]
        desk.store.put(
            [
                RawMail(mailbox="support", uidvalidity=1, uid=start + i, raw=r, size=len(r))
                for i, r in enumerate(raws, 1)
            ],
            desk.clock.now(),
        )
        while desk.decider.decide_some():
            pass
        desk.send()
        desk.clock.at += every


def test_hazard_17_of_forged_senders_none_is_answered_and_all_come_in(new_desk):
    desk = new_desk(breaker_floor=50)
    verdict = f"{SERVER}; spf=fail smtp.mailfrom=evil.example; dmarc=fail header.from=victim.example"
    flood(
        desk,
        lambda n: mail(
            f"Victim {n} <v{n}@victim.example>",
            f"Where is my order number {n}?",
            at=desk.clock.now(),
            Authentication_Results=verdict,
        ),
    )
    desk.pass_time(MONDAY + timedelta(days=2))
    assert automatic(desk) == []
    assert desk.store.lists.totals().inbound == {"done": FLOOD}
    tickets = desk.store.lists.tickets(limit=FLOOD + 1)
    assert len(tickets) == FLOOD
    assert all(is_kind(t.mute, Silence.DOUBTFUL) for t in tickets)
    assert not [s for s in desk.sent if "victim.example" in s.outgoing.to.address]


@pytest.mark.parametrize(
    ("every", "count"), [(minutes(1), FLOOD), (timedelta(0), 200)], ids=["for half an hour", "within one moment"]
)
def test_hazard_17_the_breaker_pauses_letters_says_so_once_and_mail_still_comes_in(new_desk, every, count):
    floor = 50
    desk = new_desk(breaker_floor=floor, per_domain_hour=100_000)
    flood(
        desk,
        lambda n: mail(f"c{n}@shop{n}.example", f"Where is my order number {n}?", at=desk.clock.now()),
        every=every,
        count=count,
    )
    assert desk.store.lists.totals().inbound == {"done": count}
    assert len(desk.store.lists.tickets(limit=count + 1)) == count
    assert floor - AT_ONCE <= len(automatic(desk)) <= floor + AT_ONCE
    warned = [s for s in desk.sent if s.outgoing.name == "trouble"]
    assert [s.outgoing.to.address for s in warned] == ["admin@lumen.example"]
    assert "automatic letters within the hour" in warned[0].text
    # An agent is not paused.
    before = len(desk.sent)
    notice = desk.last("new", "mara")
    verdict = f"{SERVER}; dmarc=pass header.from=lumen.example"
    desk.receive(
        mail("mara@lumen.example", "On it.", at=desk.clock.now(), to=notice.reply_to, Authentication_Results=verdict),
        "billing",
    )
    assert desk.names(before) == ["relay"]


def test_hazard_17_what_the_breaker_held_up_goes_on_when_it_is_calm_again(new_desk):
    desk = new_desk(breaker_floor=10, per_domain_hour=100_000)
    for n in range(25):
        desk.receive(mail(f"c{n}@shop{n}.example", f"Where is my order number {n}?", at=desk.clock.now()))
    assert len(automatic(desk)) < 15
    desk.pass_time(desk.clock.now() + timedelta(hours=1, minutes=5))
    firsts = Counter(s.outgoing.to.address for s in automatic(desk) if s.outgoing.name == "ack")
    assert len(firsts) == 25
    assert set(firsts.values()) == {1}


# --- 18: what machines write -------------------------------------------------------------------------------------


BY_PEOPLE = {"sisimai-00645"}  # a person passes a report on and says so


def corpus(name):
    """The mails of a corpus whose labels say that a machine wrote them."""
    for line in (CORPORA / f"{name}.jsonl").read_text("utf-8").splitlines():
        one = json.loads(line)
        yield one["id"], one["expect"], CORPORA / one["file"]


@pytest.mark.skipif(not CORPORA.is_dir(), reason=f"no corpora at {CORPORA}: MAILBOT_CORPORA says where")
@pytest.mark.parametrize("name", ["auto", "bounce"])
def test_hazard_18_no_machine_of_the_corpora_gets_a_letter(new_desk, name):
    desk = new_desk(per_address_hour=100_000, per_address_day=100_000, per_domain_hour=100_000, breaker_floor=100_000)
    desk.setting = replace(
        desk.setting,
        policy=replace(
            desk.setting.policy,
            inboxes={"support": replace(desk.setting.policy.inboxes["support"], answer_when_not_addressed=True)},
        ),
    )
    answered = []
    for identity, expected, file in corpus(name):
        if expected.get("class") == "human" or expected.get("is_bounce", True) is not True or identity in BY_PEOPLE:
            continue
        raw = young(file.read_bytes())
        before = len(automatic(desk))
        desk.receive(raw)
        if len(automatic(desk)) > before:
            answered.append((identity, expected.get("class"), automatic(desk)[-1].outgoing.name))
    assert answered == []


_DATES = re.compile(rb"(?im)^(Date|Received|Delivery-Date|X-Received):.*(?:\r?\n[ \t].*)*\r?\n")


def young(raw: bytes) -> bytes:
    """The mail as if it were written now: else its age alone would keep it unanswered."""
    head, gap, body = raw.partition(b"\r\n\r\n") if b"\r\n\r\n" in raw else raw.partition(b"\n\n")
    return b"Date: Mon, 2 Mar 2026 09:00:00 +0100\r\n" + _DATES.sub(b"", head + b"\r\n").rstrip(b"\r\n") + gap + body
