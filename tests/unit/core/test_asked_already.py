"""A reply that only asks for what the customer has given is asked about once; any other goes as it is."""

from __future__ import annotations

import pytest

from mailbot.core.actions.given_facts import Fact, asks_for_some, given_in, is_picture, only_asked
from tests.simulation.simulated_desk import SimulatedDesk, mail, minutes

NORA = "Nora Feld <nora@pine.example>"
MARAS = "Mara Lind <mara@lumen.example>"
GIVEN = "Hello,\n\nthe shade of the lamp from order 4711-22 arrived cracked.\n\nNora"
ASKS = "Hello Nora,\n\nsorry to hear that. Could you tell me your order number, please?\n\nBest regards\nMara"


@pytest.fixture
def desk():
    one = SimulatedDesk(vouches=True)
    yield one
    one.close()


def answered(desk, text, *, of="new"):
    desk.pass_time(desk.clock.now() + minutes(5))
    return desk.receive(mail(MARAS, text, at=desk.clock.now(), to=desk.last(of, "mara").reply_to, subject="Re: x"))[-1]


@pytest.mark.parametrize(
    "prose",
    [
        ASKS,
        "Guten Tag Frau Feld,\n\nkönnten Sie mir bitte die Bestellnummer nennen?\n\nViele Grüße\nMara Lind",
        "Bonjour Nora, pourriez-vous m'indiquer votre numéro de commande ? Merci d'avance.",
        "Hola Nora: ¿puede enviarnos su número de pedido?",
        "Ciao Nora, potrebbe inviarci il numero dell'ordine?",
        "Hallo Nora, kun je ons het ordernummer sturen?",
        "Olá Nora, poderia enviar o número do pedido?",
    ],
)
def test_what_only_asks_for_the_order_number_in_any_language(prose):
    assert only_asked(prose) == (Fact.ORDER,)
    assert asks_for_some(prose)


@pytest.mark.parametrize(
    "prose",
    [
        "Your order number is 4711. It left on Monday.",
        "Could you tell me the order number and when it broke?",
        "Könnten Sie mir die Bestellnummer nennen, und wo haben Sie gekauft?",
        "Could you send another screenshot?",
        "Schicken Sie bitte noch ein Foto.",
        "Do you see it in version 3.2 as well?",
        "Which colour was the lamp? And what is your order number?",
        "What is your order number? Is the bulb whole?",
        "I have sent you a new lamp today.",
        "What is your order number? " + "We have had this fault with several lamps of that batch from last week. " * 3,
        "",
    ],
)
def test_what_says_or_asks_for_more_is_no_such_question(prose):
    assert only_asked(prose) == ()


@pytest.mark.parametrize(
    ("line", "fact"),
    [
        ("My order number is 4711-22.", Fact.ORDER),
        ("Order #10023 came broken", Fact.ORDER),
        ("Bestellung 88-1234 fehlt noch", Fact.ORDER),
        ("4711 is my order number", Fact.ORDER),
        ("Auftragsnummer: A20391", Fact.ORDER),
        ("Rechnung Nr. 2026-113 ist falsch", Fact.INVOICE),
        ("Kundennummer 558812", Fact.CUSTOMER),
        ("serial number SN-00981-X", Fact.SERIAL),
        ("We use version 3.2.", Fact.VERSION),
        ("Version: v14", Fact.VERSION),
        ("build 20391", Fact.VERSION),
    ],
)
def test_where_a_fact_stands(line, fact):
    assert given_in(f"Hello,\n\n{line}\n\nNora", fact) == line
    assert given_in(f"> {line}", fact) is None, "somebody else's words"


@pytest.mark.parametrize(
    ("line", "fact"),
    [
        ("I placed an order on 12.03.2026", Fact.ORDER),
        ("my order for 120.50 EUR", Fact.ORDER),
        ("the order of 10:30", Fact.ORDER),
        ("in order to see all 404 pages", Fact.ORDER),
        ("the order came late, to 12345 Berlin", Fact.ORDER),
        ("the new version is bad", Fact.VERSION),
        ("x" * 500 + " order number 4711", Fact.ORDER),
        ("a screenshot 4711", Fact.PICTURE),
    ],
)
def test_other_numbers_are_no_such_fact(line, fact):
    assert given_in(line, fact) is None


def test_a_logo_is_no_picture_of_the_matter():
    assert is_picture("image/png", 40_000)
    assert not is_picture("image/png", 4_000)
    assert not is_picture("application/pdf", 40_000)


def test_it_is_asked_once_and_one_tap_sends_it(desk):
    desk.receive(mail(NORA, GIVEN, at=desk.clock.now()))
    asked = answered(desk, ASKS)
    assert (asked.outcome, asked.reason.code) == ("held", "ask.given")
    assert "4711-22" in desk.last("ask", "mara").text
    assert answered(desk, "/send", of="ask").outcome == "relayed"
    assert "order number" in desk.last("relay").text


def test_what_they_wrote_later_and_what_they_attached_count_as_well(desk):
    desk.receive(mail(NORA, "Hello,\n\nthe lamp is broken.\n\nNora", at=desk.clock.now()))
    assert answered(desk, "Hello Nora,\n\ncould you send me your order number?\n\nMara").outcome == "relayed"
    desk.receive(mail(NORA, "It is order 4711-22.", at=desk.clock.now(), to=desk.last("relay").reply_to))
    assert answered(desk, ASKS, of="followup").reason.code == "ask.given"


def test_verbs_a_note_and_a_reply_that_says_more_are_not_asked_about(desk):
    desk.receive(mail(NORA, GIVEN, at=desk.clock.now()))
    assert answered(desk, "/note\n\nCould somebody send me the order number?").outcome == "noted"
    assert answered(desk, f"/plan We send a new shade.\n\n{ASKS}").outcome in ("relayed", "told")


def test_what_a_colleague_or_a_stranger_named_was_not_given_by_the_customer(desk):
    desk.receive(mail(NORA, "Hello,\n\nthe lamp is broken.\n\nNora", at=desk.clock.now()))
    assert answered(desk, "Hello Nora,\n\nI looked at order 4711-22: is it that one?\n\nMara").outcome == "relayed"
    assert answered(desk, ASKS).outcome == "relayed"
