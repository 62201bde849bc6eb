"""An inbox that cannot be opened is told once to the admins, with what to do, and once that it can be again."""

from datetime import timedelta

import pytest

from mailbot.core.model.reason import why
from mailbot.errors import MailboxDown, MailboxRefused, StoreDown
from mailbot.loops.inbox_trouble import InboxTrouble
from tests.simulation.simulated_desk import SimulatedDesk


@pytest.fixture
def world():
    desk = SimulatedDesk()
    yield desk
    desk.close()


@pytest.fixture
def trouble(world):
    return InboxTrouble("support", desk=world.store, clock=world.clock, setting=lambda: world.setting)


def told(world):
    world.send()
    return [sent for sent in world.sent if sent.outgoing.name == "trouble"]


def test_a_refused_login_is_told_once_and_that_it_works_again(world, trouble):
    refused = MailboxRefused("login of support@desk.example: …", why("oauth.secret-expired"))
    trouble.fails(refused)
    assert not told(world)  # once may be chance
    for _ in range(20):
        trouble.fails(refused)
        world.clock.at += timedelta(minutes=5)
    mails = told(world)
    assert len(mails) == len({mail.outgoing.to.address for mail in mails}) > 0
    assert "can't open the inbox support: the client secret has expired" in mails[0].text
    assert "mailbot check" in mails[0].text
    trouble.works()
    trouble.works()
    assert len(told(world)) == 2 * len(mails)
    assert "opens again" in told(world)[-1].text


def test_a_server_that_is_away_is_told_after_a_while(world, trouble):
    down = MailboxDown("the token endpoint login.desk.example cannot be reached: no answer in time")
    for _ in range(29):
        trouble.fails(down)
        world.clock.at += timedelta(minutes=1)
    assert not told(world)
    for _ in range(60):
        trouble.fails(down)
        world.clock.at += timedelta(minutes=1)
    (first, *_) = told(world)
    assert "the token endpoint login.desk.example cannot be reached" in first.text
    assert len(told(world)) == len({mail.outgoing.to.address for mail in told(world)})


def test_what_works_again_in_between_is_told_to_nobody(world, trouble):
    for _ in range(20):
        trouble.fails(MailboxDown("connection reset"))
        trouble.fails(MailboxRefused("try later"))
        world.clock.at += timedelta(minutes=20)
        trouble.works()
    assert not told(world)


def test_an_inbox_that_comes_and_goes_is_told_once_an_hour_and_one_that_stays_shut_is_told(world, trouble):
    admins = len(world.setting.policy.admins)
    for _ in range(12):
        trouble.fails(MailboxRefused("no"))
        trouble.fails(MailboxRefused("no"))
        world.clock.at += timedelta(minutes=4)
        trouble.works()
    assert len(told(world)) == 2 * admins
    for _ in range(20):
        trouble.fails(MailboxRefused("no"))
        world.clock.at += timedelta(minutes=5)
    mails = told(world)
    assert len(mails) == 3 * admins
    assert "can't open the inbox support" in mails[-1].text


def test_a_store_that_is_down_is_told_the_next_time(world):
    class Away:
        down = True

        def commit(self, decision, now):
            if self.down:
                raise StoreDown("locked")
            world.store.commit(decision, now)

    store = Away()
    trouble = InboxTrouble("support", desk=store, clock=world.clock, setting=lambda: world.setting)
    for _ in range(3):
        trouble.fails(MailboxRefused("no"))
    assert not told(world)
    store.down = False
    trouble.fails(MailboxRefused("no"))
    assert told(world)
