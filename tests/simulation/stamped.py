"""Mail as our own server hands it over: with what it found out about the sender on top (RFC 8601)."""

from __future__ import annotations

from email import message_from_bytes
from email.utils import getaddresses

SERVER = "mx.lumen.example"
PASSES = "dmarc=pass header.from={domain}"
FAILS = "dmarc=fail (p=reject) header.from={domain}"
NONE = "none"


def stamped(raw: bytes, results: str = PASSES, *, server: str = SERVER) -> bytes:
    """The mail with one more header; unchanged if it has such a header, or names no single domain as its sender's.

    `{domain}` in `results` is that domain; empty `results` add nothing.
    """
    head = message_from_bytes(raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0])
    senders = getaddresses([str(value) for value in head.get_all("From", [])])
    domain = senders[0][1].rpartition("@")[2] if len(senders) == 1 else ""
    if not results or not domain.isascii() or not domain or head["Authentication-Results"] is not None:
        return raw
    return f"Authentication-Results: {server}; {results.format(domain=domain)}\r\n".encode() + raw
