"""What the pages tell people to type: each command is there with its options, and each config is one that a desk takes."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from mailbot.cli.main import app
from mailbot.config import load_config

ROOT = Path(__file__).parents[3]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")), ROOT / "config.example.toml"]
FENCE = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
SPAN = re.compile(r"`(mailbot [^`]+)`")
PROGRAM = get_command(app)
STOP = re.compile(r" [|>&;]+ ?| # ")
FLAGS = {"--help"}
AGENT = {"id": "mia", "name": "Mia Sand", "addresses": ["mia@your-company.example"]}


def typed():
    """Every command that a page shows, in a block or between backticks, with the page."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        if page.name == "CHANGELOG.md":
            text = text.partition("## [0.1.0]")[0]
        for _, language, body in FENCE.findall(text):
            if language in {"console", "sh", ""}:
                for line in re.sub(r"\\\n", " ", body).splitlines():
                    command = line.strip().removeprefix("$ ")
                    if (language != "console" or line.strip().startswith("$ ")) and command.startswith("mailbot "):
                        yield page.name, STOP.split(command)[0]
        for command in SPAN.findall(FENCE.sub("", text)):
            yield page.name, " ".join(command.split())


def wrong(command):
    """What of a command line the program does not know; None if all is well."""
    words = shlex.split(STOP.split(command)[0].replace("…", "X"), comments=True)[1:]
    found = PROGRAM
    while words and hasattr(found, "commands"):
        alternatives = words[0]
        if alternatives.startswith("-"):
            break
        if alternatives not in found.commands:
            return f"no command {alternatives}"
        found = found.commands[alternatives]
        words.pop(0)
    options = {name for one in found.params for name in (*one.opts, *one.secondary_opts)} | FLAGS
    unknown = [word for word in words if word.startswith("--") and word.partition("=")[0] not in options]
    return f"no option {unknown[0]}" if unknown else None


def spread(command):
    """`rules check | test` and `files N [--save DIR]` as the commands that they stand for."""
    plain = re.sub(r"[\[\]]", "", command)
    head, *others = re.split(r" \| (?=[a-z]+\b)", plain)
    if not others or any(other.startswith("man ") for other in others):
        return [plain]
    first = head.split()
    if len(first) < 3:
        return [head, *(f"mailbot {other}" for other in others)]
    return [head, *(" ".join([*first[:2], other]) for other in others)]


def test_every_command_that_a_page_shows_is_there_with_its_options():
    found = {(page, one): problem for page, command in typed() for one in spread(command) if (problem := wrong(one))}
    assert found == {}


def test_the_check_of_commands_finds_what_is_wrong():
    assert wrong("mailbot chekc --site DIR") == "no command chekc"
    assert wrong("mailbot check --sites DIR") == "no option --sites"
    assert wrong("mailbot outbox") is None
    assert len(list(typed())) > 100


def configs():
    """Each block of TOML in the pages for operators that is a whole desk but for its agents."""
    for page in PAGES:
        for nth, (_, language, body) in enumerate(FENCE.findall(page.read_text(encoding="utf-8"))):
            if language == "toml" and "[[inbox]]" in body and "[smtp]" in body:
                yield pytest.param(re.sub(r"^   ", "", body, flags=re.MULTILINE), id=f"{page.stem}-{nth}")


@pytest.mark.parametrize("body", [*configs()])
def test_a_config_that_a_page_shows_is_one_that_a_desk_takes(body, tmp_path):
    if "[[agent]]" not in body:
        body += f'\n[[agent]]\nid = "{AGENT["id"]}"\nname = "{AGENT["name"]}"\naddresses = {AGENT["addresses"]}\n'
    if "[desk]" not in body:
        body = f'[desk]\nname = "Your Company"\n\n{body}'
    elif "name" not in tomllib.loads(body)["desk"]:
        body = body.replace("[desk]\n", '[desk]\nname = "Your Company"\n', 1)
    (tmp_path / "config.toml").write_text(body, encoding="utf-8")
    assert load_config(tmp_path).inboxes
