"""Calls on the second road are rows like every effect on the world, in both databases."""

from __future__ import annotations

from mailbot.core.model.alert import Alert, AlertState
from mailbot.core.model.message import Author
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.reason import why
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
    put(store, alert("a"), alert("b"))
    rows = {row.alert.key: row for row in store.take_alerts(NOW, MINUTE, 10)}
    store.settle_alert(rows["a"], AlertState.READY, "busy", NOW, NOW + HOUR)
    assert due(store, NOW + MINUTE) == ["b"]
    assert due(store, NOW + HOUR) == ["b", "a"]
    store.settle_alert(rows["b"], AlertState.DONE, "too late", NOW)
    assert due(store, NOW + 2 * HOUR) == ["a", "b"], "a claim that is no longer one's own changes nothing"


def test_what_is_done_or_given_up_is_over(store):
    opened(store)
    put(store, alert("a"), alert("b"))
    a, b = store.take_alerts(NOW, MINUTE, 10)
    store.settle_alert(a, AlertState.DONE, "ok", NOW)
    store.settle_alert(b, AlertState.FAILED, "no", NOW)
    assert due(store, NOW + 24 * HOUR) == []


def test_the_end_of_the_promise_drops_what_waits_on_its_ticket(store):
    opened(store)
    put(store, alert("a"), alert("other", 2))
    ended = promise("p1", ticket=1, state=PromiseState.KEPT, wake_at=None, ended_at=NOW)
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
