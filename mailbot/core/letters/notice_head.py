"""What a mail client shows of a notice before it is opened, and sorts it by: sender, subject, importance, list.

All of it that is a customer's is their data: cut here, so that what we add is never what gets lost, and made safe by
`sending.header_values` like every header.
"""

from __future__ import annotations

import re
from typing import Final

from mailbot.core.model.mail import Address
from mailbot.core.model.outgoing import Outgoing
from mailbot.core.model.policy import Inbox, Policy
from mailbot.core.sending import header_values

_NAME: Final = 60  # characters of a customer's name in From, so that the inbox's fits behind it
_SUBJECT: Final = 200  # characters of theirs, so that the number fits behind it
_WORD: Final = re.compile(r"[a-z]{1,20}")
_NOT_A_LABEL: Final = re.compile(r"[^A-Za-z0-9-]+")
_LABEL: Final = 63


def writer_of(customer: Address, policy: Policy) -> str:
    """Whom From names beside the inbox: the customer, by their address if they have no name or one that is ours.

    An address is shown without its @: a sender's name with somebody else's address in it counts as fraud for filters.
    """
    name = _cut(header_values.one_line(customer.name or ""), _NAME)
    if not name or name.casefold() in _ours(policy):
        name = _cut(header_values.one_line(customer.address), _NAME)
    return name.replace("@", " at ")


def _ours(policy: Policy) -> frozenset[str]:
    """What we are called: nobody outside is shown under such a name."""
    called = {policy.desk_name, *(inbox.display_name for inbox in policy.inboxes.values())}
    for agent in policy.agents.values():
        called |= {agent.name, *agent.addresses}
    return frozenset(" ".join(each.split()).casefold() for each in called)


def numbered(subject: str, ticket: int) -> str:
    """The subject of every notice of a ticket: mail clients keep one conversation by it, and by References."""
    line, number = _cut(header_values.one_line(subject), _SUBJECT), f"[{ticket}]"
    return line if line.endswith(number) else f"{line} {number}"


def sorted_by(outgoing: Outgoing, inbox: Inbox, own: str) -> list[tuple[str, str]]:
    """The headers by which an agent's mail client can sort notices; `own` is the inbox's address as it is written.

    `Importance` (RFC 2156 section 5.3.6) is for an outage that is not over; `List-Id` (RFC 2919) has the inbox's name.
    """
    local, _, domain = own.rpartition("@")
    label = _NOT_A_LABEL.sub("-", local).strip("-")[:_LABEL] or "desk"
    told = [("List-Id", header_values.mailbox(inbox.display_name, f"{label}.{domain}"))] if domain.isascii() else []
    if outgoing.ticket is None:
        return told
    told.append(("X-Mailbot-Ticket", str(outgoing.ticket)))
    priority, state = outgoing.fields.get("priority"), outgoing.fields.get("state")
    if isinstance(priority, int):
        told.append(("X-Mailbot-Priority", str(priority)))
    if isinstance(state, str) and _WORD.fullmatch(state):
        told.append(("X-Mailbot-State", state))
    if priority == 1 and state not in ("resolved", "spam"):
        told.append(("Importance", "high"))
    return told


def _cut(line: str, length: int) -> str:
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
