"""`mailbot init`: lays out the folder of a new desk, and asks four questions where somebody is there to answer them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from mailbot.errors import ConfigError

if TYPE_CHECKING:
    from mailbot.adapters.site_answers import Answers
    from mailbot.config.providers import Servers

T = TypeVar("T")


def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The folder for the new desk.")],
    address: Annotated[
        str | None, typer.Option("--address", metavar="ADDRESS", help="The address that customers write to.")
    ] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="The name that signs letters.")] = None,
    agent: Annotated[
        str | None, typer.Option("--agent", metavar="'NAME <ADDRESS>'", help="Who answers: name and own address.")
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(
            "--server", metavar="HOST", help="The mail server; two, IMAP and SMTP; or m365, google, fastmail."
        ),
    ] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", metavar="ZONE", help="Such as Europe/Berlin. [default: this machine's]")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
) -> None:
    """Set up a new desk in a folder.

    Writes a config, rules, letters and a fresh secret; nothing is overwritten. On a terminal it asks for what the config
    needs to run, unless the options say it.
    """
    from mailbot.adapters.site import init_site, not_there_yet
    from mailbot.cli import output

    not_there_yet(directory)
    ask = not yes and sys.stdin.isatty() and sys.stdout.isatty()
    said = _answers(address, name, agent, server, timezone, ask=ask)
    for path in init_site(directory, said):
        output.put(str(path))
    for line in _what_now(directory, said):
        output.say(line)


def _answers(
    address: str | None, name: str | None, agent: str | None, server: str | None, timezone: str | None, *, ask: bool
) -> Answers:
    """What the options say, and where somebody is asked, what they say. Raises ConfigError with every wrong option."""
    from mailbot.adapters.site_answers import Answers, machine_zone
    from mailbot.config.providers import servers_of

    problems: list[str] = []

    def given(option: str, value: str | None, check: Callable[[str], T]) -> T | None:
        try:
            return None if value is None else check(value)
        except ValueError as problem:
            problems.append(f"--{option}: {problem}")
            return None

    own = given("address", address, _address)
    title = given("name", name, _name)
    person = given("agent", agent, _person)
    servers = given("server", server, _servers)
    zone = given("timezone", timezone, _zone)
    if problems:
        raise ConfigError(problems)
    if ask:
        own = own or _asked("The address that customers write to", _address)
        title = title or _asked("The name under which letters are signed", _name, f"{_company(own)} Support")
        person = person or _asked("Who answers first: name and own address, as in Mia Holm <mia@example.com>", _person)
        known = servers_of(own)
        if servers is None and known is None:
            question = "The mail server: its host, or the hosts of IMAP and SMTP, or m365, google, fastmail"
            servers = _asked(question, _servers, f"mail.{own.rpartition('@')[2]}")
    if servers is None and own is not None:
        servers = servers_of(own)
    if own is not None and zone is None:
        zone = machine_zone()
    if own is not None and title is None:
        title = f"{_company(own)} Support"
    return Answers(address=own, name=title, agent=person, servers=servers, zone=zone)


def _asked(question: str, check: Callable[[str], T], default: str | None = None) -> T:
    """The first answer that passes; what is wrong with the others is said."""
    from mailbot.cli import output

    while True:
        answer = typer.prompt(question, default=default, err=True)
        try:
            return check(str(answer))
        except ValueError as problem:
            output.say(str(problem))


def _address(text: str) -> str:
    from mailbot.config.values import bare_address

    return bare_address(text)


def _name(text: str) -> str:
    found = " ".join(text.split())
    if not found or len(found) > 200 or not found.isprintable():
        raise ValueError("must be a name of one line")
    return found


def _person(text: str) -> tuple[str, str]:
    from email.utils import parseaddr

    shown, address = parseaddr(text)
    if "@" not in address:
        raise ValueError(f'"{text}" is not a name with an address, such as Mia Holm <mia@example.com>')
    own = _address(address)
    return _name(shown or own.partition("@")[0].replace(".", " ").title()), own


def _servers(text: str) -> Servers:
    from mailbot.config.oauth import PRESETS
    from mailbot.config.providers import Servers
    from mailbot.config.values import host_name

    words = text.replace(",", " ").split()
    if len(words) == 1 and words[0].casefold() in PRESETS:
        return Servers(provider=words[0].casefold())
    if not 1 <= len(words) <= 2:
        raise ValueError("must be one host for both, or two: that of IMAP, and that of SMTP")
    hosts = [host_name(word) for word in words]
    return Servers(imap=hosts[0], smtp=hosts[-1])


def _zone(text: str) -> str:
    from mailbot.config.values import zone_name

    return zone_name(text)


def _company(address: str) -> str:
    """`support@harbour.example` as `Harbour`: a guess that can be corrected where it is asked, and in the file."""
    from mailbot.config.providers import public_domains

    local, _, domain = address.rpartition("@")
    return (local if domain.casefold() in public_domains() else domain.partition(".")[0]).replace("-", " ").title()


def _what_now(directory: Path, said: Answers) -> list[str]:
    """What is left to do, and what the desk does that nobody chose."""
    from mailbot.adapters.site_answers import PASSWORD

    config = directory / "config.toml"
    whole = said.address is not None and said.agent is not None and said.servers is not None
    if not whole:
        next_step = f"now fill in {config}, then run: mailbot check --site {directory}"
    elif said.servers is not None and said.servers.provider == "m365":
        next_step = (
            "Microsoft 365 takes no passwords: docs/providers.md says how the desk logs in; fill in tenant and client_id in "
            f"{config}, then run: mailbot check --site {directory}"
        )
    else:
        next_step = (
            f"now put the password into the environment, as {PASSWORD}, and run: mailbot check --site {directory}"
        )
    promised = (
        "customers will be promised times: in an outage (priority 1) a person's answer within 15 minutes, day and night; about "
        "money within an hour, about a problem within 4 hours, Monday to Friday from 9 to 17. [priority.1] and so on, and "
        f"[hours], in {config} change that"
    )
    return [
        next_step,
        promised,
        "mail that is in the mailbox already is left alone: the desk answers what comes after its first start",
        "until desk.authserv_id is set, no mail is proven; check says what to set it to",
    ]
