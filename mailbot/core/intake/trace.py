"""Tells whether one of our own people submitted a mail to our own server, by the trace that our servers wrote on top.

A trace line (RFC 5321 section 4.4) is our server's, but it also holds words of whoever connected: the name that they
gave (HELO). So a line counts only if it can be read in just one way, and nothing below the first foreign one counts.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from mailbot.core.model.mail import Mail

_LENGTH = 2_000  # characters of a line; no server writes a longer one
_MOST = 20  # lines from the top
_DEEPEST = 5  # nested comments
# RFC 3848, and RFC 6531 section 4.3: whoever submitted the mail had logged in.
_LOGGED_IN = frozenset({"esmtpa", "esmtpsa", "utf8smtpa", "utf8smtpsa"})
_LAID_DOWN = frozenset({"lmtp", "lmtps", "lmtpa", "lmtpsa"})  # RFC 2033: the last step, never taken from outside
_NUMBERS = re.compile(r"[0-9a-f:.]{2,45}")
_KEYWORDS = ("from", "by", "with")


@dataclass(frozen=True, kw_only=True, slots=True)
class Hop:
    """One line of the trace, lower case: which host took the mail, by which protocol, and from which IP addresses."""

    by: str
    protocol: str
    addresses: tuple[IPv4Address | IPv6Address, ...]


def handed_in_here(mail: Mail, own_hosts: Collection[str]) -> bool:
    """Whether the topmost lines, all of hosts in `own_hosts`, say that somebody logged in and submitted the mail there.

    Only internal steps may be above that line: the delivery into the mailbox (LMTP), and what came from this machine
    itself or from an address in `own_hosts`. `own_hosts` holds names in lower case and IP addresses.
    """
    return _follow(mail, own_hosts)[0]


def why_not(mail: Mail, own_hosts: Collection[str]) -> str:
    """What `handed_in_here` stopped at, in words for the operator."""
    _, value, hop = _follow(mail, own_hosts)
    if value is None:
        return "no Received line says that somebody logged in"
    if hop is None:
        return f"a Received line cannot be read in one way only: “{value[:120]}”"
    if hop.by not in own_hosts:
        return f"a Received line is by {hop.by}, which desk.own_hosts does not name"
    return f"{hop.by} took it by {hop.protocol.upper()}, without a login, from a host that desk.own_hosts does not name"


def login_hosts(mail: Mail) -> tuple[str, ...]:
    """The hosts of the topmost lines, down to the first that says somebody logged in; () where none of them does."""
    hosts: list[str] = []
    for value in mail.received[:_MOST]:
        hop = hop_of(value)
        if hop is None:
            break
        hosts.append(hop.by)
        if hop.protocol in _LOGGED_IN:
            return tuple(dict.fromkeys(hosts))
    return ()


def _follow(mail: Mail, own_hosts: Collection[str]) -> tuple[bool, str | None, Hop | None]:
    """Whether a login was found, and the line that decided; None if the lines ran out."""
    for value in mail.received[:_MOST]:
        hop = hop_of(value)
        if hop is None or hop.by not in own_hosts:
            return False, value, hop
        if hop.protocol in _LOGGED_IN:
            return True, value, hop
        within = hop.addresses and all(each.is_loopback or str(each) in own_hosts for each in hop.addresses)
        if hop.protocol not in _LAID_DOWN and not within:
            return False, value, hop
    return False, None, None


def hop_of(value: str) -> Hop | None:
    """One line of the trace, or None if it can be read in several ways, or says too little. Linear; never raises."""
    value = value.lower()
    if len(value) > _LENGTH or '"' in value or "\\" in value:
        return None  # with quotes, whoever connected could decide where a part begins and ends
    words = _words(value)
    said = [word for word, _ in words or ()]
    if words is None or any(said.count(each) != 1 for each in _KEYWORDS):
        return None
    begins, by, using = map(said.index, _KEYWORDS)
    if begins != 0 or not by < using < len(said) - 1:
        return None
    return Hop(by=said[by + 1].rstrip("."), protocol=said[using + 1], addresses=_addresses(value[: words[by][1]]))


def _addresses(text: str) -> tuple[IPv4Address | IPv6Address, ...]:
    found = []
    for each in _NUMBERS.findall(text.replace("ipv6:", " ")):
        with suppress(ValueError):
            found.append(ip_address(each.strip(".")))
    return tuple(found)


def _words(value: str) -> list[tuple[str, int]] | None:
    """The words before the date, without comments, and where each begins.

    None if a comment is not closed or was never opened, or if there is not exactly one date after them.
    """
    words: list[tuple[str, int]] = []
    depth = ends = 0
    at: int | None = None  # where the current word began
    for here, sign in enumerate(f"{value} "):
        if at is not None and (sign in "(); \t" or depth):
            if not ends:
                words.append((value[at:here], at))
            at = None
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
        elif sign == ";" and not depth:
            ends += 1
        elif not depth and at is None and not sign.isspace():
            at = here
        if not 0 <= depth <= _DEEPEST:
            return None
    return words if ends == 1 and depth == 0 else None
