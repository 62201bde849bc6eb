"""What words and patterns fit, in any script, and that the index finds what a plain search finds."""

import random
import re
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.language.folding import fold, words
from mailbot.core.language.terms import BadTerm, TermIndex, term


def fits(raw, text):
    return bool(TermIndex.of([term(raw)]).find(text))


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("refund", "Please REFUND me"),
        ("überweisung", "Die Uberweisung fehlt"),
        ("uberweisung", "Die ÜBERWEISUNG fehlt"),
        ("straße", "die STRASSE"),
        ("счёт", "Где мой СЧЕТ?"),
        ("счет", "мой счёт."),
        ("λογαριασμός", "Ο ΛΟΓΑΡΙΑΣΜΟΣ μου"),
        ("refund*", "the refunds"),
        ("rückerstatt*", "Rückerstattungen bitte"),
        ("charged * twice", "charged my card twice"),
        ("charged * twice", "charged twice"),
        ("doesn't work", "it doesn’t work"),
        ("wi-fi", "the Wi‑Fi"),
        ("money back", "my money\nback"),
        ("how do i?", "How do I?"),
        ("返金", "商品の返金をお願いします"),
        ("환불", "환불을 원합니다"),
        ("คืนเงิน", "ขอคืนเงินด้วย"),
        ("colou?r", "the colours"),
        ("order #[0-9]{4}", "My ORDER #4711"),
        ("naïve|passé", "PASSE composé"),
        ("cafe\u0301", "café"),
        ("soft", "so\u00adft"),
    ],
)
def test_fits(raw, text):
    assert fits(raw, text)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("down", "the download"),
        ("счёт", "подсчёт"),
        ("счёт", "счётчик"),
        ("refund*", "prerefund"),
        ("charged * twice", "charged one two three four twice"),
        ("money back", "back money"),
        ("bill", "billing"),
        ("order #[0-9]{4}$", "order #47112 x"),
    ],
)
def test_does_not_fit(raw, text):
    assert not fits(raw, text)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("!!", "no letter"),
        ("a*", "3 letters"),
        ("* twice", "begin and end"),
        ("a * b * c * d * e", "lone stars"),
        ("(unclosed", "no valid pattern"),
        ("(a{1000}){1000}", "no valid pattern"),
        ("x*|y", "empty text"),
        (r"\bсчёт\b", "do not know"),
        ("x" * 2000, "longer"),
    ],
)
def test_refused(raw, said):
    with pytest.raises(BadTerm, match=re.escape(said)):
        term(raw)


def test_hits_are_shown_as_written():
    assert TermIndex.of([term("doppelt abgebucht")]).find("Wurde DOPPELT  abgebucht!") == {0: "DOPPELT abgebucht"}


def test_evil_patterns_stay_linear():
    found = TermIndex.of([term("(a+)+$|(x|xx)+y"), term("(.*a){20}b")]).find("a" * 100_000 + "!")
    assert found == {}


_INNER = (
    "(a+)+",
    "(a*)*",
    "(a|aa)+",
    "(.*a){20}",
    "(a?){50}a{50}",
    r"(\w+\s?)*",
    r"([a-z]+)*[0-9]?",
    "(x+x+)+y",
    "(a|a?)+",
    r"(?:\S+@)+",
)
EVIL = [before + inner + after for inner in _INNER for before, after in (("", "$"), ("^", "!$"), ("", "[^a]z"), ("(?i)", "b"), ("(?:", "){3}c"))]  # fmt: skip


def test_hazard_14_fifty_evil_patterns_are_refused_or_take_time_in_proportion():
    assert len(EVIL) == 50
    taken = []
    for pattern in EVIL:
        with suppress(BadTerm):
            taken.append(TermIndex.of([term(pattern)]))
    assert len(taken) > 30, "hardly any was taken: it says nothing"

    def seconds(text):
        began = time.process_time()
        for index in taken:
            index.find(text)
        return time.process_time() - began

    once, twice = (min(seconds("a" * length + "!") for _ in range(2)) for length in (10_000, 20_000))
    assert twice < max(3 * once, 0.1)


def test_thousands_of_patterns_are_all_looked_for():
    shuffled = random.Random(4)
    names = ["".join(shuffled.choices("abcdefghij", k=shuffled.randint(4, 12))) for _ in range(3000)]
    index = TermIndex.of([term(f"{name}[0-9]+|x{name}y?") for name in names])
    there = shuffled.sample(range(3000), 20)
    text = " ".join([*names[:300], *(f"{names[n]}7" for n in there)])
    assert set(there) <= set(index.find(text))


PLAIN = st.text(st.characters(categories=["L", "N", "Zs", "P"]), max_size=80)
WORD = st.text(st.sampled_from("abäößсчёт"), min_size=1, max_size=4)


@given(st.lists(WORD, min_size=1, max_size=30), st.lists(WORD, min_size=1, max_size=3))
def test_index_agrees_with_plain_search(text, phrase):
    wanted, there = [fold(w) for w in phrase], [fold(w) for w in text]
    expected = any(there[i : i + len(wanted)] == wanted for i in range(len(there)))
    assert fits(" ".join(phrase), ", ".join(text)) is expected


@given(PLAIN)
def test_words_and_their_foldings_go_together(text):
    written, folded = words(text)
    assert len(written) == len(folded)


@given(st.text(max_size=60))
def test_folding_knows_no_case(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=30))
def test_any_term_is_read_or_refused(raw):
    try:
        read = term(raw)
    except BadTerm:
        return
    assert TermIndex.of([read]).find("some text 123 и ещё") is not None
