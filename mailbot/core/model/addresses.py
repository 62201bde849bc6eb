"""Addresses in the form in which they are compared: the domain by IDNA 2008, all in lower case, never folded further.

Folding would confuse different ones: ß is not ss, neither in a domain (RFC 5892) nor in a mailbox (RFC 6532).
"""

from __future__ import annotations

from functools import lru_cache

import idna

_LABEL = 63  # octets (RFC 1035 section 2.3.4)
_LONGEST = 2_000  # characters: no name is as long, and a crafted one must cost nothing more


def address_key(address: str) -> str:
    """The address without outer space, in lower case, its domain as `domain_key`: the same for U-label and A-label."""
    if address.isascii():
        return address.strip().lower()
    return _key(address.strip())


def domain_key(domain: str) -> str:
    """The domain in lower case, each label in its ASCII form (RFC 5890 section 2.3.2.4: A-labels are what is compared)."""
    if domain.isascii():
        return domain.lower()
    if len(domain) > _LONGEST:
        return lower(domain)
    return ".".join(map(_label, domain.split(".")))


def readable(key: str) -> str:
    """An `address_key` with its domain in readable letters; unchanged if that has none."""
    local, at, domain = key.rpartition("@")
    if "xn--" not in domain or len(domain) > _LONGEST:
        return key
    return f"{local}{at}{'.'.join(map(_shown, domain.split('.')))}"


def lower(text: str) -> str:
    """In lower case, letter by letter: no letter becomes an ASCII one (the Kelvin sign is no k), none becomes two."""
    if text.isascii():
        return text.lower()
    return "".join(c.lower() if c.isascii() or not c.lower().isascii() else c for c in text)


@lru_cache(maxsize=4096)
def _key(address: str) -> str:
    local, at, domain = address.rpartition("@")
    return f"{lower(local)}{at}{domain_key(domain)}" if at else lower(address)


def _shown(label: str) -> str:
    try:
        return idna.ulabel(label) if len(label) <= _LABEL else label
    except UnicodeError:
        return label


def _label(label: str) -> str:
    """A label that is not valid in IDNA 2008 (a sign, an invisible character) stays as it is: it equals no other."""
    low = lower(label)
    if low.isascii() or len(low) > _LABEL:
        return low
    try:
        return idna.alabel(low).decode("ascii")
    except UnicodeError:
        pass
    try:
        return f"xn--{low.encode('punycode').decode('ascii')}"
    except UnicodeError:
        return low
