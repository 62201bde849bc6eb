"""`mailbot ticket ham`: a ticket leaves the spam heap."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Site = Annotated[Path, typer.Option("--site", metavar="DIR", help="The desk's folder, with config.toml.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def ticket_ham(
    number: Annotated[int, typer.Argument(metavar="N", min=1, help="The ticket's number.")],
    site: Site = Path(),
    as_json: AsJson = False,
) -> None:
    """Take a ticket out of the spam heap: its customer hears from the desk like anybody else, and the time counts from now."""
    from mailbot.adapters.terminal import clean
    from mailbot.app import spam_heap
    from mailbot.cli import output
    from mailbot.config import load_config
    from mailbot.core.model.reason import Reason

    found = spam_heap.bring_back(load_config(site), number)
    if found is None or isinstance(found, Reason):
        output.say(f"there is no ticket {number}" if found is None else str(found))
        raise typer.Exit(1)
    if as_json:
        output.put_json(found)
    else:
        silent = f"; no letter goes there by itself: {clean(found.mute)}" if found.mute else ""
        output.put(f"#{number} is no spam{silent}")
