"""Checks what the keys of a config say about each other: names used twice, groups without agents, addresses too long.

It reads the file's own tables, so that it finds these beside whatever else is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from mailbot.config.durations import parse_duration
from mailbot.config.form_relations import form_relations
from mailbot.config.oauth import login_problems
from mailbot.config.values import MAX_EPOCH, meant
from mailbot.core.intake.authresults import MICROSOFT_365
from mailbot.core.intake.tokens import Signer, Token, TokenKind
from mailbot.core.model.addresses import address_key
from mailbot.core.model.letter_kinds import KINDS
from mailbot.core.model.message import Author
from mailbot.core.model.outgoing import OutboxState, OutgoingKind
from mailbot.core.model.policy import AgentProof
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.ticket import TicketState

_AGENT_ID = re.compile(r"[a-z0-9]{1,12}")
# Who made a promise is an agent's id or the letter that made it, and the diary names states and authors in one word:
# an agent of such a name would be read as one of them.
_MAKERS = {kind.name for kind in KINDS.values() if kind.makes_promise and kind.kind is OutgoingKind.LETTER} | {"desk"}
TAKEN_IDS = _MAKERS | {str(word) for kind in (PromiseState, TicketState, OutboxState, Author) for word in kind}
_LOCAL_PART = 64  # RFC 5321 section 4.5.3.1.1


def relation_problems(data: Mapping[str, Any]) -> list[str]:
    """One line per contradiction. Values of the wrong kind are passed over: the models complain of those."""
    inboxes, agents = _tables(data, "inbox"), _tables(data, "agent")
    return [
        *_twice(inboxes, "inbox", "name", "name"),
        *_twice(agents, "agent", "id", "id"),
        *_taken(agents),
        *_addresses(data, inboxes, agents),
        *_groups(inboxes, agents),
        *_folders(inboxes),
        *_logins(data, inboxes),
        *_plus_signs(data, inboxes, agents),
        *_proof_of_agents(data),
        *_too_short(data),
        *_office(data, agents),
        *_rota(data, agents),
        *form_relations(data),
    ]


def _tables(data: Mapping[str, Any], key: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Each table of `[[key]]` with what it is called in a message."""
    found = data.get(key, [])
    tables = [(i, t) for i, t in enumerate(found) if isinstance(t, Mapping)] if isinstance(found, list) else []
    called = "name" if key == "inbox" else "id"
    return [(f"{key}[{_text(table, called) or f'#{i + 1}'}]", table) for i, table in tables]


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    return value.strip() if isinstance(value, str) else ""


