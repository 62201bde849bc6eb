"""How hits become a decision: outright, sums, threshold, ties, negation, and what follows."""

import dataclasses

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from mailbot.adapters.letters.reason_words import shown_reason
from mailbot.core.language.terms import term
from mailbot.core.rules.answers import Article
from mailbot.core.rules.conditions import (
    AddressCondition,
    AttachmentCondition,
    CustomerCondition,
    HeaderCondition,
    HoursCondition,
    InboxCondition,
    LanguageCondition,
    Matcher,
    SimilarCondition,
    TextCondition,
)
from mailbot.core.rules.model import Rule, RuleSet, ThankRule, Then
from mailbot.core.rules.triage import Facts, Thank, triage


def text(*raw, field="text"):
    return TextCondition(field=field, terms=tuple(term(r) for r in raw))


def rule(name, *when, unless=(), **then):
    return Rule(id=name, file="10-x.toml", line=3, when=when, unless=unless, then=Then(**then))


def decide(rules, body="", **facts):
    given_facts = {"text": f"{facts.get('subject', '')}\n{body}", "body": body} | facts
    return triage(Facts(**given_facts), RuleSet.of(rules, articles=facts.pop("articles", ())))


def test_no_rule_fits():
    got = decide([rule("a", text("refund"), score={2: 12})], "hello")
    assert (got.priority, got.matched, got.hits) == (3, False, ())
    assert shown_reason(got.why) == "3: no rule matched"


def test_scores_add_up_to_the_threshold():
    rules = [rule("a", text("invoice"), score={2: 6}), rule("b", text("wrong"), score={2: 4})]
    assert decide(rules, "the invoice").matched is False
    assert "the closest was 2 with 6 of 10" in shown_reason(decide(rules, "the invoice").why)
    got = decide(rules, "the invoice is wrong")
    assert (got.priority, got.matched) == (2, True)
    assert [(h.rule, h.weight, h.words, h.file, h.line) for h in got.hits] == [
        ("a", 6, ("invoice",), "10-x.toml", 3),
        ("b", 4, ("wrong",), "10-x.toml", 3),
    ]
    assert shown_reason(got.why) == "2, money: 10 points from a (“invoice”) +6, b (“wrong”) +4"


def test_a_rule_counts_once_however_many_words_hit():
    rules = [rule("a", text("invoice", "bill"), score={2: 6})]
    got = decide(rules, "the invoice, the bill, the invoice")
    assert got.matched is False
    assert got.hits[0].words == ("invoice", "bill")


def test_a_tie_goes_to_the_more_urgent():
    rules = [rule("a", text("x1"), score={4: 12}), rule("b", text("x2"), score={2: 12})]
    assert decide(rules, "x1 x2").priority == 2


def test_negative_points_count():
    rules = [rule("a", text("how"), score={4: 12}), rule("b", text("broken"), score={4: -8, 3: 10})]
    assert decide(rules, "how is it broken").priority == 3


def test_the_first_outright_priority_wins():
    rules = [
        rule("points", text("refund"), score={2: 500}),
        rule("first", text("fire"), priority=1),
        rule("second", text("fire"), priority=5),
    ]
    got = decide(rules, "refund, it is on fire")
    assert got.priority == 1
    assert shown_reason(got.why).startswith("1, everything's down: rule first (“fire”)")


def test_all_keys_must_fit_and_none_of_the_unwanted():
    rules = [rule("a", text("refund"), text("order", field="subject"), unless=(text("joke"),), priority=2)]
    assert decide(rules, "refund", subject="my order").matched
    assert not decide(rules, "refund", subject="hello").matched
    assert not decide(rules, "refund joke", subject="my order").matched


def test_a_shouted_howto_stays_a_howto():
    rules = [rule("a", text("how do i"), score={4: 10})]
    got = decide(rules, "HOW DO I CHANGE MY ADDRESS???!!! ANSWER ME")
    assert got.priority == 4
    assert got.urgency >= 1
    assert any(h.rule == "tone" for h in got.hits)
    assert decide(rules, "How do I change my address?").urgency == 0


