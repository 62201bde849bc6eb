"""The sessions in docs/admin.md and docs/rules.md, played: each output shown there is the actual one."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from mailbot.adapters.letters.reason_words import shown_reason
from mailbot.adapters.rulefiles.load import load_rules
from mailbot.app.live import open_live
from mailbot.config import load_config
from mailbot.core.model.facts import Facts
from mailbot.core.rules.account import account

ROOT = Path(__file__).parents[3]
SESSIONS = {  # from which heading to which
    "admin": ("### A session on the terminal", "### How a priority comes about"),
    "rules": ("## Day one", "## The commands"),
}
MAILS = Path(__file__).parent / "session"
pytestmark = pytest.mark.slow  # a dozen commands, each of which starts Python anew
_BLOCK = re.compile(r"^```(console|json)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^\$ (?:(.*<<'END'\n(?:.*\n)*?END)|(.*))\n", re.MULTILINE)


def page_of(name):
    return ROOT / "docs" / f"{name}.md"


def blocks(name, kind):
    """What is between fences of that kind in the session of that page."""
    page, (first, last) = page_of(name).read_text("utf-8"), SESSIONS[name]
    session = page[page.index(first) : page.index(last)]
    return [found for named, found in _BLOCK.findall(session) if named == kind]


def steps(name):
    """Every command of the session, and what it says there."""
    found = []
    for block in blocks(name, "console"):
        at = list(_COMMAND.finditer(block))
        for one, after in zip(at, [*at[1:], None], strict=True):
            found.append((one[1] or one[2], block[one.end() : after.start() if after else len(block)]))
    return found


def play(name, folder):
    """The folder after the session, and what each command said, paths and times made the same everywhere."""
    script = [f"mailbot() {{ '{sys.executable}' -m mailbot \"$@\"; }}", f"cd '{folder}'"]
    for number, (command, _) in enumerate(steps(name)):
        script += [f"printf '@@{number}\\n'", command]
        if command.startswith("cd "):
            script.append(f"mkdir mails && cp '{MAILS}'/*.eml mails/")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    done = subprocess.run(
        ["bash", "-s"],
        input="\n".join(script) + "\n",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env=environment,
        timeout=280,
    )
    said = re.split(r"^@@\d+\n", done.stdout, flags=re.MULTILINE)[1:]
    return folder / "desk", [same(each.replace(str(folder), "/srv")) for each in said]


def same(text):
    return re.sub(r"in \d+\.\d s", "in 0.4 s", text)


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    return play("admin", tmp_path_factory.mktemp("session"))


def compare(name, said):
    told = [(command, same(output)) for command, output in steps(name)]
    if os.environ.get("UPDATE_GOLDEN"):
        page = page_of(name).read_text("utf-8")
        for (command, before), now in zip(steps(name), said, strict=True):
            page = page.replace(f"$ {command}\n{before}", f"$ {command}\n{now}", 1)
        page_of(name).write_text(page, "utf-8")
        told = [(command, same(output)) for command, output in steps(name)]
    assert list(zip([c for c, _ in told], said, strict=True)) == told


def test_each_output_is_real(played):
    assert len(steps("admin")) > 10
    compare("admin", played[1])


def test_each_output_of_the_first_week_is_real(tmp_path):
    assert len(steps("rules")) > 10
    compare("rules", play("rules", tmp_path)[1])


def test_the_log_says_what_the_page_says(played, tmp_path):
    desk, _ = played
    site = tmp_path / "desk"
    shutil.copytree(desk, site)
    file = site / "rules" / "35-halo.toml"
    good = file.read_text("utf-8")
    file.unlink()
    live = open_live(load_config(site))
    logs = []
    for content in (good, good.replace("priority = 3", "priority = 2")):
        file.write_text(content, "utf-8")
        with capture_logs() as captured:
            asyncio.run(live._look([file.name], []))
        logs += captured
    told = [json.loads(block) for block in blocks("admin", "json")]
    for line in told:
        del line["timestamp"]
        line["log_level"] = line.pop("level")
    assert logs == told


def test_the_account_of_a_ticket_is_real():
    page, lines_of = (
        ROOT / "docs" / "rules.md",
        re.compile(r"^```\n(2, money: .*?)^mara set it", re.DOTALL | re.MULTILINE),
    )
    rules, _ = load_rules(ROOT / "rules")
    said = "I was charged twice for my order. Please refund it."
    lines = account(Facts(text=f"My order\n{said}", subject="My order", body=said, language="en"), rules)[1]
    now = [shown_reason(line) for line in lines]
    if os.environ.get("UPDATE_GOLDEN"):
        told = page.read_text("utf-8")
        page.write_text(told.replace(lines_of.search(told)[1], "".join(f"{line}\n" for line in now)), "utf-8")
    assert now == lines_of.search(page.read_text("utf-8"))[1].splitlines()
