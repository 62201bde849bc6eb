"""The mail programs of people in tests: NeoMutt for agents, played on a terminal of its own, and swaks for customers."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from tests.servers.mailstack import PASSWORD, MailStack

PROGRAMS = ("neomutt", "swaks")
PATIENCE = 240.0  # seconds until a program has done what it was told

SETTINGS = """\
set from = "{address}" realname = "{name}" use_from = yes envelope_from = yes hostname = "desk.example"
set imap_user = "{address}" imap_pass = "{password}"
set spoolfile = "imaps://localhost:{imaps}/INBOX" folder = "imaps://localhost:{imaps}" record = "=Sent"
set smtp_url = "smtp://{login}@localhost:{submission}" smtp_pass = "{password}"
set smtp_authenticators = "plain:login" imap_authenticators = "plain:login" ssl_starttls = yes ssl_force_tls = yes
set ssl_ca_certificates_file = "{ca_file}" certificate_file = "{folder}/trusted" tmpdir = "{folder}"
set sort = mailbox-order include = yes fast_reply = yes reply_to = yes abort_unmodified = no abort_noattach = no
set user_agent = yes copy = yes mark_old = no wait_key = no quit = yes confirmappend = no header_cache = "" sleep_time = 0
set editor = "{folder}/editor"
"""
# What a person does in the editor: the words go above the quote, once `wait` (if it is there) is gone.
EDITOR = """\
#!/bin/sh
: >"{folder}/edited"
while [ -e "{folder}/wait" ]; do sleep 0.1; done
[ -e "{folder}/words" ] || exit 0
cat "{folder}/words" "$1" >"{folder}/draft" && cat "{folder}/draft" >"$1"
"""


@pytest.fixture(scope="session")
def mailclients() -> None:
    """Skipped where one of the programs is missing, failed if CI=true."""
    if missing := [name for name in PROGRAMS if shutil.which(name) is None]:
        if os.environ.get("CI") == "true":
            pytest.fail(f"NeoMutt and swaks must be there in CI: not installed: {', '.join(missing)}")
        pytest.skip(f"not installed: {', '.join(missing)}")


class NeoMutt:
    """An agent's NeoMutt: their mailbox by IMAP, their answers by SMTP with a login, both by TLS."""

    def __init__(self, folder: Path, stack: MailStack, who: tuple[str, str]) -> None:
        folder.mkdir()
        self.folder = folder
        self._running: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._terminal = -1
        self._shown: list[bytes] = []
        name, address = who
        values = {"name": name, "address": address, "login": address.replace("@", "%40"), "password": PASSWORD}
        ports = {"imaps": stack.imaps, "submission": stack.submission, "ca_file": stack.ca_file}
        (folder / "muttrc").write_text(SETTINGS.format(folder=folder, **values, **ports), encoding="utf-8")
        (folder / "editor").write_text(EDITOR.format(folder=folder), encoding="utf-8")
        (folder / "editor").chmod(0o755)

    def reply(self, nth: int, words: str) -> None:
        """Open the mailbox, answer its nth mail with the words above the quote, and leave."""
        self.begin_reply(nth, words)
        self.finish()

    def begin_reply(self, nth: int, words: str, *, wait: bool = False) -> None:
        """The same, without seeing its end; with `wait`, the editor stays open until `finish`."""
        (self.folder / "words").write_text(f"{words}\n\n", encoding="utf-8")
        if wait:
            (self.folder / "wait").touch()
        self._play("-e", f'push "{nth}<enter><reply><send-message><quit>"')

    def tap(self, link: str) -> None:
        """Follow a `mailto:` link, and send what it opens as it is."""
        (self.folder / "words").unlink(missing_ok=True)
        self._play("--", link)
        deadline = time.monotonic() + PATIENCE
        while b"Security:" not in b"".join(self._shown):  # the page with the finished mail
            assert time.monotonic() < deadline, f"NeoMutt does not open {link}; it shows:\n{self._screen()}"
            time.sleep(0.05)
        os.write(self._terminal, b"y")  # a key: what `push` gives is dropped when the editor is opened for a link
        self.finish()

    def is_writing(self) -> bool:
        """Whether the editor was opened."""
        return (self.folder / "edited").exists()

    def finish(self) -> None:
        """Let the editor go, and wait until NeoMutt has ended by itself."""
        (self.folder / "wait").unlink(missing_ok=True)
        assert self._running is not None
        try:
            code = self._running.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"NeoMutt does not end; it shows:\n{self._screen()}") from None
        finally:
            self.end()
        assert code == 0, f"NeoMutt ended with {code}; it showed:\n{self._screen()}"
        assert self.is_writing(), f"NeoMutt opened no editor; it showed:\n{self._screen()}"

    def end(self) -> None:
        """End it, whatever it is doing."""
        (self.folder / "wait").unlink(missing_ok=True)
        if self._running is not None:
            self._running.kill()
            self._running.wait(PATIENCE)
            self._running = None
        if self._reader is not None:
            self._reader.join(PATIENCE)
            self._reader = None
            os.close(self._terminal)

    def _screen(self) -> str:
        return b"".join(self._shown)[-3000:].decode(errors="replace")

    def _play(self, *arguments: str) -> None:
        (self.folder / "edited").unlink(missing_ok=True)
        self._terminal, theirs = pty.openpty()
        try:
            self._running = subprocess.Popen(
                ["neomutt", "-n", "-F", str(self.folder / "muttrc"), *arguments],
                stdin=theirs,
                stdout=theirs,
                stderr=theirs,
                cwd=self.folder,
                env=_environment(HOME=str(self.folder), TERM="vt100"),
                start_new_session=True,
            )
        finally:
            os.close(theirs)
        self._shown = []
        self._reader = threading.Thread(target=_drain, args=(self._terminal, self._shown), daemon=True)
        self._reader.start()


def swaks(stack: MailStack, sender: tuple[str, str], to: str, subject: str, text: str, **headers: str) -> None:
    """A customer's mail, handed in by swaks as their provider would (no login, to the port for servers)."""
    name, address = sender
    given = {"From": f"{name} <{address}>", "Subject": subject} | headers
    command = ["swaks", "--server", stack.host, "--port", str(stack.smtp), "--helo", "out.customer.example"]
    command += ["--from", address, "--to", to, "--body", text.replace("\n", "\\n"), "--suppress-data"]
    for header, value in given.items():
        command += ["--header", f"{header.replace('_', '-')}: {value}"]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, env=_environment(), check=False, timeout=PATIENCE
    )
    assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")


def _environment(**more: str) -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "TZ")}
    return {**kept, "LC_ALL": "C.UTF-8", **more}


def _drain(terminal: int, shown: list[bytes]) -> None:
    """Take what is written to a terminal until nobody has it open any more."""
    with suppress(OSError):  # how a terminal says that the other side is gone
        while data := os.read(terminal, 65536):
            shown.append(data)
