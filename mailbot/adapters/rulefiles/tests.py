"""Runs the tests of the rules: those beside a rule, and those of the whole set in `rules/tests/*.toml`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mailbot.adapters.letters.reason_words import shown_reason
from mailbot.adapters.rulefiles.check import WHEN_KEYS, Names, read_facts
from mailbot.adapters.rulefiles.table import TableReader
from mailbot.adapters.rulefiles.toml import read_toml
from mailbot.config.toml_source import Path as Place
from mailbot.config.toml_source import Problem
from mailbot.core.rules.model import RuleSet, RuleTest, SetTest
from mailbot.core.rules.triage import Triage, triage

_KEYS = (*WHEN_KEYS, "name", "hits", "misses", "priority", "urgency", "category", "answer")


def read_set_tests(directory: Path, names: Names, rules: frozenset[str] | None) -> tuple[list[SetTest], list[Problem]]:
    """Every `[[test]]` of every file, in the order of names. A missing directory holds none.

    `rules` are those that a test may name, None if they are not all known.
    """
    tests: list[SetTest] = []
    problems: list[Problem] = []
    for path in sorted(p for p in directory.glob("*.toml") if not p.name.startswith(".")):
        found, problem = read_toml(path, f"tests/{path.name}")
        if found is None:
            problems += [problem] if problem is not None else []
            continue
        reader, document = found
        listed = reader.table(document, (), ("test",)).get("test", [])
        if isinstance(listed, list):
            tests += [_read(reader, each, ("test", number), names, rules) for number, each in enumerate(listed)]
        else:
            reader.wrong(("test",), "write [[test]] with two brackets: there may be many")
        problems += reader.problems
    return tests, problems


def _read(reader: TableReader, raw: object, path: Place, names: Names, rules: frozenset[str] | None) -> SetTest:
    table = reader.table(raw, path, _KEYS)
    hits, misses = reader.texts(table, "hits", path), reader.texts(table, "misses", path)
    for key, listed in (("hits", hits), ("misses", misses)):
        for name in listed:
            reader.named(name, (*path, key), rules, "rule")
    answer = reader.text(table, "answer", path)
    test = SetTest(
        facts=read_facts(reader, {k: v for k, v in table.items() if k in WHEN_KEYS}, path),
        file=reader.file,
        line=reader.line(path),
        name=reader.text(table, "name", path) or "",
        hits=hits,
        misses=misses,
        priority=reader.number(table, "priority", path, 1, 5),
        urgency=reader.number(table, "urgency", path, 0, 3),
        category=reader.text(table, "category", path),
        answer=reader.named(answer, (*path, "answer"), names.articles, "article in rules/answers"),
    )
    asked = (test.priority, test.urgency, test.category, test.answer)
    if not hits and not misses and all(value is None for value in asked):
        reader.wrong(
            path, "a test needs something that must come out: priority, urgency, category, answer, hits, misses"
        )
    return test


def count_tests(rules: RuleSet) -> int:
    """How many tests there are."""
    return len(rules.tests) + sum(len(rule.tests) for rule in rules.rules)


def run_rule_tests(rules: RuleSet) -> list[Problem]:
    """Run every test against the whole set; one problem for each that fails."""
    problems: list[Problem] = []
    for rule in rules.rules:
        for test in rule.tests:
            got = triage(test.facts, rules)
            hit = any(h.rule == rule.id for h in got.hits)
            wrong = [] if hit is test.hit else ["the rule does not hit" if test.hit else "the rule hits"]
            if wrong := [*wrong, *_differs(test, got)]:
                problems.append(_problem(rule.file, test.line, f"test of rule `{rule.id}`", wrong))
    for whole in rules.tests:
        got = triage(whole.facts, rules)
        hits = {h.rule for h in got.hits}
        wrong = [f"rule `{name}` does not hit" for name in whole.hits if name not in hits]
        wrong += [f"rule `{name}` hits" for name in whole.misses if name in hits]
        if wrong := [*wrong, *_differs(whole, got)]:
            problems.append(_problem(whole.file, whole.line, f"test{f' “{whole.name}”' if whole.name else ''}", wrong))
    return problems


def _problem(file: str, line: int, what: str, wrong: Sequence[str]) -> Problem:
    return Problem(file=file, line=line, column=1, message=f"{what}: {'; '.join(wrong)}")


def _differs(test: RuleTest | SetTest, got: Triage) -> list[str]:
    wrong: list[str] = []
    if test.priority is not None and got.priority != test.priority:
        wrong.append(f"priority {test.priority} was expected, it is {shown_reason(got.why)}")
    if test.urgency is not None and got.urgency != test.urgency:
        wrong.append(f"urgency {test.urgency} was expected, it is {got.urgency}")
    if test.category is not None and got.category != test.category:
        wrong.append(f"category {test.category} was expected, it is {got.category}")
    if test.answer is not None and got.answer != test.answer:
        wrong.append(f"article {test.answer} was expected, it is {got.answer}")
    return wrong
