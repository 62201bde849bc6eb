"""Phrases of named lists: what they fit, what they do not, and what an admin hears about a mistake."""

import pytest

from mailbot.adapters.rulefiles.load import load_rules
from mailbot.core.language.structures import WordList
from mailbot.core.language.terms import BadTerm, TermIndex, term
from mailbot.core.model.facts import Facts
from mailbot.core.rules.near_miss import near_misses

LISTS = {
    "none": WordList.of("none", {"en": ("none of", "not a single"), "de": ("keine der",), "ja": ("一つも",)}),
    "works": WordList.of("works", {"en": ("open*", "starts"), "de": ("geht", "startet"), "ja": ("開かない",)}),
    "trade": WordList.of("trade", {"": ("kiosk", "salon")}),
}


def found(phrase, text):
    return TermIndex.of([term(phrase, LISTS)]).find(text).get(0)


@pytest.mark.parametrize(
    "text",
    [
        "None of our lockers opened today.",
        "NOT A SINGLE kiosk in the hall starts any more",
        "Seit heute früh geht etwas nicht: keine der Kassen startet.",
        "倉庫の棚が一つも開かないのです。",
    ],
)
def test_a_phrase_of_lists_fits_in_each_language_that_they_share(text):
    assert found("{none} ... {works}", text)


@pytest.mark.parametrize(
    "text",
    [
        "None of our lockers is heavy. It opens well.",
        "None of the tills startet",
        "keine der Kassen opened",
        "It opens none of",
        "一つも問題ありません。箱が開かない。",
    ],
)
def test_it_fits_neither_across_sentences_nor_across_languages_nor_the_other_way_round(text):
    assert found("{none} ... {works}", text) is None


def test_a_lone_star_spans_three_words_and_three_dots_a_dozen():
    assert found("{none} * {works}", "none of a b c opens")
    assert found("{none} * {works}", "none of a b c d opens") is None
    assert found("{none} ... {works}", f"none of {'a ' * 12}opens")
    assert found("{none} ... {works}", f"none of {'a ' * 13}opens") is None


def test_three_dots_need_no_list():
    assert (
        found("charged ... twice", "I was charged for the big blue lamp twice.")
        == "charged for the big blue lamp twice"
    )
    assert found("charged ... twice", "I was charged. It rang twice.") is None


@pytest.mark.parametrize(
    "text",
    [
        "None of Mr. Case's lockers opens.",
        "Keine der Kassen in Halle Nr. 5 geht.",
        "None of the doors at St. Anne's opens.",
    ],
)
def test_the_dot_of_a_shortened_word_ends_no_sentence(text):
    assert found("{none} ... {works}", text)


def test_a_line_that_a_mail_program_broke_is_no_end_of_a_sentence():
    full = "We have looked at it from all sides this morning, and none of the lockers here in the"
    assert found("{none} ... {works}", f"{full}\nhall opens.")
    assert found("{none} ... {works}", "None of\nThe hall opens.") is None


def test_words_stand_beside_lists_and_lists_may_be_of_any_language():
    assert found("our {trade} {works}", "I see that our kiosk opens late") == "our kiosk opens"
    assert found("{none|trade} {works}", "the salon startet")
    assert found("{trade}", "ein Salon")


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("{nome} ... {works}", "did you mean `none`?"),
        ("{none} ... ", "must begin and end"),
        ("{none}.+{works}", "has a list in a pattern"),
        ("{none} a|b", "has a list in a pattern"),
    ],
)
def test_mistakes_say_what_was_meant(phrase, said):
    with pytest.raises(BadTerm, match=said.replace("?", r"\?")):
        term(phrase, LISTS)


def test_lists_that_share_no_language_are_a_mistake():
    lists = {"a": WordList.of("a", {"en": ("one",)}), "b": WordList.of("b", {"fr": ("deux",)})}
    with pytest.raises(BadTerm, match="share no language"):
        term("{a} {b}", lists)


def rules(folder, *texts):
    for number, text in enumerate(texts):
        (folder / f"{number}0-made.toml").write_text(text, "utf-8")
    return load_rules(folder)


RULE = '[[rule]]\nid = "r"\n[rule.when]\ntext = ["{none} ... {works}"]\n[rule.then]\nscore = { p1 = 12 }\n'
NONE = '[lists.none]\nen = ["none of"]\n'
WORKS = '[lists.works]\nen = ["opens"]\n'


def test_a_rule_may_name_lists_of_any_file(tmp_path):
    found, problems = rules(tmp_path, NONE + RULE, WORKS)
    assert problems == []
    assert found.hits(Facts(text="None of them opens."))[0][1] == ("None of them opens",)
    assert near_misses(Facts(text="none of them"), found) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RULE.replace("{none}", "{nine}") + NONE + WORKS, "0-made.toml:4:9: `{nine} ... {works}` names a list `nine`"),
        (RULE + NONE + WORKS + '[lists.none-at]\nen = ["(none|no)"]\n', ":12:7: `(none|no)` stands in a list"),
        (RULE + NONE + WORKS + '[lists.many]\nenglish = ["all"]\n', "`english` is no language code"),
        (RULE + NONE + WORKS + '[lists.Many]\nen = ["all"]\n', "`Many` is no name for a list"),
        (RULE + NONE + WORKS + "[lists.many]\nen = []\n", "is an empty list"),
        ("lists = 3\n" + RULE, "`lists` must be a table"),
        (RULE + NONE + WORKS + '[lists.many]\nen = ["ab*"]\n', "needs at least 3 letters before the star"),
    ],
)
def test_mistakes_in_lists_have_a_place(tmp_path, text, said):
    found, problems = rules(tmp_path, text)
    assert found is None
    assert any(said in str(p) for p in problems), problems


def test_a_list_stands_in_one_file(tmp_path):
    _, problems = rules(tmp_path, NONE + WORKS, NONE + RULE)
    assert [str(p) for p in problems] == ["10-made.toml:1:1: list `none` stands already in 00-made.toml"]


def test_where_the_language_is_known_words_of_others_do_not_count():
    index = TermIndex.of([term("{none} ... {works}", LISTS), term("our {trade}", LISTS)])
    text = "keine der Kassen geht in our kiosk"
    assert set(index.find(text)) == set(index.find(text, "de")) == {0, 1}
    assert set(index.find(text, "en")) == {1}
    assert set(index.find(text, "pl")) == {0, 1}


@pytest.mark.parametrize(
    ("word", "fits"),
    [
        ("crash*", True),
        ("cra*", True),
        ("our till c*", True),
        ("our till", True),
        ("crashe*", False),
        ("our c*", False),
    ],
)
def test_a_star_is_any_ending_of_a_word_and_of_a_phrase(word, fits):
    lists = {"many": WordList.of("many", {"en": (word, "crash")})}
    assert bool(TermIndex.of([term("{many}", lists)]).find("See: our till crashd. x")) == fits


def test_a_star_within_the_words_of_a_phrase_counts_as_well():
    assert found("crash* on {trade}", "It crashed on kiosk")
    assert found("crash* on {trade}", "It crashed at on kiosk") is None


@pytest.mark.slow
def test_a_great_many_words_are_all_found():
    said = [f"word{n}x" for n in range(66_000)]
    index = TermIndex.of([*(term(f"{word} ... end", {}) for word in said), term("begin ... end", {})])
    assert all(set(index.find(f"begin {said[n]} end")) == {n, 66_000} for n in range(0, 66_000, 997))
    assert set(index.find("begin word66000x end")) == {66_000}
