"""`mailbot init`: four questions on a terminal, or options; what it writes passes `check --offline`, and it says what it promises."""

import json
import os
import pty
import select
import subprocess
import sys
import time
import tomllib

import pytest

from mailbot.adapters.site import data_dir
from mailbot.adapters.site_answers import Answers, agent_id, filled_in
from mailbot.config import load_config
from mailbot.config.providers import Servers, servers_of

PATIENCE = 120.0


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, *args):
        mine, theirs = pty.openpty()
        self._fd = mine
        command = [sys.executable, "-m", "mailbot", *map(str, args)]
        env = {**os.environ, "TERM": "dumb", "COLUMNS": "200"}
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=env, start_new_session=True
        )
        os.close(theirs)
        self.shown = ""
        self._read = 0

    def wait_for(self, words):
        """Until these words stand behind what was read so far."""
        deadline = time.monotonic() + PATIENCE
        while words not in self.shown[self._read :]:
            assert time.monotonic() < deadline, self.shown
            if not self._more():
                break
        assert words in self.shown[self._read :], self.shown
        self._read = self.shown.index(words, self._read) + len(words)

    def _more(self):
        ready, _, _ = select.select([self._fd], [], [], 1)
        try:
            got = os.read(self._fd, 65536) if ready else b"-"
        except OSError:  # the other end is closed
            return False
        self.shown += got.decode() if ready else ""
        return bool(got)

    def say(self, line):
        os.write(self._fd, f"{line}\n".encode())

    def end(self):
        """The exit code."""
        deadline = time.monotonic() + PATIENCE
        while self._more() and self.process.poll() is None:
            assert time.monotonic() < deadline, self.shown
        os.close(self._fd)
        return self.process.wait(PATIENCE)


@pytest.mark.slow
def test_four_questions_make_a_config_that_runs(call, tmp_path, monkeypatch):
    site = tmp_path / "desk"
    terminal = Terminal("init", site)
    terminal.wait_for("The address that customers write to")
    terminal.say("Harbour Boats")
    terminal.wait_for('"Harbour Boats" is not an address such as support@example.com')
    terminal.wait_for("The address that customers write to")
    terminal.say("help@harbour.example")
    terminal.wait_for("letters are signed [Harbour Support]")
    terminal.say('Harbour "Boats" & Söhne')
    terminal.wait_for("Who answers first")
    terminal.say("Mia Holm")
    terminal.wait_for("such as Mia Holm <mia@example.com>")
    terminal.wait_for("Who answers first")
    terminal.say("Mía Holm <mia@harbour.example>")
    terminal.wait_for("[mail.harbour.example]")
    terminal.say("imap.harbour.example smtp.harbour.example")
    terminal.wait_for("within 15 minutes, day and night")
    terminal.wait_for("left alone")
    assert terminal.end() == 0

    config = load_config(site)
    assert (config.desk.name, config.desk.admins) == ('Harbour "Boats" & Söhne', ("mia@harbour.example",))
    assert (config.inboxes[0].address, config.smtp.username) == ("help@harbour.example", "help@harbour.example")
    assert (config.inboxes[0].host, config.inboxes[0].port) == ("imap.harbour.example", 993)
    assert (config.smtp.host, config.smtp.port) == ("smtp.harbour.example", 587)
    assert [(a.id, a.name, a.addresses) for a in config.agents] == [("mia", "Mía Holm", ("mia@harbour.example",))]
    monkeypatch.setenv("MAILBOT_PASSWORD", "hunter2")
    code, out, _ = call("check", "--offline", "--json", "--site", site)
    assert (code, json.loads(out)["problems"]["config"]) == (0, [])


@pytest.mark.slow
def test_who_stops_at_a_question_leaves_nothing_behind(tmp_path):
    terminal = Terminal("init", tmp_path / "desk")
    terminal.wait_for("The address that customers write to")
    terminal.say("help@harbour.example")
    terminal.wait_for("letters are signed")
    os.write(terminal._fd, b"\x04")  # Ctrl-D
    assert terminal.end() != 0
    assert not (tmp_path / "desk").exists()


