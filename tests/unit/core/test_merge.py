"""One mail that ties two tickets: of the same people they become one, of different people both hear of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailbot.core.model.promise import PromiseState
from mailbot.core.model.reason import why
from mailbot.core.model.ticket import TicketState
from tests.simulation.simulated_desk import JOOST, MARA, MONDAY, SimulatedDesk, mail, minutes

BEN = "Ben Okoro <ben@harbour.example>"
JANA = "Jana Vogt <jana@vogt.example>"
EXPORT = "The export fails with error 403 since this morning."
CHARGE = "You charged my card twice for the same invoice, please refund one."


@pytest.fixture
def desk():
    one = SimulatedDesk()
    yield one
    one.close()


def open_two(desk, second=BEN):
    """Ticket 1 about an export, ticket 2 ten minutes later about money, whose word is due earlier."""
    desk.receive(mail(BEN, EXPORT, at=MONDAY, subject="Export", message_id="a1@harbour.example"))
    desk.clock.at += minutes(10)
    more = {} if second == BEN else {"Cc": BEN}
    desk.receive(mail(second, CHARGE, at=MONDAY, subject="Charge", message_id="b1@harbour.example", **more))


def tie(desk, sender=BEN, text="These two belong together.", both="<b1@harbour.example> <a1@harbour.example>"):
    desk.clock.at += minutes(10)
    (decision,) = desk.receive(mail(sender, text, at=MONDAY, References=both))
    return decision


def answer(desk, notice, text, agent=MARA):
    desk.clock.at += minutes(5)
    sender = f"{agent.name} <{agent.addresses[0]}>"
    return desk.receive(mail(sender, text, at=MONDAY, to=notice.reply_to, subject=f"Re: {notice.header('Subject')}"))


def test_two_tickets_of_one_customer_become_one(desk):
    open_two(desk)
    earlier = desk.promise(2)
    assert earlier.due < desk.promise(1).due
    decision = tie(desk)
    assert decision.moves == ((2, 1),)
    joined = desk.ticket(1)
    assert joined.priority == 2
    assert desk.ticket(2).number == 1, "the number of the merged ticket leads to the other"
    still_open = desk.store.lists.promises(PromiseState.OPEN)
    assert [(p.id, p.ticket, p.due) for p in still_open] == [(earlier.id, 1, earlier.due)]
    assert [p.state for p in desk.store.lists.promises(None) if p.id != earlier.id] == [PromiseState.REPLACED]
    assert len(desk.store.lists.ticket(1).messages) == 3
    assert "turned out to be the same matter" in desk.last("followup", "mara").text
    assert [t.number for t in desk.store.lists.tickets(TicketState.OPEN)] == [1]


def test_a_notice_of_the_merged_ticket_can_still_be_answered(desk):
    open_two(desk)
    old = desk.last("new", "mara")
    assert "[2]" in old.header("Subject")
    tie(desk)
    (decision,) = answer(desk, old, "One charge is on its way back.")
    assert decision.outcome == "relayed"
    assert desk.ticket(1).answers == 1
    assert desk.last("relay", "ben").outgoing.ticket == 1
    assert not [p for p in desk.store.lists.promises(PromiseState.OPEN) if p.ticket == 2]


def test_the_address_of_the_merged_ticket_reaches_the_other(desk):
    open_two(desk)
    acknowledged = desk.last("ack", "ben")
    tie(desk)
    (decision,) = desk.receive(mail(BEN, "Anything new?", at=MONDAY, to=acknowledged.reply_to))
    assert (decision.outcome, decision.messages[0].ticket) == ("joined", 1)
    assert decision.reason == why("place.signed")


def test_an_answer_in_either_ticket_overtakes_an_older_notice_of_the_other(desk):
    open_two(desk)
    seen_before = desk.last("new", "joost")
    answer(desk, desk.last("new", "mara"), "One charge is on its way back.")
    tie(desk)
    (decision,) = answer(desk, desk.sent[1], "We look at the export.", agent=MARA)
    assert decision.outcome == "relayed", "it was Mara herself who wrote last"
    (decision,) = answer(desk, seen_before, "I refund it now.", agent=JOOST)
    assert decision.outcome == "held"


def test_the_only_promise_left_is_kept_or_covered_as_ever(desk):
    open_two(desk)
    tie(desk)
    due = desk.promise(1).due
    desk.pass_time(due + timedelta(minutes=1))
    ended = [p for p in desk.store.lists.promises(None) if p.state is PromiseState.COVERED]
    assert len(ended) == 1
    assert len(desk.store.lists.promises(PromiseState.OPEN)) == 1


def test_tickets_of_different_people_are_linked_and_all_their_agents_hear_of_it(desk):
    open_two(desk, second=JANA)
    answer(desk, desk.last("new", "joost"), "/take", agent=JOOST)
    answer(desk, desk.sent[1], "/take", agent=MARA)
    assert (desk.ticket(1).assignee, desk.ticket(2).assignee) == ("mara", "joost")
    before = len(desk.sent)
    decision = tie(desk)
    assert not decision.moves
    assert {event.ticket for event in decision.events if event.heading.code == "event.linked"} == {1, 2}
    told = {sent.outgoing.to.address: sent for sent in desk.sent[before:] if sent.outgoing.name == "followup"}
    assert told.keys() == {MARA.addresses[0], JOOST.addresses[0]}
    assert "also refers to ticket 2" in told[MARA.addresses[0]].text
    assert "is in ticket 1" in told[JOOST.addresses[0]].text
    assert told[JOOST.addresses[0]].outgoing.ticket == 2
    assert desk.ticket(2).requester.key == "jana@vogt.example"
    assert len(desk.store.lists.promises(PromiseState.OPEN)) == 2
    assert not [sent for sent in desk.sent[before:] if "jana" in sent.outgoing.to.address]


def test_a_stranger_who_holds_letters_of_both_makes_them_one_for_nobody(desk):
    open_two(desk)
    letters = [s.message_id for s in desk.sent if s.outgoing.name == "ack"]
    decision = tie(desk, JANA, both=" ".join(f"<{each}>" for each in letters))
    assert decision.outcome == "joined"
    assert not decision.moves
    assert [t.number for t in desk.store.lists.tickets(TicketState.OPEN)] == [2, 1]


def test_a_matter_without_a_pace_that_takes_in_an_outage_is_told_a_time_however_they_were_tied(desk):
    praise = "The new search is wonderful, great work, thank you all!"
    desk.receive(mail(BEN, praise, at=MONDAY, subject="Praise", message_id="a1@harbour.example"))
    outage = "Our whole shop is down, nobody can order, error 503 everywhere!"
    desk.receive(mail(BEN, outage, at=MONDAY, subject="Down", message_id="b1@harbour.example", Precedence="bulk"))
    assert (desk.ticket(1).priority, desk.promise(1)) == (5, None)
    assert (desk.ticket(2).priority, desk.promise(2)) == (1, None)
    assert desk.ticket(2).mute is not None
    tie(desk, text="Thank you so much!")
    assert (desk.ticket(1).priority, desk.ticket(1).mute, desk.ticket(2).number) == (1, None, 1)
    update = desk.last("update", "ben@")
    assert desk.promise(1).stated_by == update.outgoing.key
    assert "hear from us by" in update.text