@pytest.mark.parametrize("calm", ["Our ID is SKU-4711-XL.", "NASA, ESA and CERN use it.", "Thanks!", "Hi! Thanks!"])
def test_calm_mails_are_not_shouted(calm):
    assert decide([rule("a", text("zzz"), urgency=1)], calm).urgency == 0


def test_urgency_is_the_highest_plus_the_tone_at_most_three():
    rules = [rule("a", text("now"), urgency=1), rule("b", text("friday"), urgency=3)]
    assert decide(rules, "now").urgency == 1
    assert decide(rules, "now, by friday!!!").urgency == 3


CONDITIONS = [
    (
        AddressCondition(field="from", any_of=(Matcher.of("@shop.example", domains=True),)),
        {"from_address": "A@Shop.example"},
        {"from_address": "a@notshop.example"},
    ),
    (
        AddressCondition(field="from", any_of=(Matcher.of("shop.example", domains=True),)),
        {"from_address": "a@eu.shop.example"},
        {"from_address": "a@myshop.example"},
    ),
    (
        AddressCondition(field="to", any_of=(Matcher.of("sales+*@desk.example", domains=True),)),
        {"to": ("x@y.example", "sales+3@desk.example")},
        {"to": ("sales@desk.example",)},
    ),
    (
        AddressCondition(field="from", any_of=(Matcher.of(r"^(ann|bob)@", domains=True),)),
        {"from_address": "bob@x.example"},
        {"from_address": "carl@x.example"},
    ),
    (InboxCondition(names=("help",)), {"inbox": "help"}, {"inbox": "sales"}),
    (
        HeaderCondition.of("X-Event", (term("signup"),)),
        {"headers": (("x-event", "New Signup"),)},
        {"headers": (("x-event", "order"),)},
    ),
    (HeaderCondition.of("X-Event", ()), {"headers": (("x-event", ""),)}, {"headers": (("x-other", "x"),)}),
    (LanguageCondition(languages=("de", "nl")), {"language": "nl"}, {"language": None}),
    (CustomerCondition(tags=("VIP",)), {"customer_tags": ("vip",)}, {"customer_tags": ("new",)}),
    (CustomerCondition(first_contact=True), {"first_contact": True}, {}),
    (CustomerCondition(tickets_30d=3), {"tickets_30d": 3}, {"tickets_30d": 2}),
    (CustomerCondition(last_promise_broken=True), {"last_promise_broken": True}, {}),
    (
        AttachmentCondition(any_of=(Matcher.of("*.pdf"),)),
        {"attachments": (("Bill.PDF", "application/pdf"),)},
        {"attachments": (("a.png", "image/png"),)},
    ),
    (AttachmentCondition(any_of=(Matcher.of("image/*"),)), {"attachments": (("", "image/png"),)}, {"attachments": ()}),
    (AttachmentCondition(), {"attachments": (("x", ""),)}, {}),
    (HoursCondition(inside=False), {"in_hours": False}, {"in_hours": True}),
    (SimilarCondition(count=5), {"similar": 5}, {"similar": 4}),
]


@pytest.mark.parametrize(("condition", "fits", "misses"), CONDITIONS, ids=lambda v: type(v).__name__)
def test_conditions(condition, fits, misses):
    assert decide([rule("a", condition, priority=2)], **fits).matched
    assert not decide([rule("a", condition, priority=2)], **misses).matched
    assert not decide([rule("a", text("hello"), unless=(condition,), priority=2)], "hello", **fits).matched
    assert decide([rule("a", text("hello"), unless=(condition,), priority=2)], "hello", **misses).matched


