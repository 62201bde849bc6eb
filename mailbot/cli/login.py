"""`mailbot login`: walks through the login of one inbox, or of the submission server, and tries it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailbot.errors import SignInDown, SignInRefused

if TYPE_CHECKING:
    from mailbot.adapters.oauth.sign_in import Shown

Site = Annotated[Path, typer.Option("--site", metavar="DIR", help="The desk's folder, which holds config.toml.")]


def login(
    inbox: Annotated[str, typer.Argument(metavar="INBOX", help='The name of an inbox, or "smtp".')],
    site: Site = Path(),
    offline: Annotated[bool, typer.Option("--offline", help="Only say what has to be done there.")] = False,
) -> None:
    """Walk through the login of one inbox, and try it.

    Prints what the provider's admin must run, and has somebody sign in where the config asks for that. Exits with 2 if the login does not work. No secret is printed.
    """
    import asyncio

    from mailbot.app import sign_in
    from mailbot.cli import output
    from mailbot.config import load_config

    config = load_config(site)
    server, mailbox = sign_in.server_called(config, inbox)
    for line in sign_in.to_be_run(server, mailbox):
        output.put(line)
    if offline:
        return
    if server.by_token:
        output.put("")
    try:
        if sign_in.sign_in(server, mailbox, show=_show, paste=_paste):
            output.put(f"signed in; kept in {server.refresh_token_file}")
        what, wrong = asyncio.run(sign_in.tried(config, server, mailbox))
    except (SignInDown, SignInRefused) as error:
        what, wrong = "the sign-in", str(error)
    if wrong is not None:
        output.say(f"{what} does not work: {wrong}")
        raise typer.Exit(2)
    output.put(f"ok: {mailbox} at {server.host}, by {'a token' if server.by_token else 'password'}")


def _show(shown: Shown) -> None:
    from mailbot.cli import output

    output.put(
        f"Open {shown.address} in any browser, sign in as somebody who may use this mailbox, and type: {shown.code}"
    )
    sys.stdout.flush()


def _paste(address: str) -> str:
    from mailbot.cli import output

    output.put(
        "Open this in any browser and sign in. It ends at a page that cannot be shown: copy its address from the"
    )
    output.put("browser, and paste it here.")
    output.put("")
    output.put(address)
    output.put("")
    sys.stdout.flush()
    return sys.stdin.readline()
