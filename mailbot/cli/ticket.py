"""`mailbot ticket list` and `ticket show`: what there is to do, and one ticket with all that was said."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailbot.cli.files import ticket_files
from mailbot.cli.spam_heap import ticket_ham
from mailbot.cli.split import ticket_split
from mailbot.errors import ConfigError

if TYPE_CHECKING:
    from datetime import timedelta

    from mailbot.adapters.store.views.lists import DeskLists, TicketPage
    from mailbot.config import Config
    from mailbot.core.model.ticket import Ticket, TicketState

ticket_app = typer.Typer(
    no_args_is_help=True, help="Look at tickets, save their files, or split them.", rich_markup_mode=None
)
ticket_app.command("files")(ticket_files)
ticket_app.command("split")(ticket_split)
ticket_app.command("ham")(ticket_ham)

Site = Annotated[Path, typer.Option("--site", metavar="DIR", help="The desk's folder, which holds config.toml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]
Limit = Annotated[int, typer.Option("--limit", metavar="N", min=1, help="Show at most N.")]
HERE = Path()
NOBODY = "nobody"


@ticket_app.command("list")
def ticket_list(
    site: Site = HERE,
    as_json: AsJson = False,
    everything: Annotated[bool, typer.Option("--all", help="Include resolved tickets and spam.")] = False,
    spam: Annotated[bool, typer.Option("--spam", help="Show the spam heap only.")] = False,
    state: Annotated[
        str | None, typer.Option("--state", metavar="STATE", help="Only these: open, waiting, resolved or spam.")
    ] = None,
    agent: Annotated[
        str | None, typer.Option("--agent", metavar="ID", help="Only those of this agent, or of nobody.")
    ] = None,
    priority: Annotated[
        str | None, typer.Option("--priority", metavar="1..5", help="Only this priority, or several: 1,2.")
    ] = None,
    due: Annotated[
        str | None,
        typer.Option("--due", metavar="TIME", help="Only where a word is due that soon, such as 2h, or overdue."),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="Only those opened within this time, such as 30d.")
    ] = None,
    limit: Limit = 100,
) -> None:
    """List tickets, the most pressing first. Several conditions are all to be met."""
    from mailbot.cli import output
    from mailbot.core.model.ticket import TicketState

    config, lists = _lists(site)
    states = [] if everything else [TicketState.SPAM] if spam else [TicketState.OPEN, TicketState.WAITING]
    given = (state, agent, priority, due, since)
    if any(one is not None for one in given):
        found = _chosen(config, lists, states, given, limit)
    else:
        found = [t for each in states for t in lists.tickets(each, limit)] if states else lists.tickets(None, limit)
        found = sorted(found, key=lambda t: (t.priority, t.opened_at, t.number))[:limit]
    if as_json:
        for one in found:
            output.put_json(one)
    else:
        output.tickets(found, config.desk.timezone)
        output.heap(0 if spam or everything or state else lists.in_heap())


def _chosen(
    config: Config,
    lists: DeskLists,
    states: list[TicketState],
    given: tuple[str | None, str | None, str | None, str | None, str | None],
    limit: int,
) -> list[Ticket]:
    """The tickets that meet all conditions. Raises ConfigError with all that is wrong with them."""
    from mailbot.adapters.clock import WallClock
    from mailbot.adapters.store.views.lists import Which
    from mailbot.core.model.ticket import TicketState

    state, agent, priority, due, since = given
    problems: list[str] = []
    if state is not None:
        known = [one.value for one in TicketState]
        states = [TicketState(one) for one in _words(state) if one in known]
        if not states or len(states) < len(_words(state)):
            problems.append(f"--state: {state!r} is none of {', '.join(known)}")
    levels = tuple(
        int(one.removeprefix("p")) for one in _words(priority or "") if one.removeprefix("p") in set("12345")
    )
    if priority is not None and (not levels or len(levels) < len(_words(priority))):
        problems.append(f"--priority: {priority!r} is none of 1 to 5, such as 1 or 1,2")
    ids = sorted(one.id for one in config.agents)
    if agent is not None and agent not in (*ids, NOBODY):
        problems.append(f"--agent: {agent!r} is none of {', '.join((*ids, NOBODY))}")
    now = WallClock().now()
    within = {name: _time(name, text, problems) for name, text in (("--due", due), ("--since", since))}
    if problems:
        raise ConfigError(problems)
    soon, ago = within["--due"], within["--since"]
    which = Which(
        states=tuple(states),
        of=None if agent is None else "" if agent == NOBODY else agent,
        priorities=levels,
        due=None if soon is None else now + soon,
        since=None if ago is None else now - ago,
    )
    return lists.chosen(which, limit)


def _words(text: str) -> list[str]:
    return text.casefold().replace(",", " ").split()


def _time(name: str, text: str | None, problems: list[str]) -> timedelta | None:
    from mailbot.config.durations import parse_duration

    if text is None:
        return None
    try:
        return parse_duration(text)
    except ValueError as problem:
        problems.append(f"{name}: {problem}")
        return None


@ticket_app.command("show")
def ticket_show(
    number: Annotated[int, typer.Argument(metavar="N", min=1, help="The ticket's number.")],
    site: Site = HERE,
    as_json: AsJson = False,
    full: Annotated[bool, typer.Option("--full", help="Print every mail with all of its words.")] = False,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write the conversation as a page to read, in two lanes."),
    ] = None,
) -> None:
    """Show one ticket with its mails, letters, promises and diary."""
    from mailbot.cli import output

    config, lists = _lists(site)
    page = lists.ticket(number)
    if page is None:
        output.say(f"there is no ticket {number}")
        raise typer.Exit(1)
    if html is not None:
        _write(page, config, html)
        output.put(str(html))
    elif as_json:
        output.put_json(page)
    elif full:
        _put_whole(page, config)
    else:
        output.ticket(page, config.desk.timezone)


def _write(page: TicketPage, config: Config, file: Path) -> None:
    from mailbot.adapters.conversation import page_of

    try:
        file.write_text(page_of(page, config.desk.timezone, _names(config)), encoding="utf-8")
    except OSError as error:
        raise ConfigError([f"--html: {file} cannot be written: {error.strerror}"]) from None


def _put_whole(page: TicketPage, config: Config) -> None:
    from mailbot.adapters.conversation import leaves_of
    from mailbot.cli import output

    zone, names = config.desk.timezone, _names(config)
    output.put(f"#{page.ticket.number}  {output.one_line(page.ticket.subject, 120)}")
    for leaf in leaves_of(page):
        inside = "inside, " if leaf.inside else ""
        output.put(f"\n--- {output.moment(leaf.at, zone)}, {inside}{leaf.heading(names)}")
        output.put_text(leaf.text)


def _names(config: Config) -> dict[str, str]:
    return {address.casefold(): agent.name for agent in config.agents for address in agent.addresses}


def _lists(site: Path) -> tuple[Config, DeskLists]:
    from mailbot.config import load_config

    config = load_config(site)
    from mailbot.app.views import open_lists

    return config, open_lists(config)
