"""The ledger, what a customer missed, and the tickets to be asked after."""

from __future__ import annotations

from dataclasses import replace

from mailbot.core.desk import Keys, TicketState
from mailbot.core.goodwill import Goodwill, GoodwillState
from tests.contract.made import DAY, HOUR, MINUTE, NOW, decision, promise, ticket


def line(id_, **changes):
    defaults = {"ticket": 1, "customer": "ann@shop.example", "agent": "mara", "cents": 1550, "currency": "EUR"}
    defaults |= {"reason": "the second outage", "at": NOW, "state": GoodwillState.ASKED}
    return Goodwill(**defaults | {"id": id_} | changes)


def asked(store, agent, number=1):
    return store.lookup(Keys(content_key="", sender=None, numbers=(number,), ledger=agent), NOW).goodwill


def test_the_ledger_is_what_the_agent_gave_lately_and_what_the_ticket_has(store):
    old = line("g0", at=NOW - 40 * DAY, ticket=2)
    store.commit(decision(tickets=(ticket(1), ticket(2)), goodwill=(old, line("g1"), line("g2", ticket=2))), NOW)
    assert asked(store, "mara") == (line("g1"), line("g2", ticket=2))
    assert asked(store, "joost") == (line("g1"),)
    granted = replace(line("g1"), state=GoodwillState.GRANTED, approved_by="joost")
    store.commit(decision(goodwill=(granted,)), NOW)
    assert asked(store, "joost") == (granted,)
    assert store.lookup(Keys(content_key="", sender=None, numbers=(1,)), NOW).goodwill == ()


def test_what_a_customer_missed_is_found_by_their_address(store):
    store.commit(
        decision(
            tickets=tuple(ticket(n) for n in (1, 2, 3, 4)),
            promises=(
                promise("p1", due=NOW + 2 * MINUTE),
                promise("p2", ticket=2, due=NOW + MINUTE),
                promise("p3", ticket=3, due=NOW + HOUR),
                promise("p4", ticket=4, due=NOW + MINUTE, to="else@shop.example"),
            ),
        ),
        NOW,
    )
    assert store.missed("ann@shop.example", NOW + 3 * MINUTE) == [2, 1]
    assert store.missed("nobody@shop.example", NOW + 3 * MINUTE) == []


def test_a_ticket_is_asked_after_when_its_time_comes(store):
    resolved = ticket(1, state=TicketState.RESOLVED, check_in_at=NOW + DAY)
    store.commit(decision(tickets=(resolved, ticket(2)), promises=(promise(ticket=2, wake_at=NOW + 2 * DAY),)), NOW)
    assert store.next_wake() == NOW + DAY
    assert store.due(NOW, 5) == []
    assert store.due(NOW + DAY, 5) == [1]
    assert store.due(NOW + 2 * DAY, 5) == [2, 1]
    assert store.due(NOW + 2 * DAY, 1) == [2]
    stored = store.lookup(Keys(content_key="", sender=None, numbers=(1,)), NOW).tickets[1]
    assert stored.check_in_at == NOW + DAY
    store.commit(decision(tickets=(replace(stored, check_in_at=None),)), NOW)
    assert store.due(NOW + DAY, 5) == []
