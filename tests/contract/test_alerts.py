"""Calls on the second road are rows like every effect on the world, in both databases."""

from __future__ import annotations

import pytest

from mailbot.core.model.alert import Alert, AlertState
from mailbot.core.model.message import Author
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.reason import why
from mailbot.core.model.ticket import TicketState
from tests.contract.made import HOUR, MINUTE, NOW, decision, message, promise, ticket


def alert(key, number=1, agent="kim"):
    return Alert(key=key, ticket=number, agent=agent, words=why("alert.test", desk=f"words of {key}"))


def put(store, *alerts, at=NOW):
    store.commit(decision(alerts=alerts), at)


def due(store, at=NOW):
    return [row.alert.key for row in store.take_alerts(at, MINUTE, 10)]


def opened(store):
    store.commit(decision(tickets=(ticket(1), ticket(2)), promises=(promise("p1", ticket=1),)), NOW)


def test_what_is_stored_is_what_is_called_and_once_for_each_key(store):
    opened(store)
    put(store, alert("a"), alert("b", agent="lee"))
    put(store, alert("a"), at=NOW + MINUTE)
    rows = store.take_alerts(NOW, MINUTE, 10)
    assert [row.alert for row in rows] == [alert("a"), alert("b", agent="lee")]
    assert {row.attempts for row in rows} == {1}
    assert due(store) == []


def test_it_is_due_again_after_its_lease_or_when_it_says(store):
    opened(store)
    put(store, alert("a"), alert("b", 2))
    rows = {row.alert.key: row for row in store.take_alerts(NOW, MINUTE, 10)}
    store.settle_alert(rows["a"], AlertState.READY, "busy", NOW, NOW + HOUR)
    assert due(store, NOW + MINUTE) == ["b"]
    assert due(store, NOW + HOUR) == ["b", "a"]
    store.settle_alert(rows["b"], AlertState.DONE, "too late", NOW)
    assert due(store, NOW + 2 * HOUR) == ["a", "b"], "a claim that is no longer one's own changes nothing"


def test_what_is_done_or_given_up_is_over(store):
    opened(store)
    put(store, alert("a"), alert("b", 2))
    a, b = store.take_alerts(NOW, MINUTE, 10)
    store.settle_alert(a, AlertState.DONE, "ok", NOW)
    store.settle_alert(b, AlertState.FAILED, "no", NOW)
    assert due(store, NOW + 24 * HOUR) == []


def test_a_word_that_keeps_the_promise_drops_what_waits_on_its_ticket(store):
    opened(store)
    put(store, alert("a"), alert("other", 2))
    ended = promise("p1", ticket=1, state=PromiseState.KEPT, wake_at=None, ended_at=NOW, kept_by="m1")
    store.commit(decision(promises=(ended,), alerts=(alert("next"),)), NOW)
    assert due(store) == ["other", "next"]


def test_so_does_somebody_who_takes_the_ticket_and_not_a_customer_who_writes(store):
    opened(store)
    put(store, alert("a"))
    taken = ticket(1, version=1, assignee="kim")
    store.commit(decision(tickets=(taken,), messages=(message("m1", ticket=1),)), NOW)
    assert due(store, NOW) == ["a"]
    (again,) = store.take_alerts(NOW + MINUTE, MINUTE, 1)
    store.settle_alert(again, AlertState.READY, "busy", NOW, NOW + HOUR)
    said = message("m2", ticket=1, author=Author.AGENT, agent="kim", internal=True)
    store.commit(decision(tickets=(ticket(1, version=2, assignee="kim"),), messages=(said,)), NOW)
    assert due(store, NOW + 2 * HOUR) == []


@pytest.mark.parametrize("state", [PromiseState.COVERED, PromiseState.LATE, PromiseState.REPLACED])
def test_what_the_desk_says_itself_drops_none(store, state):
    opened(store)
    put(store, alert("a"))
    ended = promise("p1", ticket=1, state=state, wake_at=None, ended_at=NOW)
    elsewhere = message("m9", ticket=2, author=Author.AGENT, agent="kim", internal=True)
    store.commit(decision(promises=(ended,), messages=(elsewhere,)), NOW)
    assert due(store) == ["a"], "nobody has said a word about ticket 1"


