"""`python -m tests.bench.promises`: what the tick costs for each due promise, among a thousand open ones and a million.

The real loop, core and store; a clock that is set by hand, and no mail server. On a SQLite file and on PostgreSQL,
which runs without fsync, as in the tests.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import psycopg
import structlog
from sqlalchemy import make_url

from mailbot.adapters.ids import StoreIds
from mailbot.adapters.logs import set_up_logs
from mailbot.adapters.store.sql_store import SqlStore, open_store
from mailbot.loops.remind import Reminder
from tests.bench import backlog
from tests.bench.crowd import fill, make_due
from tests.servers import postgres
from tests.simulation.simulated_desk import MONDAY, HandClock, shipped

NOW = (MONDAY + timedelta(hours=1)).astimezone(UTC)
EVERY = timedelta(minutes=5)
KINDS = {"remind": 2, "cover": 2, "late": 1}
"""How many of five promises that are due are of each kind."""
MINUTE = timedelta(minutes=1)
TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True, kw_only=True)
class Size:
    """How many promises are open in the two stores, how many of them are due in each round, and how many rounds."""

    few: int
    many: int
    due: int
    rounds: int
    asked: int


WHOLE = Size(few=1_000, many=1_000_000, due=200, rounds=3, asked=200)
QUICK = Size(few=1_000, many=20_000, due=100, rounds=2, asked=50)


class Crowd:
    """One store with that many open promises, and the loop that looks at them."""

    def __init__(self, url: str, count: int, *, server: Callable[[], float] = lambda: 0.0) -> None:
        self.url = url
        self.count = count
        self.clock = HandClock(NOW)
        self.store: SqlStore = open_store(url)
        self.setting = shipped().current()
        self.server = server
        self.reminder = Reminder(
            desk=self.store,
            clock=self.clock,
            fresh=StoreIds(self.store.numbers),
            setting=lambda: self.setting,
        )
        numbers = list(range(2, count + 1))
        random.Random(count).shuffle(numbers)
        self._numbers = iter(numbers)

    def fill(self, name: str) -> float:
        """How long it took, in seconds."""
        began = time.monotonic()

        def say(made: int) -> None:
            took = time.monotonic() - began
            progress(f"  {made:,} of {self.count:,} open promises in {name}, {took:.0f} s", same_line=made < self.count)

        fill(self.store, self.setting, self.count, NOW, say)
        return time.monotonic() - began

    def take(self, count: int) -> list[int]:
        """That many tickets whose promise has not been touched so far."""
        return [next(self._numbers) for _ in range(count)]

    def tick(self, due: int) -> dict[str, float]:
        """Have that many fall due five minutes later and look at them: milliseconds for each."""
        self.clock.at += EVERY
        shares = [kind for kind, share in KINDS.items() for _ in range(share)]
        numbers = self.take(due)
        for place, kind in enumerate(shares):
            make_due(self.store, numbers[place :: len(shares)], self.clock.at, kind=kind)
        return self.timed(self.look, due)

    def look(self, due: int) -> None:
        """One tick, which must find exactly these."""
        seen = self.reminder.tick()
        if seen != due or self.store.due(self.clock.now(), 1):
            raise RuntimeError(f"{seen} of {due} due promises were looked at")

    def timed(self, work: Callable[[int], object], count: int) -> dict[str, float]:
        """Milliseconds for each of `count`: of the clock, and of CPU, here and in the database's own processes."""
        wall, cpu, server = time.perf_counter(), time.process_time(), self.server()
        work(count)
        spent = time.process_time() - cpu + self.server() - server
        return {"wall_ms": (time.perf_counter() - wall) / count * 1000, "cpu_ms": spent / count * 1000}

    def questions(self, times: int) -> dict[str, float]:
        """What the loops ask again and again while there is nothing to do: milliseconds for one answer."""
        store, now = self.store, self.clock.now()
        asked: dict[str, Callable[[], object]] = {
            "idle tick": self.reminder.tick,
            "next_wake": store.next_wake,
            "claim": lambda: store.claim("bench", now, MINUTE, 16),
            "ready": lambda: store.ready(NOW, 20),
            "next_due": store.next_due,
            "counts": lambda: store.counts(["customer7@people7.example"], now),
            "pace": lambda: store.pace(now),
            "sweep": lambda: store.sweep(now),
        }
        return {name: self.timed(partial(repeat, ask), times)["wall_ms"] for name, ask in asked.items()}


def repeat(work: Callable[[], object], times: int) -> None:
    """Do it that many times."""
    for _ in range(times):
        work()


def compare(few: Crowd, many: Crowd, size: Size, name: str) -> dict[str, Any]:
    """Alternate between both, so that whatever else the machine does affects both; the medians of the rounds."""
    figures: dict[str, Any] = {}
    few.fill(name)
    figures["fill_s"] = many.fill(name)
    rounds: dict[str, list[dict[str, float]]] = {"few": [], "many": []}
    for crowd in (few, many):
        crowd.tick(size.due)  # what is loaded and compiled at first use
    for number in range(size.rounds):
        progress(f"  {size.due} due promises of {few.count:,} and of {many.count:,}, round {number + 1} in {name}")
        rounds["few"].append(few.tick(size.due))
        rounds["many"].append(many.tick(size.due))
    for key, crowd in (("few", few), ("many", many)):
        middle = {what: statistics.median(one[what] for one in rounds[key]) for what in ("cpu_ms", "wall_ms")}
        figures[key] = {"open": crowd.count, "due": size.due, **middle, "asked_ms": crowd.questions(size.asked)}
    figures["ratio"] = {what: figures["many"][what] / figures["few"][what] for what in ("cpu_ms", "wall_ms")}
    return figures


