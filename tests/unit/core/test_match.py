"""Which ticket a mail belongs to, in any order of arrival."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from mailbot.core.decide import take_in
from mailbot.core.intake.find_ticket import match
from mailbot.core.intake.tokens import Token, TokenKind
from mailbot.core.model.known import Known
from mailbot.core.model.refs import Ref
from tests.simulation.life import SwiftDesk
from tests.simulation.simulated_desk import MONDAY, mail

BEN = "Ben Okoro <ben@harbour.example>"
PARENTS = {1: (), 2: (1,), 3: (1, 2), 4: (1, 2, 3), 5: (1, 2, 3, 4)}


@pytest.fixture
def desk():
    one = SwiftDesk()
    yield one
    one.close()


def of_thread(number, thread="t", sender=BEN, **more):
    parents = [f"<{thread}{n}@harbour.example>" for n in PARENTS[number]]
    headers = {"In_Reply_To": parents[-1], "References": " ".join(parents)} if parents else {}
    text = f"Word number {number} on the export that fails."
    at = MONDAY + timedelta(seconds=number)
    return mail(
        sender, text, at=at, subject="Export", message_id=f"{thread}{number}@harbour.example", **headers, **more
    )


def live_tickets(desk, thread):
    """The tickets in which the five mails of a thread ended, merges followed."""
    into = {source: target for d in desk.decisions for source, target in d.moves}
    ended = set()
    for decision in desk.decisions:
        for message in decision.messages:
            if message.message_id.startswith(thread):
                number = message.ticket
                while number in into:
                    number = into[number]
                ended.add(number)
    return ended


@pytest.mark.slow
def test_a_thread_of_five_ends_in_one_ticket_in_any_order(desk):
    for nth, order in enumerate(permutations(PARENTS)):
        if nth % 6 == 0:  # each of the mails comes first, and each pair of neighbours occurs
            for number in order:
                desk.receive(of_thread(number, thread=f"t{nth}x"))
            assert len(live_tickets(desk, f"t{nth}x")) == 1, order
            desk.clock.at += timedelta(days=1)


def test_two_threads_of_one_customer_stay_apart(desk):
    desk.receive(of_thread(1, "a"))
    desk.receive(of_thread(1, "b"))
    desk.receive(of_thread(2, "a"))
    assert live_tickets(desk, "a").isdisjoint(live_tickets(desk, "b"))


@pytest.mark.parametrize(("sender", "joins"), [(BEN, True), ("Nosy <nosy@elsewhere.example>", False)])
def test_a_number_in_the_subject_leads_only_those_who_belong_to_it(desk, sender, joins):
    desk.receive(of_thread(1))
    (decision,) = desk.receive(mail(sender, "What about it?", at=MONDAY, subject="Again [#1]"))
    assert (decision.outcome == "joined") is joins
    assert any(event.what.code == "event.claim.not-theirs" for event in decision.events) is not joins


def test_a_strangers_answer_joins_and_changes_nothing(desk):
    desk.receive(of_thread(1))
    before = desk.ticket()
    address = desk.setting.signer.sign(Token(kind=TokenKind.CUSTOMER, ticket=1))
    to = f"help+{address}@lumen.example"
    (decision,) = desk.receive(mail("Eve <eve@elsewhere.example>", "All is down!", at=MONDAY, to=to))
    after = desk.ticket()
    assert decision.outcome == "joined"
    assert (after.requester, after.participants, after.state) == (before.requester, before.participants, before.state)
    assert all(outgoing.agent for outgoing in decision.outgoing), "nothing to anybody outside"


def test_tickets_of_two_people_are_linked_and_never_merged(desk):
    desk.receive(of_thread(1, "a"))
    desk.receive(of_thread(1, "b", sender="Jana Vogt <jana@vogt.example>", Cc=BEN))
    both = "<a1@harbour.example> <b1@harbour.example>"
    (decision,) = desk.receive(mail(BEN, "Both fail.", at=MONDAY, References=both))
    assert not decision.moves
    assert {event.what.code for event in decision.events} >= {"event.linked.to", "event.linked.from"}


@pytest.mark.parametrize(
    ("ref", "joins"),
    [
        ({"by": "eve@evil.example"}, False),
        ({"by": "ben@harbour.example"}, True),
        ({"message": "m1", "reached": frozenset({"eve@evil.example"})}, False),
        ({"message": "m1", "reached": frozenset({"eve@evil.example", "ben@harbour.example"})}, True),
    ],
)
def test_hazard_27_a_join_by_foreign_references_is_no_join(desk, ref, joins):
    """Whatever a store says of an id: it leads who referred to it, and whom the mail itself reached, never anybody else."""
    desk.receive(mail("Eve <eve@evil.example>", "Where do you sit?", at=MONDAY))
    raw = mail(BEN, "The export fails.", at=MONDAY, References="<order-4711@shop.example>")
    incoming = take_in(raw, desk.setting, inbox="support", received_at=MONDAY)
    refs = (Ref(message_id="order-4711@shop.example", ticket=1, **ref),)
    assert (match(incoming, Known(tickets={1: desk.ticket(1)}, refs=refs)).ticket is not None) is joins
