"""Office matters: named only where their rule decided alone, told to whom the config names, and never thanked for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.core.language.terms import term
from mailbot.core.model.office import OFFICE, office_of, told_of
from mailbot.core.rules.conditions import TextCondition
from mailbot.core.rules.model import Rule, RuleSet, Then
from mailbot.core.rules.triage import Facts, triage
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail, shipped

NORA = "Nora Feld <nora@harbour.example>"
DEATH = "My father passed away on Tuesday. How do I cancel his contract?"


@pytest.fixture
def desk_with():
    made = []

    def make(**changes):
        made.append(SimulatedDesk(change_policy=lambda policy: replace(policy, **changes)))
        return made[-1]

    yield make
    for one in made:
        one.close()


def rule(name, word, category, **score):
    points = {int(level[1:]): value for level, value in score.items()}
    when = (TextCondition(field="text", terms=(term(word),)),)
    return Rule(id=name, when=when, then=Then(category=category, score=points))


def category(text, *rules):
    return triage(Facts(text=text, body=text), RuleSet.of(rules)).category


def test_a_matter_is_named_only_where_its_rule_decided_alone():
    weak, strong = rule("a", "contract", "cancellation", p4=6), rule("b", "cancel", "cancellation", p4=16)
    howto = rule("c", "how", "question", p4=12)
    assert category("how, contract", howto, weak) == "question"
    assert category("how, cancel", howto, strong) == "cancellation"
    assert category("contract", weak) is None


def test_an_unsure_ticket_is_no_office_matter(desk_with):
    desk = desk_with()
    desk.receive(mail(NORA, DEATH, at=MONDAY))
    one = desk.ticket(1)
    assert office_of(one) == "bereavement"
    assert office_of(replace(one, sure=False)) is None


def test_agents_read_of_the_time_that_the_letter_in_that_language_names(desk_with):
    desk = desk_with()
    desk.receive(mail(NORA, "Under the GDPR I ask you to delete all my data and to confirm it.", at=MONDAY))
    one = desk.ticket(1)
    assert told_of(one) == OFFICE["personal_data"]
    assert told_of(replace(one, language="pt-BR")).code == "office.personal_data.brazil"
    assert told_of(replace(one, sure=False)) is None


def test_a_death_is_acknowledged_as_one_whatever_else_the_mail_asks(desk_with):
    desk = desk_with()
    desk.receive(mail(NORA, DEATH, at=MONDAY))
    said = desk.last("ack", "nora").text
    assert "Please accept our condolences" in said
    assert not [word for word in ("welcome", "Thank", "how something is done") if word in said]
    assert "somebody has died" in desk.last("new", "mara").text


@pytest.mark.parametrize(
    "text", ["Would you sponsor our summer tournament?", "We can bring you to the first page of Google?"]
)
def test_nobody_is_promised_an_answer_to_an_offer_nor_thanked_for_feedback(desk_with, text):
    desk = desk_with()
    desk.receive(mail(NORA, text, at=MONDAY))
    assert "If it's something for us" in desk.last("ack", "nora").text
    assert desk.promise(1) is None


def test_a_partnership_that_no_office_rule_knows_is_no_feedback_either(desk_with):
    desk = desk_with()
    desk.receive(mail(NORA, "We run a podcast and would like to become a reseller.", at=MONDAY))
    assert "and a person will read it." in desk.last("ack", "nora").text


def test_it_goes_to_whom_the_config_names_and_so_does_what_follows(desk_with):
    desk = desk_with(office={"bereavement": ("joost", "funerals@lumen.example")})
    desk.receive(mail(NORA, DEATH, at=MONDAY))
    told = {sent.outgoing.to.address for sent in desk.sent if sent.outgoing.name == "new"}
    assert told == {"joost@lumen.example", "funerals@lumen.example"}
    assert "mailto:" not in desk.last("new", "funerals").text, "who is no agent is given no way to act as one"
    desk.receive(mail(NORA, "I forgot the number: 4711.", at=MONDAY, to=desk.last("ack", "nora").reply_to))
    assert [sent.outgoing.to.address for sent in desk.sent if sent.outgoing.name == "followup"] == [
        "joost@lumen.example"
    ]
    desk.pass_time(MONDAY + timedelta(hours=3))
    assert {sent.outgoing.to.address for sent in desk.sent if sent.outgoing.name == "reminder"} == {
        "joost@lumen.example"
    }


def test_every_matter_has_a_rule_that_decides_alone():
    rules = shipped().current().rules
    alone = {r.then.category for r in rules.rules if max(r.then.score.values(), default=0) >= rules.threshold}
    assert set(OFFICE) <= alone
