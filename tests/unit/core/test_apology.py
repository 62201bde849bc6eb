"""Whether an agent's own words say sorry already, in each language that ships."""

from __future__ import annotations

import pytest

from mailbot.core.language.apology import says_sorry


@pytest.mark.parametrize(
    "words",
    [
        "I'm sorry about that.",
        "Please accept our apologies.",
        "Das tut mir wirklich leid.",
        "Bitte entschuldigen Sie die Umstände.",
        "Nous sommes vraiment désolés.",
        "Veuillez nous excuser.",
        "Sentimos las molestias.",
        "Disculpe la espera.",
        "Ci scusiamo per il disagio.",
        "Mi dispiace molto.",
        "Het spijt me.",
        "Onze excuses voor het ongemak.",
        "Przepraszamy za kłopot.",
        "Bardzo mi przykro.",
        "Pedimos desculpas pelo transtorno.",
        "Sinto muito.",
        "Jag ber om ursäkt.",
        "Vi beklagar det inträffade.",
        "ご迷惑をおかけして申し訳ございません。",
        "نعتذر عن الإزعاج.",
    ],
)
def test_it_says_sorry(words):
    assert says_sorry(words)


@pytest.mark.parametrize(
    "words",
    ["It is mended.", "Es geht wieder.", "C’est réparé.", "Ya funciona.", "Funziona di nuovo.", "Het werkt weer.",
     "Działa.", "Voltou a funcionar.", "Det fungerar igen.", "直りました。", "تم الإصلاح."],
)  # fmt: skip
def test_it_does_not(words):
    assert not says_sorry(words)
