"""Which words of an agent promise a further word, and by when."""

from __future__ import annotations

from datetime import datetime

import pytest

from mailbot.core.language.promised_time import catch_estimates, catch_promise
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
        ("I'll get back to you in an hour.", 2, 10),
        ("Ich melde mich in einer Stunde.", 2, 10),
        ("As I said at 11:00, I'll write at 14:00.", 2, 14),
        ("You'll hear from me before 15:00.", 2, 15),
        ("I'll write before the end of tomorrow.", 3, 17),
        ("I'll call you between 2pm and 3pm tomorrow.", 3, 15),
        ("We'll deliver on Friday and I'll send you the tracking number tomorrow.", 3, 17),
        ("We'll be closed on Friday, so I'll write today.", 2, 17),
        ("You'll hear from me tomorrow, and I'll send the file on Friday.", 3, 17),
        ("By Friday, I'll write to you.", 6, 17),
        ("I'll write as soon as I know more, by Friday at the latest.", 6, 17),
        ("Am Freitag melde ich mich bei Ihnen.", 6, 17),
        ("Sobald ich mehr weiß, melde ich mich, spätestens morgen um 10 Uhr.", 3, 10),
        ("Wir melden uns innerhalb von 24 Stunden.", 3, 9),
        ("Odezwę się jutro rano.", 3, 12),
        ("Odezwiemy się do piątku.", 6, 17),
        ("Dam Pani znać jutro o 14:00.", 3, 14),
        ("Odpowiemy w środę po południu.", 4, 17),
        ("Sprawdzimy to i damy znać za 2 godziny.", 2, 11),
        ("Odezwę się za godzinę.", 2, 10),
        ("Otrzymają Państwo odpowiedź do wtorku.", 3, 17),
        ("Oddzwonię dzisiaj po południu.", 2, 17),
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
        "Jeśli to wróci, odezwę się jutro.",
        "Nie odezwę się przed piątkiem.",
        "Napisali Państwo, że to potrzebne do piątku.",
        "Odpowiem na to, co zgłosił Pan o 14:00.",
        "Czy odezwiemy się do piątku?",
        "Je vous écris à mon tour.",
        "Le escribo si hay algo, el lunes no.",
        "I will write yesterday's figures down.",
        "I'll look into what you reported at 14:00 and get back to you.",
        "Ich schreibe Ihnen, was um 14 Uhr passiert ist.",
        "I'll write about your mail of 5 March.",
        "I'll get back to you before your demo at 15:00.",
        "I'll write, since you need it by noon tomorrow.",
        "Ich melde mich nach 14 Uhr.",
        "Thanks for your call on Monday; I'll get back to you.",
        "Your licence expires on 5 March, and I'll send you a new one.",
        "I'll send you the link for Thursday 14:00.",
        "I'll write as soon as the bank opens at 9:30.",
        "Ich melde mich, sobald die Werkstatt um 9 Uhr öffnet.",
        "I'll write, but not before Friday.",
        "We'll answer the phone between 9:00 and 17:00, our opening hours.",
        "Sie erreichen uns von 9:00 bis 17:00, und wir melden uns.",
        "",
        "I'll write " + "very " * 5000 + "soon.",
    ],
)
def test_other_times_and_words_are_left_alone(text):
    assert caught(text) is None


def at(day, clock):
    return datetime.fromisoformat(f"2026-03-{day:02} {clock}").replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("text", "agrees", "not_so"),
    [
        ("I'll write tomorrow.", [at(3, "09:00"), at(3, "15:00"), at(3, "23:00")], [at(2, "15:00"), at(4, "09:00")]),
        ("I'll write tomorrow morning.", [at(3, "09:00"), at(3, "12:00")], [at(3, "13:00"), at(2, "15:00")]),
        ("Ich melde mich heute Nachmittag.", [at(2, "14:00"), at(2, "18:00")], [at(2, "11:00"), at(3, "14:00")]),
        ("I'll write at 14:00.", [at(2, "14:00")], [at(2, "14:05"), at(2, "13:55"), at(3, "14:00")]),
        ("I'll write by EOD.", [at(2, "15:00"), at(2, "17:00")], [at(2, "19:00")]),
        ("You'll hear from us in 2 hours.", [at(2, "11:00"), at(2, "11:30")], [at(2, "12:00"), at(2, "10:00")]),
        ("I'll write on 5 March.", [at(5, "09:00")], [at(4, "17:00"), at(6, "09:00")]),
        ("I'll call you between 14:00 and 16:00.", [at(2, "15:00"), at(2, "16:00")], [at(2, "16:30")]),
    ],
)
def test_words_mean_a_time_as_exactly_as_they_say_it(text, agrees, not_so):
    found = catch_promise(text, now=MONDAY, zone=BERLIN, hours=HOURS)
    assert [moment for moment in agrees if not found.agrees(moment)] == []
    assert [moment for moment in not_so if found.agrees(moment)] == []


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("It should be fixed by tomorrow noon.", [at(3, "12:00")]),
        ("We expect to have it running again by 16:00.", [at(2, "16:00")]),
        ("Das wird bis 16 Uhr behoben sein.", [at(2, "16:00")]),
        ("Powinno być naprawione do 16:00.", [at(2, "16:00")]),
        ("It was fixed at 14:00.", []),
        ("Naprawione o 14:00.", []),
        ("It should not be fixed before Friday.", []),
        ("I'll write by noon.", []),
        ("Will it be fixed by noon?", []),
    ],
)
def test_when_it_will_be_put_right_is_no_promise_of_a_word(text, times):
    found = catch_estimates(text, now=MONDAY, zone=BERLIN, hours=HOURS)
    assert [one.moment for one in found] == times