@pytest.mark.parametrize("state", [PromiseState.LATE, PromiseState.REPLACED])
def test_a_word_of_ours_drops_it_however_the_promise_ends(store, state):
    opened(store)
    put(store, alert("a"))
    said = message("m2", ticket=1, author=Author.AGENT, agent="kim")
    ended = promise("p1", ticket=1, state=state, wake_at=None, ended_at=NOW)
    store.commit(decision(promises=(ended,), messages=(said,)), NOW)
    assert due(store) == []


def test_so_does_the_end_of_the_ticket(store):
    opened(store)
    put(store, alert("a"), alert("b", 2))
    store.commit(decision(tickets=(ticket(1, version=1, state=TicketState.SPAM),)), NOW)
    assert due(store) == ["b"]


def test_a_newer_call_about_the_same_takes_the_place_of_one_that_was_not_made(store):
    opened(store)
    put(store, alert("a"), alert("other", agent="lee"), alert("else", 2))
    put(store, alert("b"))
    assert sorted(due(store)) == ["b", "else", "other"]


# --- too many of them -------------------------------------------------------------------------------------------------------


def many(store, count, *, first=1, at=NOW):
    numbers = range(first, first + count)
    store.commit(decision(tickets=tuple(ticket(n) for n in numbers)), at)
    put(store, *(alert(f"a{n}", n) for n in numbers), at=at)


def made(store, at):
    """Make the calls that are due, one by one, all of them well: the words of each."""
    said = []
    while rows := store.take_alerts(at, MINUTE, 1):
        store.settle_alert(rows[0], AlertState.DONE, "ok", at)
        said.append((rows[0].alert.key, len(rows[0].others)))
    return said


def test_three_calls_are_made_and_the_last_says_how_many_more_there_are(store):
    many(store, 60)
    put(store, alert("lee", agent="lee"))
    assert made(store, NOW) == [("a1", 0), ("a2", 0), ("a3", 57), ("lee", 0)]
    assert made(store, NOW + HOUR) == []


def test_what_comes_later_waits_until_ten_minutes_have_passed(store):
    many(store, 3)
    assert made(store, NOW) == [("a1", 0), ("a2", 0), ("a3", 0)]
    many(store, 5, first=4, at=NOW + MINUTE)
    assert made(store, NOW + MINUTE) == []
    assert made(store, NOW + 9 * MINUTE) == []
    assert made(store, NOW + 10 * MINUTE) == [("a4", 0), ("a5", 0), ("a6", 2)]


def test_one_that_fails_takes_none_of_the_others_with_it(store):
    many(store, 6)
    rows = store.take_alerts(NOW, MINUTE, 10)
    assert [(row.alert.key, len(row.others)) for row in rows] == [("a1", 0), ("a2", 0), ("a3", 3)]
    for row in rows:
        store.settle_alert(row, AlertState.FAILED, "no", NOW)
    assert made(store, NOW + 10 * MINUTE) == [("a4", 0), ("a5", 0), ("a6", 0)]


def test_a_second_try_is_made_and_tells_of_the_others_too(store):
    many(store, 5)
    *_, third = store.take_alerts(NOW, HOUR, 10)
    store.settle_alert(third, AlertState.READY, "busy", NOW, NOW + MINUTE)
    (again,) = store.take_alerts(NOW + MINUTE, MINUTE, 10)
    assert (again.alert.key, again.attempts, len(again.others)) == ("a3", 2, 2)
    assert again.words == why("alert.and-more", words=again.alert.words, count=2)


def test_what_was_taken_meanwhile_is_not_called_said(store):
    many(store, 5)
    first, second, third = store.take_alerts(NOW, MINUTE, 10)
    for row in (first, second):
        store.settle_alert(row, AlertState.DONE, "ok", NOW)
    said = message("m2", ticket=4, author=Author.AGENT, agent="kim", internal=True)
    store.commit(decision(tickets=(ticket(4, version=1, assignee="kim"),), messages=(said,)), NOW)
    store.settle_alert(third, AlertState.DONE, "ok", NOW)
    assert made(store, NOW + HOUR) == []
