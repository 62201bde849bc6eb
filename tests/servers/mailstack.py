"""Real mail servers for tests: Dovecot and Postfix, started as root on free loopback ports in a folder of their own.

A `conftest.py` takes over the fixture: `from tests.servers.mailstack import mailstack  # noqa: F401`.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from imapclient import IMAPClient

from tests.servers.mailstack_config import DOVECOT, MAIN, MASTER, OAUTH2
from tests.servers.token_endpoint import TokenEndpoint

DOMAINS = ("desk.example", "customer.example")
USERS = (
    "support@desk.example",
    "billing@desk.example",
    "ben@desk.example",
    "mia@desk.example",
    "ana@customer.example",
    "joe@customer.example",
)
PASSWORD = "secret"
DISCARDED = "discarded@customer.example"
"""Mail to this address is accepted and discarded."""
PROGRAMS = ("dovecot", "postfix", "openssl")
START_LIMIT = 90.0  # seconds until every port answers
PATIENCE = 20.0  # seconds that a server has to end before it is made to


class CannotRun(Exception):
    """These servers are not available here; the message says why in one line."""


@dataclass(frozen=True, kw_only=True)
class MailStack:
    """A running Dovecot and Postfix. Every local part of DOMAINS has a mailbox; USERS may log in with PASSWORD.

    Postfix takes mail on `smtp` from anybody here, and on `submission` (STARTTLS offered) and `smtps` (TLS) with a
    login only. It answers 550 to `refused@…` and 450 to `later@…`; other domains than DOMAINS are refused at RCPT.
    Logins by token are asked about at `tokens`, if that is there. `imap` offers STARTTLS, `imaps` is TLS; `ca_file` is the certificate to trust, for `localhost` and 127.0.0.1.
    """

    folder: Path
    imap: int
    imaps: int
    lmtp: int
    smtp: int
    submission: int
    smtps: int
    host: str = "127.0.0.1"
    tokens: TokenEndpoint | None = None

    @property
    def ca_file(self) -> str:
        return str(self.folder / "cert.pem")

    def deliver_lmtp(self, recipient: str, raw: bytes, *, sender: str = "postmaster@desk.example") -> None:
        """Put a mail into the recipient's INBOX, as the last hop does (LMTP, RFC 2033)."""
        with smtplib.LMTP(self.host, self.lmtp) as lmtp:
            lmtp.sendmail(sender, [recipient], raw)

    def connect(self, user: str) -> IMAPClient:
        """An IMAP client logged in as the user; the caller logs out."""
        client = IMAPClient(self.host, self.imap, ssl=False, timeout=60)
        client.login(user, PASSWORD)
        return client

    def mailbox(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """All mails of a folder, oldest first; marks nothing. Empty if there is no such folder."""
        client = self.connect(user)
        try:
            if not client.folder_exists(folder):
                return []
            client.select_folder(folder, readonly=True)
            uids = client.search("ALL")
            bodies = client.fetch(uids, ["BODY.PEEK[]"]) if uids else {}
            return [bodies[uid][b"BODY[]"] for uid in sorted(bodies)]
        finally:
            client.logout()

    def wait_for(self, user: str, count: int, *, seconds: float = 120.0) -> list[bytes]:
        """The user's INBOX, once it holds `count` mails; AssertionError if it does not in time."""
        deadline = time.monotonic() + seconds
        while len(mails := self.mailbox(user)) < count:
            assert time.monotonic() < deadline, f"{len(mails)} of {count} mails for {user} after {seconds} s"
            time.sleep(0.05)
        return mails

    def empty(self, user: str) -> None:
        """Delete every mail in the user's INBOX."""
        client = self.connect(user)
        try:
            client.select_folder("INBOX")
            if uids := client.search("ALL"):
                client.delete_messages(uids, silent=True)
                client.expunge()
        finally:
            client.logout()

    def log(self) -> str:
        """What both servers wrote to their logs."""
        names = ("dovecot.log", "postfix.log")
        return "\n".join((self.folder / name).read_text() for name in names if (self.folder / name).exists())


@pytest.fixture(scope="session")
def mailstack() -> Iterator[MailStack]:
    """One stack for the session (for each worker, under xdist); skipped where it cannot run, failed if CI=true."""
    folder: Path | None = None
    tokens: TokenEndpoint | None = None
    try:
        try:
            check()
            # Not below pytest's own folder, which only root may enter: the servers run as several users.
            folder = Path(tempfile.mkdtemp(prefix="stack-", dir="/tmp"))
            atexit.register(stop, folder)
            tokens = TokenEndpoint()
            stack = start(folder, tokens)
        except CannotRun as error:
            if os.environ.get("CI") == "true":
                pytest.fail(f"Dovecot and Postfix must run in CI: {error}")
            pytest.skip(f"no Dovecot and Postfix: {error}")
        yield stack
    finally:
        if tokens is not None:
            tokens.close()
        if folder is not None:
            stop(folder)
            atexit.unregister(stop)
            shutil.rmtree(folder, ignore_errors=True)


def check() -> None:
    """Raise CannotRun, saying what is missing."""
    if os.geteuid() != 0:
        raise CannotRun("not root")
    missing = [name for name in PROGRAMS if shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin") is None]
    if missing:
        raise CannotRun(f"not installed: {', '.join(missing)}")
    for user in ("mail", "postfix", "dovecot", "dovenull"):
        try:
            pwd.getpwnam(user)
        except KeyError:
            raise CannotRun(f"no system user {user}") from None


def start(folder: Path, tokens: TokenEndpoint | None = None) -> MailStack:
    """Configure and start both; tries again with other ports if somebody took one in between."""
    folder.chmod(0o755)
    for attempt in (1, 2, 3):
        stack = configure(folder, tokens)
        try:
            launch(stack)
        except CannotRun:
            stop(folder)
            if attempt == 3:
                raise
        else:
            return stack
    raise AssertionError("unreachable")


def configure(folder: Path, tokens: TokenEndpoint | None = None) -> MailStack:
    """Write every file that the two need."""
    mail, postfix, dovecot = (pwd.getpwnam(name) for name in ("mail", "postfix", "dovecot"))
    for name in ("postfix", "run", "state", "mail", "spool/private", "data"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    os.chown(folder / "mail", mail.pw_uid, mail.pw_gid)
    for name in ("data", "spool/private"):
        os.chown(folder / name, postfix.pw_uid, 0)
        (folder / name).chmod(0o700)
    certify(folder)
    users = folder / "users"
    users.write_text("".join(f"{user}:{{PLAIN}}{PASSWORD}\n" for user in USERS))
    users.chmod(0o640)
    os.chown(users, 0, dovecot.pw_gid)

    names = ("imap", "imaps", "lmtp", "smtp", "submission", "smtps")
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    values = {"folder": folder, "uid": mail.pw_uid, "gid": mail.pw_gid, "domains": " ".join(DOMAINS), **ports}
    (folder / "oauth2.conf").write_text(OAUTH2.format(tokens=tokens.port if tokens is not None else 9))
    (folder / "dovecot.conf").write_text(DOVECOT.format(**values))
    (folder / "postfix" / "main.cf").write_text(MAIN.format(**values))
    (folder / "postfix" / "master.cf").write_text(MASTER.format(**values))
    return MailStack(folder=folder, tokens=tokens, **ports)


def certify(folder: Path) -> None:
    if (folder / "key.pem").exists():
        return
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "7", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(command, check=True, capture_output=True)
    (folder / "key.pem").chmod(0o600)


def free_ports(count: int) -> list[int]:
    """Ports that nobody used a moment ago, all different."""
    held = [socket.socket() for _ in range(count)]
    try:
        for sock in held:
            sock.bind(("127.0.0.1", 0))
        return [int(sock.getsockname()[1]) for sock in held]
    finally:
        for sock in held:
            sock.close()


def launch(stack: MailStack) -> None:
    folder = stack.folder
    run(folder, ["/usr/sbin/dovecot", "-c", str(folder / "dovecot.conf")])
    run(folder, ["/usr/sbin/postfix", "-c", str(folder / "postfix"), "start"])
    deadline = time.monotonic() + START_LIMIT
    for port in (stack.imap, stack.imaps, stack.lmtp, stack.smtp, stack.submission, stack.smtps):
        while not answers(port):
            if time.monotonic() > deadline:
                raise CannotRun(f"port {port} did not open within {START_LIMIT:.0f} s: {last_words(stack)}")
            time.sleep(0.05)


def run(folder: Path, command: Sequence[str]) -> None:
    # The daemons keep the descriptors that they are given: a pipe would never reach its end.
    with (folder / "start.log").open("ab") as log:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False, timeout=300)
    if done.returncode:
        words = (folder / "start.log").read_text(errors="replace").strip().splitlines()
        raise CannotRun(f"{Path(command[0]).name} does not start: {words[-1] if words else done.returncode}")


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def last_words(stack: MailStack) -> str:
    lines = stack.log().strip().splitlines()
    return lines[-1] if lines else "no log"


def stop(folder: Path) -> None:
    """End both by the process ids that they recorded, with force if they do not end in time."""
    pids = [pid for name in ("run/master.pid", "spool/pid/master.pid") if (pid := read_pid(folder / name)) is not None]
    for force in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, force)
        deadline = time.monotonic() + PATIENCE
        while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
            time.sleep(0.02)
        if not any(alive(pid) for pid in pids):
            return


def read_pid(path: Path) -> int | None:
    try:
        return int(path.read_text().split()[0])
    except (OSError, IndexError, ValueError):
        return None


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
