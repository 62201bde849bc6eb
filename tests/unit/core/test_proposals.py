"""Rules proposed from words: what helps on the mails they were made from, told by what it gains on others."""

from mailbot.core.language.terms import term
from mailbot.core.model.facts import Facts
from mailbot.core.rules.conditions import TextCondition
from mailbot.core.rules.model import Rule, RuleSet, Then
from mailbot.core.rules.proposals import MOST_WORDS, macro_f1, propose, with_proposals
from mailbot.core.rules.triage import triage

NO_RULES = RuleSet.of([])


def cases(level, *texts):
    return [(Facts(text=text), level) for text in texts]


MADE_FROM = [*cases(1, "turbine one", "the turbine two"), *cases(5, "leaflet one", "a leaflet two")]
ASIDE = [*cases(1, "turbine three"), *cases(5, "leaflet three", "brochure four")]


def test_a_proposal_has_the_words_that_help_and_its_gain_on_others():
    found = propose({1: ["turbine"], 5: ["leaflet"]}, NO_RULES, MADE_FROM, ASIDE)
    assert {p.level: p.words for p in found} == {1: ("turbine",), 5: ("leaflet",)}
    assert all(p.after > p.before for p in found)
    adopted = with_proposals(NO_RULES, found)
    assert [triage(facts, adopted).priority for facts, _ in ASIDE] == [1, 5, 3]


def test_a_phrase_beside_its_own_word_is_left_out_and_a_list_is_short():
    many = ["the turbine", "turbine", "turbine two", *(f"word{n}" for n in range(30))]
    (found,) = propose({1: many}, NO_RULES, MADE_FROM, ASIDE)
    assert found.words[:2] == ("turbine", "word0")
    assert len(found.words) == MOST_WORDS


def test_what_a_rule_for_the_level_knows_already_is_not_proposed_again():
    known = Rule(
        id="known", when=(TextCondition(field="text", terms=(term("turbine"),)),), then=Then(score={1: 10, 5: 1})
    )
    assert propose({1: ["turbine"]}, RuleSet.of([known]), MADE_FROM, ASIDE) == []


def test_words_that_do_not_help_are_not_proposed():
    assert propose({1: ["one", "two"]}, NO_RULES, MADE_FROM, ASIDE) == []


def test_macro_f1_is_the_mean_over_the_levels_that_were_wanted():
    assert macro_f1([(1, 1), (1, 1), (2, 2)]) == 1.0
    assert macro_f1([(1, 1), (2, 1)]) == (2 / 3 + 0) / 2
    assert macro_f1([]) == 0.0
