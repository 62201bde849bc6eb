"""The same words of an agent twice within minutes go out once; the second is asked about."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail

MARA, LOU = "Mara Lind <mara@lumen.example>", "Lou Case <lou@customer.example>"
WORDS = "Please hold it for ten seconds."


@pytest.fixture
def desk():
    one = SimulatedDesk()
    one.receive(mail(LOU, "The lamp stays dark. What can I do?", at=MONDAY, message_id="first@customer.example"))
    one.receive(says(one, WORDS))
    yield one
    one.close()


def says(desk, words, **more):
    return mail(
        MARA, words, at=MONDAY, to=desk.last("new", "mara").reply_to, **{"message_id": "one@lumen.example", **more}
    )


def relays(desk):
    return [sent for sent in desk.sent if sent.outgoing.name == "relay"]


def test_under_another_id_they_are_asked_about_and_a_tap_sends_them(desk):
    (decision,) = desk.receive(says(desk, WORDS + "\n", message_id="two@lumen.example"))
    assert (decision.outcome, len(relays(desk))) == ("held", 1)
    asked = desk.last("ask", "mara")
    assert WORDS in asked.text
    desk.receive(mail(MARA, "/send", at=MONDAY, to=asked.reply_to))
    assert len(relays(desk)) == 2


def test_under_the_same_id_it_is_the_same_mail(desk):
    before = len(desk.sent)
    (decision,) = desk.receive(says(desk, WORDS, Date="Mon, 02 Mar 2026 09:00:07 +0100"))
    assert (decision.outcome, len(desk.sent)) == ("logged", before)


@pytest.mark.parametrize("what", ["other words", "later", "they wrote again"])
def test_what_is_an_answer_of_its_own_goes_out(desk, what):
    words = "Then hold it for twenty." if what == "other words" else WORDS
    if what == "later":
        desk.clock.at += timedelta(minutes=11)
    if what == "they wrote again":
        desk.clock.at += timedelta(minutes=1)
        desk.receive(mail(LOU, "How long?", at=MONDAY, to=desk.last("relay", "lou").reply_to))
        desk.clock.at += timedelta(minutes=1)
    desk.receive(says(desk, words, message_id="two@lumen.example"))
    assert len(relays(desk)) == 2


def test_a_second_tap_does_nothing_more():
    desk = SimulatedDesk()
    try:
        desk.receive(mail(LOU, "The lamp stays dark.", at=MONDAY))
        desk.receive(says(desk, "/resolve"))
        desk.receive(says(desk, "/resolve", message_id="two@lumen.example"))
        assert len([sent for sent in desk.sent if sent.outgoing.name == "resolved"]) == 1
    finally:
        desk.close()
