"""Why a mail weighs what it weighs: told with places and words, near misses, and what a person did since."""

from datetime import UTC, datetime

import pytest

from mailbot.adapters.letters.reason_words import shown_reason
from mailbot.core.language.terms import term
from mailbot.core.model.event import Event
from mailbot.core.model.reason import why
from mailbot.core.rules.account import account, grounds, since_then
from mailbot.core.rules.answers import Article
from mailbot.core.rules.conditions import LanguageCondition, TextCondition
from mailbot.core.rules.diff import RuleChanges, rule_changes
from mailbot.core.rules.model import Rule, RuleSet, Then
from mailbot.core.rules.near_miss import near_misses
from mailbot.core.rules.reach import unreachable
from mailbot.core.rules.triage import Facts, triage
from tests.contract.made import ticket
from tests.simulation.simulated_desk import MARA, SimulatedDesk, mail


def text(*raw, field="text"):
    return TextCondition(field=field, terms=tuple(term(r) for r in raw))


def rule(name, *when, unless=(), line=3, why="", **then):
    return Rule(id=name, why=why, file="10-x.toml", line=line, when=when, unless=unless, then=Then(**then))


def told(reasons):
    return [shown_reason(reason) for reason in reasons]


MONEY = rule("money", text("refund*", "invoice"), score={2: 14, 4: -4}, why="It is about money.")
HURRY = rule("hurry", text("asap"), line=9, urgency=2)


def test_every_hit_with_its_place_its_points_and_words():
    facts = Facts(text="The invoice: REFUND me asap", body="The invoice: REFUND me asap!!!!")
    result, lines = account(facts, RuleSet.of([MONEY, HURRY, rule("fire", text("fire"), priority=1)]))
    assert result.priority == 2
    assert told(lines) == [
        "2, money: 14 points from money (“invoice”, “REFUND”) +14",
        "urgency 3 out of 3: it can't wait",
        "money (10-x.toml:3), +14 for 2, -4 for 4: “invoice”, “REFUND” – It is about money.",
        "hurry (10-x.toml:9), urgency 2: “asap”",
        "tone, urgency +1: “!!!!” – it sounds upset",
        "the sum: 2 has 14, 4 has -4; it takes 10",
    ]
    outright = account(Facts(text="fire"), RuleSet.of([rule("fire", text("fire"), priority=1)]))[1]
    assert told(outright) == [
        "1, everything's down: rule fire (“fire”)",
        "urgency 0 out of 3: nothing says that it's pressing",
        "fire (10-x.toml:3), decides 1: “fire”",
        "without the rule that decided, nothing would be sure",
    ]
    unsure = told(account(Facts(text="nothing"), RuleSet.of([MONEY]))[1])
    assert unsure[0] == "3: no rule matched"
    assert unsure[1].startswith("unsure: no rule matched, so it stays at 3")
    assert unsure[3:] == ["no rule matched"]


def test_an_office_matter_and_what_may_be_an_outage_are_said_in_words():
    death = Rule(id="death", when=(text("died"),), then=Then(score={3: 20}, category="bereavement"))
    assert told(account(Facts(text="She died."), RuleSet.of([death]))[1])[1].startswith(
        "an office matter: somebody has"
    )
    hint = rule("hint", text("slow"), score={1: 4})
    assert told(account(Facts(text="slow"), RuleSet.of([hint]))[1])[1].startswith(
        "unsure: no rule matched, so it stays at 3. But"
    )


