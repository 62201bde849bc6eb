"""A mail that is kept back is asked about with several answers, each one tap or one typed line, and answered once."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from urllib.parse import unquote, urlsplit

import pytest

from mailbot.core.actions.ask_agent import ask_at_large, chosen, named_ticket
from mailbot.core.actions.case import Case
from mailbot.core.decide import take_in
from mailbot.core.letters.reply_links import Choice
from mailbot.core.model.known import Keys, Known
from mailbot.core.model.reason import why
from tests.simulation.simulated_desk import MARA, SimulatedDesk, mail

ANNA = "Anna Keller <anna@atelier.example>"
MARAS, JOOSTS = "Mara Lind <mara@lumen.example>", "Joost Baker <joost@lumen.example>"
BROKEN = "The export fails with an error at 80 % since this morning."
KEPT = "resolve\n\nIt works again, Anna."


@pytest.fixture
def desk():
    one = SimulatedDesk()
    yield one
    one.close()


@pytest.fixture
def nosub():
    one = SimulatedDesk(change_policy=lambda policy: replace(policy, subaddress=False, verp=False))
    yield one
    one.close()


def taps(sent):
    """What a client opens for each button, by the line: address and subject."""
    page = sent.parsed.get_body(preferencelist=("html",)).get_content()
    found = {}
    for link in (urlsplit(unescape(one)) for one in re.findall(r'href="(mailto:[^"]*)"', page)):
        fields = dict(one.split("=", 1) for one in link.query.split("&"))
        found[unquote(fields["body"])] = (unquote(link.path), unquote(fields["subject"]))
    return found


def tap(desk, line, *, sender=MARAS, below=""):
    to, subject = taps(desk.last("ask"))[line]
    return desk.receive(mail(sender, line + below, at=desk.clock.now(), to=to, subject=subject))[-1]


def say(desk, text, *, of="new", to="mara", sender=MARAS):
    sent = desk.last(of, to)
    raw = mail(sender, text, at=desk.clock.now(), to=sent.reply_to, In_Reply_To=f"<{sent.message_id}>")
    return desk.receive(raw)[-1]


def held(desk, text=KEPT):
    desk.receive(mail(ANNA, BROKEN, at=desk.clock.now()))
    assert say(desk, text).outcome == "held"
    assert "relay" not in desk.names()


@pytest.mark.parametrize("below", ["", "\n\nKind regards\nMara Lind\nLumen GmbH", "\n\nVon meinem iPhone gesendet"])
def test_each_answer_does_what_its_button_says(desk, below):
    held(desk)
    assert list(taps(desk.last("ask"))) == ["/do", "/note", "/send"]
    assert tap(desk, "/do", below=below).outcome == "relayed"
    assert "It works again" in desk.last("relay").text
    assert "resolve" not in desk.last("relay").text
    assert desk.ticket().state == "resolved"


def test_what_was_asked_about_is_sent_as_it_stands(desk):
    held(desk)
    assert tap(desk, "/send").outcome == "relayed"
    assert "resolve\n\nIt works again" in desk.last("relay").text.replace("\r", "")
    assert desk.ticket().state == "open"


def test_what_was_asked_about_is_kept_as_a_note(desk):
    held(desk, "Note: she is a difficult one\n\nplease look at her bill")
    assert list(taps(desk.last("ask"))) == ["/note", "/send"]
    assert tap(desk, "/note", below="\n\nMara Lind\nLumen GmbH").outcome == "noted"
    assert "relay" not in desk.names()


@pytest.mark.parametrize("line", ["/send", "/note", "/do"])
def test_a_second_answer_does_nothing_and_says_so(desk, line):
    held(desk)
    tap(desk, "/do")
    since = len(desk.sent)
    assert tap(desk, line).outcome == "refused"
    assert desk.names(since) == ["refused"]
    assert "dealt with" in desk.sent[-1].text


def test_an_answer_is_typed_as_well_as_tapped(nosub):
    held(nosub)
    asked = nosub.last("ask").text
    assert "You can type the same answers: /do, /note, /send" in asked
    assert say(nosub, "/do", of="ask").outcome == "relayed"


def test_an_answer_with_words_below_sends_nothing_and_loses_none(desk):
    held(desk)
    assert say(desk, "/send\n\nAnd please tell us how it went.", of="ask").outcome == "refused"
    assert "has to stand alone" in desk.last("refused").text
    assert say(desk, "/send\n\nKind regards\nMara Lind", of="ask").outcome == "relayed"


@pytest.mark.parametrize("greeting", ["Hi Joost,", "Hello team", "Hallo zusammen,"])
def test_a_note_without_its_slash_below_a_greeting_to_colleagues_is_asked_about(desk, greeting):
    held(desk, f"{greeting}\n\nnote: she is a difficult one")
    assert tap(desk, "/note").outcome == "noted"


def test_a_note_below_a_greeting_to_the_customer_is_a_letter(desk):
    desk.receive(mail(ANNA, BROKEN, at=desk.clock.now()))
    assert say(desk, "Hello Anna,\n\nNote: the export takes an hour.").outcome == "relayed"


def test_only_the_agent_who_was_asked_can_answer(desk):
    held(desk)
    assert desk.receive(mail(JOOSTS, "/send", at=desk.clock.now(), to="help@lumen.example"))[-1].outcome == "opened"
    assert "relay" not in desk.names()


def test_other_words_count_instead_and_what_was_held_is_gone(desk):
    held(desk)
    assert say(desk, "It is mended, Anna.", of="ask").outcome == "relayed"
    assert tap(desk, "/send").outcome == "refused"
    assert desk.names().count("relay") == 1


@pytest.mark.parametrize("line", ["/send all", "/reply 1"])
def test_an_answer_to_another_question_is_none(desk, line):
    held(desk)
    assert say(desk, line, of="ask").outcome == "refused"
    assert "relay" not in desk.names()
    assert tap(desk, "/send").outcome == "relayed"


def nowhere(desk, text="It is mended, Anna."):
    """A reply of Mara's of which nobody knows the ticket, held and asked about as it is once that is found out."""
    raw = mail(MARAS, text, at=desk.clock.now(), subject="Re: the export")
    incoming = take_in(raw, desk.setting, inbox="support", received_at=desk.clock.now())
    numbers = (1, 2)
    choices = [Choice(line=f"/reply {n}", label=why("ask.do", verb=f"{n} · Anna: <b>Question</b>")) for n in numbers]
    decision = ask_at_large(
        Case(incoming=incoming, known=Known(), setting=desk.setting, now=desk.clock.now(), fresh=desk.fresh),
        MARA,
        about="which",
        question=why("ask.which"),
        choices=choices,
    )
    desk.store.commit(decision, desk.clock.now())
    desk.send()


