"""`mailbot check`: what is wrong with a desk, and what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Site = Annotated[Path, typer.Option("--site", metavar="DIR", help="The desk's folder, which holds config.toml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]
_HERE = Path()


def check(
    site: Site = _HERE,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no server and no database.")] = False,
    no_mail: Annotated[bool, typer.Option("--no-mail", help="Log in, and send no mail.")] = False,
    wait: Annotated[
        int, typer.Option("--wait", metavar="SECONDS", min=1, help="Wait this long for the mail to come back.")
    ] = 60,
    as_json: AsJson = False,
) -> None:
    """Report everything that is wrong with a desk.

    Checks config, rules, letters, secret, passwords, files and disk. Unless --offline, opens the database, logs in,
    and sends each address of the desk a mail, which it takes away again: whether it comes back shows if plus addresses
    and aliases work, and what your server writes about senders. Exits with 2 if anything is wrong. What works, but is
    unwise, is a note.
    """
    from mailbot.app.check import check_site
    from mailbot.cli import output

    report = check_site(site, offline=offline, mail=not no_mail, seconds=wait)
    if as_json:
        output.put_json(
            {"ok": report.ok, "problems": report.problems, "warnings": report.warnings, "facts": report.facts}
        )
    else:
        for part, problems in report.problems.items():
            facts = "; ".join(report.facts.get(part, ()))
            told = f"{len(problems)} wrong" if problems else f"ok{f' ({facts})' if facts else ''}"
            output.put(f"{part:<10} {told}")
        for line in (*(p for each in report.problems.values() for p in each), *(f"note: {w}" for w in report.warnings)):
            output.say(line)
    raise typer.Exit(0 if report.ok else 2)
