"""Every command that a page shows is run as it stands there, on a desk with two tickets.

What the pages leave to the reader (N, FILE, ADDRESS, a folder of the machine) gets a value of this desk. A page that names a
command without what it needs (`mailbot outbox`, `mailbot ticket split`) is answered by its help.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.unit.house.conftest import COLOUR, REFUND
from tests.unit.house.test_docs_commands import PROGRAM, ROOT, STOP, spread, typed

ELSEWHERE = {
    "run": "wire/test_first_hour_page.py",
    "login": "wire/test_first_hour_page.py",
    "once": "wire/test_once.py",
    "work": "unit/house/test_manual.py",
}
"""Commands that need servers, go on until they are stopped, or are the desk's own (`work`); where they are played."""

STANDS_FOR = {
    "FILE": "mails/1.eml",
    "FILE…": "mails/1.eml",
    "PATH…": "mails/1.eml",
    "some.eml": "mails/1.eml",
    "box": "mails",
    "mails/market.eml": "mails/2.eml",
    "N": "1",
    "7": "1",
    "MESSAGE": "1",
    "ADDRESS": "ada@customer.example",
    "WORDS": "charged",
    "KEY": "smtp.port",
    "LANG": "nl-BE",
    "draft": "rules",
}

REFUSED = {
    ("outbox", "retry", "1"): "no mail 1 is waiting",
    ("outbox", "drop", "1"): "no mail 1 is waiting",
    ("quarantine", "show", "1"): "no mail 1 is put aside",
    ("quarantine", "retry", "1"): "no mail 1 is put aside",
    ("ticket", "ham", "1"): "isn't in the spam heap",
    ("ticket", "split", "1", "1"): "no mail “1” in this ticket",
    ("oncall", "--test"): "there is no rota",
    ("rules", "learn"): "it takes 20",
    ("templates", "preview", "ack", "--lang", "fi"): "not complete in fi",
}
"""What this desk has none of, and is told in one line."""

COMMANDS = sorted({STOP.split(one)[0].strip() for _, command in typed() for one in spread(command)})


@pytest.fixture
def house(site, tmp_path, monkeypatch):
    """The desk of the other tests, with few rules; two mails lie beside it, and the shell stands in its folder."""
    shutil.rmtree(site / "rules")
    (site / "rules").mkdir()
    shutil.copy(ROOT / "tests" / "wire" / "few_rules.toml", site / "rules")
    (site / "storage").mkdir()
    (site / "storage" / "secret").write_text("ab" * 32, "utf-8")
    (site / "mails").mkdir()
    for number, words in enumerate((REFUND, COLOUR), 1):
        mail = f"From: Ada <ada@customer.example>\nTo: support@harbour.example\nSubject: Hello\n\n{words}\n"
        (site / "mails" / f"{number}.eml").write_text(mail, "utf-8")
    monkeypatch.chdir(site)
    monkeypatch.setenv("HARBOUR_PASSWORD", "what-opens-the-mailbox")
    monkeypatch.setenv("MAILBOT_SMTP_PASSWORD", "what-opens-the-mailbox")
    return site


def words_of(command: str, site: Path) -> list[str]:
    """What the shell would hand over, with this desk's values."""
    words = shlex.split(re.sub(r" \\\| TICKET$", "", command))[1:]
    new = dict.fromkeys(("DIR", "look", "desk", "/srv/desk"), str(site.parent / "new"))
    found = [
        str(site) if before == "--site" else new.get(word, STANDS_FOR.get(word, word))
        for before, word in zip(["", *words], words, strict=False)
    ]
    return [word for word in found if word not in {"…", "--open"}]


def only_named(words: list[str]) -> bool:
    """Whether a page only names the command, without what it needs."""
    found = PROGRAM
    for word in words:
        found = getattr(found, "commands", {}).get(word)
        if found is None:
            return False
    return True


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_a_page_runs(call, house, command):
    words = words_of(command, house)
    if words[0] in ELSEWHERE:
        assert words[0] in (ROOT / "tests" / ELSEWHERE[words[0]]).read_text("utf-8")
        return
    if words[0] == "check" and "--offline" not in words:
        words.append("--offline")  # with servers: wire/test_check.py
    code, out, err = call(*words)
    if refused := REFUSED.get(tuple(words)):
        assert code != 0, (out, err)
        assert refused in err
        return
    if code == 2 and only_named(words):
        code, out, err = call(*words, "--help")
    assert code == 0, (out, err)
    assert out or err


def test_the_commands_of_the_pages_are_found():
    assert len(COMMANDS) > 60
    assert {shlex.split(command)[1] for command in COMMANDS} > {
        "check",
        "rules",
        "templates",
        "ticket",
        "outbox",
        "find",
    }
