"""`mailbot rules`: what an admin does between editing a rule file and relying on it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from mailbot.app.rules import Backtest
    from mailbot.core.rules.backtest import Matrix, Verdict

rules_app = typer.Typer(
    no_args_is_help=True, help="Check, test and explain rules, and try them on mail.", rich_markup_mode=None
)

Site = Annotated[
    Path | None,
    typer.Option(
        "--site", metavar="DIR", help="The desk's folder. [default: this folder if it is a desk, else what ships]"
    ),
]
Rules = Annotated[
    Path | None, typer.Option("--rules", metavar="DIR", help="Use the rules in this folder. [default: the desk's]")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]
_MOST_SHOWN = 50
_MANY = 100


@rules_app.command()
def check(site: Site = None, rules: Rules = None, as_json: AsJson = False) -> None:
    """Report everything that is wrong with the rules, with file, line and column; exit 2 if anything is."""
    from mailbot.app import rules as app_rules
    from mailbot.cli import output

    count, articles, problems = app_rules.check_rules(maybe(site), rules)
    if as_json:
        output.put_json({"ok": not problems, "rules": count, "articles": articles, "problems": problems})
    else:
        for problem in problems:
            output.put(str(problem))
        good = f"{count} rules and {articles} articles, nothing wrong"
        output.say(f"{len(problems)} wrong" if problems else good)
    raise typer.Exit(2 if problems else 0)


@rules_app.command("test")
def run_tests(site: Site = None, rules: Rules = None, as_json: AsJson = False) -> None:
    """Run the tests beside the rules and those in rules/tests; exit 1 if one fails."""
    from mailbot.app import rules as app_rules
    from mailbot.cli import output

    count, problems = app_rules.try_rules(maybe(site), rules)
    if as_json:
        output.put_json({"ok": not problems, "tests": count, "failed": len(problems), "problems": problems})
    else:
        for problem in problems:
            output.put(str(problem))
        output.say(f"{len(problems)} of {count} tests failed" if problems else f"{count} tests passed")
    raise typer.Exit(1 if problems else 0)


@rules_app.command()
def explain(
    target: Annotated[str, typer.Argument(metavar="FILE|TICKET", help="A mail as a file, or a ticket's number.")],
    site: Site = None,
    rules: Rules = None,
    as_json: AsJson = False,
) -> None:
    """Explain a mail's priority: every rule that hit, with its place and words; the near misses; the sum."""
    from mailbot.app import rules as app_rules
    from mailbot.cli import output

    found = app_rules.explain_rules(target, maybe(site), rules)
    if as_json:
        output.put_json({key: value for key, value in found.items() if key != "lines"})
        return
    output.put(f"{found['target']}  {output.one_line(found['subject'], 100)}")
    zone = _zone(site)
    for line in found["lines"]:
        output.put(f"  {output.said(line, zone)}")


