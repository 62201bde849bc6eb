"""Quotations of whole sentences: none is cut, and no enumeration ends at its number."""

import time

import pytest

from mailbot.core.letters.build import quotation_of
from mailbot.core.letters.sentences import last_question, sentences, whole_sentences


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The lamp is off. Why?\nIt blinks", ["The lamp is off.", "Why?", "It blinks"]),
        ("I see z.B. a red one, e.g. here. Fine.", ["I see z.B. a red one, e.g. here.", "Fine."]),
        ("Three things: 1. the lamp 2. the cable", ["Three things: 1. the lamp 2. the cable"]),
        ("It costs 1.50 EUR. Dr. Feld says so.", ["It costs 1.50 EUR.", "Dr. Feld says so."]),
        ("ランプが消えます。なぜですか？", ["ランプが消えます。", "なぜですか？"]),
        ("", []),
    ],
)
def test_where_a_sentence_ends(text, found):
    assert sentences(text) == found


def test_only_whole_sentences_are_kept():
    assert whole_sentences("The lamp is off. It has been so since Tuesday.", 20) == "The lamp is off."
    assert whole_sentences("The lamp is off. It has been so since Tuesday.", 99, words=5) == "The lamp is off."
    assert whole_sentences("A sentence that is too long for this.", 20) == ""
    assert whole_sentences("no full stop", 20) == "no full stop"


def test_a_letter_quotes_the_first_sentences_or_the_subject():
    long = "We have been trying for days " * 10
    assert quotation_of("Hello,\n\nthe shop is down. Please help.\n\nNora", "Down") == "the shop is down. Please help."
    assert quotation_of(f"{long}.", "Shop down") == "Shop down"
    assert quotation_of(f"{long}.", "Shop down " * 40) == ""
    listed = quotation_of(f"There are two faults: 1. the lamp is off. 2. {long}", "Faults")
    assert listed == "There are two faults: 1. the lamp is off."


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (
            "/wait customer 3d\n\nHello Nora,\n\nthanks. Which firmware does it show?\n\nMara",
            "Which firmware does it show?",
        ),
        ("Is it on? Is it “blinking?” Tell us.", "Is it “blinking?”"),
        ("> Did you?\nWe will see.", ""),
        ("/p 2?\nNo question.", ""),
        ("a " * 400 + "?", ""),
    ],
)
def test_what_the_customer_was_asked_last(text, question):
    assert last_question(text) == question


@pytest.mark.parametrize("unit", ["1. ", "a. ", "Dr. ", "e.g. ", "x! "])
def test_hazard_30_words_that_end_no_sentence_are_each_looked_at_once(unit):
    def spent(size):
        began = time.thread_time()
        sentences(unit * (size // len(unit)))
        return time.thread_time() - began

    short, long = (min(spent(size) for _ in range(3)) for size in (2_500, 20_000))
    assert long < 24 * max(short, 0.0005)
