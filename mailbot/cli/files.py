"""`mailbot ticket files`: the files that came with a ticket's mails, listed or saved."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailbot.errors import MailbotError

Site = Annotated[Path, typer.Option("--site", metavar="DIR", help="The desk's folder, which holds config.toml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]


def ticket_files(
    number: Annotated[int, typer.Argument(metavar="N", min=1, help="The ticket's number.")],
    site: Site = Path(),
    save: Annotated[
        Path | None, typer.Option("--save", metavar="DIR", help="Save them in this folder; nothing is overwritten.")
    ] = None,
    originals: Annotated[
        bool, typer.Option("--originals", help="Include the mails themselves, as .eml files.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the files that came with a ticket's mails, the oldest first, or save them."""
    from mailbot.app import files
    from mailbot.cli import output
    from mailbot.config import load_config

    config = load_config(site)
    try:
        found = files.ticket_files(config, number, save, originals=originals)
    except OSError as error:
        raise MailbotError(f"{error.filename or save}: {error.strerror}") from error
    if found is None:
        output.say(f"there is no ticket {number}")
        raise typer.Exit(1)
    if as_json:
        for each in found:
            output.put_json(each)
        return
    rows = [(each.name, output.size(each.size), each.sender, each.saved or "") for each in found]
    output.table(("file", "size", "from", "saved as" if save else ""), rows, f"ticket {number} has no files")
