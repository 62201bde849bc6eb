"""A headless Chromium for tests: takes one page, and gives back what its scripts left of it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

DEADLINE = 240  # seconds for one page; it takes a few, and more where others use the machine
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # nothing is fetched
    "--hide-scrollbars",
)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program; skipped where it is not there, failed if CI=true."""
    found = shutil.which(os.environ.get("CHROMIUM", "chromium"))
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium must be there in CI: .ci/servers installs it")
        pytest.skip("no Chromium: apt-get install chromium")
    return found


def run(program: str, home: Path, *arguments: str, dark: bool = False) -> str:
    """What it prints for these arguments, in a light or dark scheme. It and all its children end with this call."""
    scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
    command = [program, *FLAGS, scheme, f"--user-data-dir={home / 'profile'}", *arguments]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )
    try:
        return process.communicate(timeout=DEADLINE)[0]
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
