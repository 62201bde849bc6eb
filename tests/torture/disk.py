"""A full and a broken disk at each write: hazard 4."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.servers import postgres
from tests.torture.arena import Feeder, arena, ended
from tests.torture.ledger import Result
from tests.torture.mails import endless

SOURCE = Path(__file__).with_name("disk.c")
FEED_RATE = 12.0
FAULTS, SECONDS = 400, 240.0  # the disk recovers after that many faults, or that long


class CannotRun(Exception):
    """There is no C compiler here, in one line."""


@contextmanager
def shim() -> Iterator[Path]:
    """The library to preload, compiled for this machine. Raises CannotRun."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise CannotRun("no C compiler (Debian: gcc libc6-dev), and so no disk that fails")
    with tempfile.TemporaryDirectory(prefix="mailbot-disk-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as another user
        library = Path(folder) / "disk.so"
        command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE), "-ldl", "-lpthread"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotRun(f"{SOURCE.name} does not compile: {done.stderr.strip().splitlines()[0]}")
        yield library


def failing(store: str, error: str, *, seed: int, quick: bool, say: Callable[[str], None]) -> Result:
    """One write, sync or truncation in so many fails with ENOSPC or EIO while mails come in; then the disk recovers."""
    faults, seconds = (FAULTS // 10, SECONDS / 6) if quick else (FAULTS, SECONDS)
    with shim() as library, tempfile.TemporaryDirectory(prefix="mailbot-faults-") as folder:
        Path(folder).chmod(0o777)
        struck, well = Path(folder) / "struck", Path(folder) / "well"
        struck.touch()
        struck.chmod(0o666)
        env = {
            "LD_PRELOAD": str(library),
            "TORTURE_DISK_FILES": "desk.db" if store == "sqlite" else "/data/",
            "TORTURE_DISK_ERRNO": str(getattr(errno, error)),
            "TORTURE_DISK_WELL": str(well),
            "TORTURE_DISK_LOG": str(struck),
        }
        with arena(store) as desk:
            desk.site.start().terminate()  # the tables and the baseline, on a healthy disk
            ours = env if store == "sqlite" else {}
            desk.site.start(watching=False, env=ours)
            if desk.postgres is not None:
                desk.postgres.stop()
                with preloaded(env):
                    begin(desk.postgres)
            desk.answering(each=5)
            feeder = Feeder(desk.deliver, endless(), FEED_RATE, seed)
            feeder.start()
            until = time.monotonic() + seconds
            while (tried := struck.stat().st_size) < faults and time.monotonic() < until:
                say(f"{tried} of {faults} faults")
                ended(desk.kept_running(ours), 0.2)
                if desk.postgres is not None and not desk.postgres.runs():
                    with preloaded(env):
                        begin(desk.postgres)
            feeder.stop()
            well.touch()
            say("the disk is well again")
            if desk.postgres is not None and not desk.postgres.runs():
                desk.postgres.start()
            daemon = desk.kept_running()
            desk.settle()
            code, _ = daemon.terminate()
            tally = desk.count()
            tally.lost += tally.say("no clean end", [code] if code else [])
            tally.lost += tally.say("too few faults to say anything", range(max(0, 10 - tried)))
    return Result.of(f"disk: {error}", store, tried, "faults", tally)


def begin(server: postgres.Postgres) -> None:
    """Start it; a failing disk may prevent that, and then it is tried again later."""
    with suppress(RuntimeError):
        server.start()


@contextmanager
def preloaded(env: Mapping[str, str]) -> Iterator[None]:
    """Whatever is started within the block has the library preloaded."""
    kept = {name: os.environ.get(name) for name in env}
    os.environ.update(env)
    try:
        yield
    finally:
        for name, value in kept.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
