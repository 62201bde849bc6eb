"""Which words of an agent promise a further word, and by when."""

from __future__ import annotations

from datetime import datetime

import pytest

from mailbot.core.language.promised_time import catch_promise
from tests.simulation.simulated_desk import BERLIN, MONDAY, desk_policy

HOURS = desk_policy().cadences[3].hours


def caught(text):
    found = catch_promise(text, now=MONDAY, zone=BERLIN, hours=HOURS)
    return found and found.moment.astimezone(BERLIN)


@pytest.mark.parametrize(
    ("text", "day", "hour"),
    [
        ("Hello,\n\nwe look into it. I'll write tomorrow morning.\n\nMara", 3, 12),
        ("I will get back to you by Friday.", 6, 17),
        ("We'll let you know on Wednesday afternoon.", 4, 17),
        ("You will hear from us in 2 hours.", 2, 11),
        ("I’ll call you at 14:00.", 2, 14),
        ("I'll be back with news on 5 March", 5, 17),
        ("You'll have an answer by EOD.", 2, 17),
        ("I'll write on Friday. We'll let you know about the rest tomorrow.", 3, 17),
        ("Ich melde mich morgen früh bei Ihnen.", 3, 12),
        ("Wir schreiben Ihnen bis Freitag 14 Uhr.", 6, 14),
        ("Sie hören morgen Nachmittag von mir.", 3, 17),
        ("Ich gebe Ihnen heute Nachmittag Bescheid.", 2, 17),
        ("Je vous écris demain matin.", 3, 12),
        ("Nous reviendrons vers vous vendredi.", 6, 17),
        ("Je vous tiens au courant d'ici demain.", 3, 17),
        ("Le escribo mañana por la mañana.", 3, 12),
        ("Me pongo en contacto con usted el jueves.", 5, 17),
        ("Le respondo en 2 horas.", 2, 11),
    ],
)
def test_a_time_that_somebody_of_ours_will_write_by_is_found(text, day, hour):
    assert caught(text) == datetime(2026, 3, day, hour, tzinfo=BERLIN)


@pytest.mark.parametrize(
    "text",
    [
        "Can you send it tomorrow?",
        "I won't write tomorrow.",
        "If it fails again I will write tomorrow.",
        "We send the parcel on Friday.",
        "It will be fixed tomorrow.",
        "I'll let you know when it is done.",
        "Ich schreibe Ihnen, so gut es geht.",
        "Wenn es wieder geschieht, melde ich mich morgen.",
        "Je vous écris à mon tour.",
        "Le escribo si hay algo, el lunes no.",
        "I will write yesterday's figures down.",
        "",
        "I'll write " + "very " * 5000 + "soon.",
    ],
)
def test_other_times_and_words_are_left_alone(text):
    assert caught(text) is None
