"""A notice that is held waits until its time, apart from those that are too many, in both databases."""

from __future__ import annotations

from dataclasses import replace

from mailbot.core.model.outgoing import OutboxState
from mailbot.core.sending.crowds import ALONE
from tests.contract.made import DAY, HOUR, MINUTE, NOW
from tests.contract.test_gathering import KIM, LEE, enter, notice, states


def held(key, until, **changes):
    return replace(notice(key, **changes), held_until=until)


def test_it_leaves_neither_before_its_time_nor_by_itself(store):
    enter(store, held("a", NOW + HOUR), notice("b"), held("c", NOW + DAY))
    assert [row.outgoing.key for row in store.ready(NOW + DAY + DAY, 20)] == ["b"]
    assert store.next_due() == NOW
    (before,) = store.crowded(NOW + MINUTE, MINUTE)
    assert (before.reader, before.notices, before.held_until) == (KIM.address, 2, NOW + HOUR)
    (due,) = store.crowded(NOW + HOUR, MINUTE)
    assert (due.notices, due.held_until, due.first) == (1, None, NOW)
    assert [row.outgoing.key for row in store.gathered(KIM.address, 10, NOW + HOUR)] == ["a"]
    assert [row.outgoing.key for row in store.gathered(KIM.address, 10)] == ["a", "c"]


def test_what_is_held_hides_nothing_that_is_too_much(store):
    enter(store, held("held", NOW + HOUR, sender="else@mill.example"), *(notice(f"n{nth}") for nth in range(ALONE + 2)))
    (crowd,) = store.crowded(NOW + MINUTE, MINUTE)
    assert (crowd.notices, crowd.held_until) == (2, None)
    assert [row.outgoing.key for row in store.gathered(KIM.address, 10, NOW)] == ["n5", "n6"]


def test_each_reader_waits_for_their_own(store):
    enter(store, held("k", NOW + HOUR), held("l", NOW + DAY, to=LEE))
    assert {one.reader: one.held_until for one in store.crowded(NOW, MINUTE)} == {
        KIM.address: NOW + HOUR,
        LEE.address: NOW + DAY,
    }
    assert {one.reader: one.held_until for one in store.crowded(NOW + HOUR, MINUTE)} == {
        KIM.address: None,
        LEE.address: NOW + DAY,
    }


def test_what_was_told_waits_for_nothing_any_more(store):
    enter(store, held("a", NOW + HOUR))
    rows = store.gathered(KIM.address, 10)
    store.tell(rows, notice("digest:a", name="digest"), NOW + HOUR)
    assert states(store)["a"] is OutboxState.TOLD
    assert store.crowded(NOW + DAY, MINUTE) == []
    assert store.next_due() == NOW


def test_one_that_is_never_gathered_waits_as_a_mail(store):
    enter(store, held("given", NOW + HOUR, name="assigned"))
    assert states(store)["given"] is OutboxState.READY
    assert store.ready(NOW + MINUTE, 20) == []
    assert [row.outgoing.key for row in store.ready(NOW + HOUR, 20)] == ["given"]
