"""docs/first-hour.md, played on Dovecot and Postfix: every command in it runs, and every output in it is the one that comes.

What is another each time (moments, sizes, signed addresses) is made the same on both sides; a line that ends with an ellipsis
stands for a longer one.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from email.utils import parseaddr
from pathlib import Path

import pytest

from tests.servers.token_endpoint import CLIENT, SECRET
from tests.wire.daemon import BEN, DESK, MIA, PASSWORD, PATIENCE, ROOT, letter, parsed, reply, text_of

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs" / "first-hour.md"
FENCE = re.compile(r"^( *)```(\w+)(?: (\w+))?\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
ANA = ("Ana Soto", "ana@customer.example")
ELSEWHERE = ("pip install", "git clone", "systemctl", "journalctl", "useradd", "chown", "install -", "cp ", "docker ")
"""Commands that change the machine: the wheel, the unit and the containers have tests of their own."""


class Terminal:
    """A command on a terminal of its own, as a person sees it: what it shows is read as it comes."""

    def __init__(self, words, env):
        self.shown = b""
        self.pid, self._fd = pty.fork()
        if self.pid == 0:  # the other process: this one goes on below
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
            os.execvpe(words[0], words, env)

    def read(self, seconds=0.1):
        """What came; False once it has ended."""
        if not select.select([self._fd], [], [], seconds)[0]:
            return True
        try:
            got = os.read(self._fd, 65536)
        except OSError:  # Linux: the other side is closed
            return False
        self.shown += got
        return bool(got)

    def until(self, seen, words):
        deadline = time.monotonic() + PATIENCE
        while not seen(self.shown):
            assert self.read(), f"it ended without {words}:\n{self.text}"
            assert time.monotonic() < deadline, f"no {words}:\n{self.text}"

    def type(self, line):
        os.write(self._fd, line.encode() + b"\n")

    @property
    def text(self):
        return re.sub(r"\x1b\[[0-9;]*m", "", self.shown.decode()).replace("\r\n", "\n")

    def end(self):
        while self.read(1):
            pass
        os.close(self._fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def same_everywhere(text):
    """Without what is another each time or on each machine."""
    for pattern, stands in (
        (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "MOMENT"),
        (r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?:\d+ \w+|\w+ \d+)(?: \d{4})?, ", ""),
        (r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:\d+ \w{3},? )?(?=\d\d:\d\d)", ""),
        (r"\b\d{4}-\d\d-\d\d(?= \d\d:\d\d)", ""),
        (r"\b\d\d:\d\d(?: UTC)?(?: tomorrow| today)?", "HH:MM"),
        (r"\d+(?:\.\d+)? GB", "N GB"),
        (r"\b1[345] min left", "15 min left"),
        (r"about 1[3456] minutes", "about 15 minutes"),
        (r"[ \t]+", " "),
        (r" $", ""),
    ):
        text = re.sub(pattern, stands, text, flags=re.MULTILINE)
    return text.strip()


def fits(line, shown):
    """Whether a line of the page is the one that came, or the beginning of it."""
    begun = line.removesuffix(" …")
    return shown.startswith(begun) if begun != line else shown == line


def told_alike(page, shown):
    """Fail with both where they differ."""
    wanted, got = same_everywhere(page).splitlines(), same_everywhere(shown).splitlines()
    assert len(wanted) == len(got), f"the page:\n{page}\n\nwhat came:\n{shown}"
    for line, came in zip(wanted, got, strict=True):
        assert fits(line, came), f"the page: {line}\nwhat came: {came}\n\nall of it:\n{shown}"


def blocks():
    """Each fenced block of the page: its language, its name, its text without the indent."""
    found = []
    for indent, language, name, text in FENCE.findall(PAGE.read_text(encoding="utf-8")):
        found.append((language, name, re.sub(rf"^{indent}", "", text, flags=re.MULTILINE)))
    return found


def commands(block):
    """Each command of a console block, with what it shows."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [part.partition("\n")[::2] for part in parts]


