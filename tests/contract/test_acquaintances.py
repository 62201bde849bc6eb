"""Who a customer is, for notices: found for those who are asked about, by one statement each, however much there is."""

from __future__ import annotations

from sqlalchemy import event

from mailbot.core.model.acquaintance import MOST, Acquaintance, Matter
from mailbot.core.model.known import Keys
from mailbot.core.model.mail import Address
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.reason import why
from mailbot.core.model.silence import Mute, Silence
from mailbot.core.model.ticket import Customer, TicketState
from tests.contract.made import ANN, DAY, HOUR, NOW, decision, message, promise, ticket

BOB = Address(name="Bob", address="bob@mill.example")


def met(store, *numbers, sender=None, **keys):
    asked = {"content_key": "unseen", "sender": sender, "numbers": numbers, "acquainted": True} | keys
    return store.lookup(Keys(**asked), NOW).acquaintances


def test_of_whom_nothing_is_known_nothing_is_told(store):
    assert met(store, sender=ANN.key) == {ANN.key: Acquaintance(address=ANN.key)}
    assert met(store) == {}


def test_since_when_their_tickets_and_the_last_promise(store):
    old, new = (
        ticket(1, opened_at=NOW - 9 * DAY, state=TicketState.RESOLVED),
        ticket(2, subject="Invoice", assignee="kim"),
    )
    doubtful = Mute(Silence.DOUBTFUL, why("mute.marked"))
    forged = ticket(3, opened_at=NOW - DAY, mute=doubtful, requester=Address(address="ANN@shop.example"))
    kept = promise("p1", state=PromiseState.KEPT, ended_at=NOW - HOUR, wake_at=None)
    late = promise("p2", ticket=2, state=PromiseState.LATE, ended_at=NOW, wake_at=None)
    moved = promise("p3", ticket=3, state=PromiseState.REPLACED, ended_at=NOW + HOUR, wake_at=None)
    first = Customer(address=ANN.key, name="Ann", first_seen=NOW - 20 * DAY)
    store.commit(decision(tickets=(old, new, forged), promises=(kept, late, moved), customers=(first,)), NOW)
    known = {"inbox": "support", "assignee": None, "mute": None}
    expected = Acquaintance(
        address=ANN.key,
        since=NOW - 20 * DAY,
        matters=(
            Matter(**known | {"assignee": "kim"}, number=2, subject="Invoice", state=TicketState.OPEN, opened_at=NOW),
            Matter(
                **known | {"mute": Silence.DOUBTFUL},
                number=3,
                subject="Export fails",
                state=TicketState.OPEN,
                opened_at=NOW - DAY,
            ),
            Matter(**known, number=1, subject="Export fails", state=TicketState.RESOLVED, opened_at=NOW - 9 * DAY),
        ),
        last=PromiseState.LATE,
    )
    assert met(store, 1) == met(store, sender=ANN.key) == {ANN.key: expected}


def test_of_a_customer_who_was_never_stored_the_oldest_ticket_tells_since_when(store):
    store.commit(decision(tickets=(ticket(1, opened_at=NOW - DAY), ticket(2))), NOW)
    assert met(store, 2)[ANN.key].since == NOW - DAY


def test_a_merged_ticket_is_not_told_twice(store):
    store.commit(decision(tickets=(ticket(1), ticket(2))), NOW)
    two = [store.lookup(Keys(content_key="", sender=None, numbers=(n,)), NOW).tickets[n] for n in (1, 2)]
    store.commit(decision(tickets=tuple(two), moves=((2, 1),)), NOW)
    assert [one.number for one in met(store, 2)[ANN.key].matters] == [1]


def test_of_many_the_newest_are_told_and_that_there_are_more(store):
    many = tuple(ticket(n, opened_at=NOW + n * HOUR) for n in range(1, MOST + 3))
    store.commit(decision(tickets=many), NOW)
    found = met(store, 1)[ANN.key]
    assert [one.number for one in found.matters] == list(range(MOST + 2, 2, -1))
    assert found.more


def test_sender_and_customer_are_both_asked_about_and_nobody_else(store):
    store.commit(decision(tickets=(ticket(1), ticket(2, requester=BOB))), NOW)
    assert set(met(store, 1, sender="eve@else.example")) == {ANN.key, "eve@else.example"}


def test_nobody_is_looked_up_unasked_or_for_a_mail_that_was_seen(store):
    store.commit(decision(tickets=(ticket(),), messages=(message(ticket=1),)), NOW)
    assert met(store, 1, acquainted=False) == {}
    assert met(store, content_key="content-m1") == {}


def test_it_is_one_statement_more(store):
    store.commit(decision(tickets=tuple(ticket(n) for n in range(1, 9))), NOW)
    said = []
    event.listen(store._database.engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    met(store, 1, sender=ANN.key, acquainted=False)
    without = len(said)
    met(store, 1, sender=ANN.key)
    assert len(said) - without == without + 1