def test_what_it_nearly_was_is_told_by_the_points_that_lacked():
    rules = [MONEY, rule("slow", text("slow"), score={1: 8}), rule("ask", text("how"), score={4: 14}, category="ask")]

    def nearly(said, *more):
        return [line for line in told(account(Facts(text=said), RuleSet.of([*rules, *more]))[1]) if "ly was" in line]

    assert nearly("refund, slow") == [
        "what it nearly was: 1, everything's down (short by 6)"
    ]  # of equal ones 1 is taken
    assert nearly("slow") == ["what it nearly was: 1, everything's down (short by 2)"]
    assert nearly("refund") == []  # nothing spoke for anything else
    fix = rule("fix", text("fix"), score={3: 13})
    assert nearly("how, fix", fix) == ["what it nearly was: 3, a real problem (short by 1)"]
    # of 4 and 5 with equal points 4 is decided, so 5 lacks one
    assert nearly("how, wish", rule("wish", text("wish"), score={5: 14})) == [
        "what it nearly was: 5, feedback (short by 1)"
    ]
    fire = rule("fire", text("fire"), priority=1)
    assert "without the rule that decided: 2, money" in told(
        account(Facts(text="fire, refund"), RuleSet.of([*rules, fire]))[1]
    )
    assert "category: ask" in told(account(Facts(text="how"), RuleSet.of(rules))[1])


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("How do I reset my password?", "the article it's answered with: “Reset it” (reset.en.md)"),
        ("How? The password!", "no article: “Reset it” came closest, with 1 of 2 points"),
        ("How? The password reset by phone!", "no article: “Reset it”, “Call us” fit equally well"),
        ("How? I reset my password already", "no article: a word rules out “Reset it”"),
        ("How?", "no article: none has a word of it"),
        ("A refund of the password reset", None),
    ],
)
def test_the_article_or_why_there_is_none(said, line):
    def article(name, title, *words, unless=()):
        terms, never = tuple(map(term, words)), tuple(map(term, unless))
        return Article(id=name, language="en", title=title, text="", terms=terms, unless=never, file=f"{name}.en.md")

    shelf = [
        article("reset", "Reset it", "password", "reset", unless=("already",)),
        article("call", "Call us", "phone", "by"),
    ]
    rules = RuleSet.of([MONEY, rule("how", text("how"), score={4: 12})], articles=shelf)
    found = [one for one in told(account(Facts(text=said, language="en"), rules)[1]) if "article" in one]
    assert found == ([] if line is None else [line])


@pytest.mark.parametrize(
    ("near", "said", "because"),
    [
        (
            rule("a", text("refund"), unless=(text("joke"),), priority=2),
            "refund, a joke",
            "it was stopped by “joke”, which the rule must not find",
        ),
        (
            rule("a", text("refund"), text("order", field="subject"), priority=2),
            "refund",
            "it matched “refund”, but nothing in the subject is like “order”",
        ),
        (
            rule("a", text("refund"), LanguageCondition(languages=("de",)), priority=2),
            "refund",
            "its `language` doesn't match",
        ),
        (rule("a", text("invoice"), priority=2), "my invoices", "the mail has “invoices”; the rule has “invoice”"),
        (rule("a", text("money back"), priority=2), "back to the money", "all words of “money back” are there"),
    ],
)
def test_near_misses(near, said, because):
    (miss,) = near_misses(Facts(text=said), RuleSet.of([rule("far", text("zebra"), priority=1), near]))
    assert miss.rule.id == "a"
    assert because in shown_reason(miss.because)


def test_near_misses_are_few_and_the_nearest_come_first():
    far = [rule(f"far{n}", text("invoice"), priority=2) for n in range(9)]
    near = rule("near", text("invoices"), unless=(text("joke"),), priority=2)
    found = near_misses(Facts(text="invoices, a joke"), RuleSet.of([*far, near]))
    assert [m.rule.id for m in found] == ["near", "far0", "far1", "far2", "far3"]


def test_what_happened_since():
    decided = triage(Facts(text="refund"), RuleSet.of([MONEY]))
    event = Event(
        ticket=1, at=datetime(2026, 3, 2, 9, tzinfo=UTC), what=why("event.priority.set", old=2, new=4), by="mia"
    )
    assert told(since_then(decided, ticket(priority=4), decided.why, [event])) == [
        "mia set it by hand: 2 → 4 (2026-03-02T09:00:00+00:00)"
    ]
    assert told(since_then(decided, ticket(priority=2), why("account.none", priority=3), [])) == [
        "when it came, the rules said 3: no rule matched"
    ]
    raised = ticket(priority=1, why=why("account.set-by", name="Mia"))
    assert told(since_then(decided, raised, decided.why, [])) == ["now it's 1: set by Mia"]
    assert told(since_then(decided, ticket(priority=1), decided.why, [])) == ["now it's 1"]


@pytest.mark.parametrize(
    ("said", "short"),
    [
        ("The invoice: refund the invoice", "“invoice”, “refund”"),
        ("fire", "1, everything's down: rule fire (“fire”)"),
        ("nothing", "3: no rule matched"),
    ],
)
def test_somebody_in_a_hurry_reads_the_words_that_decided(said, short):
    rules = RuleSet.of([MONEY, rule("fire", text("fire"), priority=1)])
    assert shown_reason(grounds(triage(Facts(text=said), rules).why)) == short


