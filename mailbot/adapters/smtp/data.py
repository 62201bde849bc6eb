"""What goes over an SMTP connection: envelope addresses that are one address each, and the bytes of a mail."""

from __future__ import annotations

import re
from functools import lru_cache

from mailbot.core.model.addresses import domain_key

_ENDS = re.compile(rb"\r\n|\r|\n")
_ATOM = r"[^\s\x00-\x1f\x7f()<>\[\]:;@\\,\"]+"
# Atoms may hold what RFC 6531 section 3.3 adds to RFC 5321; dots at odd places are common and harmless.
_LOCAL = re.compile(rf'(?:{_ATOM}|"(?:[^"\\\x00-\x1f\x7f]|\\[\x20-\x7e])*")')
_DOMAIN = re.compile(rf"(?:{_ATOM}|\[[0-9A-Za-z.:]+\])")


@lru_cache(maxsize=1024)
def envelope_address(address: str, *, utf8: bool) -> str:
    """The address for MAIL and RCPT (RFC 5321 section 4.1.2); `utf8`: the server speaks SMTPUTF8.

    Raises ValueError, in words for an agent, if it is not exactly one address, or cannot be sent to this server.
    """
    local, at, domain = address.rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise ValueError(f"not one mail address: {address[:200]!r}")
    if address.isascii() or utf8:
        return address
    if not local.isascii():
        raise ValueError(f"the server cannot deliver to an address that is not ASCII (no SMTPUTF8): {address}")
    ascii_domain = domain_key(domain)
    if not ascii_domain.isascii():
        raise ValueError(f"the server cannot deliver to this domain (no SMTPUTF8): {address}")
    return f"{local}@{ascii_domain}"


def on_the_wire(data: bytes) -> bytes:
    """The mail with CRLF line ends, the last one too, dots doubled (RFC 5321 section 4.5.2), without the final dot."""
    ends = data.count(b"\r\n")
    if data.count(b"\n") != ends or data.count(b"\r") != ends:
        data = _ENDS.sub(b"\r\n", data)
    if not data.endswith(b"\r\n"):
        data += b"\r\n"
    data = data.replace(b"\n.", b"\n..")
    return b"." + data if data.startswith(b".") else data
