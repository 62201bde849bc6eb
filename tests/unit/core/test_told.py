"""What rules ask for besides a priority is done: people are told, letters held or chosen, nobody is promised in silence."""

from dataclasses import replace

import pytest

from mailbot.core.language.terms import term
from mailbot.core.model.policy import Agent
from mailbot.core.model.silence import Silence, is_kind
from mailbot.core.rules.conditions import TextCondition
from mailbot.core.rules.model import Rule, RuleSet, Then
from tests.simulation.simulated_desk import JOOST, MARA, SimulatedDesk, mail

TEA = Agent(id="tea", name="Tea Brook", addresses=("tea@lumen.example",), groups=("triage",))
LEO = Agent(id="leo", name="Leo Hart", addresses=("leo@lumen.example",), groups=("law",))


@pytest.fixture
def desk():
    made = SimulatedDesk(
        change_policy=lambda policy: replace(policy, agents={a.id: a for a in (MARA, JOOST, TEA, LEO)})
    )
    yield made
    made.close()


def write(desk, said, **then):
    rule = Rule(id="own", when=(TextCondition(field="text", terms=(term("lamp"),)),), then=Then(**then))
    desk.setting = replace(desk.setting, rules=RuleSet.of([rule]))
    return desk.receive(mail("Ada <ada@customer.example>", said, at=desk.clock.now()))


def told(desk):
    return sorted(s.outgoing.to.address.partition("@")[0] for s in desk.sent if s.outgoing.name == "new")


def test_the_group_of_the_inbox_hears_and_the_triage_group_where_no_rule_fitted(desk):
    write(desk, "My lamp.", priority=2)
    assert told(desk) == ["joost", "mara"]
    desk.sent.clear()
    write(desk, "My chair.")
    assert told(desk) == ["joost", "mara", "tea"]


def test_an_agent_a_group_and_an_address_are_notified_besides(desk):
    write(desk, "My lamp.", priority=2, notify=("tea", "law", "mara@lumen.example", "board@lumen.example"))
    assert told(desk) == ["board", "joost", "leo", "mara", "tea"]
    outside = desk.last("new", "board")
    assert "+" not in outside.reply_to
    assert outside.outgoing.agent is None
    assert "+" in desk.last("new", "tea").reply_to


def test_a_group_that_is_assigned_hears_in_place_of_the_inbox(desk):
    write(desk, "My lamp.", priority=2, assign="law")
    assert told(desk) == ["leo"]
    desk.sent.clear()
    write(desk, "My lamp again.", priority=2, assign="tea")
    assert (told(desk), desk.ticket(2).assignee) == (["tea"], "tea")


def test_hold_waits_for_a_person_whose_word_ends_it(desk):
    write(desk, "My lamp.", priority=2, hold=True)
    assert "ack" not in desk.names()
    assert is_kind(desk.ticket().mute, Silence.HOLD)
    assert desk.promise() is None
    desk.receive(mail("Ada <ada@customer.example>", "Hello?", at=desk.clock.now(), subject="Re: [#1]"))
    assert "update" not in desk.names()
    notice = desk.last("new", "mara")
    desk.receive(mail(MARA.addresses[0], "We look at it today.", at=desk.clock.now(), to=notice.reply_to))
    assert desk.ticket().mute is None
    assert desk.promise() is not None


def test_the_letter_that_acknowledges_can_be_chosen(desk):
    write(desk, "My lamp.", priority=3, ack="thanks-feedback", incident="lamps")
    assert "thanks-feedback" in desk.names()
    assert "ack" not in desk.names()
    assert "incident:lamps" in desk.ticket().tags