class Hour:
    """Somebody who follows the page: `/srv/desk` is a folder of the test, `mail.desk.example` the test's servers."""

    def __init__(self, stack, folder):
        self.stack, self.desk = stack, folder / "desk"
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(("MAILBOT", "COLUMNS"))}
        self.env |= {"NO_COLOR": "1", "PYTHONPATH": str(ROOT), "TERM": "xterm", "TZ": "UTC"}
        self.daemon = None
        self.mails = {}

    def follow(self):
        for language, name, text in blocks():
            if language == "console":
                for command, shown in commands(text):
                    self.type(command, shown)
            elif language == "toml":
                self.put_into_config(name, text)
            elif language == "text":
                getattr(self, f"_{name}")(text)

    def type(self, command, shown):
        if command.startswith("export "):
            name, _, value = command.removeprefix("export ").partition("=")
            self.env[name] = {"MAILBOT_CLIENT_SECRET": SECRET}.get(name, PASSWORD)
            assert value
            return
        if any(word in command for word in ELSEWHERE) or "-m venv" in command:
            return
        words = command.replace("/srv/desk", str(self.desk)).split()
        assert words[0] == "mailbot", f"a command that no test plays: {command}"
        terminal = Terminal([sys.executable, "-m", *words], self.env)
        if words[1] == "run":
            self.daemon = terminal
            terminal.until(lambda said: b"state=watching" in said, "an inbox that is watched")
        else:
            if words[1] == "init":
                for line in shown.splitlines()[:4]:
                    terminal.until(lambda said: said.endswith(b": "), "a question")
                    question = terminal.shown.rpartition(b"\n")[2].decode()
                    assert line.startswith(question), (line, question)
                    above = terminal.shown.count(b"\n")
                    terminal.type(line.removeprefix(question))
                    terminal.until(lambda said, n=above: said.count(b"\n") > n, "what was typed")  # maybe more by now
            code = terminal.end()
            assert code == (0 if "wrong" not in shown else 2), terminal.text
            if words[1] == "init":
                self.point_at_the_stack()
        told_alike(shown, self.as_on_the_page(terminal.text))

    def as_on_the_page(self, text):
        text = text.replace(str(self.desk), "/srv/desk").replace(
            self.stack.tokens.url, "https://login.desk.example/token"
        )
        text = re.sub(r"\blocalhost\b", "mail.desk.example", text)
        return text.replace(str(self.stack.imaps), "993").replace(str(self.stack.submission), "587")

    def point_at_the_stack(self):
        file = self.desk / "config.toml"
        text = file.read_text()
        assert text.count('host = "mail.desk.example"') == 2
        text = text.replace('"mail.desk.example"', '"localhost"')
        for section, port in (("[[inbox]]", self.stack.imaps), ("[smtp]", self.stack.submission)):
            text = text.replace(f"{section}\n", f'{section}\nport = {port}\nca_file = "{self.stack.ca_file}"\n', 1)
        file.write_text(text)

    def put_into_config(self, name, text):
        """`token`: in both sections, in place of the password. Others are shown only."""
        if name != "token":
            return
        file = self.desk / "config.toml"
        lines = text.replace("https://login.desk.example/token", self.stack.tokens.url).replace(
            '"mailbot"', f'"{CLIENT}"'
        )
        changed, count = re.subn(r"^password_env = .*\n", lines, file.read_text(), flags=re.MULTILINE)
        assert count == 2
        file.write_text(changed)
        self.leave()

    def leave(self):
        """Ctrl-C."""
        if self.daemon is not None:
            os.kill(self.daemon.pid, signal.SIGINT)
            assert self.daemon.end() == 0, self.daemon.text
            self.daemon = None

    # --- what people write and get ------------------------------------------------------------------------------------

    def _customer(self, text):
        subject, _, words = text.partition("\n\n")
        raw = letter(ANA, DESK, subject.removeprefix("Subject: "), words)
        self.stack.deliver_lmtp(DESK, raw, sender=ANA[1])

    def _ack(self, text):
        self.told(ANA, 1, text)

    def _notice(self, text):
        mail = self.told(MIA, 1, text, only_begin=True)
        self.mails["notice"] = mail

    def _agent(self, text):
        to, raw = reply(MIA, self.mails["notice"], text)
        assert parseaddr(to)[1].endswith("@desk.example")
        self.stack.deliver_lmtp(to, raw, sender=MIA[1])

    def _relay(self, text):
        self.told(ANA, 2, text)

    def _again(self, text):
        """The next desk, by token, starts in an empty mailbox."""
        self._customer(text)
        (*_, raw) = self.stack.wait_for(ANA[1], 3)
        assert parsed(raw)["Auto-Submitted"] == "auto-replied"

    def told(self, who, count, text, *, only_begin=False):
        (*_, raw) = self.stack.wait_for(who[1], count)
        mail = parsed(raw)
        said = f"From: {mail['From']}\nSubject: {mail['Subject']}\n\n{text_of(mail)}"
        if only_begin:
            said = "\n".join(said.splitlines()[: len(text.strip().splitlines())])
        told_alike(text, said)
        return raw


def test_the_first_hour_is_as_the_page_tells_it(mailstack):
    for address in (DESK, ANA[1], BEN[1], MIA[1]):
        mailstack.empty(address)
    mailstack.tokens.reset()
    with tempfile.TemporaryDirectory(prefix="hour-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        hour = Hour(mailstack, Path(folder))
        try:
            hour.follow()
            assert hour.daemon is not None, "the page ends with a desk that runs"
        finally:
            hour.leave()