def measure(size: Size, folder: Path, *, only: str | None = None, at_once: int = 0) -> dict[str, Any]:
    """Both databases, or one; the `missing` of one that is not available says why."""
    _log_to_nobody()
    both: dict[str, Callable[[], dict[str, Any]]] = {
        "sqlite": lambda: _sqlite(size, folder, at_once),
        "postgresql": lambda: _postgresql(size, at_once),
    }
    return {name: look() for name, look in both.items() if only in (None, name)}


def _sqlite(size: Size, folder: Path, at_once: int) -> dict[str, Any]:
    with ExitStack() as stack:
        few, many = (
            stack.enter_context(_crowd(f"sqlite:///{folder}/{count}.db", count)) for count in (size.few, size.many)
        )
        figures = compare(few, many, size, "SQLite")
        figures["disk_mb"] = (folder / f"{size.many}.db").stat().st_size / 1e6
        if at_once:
            figures["at_once"] = backlog.measure(many, at_once)
    return figures


def _postgresql(size: Size, at_once: int) -> dict[str, Any]:
    try:
        with postgres.running() as server, ExitStack() as stack:
            few, many = (
                stack.enter_context(_crowd(url, count, server=_Backends(url)))
                for url, count in ((server.database(), size.few), (server.database(), size.many))
            )
            figures = compare(few, many, size, "PostgreSQL")
            with psycopg.connect(many.url) as connection:
                row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
            figures["disk_mb"] = row[0] / 1e6 if row else 0.0
            if at_once:
                figures["at_once"] = backlog.measure(many, at_once)
            return figures
    except (RuntimeError, OSError, LookupError, subprocess.SubprocessError) as error:
        return {"missing": str(error).splitlines()[0] if str(error) else type(error).__name__}


@contextmanager
def _crowd(url: str, count: int, **more: Any) -> Iterator[Crowd]:
    crowd = Crowd(url, count, **more)
    try:
        yield crowd
    finally:
        crowd.store.close()


class _Backends:
    """CPU seconds of the server's processes that work for one database."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self._name = parsed.database
        self._admin = psycopg.connect(url.rpartition("/")[0] + "/postgres", autocommit=True)

    def __call__(self) -> float:
        seconds = 0.0
        found = self._admin.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [self._name])
        for (pid,) in found.fetchall():
            with suppress(psutil.NoSuchProcess):
                times = psutil.Process(pid).cpu_times()
                seconds += times.user + times.system
        return seconds


def _log_to_nobody() -> None:
    """Write the lines of a daemon's log, as JSON, into nothing."""
    set_up_logs("info", "json")
    nothing = Path(os.devnull).open("w")  # noqa: SIM115 - for as long as the process lives
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(nothing))


def table(figures: dict[str, Any]) -> str:
    """The figures, aligned."""
    lines: list[str] = []
    for name, found in figures.items():
        title = TITLES[name]
        if "missing" in found:
            lines += [f"no figures of promises for {title}: {found['missing']}", ""]
            continue
        few, many, ratio = found["few"], found["many"], found["ratio"]
        lines += [
            f"{'open promises, ' + title:<38}{few['open']:>12,}{many['open']:>12,}{'ratio':>8}",
            *(
                f"{words:<38}{few[what]:>12.2f}{many[what]:>12.2f}{ratio[what]:>8.2f}"
                for what, words in (("cpu_ms", "tick, CPU ms per due promise"), ("wall_ms", "tick, ms per due promise"))
            ),
            *(
                f"{words + ', ms':<38}{took:>12.3f}{many['asked_ms'][words]:>12.3f}"
                for words, took in few["asked_ms"].items()
            ),
            f"filled in {found['fill_s']:.0f} s, {found['disk_mb']:,.0f} MB on disk without the bytes of the mails",
        ]
        if "at_once" in found:
            lines.append(backlog.line(found["at_once"]))
        lines.append("")
    return "\n".join(lines)


def progress(words: str, *, same_line: bool = False) -> None:
    """How far the run is, on stderr; what stays on one line is for terminals only."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{words}", file=sys.stderr, end="" if same_line else "\n", flush=True)
    elif not same_line:
        print(words, file=sys.stderr)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.promises", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small run, to see that it works")
    parser.add_argument("--json", action="store_true", help="the figures as JSON on stdout")
    parser.add_argument("--only", choices=TITLES, help="one of the databases")
    parser.add_argument("--at-once", type=int, default=0, metavar="N", help="and N promises that fall due at once")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-promises-"))
    try:
        figures = measure(QUICK if given.quick else WHOLE, folder, only=given.only, at_once=given.at_once)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(figures) if given.json else table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
