"""`mailbot outbox`: what goes out, what waits and why; retry a mail now, or drop it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from mailbot.errors import ConfigError

if TYPE_CHECKING:
    from mailbot.adapters.store.views.waiting import WaitingMail
    from mailbot.config import Config

outbox_app = typer.Typer(
    invoke_without_command=True,
    help="Look at outgoing mails, retry them, or drop them.",
    rich_markup_mode=None,
)
Site = Annotated[Path, typer.Option("--site", metavar="DIR", help="The desk's folder, which holds config.toml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]
Limit = Annotated[int, typer.Option("--limit", metavar="N", min=1, help="Show at most N.")]
Number = Annotated[int, typer.Argument(metavar="N", min=1, help="Its number in the list.")]
MaybeNumber = Annotated[int | None, typer.Argument(metavar="[N]", min=1, help="Its number in the list.")]
HERE = Path()


@outbox_app.callback()
def _outbox(
    context: typer.Context,
    site: Site = HERE,
    as_json: AsJson = False,
    state: Annotated[
        str | None, typer.Option("--state", help="Show only ready, sending, sent, unknown, failed or dropped ones.")
    ] = None,
    limit: Limit = 100,
) -> None:
    """List outgoing mails, the newest first."""
    if context.invoked_subcommand is not None:
        return
    from mailbot.app.views import open_lists
    from mailbot.cli import output
    from mailbot.config import load_config
    from mailbot.core.model.outgoing import OutboxState

    if state is not None and state not in set(OutboxState):
        raise ConfigError([f'--state: "{state}" is not one of {", ".join(OutboxState)}'])
    config = load_config(site)
    found = open_lists(config).outbox(OutboxState(state) if state is not None else None, limit)
    if not as_json:
        output.outbox(found, config.desk.timezone)
        return
    for one in found:
        output.put_json(one)


@outbox_app.command("list")
def outbox_list(
    site: Site = HERE,
    as_json: AsJson = False,
    limit: Limit = 100,
    refused: Annotated[
        bool, typer.Option("--refused", help="Show those that were given up, the newest first.")
    ] = False,
) -> None:
    """List the mails still to be sent, the oldest first, and what the submission server is refusing just now."""
    from mailbot.cli import output

    config, waiting = _open(site)
    found = waiting.list(limit, refused=refused)
    if as_json:
        for one in found:
            output.put_json(one)
        return
    zone = config.desk.timezone
    rows = [
        (
            one.id,
            one.name,
            "" if one.ticket is None else f"#{one.ticket}",
            one.to_address,
            output.moment(one.created_at, zone),
            one.attempts,
            output.moment(one.due_at, zone) if one.due_at else "",
            one.last_reply or "",
        )
        for one in found
    ]
    nothing = "nothing was given up" if refused else "nothing is waiting"
    output.table(("#", "mail", "ticket", "to", "decided", "tries", "next", "said"), rows, nothing)
    for each in waiting.server():
        until = "" if each.next_try is None else f"; that mail waits, next try {output.moment(each.next_try, zone)}"
        whom = "customers" if each.side == "outside" else "agents and admins"
        since = output.moment(each.since, zone)
        output.say(f"the submission server has refused our mail to {whom} since {since}: {each.reply}{until}")


@outbox_app.command("retry")
def outbox_retry(number: MaybeNumber = None, site: Site = HERE) -> None:
    """Retry every mail that waits now, or one mail, even one that was given up.

    For when the cause has been fixed. A server that is known to refuse us is asked again too.
    """
    from mailbot.adapters.clock import WallClock
    from mailbot.cli import output

    _, waiting = _open(site)
    count = waiting.retry(WallClock().now(), number)
    if number is not None and not count:
        _not_there(number)
    what = f"mail {number}" if number is not None else "1 mail" if count == 1 else f"{count} mails"
    output.say(f"{what} will be tried as soon as the running desk looks")


@outbox_app.command("drop")
def outbox_drop(number: Number, site: Site = HERE) -> None:
    """Never send a mail. Its ticket's diary records that, nobody is told; what it promised stays promised."""
    from mailbot.adapters.clock import WallClock
    from mailbot.cli import output

    _, waiting = _open(site)
    if not waiting.drop(number, WallClock().now()):
        _not_there(number)
    output.say(f"mail {number} will not be sent")


def _not_there(number: int) -> NoReturn:
    from mailbot.cli import output

    output.say(f"no mail {number} is waiting; mailbot outbox list shows those that are")
    raise typer.Exit(1)


def _open(site: Path) -> tuple[Config, WaitingMail]:
    from mailbot.config import load_config

    config = load_config(site)
    from mailbot.app.views import open_waiting

    return config, open_waiting(config)
