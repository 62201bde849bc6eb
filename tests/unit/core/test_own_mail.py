"""Agents who write without our signed address: directly to a customer, or an answer that lost its ticket."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.core.model.promise import PromiseState
from mailbot.core.model.silence import WRITTEN_TO
from mailbot.core.model.ticket import LookFor, TicketState
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail

SERVER = "mx.lumen.example"
PROVEN = {"Authentication_Results": f"{SERVER}; dkim=pass header.d=lumen.example; dmarc=pass header.from=lumen.example"}
THEIRS = {
    "Authentication_Results": f"{SERVER}; dkim=pass header.d=customer.example; dmarc=pass header.from=customer.example"
}
MARA, NORA = "Mara Lind <mara@lumen.example>", "Nora Feld <nora@customer.example>"
DESK = "help@lumen.example"
OWN = "own@lumen.example"


@pytest.fixture(params=[True, False], ids=["a server vouches", "nobody vouches"])
def desk(request):
    one = SimulatedDesk(change_policy=lambda policy: replace(policy, authserv_id=SERVER) if request.param else policy)
    yield one
    one.close()


def vouches(desk):
    return desk.setting.policy.authserv_id is not None


def writes(desk, text="Hello Nora, your lamp is ready.", **more):
    return mail(
        MARA, text, at=MONDAY, **{"to": NORA, "Cc": DESK, "subject": "Your lamp", "message_id": OWN, **PROVEN, **more}
    )


def promises(desk):
    """The state of everything that was promised."""
    return list({promise.id: promise.state for decision in desk.decisions for promise in decision.promises}.values())


def outside(desk, since=0):
    return [sent for sent in desk.sent[since:] if "lumen" not in sent.outgoing.to.address]


@pytest.mark.parametrize("copy", [{"Cc": DESK}, {"Cc": "joost@lumen.example", "Delivered_To": DESK}], ids=["Cc", "Bcc"])
def test_the_ticket_is_the_customers_and_nothing_goes_out(desk, copy):
    (decision,) = desk.receive(writes(desk, **copy))
    ticket = desk.ticket()
    assert (decision.outcome, ticket.requester.address, ticket.mute) == ("kept", "nora@customer.example", WRITTEN_TO)
    assert not outside(desk)
    assert ticket.look.kind is LookFor.REMIND_AGENTS
    assert promises(desk) == []
    told = desk.last("kept", "mara").text
    assert "kept this as your answer to Nora Feld. Not you? /spam" in told
    assert ("not confirmed" in told) is not vouches(desk)
    assert not [sent for sent in desk.sent if sent.outgoing.name in ("ack", "new")]


def test_what_either_side_writes_next_lands_there(desk):
    desk.receive(writes(desk))
    (decision,) = desk.receive(
        mail(
            NORA,
            "When can I fetch it?",
            at=MONDAY,
            to=f"{MARA}, {DESK}",
            In_Reply_To=f"<{OWN}>",
            message_id="n1@customer.example",
            **THEIRS,
        )
    )
    ticket = desk.ticket()
    assert (decision.outcome, ticket.number, ticket.mute) == ("joined", 1, None)
    assert "hear from us by" in desk.last("update", "nora").text
    since = len(desk.sent)
    (decision,) = desk.receive(
        writes(desk, "Any day.", message_id="own2@lumen.example", In_Reply_To="<n1@customer.example>")
    )
    assert (decision.outcome, decision.tickets[0].number) == ("kept", 1)
    assert not outside(desk, since)
    kept = promises(desk)
    assert kept == ([PromiseState.KEPT] if vouches(desk) else [PromiseState.OPEN])
    assert desk.ticket().mute == (WRITTEN_TO if vouches(desk) else None)


def test_spam_puts_away_what_was_not_theirs(desk):
    desk.receive(writes(desk))
    desk.receive(mail(MARA, "/spam", at=MONDAY, to=desk.last("kept", "mara").reply_to, **PROVEN))
    assert desk.ticket().state is TicketState.RESOLVED
    assert not outside(desk)


def test_a_later_word_through_the_desk_promises_again(desk):
    desk.receive(writes(desk))
    desk.receive(mail(MARA, "It waits at the counter.", at=MONDAY, to=desk.last("kept", "mara").reply_to, **PROVEN))
    assert "It waits at the counter." in desk.last("relay", "nora").text
    assert desk.ticket().mute is None


def test_a_mail_to_somebody_else_in_a_customers_thread_is_no_answer_to_the_customer(desk):
    desk.receive(mail(NORA, "The lamp stays dark.", at=MONDAY, message_id="n1@customer.example", **THEIRS))
    since = len(desk.sent)
    desk.receive(
        writes(desk, "Can you deliver one?", to="Sam <sam@maker.example>", In_Reply_To="<n1@customer.example>")
    )
    assert not outside(desk, since)
    assert promises(desk) == [PromiseState.OPEN]
    assert "kept this as your mail to Sam" in desk.last("kept", "mara").text
    assert desk.ticket().answers == 0


LOST = """Please hold it for ten seconds.

