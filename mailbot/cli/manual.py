"""`mailbot man` and `mailbot completion`: the manual page and the shells' completion, both made of the command line itself."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from enum import StrEnum
from io import StringIO
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailbot import __version__

if TYPE_CHECKING:
    from typer.main import Typer

COMPLETE = "_MAILBOT_COMPLETE"
"""The variable by which a shell asks for what may come next, by the convention of Click and Typer."""

_AFTER = (
    (
        "EXIT STATUS",
        (
            ("0", "Done."),
            ("1", "It failed, and one line says why."),
            ("2", "The config or the call is wrong. A service need not be started again before that is mended."),
        ),
    ),
    (
        "FILES",
        (
            ("config.toml", "The config of a desk. config.example.toml explains every key."),
            ("rules/", "What a mail weighs."),
            ("templates/", "The letters and notices, by language."),
            ("storage/secret", "Signs every reply address: keep one copy in a safe place."),
            ("storage/desk.db", "The database, unless the config names another one."),
        ),
    ),
    (
        "ENVIRONMENT",
        (
            ("CREDENTIALS_DIRECTORY", "Where systemd puts the files of LoadCredential=; may stand in password_file."),
            ("SSL_CERT_FILE", "Certificates to trust at a token endpoint, instead of the system's."),
            ("NO_COLOR", "Set to anything: no colours on a terminal."),
        ),
    ),
)
_MAN = """Print the manual page.

\b
To read it: mailbot man | man -l -
To install it: mailbot man > /usr/local/share/man/man1/mailbot.1
"""
_COMPLETION = """Print what a shell needs to complete commands and options.

\b
For bash: mailbot completion bash > /etc/bash_completion.d/mailbot
For zsh: mailbot completion zsh > "${fpath[1]}/_mailbot"
For fish: mailbot completion fish > ~/.config/fish/completions/mailbot.fish
"""
_WHAT = (
    "Customers write to a support address, agents answer from the mail client they already use, and every time that a"
    " customer is told is a promise that is kept, covered by an honest letter, or owned up to as late."
)
_WHERE = (
    "A desk is a folder with a config, rules, letters and a store. Commands act on the desk in the current folder, or on"
    " the one that --site names."
)
_NOTE = "Variables that password_env, client_secret_env or url_env name in the config are read as well."


class Shell(StrEnum):
    """The shells whose completion is known."""

    bash = "bash"
    zsh = "zsh"
    fish = "fish"


def add_manual(app: Typer) -> None:
    """Give the program its two commands that tell about all of them."""

    @app.command(help=_MAN)
    def man() -> None:
        sys.stdout.write(manual(app))

    @app.command(help=_COMPLETION)
    def completion(
        shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="Your shell: bash, zsh or fish.")],
    ) -> None:
        from typer.completion import shell_complete

        _know_shells()
        with redirect_stdout(StringIO()) as told:
            shell_complete(_command(app), {}, "mailbot", COMPLETE, f"source_{shell.value}")
        sys.stdout.write(told.getvalue().strip() + "\n")  # zsh looks for its mark in the first line only


def ready_for_completion() -> None:
    """Where a shell asks what may come next, let Typer know how each shell wants it told; else nothing."""
    if COMPLETE in os.environ:
        _know_shells()


def _know_shells() -> None:
    from typer.completion import get_completion_inspect_parameters

    get_completion_inspect_parameters()  # makes the shells known, also without options of its own on the command line


def _command(app: Typer) -> Any:
    from typer.main import get_command

    return get_command(app)


def manual(app: Typer) -> str:
    """The manual page of the whole program, in roff with the `man` macros, ASCII only."""
    top = _command(app)
    lines = [
        f'.TH MAILBOT 1 "" "mailbot {__version__}" "User Commands"',
        ".SH NAME",
        f"mailbot \\- {_roff(_first_down(str(top.help)))}",
        ".SH SYNOPSIS",
        ".B mailbot",
        "[\\fIOPTION\\fR] \\fICOMMAND\\fR [\\fIARGUMENT\\fR]...",
        ".SH DESCRIPTION",
        _line(_WHAT),
        ".PP",
        _line(_WHERE),
        ".SH OPTIONS",
        *_options(top),
        ".TP",
        "\\fB\\-\\-help\\fR",
        "Show the help of the program, or of the command before it, and exit.",
        ".SH COMMANDS",
    ]
    for path, command in _commands(top, "mailbot"):
        lines += _section(path, command)
    for head, pairs in _AFTER:
        lines.append(f".SH {head}")
        for term, words in pairs:
            lines += [".TP", f"\\fB{_roff(term)}\\fR", _line(words)]
    lines += [".PP", _line(_NOTE)]
    return "\n".join(lines) + "\n"


def _commands(group: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Each command that is shown, by its whole name, in the order of the help."""
    for name, command in group.commands.items():
        if command.hidden:
            continue
        whole = f"{path} {name}"
        if hasattr(command, "commands"):
            yield from _commands(command, whole)
        else:
            yield whole, command


def _section(path: str, command: Any) -> list[str]:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    words = " ".join(f"\\fI{_roff(_metavar(one))}\\fR" for one in arguments)
    lines = [f".SS {_roff(path)} {words}".rstrip(), *_paragraphs(command.help or "")]
    for one in arguments:
        if said := getattr(one, "help", None):
            lines += [".TP", f"\\fI{_roff(_metavar(one))}\\fR", _line(said)]
    return lines + _options(command)


def _options(command: Any) -> list[str]:
    lines = []
    for one in command.params:
        if one.param_type_name != "option" or one.hidden:
            continue
        names = ", ".join(f"\\fB{_roff(name)}\\fR" for name in (*one.opts, *one.secondary_opts))
        value = "" if one.is_flag else f" \\fI{_roff(_metavar(one))}\\fR"
        lines += [".TP", f"{names}{value}", _line(one.help or "")]
    return lines


def _metavar(param: Any) -> str:
    return str(param.metavar or param.name.upper())


def _paragraphs(text: str) -> list[str]:
    """Help as roff: blank lines part paragraphs; one that begins with a backspace keeps its lines, as Click has it."""
    lines: list[str] = []
    for nth, paragraph in enumerate(re.split(r"\n\s*\n", text.strip())):
        lines += [".PP"] if nth else []
        each = [line.strip() for line in paragraph.splitlines()]
        if each[0] == "\b":
            lines += [_line(each[1]), *(part for line in each[2:] for part in (".br", _line(line)))]
        else:
            lines.append(_line(" ".join(each)))
    return lines


def _line(words: str) -> str:
    """A line of text that begins none of roff's requests."""
    said = _roff(words)
    return f"\\&{said}" if said.startswith((".", "'")) else said


def _roff(words: str) -> str:
    r"""Text whose characters stand for themselves: `\-` is the hyphen that can be copied, the rest by code point."""
    told = words.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga").replace("'", "\\(aq")
    return "".join(each if each.isascii() else f"\\[u{ord(each):04X}]" for each in told)


def _first_down(words: str) -> str:
    """A sentence as what follows the name of a program: without a capital and a full stop."""
    return words[:1].lower() + words[1:].rstrip(".")
