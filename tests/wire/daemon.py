"""The daemon as its users run it: a site on disk, `python -m mailbot run` as a process of its own, and its log."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid, parseaddr
from pathlib import Path

from mailbot.adapters.clock import WallClock
from mailbot.adapters.process.forkserver import can_fork
from mailbot.adapters.site import init_site
from mailbot.adapters.store.sql_store import open_store
from mailbot.core.model.outgoing import OutboxState
from tests.wire.warm import WarmProcess, parent

PATIENCE = 300.0  # seconds: a wait for what comes about costs nothing where it does, and a busy machine is slow
ROOT = Path(__file__).parents[2]
PASSWORD = "secret"
DESK = "support@desk.example"
BILLING = "billing@desk.example"
BEN = ("Ben Ortiz", "ben@desk.example")
MIA = ("Mia Sand", "mia@desk.example")
WAITING = {OutboxState.READY, OutboxState.SENDING, OutboxState.UNKNOWN}

CONFIG = """\
[desk]
name = "Desk Support"
language = "en"
admins = ["mia@desk.example"]
{desk}

[store]
url = "{store}"

[smtp]
host = "{host}"
port = {smtp}
security = "{smtp_security}"
username = "support@desk.example"
password_env = "MAILBOT_TEST_PASSWORD"
{ca_file}

{inboxes}
[[agent]]
id = "ben"
name = "Ben Ortiz"
addresses = ["ben@desk.example"]
groups = ["support", "billing"]

[pages]
morning = false
evening = false

[limits]
per_address_hour = 20
per_domain_hour = 100000
breaker_floor = 100000

[log]
format = "json"
"""

INBOX = """\
[[inbox]]
name = "{name}"
address = "{name}@desk.example"
display_name = "Desk Support"
host = "{host}"
port = {imap}
security = "{imap_security}"
password_env = "MAILBOT_TEST_PASSWORD"
poll = "{poll}"
{ca_file}

"""


def wait_until(what: Callable[[], object], words: str = "", *, seconds: float = PATIENCE) -> object:
    """The first true answer of `what`; AssertionError with `words` if there is none in time."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, f"after {seconds:.0f} s: {words or what}"
        time.sleep(0.03)
    return found


@dataclass
class Site:
    """A folder with a desk in it, and the processes that ran it: where `warm`, forked from one that has it all loaded."""

    folder: Path
    store_url: str
    warm: bool = False
    daemons: list[Daemon] = field(default_factory=list)

    def configure(
        self,
        *,
        smtp: int,
        imap: int,
        host: str = "127.0.0.1",
        smtp_security: str = "none",
        imap_security: str = "none",
        inboxes: tuple[str, ...] = ("support",),
        ca_file: str = "",
        desk: str = "",
        poll: str = "60s",
    ) -> None:
        """Write config.toml again."""
        trust = f'ca_file = "{ca_file}"' if ca_file else ""
        each = {"host": host, "imap": imap, "imap_security": imap_security, "ca_file": trust, "poll": poll}
        (self.folder / "config.toml").write_text(
            CONFIG.format(
                desk=desk,
                store=self.store_url,
                host=host,
                smtp=smtp,
                smtp_security=smtp_security,
                ca_file=trust,
                inboxes="".join(INBOX.format(name=name, **each) for name in inboxes),
            ),
            encoding="utf-8",
        )

    def start(self, *, watching: bool = True, program: str = "mailbot", env: Mapping[str, str] | None = None) -> Daemon:
        """A new process; with `watching`, once each of its inboxes is watched. `program` is the module that is run."""
        daemon = Daemon(self.folder, len(self.daemons), program, env or {}, warm=self.warm)
        self.daemons.append(daemon)
        if watching:
            daemon.wait_for("inbox", state="watching")
        return daemon

    @contextmanager
    def store(self):
        """The desk's store, opened beside whatever process has it open."""
        opened = open_store(self.store_url, migrate=False)
        try:
            yield opened
        finally:
            opened.close()

    def tickets(self):
        """All tickets, by number."""
        with self.store() as store:
            return sorted(store.lists.tickets(limit=100_000), key=lambda t: t.number)

    def page(self, number: int):
        """All that is known about one ticket."""
        with self.store() as store:
            return store.lists.ticket(number)

    def outbox(self):
        """Every outgoing mail, the oldest first."""
        with self.store() as store:
            return store.lists.outbox(limit=100_000)[::-1]

    def quiet(self) -> bool:
        """Whether every stored mail is decided and every decided mail settled."""
        with self.store() as store:
            totals = store.lists.totals()
        open_mails = totals.inbound.get("stored", 0) + totals.inbound.get("claimed", 0)
        waiting = sum(n for (_, state), n in totals.outbox.items() if state in WAITING)
        return not open_mails and not waiting


