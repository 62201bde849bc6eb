"""Crafted mails, read to the end: twice the bytes cost at most three times the seconds, and none costs much of either."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys

import pytest

from tests.fuzz.crafted import HAZARDS
from tests.fuzz.readers import cpu_seconds, setting
from tests.thorough import THOROUGH

MEMORY = 512 * 1024 * 1024
WALL = 10.0  # seconds of CPU for one mail, the start of the interpreter included: a shared machine tells no other
TOO_SHORT = 0.4  # seconds of CPU: below, what else a shared machine does weighs more than the mail


# Those of the list, and all the way the dearest of the others. Each pays for a start of the interpreter.
ALONE = (*list(HAZARDS)[:7], *(("tables", "on lines", "dashes", "addresses of a bounce") if THOROUGH else ()))


def _spent(raw, desk, times):
    return statistics.median(cpu_seconds(raw, desk) for _ in range(times))


@pytest.mark.parametrize("shape", HAZARDS)
def test_twice_the_bytes(shape):
    desk = setting()
    once, twice = HAZARDS[shape](1), HAZARDS[shape](2)
    for times in (1, 3, 3, 5):  # a busy machine may spoil one look
        after = _spent(twice, desk, times)
        assert after < WALL
        if after < TOO_SHORT or after < 3 * (before := _spent(once, desk, times)):
            return
    pytest.fail(f"{before:.2f} s, and for twice the bytes {after:.2f} s")


def _of_children() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


@pytest.mark.parametrize("shape", ALONE)
def test_explained_within_512_megabytes(shape, tmp_path):
    path = tmp_path / "crafted.eml"
    path.write_bytes(HAZARDS[shape](1))
    began = _of_children()
    done = subprocess.run(
        [sys.executable, "-m", "mailbot", "explain", "--json", str(path)],
        capture_output=True,
        check=False,
        preexec_fn=_limited,  # nothing but a limit is set
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    assert _of_children() - began < WALL
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["kind"] in ("person", "unreadable", "bounce", "auto_reply")
    assert told["kind"] != "unreadable" or told["outcome"] == "quarantined"
