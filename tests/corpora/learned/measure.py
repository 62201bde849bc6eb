"""Measures what a small model would add to the rules: `python -m tests.corpora.learned.measure` (some minutes).

Trained on mails that people wrote (the sets of `judging` that were read), on those of the grammar, or on both; judged on
`judging/set3`, which nobody has read, alone and as one more weight among the shipped rules. It never gives level 1 more than
six of the ten points that it takes. Whole trades and whole languages are left out of the training and judged on.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from mailbot.core.decide import take_in
from mailbot.core.language.terms import term
from mailbot.core.model.facts import Facts
from mailbot.core.model.known import Known
from mailbot.core.model.mail import Unreadable
from mailbot.core.rules.conditions import HeaderCondition
from mailbot.core.rules.model import Rule, RuleSet, Then
from mailbot.core.rules.triage import triage
from mailbot.core.rules.weighing import facts_of
from tests.corpora.judge import NOW, Judged, as_mail, figures, macro_f1, setting_of
from tests.corpora.learned.maker import Made, made
from tests.corpora.learned.model import CLASSES, Floats, Model, Places, features, train

JUDGING = Path(__file__).parent.parent / "judging"
READ = ("set1", "set2", "set4", "borders")
CORPORA = Path(os.environ.get("MAILBOT_CORPORA", "../shared/corpora"))
CLASSES_OF_OTHERS = {"outage": 1, "money": 2, "defect": 3, "howto": 4, "feedback": 5}
VOTE = "x-vote"
LEAST, MOST_OF_1 = -6, 6
BLENDS = ((5, 10), (8, 12), (12, 16))  # points for each e-fold of likelihood, and the most for one level
TRADES = (  # beginnings of how the sets call each of them
    ("bak",),
    ("bank", "insur"),
    ("car ",),
    ("charity",),
    ("clinic",),
    ("dentist",),
    ("energy",),
    ("farm",),
    ("gym",),
    ("hotel",),
    ("library",),
    ("logistics", "shipping"),
    ("museum", "theatre"),
    ("online shop", "web shop"),
    ("property",),
    ("railway",),
    ("school",),
    ("software",),
    ("town hall", "council"),
    ("web hosting", "hosting"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled mail, what the rules may ask about it, and its features."""

    row: dict[str, Any]
    facts: Facts
    places: Places

    @property
    def wanted(self) -> int:
        """The class from 0 to 5; an office matter is none of the five levels."""
        return CLASSES - 1 if self.row["office"] else self.row["priority"] - 1

    @property
    def trade(self) -> int | None:
        """Which of the trades; None for one that the sets name otherwise."""
        return trade_of(self.row["trade"])


def trade_of(name: str) -> int | None:
    """Which of the trades; None for one that has another name."""
    return next((n for n, names in enumerate(TRADES) if name.startswith(names)), None)


class Bench:
    """The shipped rules, with one more for each number of points that a model may give a level."""

    def __init__(self) -> None:
        self.setting = setting_of(None)
        points = [n for n in range(LEAST, max(most for _, most in BLENDS) + 1) if n]
        votes = [_vote(level, n) for level in range(1, 6) for n in points]
        shipped = self.setting.rules
        articles = shipped.shelf.articles.values()
        self.rules = RuleSet.of([*shipped.rules, *votes], threshold=shipped.threshold, articles=articles)

    def read(self, rows: Sequence[dict[str, Any]]) -> list[Case]:
        """The cases, read as the desk would."""
        out = []
        for row in rows:
            inbox = next(iter(self.setting.policy.inboxes))
            incoming = take_in(as_mail(row), self.setting, inbox=inbox, received_at=NOW)
            assert not isinstance(incoming, Unreadable)
            facts = facts_of(incoming, Known(), self.setting, NOW)
            out.append(Case(row, facts, features(facts.text)))
        return out

    def beside(
        self, cases: Sequence[Case], chances: Sequence[Floats] | None, blend: tuple[int, int]
    ) -> dict[str, float]:
        """The figures of the rules, with the model's points among theirs if there is a model."""
        judged = []
        for number, case in enumerate(cases):
            votes = () if chances is None else tuple(_votes(chances[number], blend))
            got = triage(replace(case.facts, headers=votes), self.rules)
            judged.append(Judged(row=case.row, got=got, thanks=False, language=case.facts.language))
        return figures(judged)


def _vote(level: int, points: int) -> Rule:
    asked = HeaderCondition.of(VOTE, (term(f"l{level}p{points + 50}"),))
    return Rule(id=f"vote-{level}-{points}", when=(asked,), then=Then(score={level: points}))


def _votes(chances: Floats, blend: tuple[int, int]) -> list[tuple[str, str]]:
    steep, most = blend
    found = []
    for level in range(1, 6):
        points = steep * float(np.log(chances[level - 1] * CLASSES + 1e-9))
        kept = round(min(max(points, LEAST), MOST_OF_1 if level == 1 else most))
        found += [(VOTE, f"l{level}p{kept + 50}")] if kept else []
    return found


