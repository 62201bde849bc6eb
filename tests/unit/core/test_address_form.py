"""An inbox that says du says it to everybody whose mail is German."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail

GERMAN = "Guten Tag,\n\nder Export bricht seit heute früh mit einer Fehlermeldung ab. Er funktioniert nicht mehr.\n\nAda Vogt"
ENGLISH = "Hello,\n\nthe export fails with an error since this morning. It does not work any more.\n\nAda Vogt"
ADA = "Ada Vogt <ada@customer.example>"


def desk_of(language, form=""):
    def change(policy):
        inboxes = {name: replace(inbox, language=language, address_form=form) for name, inbox in policy.inboxes.items()}
        return replace(policy, inboxes=inboxes, languages=frozenset({"en", "de", "de-du"}))

    return SimulatedDesk(change_policy=change)


@pytest.mark.parametrize(
    ("inbox", "text", "begins"),
    [
        ("de-du", GERMAN, "Hallo Ada,"),
        ("de", GERMAN, "Guten Tag,"),
        ("en", GERMAN, "Guten Tag,"),
        ("de-du", ENGLISH, "Hello Ada,"),
    ],
)
def test_how_somebody_is_spoken_to(inbox, text, begins):
    desk = desk_of(inbox)
    desk.receive(mail(ADA, text, at=MONDAY))
    assert desk.last("ack").text.startswith(begins)
    desk.close()


@pytest.mark.parametrize(
    ("form", "text", "begins"),
    [("du", GERMAN, "Hallo Ada,"), ("sie", GERMAN, "Guten Tag,"), ("du", ENGLISH, "Hello Ada,")],
)
def test_an_english_desk_says_du_or_sie_to_whoever_writes_german(form, text, begins):
    desk = desk_of("en", form)
    desk.receive(mail(ADA, text, at=MONDAY))
    assert desk.last("ack").text.startswith(begins)
    desk.close()
