"""A page of an agent's day is looked at once, and is made of what is open."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mailbot.core.model.page import Page, PageKind
from mailbot.core.model.ticket import TicketState
from mailbot.errors import Conflict
from tests.contract.made import HOUR, NOW, decision, promise, ticket

TODAY = date(2026, 3, 2)


def page(day=TODAY, agent="mara", kind=PageKind.MORNING):
    return Page(agent=agent, kind=kind, day=day)


def test_a_page_is_stored_once_for_each_agent_kind_and_day(store):
    store.commit(decision(pages=(page(),)), NOW)
    assert store.looked_at([page(), page(agent="joost"), page(kind=PageKind.EVENING)]) == {page()}
    with pytest.raises(Conflict):
        store.commit(decision(tickets=(ticket(1),), pages=(page(),)), NOW)
    assert store.open_tickets() == (), "nothing else of it was stored"
    tomorrow = page(TODAY + timedelta(days=1))
    store.commit(decision(pages=(tomorrow, page(agent="joost"))), NOW)
    assert store.looked_at([tomorrow, page(), page(agent="joost")]) == {tomorrow, page(), page(agent="joost")}
    with pytest.raises(Conflict):
        store.commit(decision(pages=(page(),)), NOW)


def test_pages_take_no_ticket_numbers(store):
    first = store.numbers(1)[0]
    store.commit(decision(pages=(page(),)), NOW)
    assert store.numbers(1)[0] == first + 1


def test_the_open_tickets_come_with_their_promises_those_due_first(store):
    store.commit(
        decision(
            tickets=(
                ticket(1),
                ticket(2),
                ticket(3, state=TicketState.WAITING),
                ticket(4, state=TicketState.RESOLVED),
                ticket(5, state=TicketState.SPAM),
            ),
            promises=(promise("p2", ticket=2, due=NOW + 2 * HOUR), promise("p3", ticket=3, due=NOW + HOUR)),
        ),
        NOW,
    )
    found = [(one.number, None if due is None else due.id) for one, due in store.open_tickets()]
    assert found == [(3, "p3"), (2, "p2"), (1, None)]
