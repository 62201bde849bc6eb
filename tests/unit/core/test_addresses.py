"""Addresses as they are compared: hazard 44."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.model.addresses import address_key, domain_key, readable
from mailbot.core.model.mail import Address
from mailbot.core.rules.conditions import Matcher
from mailbot.core.sending import header_values
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail

SHARP = "xn--strae-oqa.example"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a@straße.example", "a@strasse.example", False),
        ("a@straße.example", f"a@{SHARP}", True),
        ("A@STRAßE.Example", f"a@{SHARP.upper()}", True),
        ("a@bücher.example", "a@xn--bcher-kva.example", True),
        ("a@BÜCHER.example", "a@bücher.example", True),
        ("groß@firm.example", "gross@firm.example", False),
        ("Ana@Firm.example", " ana@FIRM.example ", True),
        ("ana@ban\u212a.example", "ana@bank.example", False),  # the Kelvin sign
        ("mar\u212a@firm.example", "mark@firm.example", False),
        ("ana@fi\u200brm.example", "ana@firm.example", False),
        ("ana@\uff46irm.example", "ana@firm.example", False),  # a full-width f
        ("ana@σας.example", "ana@σασ.example", False),  # RFC 5894 section 7.2
    ],
)
def test_hazard_44_two_domains_are_two_and_one_is_one_however_it_is_written(one, other, same):
    assert (address_key(one) == address_key(other)) is same
    assert (Address(address=one).key == Address(address=other).key) is same
    assert (Address(address=one).domain == Address(address=other).domain) or not same


def test_hazard_44_a_letter_goes_to_the_domain_that_was_meant():
    assert header_values.address("a@straße.example") == f"a@{SHARP}"
    assert header_values.address("a@Bücher.example") == "a@xn--bcher-kva.example"


@pytest.fixture
def desk():
    made = SimulatedDesk()
    yield made
    made.close()


def test_hazard_44_a_person_is_one_by_both_names_of_their_domain_and_nobody_elses(desk):
    desk.receive(mail("Ana <ana@straße.example>", "The export is empty.", at=MONDAY, message_id="a1@mail.example"))
    ids = {"In_Reply_To": "<a1@mail.example>"}
    (decision,) = desk.receive(mail(f"Ana <ana@{SHARP}>", "Still empty.", at=MONDAY, **ids))
    assert (decision.outcome, decision.messages[0].author) == ("joined", "customer")
    (decision,) = desk.receive(mail("Eve <ana@strasse.example>", "And mine?", at=MONDAY, **ids))
    assert decision.outcome == "opened"
    assert [s.outgoing.to.key for s in desk.sent if s.outgoing.name == "ack"] == [f"ana@{SHARP}", "ana@strasse.example"]


@pytest.mark.parametrize(
    "pattern", ["*@straße.example", f"*@{SHARP}", "STRAßE.example", "@stra(ß|x)e", "ana@straße.example"]
)
def test_a_rule_means_a_domain_in_either_form(pattern):
    matcher = Matcher.of(pattern, domains=True)
    assert matcher.fits(f"ana@{SHARP}")
    assert matcher.fits("ana@straße.example")
    assert matcher.raw.startswith("@stra(") or not matcher.fits("ana@strasse.example")


def test_what_is_read_back_is_the_same():
    assert readable(f"a@{SHARP}") == "a@straße.example"
    assert readable("a@xn--zzzzzz-99999.example") == "a@xn--zzzzzz-99999.example"
    assert readable("a@firm.example") == "a@firm.example"


@pytest.mark.slow
@given(st.text(max_size=80))
def test_the_key_of_a_key_is_itself_and_nothing_raises(text):
    key = address_key(text)
    assert address_key(key) == key
    assert readable(key) is not None


@pytest.mark.parametrize("unit", ["ß", "ß.", ".", "@", "\u200b", "xn--", "أ", "\u0300"])
def test_hazard_30_a_long_address_costs_little(unit):
    for size in (1_000, 100_000):
        text = f"a@{unit * size}"
        assert address_key(text).startswith("a@")
        assert domain_key(text)
