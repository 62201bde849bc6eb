"""No broken mail stops a reader: random changes to seeds, and to the corpora where they are at hand.

`MAILBOT_FUZZ_SECONDS` says how much CPU each test takes (6 by default), `MAILBOT_FUZZ_SEED` which way (1 by default).
"""

from __future__ import annotations

import hashlib
import os
import random
import time
from pathlib import Path

import pytest

from tests.fuzz.mutate import broken
from tests.fuzz.readers import read_all, setting

SECONDS = float(os.environ.get("MAILBOT_FUZZ_SECONDS", "6"))
SEED = int(os.environ.get("MAILBOT_FUZZ_SEED", "1"))
MOST_CPU = 5.0  # seconds for one mail of at most 150 KB
HERE = Path(__file__).parent
SEEDS = sorted((HERE / "seeds").glob("*.eml"))
EXAMPLES = sorted((HERE.parent / "corpora" / "kinds").glob("*/*.eml"))
CORPORA = Path(os.environ.get("MAILBOT_CORPORA", HERE.parents[2] / "shared" / "corpora"))


def look(mails: list[bytes], keep: Path) -> int:
    """Break mails until the time is up; how many. What stops a reader is kept and named."""
    desk, chance = setting(), random.Random(SEED)  # repeatable, and no secret
    until, count = time.process_time() + SECONDS, 0
    while time.process_time() < until:
        raw = broken(mails, chance)
        began = time.process_time()
        try:
            read_all(raw, desk)
        except Exception as error:
            pytest.fail(f"{error!r} on {kept(raw, keep)}: save it beside the other seeds")
        spent = time.process_time() - began
        assert spent < MOST_CPU, f"{spent:.1f} s of CPU on {kept(raw, keep)}"
        count += 1
    return count


def kept(raw: bytes, folder: Path) -> Path:
    path = folder / f"{hashlib.sha256(raw).hexdigest()[:12]}.eml"
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_seed(path):
    read_all(path.read_bytes(), setting())


@pytest.mark.timeout(20 * SECONDS + 600)
def test_broken_seeds(tmp_path):
    assert look([path.read_bytes() for path in (*SEEDS, *EXAMPLES)], tmp_path) > 20


@pytest.mark.timeout(20 * SECONDS + 600)
def test_broken_mails_of_the_corpora(tmp_path):
    if not CORPORA.is_dir():
        pytest.skip(f"no corpora at {CORPORA} (MAILBOT_CORPORA says where)")
    mails = [path.read_bytes() for path in sorted(CORPORA.rglob("*.eml")) if path.stat().st_size < 100_000]
    assert look(mails, tmp_path) > 20
