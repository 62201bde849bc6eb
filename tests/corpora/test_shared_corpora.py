"""Real mail with answers, where it is at hand: the numbers that reading must hold, by the corpora's own `score.py`."""

from __future__ import annotations

import functools
import importlib.util
import json
import os
from pathlib import Path

import pytest

from mailbot.app import dry_run
from mailbot.cli.output import plain

ROOT = Path(__file__).parents[2]
CORPORA = Path(os.environ.get("MAILBOT_CORPORA", ROOT.parent / "shared" / "corpora"))
AT_LEAST = {"trim": 105 / 116, "auto": 1.0, "bounce": 0.98, "parse": 1.0, "thread": 1.0}
pytestmark = pytest.mark.skipif(not (CORPORA / "score.py").is_file(), reason=f"no corpora at {CORPORA}")


def _answers(command, verb, files, extra=()):
    """What the command line says of these files, without the start of an interpreter for each two hundred."""
    ask = dry_run.explain_files if verb == "explain" else dry_run.replay_files
    return [plain(found) for found in ask([Path(file) for file in files], None)]


@pytest.fixture(scope="module")
def score():
    with pytest.MonkeyPatch.context() as patch:  # the rules are read once, not for each correspondence
        patch.setattr(dry_run, "open_or_shipped", functools.cache(dry_run.open_or_shipped))
        yield _score()


def _score():
    spec = importlib.util.spec_from_file_location("score", CORPORA / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ask = _answers
    return module


@pytest.mark.parametrize("kind", AT_LEAST)
def test_the_numbers_hold(kind, score, tmp_path):
    rows = [json.loads(line) for line in (CORPORA / f"{kind}.jsonl").read_text("utf-8").splitlines()]
    strict = [(row, held) for row, held, _ in score.cases(kind, rows, "", CORPORA, str(tmp_path)) if row["strict"]]
    missed = [row["id"] for row, held in strict if not held]
    assert len(strict) - len(missed) >= AT_LEAST[kind] * len(strict), missed


def test_no_person_is_taken_for_a_machine(score, tmp_path):
    rows = [json.loads(line) for line in (CORPORA / "priority.jsonl").read_text("utf-8").splitlines()]
    done = list(score.cases("priority", rows, "", CORPORA, str(tmp_path)))
    assert not [row["id"] for row, _, answer in done if answer["kind"] != "person"]
