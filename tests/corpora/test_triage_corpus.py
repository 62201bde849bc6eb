"""The shipped rules on real requests that nobody here wrote; the labels are noisy, so only macro-F1 counts."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.adapters.rulefiles.load import load_rules
from mailbot.core.language.terms import TermIndex
from mailbot.core.rules.conditions import TextCondition
from mailbot.core.rules.model import RuleSet
from mailbot.core.rules.triage import Facts, triage

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


def without_words(rules, keep):
    """The rules with those words alone that `keep` says yes to, asked with the field and the place of each condition."""
    out = []
    for place, rule in enumerate(rules.rules):
        parts = {}
        for part in ("when", "unless"):
            found = []
            for at, condition in enumerate(getattr(rule, part)):
                if isinstance(condition, TextCondition):
                    terms = tuple(t for n, t in enumerate(condition.terms) if keep((place, part, at, n)))
                    found.append(replace(condition, terms=terms) if terms else None)
                else:
                    found.append(condition)
            parts[part] = found
        if None not in parts["when"]:
            out.append(replace(rule, when=tuple(parts["when"]), unless=tuple(c for c in parts["unless"] if c)))
    return RuleSet.of(out, threshold=rules.threshold)


def test_words_that_were_found_in_the_other_four_fifths_decide_the_last():
    """Five-fold cross-validation of how the words were chosen: a word that only the held-out fifth has is taken away."""
    rules, _ = load_rules(ROOT / "rules")
    rows = [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines()]
    mails = []
    for row in rows:
        subject, body = row["expect"].get("subject", ""), row["expect"]["body"]
        mails.append(Facts(text=f"{subject}\n{body}", subject=subject, body=body))
    words = [
        ((place, part, at, n), condition.field, term)
        for place, rule in enumerate(rules.rules)
        for part in ("when", "unless")
        for at, condition in enumerate(getattr(rule, part))
        if isinstance(condition, TextCondition)
        for n, term in enumerate(condition.terms)
    ]
    seen = {}
    for field in {field for _, field, _ in words}:
        there = [(word, term) for word, its_field, term in words if its_field == field]
        index = TermIndex.of([term for _, term in there])
        for number, facts in enumerate(mails):
            for n in index.find(getattr(facts, field)):
                seen.setdefault(there[n][0], set()).add(number)
    pairs = {"tobi": [], "banking77": []}
    for fold in range(5):
        held = set(range(fold, len(rows), 5))
        known = without_words(rules, lambda word, held=held: word not in seen or seen[word] - held)
        for number in held:
            wanted = LEVELS[rows[number]["expect"]["class"]]
            pairs[rows[number]["set"]].append((wanted, triage(mails[number], known).priority))
    assert macro_f1(pairs["tobi"]) >= 0.80
    assert macro_f1(pairs["banking77"]) >= 0.77
