"""What `rules check` says of faulty rules: each folder of `rules/` is a set, and its expected.txt every line about it."""

import os
from pathlib import Path

import pytest

from mailbot.adapters.letters.templates import NAMES
from mailbot.adapters.rulefiles.load import check_rules, load_rules

CASES = sorted(p for p in (Path(__file__).parent / "rules").iterdir() if p.is_dir())
KNOWN = {
    "letters": frozenset(NAMES),
    "agents": frozenset({"mia", "lead", "support"}),
    "inboxes": frozenset({"support", "billing"}),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_mistake_is_named_at_once(case):
    *_, problems = check_rules(case, **KNOWN)
    said = "\n".join(map(str, problems)) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        (case / "expected.txt").write_text(said, "utf-8")
    assert said == (case / "expected.txt").read_text("utf-8"), "if this is meant: UPDATE_GOLDEN=1, and read the diff"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_set_with_a_mistake_is_used_unless_it_only_holds_rules_that_never_matter(case):
    rules, problems = load_rules(case, **KNOWN)
    assert (rules is None) is bool(problems)
    named = check_rules(case, **KNOWN)[2]
    assert all("can never matter" in p.message for p in named if p not in problems)
    assert all(p in named for p in problems)
