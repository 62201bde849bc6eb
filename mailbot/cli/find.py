"""`mailbot find`: tickets by the words of their mails."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailbot.core.model.found import SHOWN
from mailbot.errors import ConfigError

if TYPE_CHECKING:
    from datetime import tzinfo

    from mailbot.core.model.found import Found

Site = Annotated[Path, typer.Option("--site", metavar="DIR", help="The desk's folder, which holds config.toml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]


def find(
    words: Annotated[
        list[str], typer.Argument(metavar="WORDS...", help="Words, an address or its beginning, or '#7'.")
    ],
    site: Site = Path(),
    as_json: AsJson = False,
    spam: Annotated[bool, typer.Option("--spam", help="Look in the spam heap, and only there.")] = False,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=500, help="Show at most N.")] = SHOWN,
) -> None:
    """Find tickets by words, an address or a number.

    Open ones come first, then the newest. A mail must have all the words; a word of three letters or more also finds what begins with it. Case, accents and signs
    do not matter.
    """
    from mailbot.app.views import open_finding
    from mailbot.cli import output
    from mailbot.config import load_config
    from mailbot.core.model.found import Search

    config = load_config(site)
    found = open_finding(config).find(Search(words=" ".join(words), heap=spam, limit=limit))
    if found is None:
        raise ConfigError(
            ["there is no word to look for: mailbot find invoice march, mailbot find nora@, mailbot find '#7'"]
        )
    if as_json:
        for hit in found.hits:
            output.put_json(hit)
    else:
        _show(found, config.desk.timezone)


def _show(found: Found, zone: tzinfo) -> None:
    from mailbot.cli import output

    rows = [
        (
            f"#{hit.ticket.number}",
            hit.ticket.state.value,
            output.moment(hit.at, zone),
            hit.ticket.requester.address,
            hit.ticket.subject,
            hit.line,
        )
        for hit in found.hits
    ]
    output.table(("ticket", "state", "when", "customer", "subject", "found"), rows, "nothing was found")
    more = found.count - len(found.hits)
    if found.least:
        output.say("only the newest mails with these words were looked at: more words find older ones")
    elif more > 0:
        output.say(f"{more} more: --limit {min(500, found.count)} shows them, more words make it fewer")
    if found.unread:
        output.say(f"{found.unread} old mails cannot be found yet: the desk reads them in while it runs")
