"""`mailbot quarantine`: the mails that could not be handled, why, and a second try."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from mailbot.errors import ConfigError

if TYPE_CHECKING:
    from mailbot.adapters.store.views.quarantine import Quarantine
    from mailbot.config import Config

quarantine_app = typer.Typer(
    no_args_is_help=True, help="Look at mails that could not be handled, and retry them.", rich_markup_mode=None
)
Site = Annotated[Path, typer.Option("--site", metavar="DIR", help="The desk's folder, which holds config.toml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]
Limit = Annotated[int, typer.Option("--limit", metavar="N", min=1, help="Show at most N.")]
Number = Annotated[int, typer.Argument(metavar="N", min=1, help="Its number, as in the notice and the list.")]
HERE = Path()


@quarantine_app.command("list")
def quarantine_list(site: Site = HERE, as_json: AsJson = False, limit: Limit = 100) -> None:
    """List the mails that were put aside, the newest first."""
    from mailbot.adapters.letters.reason_words import shown_reason
    from mailbot.cli import output

    config, quarantine = _open(site)
    found = quarantine.list(limit)
    if as_json:
        for one in found:
            output.put_json(one)
        return
    zone = config.desk.timezone
    rows = [
        (
            one.id,
            one.mailbox,
            output.moment(one.received_at, zone),
            output.size(one.size),
            one.attempts,
            shown_reason(one.reason or ""),
        )
        for one in found
    ]
    output.table(("#", "inbox", "came in", "size", "tries", "why"), rows, "nothing is put aside")


@quarantine_app.command("show")
def quarantine_show(
    number: Number,
    site: Site = HERE,
    as_json: AsJson = False,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE", help="Also write the whole mail to FILE, as it came.")
    ] = None,
) -> None:
    """Show one of them: where it came in, why it was put aside, its headers and first lines."""
    from mailbot.adapters.letters.reason_words import shown_reason
    from mailbot.app.quarantine import shown
    from mailbot.cli import output

    config, quarantine = _open(site)
    found = quarantine.mail(number)
    if found is None:
        _not_there(number)
    about, raw = found
    told = shown(about, raw)
    if save is not None:
        _save(save, raw)
    if as_json:
        output.put_json(told)
        return
    zone = config.desk.timezone
    more = f"\n… {output.size(told['more'])} more" if told["more"] else ""
    output.put(f"mail {about.id}")
    output.pairs(
        [
            ("inbox", f"{about.mailbox}, uid {about.uid}"),
            ("came in", output.moment(about.received_at, zone)),
            ("put aside", f"{output.moment(about.ended_at, zone)}, after {_tries(about.attempts)}"),
            ("why", shown_reason(about.reason or "")),
            ("size", f"{output.size(about.size)}, {told['header_lines']} lines of headers"),
            *told["headers"].items(),
            ("text", f"{told['text']}{more}"),
        ]
    )
    output.say(f"to try it again: mailbot quarantine retry {number}")


@quarantine_app.command("retry")
def quarantine_retry(number: Number, site: Site = HERE) -> None:
    """Put a mail back, to be decided as if it had just come in.

    For when the cause has been fixed; a mail that still cannot be handled comes back here.
    """
    from mailbot.adapters.clock import WallClock
    from mailbot.cli import output

    _, quarantine = _open(site)
    if not quarantine.retry(number, WallClock().now()):
        _not_there(number)
    output.say(f"mail {number} will be decided again as soon as the running desk looks")


def _tries(count: int) -> str:
    return "1 try" if count == 1 else f"{count} tries"


def _not_there(number: int) -> NoReturn:
    from mailbot.cli import output

    output.say(f"no mail {number} is put aside; mailbot quarantine list shows those that are")
    raise typer.Exit(1)


def _save(file: Path, raw: bytes) -> None:
    try:
        file.write_bytes(raw)
    except OSError as error:
        raise ConfigError([f"{file}: cannot be written: {error.strerror}"]) from None


def _open(site: Path) -> tuple[Config, Quarantine]:
    from mailbot.config import load_config

    config = load_config(site)
    from mailbot.app.views import open_quarantine

    return config, open_quarantine(config)
