"""Hazards 26 to 28: people who have nothing to do with each other answer one mail, claim an id, hold another's letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.app.split import Split, split_in
from mailbot.core.model.message import Author
from mailbot.core.model.outgoing import OutgoingKind
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.reason import Reason
from mailbot.core.model.ticket import TicketState
from tests.simulation.simulated_desk import MARA, MONDAY, SimulatedDesk, mail, minutes

ANA = "Ana Soto <ana@customer.example>"
BOB = "Bob Roth <bob@elsewhere.example>"
NEWS = {"In_Reply_To": "<spring.news@shop.example>", "References": "<spring.news@shop.example>"}
EXPORT = "The export is empty since today. What can I do?"
CHARGE = "My card was charged twice for invoice 77, please refund it."


@pytest.fixture
def desk():
    made = SimulatedDesk(change_policy=roomy)
    yield made
    made.close()


def roomy(policy):
    return replace(policy, limits=replace(policy.limits, per_address_hour=90, per_address_day=90, per_domain_hour=900))


def outside(desk, since=0):
    """The mails that left to people who do not work here."""
    return [s for s in desk.sent[since:] if s.outgoing.kind is not OutgoingKind.NOTICE]


def messages(desk, number):
    return desk.store.lists.ticket(number).messages


def split(desk, number, message):
    return split_in(desk.store, desk.setting, number, message, now=desk.clock.now(), fresh=desk.fresh)


def answer(desk, notice, text, **more):
    desk.clock.at += minutes(2)
    sender = f"{MARA.name} <{MARA.addresses[0]}>"
    more = {"In_Reply_To": f"<{notice.message_id}>", **more}
    return desk.receive(mail(sender, text, at=desk.clock.at, to=notice.reply_to, subject="Re: it", **more))


# --- 26 -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_hazard_26_forty_answers_to_one_announcement_are_forty_tickets(desk):
    for n in range(40):
        desk.receive(
            mail(
                f"P{n} <p{n}@firm{n}.example>",
                f"The export word{n}x fails here.",
                at=MONDAY,
                subject=f"Re: News word{n}x",
                **NEWS,
            )
        )
    tickets = desk.store.lists.tickets(None)
    assert sorted(t.requester.key for t in tickets) == sorted(f"p{n}@firm{n}.example" for n in range(40))
    letters = outside(desk)
    assert [s.outgoing.name for s in letters] == ["ack"] * 40
    for sent in letters:
        own = sent.outgoing.to.address[1:].partition("@")[0]
        assert f"word{own}x" in sent.whole
        assert not [n for n in range(40) if str(n) != own and f"word{n}x" in sent.whole]


def test_hazard_26_an_announcement_that_the_desk_itself_took_in_leads_those_who_answer_it_no_more(desk):
    desk.receive(
        mail(
            "News <news@shop.example>",
            "Spring is here.",
            at=MONDAY,
            message_id="spring.news@shop.example",
            List_Id="<news.shop.example>",
        )
    )
    for sender in (ANA, BOB):
        (decision,) = desk.receive(mail(sender, EXPORT, at=MONDAY, **NEWS))
        assert decision.outcome == "opened"
    assert len(desk.store.lists.tickets(None)) == 3


def test_hazard_26_an_answer_to_the_second_goes_to_the_second(desk):
    desk.receive(mail(ANA, EXPORT, at=MONDAY, **NEWS))
    desk.receive(mail(BOB, CHARGE, at=MONDAY, **NEWS))
    since = len(desk.sent)
    answer(desk, desk.last("new", "mara"), "The second charge is on its way back.")
    assert [s.outgoing.to.address for s in outside(desk, since)] == ["bob@elsewhere.example"]


# --- 27 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["References", "In_Reply_To"])
def test_hazard_27_a_join_by_foreign_references_does_not_happen(desk, how):
    """An id that a mail merely refers to leads nobody but who wrote that mail, also where the mail itself comes later."""
    desk.receive(mail("Eve <eve@evil.example>", "Where do you sit?", at=MONDAY, **{how: "<order-4711@shop.example>"}))
    (decision,) = desk.receive(mail(ANA, CHARGE, at=MONDAY, message_id="order-4711@shop.example"))
    assert (decision.outcome, decision.messages[0].author) == ("opened", Author.CUSTOMER)
    (decision,) = desk.receive(mail(BOB, EXPORT, at=MONDAY, References="<order-4711@shop.example>"))
    assert decision.outcome == "opened", "nor does Ana's mail lead Bob, whom it was not addressed to"
    assert sorted(s.outgoing.to.address for s in outside(desk)) == [
        "ana@customer.example",
        "bob@elsewhere.example",
        "eve@evil.example",
    ]


def test_hazard_27_the_same_sender_is_still_led_whatever_the_order(desk):
    desk.receive(mail(ANA, "And the second page too.", at=MONDAY, References="<a1@customer.example>"))
    (decision,) = desk.receive(mail(ANA, EXPORT, at=MONDAY, message_id="a1@customer.example"))
    assert decision.outcome == "joined"
    (decision,) = desk.receive(mail(ANA, "And the third.", at=MONDAY, References="<a1@customer.example>"))
    assert decision.outcome == "joined"
    assert len(desk.store.lists.tickets(None)) == 1


def test_a_customer_who_writes_twice_before_the_first_answer_has_one_ticket(desk):
    desk.receive(mail(ANA, EXPORT, at=MONDAY, message_id="a1@c.example", References="<order@c.example>"))
    for n, before in ((2, "<order@c.example> <a1@c.example>"), (3, "<order@c.example>")):
        (decision,) = desk.receive(
            mail(ANA, f"More of it, {n}.", at=MONDAY, message_id=f"a{n}@c.example", References=before)
        )
        assert decision.outcome == "joined"


# --- 28 -----------------------------------------------------------------------------------------------------------


def forwarded(desk, sender=BOB, text="Is that mine as well? All is down, total outage!", reply_to=True):
    """Ana passes our letter on, and somebody else answers it."""
    desk.receive(mail(ANA, EXPORT, at=MONDAY, message_id="a1@customer.example", subject="Empty export"))
    ack = desk.last("ack", "ana@")
    desk.clock.at += minutes(5)
    to = ack.reply_to if reply_to else "help@lumen.example"
    since = len(desk.sent)
    (decision,) = desk.receive(
        mail(sender, text, at=desk.clock.at, to=to, subject="Re: Empty export", In_Reply_To=f"<{ack.message_id}>")
    )
    return decision, since


@pytest.mark.parametrize("reply_to", [True, False])
def test_hazard_28_who_answers_a_letter_that_was_passed_on_joins_and_changes_nothing(desk, reply_to):
    decision, since = forwarded(desk, reply_to=reply_to)
    ticket = desk.ticket()
    assert (decision.outcome, decision.messages[0].author) == ("joined", Author.STRANGER)
    assert (ticket.priority, ticket.requester.key, ticket.thread) == (
        3,
        "ana@customer.example",
        ("a1@customer.example",),
    )
    assert not outside(desk, since)
    notice = desk.last("followup", "mara")
    assert "The desk hasn't written to bob@elsewhere.example" in notice.text
    assert f"mailbot ticket split 1 {decision.messages[0].id}" in " ".join(notice.text.split())
    assert "your words go to Ana Soto under your name" in " ".join(notice.text.split())
    desk.pass_time(desk.clock.at + timedelta(days=2))
    for sent in outside(desk):
        assert sent.outgoing.to.address == "ana@customer.example"
        assert "outage" not in sent.whole
        assert "elsewhere" not in sent.whole


def test_hazard_28_a_solved_ticket_stays_solved(desk):
    desk.receive(mail(ANA, EXPORT, at=MONDAY))
    answer(desk, desk.last("new", "mara"), "/resolve\nIt is filled again.")
    letter = outside(desk)[-1]
    since = len(desk.sent)
    (decision,) = desk.receive(mail(BOB, "Thank you, and mine?", at=MONDAY, to=letter.reply_to))
    assert (decision.outcome, desk.ticket().state) == ("joined", TicketState.RESOLVED)
    assert not outside(desk, since)


def test_hazard_28_the_customer_from_another_address_joins_as_somebody_else(desk):
    decision, since = forwarded(desk, sender="Ana Soto <ana.soto@private.example>")
    assert (decision.outcome, decision.messages[0].author) == ("joined", Author.STRANGER)
    assert not outside(desk, since)
    (decision,) = answer(desk, desk.last("followup", "mara"), "It is being filled now.")
    assert decision.outcome == "relayed", "to the address that the ticket has: it bears her name"
    assert outside(desk)[-1].outgoing.to.address == "ana@customer.example"


def test_somebody_in_copy_who_answers_all_joins_as_a_stranger(desk):
    desk.receive(mail(ANA, EXPORT, at=MONDAY, message_id="a1@customer.example", Cc=BOB))
    since = len(desk.sent)
    (decision,) = desk.receive(mail(BOB, "With me it is the same.", at=MONDAY, In_Reply_To="<a1@customer.example>"))
    assert (decision.outcome, decision.messages[0].author) == ("joined", Author.STRANGER)
    assert not outside(desk, since)


def test_a_gateway_that_rewrites_message_ids_leads_by_the_signed_address(desk):
    desk.receive(mail(ANA, EXPORT, at=MONDAY, message_id="a1@customer.example"))
    ack = desk.last("ack")
    ids = {"In_Reply_To": "<rewritten@gateway.example>", "References": "<other@gateway.example>"}
    (decision,) = desk.receive(
        mail(ANA, "Still empty.", at=MONDAY, to=ack.reply_to, message_id="z@gateway.example", **ids)
    )
    assert (decision.outcome, decision.messages[0].author) == ("joined", Author.CUSTOMER)


def test_a_stranger_is_no_customer_who_was_here_before(desk):
    forwarded(desk)
    (decision,) = desk.receive(mail(BOB, CHARGE, at=MONDAY))
    assert decision.outcome == "opened"
    assert desk.last("ack", "bob@").outgoing.fields["first_contact"]


# --- what an agent answers to a stranger's mail -------------------------------------------------------------------


@pytest.mark.parametrize("how", ["answered", "no In-Reply-To"])
def test_an_answer_to_a_strangers_mail_is_asked_about(desk, how):
    forwarded(desk)
    since = len(desk.sent)
    more = {} if how == "answered" else {"In_Reply_To": ""}
    (decision,) = answer(desk, desk.last("followup", "mara"), "Bob, yours is another matter.", **more)
    assert decision.outcome == "held"
    assert not outside(desk, since)
    question = desk.last("ask", "mara")
    assert "bob@elsewhere.example" in question.text
    assert "mailbot ticket split 1" in " ".join(question.text.split())
    (decision,) = desk.receive(mail(f"{MARA.name} <{MARA.addresses[0]}>", "/send", at=MONDAY, to=question.reply_to))
    assert decision.outcome == "relayed"
    assert [s.outgoing.to.address for s in outside(desk, since)] == ["ana@customer.example"]


def test_an_answer_to_the_customers_own_notice_is_sent_although_a_stranger_wrote_since(desk):
    forwarded(desk)
    (decision,) = answer(desk, desk.last("new", "mara"), "Ana, it is being filled now.")
    assert decision.outcome == "relayed"


def test_a_note_or_a_line_on_a_strangers_mail_is_not_asked_about(desk):
    forwarded(desk)
    for text in ("/note\nBob is her accountant.", "/take", "/p 2"):
        (decision,) = answer(desk, desk.last("followup", "mara"), text)
        assert decision.outcome in ("noted", "done")


def test_an_answer_to_a_mail_that_was_split_off_is_asked_about_with_its_new_ticket(desk):
    forwarded(desk)
    old = desk.last("followup", "mara")
    split(desk, 1, messages(desk, 1)[-1].id)
    desk.send()
    since = len(desk.sent)
    (decision,) = answer(desk, old, "Yours is another matter.")
    assert decision.outcome == "held"
    assert not outside(desk, since)
    question = desk.last("ask", "mara")
    (decision,) = desk.receive(mail(f"{MARA.name} <{MARA.addresses[0]}>", "/reply 2", at=MONDAY, to=question.reply_to))
    assert decision.outcome == "relayed"
    assert [s.outgoing.to.address for s in outside(desk, since)] == ["bob@elsewhere.example"]


# --- mailbot ticket split -----------------------------------------------------------------------------------------


def test_a_mail_that_is_split_off_has_what_it_would_have_had(desk):
    forwarded(desk)
    since, stranger = len(desk.sent), messages(desk, 1)[-1]
    done = split(desk, 1, stranger.id)
    assert isinstance(done, Split)
    assert (done.ticket, done.customer, done.letter, done.priority) == (2, "bob@elsewhere.example", "ack", 1)
    desk.send()
    (ack,) = outside(desk, since)
    assert ack.outgoing.to.address == "bob@elsewhere.example"
    assert "Soto" not in ack.whole
    assert {s.outgoing.ticket for s in desk.sent[since:] if s.outgoing.name == "new"} == {2}
    assert desk.promise(2).due == done.due
    assert desk.promise(2).stated_by == ack.outgoing.key
    assert [m.author for m in messages(desk, 2)] == [Author.CUSTOMER]
    assert [m.id for m in messages(desk, 2)] == [stranger.id]
    assert [m.from_.key for m in messages(desk, 1)] == ["ana@customer.example"]
    assert any(e.what.code == "event.split.off" for e in desk.store.lists.ticket(1).events)
    assert any(e.what.code == "event.split.from" for e in desk.store.lists.ticket(2).events)


def test_what_comes_after_a_split_goes_to_the_new_ticket_and_ties_nothing(desk):
    forwarded(desk)
    old_ack = desk.last("ack", "ana@").message_id
    split(desk, 1, messages(desk, 1)[-1].id)
    desk.send()
    ack = desk.last("ack", "bob@")
    both = f"<{old_ack}> <{ack.message_id}>"
    (decision,) = desk.receive(mail(BOB, "Thanks, and?", at=MONDAY, to=ack.reply_to, References=both))
    assert (decision.messages[0].ticket, decision.messages[0].author) == (2, Author.CUSTOMER)
    assert not any(e.heading.code == "event.linked" for e in decision.events)


def test_a_second_matter_of_the_same_customer_stays_apart(desk):
    desk.receive(mail(ANA, EXPORT, at=MONDAY, message_id="a1@customer.example"))
    desk.receive(mail(ANA, CHARGE, at=MONDAY, message_id="a2@customer.example", In_Reply_To="<a1@customer.example>"))
    assert desk.ticket(1).thread == ("a1@customer.example", "a2@customer.example")
    done = split(desk, 1, "<a2@customer.example>")
    assert (done.ticket, desk.ticket(1).thread) == (2, ("a1@customer.example",))
    ids = "<a1@customer.example> <a2@customer.example>"
    (decision,) = desk.receive(mail(ANA, "Here is the invoice.", at=MONDAY, References=ids))
    assert (decision.messages[0].ticket, decision.moves) == (2, ())
    assert desk.store.lists.promises(PromiseState.OPEN)[0].ticket in (1, 2)
    assert len(desk.store.lists.promises(PromiseState.OPEN)) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("which", "code"),
    [
        ("opening", "split.opening"),
        ("agent", "split.agent"),
        ("none", "split.no-message"),
        ("ticket", "split.no-ticket"),
        ("many", "split.several"),
    ],
)
def test_what_cannot_be_split_stays_and_is_said_why(desk, which, code):
    forwarded(desk)
    answer(desk, desk.last("new", "mara"), "Ana, it is being filled now.")
    by = {m.author: m.id for m in messages(desk, 1)}
    given = {
        "opening": by[Author.CUSTOMER],
        "agent": by[Author.AGENT],
        "none": "zzzz",
        "ticket": "zzzz",
        "many": "id0",
    }[which]
    before = len(desk.store.lists.tickets(None))
    said_no = split(desk, 99 if which == "ticket" else 1, given)
    assert isinstance(said_no, Reason)
    assert said_no.code == code
    assert len(desk.store.lists.tickets(None)) == before


def test_the_only_mail_of_a_ticket_stays(desk):
    desk.receive(mail(ANA, EXPORT, at=MONDAY))
    assert split(desk, 1, messages(desk, 1)[0].id).code == "split.only"
