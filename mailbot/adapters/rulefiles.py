"""Loads a directory of rule files into one rule set, with every error at once, and runs the tests that stand in them."""

from __future__ import annotations

import re
import tomllib
from datetime import timedelta
from pathlib import Path

from mailbot.adapters.articlefiles import load_articles
from mailbot.adapters.rulecheck import Names, read_rule, span
from mailbot.adapters.rulesource import Problem
from mailbot.adapters.ruletable import TableReader
from mailbot.core.rules import DEFAULT_THRESHOLD, Rule, RuleSet, RuleTest
from mailbot.core.triage import triage

__all__ = ["Problem", "load_rules", "run_rule_tests"]

MAX_FILE = 2 * 1024 * 1024  # bytes; 10,000 plain rules fit
MAX_RULES = 20_000
_AT = re.compile(r"\s*\(at line (\d+), column (\d+)\)$|\s*\(at end of document\)$")
_WINDOW = timedelta(hours=1)


def load_rules(
    directory: Path, *, letters: frozenset[str] | None = None, agents: frozenset[str] | None = None
) -> tuple[RuleSet | None, list[Problem]]:
    """Read `*.toml` in the order of their names, and `answers/*.md`.

    `letters` are the letters that can be written, `agents` the ids of agents and groups; None leaves names unchecked.
    Any problem at all: no rule set, so that a typing error never changes what the desk does. Never raises for what
    stands in the files.
    """
    if not directory.is_dir():
        return None, [Problem(file=directory.name, line=0, column=0, message="there is no such directory")]
    articles, problems = load_articles(directory / "answers")
    names = Names(letters=letters, agents=agents, articles=frozenset(a.id for a in articles))
    loading = _Loading(names)
    for path in sorted(directory.glob("*.toml"), key=lambda p: p.name):
        # Names that begin with a dot are locks and half copies that editors leave beside an open file.
        if not path.name.startswith("."):
            loading.read(path)
    problems += loading.problems
    problems.sort(key=lambda p: (p.file, p.line, p.column))
    if problems:
        return None, problems
    rules = RuleSet.of(
        loading.rules,
        threshold=loading.threshold or DEFAULT_THRESHOLD,
        similar_within=loading.window or _WINDOW,
        articles=articles,
    )
    return rules, []


class _Loading:
    """What has been read so far, over all files."""

    def __init__(self, names: Names) -> None:
        self.rules: list[Rule] = []
        self.problems: list[Problem] = []
        self.threshold: int | None = None
        self.window: timedelta | None = None
        self._names = names
        self._seen: dict[str, Rule] = {}

    def read(self, path: Path) -> None:
        try:
            with path.open("rb") as opened:
                raw = opened.read(MAX_FILE + 1)
        except OSError as error:
            self._fail(path.name, f"cannot be read: {error.strerror}")
            return
        if len(raw) > MAX_FILE:
            self._fail(path.name, f"is larger than {MAX_FILE // 1024} KB")
            return
        try:
            text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            before = raw[: error.start]
            line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
            self._fail(path.name, f"is not UTF-8: byte 0x{raw[error.start]:02x}; save it as UTF-8", line, column)
            return
        try:
            document = tomllib.loads(text)
        except RecursionError:
            self._fail(path.name, "is nested too deeply")
            return
        except ValueError as error:
            self._syntax(path.name, text, str(error))
            return
        self._document(TableReader(path.name, text), document)

    def _document(self, reader: TableReader, document: dict[str, object]) -> None:
        table = reader.table(document, (), ("settings", "rule"))
        if "settings" in table:
            self._settings(reader, table["settings"])
        listed = table.get("rule", [])
        if not isinstance(listed, list):
            reader.wrong(("rule",), "write [[rule]] with two brackets: there may be many")
            listed = []
        for number, raw in enumerate(listed):
            if len(self.rules) >= MAX_RULES:
                reader.wrong(("rule", number), f"more than {MAX_RULES:,} rules")
                break
            found = read_rule(reader, raw, ("rule", number), self._names)
            if found is None:
                continue
            rule, window = found
            if rule.id in self._seen:
                first = self._seen[rule.id]
                reader.wrong(("rule", number, "id"), f"rule `{rule.id}` stands already in {first.file}:{first.line}")
                continue
            if window is not None:
                self._similar(reader, ("rule", number, "when", "similar"), window)
            self._seen[rule.id] = rule
            self.rules.append(rule)
        self.problems += reader.problems

    def _settings(self, reader: TableReader, raw: object) -> None:
        settings = reader.table(raw, ("settings",), ("threshold", "similar_within"))
        threshold = reader.number(settings, "threshold", ("settings",), 1, 1000)
        if threshold is not None:
            if self.threshold not in (None, threshold):
                reader.wrong(("settings", "threshold"), f"`threshold` was set to {self.threshold} in an earlier file")
            self.threshold = threshold
        within = reader.text(settings, "similar_within", ("settings",))
        if within is not None:
            length = span(within)
            if length is None:
                reader.wrong(("settings", "similar_within"), '`similar_within` must be a time such as "30m" or "2h"')
            else:
                self._similar(reader, ("settings", "similar_within"), length)

    def _similar(self, reader: TableReader, path: tuple[str | int, ...], window: timedelta) -> None:
        if self.window not in (None, window):
            reader.wrong(path, "all rules count mails alike over one window, and another was set before")
        self.window = window

    def _fail(self, file: str, message: str, line: int = 0, column: int = 0) -> None:
        self.problems.append(Problem(file=file, line=line, column=column, message=message))

    def _syntax(self, file: str, text: str, message: str) -> None:
        at = _AT.search(message)
        if at is not None and at.group(1):
            line, column = int(at.group(1)), int(at.group(2))
        else:
            lines = text.split("\n")
            line, column = len(lines), len(lines[-1]) + 1
        self._fail(file, f"is no valid TOML: {_AT.sub('', message)}", line, column)


def run_rule_tests(rules: RuleSet) -> list[Problem]:
    """Run the tests that stand beside the rules against the whole set; one problem for each that does not hold."""
    problems: list[Problem] = []
    for rule in rules.rules:
        for test in rule.tests:
            if wrong := _run(rule, test, rules):
                message = f"test of rule `{rule.id}`: {'; '.join(wrong)}"
                problems.append(Problem(file=rule.file, line=test.line, column=1, message=message))
    return problems


def _run(rule: Rule, test: RuleTest, rules: RuleSet) -> list[str]:
    got = triage(test.facts, rules)
    wrong: list[str] = []
    if any(h.rule == rule.id for h in got.hits) is not test.hit:
        wrong.append("the rule does not hit" if test.hit else "the rule hits")
    if test.priority is not None and got.priority != test.priority:
        wrong.append(f"priority {test.priority} was expected, it is {got.why}")
    if test.urgency is not None and got.urgency != test.urgency:
        wrong.append(f"urgency {test.urgency} was expected, it is {got.urgency}")
    if test.category is not None and got.category != test.category:
        wrong.append(f"category {test.category} was expected, it is {got.category}")
    if test.answer is not None and got.answer != test.answer:
        wrong.append(f"article {test.answer} was expected, it is {got.answer}")
    return wrong
