"""What `rules check` says of faulty rules: each folder of `rules/` is a set, and its expected.txt every line about it."""

import os
from pathlib import Path

import pytest

from mailbot.adapters.rulefiles import load_rules
from mailbot.adapters.templates import NAMES
from mailbot.core.reach import unreachable

CASES = sorted(p for p in (Path(__file__).parent / "rules").iterdir() if p.is_dir())
KNOWN = {
    "letters": frozenset(NAMES),
    "agents": frozenset({"mia", "lead", "support"}),
    "inboxes": frozenset({"support", "billing"}),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_mistake_is_named_at_once(case):
    rules, problems = load_rules(case, **KNOWN)
    assert (rules is None) is bool(problems)
    lines = [str(p) for p in problems]
    lines += [f"{u.rule.file}:{u.rule.line}: {u.rule.id}: {u.because}" for u in (unreachable(rules) if rules else ())]
    said = "\n".join(lines) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        (case / "expected.txt").write_text(said, "utf-8")
    assert said == (case / "expected.txt").read_text("utf-8"), "if this is meant: UPDATE_GOLDEN=1, and read the diff"
