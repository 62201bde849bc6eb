"""Who reads the mail: a worker while there is mail, another beside a stuck one, a mail that ends them is quarantined."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
import structlog

from mailbot.core.model.reason import why
from mailbot.errors import StoreDown
from mailbot.loops.receive import LEASE
from mailbot.loops.worker_processes import LOOK_AGAIN, MOST_WORKERS, STILL, STUCK, Workforce
from mailbot.ports import Lease
from mailbot.workers import At, End, Ended
from tests.simulation.simulated_desk import SimulatedDesk
from tests.unit.core.test_pipeline import decide_all, deliver, strangers, subjects


@pytest.fixture(autouse=True)
def quiet():
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


@pytest.fixture
def desk():
    one = SimulatedDesk()
    yield one
    one.close()


@dataclass
class Scripted:
    """A worker that does what the test says."""

    holder: str
    setting: object = None
    reads: At | None = None
    silent: float = 0.0
    ended: Ended | None = None
    woken: int = 0
    dismissed: bool = False

    def at(self):
        return self.reads

    def silent_for(self):
        return self.silent

    def wake(self):
        self.woken += 1
        return True

    def dismiss(self):
        self.dismissed = True

    def stuck_at(self, number, *, again=False):
        self.reads, self.silent = At(inbound=number, again=again), STUCK + 1

    def ends(self, how, words=""):
        self.ended = Ended(how=how, words=words, at=self.reads)


@dataclass
class Office:
    """Where scripted workers come from."""

    hired: list = field(default_factory=list)
    setting: object = None
    closed: bool = False

    def hire(self):
        if self.closed:
            return None
        self.hired.append(Scripted(f"box:1:{len(self.hired)}", self.setting))
        return self.hired[-1]

    def renew(self, setting):
        self.setting = setting

    def end(self, _seconds):
        self.closed = True


class Work:
    """A workforce over the real store, and a clock of its own for its pauses."""

    def __init__(self, desk):
        self.desk, self.office, self.elapsed = desk, Office(), 0.0
        self.force = Workforce(
            self.office,
            inbound=desk.store,
            clock=desk.clock,
            setting=lambda: desk.setting,
            elapsed=lambda: self.elapsed,
        )

    def look(self):
        return self.force.look()

    @property
    def last(self):
        return self.office.hired[-1]

    def claim(self, worker, limit=16):
        return self.desk.store.claim(worker.holder, self.desk.clock.now(), LEASE, limit)

    def sweep(self, worker):
        """As the liveness does when it finds the process gone."""
        now = self.desk.clock.now()
        self.desk.store.hold(f"process:{worker.holder}", worker.holder, now, LEASE)
        lease = Lease(name=f"process:{worker.holder}", holder=worker.holder, until=now)
        return self.desk.store.abandon(lease, now, gone=True)

    def put_aside(self):
        return {row.id: row.reason for row in self.desk.store.quarantine.list()}


@pytest.fixture
def work(desk):
    return Work(desk)


def test_nobody_is_there_while_there_is_no_mail(work):
    assert work.look() is None
    assert work.office.hired == []


def test_one_is_hired_for_mail_and_woken_for_more(work):
    deliver(work.desk, strangers(3))
    assert work.look() == LOOK_AGAIN
    assert work.look() == LOOK_AGAIN
    assert [worker.woken for worker in work.office.hired] == [1]


def test_one_that_went_by_itself_is_replaced_when_there_is_mail(work):
    deliver(work.desk, strangers(1))
    work.look()
    work.last.ends(End.DONE)
    work.look()
    assert len(work.office.hired) == 2


def test_hazard_29_while_one_is_stuck_its_other_mails_and_those_behind_go_on(work):
    deliver(work.desk, strangers(5))
    work.look()
    stuck = work.last
    bad, *others = work.claim(stuck)
    assert len(others) == 4
    stuck.stuck_at(bad.inbound)
    work.look()
    assert len(work.office.hired) == 2
    again = work.claim(work.last)
    assert [claim.inbound for claim in again] == [claim.inbound for claim in others]
    assert {(claim.attempts, claim.again) for claim in again} == {(1, False)}, "as if they had never been claimed"
    work.look()
    assert stuck.woken == 0
    assert work.last.woken == 1


def test_not_more_than_a_few_are_stuck_at_once(work):
    deliver(work.desk, strangers(10))
    for _ in range(8):
        work.look()
        work.last.stuck_at(1)
    assert len(work.office.hired) == MOST_WORKERS


def test_one_that_waits_for_the_disk_is_waited_for_a_while(work):
    deliver(work.desk, strangers(2))
    work.look()
    work.last.silent = STUCK + 1
    work.look()
    assert len(work.office.hired) == 1
    work.last.silent = STILL
    work.look()
    assert len(work.office.hired) == 2


@pytest.mark.parametrize("swept", [False, True], ids=["at once", "after its claims were taken back"])
def test_hazard_29_a_mail_that_takes_too_long_is_put_aside_with_one_notice(work, swept):
    deliver(work.desk, strangers(3))
    work.look()
    first = work.claim(work.last)[1]
    work.last.reads = At(inbound=first.inbound)
    work.last.ends(End.TIME, "SIGPROF")
    if swept:
        work.sweep(work.last)
    work.look()
    work.sweep(work.office.hired[0])
    decide_all(work.desk)
    assert work.put_aside() == {first.inbound: str(why("quarantine.time", seconds="10"))}
    assert len(subjects(work.desk)) == 2
    work.desk.send()
    [notice] = [sent for sent in work.desk.sent if sent.outgoing.name == "quarantine"]
    assert "it takes more than 10 seconds to read" in notice.text
    assert f"mailbot quarantine retry {first.inbound}" in notice.text


@pytest.mark.parametrize(
    ("how", "words", "reason"),
    [
        (End.MEMORY, "71", why("quarantine.memory", megabytes=512)),
        (End.BROKEN, "SIGSEGV", why("quarantine.broken", end="SIGSEGV")),
    ],
)
def test_hazard_11_what_ends_a_worker_once_is_tried_again_alone_and_then_put_aside(work, how, words, reason):
    deliver(work.desk, strangers(3))
    work.look()
    bad = work.claim(work.last)[0]
    for again in (False, True):
        work.last.reads = At(inbound=bad.inbound, again=again)
        work.last.ends(how, words)
        work.look()
        work.sweep(work.office.hired[-2] if again else work.office.hired[0])
        if not again:
            work.look()
            [alone] = work.claim(work.last)
            assert (alone.inbound, alone.again, alone.given_up) == (bad.inbound, True, None)
    decide_all(work.desk)
    assert work.put_aside() == {bad.inbound: str(reason)}
    assert len(subjects(work.desk)) == 2


def test_a_kill_from_outside_counts_against_no_mail(work):
    deliver(work.desk, strangers(2))
    work.look()
    for _ in range(2):
        claim = work.claim(work.last)[0]
        work.last.reads = At(inbound=claim.inbound, again=claim.again)
        work.last.ends(End.KILLED, "SIGKILL")
        work.look()
        work.sweep(work.last)
    decide_all(work.desk)
    assert work.put_aside() == {}


def test_a_new_setting_is_for_new_workers_and_the_old_ones_end_after_their_mail(work):
    deliver(work.desk, strangers(2))
    work.look()
    work.desk.setting = replace(work.desk.setting, detect=lambda _: None)
    work.look()
    old, new = work.office.hired
    assert old.dismissed
    assert new.setting is work.desk.setting
    assert not new.dismissed


def test_a_new_setting_counts_at_once(work):
    deliver(work.desk, strangers(2))
    work.look()
    work.force.setting_changed()
    assert not work.last.dismissed
    work.desk.setting = replace(work.desk.setting, detect=lambda _: None)
    work.force.setting_changed()
    assert work.last.dismissed
    assert work.office.setting is work.desk.setting


def test_hazard_04_a_store_that_a_worker_finds_down_is_down_until_one_has_stored_something(work):
    deliver(work.desk, strangers(1))
    work.look()
    work.last.ends(End.STORE, "-full the disk of the database is full")
    for _ in range(2):
        with pytest.raises(StoreDown, match=r"^the disk of the database is full$") as down:
            work.look()
        assert down.value.kind == "full"
    assert len(work.office.hired) == 2
    work.force.decided()
    assert work.look() == LOOK_AGAIN


def test_hazard_09_on_a_bad_road_to_the_store_the_next_goes_on_at_once_where_the_last_got_on(work):
    deliver(work.desk, strangers(1))
    for hired in (1, 2, 3):
        work.look()
        assert len(work.office.hired) == hired
        work.force.decided()
        work.last.ends(End.STORE, "- server closed the connection")
    work.look()
    work.last.ends(End.STORE, "- server closed the connection")
    with pytest.raises(StoreDown):
        work.look()


def test_those_that_end_without_a_word_are_not_hired_again_and_again(work):
    deliver(work.desk, strangers(1))
    for _ in range(20):
        work.look()
        if work.last.ended is None:
            work.last.ends(End.BROKEN, "1")
    assert len(work.office.hired) == 1
    work.elapsed = 0.6
    work.look()
    assert len(work.office.hired) == 2


def test_where_none_can_be_had_it_is_asked_again(work):
    deliver(work.desk, strangers(1))
    work.office.closed = True
    assert work.look() is not None


def test_after_the_end_nobody_is_hired(work):
    deliver(work.desk, strangers(1))
    work.look()
    work.force.dismiss()
    assert work.last.dismissed
    work.last.ends(End.DONE)
    assert work.look() is None
    work.force.end(1.0)
    assert len(work.office.hired) == 1