class Daemon:
    """One process of `mailbot run`, with its log as it grows."""

    def __init__(
        self,
        folder: Path,
        number: int,
        program: str = "mailbot",
        env: Mapping[str, str] | None = None,
        *,
        warm: bool = False,
    ) -> None:
        self.log_file = folder / f"daemon-{number}.log"
        self._read = 0
        self._rest = b""
        self._lines: list[dict] = []
        arguments = ["run", "--site", str(folder)]
        whole_env = {**os.environ, "MAILBOT_TEST_PASSWORD": PASSWORD, **(env or {})}
        self.process: subprocess.Popen[bytes] | WarmProcess
        with self.log_file.open("wb") as log:
            if warm:
                self.process = parent().fork(program, arguments, log=log.fileno(), env=whole_env)
                return
            self.process = subprocess.Popen(
                [sys.executable, "-m", program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env=whole_env,
            )

    def lines(self, event: str, **fields: object) -> list[dict]:
        """The log lines of that event whose fields are these."""
        with self.log_file.open("rb") as log:
            log.seek(self._read)
            *whole, self._rest = (self._rest + log.read()).split(b"\n")
            self._read = log.tell()
        for line in whole:
            with suppress(ValueError):
                self._lines.append(json.loads(line))
        return [
            line
            for line in self._lines
            if line.get("event") == event and all(line.get(name) == value for name, value in fields.items())
        ]

    def wait_for(self, event: str, *, count: int = 1, seconds: float = PATIENCE, **fields: object) -> list[dict]:
        """The lines, once there are `count`."""

        deadline = time.monotonic() + seconds
        while len(found := self.lines(event, **fields)) < count:
            assert self.process.poll() is None, f"the daemon ended without {event} {fields}:\n{self.log()}"
            assert time.monotonic() < deadline, f"no {event} {fields} within {seconds:.0f} s:\n{self.log()}"
            time.sleep(0.03)
        return found

    def log(self) -> str:
        """Everything that it wrote."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def terminate(self) -> tuple[int, float]:
        """SIGTERM; the exit code, and the seconds that it took."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        return code, time.monotonic() - begun

    def kill(self) -> None:
        """SIGKILL it and wait for its end."""
        self.process.kill()
        self.process.wait(10)


@contextmanager
def new_site(folder: Path, store_url: str = "", *, warm: bool = False, few_rules: bool = False):
    """A fresh site with the shipped letters; every process that ran in it is gone at the end.

    With the shipped rules as well, or with `few_rules`, of which a start reads in a fifth of the time.
    """
    init_site(folder)
    if few_rules:
        shutil.rmtree(folder / "rules")
        (folder / "rules").mkdir()
        shutil.copy(Path(__file__).with_name("few_rules.toml"), folder / "rules")
    where = store_url or f"sqlite:///{folder}/storage/desk.db"
    site = Site(folder=folder, store_url=where, warm=warm and can_fork())
    try:
        yield site
    finally:
        for daemon in site.daemons:
            if daemon.process.poll() is None:
                daemon.kill()


def letter(
    sender: tuple[str, str], to: str, subject: str, text: str, *, message_id: str | None = None, **headers: str
) -> bytes:
    """A new mail as a person's client writes it."""
    mail = EmailMessage(policy=policy.SMTP)
    name, address = sender
    mail["From"], mail["To"], mail["Subject"] = formataddr((name, address)), to, subject
    mail["Date"] = format_datetime(WallClock().now())
    mail["Message-ID"] = message_id or make_msgid(domain=address.partition("@")[2])
    for header, value in headers.items():
        mail[header.replace("_", "-")] = value
    mail.set_content(text, charset="utf-8")
    return bytes(mail)


def reply(sender: tuple[str, str], raw: bytes, text: str, **headers: str) -> tuple[str, bytes]:
    """The address and the bytes of an answer as a mail client writes it: to Reply-To, quoted below, in the thread."""
    mail = parsed(raw)
    subject = str(mail["Subject"])
    quoted = "\n".join(f"> {line}".rstrip() for line in text_of(mail).splitlines())
    body = f"{text}\n\nOn {mail['Date']}, {parseaddr(str(mail['From']))[0]} wrote:\n{quoted}\n"
    to = parseaddr(str(mail["Reply-To"] or mail["From"]))[1]
    references = f"{mail['References'] or ''} {mail['Message-ID']}".strip()
    threaded = {"In_Reply_To": str(mail["Message-ID"]), "References": references} | headers
    return to, letter(sender, to, subject if subject.startswith("Re:") else f"Re: {subject}", body, **threaded)


def parsed(raw: bytes) -> EmailMessage:
    """The mail, parsed for reading."""
    return message_from_bytes(raw, policy=policy.default)


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail, as a client shows it."""
    body = mail.get_body(("plain",))
    return "" if body is None else str(body.get_content()).replace("\r\n", "\n")


def ids(value: object) -> list[str]:
    """The Message-IDs in a header."""
    return str(value or "").split()
