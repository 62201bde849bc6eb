"""`mailbot oncall`: who is called for an outage at night, and whether that works."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from mailbot.app.oncall import Turn

Site = Annotated[Path, typer.Option("--site", metavar="DIR", help="The desk's folder, which holds config.toml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]


def oncall(
    site: Site = Path(),
    test: Annotated[
        bool, typer.Option("--test", help="Call whoever is on call now, by the command or the webhook.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say who is called for an outage at night, now and next."""
    from mailbot.app import oncall as rota
    from mailbot.cli import output
    from mailbot.config import load_config, rota_problem

    config = load_config(site)
    turns = rota.turns(config)
    if not turns:
        output.say(
            "there is no rota: everybody whose ticket it is hears of an outage at any hour ([oncall] in config.toml)"
        )
        raise typer.Exit(1 if test else 0)
    if (idle := rota_problem(config)) is not None:
        output.say(idle)
    if test:
        _try(turns[0], site)
        return
    if as_json:
        for turn in turns:
            output.put_json(
                {
                    "begins": turn.begins.isoformat(),
                    "ends": turn.ends.isoformat(),
                    "steps": [[agent.id for agent in step] for step in turn.steps],
                }
            )
        return
    rows = [
        (when, f"{turn.begins.astimezone(turn.zone):%a %Y-%m-%d %H:%M}", *_in_words(turn))
        for when, turn in zip(("now", "next"), turns, strict=True)
    ]
    output.table(
        ("", "since", "first", f"then, after {_minutes(config.oncall.next_after.total_seconds())} each"), rows, ""
    )
    if not config.oncall.has_second_road:
        output.say("nobody is called beside their mail: oncall.command or oncall.webhook would do that")


def _in_words(turn: Turn) -> tuple[str, str]:
    names = [", ".join(agent.name for agent in step) for step in turn.steps]
    return names[0] if names else "", "; ".join(names[1:])


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:g} min" if seconds >= 60 else f"{seconds:g} s"


def _try(turn: Turn, site: Path) -> None:
    from mailbot.app.oncall import try_call
    from mailbot.cli import output
    from mailbot.config import load_config

    agent = turn.steps[0][0]
    called = try_call(load_config(site), agent)
    if called is None:
        output.say("there is no way to call anybody beside their mail: name oncall.command or oncall.webhook")
        raise typer.Exit(1)
    if not called.reached:
        output.say(f"{agent.name} was not called: {called.said}")
        raise typer.Exit(1)
    output.put(f"{agent.name} was called: {called.said}")
