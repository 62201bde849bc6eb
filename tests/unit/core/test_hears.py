"""Of which tickets an agent is told (`agent.hears`): somebody always is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.core.model.policy import Hears
from tests.simulation.simulated_desk import SimulatedDesk, mail, minutes

NORA = "Nora Feld <nora@pine.example>"
MARAS = "Mara Lind <mara@lumen.example>"
BROKEN = "Hello,\n\nthe export fails with an error since this morning.\n\nNora"


def desk_of(**hears):
    def change(policy):
        agents = {id_: replace(one, hears=hears.get(id_, Hears.GROUPS)) for id_, one in policy.agents.items()}
        return replace(policy, agents=agents)

    return SimulatedDesk(change_policy=change, vouches=True)


def told(desk, name, since=0):
    return {sent.outgoing.agent for sent in desk.sent[since:] if sent.outgoing.name == name}


@pytest.fixture
def opened():
    desks = []

    def open_one(**hears):
        desks.append(desk_of(**hears))
        desks[-1].receive(mail(NORA, BROKEN, at=desks[-1].clock.now()))
        return desks[-1]

    yield open_one
    for one in desks:
        one.close()


def test_by_default_the_group_is_told(opened):
    assert told(opened(), "new") == {"mara", "joost"}


def test_who_hears_of_their_own_alone_is_told_of_what_they_have(opened):
    desk = opened(mara=Hears.MINE)
    assert told(desk, "new") == {"joost"}
    joost = desk.last("new", "joost")
    desk.receive(mail("Joost Baker <joost@lumen.example>", "/assign Mara", at=desk.clock.now(), to=joost.reply_to))
    since = len(desk.sent)
    desk.pass_time(desk.clock.now() + minutes(5))
    desk.receive(mail(NORA, "It fails still.", at=desk.clock.now(), to=desk.last("ack").reply_to))
    assert told(desk, "followup", since) == {"mara"}


def test_where_nobody_else_is_there_all_of_them_are_told(opened):
    assert told(opened(mara=Hears.MINE, joost=Hears.MINE), "new") == {"mara", "joost"}


def test_another_group_is_told_of_as_well_by_those_who_hear_of_all():
    desk = desk_of(mara=Hears.ALL)
    policy = desk.setting.policy
    elsewhere = {id_: replace(one, groups=("billing",)) if id_ == "mara" else one for id_, one in policy.agents.items()}
    moved = replace(policy, agents=elsewhere)
    assert "mara" in {one.id for one in moved.group("support")}
    assert [one.id for one in moved.group("billing")] == ["mara"]
    assert {one.id for one in moved.group("nobody")} == set(moved.agents)
    # A rule gives a ticket to an agent, to a group, even one of a single person, or to nobody that there is.
    assert [one.id for one in moved.given("joost")] == ["joost"]
    assert {one.id for one in moved.given("support")} >= {"mara", "joost"}
    assert moved.given("nobody") == ()
    desk.close()
