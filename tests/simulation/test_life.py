"""Long random histories against the real core and store: what the design says about promises holds after every step.

What may happen is listed in `life_histories`, what must hold in `life_holds`. Each history follows from its seed.
An ordinary run plays 40 of 100 steps, `THOROUGH=1` 240; `LIFE_HISTORIES=2000 LIFE_STEPS=200 pytest
tests/simulation/test_life.py` plays as many as it says, and other ones each time, unless
`LIFE_SEED` names where to begin. One that breaks is told as it was played; `LIFE_SHRINK=1` makes it short first, which
takes minutes.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections import Counter

import pytest
import structlog

from tests.simulation.life_histories import play
from tests.thorough import THOROUGH

PARTS, MOST_ROUNDS = 8, 12
HISTORIES = int(os.environ.get("LIFE_HISTORIES", "240" if THOROUGH else "40"))
STEPS = int(os.environ.get("LIFE_STEPS", "100"))
SEED = int(os.environ.get("LIFE_SEED", str(secrets.randbits(32)) if "LIFE_HISTORIES" in os.environ else "0"))
RARE = (
    *("opened", "joined", "reopened", "relayed", "told", "held", "refused", "reminded", "covered", "late"),
    *("noted", "waited", "done", "logged"),
)


@pytest.fixture(autouse=True)
def _quiet():
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**before)


@pytest.mark.timeout(max(900, HISTORIES * STEPS // 50))
@pytest.mark.parametrize("part", range(PARTS))
def test_what_must_hold_does_in_every_history(part):
    seen, steps, wanted = Counter[str](), 0, STEPS * (HISTORIES // PARTS)
    # Hypothesis ends some histories early: others are played until the steps are made up for.
    for number in range(SEED + part, SEED + part + MOST_ROUNDS * PARTS, PARTS):
        print(f"LIFE_SEED={number}")
        played = play(max(2, -(-(wanted - steps) // STEPS)), STEPS, by=number, shrink="LIFE_SHRINK" in os.environ)
        steps += sum(length * count for length, count in played.played.items())
        seen += played.seen
        if steps >= wanted:
            break
    assert steps >= wanted
    assert HISTORIES < 20 * PARTS or all(seen[outcome] for outcome in RARE), seen
