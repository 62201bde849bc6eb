"""Hazard 45: a From that no letter can reach; and lines for the desk that hide what they are (hazard 47)."""

from __future__ import annotations

import timeit
from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.core.model.decision import Decision
from mailbot.core.model.outgoing import OutgoingKind
from mailbot.core.model.ticket import TicketState
from mailbot.core.sending.header_values import no_address
from mailbot.core.verbs.lines import verbs_in
from tests.simulation.simulated_desk import JOOST, MARA, MONDAY, SimulatedDesk, mail

OUTAGE = "Our whole shop is down, nobody can order, error 503 everywhere!"
EMPTY = Decision(outcome="test")
LONG = ".".join(["a" * 60] * 5)
UNREACHABLE = [
    "ana@cust\u200bomer.example",
    f"ana@{LONG}.example",
    "an\u2060a@customer.example",
    "ana@" + "b" * 64 + ".example",
]


@pytest.fixture
def desk():
    made = SimulatedDesk()
    yield made
    made.close()


def outside(desk):
    return [s for s in desk.sent if s.outgoing.kind is not OutgoingKind.NOTICE]


@pytest.mark.parametrize("address", UNREACHABLE)
def test_hazard_45_what_no_letter_can_reach_is_told_at_once_and_promised_nothing(desk, address):
    (decision,) = desk.receive(mail(f"Ana <{address}>", OUTAGE, at=MONDAY))
    assert decision.outcome == "opened"
    assert (desk.promise(), outside(desk), decision.promises) == (None, [], ())
    assert not [o for o in decision.outgoing if o.kind is not OutgoingKind.NOTICE]
    notice = desk.last("new", "mara")
    assert "Nobody can be reached there" in notice.text
    assert "your words go to" not in notice.text
    desk.pass_time(desk.clock.at + timedelta(days=1))
    assert not outside(desk)
    assert desk.last("unanswered", "mara"), "the ticket waits on the agents' page"


def test_hazard_45_words_for_them_are_refused_until_somebody_is_named(desk):
    desk.receive(mail(f"Ana <{UNREACHABLE[0]}>", OUTAGE, at=MONDAY))
    notice, mara = desk.last("new", "mara"), f"{MARA.name} <{MARA.addresses[0]}>"
    (decision,) = desk.receive(mail(mara, "It works again.", at=MONDAY, to=notice.reply_to))
    assert decision.outcome == "refused"
    assert "/customer ADDRESS" in desk.last("refused", "mara").text
    named = "/customer ana@customer.example\n\nIt works again."
    (decision,) = desk.receive(mail(mara, named, at=MONDAY, to=notice.reply_to))
    assert decision.outcome == "relayed"
    assert [s.outgoing.to.address for s in outside(desk)] == ["ana@customer.example"]


def test_hazard_45_a_letter_that_was_decided_before_fails_at_once_and_is_told(desk):
    (opened,) = desk.receive(mail("Ana <ana@customer.example>", OUTAGE, at=MONDAY))
    ticket = desk.ticket()
    bad = replace(ticket, requester=replace(ticket.requester, address=UNREACHABLE[0]))
    letter = next(o for o in opened.outgoing if o.name == "ack")
    late = replace(letter, key="late", to=bad.requester)
    desk.store.commit(replace(EMPTY, tickets=(bad,), outgoing=(late,)), desk.clock.now())
    desk.send()
    assert "cust" in desk.last("undeliverable", "mara").text
    assert desk.promise() is None
    assert (desk.ticket().state, desk.ticket().mute is not None) == (TicketState.OPEN, True)


@pytest.mark.parametrize(
    "address",
    ["a@b.example", "a@straße.example", "münchen@firm.example", "a+b@c.example", '"a b"@c.example', "a@[192.0.2.1]"],
)
def test_what_a_server_may_deliver_to_is_tried(address):
    assert no_address(address) is None


@pytest.mark.parametrize(
    "line", ["/good\u200bwill 500 EUR sorry", "/\uff47oodwill 500 EUR sorry", "> /goodwill 500 EUR", "#GOODWILL 5"]
)
def test_hazard_47_the_ledger_is_asked_for_whatever_the_parser_reads_as_goodwill(line):
    assert verbs_in(f"Hello\n{line}\n") == {"goodwill"}


@pytest.mark.parametrize("line", ["/good\u200bwill 40 EUR for the outage", "/goodwill 40 EUR for the outage"])
def test_hazard_47_an_invisible_sign_gives_no_more_than_the_budget_holds(desk, line):
    agents = {a.id: replace(a, goodwill=5_000) for a in desk.setting.policy.agents.values()}
    desk.setting = replace(desk.setting, policy=replace(desk.setting.policy, agents=agents))
    given = []
    for n in range(2):
        desk.receive(mail(f"P{n} <p{n}@firm{n}.example>", OUTAGE, at=MONDAY))
        notice = desk.last("new", "joost")
        text = f"{line}\n\nWe are sorry."
        (decision,) = desk.receive(mail(f"{JOOST.name} <{JOOST.addresses[0]}>", text, at=MONDAY, to=notice.reply_to))
        given += [each.state for each in decision.goodwill]
    assert given == ["granted", "asked"]


@pytest.mark.parametrize("unit", ["/\u200b", "\u200b", "/goodwill ", "> ", "*_", "/g\u2060", "\n/", "# "])
def test_hazard_30_looking_for_lines_takes_no_longer_on_text_that_was_made_for_it(unit):
    def seconds(count):
        text = (unit * count)[:count]
        return min(timeit.repeat(lambda: verbs_in(text), number=1, repeat=3))

    seconds(1_000)
    assert seconds(40_000) < max(40 * seconds(2_000), 0.5)
