"""`mailbot ticket ham`: a ticket leaves the spam heap."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Site = Annotated[Path, typer.Option("--site", metavar="DIR", help="The desk's folder, which holds config.toml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]


def ticket_ham(
    number: Annotated[int, typer.Argument(metavar="N", min=1, help="The ticket's number.")],
    site: Site = Path(),
    as_json: AsJson = False,
) -> None:
    """Take a ticket out of the spam heap: its customer hears from the desk like anybody else, counted from now."""
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
        silent = f"; the desk writes no letter there by itself: {clean(str(found.mute.reason))}" if found.mute else ""
        output.put(f"#{number} is not spam{silent}")
