"""The shipped rules on real requests that nobody here wrote; the labels are noisy, so only macro-F1 counts."""

import json
import os
from pathlib import Path

import pytest

from mailbot.adapters.rulefiles import load_rules
from mailbot.core.triage import Facts, triage

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("MAILBOT_CORPORA", ROOT.parent / "shared" / "corpora")) / "priority.jsonl"
LEVELS = {"outage": 1, "money": 2, "defect": 3, "howto": 4, "feedback": 5}

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason=f"no corpora at {CORPUS.parent}: set MAILBOT_CORPORA")


def macro_f1(pairs):
    scores = []
    for level in LEVELS.values():
        right = sum(wanted == got == level for wanted, got in pairs)
        wrong = sum((wanted == level) != (got == level) for wanted, got in pairs)
        if any(wanted == level for wanted, _ in pairs):
            scores.append(2 * right / (2 * right + wrong))
    return sum(scores) / len(scores)


@pytest.fixture(scope="module")
def decided():
    rules, problems = load_rules(ROOT / "rules")
    assert problems == []
    rows = [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines()]
    pairs = []
    for row in rows:
        subject, body = row["expect"].get("subject", ""), row["expect"]["body"]
        got = triage(Facts(text=f"{subject}\n{body}", subject=subject, body=body), rules)
        pairs.append((row["set"], row["expect"]["language"], (LEVELS[row["expect"]["class"]], got.priority)))
    return pairs


@pytest.mark.parametrize(("corpus", "least"), [("tobi", 0.72), ("banking77", 0.70)])
def test_sets(decided, corpus, least):
    assert macro_f1([p for name, _, p in decided if name == corpus]) >= least


def test_languages(decided):
    for language in {code for _, code, _ in decided}:
        pairs = [p for _, code, p in decided if code == language]
        if len(pairs) > 40:
            assert macro_f1(pairs) >= 0.60, language
