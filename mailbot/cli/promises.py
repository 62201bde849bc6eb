"""`mailbot promises`: what was promised, what is due, what was broken, and how well the desk keeps its word."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailbot.errors import ConfigError

if TYPE_CHECKING:
    from datetime import datetime

    from mailbot.adapters.store.views.lists import DeskLists
    from mailbot.config import Config
    from mailbot.core.model.promise import Promise

promises_app = typer.Typer(
    invoke_without_command=True, help="Look at what was promised, and how it ended.", rich_markup_mode=None
)
Site = Annotated[Path, typer.Option("--site", metavar="DIR", help="The desk's folder, which holds config.toml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]
Limit = Annotated[int, typer.Option("--limit", metavar="N", min=1, help="Show at most N.")]
HERE = Path()


@promises_app.callback()
def _promises(
    context: typer.Context,
    site: Site = HERE,
    as_json: AsJson = False,
    everything: Annotated[bool, typer.Option("--all", help="Include promises that have ended.")] = False,
    limit: Limit = 100,
) -> None:
    """List open promises, the earliest due first."""
    if context.invoked_subcommand is not None:
        return
    from mailbot.core.model.promise import PromiseState

    config, lists, _ = _lists(site)
    _show(config, lists.promises(None if everything else PromiseState.OPEN, limit), as_json)


@promises_app.command("open")
def promises_open(site: Site = HERE, as_json: AsJson = False, limit: Limit = 100) -> None:
    """List open promises, the earliest due first."""
    config, lists, _ = _lists(site)
    _show(config, lists.promises(limit=limit), as_json)


@promises_app.command("due")
def promises_due(
    site: Site = HERE,
    as_json: AsJson = False,
    within: Annotated[str, typer.Option("--within", metavar="TIME", help="How soon, such as 2h or 1d.")] = "1d",
    limit: Limit = 100,
) -> None:
    """List open promises that are due soon."""
    from mailbot.config.durations import parse_duration

    try:
        length = parse_duration(within)
    except ValueError as problem:
        raise ConfigError([f"--within: {problem}"]) from None
    config, lists, now = _lists(site)
    _show(config, lists.reports.due(limit, before=now + length), as_json)


@promises_app.command("broken")
def promises_broken(
    site: Site = HERE,
    as_json: AsJson = False,
    since: Annotated[str, typer.Option("--since", metavar="TIME", help="How far back, such as 30d.")] = "30d",
    limit: Limit = 100,
) -> None:
    """List promises that no person kept in time (covered by the desk, or late), the latest first."""
    from mailbot.config.durations import parse_duration

    try:
        length = parse_duration(since)
    except ValueError as problem:
        raise ConfigError([f"--since: {problem}"]) from None
    config, lists, now = _lists(site)
    _show(config, lists.reports.broken(now - length, limit), as_json)


@promises_app.command("stats")
def promises_stats(
    site: Site = HERE,
    as_json: AsJson = False,
    since: Annotated[str, typer.Option("--since", metavar="TIME", help="How far back, such as 30d.")] = "30d",
) -> None:
    """Count the promises that were kept, covered by the desk, or late; and say how long the first word took."""
    from mailbot.cli import output
    from mailbot.config.durations import parse_duration

    try:
        length = parse_duration(since)
    except ValueError as problem:
        raise ConfigError([f"--since: {problem}"]) from None
    config, lists, now = _lists(site)
    names = {agent.id: agent.name for agent in config.agents}
    found = lists.reports.tallies(now - length)
    if as_json:
        for one in found:
            output.put_json(
                {
                    "of": one.what,
                    "which": one.which,
                    "kept": one.kept,
                    "covered": one.covered,
                    "late": one.late,
                    "ended": one.ended,
                    "first_word_median_seconds": one.first_median,
                    "first_word_p95_seconds": one.first_p95,
                }
            )
        return
    rows = [
        (
            _whose(one.what, names.get(one.which, one.which)),
            one.kept,
            one.covered,
            one.late,
            f"{100 * one.kept // one.ended} %" if one.ended else "",
            _length(one.first_median),
            _length(one.first_p95),
        )
        for one in found
    ]
    output.table(
        ("of", "kept", "covered", "late", "kept of all", "median", "95 of 100"), rows, "no promise ended in that time"
    )
    output.heap(lists.in_heap())
    if rows:
        output.say(
            f"since {output.moment(now - length, config.desk.timezone)}; the last two columns: how long the first word took"
        )


def _whose(what: str, which: str) -> str:
    if what == "all":
        return "all"
    return f"priority {which}" if what == "priority" else which


def _length(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"


def _show(config: Config, found: Sequence[Promise], as_json: bool) -> None:
    from mailbot.cli import output

    if as_json:
        for one in found:
            output.put_json(one)
    else:
        output.promises(found, config.desk.timezone)


def _lists(site: Path) -> tuple[Config, DeskLists, datetime]:
    from mailbot.adapters.clock import WallClock
    from mailbot.config import load_config

    config = load_config(site)
    from mailbot.app.views import open_lists

    return config, open_lists(config), WallClock().now()
