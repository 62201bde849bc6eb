"""Each language that ships is known as deeply as French: each list of words, each rule, thanks and what says nothing.

A language that is missing from a list, or has far fewer words there, is named with the list. `KNOWN` says where that is right.
"""

import re
import tomllib
from pathlib import Path

import pytest

from mailbot.core.intake.thanks_free_words import FREE
from mailbot.core.intake.thanks_words import GRATITUDE
from mailbot.core.language.stop_words import COMMON_IN
from mailbot.core.language.structures import checked_word

RULES = Path(__file__).parents[3] / "rules"
SHIPPED = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "ja", "ar")
LATER = ("pl", "sv", "ja", "ar")  # their words stand in lists, not among those of a rule
SHARE = 0.6  # of the words that French has, for a language that says more with an ending
SMALL = 8  # words: of a shorter list, fewer are enough
# Where a language needs no words of its own, and why.
KNOWN = {
    ("not", "ja"): "the verbs of {dead} and {cannot} are negated themselves",
    ("works", "ja"): "likewise",
    ("we", "ja"): "nobody says so in Japanese",
    ("asks-word", "ja"): "the rule asks-in-japanese knows the endings of a question",
    ("cannot", "ja"): "five endings say what French has twenty phrases for",
    ("business", "ja"): "likewise",
    ("none", "en"): "the ways to say it are few",
}
# Lists that say what some languages need no list for.
OWN = {"we-cannot": "the verb says who", "nobody-said": "the patterns of the rule have the others"}
# Rules of nouns from before there were structures, which say the same in every language ({all} ... {cannot}), and what
# machines write, which is English.
STRUCTURED = {
    "nobody-can",
    "everybody-is-stuck",
    "all-of-it-fails",
    "many-hurt",
    "business-stands-still",
    "their-business",
    "infrastructure",
    "infrastructure-fails",
    "called-critical",
    "monitoring-down",
    "monitoring-well-again",
}
DOCUMENTS = {file.name: tomllib.loads(file.read_text("utf-8")) for file in sorted(RULES.glob("*.toml"))}
LISTS = {
    name: words
    for document in DOCUMENTS.values()
    for name, words in document.get("lists", {}).items()
    if isinstance(words, dict)
}
SCRIPTS = {"ja": re.compile("[\u3040-\u30ff\u4e00-\u9fff]"), "ar": re.compile("[\u0621-\u064a]")}
NAMED = re.compile(r"\{([a-z0-9|-]+)\}")
PLAIN = re.compile(r"[^\\|()\[\]{}^$+?]+")
MATCHED = ("text", "subject", "body")


def said(name, language):
    return len({checked_word(word) for word in LISTS[name].get(language, [])})


def enough(count, of):
    return count >= (of * SHARE if of >= SMALL else of / 3)


def too_few(name, languages, measure):
    return [
        f"{name}: {language} has {said(name, language)} words, where {measure:.0f} were expected"
        for language in languages
        if (name, language) not in KNOWN and not enough(said(name, language), measure)
    ]


def test_every_list_is_as_deep_in_each_language_as_in_french():
    missing = [line for name in LISTS if "fr" in LISTS[name] for line in too_few(name, SHIPPED, said(name, "fr"))]
    assert missing == []


def test_every_list_beside_the_words_of_a_rule_has_each_language_that_came_later():
    alone = [name for name in LISTS if "fr" not in LISTS[name] and name not in OWN]
    missing = [
        line
        for name in alone
        for line in too_few(
            name, [code for code in LATER if not beside(name, code)], min(said(name, "pl"), said(name, "sv"))
        )
    ]
    assert missing == []


def beside(name, language):
    """Whether the rule that names the list has words of the language itself, by their script."""
    return language in SCRIPTS and any(
        any(f"{{{name}}}" in term for term in terms) and any(SCRIPTS[language].search(term) for term in terms)
        for rule in rules()
        for terms in fields(rule["when"])
    )


def rules():
    return [rule for document in DOCUMENTS.values() for rule in document.get("rule", [])]


def fields(when):
    for key, value in when.items():
        if key in MATCHED:
            yield [value] if isinstance(value, str) else value


def test_no_rule_knows_its_words_in_the_first_seven_languages_only():
    deaf = [
        f"{rule['id']}: nothing in {language}"
        for rule in rules()
        if rule["id"] not in STRUCTURED
        for terms in fields(rule["when"])
        if sum(PLAIN.fullmatch(term) is not None for term in terms) >= 3
        for language in LATER
        if not any(
            language in LISTS[name]
            for term in terms
            for names in NAMED.findall(term)
            for name in names.split("|")
            if name in LISTS
        )
        and not (language in SCRIPTS and any(SCRIPTS[language].search(term) for term in terms))
    ]
    assert deaf == []


@pytest.mark.parametrize("part", ["thanks", "solved", "filler", "hello"])
def test_thanks_are_as_deep_in_each_language_as_in_french(part):
    count = {code: len(getattr(GRATITUDE[code], part).split("|")) for code in SHIPPED}
    assert {code: many for code, many in count.items() if not enough(many, count["fr"])} == {}


def test_thanks_said_freely_are_known_in_each_language():
    assert set(SHIPPED) <= set(FREE)
    short = [
        f"{part}: {code}"
        for code in SHIPPED
        for part in ("thanks", "settled", "praise", "closing", "halts")
        if (wanted := getattr(FREE["fr"], part))
        and not enough(len(getattr(FREE[code], part).split("|")), len(wanted.split("|")))
    ]
    assert short == []


def test_words_of_any_mail_are_known_in_each_language():
    # Japanese has no spaces between words, so a word is no unit there.
    count = {code: len(COMMON_IN[code].split()) for code in SHIPPED if code != "ja"}
    assert {code: many for code, many in count.items() if not enough(many, count["fr"])} == {}
