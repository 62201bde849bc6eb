"""What the store keeps of an address: whether it is confirmed, and how many letters it had this week."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.core.model.confirmed_address import Addressee, Confirmed, ConfirmedBy
from mailbot.core.model.known import Keys
from mailbot.core.model.mail import Address
from mailbot.core.model.outgoing import OutgoingKind
from tests.contract.made import ANN, DAY, HOUR, NOW, decision, outgoing, ticket

ANN_KEY = ANN.key


def known(store, sender=ANN_KEY, numbers=(), now=NOW):
    return store.lookup(Keys(content_key="unseen", sender=sender, numbers=numbers), now)


def confirmed(how, address=ANN_KEY, at=NOW):
    return Confirmed(address=address, how=how, at=at)


def test_an_address_is_confirmed_once_and_by_the_stronger_ground(store):
    assert not known(store).confirmed
    for how, then in (
        (ConfirmedBy.PERSON, ConfirmedBy.PERSON),
        (ConfirmedBy.ANSWER, ConfirmedBy.ANSWER),
        (ConfirmedBy.PERSON, ConfirmedBy.ANSWER),
        (ConfirmedBy.RESULTS, ConfirmedBy.ANSWER),
    ):
        store.commit(decision(confirmed=(confirmed(how),)), NOW)
        assert known(store).addressee.how is then
    assert known(store).confirmed
    assert not known(store, "bob@shop.example").confirmed
    assert not known(store, None).confirmed


def test_a_failed_delivery_takes_back_what_an_answer_of_ours_said(store):
    store.commit(
        decision(confirmed=(confirmed(ConfirmedBy.PERSON), confirmed(ConfirmedBy.ANSWER, "bob@shop.example"))), NOW
    )
    store.commit(decision(doubted=(ANN_KEY, "bob@shop.example")), NOW)
    assert not known(store).confirmed
    assert known(store, "bob@shop.example").confirmed


def test_one_decision_may_confirm_an_address_twice(store):
    both = (
        confirmed(ConfirmedBy.PERSON),
        confirmed(ConfirmedBy.RESULTS),
        confirmed(ConfirmedBy.RESULTS, "bob@shop.example"),
    )
    store.commit(decision(confirmed=both), NOW)
    assert known(store).addressee.how is ConfirmedBy.RESULTS


def test_the_letters_of_a_week_are_counted_by_what_they_acknowledge(store):
    def letter(key, number, **changes):
        to = Address(address=ANN_KEY)
        return outgoing(key, **{"kind": OutgoingKind.LETTER, "to": to, "ticket": number, "automatic": True} | changes)

    store.commit(decision(tickets=(ticket(1), ticket(2, priority=1), ticket(3, priority=5)), outgoing=()), NOW)
    store.commit(decision(outgoing=(letter("ack:3", 3),)), NOW - 8 * DAY)
    store.commit(decision(outgoing=(letter("ack:1", 1), letter("promise:x:cover", 1))), NOW - DAY)
    store.commit(decision(outgoing=(letter("ack:form:2", 2), letter("relay:1", 1, automatic=False))), NOW - HOUR)
    store.commit(decision(outgoing=(letter("ack:9", 1, to=Address(address="bob@shop.example")),)), NOW - HOUR)
    assert known(store).addressee == Addressee(week=3, acks=1, first=1)
    assert known(store, now=NOW + 7 * DAY).addressee == Addressee()
    store.commit(decision(confirmed=(confirmed(ConfirmedBy.RESULTS),)), NOW)
    assert known(store).addressee == Addressee(how=ConfirmedBy.RESULTS)


def test_each_ticket_tells_of_its_own_requester(store):
    bob = Address(address="Bob@shop.example")
    store.commit(
        decision(tickets=(ticket(1), ticket(2, requester=bob)), confirmed=(confirmed(ConfirmedBy.ANSWER),)), NOW
    )
    found = known(store, "cem@shop.example", numbers=(1, 2))
    assert {number: one.confirmed for number, one in found.addressees.items()} == {1: True, 2: False}
    assert not found.confirmed


@pytest.mark.parametrize("address", ["x" * 3000 + "@shop.example", "a\x00b@shop.example"])
def test_any_address_can_be_confirmed(store, address):
    store.commit(decision(confirmed=(replace(confirmed(ConfirmedBy.ANSWER), address=address),)), NOW)
    assert known(store, address).confirmed
    store.commit(decision(doubted=(address,)), NOW)
    assert known(store, address).confirmed
