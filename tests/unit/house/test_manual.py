"""The manual page and the completion say what the command line has: all of it, for programs that read them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from mailbot import __version__
from mailbot.cli.main import app
from mailbot.cli.manual import manual

ROOT = Path(__file__).parents[3]


def commands(group, path="mailbot"):
    for name, command in group.commands.items():
        if command.hidden:
            continue
        if hasattr(command, "commands"):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


COMMANDS = dict(commands(get_command(app)))


def plain(page):
    r"""The text of a page, without what roff needs: `\fB\-\-site\fR` is `--site`."""
    said = re.sub(r"\\f[BIR]", "", page).replace("\\-", "-").replace("\\(ga", "`").replace("\\(aq", "'")
    return re.sub(r"\\\[u([0-9A-F]{4,6})\]", lambda found: chr(int(found[1], 16)), said).replace("\\e", "\\")


def sections(page):
    """The text below each command's head, by its name without arguments."""
    found = {}
    for part in plain(page).partition(".SH COMMANDS\n")[2].partition(".SH EXIT STATUS")[0].split(".SS ")[1:]:
        head, _, body = part.partition("\n")
        name = re.match(r"[a-z -]+[a-z](?= |$)", head)
        found[name[0]] = f"{head}\n{body}"
    return found


def test_every_command_is_in_the_manual_with_all_its_options_and_arguments():
    told = sections(manual(app))
    assert list(told) == list(COMMANDS)
    for name, command in COMMANDS.items():
        first = " ".join(command.help.split("\n\n")[0].split())
        assert first in " ".join(told[name].split()), name
        for one in command.params:
            words = one.opts if one.param_type_name == "option" else [one.metavar or one.name.upper()]
            assert all(word in told[name] for word in words), (name, words)
            assert not one.help or " ".join(one.help.split()) in " ".join(told[name].split())


def test_what_is_not_for_people_is_not_in_the_manual():
    assert get_command(app).commands["work"].hidden
    assert "mailbot work" not in plain(manual(app))


def test_the_manual_says_its_version_and_how_commands_end():
    page = plain(manual(app))
    assert page.startswith(f'.TH MAILBOT 1 "" "mailbot {__version__}"')
    for head in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "FILES", "ENVIRONMENT"):
        assert f".SH {head}\n" in page
    assert manual(app).isascii()


def test_no_line_of_text_is_taken_for_a_request():
    known = {"TH", "SH", "SS", "TP", "PP", "B", "br"}
    assert {line[1:].split()[0] for line in manual(app).splitlines() if line.startswith(".")} == known
    assert not [line for line in manual(app).splitlines() if line.startswith("'")]


@pytest.mark.slow
@pytest.mark.parametrize("reads", [["groff", "-man", "-ww", "-Tutf8", "-z"], ["mandoc", "-T", "lint", "-W", "warning"]])
def test_programs_that_read_manuals_warn_of_nothing(tmp_path, reads):
    if shutil.which(reads[0]) is None:
        pytest.skip(f"{reads[0]} is not installed")
    page = tmp_path / "mailbot.1"
    page.write_text(manual(app))
    done = subprocess.run([*reads, page], capture_output=True, text=True, check=False)
    said = [line for line in (done.stdout + done.stderr).splitlines() if "missing date" not in line]
    assert said == []


@pytest.mark.slow
def test_a_person_can_read_it(tmp_path):
    if shutil.which("man") is None:
        pytest.skip("man is not installed")
    page = tmp_path / "mailbot.1"
    page.write_text(manual(app))
    read = subprocess.run(
        ["man", "-l", "--warnings=w", page],
        env={**os.environ, "MANWIDTH": "100", "LC_ALL": "C.UTF-8", "MANPAGER": "cat", "MAN_KEEP_FORMATTING": ""},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert read.stderr == ""
    assert re.search(r"mailbot ticket split N MESSAGE", re.sub(r"\x1b\[[0-9;]*m|.\x08", "", read.stdout))


# --- completion -------------------------------------------------------------------------------------------------------

BASH = 'source {script}; COMP_WORDS=({words}); COMP_CWORD={last}; _mailbot_completion mailbot; printf "%s\\n" "${{COMPREPLY[@]}}"'
ZSH = """
autoload -U compinit; compinit -u -d {folder}/dump
compadd() {{ :; }}
_arguments() {{ print -r -- "$@" | grep -oE '"[a-z-]+":' }}
source {script}
words=({words}); CURRENT=$#words
_mailbot_completion
"""
FISH = 'source {script}; complete -C "{line}"'


def completed(shell, words, folder):
    """What the shell proposes after these words, by the script that is printed for it."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    program = folder / "mailbot"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m mailbot "$@"\n')
    program.chmod(0o755)
    env = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "HOME": str(folder)}
    script = folder / f"completion.{shell}"
    with script.open("w") as file:
        subprocess.run([program, "completion", shell], env=env, stdout=file, check=True)
    line = " ".join(words)
    asked = {"bash": BASH, "zsh": ZSH, "fish": FISH}[shell].format(
        script=script, folder=folder, words=" ".join(f"'{word}'" for word in words), last=len(words) - 1, line=line
    )
    done = subprocess.run([shell, "-c", asked], env=env, cwd=folder, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return {re.split(r"[\t:]", line)[0].strip('"') for line in done.stdout.splitlines() if line}


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands_and_options(shell, tmp_path):
    assert completed(shell, ["mailbot", "ticket", ""], tmp_path) == {"list", "show", "files", "split", "ham"}
    assert completed(shell, ["mailbot", "ru"], tmp_path) == {"run", "rules"}
    assert {"--offline", "--json", "--site"} <= completed(shell, ["mailbot", "check", "--"], tmp_path)


def test_a_script_is_for_the_shell_that_was_asked_for(capsys):
    for shell, first in (
        ("zsh", "#compdef mailbot"),
        ("bash", "_mailbot_completion() {"),
        ("fish", "complete --command"),
    ):
        app(["completion", shell], standalone_mode=False)
        assert capsys.readouterr().out.startswith(first)
