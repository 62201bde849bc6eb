"""How much of the mail a rule carried, counted from what was stored when it came."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from mailbot.adapters.store.views.coverage import Weighings
from mailbot.core.language.terms import term
from mailbot.core.model.event import Event
from mailbot.core.model.facts import Facts, Weighed
from mailbot.core.model.reason import why
from mailbot.core.model.ticket import TicketState
from mailbot.core.rules.conditions import TextCondition
from mailbot.core.rules.model import Rule, RuleSet, Then
from mailbot.core.rules.triage import triage
from tests.contract.made import DAY, HOUR, NOW, decision, message, ticket


def rule(name, *words, **then):
    return Rule(id=name, when=(TextCondition(field="text", terms=tuple(map(term, words))),), then=Then(**then))


RULES = RuleSet.of(
    [
        rule("refund", "refund", score={2: 14}),
        rule("urgent-refund", "twice", score={2: 16}),
        rule("fire", "fire", priority=1),
        rule("hint", "slow", score={1: 4}),
    ]
)


def opening(number, text, language="en", **changes):
    """The mail that opened a ticket, weighed by those rules."""
    got = triage(Facts(text=text), RULES)
    kept = Weighed(language=language, priority=got.priority, why=got.why)
    return message(f"m{number}", ticket=number, weighed=kept, received_at=NOW + number * HOUR, **changes)


def set_to(number, old, new, by="mara"):
    return Event(ticket=number, at=NOW + DAY, what=why("event.priority.set", old=old, new=new), by=by)


def test_each_mail_counts_for_the_rule_that_carried_it_and_agents_may_say_otherwise(store):
    said = ["refund", "refund twice", "fire", "slow", "nothing", "refund"]
    store.commit(
        decision(
            tickets=(
                *(ticket(n) for n in range(1, 7)),
                ticket(7, state=TicketState.SPAM),
                ticket(8),
            ),
            messages=(
                *(opening(n, text, "fr" if n == 5 else "en") for n, text in enumerate(said, 1)),
                opening(7, "refund"),  # lies in the spam heap
                message("m8", ticket=8, received_at=NOW + DAY),  # a person's own letter opened it: nothing was weighed
                message("m9", ticket=1, received_at=NOW + DAY),
            ),
            events=(
                set_to(1, 2, 4),
                set_to(1, 4, 3),  # the last word counts
                set_to(2, 2, 2),  # the same again: an agent agreed
                set_to(4, 3, 1),
                set_to(7, 2, 5),
            ),
        ),
        NOW,
    )
    found = {(one.of, one.which): one for one in Weighings(store._database).coverage(NOW)}

    def told(of, which=""):
        one = found[of, which]
        return one.mails, one.unsure, one.helped, one.set, one.otherwise, dict(one.became)

    assert told("all") == (6, 2, 0, 3, 1, {3: 1, 1: 1})
    assert told("priority", "2") == (3, 0, 0, 2, 1, {3: 1})
    assert told("priority", "1") == (1, 0, 0, 0, 0, {})
    assert told("unsure") == (2, 2, 0, 1, 0, {1: 1})
    assert told("language", "fr") == (1, 1, 0, 0, 0, {})
    assert told("rule", "refund") == (2, 0, 1, 1, 1, {3: 1})
    assert told("rule", "urgent-refund") == (1, 0, 0, 1, 0, {})
    assert told("rule", "fire") == (1, 0, 0, 0, 0, {})
    assert ("rule", "hint") not in found
    assert [key[0] for key in found] == sorted(
        (key[0] for key in found), key=["all", "priority", "unsure", "language", "rule"].index
    )
    assert {one.of: one.mails for one in Weighings(store._database).coverage(NOW + 5 * HOUR)}["all"] == 2
    assert Weighings(store._database).coverage(NOW + DAY) == []


def test_what_an_agent_set_counts_once_where_a_ticket_holds_the_mails_of_two(store):
    store.commit(
        decision(
            tickets=(ticket(1), ticket(2)),
            messages=(opening(1, "refund"), replace(opening(2, "fire"), ticket=1)),
            events=(set_to(1, 2, 4),),
        ),
        NOW,
    )
    found = {(one.of, one.which): one for one in Weighings(store._database).coverage(NOW)}
    assert found["all", ""].became == Counter({4: 1})
