"""What a rule looks for is told in words that somebody might write, never as its file has it."""

import pytest

from mailbot.core.language.structures import WordList
from mailbot.core.language.terms import term
from mailbot.core.rules.looked_for import looked_for

LISTS = {
    "ends": WordList.of(
        "ends",
        {"en": ("cancel", "end", "stop", "quit"), "de": ("kundige", "beende")},
        {"en": ["cancel", "end", "stop", "quit"], "de": ["kündige", "beende"]},
    ),
    "contract": WordList.of("contract", {"en": ("contract*",), "de": ("vertrag",)}),
    "trade": WordList.of("trade", {"": ("kiosk",)}),
}


def said(raw, language="en", most=3):
    return looked_for([term(one, LISTS) for one in raw], language, most)


@pytest.mark.parametrize(
    ("raw", "language", "examples"),
    [
        (["{ends} ... {contract}"], "en", ["cancel … contract…"]),
        (["{ends} ... {contract}"], "de", ["kündige … vertrag"]),
        (["{ends} {contract}"], "de", ["kündige vertrag"]),
        (["{contract} ... {ends}"], "en", ["contract… cancel"]),
        (["my {contract}"], "en", ["my contract…"]),
        (["{trade} ... closed"], "de", ["kiosk … closed"]),
        (["refund*", "charged * twice"], "fr", ["refund…", "charged … twice"]),
        (["[?？]"], "en", ["?"]),
        (["返金"], "ja", ["返金"]),
    ],
)
def test_each_kind_of_term_is_told_as_somebody_might_write_it(raw, language, examples):
    assert said(raw, language) == (examples, 0)


def test_a_language_that_a_list_has_no_words_of_is_shown_in_english():
    assert said(["{ends}"], "sv") == (["cancel", "end", "stop"], 1)
    assert said(["{ends}"], None) == (["cancel", "end", "stop"], 1)


def test_the_first_few_are_shown_and_the_others_counted():
    assert said(["{ends}", "quit", "leave"], most=2) == (["cancel", "end"], 4)


def test_a_pattern_is_counted_and_not_shown():
    assert said(["^(a|b)[^.]+$"]) == ([], 1)
