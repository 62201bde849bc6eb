"""Finds what a marketplace forbids in a mail to its buyers: links, and our mail addresses and telephone numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from mailbot.core.model.marketplace import Forbidden, Marketplace
from mailbot.core.model.policy import Policy

_READ: Final = 100_000  # characters
_LONGEST: Final = 80  # of what was found
_LINK = re.compile(r"(?:(?:https?|ftp|hxxps?)://|www\.|(?:mailto|tel|sms):)[^\s<>\"“”„«»()\[\]]{1,300}", re.IGNORECASE)
# What clients turn into a link without being told to: a domain of a usual ending, or of ours.
_DOMAIN = re.compile(
    r"(?<![^\s<>(\[\"'“„«,;])(?:[^\W_](?:[^\W_]|-){0,62}\.){1,6}([^\W\d_]{2,24})(?:[/?#][^\s<>\"“”„«»()\[\]]{0,300}|(?=[\s:.,;!)\]>\"'”“»]|$))"
)
_ENDINGS: Final = frozenset(
    [
        "com",
        "net",
        "org",
        "info",
        "biz",
        "shop",
        "store",
        "online",
        "site",
        "app",
        "dev",
        "io",
        "co",
        "me",
        "eu",
        "de",
        "at",
        "ch",
        "fr",
        "es",
        "it",
        "nl",
        "be",
        "pl",
        "se",
        "dk",
        "no",
        "fi",
        "pt",
        "br",
        "uk",
        "us",
        "jp",
        "cn",
        "ca",
        "au",
        "ie",
        "in",
    ]
)
_ADDRESS = re.compile(r"[^\s<>(),;:\"“”„\[\]@]{1,64}@[^\s<>(),;:\"“”„\[\]@]{1,200}\.[^\W\d_]{2,24}")
_NUMBER = re.compile(r"\+?[(]?\d(?:[\s./()\-]{0,3}\d){5,20}")
_TOLD: Final = 7  # the last digits by which a telephone number is known, however its beginning is written


def forbidden_in(text: str, market: Marketplace, policy: Policy) -> tuple[str, ...]:
    """What of it the marketplace forbids, each once, as it is written; () for nothing. Linear."""
    return tuple(dict.fromkeys(found.rstrip(".,;!?")[:_LONGEST] for found in _found(_plain(text), market, policy)))


def _found(text: str, market: Marketplace, policy: Policy) -> Iterator[str]:
    if Forbidden.LINKS in market.forbids:
        ours = {domain.rpartition(".")[2] for domain in _own_domains(policy)}
        yield from _LINK.findall(text)
        yield from (found[0] for found in _DOMAIN.finditer(text) if found[1].casefold() in _ENDINGS | ours)
    if Forbidden.ADDRESSES in market.forbids:
        yield from _ADDRESS.findall(text)
        numbers = _own_numbers(policy)
        yield from (found for found in _NUMBER.findall(text) if _digits(found)[-_TOLD:] in numbers)


def _plain(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", text[:_READ]) if unicodedata.category(sign) != "Cf")


def _own_domains(policy: Policy) -> set[str]:
    return {address.rpartition("@")[2] for address in policy.own_addresses}


def _own_numbers(policy: Policy) -> frozenset[str]:
    """Those that the config names: agents' telephones, and what is in the line below letters."""
    written = [agent.phone for agent in policy.agents.values()]
    written += [
        found
        for line in (policy.brand.line, *(a.signature for a in policy.agents.values()))
        for found in _NUMBER.findall(line)
    ]
    return frozenset(digits[-_TOLD:] for each in written if len(digits := _digits(each)) >= _TOLD)


def _digits(text: str) -> str:
    return "".join(str(unicodedata.digit(sign)) for sign in text if sign.isdigit())
