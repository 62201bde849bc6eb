"""`python -m tests.bench`: the bare loop, the whole way, single mails, `explain`, mail sizes, open promises and finding, in one run."""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import finding, sweep
from tests.bench.figures import table
from tests.bench.mails import SUPPORT, Made, mixed
from tests.bench.promises import table as promises_table
from tests.bench.single import deliver_one_by_one
from tests.bench.whole import AGENT, daemon, make_site, take_baseline
from tests.servers import mailstack

BARE_USERS = ("billing@desk.example", "ben@desk.example")
STALLED = 20.0  # seconds without a new ack, after which the rest is given up


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much of everything."""

    mails: int
    singles: int
    explained: int


WHOLE, QUICK = Size(mails=2000, singles=30, explained=1000), Size(mails=400, singles=3, explained=200)


class Sink:
    """The SMTP sink's process, and what it has seen so far (`tests.bench.sink`)."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.sink"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        self.seen: list[dict[str, Any]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.seen.append(json.loads(line))

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(5)

    def acks(self, since: int = 0) -> list[dict[str, Any]]:
        """What went to customers, from that index of `seen` on."""
        return [mail for mail in self.seen[since:] if mail["to"] != AGENT]


def measure(size: Size, folder: Path) -> dict[str, Any]:
    """All of it. Raises CannotRun if there is no Dovecot."""
    now = datetime.now(UTC)
    with ExitStack() as stack_of:
        progress("starting Dovecot and the sink")
        stack = stack_of.enter_context(servers())
        sink = Sink()
        stack_of.callback(sink.close)
        site = make_site(folder / "site", stack, sink.port)
        for user in (SUPPORT, *BARE_USERS):
            stack.mailbox(user)
        progress("the desk takes its baseline of the empty inbox")
        take_baseline(site)
        mails = list(mixed(size.mails, seed=1, now=now))
        fill(stack, SUPPORT, mails)
        bare = []
        fill(stack, BARE_USERS[0], mails)
        progress(f"bare loop over {size.mails:,} mails")
        bare.append(bare_loop(stack, sink, BARE_USERS[0], folder / "bare1.db"))
        progress(f"the desk over {size.mails:,} mails")
        since, stopped = len(sink.seen), {}
        with daemon(site) as desk:
            cpu = desk.cpu()
            whole = whole_way(mails, sink, since, desk.watching_at)
            whole["cpu_per_1000"] = (desk.cpu() - cpu) / size.mails * 1000
            whole["peak_mb"] = desk.peak_mb()
            progress(f"{size.singles} single mails, one a second")
            single = deliver_one_by_one(stack, sink, mixed(size.singles, seed=2, now=now))
            started = desk.watching_at - desk.started_at
            stopped["stop_s"] = desk.stop()
            whole["said"] = desk.said[:20]
        fill(stack, BARE_USERS[1], mails)
        progress("bare loop once more, since machines are shared")
        bare.append(bare_loop(stack, sink, BARE_USERS[1], folder / "bare2.db"))
    progress(f"explain, {size.explained:,} mails")
    return {
        "at": now.isoformat(),
        "machine": {"cpus": os.cpu_count(), "python": platform.python_version(), "system": platform.system()},
        "bare": (together := _together(bare)),
        "whole": whole,
        "ratio": whole["mails_per_s"] / together["mails_per_s"],
        "single": single,
        "start": {"to_watching_s": started, **stopped},
        "explain": {"mails": size.explained, "mails_per_s": explain_rate(mails[: size.explained], site, now)},
    }


@contextmanager
def servers() -> Iterator[mailstack.MailStack]:
    """Dovecot (and Postfix beside it, idle) in a folder of their own, ended with the block."""
    mailstack.check()
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir="/tmp"))
    try:
        yield mailstack.start(folder)
    finally:
        mailstack.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


def fill(stack: mailstack.MailStack, user: str, mails: Sequence[Made]) -> None:
    """Put the mails into the user's Maildir as a delivery agent would: written to `tmp`, then moved to `new`."""
    maildir = stack.folder / "mail" / user / "Maildir"
    owner = (stack.folder / "mail").stat()
    for number, mail in enumerate(mails):
        aside, there = (maildir / place / f"{1_700_000_000 + number}.M{number}.bench" for place in ("tmp", "new"))
        aside.write_bytes(mail.raw.replace(b"\r\n", b"\n"))
        os.chown(aside, owner.st_uid, owner.st_gid)
        aside.rename(there)
    # Dovecot reads the sizes and indexes the mails now, so that no run that comes first pays for the others.
    if len(stack.mailbox(user)) != len(mails):
        raise RuntimeError(f"Dovecot shows other mails to {user} than the {len(mails)} that were put there")


def bare_loop(stack: mailstack.MailStack, sink: Sink, user: str, database: Path) -> dict[str, float]:
    """One run of `tests.bench.bare`."""
    words = [sys.executable, "-m", "tests.bench.bare", "--imap", str(stack.imap), "--smtp", str(sink.port)]
    words += ["--user", user, "--password", mailstack.PASSWORD, "--database", str(database)]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True, timeout=300)
    ran: dict[str, float] = json.loads(done.stdout)
    return ran


def _together(runs: Sequence[dict[str, float]]) -> dict[str, float]:
    mails = sum(run["mails"] for run in runs)
    return {
        "mails": mails,
        "mails_per_s": mails / sum(run["seconds"] for run in runs),
        "cpu_per_1000": sum(run["cpu"] for run in runs) / mails * 1000,
        "peak_mb": max(run["peak_mb"] for run in runs),
    }