@rules_app.command()
def backtest(
    site: Site = None,
    rules: Rules = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="30d", help="How far back to look. [default: all mails]")
    ] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option("--against", metavar="MBOX|DIR", exists=True, help="Use these mails instead of the stored ones."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what edited rules would have changed.

    With --rules, compares those rules with the desk's own. Without, compares the desk's rules as they are now with what
    was decided when each mail came, or with the rules that ship for mails given by --against. Nothing is stored or sent.
    """
    from mailbot.app import rules as app_rules
    from mailbot.cli import output
    from mailbot.core.rules.backtest import Matrix

    length = _length(since)
    found = app_rules.backtest(maybe(site), rules, since=length, against=against or [])
    matrix, changed = Matrix(), list["Verdict"]()
    start = time.perf_counter()
    for verdict in _with_progress(found):
        matrix.count(verdict)
        if not verdict.changed:
            continue
        if as_json:
            output.put_json(verdict)
        else:
            changed.append(verdict)
    seconds = time.perf_counter() - start
    rate = round(matrix.mails / seconds) if seconds else 0
    if as_json:
        counted = {"mails": matrix.mails, "changed": matrix.changed, "urgency_changed": matrix.urgency_changed}
        speed = {"seconds": round(seconds, 3), "mails_per_second": rate}
        output.put_json({"old": found.old, "new": found.new, **counted, "matrix": matrix.rows(), **speed})
        return
    _show(found, matrix, changed)
    told = f", {rate} a second" if matrix.mails >= _MANY else ""  # of a few, only the start would be measured
    output.say(f"{matrix.mails} mails in {seconds:.1f} s{told}")


@rules_app.command()
def coverage(
    site: Annotated[
        Path, typer.Option("--site", metavar="DIR", help="The desk's folder, which holds config.toml.")
    ] = Path(),
    since: Annotated[str, typer.Option("--since", metavar="TIME", help="How far back, such as 30d.")] = "30d",
    as_json: AsJson = False,
) -> None:
    """Say how much of the mail a rule carried, which rule, how much was unsure, and how often agents set it otherwise.

    Each mail counts as it was weighed when it came.
    """
    from mailbot.cli.rule_coverage import show

    length = _length(since)
    assert length is not None
    show(site, length, as_json=as_json)


@rules_app.command()
def learn(
    site: Site = None,
    rules: Rules = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="180d", help="How far back to look. [default: all tickets]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Propose rules from the priorities that agents set by hand.

    Prints each with what it would gain on tickets that were kept aside; nothing is ever applied by itself.
    """
    from mailbot.app import learn
    from mailbot.cli import output

    found = learn.learn(maybe(site), rules, since=_length(since))
    if as_json:
        output.put_json({key: value for key, value in found.items() if key != "toml"})
        return
    output.put(found["toml"].rstrip("\n"))
    output.say(found["said"])


def _show(found: Backtest, matrix: Matrix, changed: list[Verdict]) -> None:
    from mailbot.adapters.letters.reason_words import shown_reason
    from mailbot.cli import output
    from mailbot.core.rules.backtest import LEVELS

    output.put(f"old: {found.old}")
    output.put(f"new: {found.new}")
    output.put("")
    width = max(3, len(str(max(matrix.cells.values(), default=0))))
    output.put("  old \\ new  " + " ".join(f"{level:>{width}}" for level in LEVELS))
    for level, row in zip(LEVELS, matrix.rows(), strict=True):
        output.put(f"{level:>11}  " + " ".join(f"{count or '·':>{width}}" for count in row))
    output.put("")
    output.put(
        f"{matrix.changed} of {matrix.mails} mails would get another priority, {matrix.urgency_changed} another urgency"
    )
    for verdict in changed[:_MOST_SHOWN]:
        urgency = f", urgency {verdict.old_urgency} → {verdict.new_urgency}"
        same = verdict.old_urgency == verdict.new_urgency
        output.put("")
        output.put(
            f"{verdict.mail}  {verdict.old} → {verdict.new}{'' if same else urgency}  "
            f"{output.one_line(verdict.subject, 80)}"
        )
        output.put(f"  old  {shown_reason(verdict.old_why or '')}")
        output.put(f"  new  {shown_reason(verdict.new_why)}")
        if verdict.came or verdict.went:
            signs = [*(f"+{name}" for name in verdict.came), *(f"-{name}" for name in verdict.went)]
            output.put(f"  hits {' '.join(signs)}")
    if len(changed) > _MOST_SHOWN:
        output.put(f"\n… and {len(changed) - _MOST_SHOWN} more; --json has them all")


def _with_progress(found: Backtest) -> Iterator[Verdict]:
    """The verdicts, with a bar on stderr where that is a terminal."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(
        found.verdicts,
        description="weighing",
        total=found.total,
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _length(text: str | None) -> timedelta | None:
    from mailbot.config.durations import parse_duration
    from mailbot.errors import ConfigError

    if text is None:
        return None
    try:
        return parse_duration(text)
    except ValueError as error:
        raise ConfigError([f"--since: {error}"]) from None


def _zone(site: Path | None) -> tzinfo:
    from datetime import UTC

    where = maybe(site)
    if where is None:
        return UTC
    from mailbot.config import load_config

    return load_config(where).desk.timezone


def maybe(site: Path | None) -> Path | None:
    """The site asked for, else the current directory if it is one, else none: what ships will do."""
    if site is not None:
        return site.absolute()
    return Path.cwd() if Path("config.toml").is_file() else None
