"""What an answer to the offer of an absent colleague's tickets does: it goes to the one that it names, else it is asked about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.core.intake.tokens import Token, TokenKind
from mailbot.core.model.ticket import TicketState
from tests.simulation.simulated_desk import JOOST, MARA, SIGNER, SimulatedDesk, mail, minutes

MARAS = "Mara Lind <mara@lumen.example>"
JOOSTS = "Joost Baker <joost@lumen.example>"
NORA = "Nora Feld <nora@pine.example>"
OMAR = "Omar Haddad <omar@birch.example>"


@pytest.fixture
def desk():
    one = SimulatedDesk(vouches=True, change_policy=lambda p: replace(p, agents={"mara": MARA, "joost": JOOST}))
    yield one
    one.close()


def write(desk, who, text, to="help@lumen.example", subject="x", **headers):
    desk.clock.at += minutes(5)
    return desk.receive(mail(who, text, at=desk.clock.now(), to=to, subject=subject, **headers))[-1]


def offered(desk, *customers):
    """Mara has a ticket of each of these and goes away; the offer that Joost gets."""
    for who in customers:
        write(desk, who, "The export fails with an error.", subject=f"Export of {who.split()[0]}")
        write(desk, MARAS, "/take", to=desk.last("new", "mara").reply_to)
    write(desk, MARAS, "/away until wed 9:00")
    return desk.last("offered", "joost")


def quoted(text):
    return "\n".join(f"> {line}" for line in text.replace("\r\n", "\n").split("\n"))


def answers(desk, offer, text, *, who=JOOSTS, quoting=True):
    since = len(desk.sent)
    whole = f"{text}\n\n{quoted(offer.text)}" if quoting else text
    headers = {"In_Reply_To": offer.header("Message-ID")}
    done = write(desk, who, whole, to=offer.reply_to, subject=f"Re: {offer.header('Subject')}", **headers)
    return done, [(s.outgoing.name, s.outgoing.to.address.partition("@")[0]) for s in desk.sent[since:]]


def test_a_solution_goes_to_the_one_ticket_that_was_offered(desk):
    done, sent = answers(desk, offered(desk, NORA), "/resolve\n\nIt works again.")
    assert done.outcome == "relayed"
    assert ("relay", "nora") in sent
    assert "It works again." in desk.last("relay").text
    assert "Mara Lind is away" not in desk.last("relay").text
    assert desk.ticket(1).state is TicketState.RESOLVED


def test_so_does_a_line_alone(desk):
    done, sent = answers(desk, offered(desk, NORA), "/take")
    assert (done.outcome, desk.ticket(1).assignee) == ("done", "joost")
    assert ("relay", "nora") not in sent


@pytest.mark.parametrize("text", ["Thanks Mara, I will look after it.", "/take\n\nEnjoy your days off!"])
def test_words_that_may_be_for_the_team_are_asked_about_and_one_tap_says_it(desk, text):
    done, sent = answers(desk, offered(desk, NORA), text)
    assert (done.outcome, sent) == ("held", [("ask", "joost")])
    question = desk.last("ask", "joost")
    assert "is it for Nora Feld, or for your team?" in question.text.replace("\r\n", " ").replace("\n", " ")
    assert [tap["line"] for tap in question.outgoing.fields["answers"]] == ["/send", "/note"]
    write(desk, JOOSTS, "/note", to=question.reply_to)
    assert not [s for s in desk.sent if s.outgoing.name == "relay"]


def test_of_several_the_question_lists_those_that_were_offered_and_no_others(desk):
    write(desk, "Ina Holm <ina@oak.example>", "Where is my parcel?", subject="Parcel")  # nobody's
    offer = offered(desk, NORA, OMAR)
    done, sent = answers(desk, offer, "/resolve\n\nIt works again.")
    assert (done.outcome, sent) == ("held", [("ask", "joost")])
    question = desk.last("ask", "joost")
    assert [tap["line"] for tap in question.outgoing.fields["answers"]] == ["/reply 3", "/reply 2", "/ignore"]
    assert all(tap["link"] for tap in question.outgoing.fields["answers"])
    write(desk, JOOSTS, "/reply 3", to=question.reply_to)
    assert (desk.last("relay").outgoing.to.address, desk.ticket(3).state) == (
        "omar@birch.example",
        TicketState.RESOLVED,
    )
    assert desk.ticket(2).state is not TicketState.RESOLVED


def test_where_nothing_is_quoted_those_of_whoever_is_away_are_listed_too(desk):
    offer = offered(desk, NORA, OMAR)
    answers(desk, offer, "/resolve\n\nIt works again.", quoting=False)
    lines = [tap["line"] for tap in desk.last("ask", "joost").outgoing.fields["answers"]]
    assert {"/reply 2", "/reply 1"} <= set(lines)


def test_nobody_else_can_answer_it(desk):
    offer = offered(desk, NORA)
    for who in ("Eve <eve@else.example>", "Joost Baker <joost@else.example>"):
        done, sent = answers(desk, offer, "/resolve\n\nIt works again.", who=who)
        assert done.outcome == "held"
        assert all(name != "relay" for name, _ in sent)
    answers(desk, offer, "/resolve\n\nI was here.", who=MARAS)
    assert desk.ticket(1).state is not TicketState.RESOLVED


def test_the_signature_says_that_it_was_an_offer():
    one = Token(kind=TokenKind.AGENT, ticket=7, agent="joost", epoch=2, answers=3, offered=True)
    assert SIGNER.read(SIGNER.sign(one)) == one
    assert SIGNER.read(SIGNER.sign(replace(one, offered=False))) == replace(one, offered=False)
    assert SIGNER.empowers(f"help+{SIGNER.sign(one)}@lumen.example")