@pytest.mark.slow
def test_yes_asks_nothing_on_a_terminal(tmp_path):
    terminal = Terminal("init", tmp_path / "desk", "--yes")
    assert terminal.end() == 0
    assert "?" not in terminal.shown
    assert (tmp_path / "desk/config.toml").read_bytes() == (
        data_dir("rules").parent / "config.example.toml"
    ).read_bytes()


def test_options_answer_as_well(call, tmp_path, monkeypatch):
    monkeypatch.setenv("MAILBOT_PASSWORD", "hunter2")
    site = tmp_path / "desk"
    address, own = (f"{name}@gmx.de" for name in ("hilfe", "mia.holm"))
    options = ["--address", address, "--agent", own, "--timezone", "Europe/Berlin"]
    code, out, err = call("init", site, *options)
    assert code == 0
    assert [line.rpartition("/")[2] for line in out.split()] == ["config.toml", "rules", "templates", "secret"]
    assert "put the password into the environment, as MAILBOT_PASSWORD" in err
    config = load_config(site)
    assert config.desk.name == "Hilfe Support"
    assert config.inboxes[0].host == "imap.gmx.net"
    assert (config.smtp.host, config.smtp.port) == ("mail.gmx.net", 587)
    assert str(config.desk.timezone) == "Europe/Berlin"
    assert config.agents[0].name == "Mia Holm"
    assert call("check", "--offline", "--site", site)[0] == 0


def test_every_wrong_option_is_named_and_nothing_is_made(call, tmp_path):
    wrong = ["--address", "no", "--agent", "no", "--server", "a b c", "--timezone", "GMT+1", "--name", " "]
    code, out, err = call("init", tmp_path / "desk", *wrong)
    assert (code, out) == (2, "")
    assert [line.split(":")[1].strip() for line in err.splitlines()] == [
        "--address",
        "--name",
        "--agent",
        "--server",
        "--timezone",
    ]
    assert not (tmp_path / "desk").exists()


@pytest.mark.parametrize(
    "servers",
    [
        Servers(provider="google"),
        Servers(provider="fastmail"),
        Servers(imap="i.example", smtp="s.example", smtp_tls=True),
        *(servers_of(f"a@{domain}") for domain in ("gmx.de", "web.de", "icloud.com", "yahoo.com", "posteo.de")),
    ],
    ids=lambda servers: servers.provider or servers.imap,
)
def test_each_provider_makes_a_config_that_runs(tmp_path, servers):
    text = (data_dir("rules").parent / "config.example.toml").read_text("utf-8")
    said = Answers(address="a@b.example", name="B", agent=("Ida", "ida@b.example"), servers=servers, zone="UTC")
    done = filled_in(text, said)
    (tmp_path / "config.toml").write_text(done, "utf-8")
    config = load_config(tmp_path)
    assert config.smtp.password_env == config.inboxes[0].password_env == "MAILBOT_PASSWORD"
    assert config.inboxes[0].port == 993
    assert config.smtp.security == ("tls" if servers.smtp_tls or servers.provider == "fastmail" else "starttls")
    assert "your-" not in json.dumps(tomllib.loads(done))
    assert done.count("\n") == text.count("\n"), "no line was lost"


def test_microsoft_365_is_told_what_is_missing(call, tmp_path):
    options = ["--address", "help@b.example", "--agent", "Ida <ida@b.example>", "--server", "M365"]
    code, _, err = call("init", tmp_path / "desk", *options)
    assert code == 0
    assert "fill in tenant and client_id" in err
    code, _, err = call("check", "--offline", "--site", tmp_path / "desk")
    assert code == 2
    assert all("client_id" in line for line in err.splitlines() if "note" not in line)


@pytest.mark.parametrize(
    ("name", "short"),
    [("Mía Holm", "mia"), ("Jürgen Weiß", "jurgen"), ("Łukasz", "lukasz"), ("李 明", "agent1"), ("Desk Top", "desk1")],
)
def test_an_agents_short_name(name, short):
    assert agent_id(name) == short