@pytest.mark.slow
def test_single_values_come_from_the_side_that_won_lists_from_all():
    rules = [
        rule("howto", text("how"), score={4: 10}, category="question", tags=("q",), notify=("ann",)),
        rule("money", text("refund"), score={2: 14}, category="billing", assign="eva", tags=("m", "q")),
        rule("other", text("refund"), ack="ack-money", hold=True),
    ]
    got = decide(rules, "how do I get a refund")
    assert (got.category, got.assign, got.ack, got.hold) == ("billing", "eva", "ack-money", True)
    assert (got.tags, got.notify) == (("q", "m"), ("ann",))


def test_thanks_take_the_address_from_the_text():
    thank = ThankRule(pattern=re2.compile(r"Customer: (\S+@\S+)"), letter="welcome")
    got = decide(
        [rule("a", text("new customer"), thank=thank, ignore=True)], "New customer\nCustomer: Li@new.example\n"
    )
    assert got.thank == (Thank(to_address="Li@new.example", letter="welcome"),)
    assert got.ignore
    assert decide([rule("a", text("new customer"), thank=thank)], "New customer, no address").thank == ()


def article(name, language, *raw):
    return Article(id=name, language=language, title=name, text="text", terms=tuple(term(r) for r in raw))


HOWTO = [rule("a", text("how", "wie"), score={4: 10})]
SHELF = [
    article("password", "en", "reset * password", "password"),
    article("address", "en", "change * address", "address"),
    article("password", "de", "passwort"),
]


@pytest.mark.parametrize(
    ("body", "language", "expected"),
    [
        ("How do I reset my password?", "en", "password"),
        ("How do I change my address?", "en", "address"),
        ("How do I change my address and reset my password?", "en", None),
        ("How is the password?", "en", None),
        ("How do I reset my password?", None, None),
        ("How do I reset my password?", "fr", None),
        ("Please reset my password", "en", None),
    ],
)
def test_the_article_that_fits_best_or_none(body, language, expected):
    rules = RuleSet.of(HOWTO, articles=SHELF)
    assert triage(Facts(text=body, body=body, language=language), rules).answer == expected


def test_a_word_that_stands_against_an_article_keeps_it_away_whatever_else_fits():
    against = dataclasses.replace(article("password", "en", "reset * password", "password"), unless=(term("router*"),))
    rules = RuleSet.of(HOWTO, articles=[against, article("router", "en", "router", "restart")])
    said = "How do I reset my password{}, my password?"
    facts = [Facts(text=said.format(w), language="en") for w in ("", " of the router", " of the routers, restart")]
    assert [triage(f, rules).answer for f in facts] == ["password", None, None]


def test_a_named_article_is_offered_only_in_the_language_of_the_mail():
    rules = RuleSet.of([rule("a", text("hello"), priority=3, answer="address")], articles=SHELF)
    assert triage(Facts(text="hello", language="en"), rules).answer == "address"
    assert triage(Facts(text="hello", language="de"), rules).answer is None


def test_rule_sets_and_decisions_are_frozen():
    rules = RuleSet.of(HOWTO)
    with pytest.raises(dataclasses.FrozenInstanceError):
        rules.threshold = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        triage(Facts(text="x"), rules).priority = 1


@given(
    st.lists(
        st.tuples(st.sampled_from(["aa", "bb", "cc", "dd"]), st.dictionaries(st.integers(1, 5), st.integers(-20, 20))),
        max_size=6,
    ),
    st.text(st.sampled_from("abcd "), max_size=20),
)
def test_the_decision_is_the_sum(specs, body):
    rules = RuleSet.of([rule(f"r{n}", text(w), score=s) for n, (w, s) in enumerate(specs)])
    sums = dict.fromkeys(range(1, 6), 0)
    for word, score in specs:
        if word in body.split():
            for level, points in score.items():
                sums[level] += points
    best = max(sums.values())
    expected = min(p for p, s in sums.items() if s == best) if best >= 10 else 3
    got = triage(Facts(text=body), rules)
    assert (got.priority, got.matched) == (expected, best >= 10)
    assert 0 <= got.urgency <= 3
    assert got.why
