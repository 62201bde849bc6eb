"""What somebody said who sets up a desk, written into the config that ships: its comments and all other keys stay."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from mailbot.config.providers import Servers
from mailbot.config.relations import TAKEN_IDS

PASSWORD = "MAILBOT_PASSWORD"  # noqa: S105 - the name of a variable
_SECTION = re.compile(r"^\[{1,2}([a-z0-9_.]+)\]{1,2}", re.MULTILINE)
_LOCALTIME = Path("/etc/localtime")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """None: not answered, and left as it ships. Valid in themselves: whoever asked has checked them."""

    address: str | None = None
    name: str | None = None
    agent: tuple[str, str] | None = None
    servers: Servers | None = None
    zone: str | None = None


def filled_in(text: str, said: Answers) -> str:
    """The text of a config with the answers in their places."""
    if said.name is not None:
        text = _set(text, "desk", "name", said.name)
    if said.zone is not None:
        text = _set(text, "desk", "timezone", said.zone)
    if said.address is not None:
        text = _set(text, "inbox", "address", said.address)
        text = _set(text, "smtp", "username", said.address)
    if said.agent is not None:
        name, address = said.agent
        text = _set(text, "agent", "id", agent_id(name))
        text = _set(text, "agent", "name", name)
        text = _set(text, "agent", "addresses", [address])
        text = _set(text, "desk", "admins", [address])
    if said.servers is not None:
        text = _with_servers(text, said.servers)
    return text


def _with_servers(text: str, servers: Servers) -> str:
    for section, host in (("inbox", servers.imap), ("smtp", servers.smtp)):
        text = _set(text, section, "password_env", PASSWORD)
        if servers.provider:
            text = _set(text, section, "provider", servers.provider)
            text = _without(text, section, "host")
        else:
            text = _set(text, section, "host", host)
    if servers.smtp_tls and not servers.provider:
        text = _set(text, "smtp", "security", "tls")
    if servers.provider == "m365":  # which takes no passwords
        for section in ("inbox", "smtp"):
            text = _without(text, section, "password_env")
    return text


def _set(text: str, section: str, key: str, value: str | list[str]) -> str:
    """The first line of that key in that section, commented out or not, with this value; its comment stays behind it."""
    begin, end = _span(text, section)
    line = re.compile(rf"^(?:# )?{key} = (?:\[[^\]\n]*\]|\"[^\"\n]*\"|[^\s#]+)(?P<comment>[ ]*#[^\n]*)?", re.MULTILINE)
    found = line.search(text, begin, end)
    assert found is not None, f"{section}.{key} is in the config that ships"
    comment = (found["comment"] or "").strip()
    written = f"{key} = {json.dumps(value, ensure_ascii=False)}"
    return text[: found.start()] + (f"{written:<45} {comment}" if comment else written) + text[found.end() :]


def _without(text: str, section: str, key: str) -> str:
    """That key's line commented out, with nothing in it."""
    begin, end = _span(text, section)
    found = re.compile(rf'^{key} = "[^"\n]*"', re.MULTILINE).search(text, begin, end)
    return text if found is None else text[: found.start()] + f'# {key} = ""' + text[found.end() :]


def _span(text: str, section: str) -> tuple[int, int]:
    heads = list(_SECTION.finditer(text))
    at = next(number for number, head in enumerate(heads) if head[1] == section)
    return heads[at].end(), heads[at + 1].start() if at + 1 < len(heads) else len(text)


def agent_id(name: str) -> str:
    """A short id of a person: their given name in plain letters, or "agent1" where there are none."""
    plain = unicodedata.normalize("NFKD", name.split(maxsplit=1)[0] if name.split() else "").casefold()
    found = re.sub(r"[^a-z0-9]", "", plain.replace("ß", "ss").replace("ø", "o").replace("ł", "l"))[:12] or "agent1"
    return f"{found[:11]}1" if found in TAKEN_IDS else found


def machine_zone() -> str | None:
    """The IANA name of this machine's time zone, where it says one."""
    try:
        name = str(_LOCALTIME.resolve()).partition("zoneinfo/")[2]
        return ZoneInfo(name).key if name else None
    except (OSError, ValueError, KeyError):
        return None
