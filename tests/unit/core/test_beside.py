"""Others who answer an agent's signed address: their words reach us as their own, and nobody outside."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.core.model.ticket import TicketState
from tests.golden.letterbox import tapped
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail

MARA, JOOST = "Mara Lind <mara@lumen.example>", "Joost Baker <joost@lumen.example>"
LOU, KIT = "Lou Case <lou@customer.example>", "Kit Case <kit@customer.example>"


@pytest.fixture
def desk():
    one = SimulatedDesk()
    one.receive(mail(LOU, "The lamp stays dark. What can I do?", at=MONDAY, message_id="first@customer.example"))
    yield one
    one.close()


def signed(desk, who="mara"):
    return desk.last("new", who).reply_to


def answered(desk):
    """Mara has answered, and put Kit into Cc."""
    desk.receive(
        mail(MARA, "Hold it for ten seconds.", at=MONDAY, to=signed(desk), message_id="answer@lumen.example", Cc=KIT)
    )
    return len(desk.sent)


def outside(desk, since):
    return [sent for sent in desk.sent[since:] if "lumen" not in sent.outgoing.to.address]


@pytest.mark.parametrize("headers", [{"In_Reply_To": "<answer@lumen.example>"}, {}], ids=["answers her", "names her"])
def test_a_person_in_cc_who_answers_all_is_heard_as_themselves(desk, headers):
    since = answered(desk)
    desk.receive(mail(KIT, "I tried it, it is still dark.", at=MONDAY, to=f"{MARA}, {signed(desk)}", **headers))
    assert not outside(desk, since)
    told = {s.outgoing.agent: s for s in desk.sent[since:] if s.outgoing.name == "followup"}
    assert set(told) == {"mara", "joost"}, "Mara has it already, so that the others hear of it as well"
    assert "kit@customer.example, to whom Mara Lind wrote, writes:" in told["joost"].text
    assert "still dark" in told["joost"].text
    assert desk.ticket().requester.address == "lou@customer.example"


@pytest.mark.parametrize(
    ("sender", "to", "headers"),
    [
        ("Mara <mara@private.example>", "", {"In_Reply_To": "<{notice}>"}),
        ("Mara Lind <mara@private.example>", "mara@lumen.example, ", {}),
        ("Somebody <some@where.example>", "", {}),
    ],
    ids=["answers the notice", "bears her name", "has but the address"],
)
def test_whoever_may_be_the_agent_or_a_thief_is_asked_about(desk, sender, to, headers):
    since = answered(desk)
    notice = desk.last("new", "mara")
    filled = {name: value.format(notice=notice.message_id) for name, value in headers.items()}
    (decision,) = desk.receive(mail(sender, "It goes back today.", at=MONDAY, to=to + signed(desk), **filled))
    assert decision.outcome == "held"
    assert not outside(desk, since)


def test_the_customer_who_answers_to_an_agents_address_is_the_customer(desk):
    answered(desk)
    (decision,) = desk.receive(
        mail(LOU, "It is still dark.", at=MONDAY, to=signed(desk), In_Reply_To="<answer@lumen.example>")
    )
    assert (decision.outcome, decision.messages[0].author) == ("joined", "customer")


def test_a_colleagues_words_are_a_note_of_theirs(desk):
    since = answered(desk)
    (decision,) = desk.receive(mail(JOOST, "/resolve\n\nTell them that the maker knows.", at=MONDAY, to=signed(desk)))
    assert decision.outcome == "noted"
    assert not outside(desk, since)
    assert desk.ticket().state is TicketState.OPEN
    to_mara, to_joost = desk.last("beside", "mara"), desk.last("beside", "joost")
    assert "A note from Joost Baker, for us alone" in to_mara.text
    assert "the maker knows" in to_mara.text
    assert "nothing has gone to Lou Case" in to_joost.text
    desk.receive(mail(JOOST, "And they know why.", at=MONDAY, to=to_joost.reply_to))
    assert not outside(desk, since)
    desk.receive(mail(JOOST, "/reply\n\nThe maker knows of it.", at=MONDAY, to=to_joost.reply_to))
    assert "The maker knows of it." in desk.last("relay", "lou").text


def test_a_colleagues_note_goes_out_by_one_tap(desk):
    desk.receive(mail(JOOST, "/take\n\nThe maker knows of it.", at=MONDAY, to=signed(desk)))
    address, subject, text = tapped(desk.last("beside", "joost").text)
    desk.receive(mail(JOOST, text, at=MONDAY, to=address, subject=subject))
    words = desk.last("relay", "lou").text
    assert "The maker knows of it." in words
    assert "/take" not in words


def test_a_colleague_who_cannot_be_confirmed_is_shown_so():
    desk = SimulatedDesk(change_policy=lambda policy: replace(policy, authserv_id="mx.lumen.example"))
    try:
        desk.receive(mail(LOU, "The lamp stays dark.", at=MONDAY))
        (decision,) = desk.receive(mail(JOOST, "Give them everything.", at=MONDAY, to=signed(desk)))
        assert decision.messages[0].author == "stranger"
        assert "Not confirmed" in desk.last("beside", "mara").text
    finally:
        desk.close()
