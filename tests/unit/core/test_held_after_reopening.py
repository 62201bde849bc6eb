"""An agent's reply to a notice from before the ticket was opened again is held, and shows whose mail came since."""

from __future__ import annotations

import pytest

from tests.simulation.simulated_desk import SimulatedDesk, mail, minutes

BEN = "Ben Okoro <ben@harbour.example>"
IDA = "Ida Moe <ida@elsewhere.example>"
MARAS = "Mara Lind <mara@lumen.example>"
EXPORT = "The export fails with error 403 since this morning."


@pytest.fixture
def desk():
    one = SimulatedDesk(vouches=True)
    yield one
    one.close()


def writes(desk, who, text, **headers):
    desk.clock.at += minutes(10)
    return desk.receive(mail(who, text, at=desk.clock.now(), **headers))[-1]


@pytest.fixture
def reopened(desk):
    """Mara has solved it, and its customer wrote that it is back."""
    writes(desk, BEN, EXPORT)
    writes(desk, MARAS, "/resolve\n\nIt is mended.\n\nMara", to=desk.last("new", "mara").reply_to)
    relay = desk.last("relay", "ben")
    assert writes(desk, BEN, "It stopped again.", to=relay.reply_to).outcome == "reopened"
    return desk


def test_hers_is_held_though_the_last_answer_was_her_own(reopened):
    held = writes(reopened, MARAS, "Good to hear.\n\nMara", to=reopened.last("new", "mara").reply_to)
    assert held.outcome == "held"
    assert "> It stopped again." in reopened.last("crossed", "mara").text
    assert writes(reopened, MARAS, "/send", to=reopened.last("crossed", "mara").reply_to).outcome == "relayed"


@pytest.mark.parametrize("text", ["/note\n\nIt is the disk.", "/take"])
def test_what_stays_inside_is_not(reopened, text):
    done = writes(reopened, MARAS, text, to=reopened.last("new", "mara").reply_to)
    assert done.outcome != "held"


def test_once_somebody_has_answered_since_an_old_notice_will_do(reopened):
    writes(reopened, MARAS, "I look at it.\n\nMara", to=reopened.last("followup", "mara").reply_to)
    done = writes(reopened, MARAS, "It was the disk.\n\nMara", to=reopened.last("new", "mara").reply_to)
    assert done.outcome == "relayed"


def test_a_strangers_words_are_not_shown_as_the_customers(reopened):
    writes(reopened, IDA, "I have seen that as well.", to=reopened.last("relay", "ben").reply_to)
    writes(reopened, MARAS, "Good to hear.\n\nMara", to=reopened.last("new", "mara").reply_to)
    shown = reopened.last("crossed", "mara").text.replace("\r", "")
    assert "> Ida Moe:\n>\n> I have seen that as well." in shown
