"""One holder at a time, and a number that only grows."""

from __future__ import annotations

from tests.contract.made import HOUR, MINUTE, NOW


def test_one_holder_at_a_time(store):
    assert store.hold("poll:support", "a", NOW, MINUTE) == 1
    assert store.hold("poll:support", "b", NOW, MINUTE) is None
    assert store.hold("poll:billing", "b", NOW, MINUTE) == 1


def test_prolonged_in_time_it_keeps_its_number(store):
    store.hold("x", "a", NOW, MINUTE)
    assert store.hold("x", "a", NOW + MINUTE / 2, MINUTE) == 1
    assert store.hold("x", "b", NOW + MINUTE, MINUTE) is None
    assert store.hold("x", "b", NOW + 1.5 * MINUTE, MINUTE) == 2


def test_a_holder_that_slept_past_its_end_gets_a_new_number(store):
    store.hold("x", "a", NOW, MINUTE)
    assert store.hold("x", "a", NOW + HOUR, MINUTE) == 2
    assert store.hold("x", "b", NOW + 2 * HOUR, MINUTE) == 3
    assert store.hold("x", "a", NOW + 2 * HOUR, MINUTE) is None


def test_release_only_by_its_holder(store):
    store.hold("x", "a", NOW, HOUR)
    store.release("x", "b")
    assert store.hold("x", "b", NOW, HOUR) is None
    store.release("x", "a")
    store.release("never held", "a")
    assert store.hold("x", "b", NOW, HOUR) == 2
