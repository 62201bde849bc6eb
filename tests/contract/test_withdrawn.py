"""A reminder that was decided and has not left is withdrawn once there is nothing left to remind of, in both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.core.model.mail import Address
from mailbot.core.model.message import Author
from mailbot.core.model.outgoing import OutboxState, OutgoingKind
from mailbot.core.model.promise import PromiseState
from mailbot.ports import Settled
from tests.contract.made import ANN, HOUR, MINUTE, NOW, decision, message, outgoing, promise, ticket

KIM = Address(name="Kim Vale", address="kim@desk.example")


def reminder(key, number=1, name="reminder"):
    fields = {"customer": {"name": "", "address": ANN.address}, "priority": 3}
    return outgoing(key, kind=OutgoingKind.NOTICE, name=name, to=KIM, ticket=number, fields=fields)


def states(store):
    return {row.outgoing.key: row.state for row in store.lists.outbox(limit=100)}


@pytest.fixture
def reminded(store):
    """Ticket 1 with a promise of which two were reminded, and ticket 2 with another."""
    p1, p2 = promise("p1", ticket=1), promise("p12", ticket=2, stated_by="ack:2")
    keys = [("remind:p1:1:kim", 1), ("remind:p1:1:lee", 1), ("remind:p12:1:kim", 2)]
    notices = [reminder(key, number) for key, number in keys]
    notices.append(reminder("notice:m1:kim", 1, "followup"))
    store.commit(decision(tickets=(ticket(1), ticket(2)), promises=(p1, p2), outgoing=tuple(notices)), NOW)
    return store


def test_the_end_of_the_promise_withdraws_its_own_and_no_others(reminded):
    ended = promise("p1", state=PromiseState.KEPT, wake_at=None, ended_at=NOW + MINUTE)
    reminded.commit(decision(promises=(ended,)), NOW + MINUTE)
    assert states(reminded) == {
        "remind:p1:1:kim": OutboxState.DROPPED,
        "remind:p1:1:lee": OutboxState.DROPPED,
        "remind:p12:1:kim": OutboxState.READY,
        "notice:m1:kim": OutboxState.READY,
    }
    assert {row.outgoing.key for row in reminded.ready(NOW + HOUR, 20)} == {"remind:p12:1:kim", "notice:m1:kim"}


def test_one_that_is_on_its_way_or_in_doubt_is_left_to_end(reminded):
    rows = {row.outgoing.key: row for row in reminded.ready(NOW, 20)}
    taken = [rows["remind:p1:1:kim"], rows["remind:p1:1:lee"]]
    reminded.take([(row, b"bytes", f"{row.id}@desk.example") for row in taken], "one", NOW, HOUR)
    reminded.settle(taken[1], Settled(state=OutboxState.UNKNOWN, reply="cut", next_try=NOW + MINUTE), NOW)
    ended = promise("p1", state=PromiseState.COVERED, wake_at=None, ended_at=NOW + MINUTE)
    reminded.commit(decision(promises=(ended,)), NOW + MINUTE)
    assert states(reminded)["remind:p1:1:kim"] is OutboxState.SENDING
    assert states(reminded)["remind:p1:1:lee"] is OutboxState.UNKNOWN


def test_one_that_was_read_and_then_withdrawn_can_be_taken_no_longer(reminded):
    row = next(row for row in reminded.ready(NOW, 20) if row.outgoing.key == "remind:p1:1:kim")
    ended = promise("p1", state=PromiseState.REPLACED, wake_at=None, ended_at=NOW)
    reminded.commit(decision(promises=(ended,)), NOW)
    assert reminded.take([(row, b"bytes", "1@desk.example")], "one", NOW, HOUR) == [None]


def test_those_that_wait_for_a_digest_are_withdrawn_too(reminded):
    more = tuple(reminder(f"remind:p1:{nth}:kim") for nth in range(2, 12))
    reminded.commit(decision(outgoing=more), NOW)
    assert OutboxState.GATHERING in states(reminded).values()
    ended = promise("p1", state=PromiseState.LATE, wake_at=None, ended_at=NOW + MINUTE)
    reminded.commit(decision(promises=(ended,)), NOW + MINUTE)
    assert {state for key, state in states(reminded).items() if key.startswith("remind:p1:")} == {OutboxState.DROPPED}


def test_of_a_ticket_that_became_part_of_another_as_well(reminded):
    moved = replace(promise("p1"), ticket=2, state=PromiseState.REPLACED, wake_at=None, ended_at=NOW)
    reminded.commit(decision(promises=(moved,), moves=((1, 2),)), NOW)
    assert states(reminded)["remind:p1:1:kim"] is OutboxState.DROPPED


def test_an_answer_withdraws_what_said_that_nobody_answers(store):
    notices = (reminder("unanswered:1:3:kim", 1, "unanswered"), reminder("unanswered:11:3:kim", 11, "unanswered"))
    store.commit(decision(tickets=(ticket(1), ticket(11)), outgoing=notices), NOW)
    store.commit(decision(messages=(message(ticket=1, author=Author.AGENT, agent="kim"),)), NOW)
    assert states(store) == {"unanswered:1:3:kim": OutboxState.DROPPED, "unanswered:11:3:kim": OutboxState.READY}