def test_points_without_words_are_told_as_the_level_they_lead_to():
    decided = triage(Facts(text="x"), RuleSet.of([rule("any", score={3: 10})]))
    assert shown_reason(decided.why) == "3, a real problem: 10 points from any +10"
    assert shown_reason(grounds(decided.why)) == "3, a real problem"


def test_rules_that_came_went_and_changed():
    old = RuleSet.of([MONEY, HURRY])
    moved = rule("money", text("refund*", "invoice"), line=80, score={2: 14, 4: -4}, why="It is about money.")
    assert not rule_changes(old, RuleSet.of([moved, HURRY]))
    louder = rule("hurry", text("asap"), urgency=3)
    found = rule_changes(old, RuleSet.of([louder, rule("new", text("x1"), priority=1)], threshold=12))
    assert found == RuleChanges(came=("new",), went=("money",), changed=("hurry",), besides=("threshold",))
    assert rule_changes(old, RuleSet.of([HURRY, MONEY])).besides == ("order",)


def test_a_rule_is_never_called_unreachable_that_can_hit_and_matter():
    first = rule("first", text("fire"), text("smoke"), priority=1)
    assert unreachable(RuleSet.of([first, rule("b", text("fire"), priority=2)])) == []
    assert unreachable(RuleSet.of([first, rule("b", text("fire"), text("smoke"), priority=2, hold=True)])) == []
    (found,) = unreachable(RuleSet.of([first, rule("b", text("smoke"), text("fire"), priority=2)]))
    assert found.rule.id == "b"


@pytest.fixture
def desk():
    made = SimulatedDesk()
    yield made
    made.close()


@pytest.mark.slow
def test_why_by_mail_tells_the_rules_and_what_a_person_did(desk):
    customer = "Ada <ada@customer.example>"
    desk.receive(mail(customer, "I was charged twice for my order. Please refund it.", at=desk.clock.now()))
    for asked in ("/p 4\n", "/why\n"):
        notice = desk.last("new", "mara")
        desk.receive(
            mail(MARA.addresses[0], asked, at=desk.clock.now(), to=notice.reply_to, In_Reply_To=notice.message_id)
        )
    answer = desk.last("answer", "mara").text
    assert "2, money:" in answer
    assert "refund (20-money.toml:" in answer
    assert "the sum: 2 has" in answer
    assert "mara set it by hand: 2 → 4 (" in answer
    assert "20" not in [s.outgoing.name for s in desk.sent]


def test_why_tells_of_the_first_mail_though_others_followed(desk):
    customer = "Ada <ada@customer.example>"
    desk.receive(mail(customer, "Please refund my order.", at=desk.clock.now(), message_id="one@x.example"))
    desk.receive(
        mail(customer, "Any news?", at=desk.clock.now(), subject="Re: Question", In_Reply_To="<one@x.example>")
    )
    notice = desk.last("followup", "mara")
    desk.receive(mail(MARA.addresses[0], "/why\n", at=desk.clock.now(), to=notice.reply_to))
    assert "refund (20-money.toml:" in desk.last("answer", "mara").text


def test_a_surge_is_noticed_and_people_are_told_apart(desk):
    said = "Hello, I want to log in to the server and it does not answer. Server message 4711."
    for n in range(4):
        desk.receive(mail(f"p{n}@customer.example", said, at=desk.clock.now(), subject=f"Server message {n}"))
    for _ in range(3):
        desk.receive(mail("p0@customer.example", said, at=desk.clock.now(), subject="Server message again"))
    assert all("surge" not in desk.ticket(n).tags for n in range(1, 8))
    desk.receive(mail("p9@customer.example", said, at=desk.clock.now(), subject="Server message"))
    assert "surge" in desk.ticket(8).tags
    assert desk.ticket(8).priority == 1


@pytest.mark.slow
def test_ten_thousand_rules_are_looked_through():
    many = [rule(f"r{n}", text(f"word{n}", f"other{n}"), priority=1 + n % 5) for n in range(10_000)]
    last = rule("last", text("word7"), priority=1)
    rules = RuleSet.of([*many, last])
    assert [u.rule.id for u in unreachable(rules)] == ["last"]
    result, lines = account(Facts(text="word9999, and word12345s"), rules)
    assert [h.rule for h in result.hits] == ["r9999"]
    assert any(line.startswith("nearly: r1234 ") for line in told(lines))
    assert rule_changes(RuleSet.of(many), rules).came == ("last",)