> ##^^## Write above this line
>
> Nora Feld writes:
>
> > The lamp stays dark.
>
> Lumen Support · ticket 2
"""


def lost(desk, text=LOST, **more):
    return mail(MARA, text, at=MONDAY, **{"subject": "Re: dark", **PROVEN, **more})


def three(desk):
    for number, words in enumerate(("The bill is wrong.", "The lamp stays dark.", "Where is my parcel?")):
        desk.receive(
            mail(
                f"P{number} <p{number}@customer.example>", words, at=MONDAY, subject=f"Matter {'abc'[number]}", **THEIRS
            )
        )
    return len(desk.sent)


@pytest.mark.slow
def test_an_answer_that_lost_its_way_is_asked_about_the_likeliest_first(desk):
    since = three(desk)
    (decision,) = desk.receive(lost(desk))
    assert (decision.outcome, decision.tickets) == ("held", ())
    asked = desk.last("ask", "mara")
    assert not outside(desk, since)
    assert asked.text.index("/reply 2") < asked.text.index("/reply 3") < asked.text.index("/reply 1")
    assert "[2] P1: Matter b" in asked.text
    desk.receive(mail(MARA, "/reply 2", at=MONDAY, to=asked.reply_to, **PROVEN))
    (relayed,) = outside(desk, since)
    assert relayed.outgoing.ticket == 2
    assert "hold it for ten seconds" in relayed.text
    assert "Write above" not in relayed.text


@pytest.mark.slow
@pytest.mark.parametrize(
    "more",
    [
        {"text": "It is on its way."},
        {"text": "It is on its way.", "subject": "AW: [EXT] something"},
        {"text": "It is on its way.", "subject": "Matter c", "In_Reply_To": "<0102@relay.example>"},
        {"text": LOST, "subject": "no prefix"},
        {"text": "It is on its way.", "subject": "[3] P3 · word by Monday"},
    ],
    ids=["Re", "AW", "an id nobody knows", "the mark below", "our subject"],
)
def test_however_little_is_left_it_is_never_the_agents_ticket(desk, more):
    since = three(desk)
    (decision,) = desk.receive(lost(desk, **more))
    assert (decision.outcome, outside(desk, since)) == ("held", [])
    assert not [sent for sent in desk.sent[since:] if sent.outgoing.name == "ack"]


def test_five_are_offered_at_most(desk):
    for number in range(8):
        desk.receive(mail(f"P <p{number}@customer.example>", "The lamp stays dark.", at=MONDAY, **THEIRS))
    desk.receive(lost(desk, "Soon.", subject="Re: lamp"))
    offered = desk.last("ask", "mara").outgoing.fields["answers"]
    assert len(offered) == 6, "five tickets, and none of them"


def test_an_agent_who_asks_for_themselves_is_a_customer_still(desk):
    (decision,) = desk.receive(mail(MARA, "My own lamp is dark.", at=MONDAY, subject="My lamp", **PROVEN))
    assert decision.outcome == "opened"
    (decision,) = desk.receive(
        mail(MARA, "Still dark.", at=MONDAY, subject="Re: My lamp", to=desk.last("ack", "mara").reply_to, **PROVEN)
    )
    assert decision.outcome == "joined"


def test_an_answer_in_an_agents_name_from_elsewhere_is_shown_to_the_agent_alone(desk):
    since = three(desk)
    (decision,) = desk.receive(mail("Mara Lind <mara@private.example>", LOST, at=MONDAY, subject="Re: dark"))
    assert (decision.outcome, outside(desk, since)) == ("held", [])
    assert "mara@private.example" in desk.last("ask", "mara@lumen").text
