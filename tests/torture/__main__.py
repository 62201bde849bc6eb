"""`python -m tests.torture`: what a desk must survive, at full size, with a table at the end.

Exit code 1 if anything was lost, doubled or let in, or if a trial could not be run.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

from tests.torture import disk, floods, kills, network
from tests.torture.arena import STORES, keep
from tests.torture.ledger import Result

Trial = Callable[..., Result]


def trials() -> dict[str, Trial]:
    """Every trial by its name, in the order in which they run."""
    every: dict[str, Trial] = {}
    for store in STORES:
        every[f"points-{store}"] = partial(kills.at_every_point, store)
    for store in STORES:
        for workers in (1, 4):
            every[f"kills-{workers}-{store}"] = partial(kills.at_random, store, workers=workers)
    for store in STORES:
        for error in ("ENOSPC", "EIO"):
            every[f"disk-{error.lower()}-{store}"] = partial(disk.failing, store, error)
    for store in STORES:
        every[f"roads-{store}"] = partial(network.hurt, store)
    for store in STORES:
        every[f"forged-{store}"] = partial(floods.forged, store)
        every[f"flood-{store}"] = partial(floods.one_sender, store)
        every[f"facing-{store}"] = partial(floods.facing, store)
        every[f"door-{store}"] = partial(floods.at_the_door, store)
    return every


def main(arguments: Sequence[str] | None = None) -> int:
    """Run them; the exit code."""
    every = trials()
    parser = argparse.ArgumentParser(prog="make torture", description=__doc__)
    parser.add_argument("--only", nargs="*", metavar="NAME", help=f"some of: {', '.join(every)}")
    parser.add_argument("--seed", type=int, help="the seed of an earlier run, to see the same again")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything, to try the trials themselves")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the sites and their logs there, to read")
    parser.add_argument("--json", action="store_true", help="the results as JSON")
    asked = parser.parse_args(arguments)
    chosen = [name for name in every if not asked.only or any(name.startswith(one) for one in asked.only)]
    if not chosen:
        parser.error(f"no such trial; there are: {', '.join(every)}")
    if asked.keep:
        keep(asked.keep.resolve())
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(1_000_000)
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # killed clients leave the servers here all the time
    print(f"seed {seed}", file=sys.stderr)
    results, broken = [], 0
    for name in chosen:
        begun = time.monotonic()
        say = partial(progress, name, begun)
        try:
            found = every[name](seed=seed, quick=asked.quick, say=say)
        except Exception:
            traceback.print_exc()
            broken += 1
            continue
        found = replace(found, seconds=round(time.monotonic() - begun, 1))
        results.append(found)
        say("whole" if found.whole else "; ".join(found.words), end="\n")
    if asked.json:
        print(json.dumps({"seed": seed, "broken": broken, "results": [asdict(one) for one in results]}, indent=2))
    else:
        print(table(results, seed))
    return 1 if broken or any(not one.whole for one in results) else 0


def progress(name: str, begun: float, words: str, *, end: str = "") -> None:
    """One line on stderr, overwritten on a terminal."""
    line = f"{time.monotonic() - begun:6.0f} s  {name:<24} {words}"
    if sys.stderr.isatty():
        print(f"\r\033[K{line}", end=end, file=sys.stderr, flush=True)
    elif end:
        print(line, file=sys.stderr, flush=True)


def table(results: Sequence[Result], seed: int) -> str:
    """The results, aligned, with what was found below."""
    head = f"{'':<34}{'store':<12}{'tried':>14}{'lost':>7}{'doubled':>9}{'let in':>8}{'copies':>8}{'seconds':>9}"
    lines = [head]
    for one in results:
        tried = f"{one.tried:,} {one.unit}"
        lines.append(
            f"{one.trial:<34}{one.store:<12}{tried:>14}{one.lost:>7}{one.doubled:>9}{one.let_in:>8}"
            f"{one.copies:>8}{one.seconds:>9.0f}"
        )
    lines += [f"  {one.trial}, {one.store}: {words}" for one in results for words in one.words]
    lines.append(f"seed {seed} · copies: the same bytes once more, after a cut in which SMTP cannot tell (RFC 1047)")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
