"""`mailbot ticket split`: a mail that joined somebody else's ticket becomes one of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Site = Annotated[Path, typer.Option("--site", metavar="DIR", help="The desk's folder, which holds config.toml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]


def ticket_split(
    number: Annotated[int, typer.Argument(metavar="N", min=1, help="The ticket that the mail is in.")],
    message: Annotated[
        str,
        typer.Argument(metavar="MESSAGE", help="The mail's id in the notice or in ticket show, or its Message-ID."),
    ],
    site: Site = Path(),
    as_json: AsJson = False,
) -> None:
    """Make one mail of a ticket a ticket of its own.

    The mail takes its files along, and is treated as if it had just come in as a new matter: its sender becomes the
    customer, gets the acknowledgment, and is told when they will hear from a person; the agents get the notice. All else
    stays in the old ticket. The two tickets are never merged again.
    """
    from mailbot.app.split import split_ticket
    from mailbot.cli import output
    from mailbot.config import load_config
    from mailbot.core.model.reason import Reason

    config = load_config(site)
    done = split_ticket(config, number, message)
    if isinstance(done, Reason):
        output.say(str(done))
        raise typer.Exit(1)
    if as_json:
        output.put_json(done)
        return
    zone = config.desk.timezone
    output.put(f"#{done.ticket}  {output.one_line(done.subject)}")
    output.pairs(
        [
            ("customer", done.customer),
            ("priority", done.priority),
            ("split from", f"#{done.source}, mail {done.message}"),
            ("letter", done.letter or "none"),
            ("silent", done.mute.reason if done.mute is not None else None),
            ("word due", output.moment(done.due, zone) if done.due is not None else None),
        ]
    )
