"""The `mailbot` command: reads arguments, calls the one thing that does the work, shows what came of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, cast

import typer

from mailbot import __version__
from mailbot.cli.check import check
from mailbot.cli.config import config_app
from mailbot.cli.customer import customer_app
from mailbot.cli.find import find
from mailbot.cli.init import init
from mailbot.cli.login import login
from mailbot.cli.manual import add_manual, ready_for_completion
from mailbot.cli.oncall import oncall
from mailbot.cli.outbox import outbox_app
from mailbot.cli.promises import promises_app
from mailbot.cli.quarantine import quarantine_app
from mailbot.cli.rules import rules_app
from mailbot.cli.templates import templates_app
from mailbot.cli.ticket import ticket_app
from mailbot.errors import ConfigError, MailbotError

if TYPE_CHECKING:
    from mailbot.config import Config

app = typer.Typer(
    name="mailbot",
    help="A support desk that lives in email and keeps its word.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(ticket_app, name="ticket")
app.add_typer(config_app, name="config")
app.add_typer(customer_app, name="customer")
app.command("init")(init)
app.command("check")(check)
app.command("find")(find)
app.command("login")(login)
app.command("oncall")(oncall)
app.add_typer(outbox_app, name="outbox")
app.add_typer(promises_app, name="promises")
app.add_typer(quarantine_app, name="quarantine")
app.add_typer(rules_app, name="rules")
app.add_typer(templates_app, name="templates")

Site = Annotated[Path, typer.Option("--site", metavar="DIR", help="The desk's folder, which holds config.toml.")]
MaybeSite = Annotated[
    Path | None,
    typer.Option("--site", metavar="DIR", help="Use the config, rules and letters of this desk. [default: what ships]"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]
Limit = Annotated[int, typer.Option("--limit", metavar="N", min=1, help="Show at most N.")]
Files = Annotated[list[Path], typer.Argument(metavar="FILE...", exists=True, help="Mails as .eml files.")]
Paths = Annotated[
    list[Path], typer.Argument(metavar="PATH...", exists=True, help="Mails, folders of mails, or mbox files.")
]

HERE = Path()


def main() -> None:
    """Run the command. Exit 0: done; 1: it failed and one line says why; 2: the config or the call is wrong."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    ready_for_completion()
    try:
        app(prog_name="mailbot")
    except ConfigError as error:
        _complain(error.problems)
        sys.exit(2)
    except MailbotError as error:
        _complain([f"{error}{' (trying again later may help)' if error.temporary else ''}"])
        sys.exit(1)
    except BrokenPipeError:
        # whoever read our output has seen enough; keep Python from complaining about it at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _complain(problems: list[str]) -> None:
    from mailbot.cli import output

    for problem in problems:
        output.say(problem)


def _version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"mailbot {__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """A support desk that lives in email and keeps its word."""


@app.command()
def run(site: Site = HERE) -> None:
    """Run the desk until SIGTERM or Ctrl-C."""
    _without_rich()
    config = _ready(site)
    from mailbot.app import desk

    raise typer.Exit(desk.run_daemon(config, config.site))


@app.command(hidden=True)
def work(orders: Annotated[int, typer.Option("--orders", min=3)], site: Site = HERE) -> None:
    """Fork the processes that decide mail. A running desk starts this by itself."""
    _without_rich()
    config = _ready(site)
    from mailbot.app.worker_parent import run_parent

    run_parent(config, orders)


@app.command()
def once(site: Site = HERE) -> None:
    """Take in the mail that is there, send what is due, and exit."""
    config = _ready(site)
    from mailbot.app import desk

    raise typer.Exit(desk.run_once(config, config.site))


@app.command()
def migrate(site: Site = HERE) -> None:
    """Upgrade the database to this version. `run` does so by itself."""
    from mailbot.adapters.store.migrations import migrate as bring_up_to_date
    from mailbot.cli import output
    from mailbot.config import load_config

    bring_up_to_date(load_config(site).database_url)
    output.say("the database is up to date")


@app.command()
def demo(
    serve: Annotated[
        bool, typer.Option("--serve", help="Keep the servers up, so that you can write to the desk.")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Leave every mail there as .eml.")] = None,
    speed: Annotated[float | None, typer.Option("--speed", min=1, help="Desk seconds per real second.")] = None,
) -> None:
    """Play two days at a desk in about a minute.

    Runs the real daemon over real sockets, against mail servers of its own.
    """
    try:
        from mailbot.demo.story import run_demo
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in {"pymap", "aiosmtpd", "cryptography", "proxyprotocol"}:
            raise ConfigError(["the demo brings its own mail servers: pip install 'mailbot-desk[demo]'"]) from None
        raise
    raise typer.Exit(run_demo(out, serve, speed))


@app.command()
def explain(files: Files, as_json: AsJson = False, site: MaybeSite = None) -> None:
    """Say what the desk would make of each mail, and why.

    Nothing is stored and nothing is sent.
    """
    from mailbot.app.dry_run import explain_files
    from mailbot.cli import output

    for found in explain_files(files, _maybe(site)):
        output.put_json(found) if as_json else output.explanation(found)


@app.command()
def replay(paths: Paths, as_json: AsJson = False, site: MaybeSite = None) -> None:
    """Say which ticket each mail would join.

    The mails go through a desk that is thrown away afterwards; nothing is sent.
    """
    from mailbot.app.dry_run import replay_files
    from mailbot.cli import output

    for found in replay_files(paths, _maybe(site)):
        output.put_json(found) if as_json else output.joined(found)


add_manual(app)


def _ready(site: Path) -> Config:
    """The config, with every password there; raises ConfigError otherwise."""
    from mailbot.config import load_config, password_problems

    config = load_config(site)
    if problems := password_problems(config):
        raise ConfigError(problems)
    return config


def _maybe(site: Path | None) -> Path | None:
    """The site asked for, else the current directory if it is one, else none: what ships will do."""
    if site is not None:
        return site.absolute()
    return Path.cwd() if Path("config.toml").is_file() else None


def _without_rich() -> None:
    """Let structlog not load Rich, where it is there, for tracebacks that a desk never prints: it would stay in memory."""
    sys.modules.setdefault("rich", cast(ModuleType, None))
