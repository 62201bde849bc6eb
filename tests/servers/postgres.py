"""A throw-away PostgreSQL from the system's packages: one per test session, on loopback, without fsync."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "log_min_messages": "fatal",
}


class Postgres:
    """A running server. `database()` makes an empty database and returns its URL."""

    def __init__(self, binaries: Path, data: Path, port: int) -> None:
        self._binaries, self._data, self.port = binaries, data, port
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until it answers. Raises RuntimeError with its words if it does not."""
        settings = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
        command = [self._binaries / "postgres", "-D", self._data, "-p", str(self.port), *settings]
        with (self._data.parent / "log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self._data, stdout=log, stderr=log, **_unprivileged())
        deadline = time.monotonic() + 90
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=20).close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise RuntimeError((self._data.parent / "log").read_text()) from None
            time.sleep(0.05)

    def stop(self) -> None:
        """Break all connections and end the server (SIGINT: fast shutdown)."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(10)
        self._process = None

    def runs(self) -> bool:
        """Whether the process is there; it may not answer yet."""
        return self._process is not None and self._process.poll() is None

    def url(self, name: str) -> str:
        """The URL of a database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def database(self, template: str = "template0") -> str:
        """Make a database, empty or a copy of another to which nobody is connected; its URL."""
        name = f"t{uuid4().hex[:12]}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, url: str) -> None:
        """Drop a database that `database` made, whoever is still connected to it."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{url.rpartition("/")[2]}" WITH (FORCE)')


@contextmanager
def running() -> Iterator[Postgres]:
    """A server of its own in a folder of its own, removed at the end. Raises RuntimeError if there can be none."""
    binaries = _binaries()
    home = Path(tempfile.mkdtemp(prefix="mailbot-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(home, "postgres", "postgres")
        data = home / "data"
        made = subprocess.run(
            [
                binaries / "initdb",
                "-D",
                data,
                "-U",
                "postgres",
                "--auth=trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            ],
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            **_unprivileged(),
        )
        if made.returncode:
            raise RuntimeError(made.stderr.strip() or made.stdout.strip())
        server = _started(binaries, data)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _started(binaries: Path, data: Path) -> Postgres:
    for last in (False, False, True):
        server = Postgres(binaries, data, _free_port())
        try:
            server.start()
        except RuntimeError:
            # Somebody may have taken the port between our check and the server's binding.
            if last:
                raise
        else:
            return server
    raise AssertionError("the loop ends with a server or an error")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _binaries() -> Path:
    def version(folder: Path) -> float:
        return float(folder.parent.name)

    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version)
    usable = [folder for folder in found if (folder / "initdb").exists() and (folder / "postgres").exists()]
    if not usable:
        raise RuntimeError("no PostgreSQL server is installed (package postgresql)")
    return usable[-1]


def _unprivileged() -> dict:
    # The server refuses to run as root.
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


@pytest.fixture(scope="session", name="postgres")
def session_postgres():
    """The session's server; skips if there can be none, and fails then in CI."""
    try:
        with running() as server:
            yield server
    except (RuntimeError, OSError, LookupError, subprocess.SubprocessError) as error:
        words = f"PostgreSQL cannot be had: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