def test_a_text_without_a_ticket_goes_to_the_one_that_is_named(desk):
    desk.receive(mail(ANNA, BROKEN, at=desk.clock.now()))
    desk.receive(mail("Kim Lee <kim@paper.example>", "The bill is wrong, I paid twice.", at=desk.clock.now()))
    nowhere(desk)
    assert tap(desk, "/reply 2", below="\n\n-- \nMara").outcome == "relayed"
    assert desk.last("relay").outgoing.to.address == "kim@paper.example"
    assert (desk.ticket(1).answers, desk.ticket(2).answers) == (0, 1)
    since = len(desk.sent)
    assert tap(desk, "/reply 1").outcome == "refused"
    assert desk.names(since) == ["refused"]
    assert "dealt with" in desk.sent[-1].text
    known = desk.store.lookup(Keys(content_key="", sender=None, numbers=(2,)), desk.clock.now())
    assert "mended" in known.answers[2].new_text


@pytest.mark.parametrize("line", ["/reply 77", "It is mended.", "/send", "/note"])
def test_a_text_without_a_ticket_goes_nowhere_else(desk, line):
    desk.receive(mail(ANNA, BROKEN, at=desk.clock.now()))
    nowhere(desk)
    assert say(desk, line, of="ask").outcome == "refused"
    assert "relay" not in desk.names()
    assert say(desk, "/reply #1.", of="ask").outcome == "relayed"


def test_what_was_asked_about_can_be_left_alone(desk):
    desk.receive(mail(ANNA, BROKEN, at=desk.clock.now()))
    nowhere(desk)
    assert say(desk, "/ignore", of="ask").outcome == "done"
    assert say(desk, "/reply 1", of="ask").outcome == "refused"
    assert "already been answered" in desk.sent[-1].text
    assert desk.ticket().mute is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("/reply 12", 12),
        ("/reply #12", 12),
        ("/reply [12]", 12),
        ("\n/Reply 3.\n\nMara", 3),
        ("/reply x", None),
        ("x", None),
    ],
)
def test_the_ticket_that_an_answer_names(text, number):
    assert named_ticket(text) == number


def test_an_answer_with_words_of_its_own_is_no_answer(desk):
    held(desk)
    known = desk.store.lookup(
        Keys(content_key="", sender=None, held=desk.setting.signer.read(desk.last("ask").reply_to).ref),
        desk.clock.now(),
    )
    assert chosen(known.held, "/note she called") is None
    assert chosen(known.held, "/note\n\nshe called") is None
    assert chosen(known.held, "she called") is None
    assert chosen(known.held, "") is None
    assert chosen(known.held, "/note").text == f"/note\n{KEPT}"
