"""A secret or a certificate that comes to its end is announced 30, 7 and 1 days before, each time once."""

from datetime import UTC, timedelta

import pytest

from mailbot.core.oauth.expiry import Ending, step_of
from mailbot.loops.endings import Endings
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk

ENDS = Ending(what="secret", where="[[inbox]] support", at=MONDAY.astimezone(UTC) + timedelta(days=45))


@pytest.fixture
def world():
    desk = SimulatedDesk()
    yield desk
    desk.close()


@pytest.mark.parametrize(
    ("days", "step"),
    [(400, None), (30.1, None), (30, 30), (8, 30), (7, 7), (1.5, 7), (1, 1), (0.1, 1), (0, None), (-9, None)],
)
def test_which_step_has_come(days, step):
    assert step_of(ENDS, ENDS.at - timedelta(days=days)) == step


def test_it_is_told_three_times_whoever_looks_and_however_often(world):
    found = [ENDS, Ending(what="certificate", where="[smtp]", at=ENDS.at)]
    told = []

    def looking():
        return Endings(found=lambda: found, desk=world.store, clock=world.clock, setting=lambda: world.setting)

    one = looking()
    for _ in range(46 * 4):
        before = len(world.sent)
        one.tick()
        looking().tick()  # another process, or the same one after a restart
        world.send()
        told += [(ENDS.at - world.clock.at, sent) for sent in world.sent[before:]]
        world.clock.at += timedelta(hours=6)
    admins = len({sent.outgoing.to.address for _, sent in told})
    assert [left.days for left, _ in told] == [days for days in (30, 7, 1) for _ in range(2 * admins)]
    assert "the client secret that the desk logs in with expires on" in told[0][1].text
    assert "client_secret_expires" in told[0][1].text
    assert any("the certificate that the desk logs in with" in sent.text for _, sent in told)
