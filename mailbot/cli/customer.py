"""`mailbot customer`: what is known of a customer, and the tags that rules ask for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailbot.core.model.addresses import address_key
from mailbot.errors import ConfigError

if TYPE_CHECKING:
    from mailbot.adapters.store.views.customers import Customers
    from mailbot.config import Config

customer_app = typer.Typer(
    no_args_is_help=True, help="Look at customers, and tag them for rules.", rich_markup_mode=None
)
Site = Annotated[Path, typer.Option("--site", metavar="DIR", help="The desk's folder, which holds config.toml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]
Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="The customer's address.")]
Tags = Annotated[list[str], typer.Argument(metavar="TAG...", help="Words of letters, digits and hyphens, such as vip.")]
HERE = Path()
_TAG = re.compile(r"[^\W_]+(?:[._-][^\W_]+)*")
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+")


@customer_app.command("list")
def customer_list(
    site: Site = HERE,
    as_json: AsJson = False,
    tag: Annotated[str | None, typer.Option("--tag", metavar="TAG", help="Show only customers with this tag.")] = None,
) -> None:
    """List the customers who have a tag, by address."""
    from mailbot.cli import output

    _, customers = _open(site)
    found = customers.tagged(_tag(tag) if tag is not None else None)
    if as_json:
        for address, tags in found.items():
            output.put_json({"address": address, "tags": tags})
    else:
        rows = [(address, ", ".join(tags)) for address, tags in found.items()]
        output.table(("address", "tags"), rows, "nobody has a tag" if tag is None else f"nobody has the tag {tag}")


@customer_app.command("show")
def customer_show(address: Address, site: Site = HERE, as_json: AsJson = False) -> None:
    """Show one customer: since when, which tags, how promises to them ended, their latest tickets."""
    from mailbot.cli import output

    config, customers = _open(site)
    page = customers.page(_address(address))
    if as_json:
        output.put_json(page)
        return
    zone = config.desk.timezone
    known = page.customer
    output.put(page.address)
    output.pairs(
        [
            ("name", known.name if known else None),
            ("first mail", output.moment(known.first_seen, zone) if known else "none so far"),
            ("tags", ", ".join(page.tags)),
            ("undeliverable", known.undeliverable if known else None),
            ("tickets", str(page.tickets)),
            ("promises", ", ".join(f"{many} {state}" for state, many in sorted(page.promises.items()))),
        ]
    )
    for one in page.latest:
        when = output.moment(one.opened_at, zone)
        output.put(f"  #{one.number}  {when}  {one.priority}  {one.state.value}  {output.one_line(one.subject)}")


@customer_app.command("tag")
def customer_tag(address: Address, tags: Tags, site: Site = HERE, as_json: AsJson = False) -> None:
    """Give a customer tags, which count from their next mail on. An address that never wrote may have some too."""
    _, customers = _open(site)
    _told(address, customers.change_tags(_address(address), add=map(_tag, tags)), as_json)


@customer_app.command("untag")
def customer_untag(address: Address, tags: Tags, site: Site = HERE, as_json: AsJson = False) -> None:
    """Remove tags from a customer."""
    _, customers = _open(site)
    _told(address, customers.change_tags(_address(address), drop=map(_tag, tags)), as_json)


def _told(address: str, tags: tuple[str, ...], as_json: bool) -> None:
    from mailbot.cli import output

    if as_json:
        output.put_json({"address": address_key(address), "tags": tags})
    else:
        output.put(f"{address_key(address)}  {', '.join(tags) or 'no tag'}")


def _tag(text: str) -> str:
    if not _TAG.fullmatch(text.strip()) or len(text) > 60:
        raise ConfigError([f"{text!r}: a tag is one word of letters, digits and hyphens, such as vip"])
    return text.strip().casefold()


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text.strip()):
        raise ConfigError([f"{text!r}: is not a mail address"])
    return text


def _open(site: Path) -> tuple[Config, Customers]:
    from mailbot.config import load_config

    config = load_config(site)
    from mailbot.app.views import open_customers

    return config, open_customers(config)