def left_out(
    learn: Sequence[Case], grammar: Sequence[Made], judged: Sequence[Case], group: Callable[[Case], Any], folds: int
) -> list[Floats]:
    """The chances of each judged mail by a model that saw nothing of its group (nor what names none)."""
    groups = sorted({group(case) for case in judged}, key=str)
    out: dict[int, Floats] = {}
    for fold in range(folds):
        out_of = set(groups[fold::folds])
        kept = [(c.places, c.wanted) for c in learn if group(c) is not None and group(c) not in out_of]
        kept += [
            (features(f"{m.subject}\n{m.text}"), m.level - 1)
            for m in grammar
            if not out_of & {m.language, trade_of(m.trade)}
        ]
        model = train(kept)
        out |= {id(case): model.chances(case.places) for case in judged if group(case) in out_of}
    return [out[id(case)] for case in judged]


def alone(cases: Sequence[Case], chances: Sequence[Floats]) -> float:
    """Macro-F1 of the model without the rules, over the six classes."""
    return macro_f1((case.wanted, int(one.argmax())) for case, one in zip(cases, chances, strict=True))


def show(name: str, bench: Bench, cases: Sequence[Case], chances: Sequence[Floats]) -> None:
    """One line of the model alone, one of each blend with the rules."""
    sys.stdout.write(f"{name}: alone {alone(cases, chances):.3f}\n")
    for blend in (None, *BLENDS):
        found = bench.beside(cases, chances if blend else None, blend or BLENDS[0])
        keys = ("shipped", "judged", "carried", "outage_recall", "danger_recall", "wrong_kind", "false_1")
        told = " ".join(f"{key} {found[key]:.3f}" for key in keys)
        sys.stdout.write(f"  {f'beside, {blend}' if blend else 'rules alone':>18}: {told}\n")
    sys.stdout.flush()


def grammar_alone() -> None:
    """The grammar judged by itself: how easy it is, and how hard once trades, wording or language are new."""
    mails = made()
    trades = sorted({m.trade for m in mails})
    seen = [(features(f"{m.subject}\n{m.text}"), m) for m in mails]

    def tried(name: str, learns: Callable[[Made, int], bool], asked: Callable[[Made, int], bool]) -> None:
        model = train([(f, m.level - 1) for n, (f, m) in enumerate(seen) if learns(m, n)])
        of = [(m.level - 1, int(model.chances(f).argmax())) for n, (f, m) in enumerate(seen) if asked(m, n)]
        sys.stdout.write(f"grammar, {name}: {macro_f1(of):.3f} of {len(of)}\n")
        sys.stdout.flush()

    tried("every fourth mail left out", lambda m, n: n % 4 > 0, lambda m, n: n % 4 == 0)
    tried("ten trades left out", lambda m, n: m.trade in trades[::2], lambda m, n: m.trade not in trades[::2])
    tried(
        "ten trades and the other hand's words left out",
        lambda m, n: m.trade in trades[::2] and m.hand == "A",
        lambda m, n: m.trade not in trades[::2] and m.hand == "B",
    )
    for language in sorted({m.language for m in mails}):
        tried(
            f"{language} left out",
            lambda m, n, of=language: m.language != of,
            lambda m, n, of=language: m.language == of,
        )


def others() -> list[dict[str, Any]]:
    """Requests that nobody here wrote; none if they are not on this machine."""
    file = CORPORA / "priority.jsonl"
    listed = [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []
    empty = {"office": None, "outage": False, "danger": False, "thanks": False, "urgency": 0}
    return [
        empty
        | {
            "id": one["id"],
            "trade": one["set"],
            "lang": one["expect"].get("language"),
            "subject": one["expect"].get("subject") or "",
            "text": one["expect"]["body"],
            "priority": CLASSES_OF_OTHERS[one["expect"]["class"]],
        }
        for one in listed
    ]


def speed(model: Model, cases: Sequence[Case]) -> None:
    """CPU time to read and to weigh one mail."""
    start = time.process_time()
    for case in cases:
        model.chances(features(case.facts.text))
    sys.stdout.write(f"{1000 * (time.process_time() - start) / len(cases):.2f} ms a mail\n")


def main() -> None:
    """Measure and print."""
    grammar_alone()
    bench = Bench()
    sets = {
        name: bench.read([json.loads(line) for line in (JUDGING / f"{name}.jsonl").read_text("utf-8").splitlines()])
        for name in (*READ, "set3")
    }
    written, judged, foreign = [c for name in READ for c in sets[name]], sets["set3"], bench.read(others())
    grammar = made()
    made_cases = [(features(f"{m.subject}\n{m.text}"), m.level - 1) for m in grammar]
    by_people = [(c.places, c.wanted) for c in written]
    for name, learn in (("grammar", made_cases), ("people", by_people), ("both", by_people + made_cases)):
        model = train(learn)
        show(f"trained on {name}, set3", bench, judged, [model.chances(c.places) for c in judged])
        for of in sorted({c.row["trade"] for c in foreign}):
            some = [c for c in foreign if c.row["trade"] == of]
            show(f"trained on {name}, {of}", bench, some, [model.chances(c.places) for c in some])
        if name == "people":
            speed(model, judged)
    for name, more in (("people", []), ("both", grammar)):
        known = [c for c in judged if c.trade is not None]
        chances = left_out(written, more, known, lambda c: c.trade, 4)
        show(f"trained on {name}, whole trades left out, set3", bench, known, chances)
        chances = left_out(written, more, judged, lambda c: c.row["lang"], 8)
        show(f"trained on {name}, whole languages left out, set3", bench, judged, chances)


if __name__ == "__main__":
    main()