def whole_way(mails: Sequence[Made], sink: Sink, since: int, began: float) -> dict[str, Any]:
    """Wait until every mail that is owed an ack has one, and every notice is out; the rates from `began` on."""
    owed = {mail.message_id for mail in mails if mail.expects_ack}
    acked: set[str] = set()
    looked, last = since, time.monotonic()
    while time.monotonic() - last < STALLED:
        new = sink.seen[looked:]
        if new:
            looked, last = looked + len(new), time.monotonic()
            acked |= {mail["answers"] for mail in new if mail["to"] != AGENT and "answers" in mail}
            progress(f"  {len(acked & owed):,} of {len(owed):,} acks", same_line=True)
        elif owed <= acked and time.monotonic() - last > 1.0:
            break
        time.sleep(0.1)
    progress("")
    acks = sink.acks(since)
    first: dict[str, float] = {}
    for ack in acks:
        first.setdefault(ack.get("answers", ""), ack["at"])
    times = [at for answers, at in first.items() if answers in owed]
    everything = sink.seen[since:]
    return {
        "mails": len(mails),
        "expected": len(owed),
        "acks": len(times),
        "twice": len(acks) - len(first),
        "unasked": len(first.keys() - owed),
        "mails_per_s": len(mails) / (max(times) - began) if times else math.nan,
        "letters_per_s": len(everything) / (everything[-1]["at"] - began) if everything else math.nan,
        "first_ack_s": min(times) - began if times else math.nan,
    }


def explain_rate(mails: Sequence[Made], site: Path, now: datetime) -> float:
    """Mails a second that are read and decided in this process, by the site's rules and letters; none is stored."""
    from mailbot.app.live import open_live
    from mailbot.config import load_config
    from mailbot.loops.dry_run import explain

    setting = open_live(load_config(site)).current()
    for mail in mails[:50]:
        explain(mail.raw, setting, inbox="support", now=now)
    began = time.perf_counter()
    for mail in mails:
        explain(mail.raw, setting, inbox="support", now=now)
    return len(mails) / (time.perf_counter() - began)


def open_promises(*, quick: bool) -> dict[str, Any]:
    """What `tests.bench.promises` measures, in a process of its own."""
    progress("the tick, among a thousand open promises and among many")
    words = [sys.executable, "-m", "tests.bench.promises", "--json", *(["--quick"] if quick else [])]
    found: dict[str, Any] = json.loads(subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True).stdout)
    return found


def searches(*, quick: bool) -> dict[str, Any]:
    """What `tests.bench.finding` measures, in a process of its own."""
    progress("searches among many messages")
    words = [sys.executable, "-m", "tests.bench.finding", "--json", *(["--quick"] if quick else [])]
    found: dict[str, Any] = json.loads(subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False).stdout)
    return found


def sizes(*, quick: bool) -> list[dict[str, Any]]:
    """What `tests.bench.sweep` measures; a quick run leaves out the largest mails."""
    few = {"sizes": sweep.SIZES[:3], "mails": 5} if quick else {}
    with servers() as stack:
        return sweep.sweep(stack, say=progress, **few)


def progress(words: str, *, same_line: bool = False) -> None:
    """How far the run is, on stderr."""
    if not same_line:
        print(words or ("\n" if sys.stderr.isatty() else ""), file=sys.stderr, end="\n" if words else "")
    elif sys.stderr.isatty():
        print(f"\r{words}", file=sys.stderr, end="", flush=True)


def main() -> int:
    """The command line: 0 if every mail had its one ack and none stalled, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small run, to see that it works")
    parser.add_argument("--json", type=Path, default=Path("bench-out/bench.json"), metavar="FILE")
    parser.add_argument("--only", choices=("sweep",), help="this part alone: mail size by security on a real Postfix")
    given = parser.parse_args()
    if given.only:
        return only_sweep(given.json, quick=given.quick)
    folder = Path(tempfile.mkdtemp(prefix="bench-site-"))
    try:
        figures = measure(QUICK if given.quick else WHOLE, folder)
        figures["sweep"] = sizes(quick=given.quick)
        figures["promises"] = open_promises(quick=given.quick)
        figures["finding"] = searches(quick=given.quick)
    except mailstack.CannotRun as error:
        print(f"no benchmark without Dovecot: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    write(figures, given.json)
    parts = (sweep.table(figures["sweep"]), promises_table(figures["promises"]), finding.table(figures["finding"]))
    print(table(figures), *parts, sep="\n\n")
    whole, single = figures["whole"], figures["single"]
    right = whole["acks"] == whole["expected"] and not whole["twice"] and not whole["unasked"]
    return 0 if right and single["acked"] == single["mails"] and sweep.holds(figures["sweep"]) else 1


def only_sweep(file: Path, *, quick: bool) -> int:
    """That part alone: 0 if no mail stalled."""
    try:
        rows = sizes(quick=quick)
    except mailstack.CannotRun as error:
        print(f"no benchmark without Postfix: {error}", file=sys.stderr)
        return 1
    write({"at": datetime.now(UTC).isoformat(), "sweep": rows}, file)
    print(sweep.table(rows))
    return 0 if sweep.holds(rows) else 1


def write(figures: dict[str, Any], file: Path) -> None:
    """The figures as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(figures, indent=2) + "\n")
    print(f"written to {file}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
