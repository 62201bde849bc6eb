"""Calls are made once each, tried again when they fail, and told to the admins when they keep failing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from mailbot.core.model.alert import Alert, AlertState, Called
from mailbot.core.model.reason import why
from mailbot.errors import StoreDown
from mailbot.loops.alerts import MOST_TRIES, Alerting
from tests.contract.made import decision, ticket
from tests.simulation.simulated_desk import SimulatedDesk


class Road:
    """A road that fails as often as it is told to."""

    def __init__(self, failures=0):
        self.failures, self.calls = failures, []

    def call(self, agent, words, *, ticket):
        self.calls.append((agent.id, ticket, words.code))
        self.failures -= 1
        return Called(reached=self.failures < 0, said="busy" if self.failures >= 0 else "ok")


@pytest.fixture
def desk():
    one = SimulatedDesk(vouches=True)
    one.store.commit(decision(tickets=(ticket(1),)), one.clock.now())
    yield one
    one.close()


def alerting(desk, road):
    return Alerting(store=desk.store, desk=desk.store, clock=desk.clock, setting=lambda: desk.setting, road=road)


def call(desk, *agents):
    words = why("alert.words", desk="Lumen", number=1, who="Nora", subject="Down", due="09:15 CET")
    alerts = tuple(Alert(key=f"alert:p1:{agent}", ticket=1, agent=agent, words=words) for agent in agents)
    desk.store.commit(replace(decision(), alerts=alerts), desk.clock.now())


def test_each_is_called_once(desk):
    road = Road()
    call(desk, "mara", "joost")
    call(desk, "mara")
    one = alerting(desk, road)
    assert one.tick() == 2
    assert road.calls == [("mara", 1, "alert.words"), ("joost", 1, "alert.words")]
    desk.clock.at += timedelta(days=1)
    assert one.tick() == 0


def test_one_that_fails_is_tried_again_later_and_later_and_given_up(desk):
    road = Road(failures=100)
    call(desk, "mara")
    one = alerting(desk, road)
    tried = []
    for _ in range(3600):
        if one.tick():
            tried.append(desk.clock.now())
        desk.clock.at += timedelta(seconds=1)
    assert len(tried) == MOST_TRIES
    gaps = [(b - a).total_seconds() for a, b in pairwise(tried)]
    assert gaps == [15, 30, 60, 120, 240]
    desk.send()
    (trouble,) = [s for s in desk.sent if s.outgoing.name == "trouble"]
    assert "Mara Lind couldn't be called about an outage: busy" in trouble.text
    assert "mailbot oncall --test" in trouble.text


def test_the_admins_hear_of_it_even_if_the_desk_could_not_tell_them_at_first(desk, monkeypatch):
    call(desk, "mara")
    one = alerting(desk, Road(failures=100))
    one.tick()
    desk.clock.at += timedelta(seconds=15)
    with monkeypatch.context() as broken:
        broken.setattr(type(desk.store), "commit", lambda *_: (_ for _ in ()).throw(StoreDown("gone")))
        with pytest.raises(StoreDown):
            one.tick()
    desk.clock.at += timedelta(seconds=30)
    one.tick()
    desk.send()
    assert [s.outgoing.name for s in desk.sent] == ["trouble"]


def test_one_that_fails_once_reaches_them_the_second_time_and_nobody_is_told(desk):
    road = Road(failures=1)
    call(desk, "mara")
    one = alerting(desk, road)
    one.tick()
    desk.clock.at += timedelta(seconds=15)
    one.tick()
    assert len(road.calls) == 2
    desk.send()
    assert desk.sent == []


def test_a_mistake_about_one_agent_keeps_no_other_from_being_called(desk):
    class Broken(Road):
        def call(self, agent, words, *, ticket):
            if agent.id == "mara":
                raise ValueError(agent.phone)
            return super().call(agent, words, ticket=ticket)

    road = Broken()
    call(desk, "mara", "joost")
    assert alerting(desk, road).tick() == 2
    assert [agent for agent, _, _ in road.calls] == ["joost"]
    desk.clock.at += timedelta(seconds=15)
    assert alerting(desk, road).tick() == 1, "it is tried again like any that fails"


def test_one_that_a_process_left_is_made_by_another(desk):
    call(desk, "mara")
    (left,) = desk.store.take_alerts(desk.clock.now(), timedelta(minutes=5), 1)
    road = Road()
    assert alerting(desk, road).tick() == 0
    desk.clock.at += timedelta(minutes=5)
    assert alerting(desk, road).tick() == 1
    desk.store.settle_alert(left, AlertState.FAILED, "late", desk.clock.now())
    desk.clock.at += timedelta(days=1)
    assert alerting(desk, road).tick() == 0, "what the first one says of it no longer counts"


def test_who_is_no_longer_one_of_us_is_not_called(desk):
    call(desk, "gone")
    road = Road()
    alerting(desk, road).tick()
    assert road.calls == []
