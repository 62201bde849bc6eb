"""The whole way of the desk: `mailbot run` as a process of its own, on a site made for it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from tests.bench.mails import SUPPORT
from tests.servers.mailstack import PASSWORD, MailStack

AGENT = "kim@agents.example"
SITE = """\
[desk]
name = "Bench Support"
[store]
url = "sqlite:///desk.db"
[smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"
username = ""
[[inbox]]
name = "support"
address = "{address}"
host = "127.0.0.1"
port = {imap}
security = "none"
password_file = "password"
[[agent]]
id = "kim"
name = "Kim Bench"
addresses = ["{agent}"]
[pages]
morning = false
evening = false
[limits]
per_address_hour = 1000
per_address_day = 1000
per_domain_hour = 100000
breaker_floor = 1000000
[log]
level = "info"
format = "json"
"""


def make_site(folder: Path, stack: MailStack, smtp: int) -> Path:
    """Lay out a site with limits high enough never to matter."""
    folder.mkdir()
    (folder / "storage").mkdir()
    (folder / "password").write_text(PASSWORD)
    (folder / "storage" / "secret").write_text("5" * 64)
    for private in ("password", "storage/secret"):
        (folder / private).chmod(0o600)
    (folder / "config.toml").write_text(SITE.format(smtp=smtp, imap=stack.imap, address=SUPPORT, agent=AGENT))
    return folder


def take_baseline(site: Path) -> None:
    """One pass over the empty inbox: what comes later is new mail."""
    done = subprocess.run([*command(), "once", "--site", str(site)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"mailbot once failed: {done.stderr[-2000:]}")


def command() -> list[str]:
    """The command that runs mailbot here."""
    return [sys.executable, "-m", "mailbot"]


class Daemon:
    """A running `mailbot run`. `watching_at` is when it began to watch the inbox, in seconds since 1970."""

    def __init__(self, site: Path) -> None:
        self.started_at = time.time()
        self.watching_at = 0.0
        self.said: list[dict[str, Any]] = []
        self._watching = threading.Event()
        self._log = (site / "log").open("w")
        self.process = subprocess.Popen([*command(), "run", "--site", str(site)], stderr=subprocess.PIPE, text=True)
        self._usage = psutil.Process(self.process.pid)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._log.write(line)
            if '"watching"' in line and not self._watching.is_set():
                self.watching_at = datetime.fromisoformat(json.loads(line)["timestamp"]).timestamp()
                self._watching.set()
            elif '"error"' in line or '"warning"' in line:
                self.said.append({"line": line.strip()[:500]})
        self._watching.set()
        self._log.close()

    def wait_until_watching(self, seconds: float = 60.0) -> None:
        """Raises RuntimeError if it ends, or does not watch its inbox in time."""
        if not self._watching.wait(seconds) or not self.watching_at:
            raise RuntimeError(f"mailbot run does not watch its inbox: {self.said[-3:]}")

    def cpu(self) -> float:
        """CPU seconds so far, including those of its workers and their parent."""
        spent = 0.0
        for one in (self._usage, *self._usage.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                spent += sum(one.cpu_times()[:4])  # those of children that have ended with them
        return spent

    def peak_mb(self) -> float:
        """The most memory that it ever held (VmHWM)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024

    def stop(self) -> float:
        """SIGTERM; how many seconds it took to end."""
        began = time.monotonic()
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(5)
        return time.monotonic() - began


@contextmanager
def daemon(site: Path) -> Iterator[Daemon]:
    """A daemon that is watching; stopped at the end of the block."""
    one = Daemon(site)
    try:
        one.wait_until_watching()
        yield one
    finally:
        one.stop()