def _texts(table: Mapping[str, Any], key: str) -> list[str]:
    value = table.get(key, [])
    return [item.strip() for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _twice(tables: list[tuple[str, Mapping[str, Any]]], kind: str, key: str, called: str) -> Iterator[str]:
    seen: set[str] = set()
    for _, table in tables:
        value = _text(table, key)
        if value and value in seen:
            yield f'{kind}[{_text(table, called)}].{key}: "{value}" is used by another {kind}'
        seen.add(value)


def _taken(agents: list[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    for where, table in agents:
        if (name := _text(table, "id")) in TAKEN_IDS:
            yield f'{where}.id: "{name}" is a word that the desk uses itself; choose another, such as "{name}1"'


def _addresses(
    data: Mapping[str, Any], inboxes: list[tuple[str, Mapping[str, Any]]], agents: list[tuple[str, Mapping[str, Any]]]
) -> Iterator[str]:
    """One address belongs to one inbox or one agent: an agent's mail could not be told from the desk's own."""
    owner: dict[str, str] = {}
    entries = [(f"{where}.address", _text(table, "address")) for where, table in inboxes]
    entries += [(f"{where}.aliases", alias) for where, table in inboxes for alias in _texts(table, "aliases")]
    entries += [(f"{where}.addresses", address) for where, table in agents for address in _texts(table, "addresses")]
    for where, address in entries:
        if not address:
            continue
        if (first := owner.get(address_key(address))) is not None:
            yield f"{where}: {address} is also {first}"
        owner.setdefault(address_key(address), where)
    desk = data.get("desk")
    for admin in _texts(desk, "admins") if isinstance(desk, Mapping) else []:
        where = owner.get(address_key(admin), "")
        if where.startswith("inbox"):
            yield f"desk.admins: {admin} is also {where}; the desk would write to itself"


def _groups(inboxes: list[tuple[str, Mapping[str, Any]]], agents: list[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    known = {g for _, table in agents for g in (_texts(table, "groups") if "groups" in table else ["support"])}
    for where, table in inboxes:
        group = _text(table, "group") or "support"
        if agents and group not in known:
            yield f'{where}.group: no [[agent]] is in the group "{group}"; groups with agents: {", ".join(sorted(known))}'


def _folders(inboxes: list[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    """Two inboxes on one folder would read each mail twice; moving into the watched folder would never end."""
    seen: dict[tuple[str, str, str], str] = {}
    for where, table in inboxes:
        folder = _text(table, "folder") or "INBOX"
        host = _text(table, "host") or _text(table, "provider")
        place = (host.casefold(), _text(table, "username") or _text(table, "address"), folder)
        if place[0] and place in seen:
            yield f"{where}.folder: {seen[place]} watches this folder already; add this address to the aliases there"
        seen.setdefault(place, where)
        if _text(table, "after") == f"move:{folder}":
            yield f"{where}.after: would move mails into the folder that it watches"


def _logins(data: Mapping[str, Any], inboxes: list[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    smtp = data.get("smtp")
    servers = [*inboxes, ("smtp", smtp)] if isinstance(smtp, Mapping) else inboxes
    for where, table in servers:
        yield from login_problems(where, table)


def _plus_signs(
    data: Mapping[str, Any], inboxes: list[tuple[str, Mapping[str, Any]]], agents: list[tuple[str, Mapping[str, Any]]]
) -> Iterator[str]:
    """With plus addresses, the longest signed reply address must fit into a local part."""
    desk = data.get("desk")
    if isinstance(desk, Mapping) and desk.get("subaddress", "plus") != "plus":
        return
    ids = [(_text(table, "id"), _epoch(table)) for _, table in agents if _AGENT_ID.fullmatch(_text(table, "id"))]
    longest = max(((len(_longest_token(i, epoch)), i) for i, epoch in ids), default=(0, ""))
    for where, table in inboxes:
        local, at, _ = _text(table, "address").rpartition("@")
        if "+" in local:
            yield f'{where}.address: has a plus sign, which subaddress = "plus" needs for itself'
        elif at and len(local.encode()) <= _LOCAL_PART < len(local.encode()) + 1 + longest[0]:
            yield (
                f'{where}.address: "{local}" with the agent id "{longest[1]}" makes reply addresses longer than the '
                f"{_LOCAL_PART} characters that mail servers accept before the @: shorten either by "
                f'{len(local.encode()) + 1 + longest[0] - _LOCAL_PART}, or set desk.subaddress = "none"'
            )


def _proof_of_agents(data: Mapping[str, Any]) -> Iterator[str]:
    """What shows that a mail is an agent's needs a server that says so."""
    desk = data.get("desk")
    if not isinstance(desk, Mapping):
        return
    proof, server = _text(desk, "agents_proven_by"), _text(desk, "authserv_id")
    if proof == AgentProof.RESULTS and not server:
        yield (
            'desk.agents_proven_by: "results" needs desk.authserv_id: the first word behind "Authentication-Results:" in '
            'mail that your server delivers (for Microsoft 365 "microsoft365")'
        )
    if proof == AgentProof.INTERNAL_HOP and not _texts(desk, "own_hosts") and server.lower() != MICROSOFT_365:
        yield (
            'desk.agents_proven_by: "internal-hop" needs desk.own_hosts: the word behind "by" in the topmost "Received:" '
            "of a mail that one of your agents sent, and those of the lines below it that your own servers wrote"
        )


def _too_short(data: Mapping[str, Any]) -> Iterator[str]:
    """A pace that nobody can keep: less than a minute, unless the desk is tried out in seconds."""
    chosen, priorities = data.get("promises"), data.get("priority")
    seconds = isinstance(chosen, Mapping) and chosen.get("count_in") == "seconds"
    shortest = timedelta(seconds=1 if seconds else 60)
    for level, table in priorities.items() if isinstance(priorities, Mapping) else ():
        if not isinstance(table, Mapping):
            continue
        for key in ("first", "alarm", "after_estimate"):
            if (length := _length(table.get(key))) is not None and length < shortest:
                yield f"priority.{level}.{key}: is less than a {'second' if seconds else 'minute'}, which nobody can keep"
        for part in _texts(table, "then"):
            if (length := _length(part.partition("until")[0])) is not None and length < shortest:
                yield f'priority.{level}.then: "{part}" would write more than once a {"second" if seconds else "minute"}'


def _office(data: Mapping[str, Any], agents: list[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    """Whoever is told of an office matter is somebody: a name that nobody has would tell nobody."""
    given = data.get("office")
    office: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    known = {g for _, table in agents for g in (_texts(table, "groups") if "groups" in table else ["support"])}
    known |= {_text(table, "id") for _, table in agents}
    for matter in office:
        for name in _texts(office, matter):
            if name and "@" not in name and name not in known:
                yield f'office.{matter}: there is no agent or group "{name}"{meant(name, sorted(known))}'


def _rota(data: Mapping[str, Any], agents: list[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    oncall = data.get("oncall", {})
    known = sorted(filter(None, (_text(table, "id") for _, table in agents)))
    if not isinstance(oncall, Mapping) or not known:
        return
    weeks = oncall.get("weeks", {})
    named = [("rota", name) for name in _texts(oncall, "rota")]
    named += [
        ("weeks", name) for name in (weeks.values() if isinstance(weeks, Mapping) else ()) if isinstance(name, str)
    ]
    for key, name in named:
        if name and name not in known:
            yield f'oncall.{key}: there is no agent "{name}"{meant(name, known)}'


def _length(value: object) -> timedelta | None:
    try:
        return parse_duration(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _epoch(table: Mapping[str, Any]) -> int:
    value = table.get("epoch", 1)
    return value if isinstance(value, int) and 0 < value <= MAX_EPOCH else 1


def _longest_token(agent: str, epoch: int) -> str:
    """The longest of the tokens that name an agent, with a ticket number in the tens of millions."""
    signer = Signer(bytes(16))
    ticket = Token(
        kind=TokenKind.AGENT, ticket=36**5 - 1, agent=agent, epoch=epoch, answers=36**2 - 1, tap=True, nonce="0000"
    )
    held = Token(kind=TokenKind.HELD, ref="0" * 14, agent=agent, epoch=epoch)
    return max(signer.sign(ticket), signer.sign(held), key=len)
