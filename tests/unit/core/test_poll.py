"""An inbox at the end of a bad road: what can be fetched is stored, little by little."""

import pytest

from mailbot.errors import MailboxDown, StoreDown
from tests.simulation.scripted_world import Box, ScriptedDesk

MAIL = b"From: Nora <nora@shop%d.example>\r\nSubject: Export\r\n\r\nThe export is broken.\r\n"


class FarAway(Box):
    """As long as the road to it is `bad`, it bears two mails at a time; `asked` is how many were asked for each time."""

    def __init__(self):
        super().__init__()
        self.asked, self.bad = [], True

    def fetch(self, uids):
        self.asked.append(len(uids))
        if len(uids) > 2 and self.bad:
            raise MailboxDown("fetching: connection reset")
        return super().fetch(uids)


@pytest.fixture
def world():
    desk = ScriptedDesk(box=FarAway())
    yield desk
    desk.close()


def test_hazard_09_a_road_that_bears_little_is_asked_for_less_each_time(world):
    poller = world.poller()
    poller.poll_once()
    world.box.deliver(*(MAIL % n for n in range(60)))
    tries = 0
    while len(world.box.marked) < 60:
        tries += 1
        assert tries < 60
        try:
            poller.poll_once()
        except MailboxDown:
            continue
    assert world.box.asked[:4] == [50, 12, 3, 1]
    assert sorted(world.box.marked) == list(range(1, 61))


def test_hazard_09_and_for_more_again_when_it_bears_it(world):
    poller = world.poller()
    poller.poll_once()
    world.box.deliver(*(MAIL % n for n in range(60)))
    with pytest.raises(MailboxDown):
        poller.poll_once()
    world.box.bad = False
    poller.poll_once()
    assert world.box.asked == [50, 12, 24, 24]


def test_hazard_09_what_was_stored_and_not_marked_is_marked_on_the_next_road(world):
    poller = world.poller()
    poller.poll_once()
    world.box.bad = False
    world.box.deliver(MAIL % 1, MAIL % 2)

    def breaks(_uids):
        raise MailboxDown("marking: connection reset")

    world.box.on_mark = breaks
    with pytest.raises(MailboxDown):
        poller.poll_once()
    assert world.box.marked == []
    world.box.on_mark = lambda _uids: None
    poller.poll_once()
    assert world.box.marked == [1, 2]
    poller.poll_once()
    assert world.box.marked == [1, 2]


def test_hazard_19_what_was_stored_though_the_store_said_that_it_is_down_is_marked_as_well(world, monkeypatch):
    poller = world.poller()
    poller.poll_once()
    world.box.bad = False
    world.box.deliver(MAIL % 1)
    put = world.store.put

    def stored_and_not_said(mails, now):
        put(mails, now)
        raise StoreDown("the answer was cut off")

    with monkeypatch.context() as patch:
        patch.setattr(world.store, "put", stored_and_not_said)
        with pytest.raises(StoreDown):
            poller.poll_once()
    poller.poll_once()
    assert world.box.marked == [1]
