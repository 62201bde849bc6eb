"""Loads a directory of rule files into one rule set, or reports everything that is wrong with them at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from mailbot.adapters.rulefiles.articles import load_articles
from mailbot.adapters.rulefiles.check import Names, read_rule, span
from mailbot.adapters.rulefiles.lists import read_lists
from mailbot.adapters.rulefiles.table import TableReader
from mailbot.adapters.rulefiles.tests import read_set_tests, run_rule_tests
from mailbot.adapters.rulefiles.toml import read_toml
from mailbot.config.toml_source import Problem
from mailbot.core.language.structures import WordList
from mailbot.core.rules.answers import Article
from mailbot.core.rules.model import DEFAULT_THRESHOLD, Rule, RuleSet, SetTest
from mailbot.core.rules.reach import unreachable

__all__ = ["Problem", "check_rules", "load_rules", "run_rule_tests"]

MAX_RULES = 20_000
_WINDOW = timedelta(hours=1)


def load_rules(
    directory: Path,
    *,
    letters: frozenset[str] | None = None,
    agents: frozenset[str] | None = None,
    inboxes: frozenset[str] | None = None,
    forms: Mapping[str, frozenset[str]] | None = None,
) -> tuple[RuleSet | None, list[Problem]]:
    """Read `*.toml` in the order of their names, `answers/*.md`, and the tests of the whole set in `tests/*.toml`.

    `letters` are the letters that can be written, `agents` the ids of agents and groups, `inboxes` those of the config,
    `forms` its forms with the names of what is kept of each; None leaves names unchecked.
    Any problem at all: no rule set, so that a typing error never changes what the desk does. Never raises for what
    is in the files.
    """
    if not directory.is_dir():
        return None, [_no_directory(directory)]
    loading, articles, tests, problems = _load(directory, letters, agents, inboxes, forms)
    if problems:
        return None, problems
    rules = RuleSet.of(
        loading.rules,
        threshold=loading.threshold or DEFAULT_THRESHOLD,
        similar_within=loading.window or _WINDOW,
        articles=articles,
        tests=tests,
    )
    return rules, []


def check_rules(
    directory: Path,
    *,
    letters: frozenset[str] | None = None,
    agents: frozenset[str] | None = None,
    inboxes: frozenset[str] | None = None,
) -> tuple[int, int, list[Problem]]:
    """How many rules and articles there are, and everything that is wrong with them, in the order of the files.

    Including what can never matter, which `load_rules` allows; for rules with a mistake in them that cannot be told.
    """
    if not directory.is_dir():
        return 0, 0, [_no_directory(directory)]
    loading, articles, _, problems = _load(directory, letters, agents, inboxes)
    for idle in unreachable(RuleSet.of(loading.sound)):
        said = f"rule `{idle.rule.id}` can never matter: {idle.because}"
        problems.append(Problem(file=idle.rule.file, line=idle.rule.line, column=1, message=said))
    return len(loading.rules), len(articles), sorted(problems, key=_place)


def _load(
    directory: Path,
    letters: frozenset[str] | None,
    agents: frozenset[str] | None,
    inboxes: frozenset[str] | None,
    forms: Mapping[str, frozenset[str]] | None = None,
) -> tuple[_Loading, list[Article], list[SetTest], list[Problem]]:
    articles, problems = load_articles(directory / "answers")
    # An article with a mistake exists all the same: the mistake is reported once, where it is.
    there = frozenset(a.id for a in articles) | {p.file.removeprefix("answers/").split(".")[0] for p in problems}
    names = Names(letters=letters, agents=agents, inboxes=inboxes, forms=forms, articles=there)
    loading = _Loading(names)
    for path in sorted(directory.glob("*.toml"), key=lambda p: p.name):
        # Names that begin with a dot are locks and half copies that editors put next to an open file.
        if not path.name.startswith("."):
            loading.read(path)
    loading.finish()
    problems += loading.problems
    tests, wrong = read_set_tests(directory / "tests", names, loading.ids)
    problems += wrong
    return loading, articles, tests, sorted(problems, key=_place)


def _place(problem: Problem) -> tuple[str, int, int]:
    return problem.file, problem.line, problem.column


def _no_directory(directory: Path) -> Problem:
    return Problem(file=directory.name, line=0, column=0, message="there is no such directory")


class _Loading:
    """What has been read so far, over all files."""

    def __init__(self, names: Names) -> None:
        self.rules: list[Rule] = []
        self.sound: list[Rule] = []
        self.problems: list[Problem] = []
        self.threshold: int | None = None
        self.window: timedelta | None = None
        self._names = names
        self._seen: dict[str, Rule] = {}
        self._missing = False
        self._documents: list[tuple[TableReader, dict[str, object]]] = []
        self._lists: dict[str, tuple[WordList, str]] = {}

    @property
    def ids(self) -> frozenset[str] | None:
        """The ids of all rules; None if they are unknown, since a file could not be read."""
        return None if self._missing else frozenset(self._seen)

    def read(self, path: Path) -> None:
        """One file, and its lists: a rule may name the lists of any file, so `finish` reads the rules."""
        document, problem = read_toml(path, path.name)
        if problem is not None:
            self.problems.append(problem)
            self._missing = True
        elif document is not None:
            reader, content = document
            self._documents.append((reader, content))
            for name, words in read_lists(reader, content.get("lists", {}), self._lists).items():
                self._lists[name] = (words, reader.file)
            content["lists"] = {}  # tens of thousands of words, which are read by now

    def finish(self) -> None:
        """Read the rules of all files, in their order."""
        self._names = replace(self._names, lists={name: words for name, (words, _) in self._lists.items()})
        for reader, content in self._documents:
            self._document(reader, content)

    def _document(self, reader: TableReader, document: dict[str, object]) -> None:
        if "include" in document:
            reader.wrong(
                ("include",), "there is no `include`: every *.toml of this folder is read, by the order of names"
            )
            document = {key: value for key, value in document.items() if key != "include"}
        table = reader.table(document, (), ("settings", "lists", "rule"))
        if "settings" in table:
            self._settings(reader, table["settings"])
        listed = table.get("rule", [])
        if not isinstance(listed, list):
            reader.wrong(("rule",), "write [[rule]] with two brackets: there may be many")
            listed = []
        for number, raw in enumerate(listed):
            if len(self.rules) >= MAX_RULES:
                reader.wrong(("rule", number), f"more than {MAX_RULES:,} rules")
                self._missing = True
                break
            so_far = len(reader.problems)
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
            if len(reader.problems) == so_far:
                self.sound.append(rule)
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
