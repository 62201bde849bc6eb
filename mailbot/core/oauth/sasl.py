"""What is said to a mail server to log in by token, and what its refusal holds: XOAUTH2 and OAUTHBEARER (RFC 7628)."""

from __future__ import annotations

import json
from typing import Literal

Sasl = Literal["xoauth2", "oauthbearer"]

NO_ACCESS = "(the token was granted, so look at what the app may do with this mailbox: docs/providers.md)"
"""What helps where a provider gave the token and a server does not let it in."""

_SHOWN = 200


def initial_response(sasl: Sasl, user: str, token: str, *, host: str, port: int) -> bytes:
    """The first words of the client, before base64. `user` is the mailbox that is opened, a shared one too."""
    if sasl == "xoauth2":  # as Google and Microsoft describe it; there is no RFC
        return f"user={user}\x01auth=Bearer {token}\x01\x01".encode()
    # RFC 5801 section 4: a comma and an equals sign are written as =2C and =3D. RFC 7628 section 3.1: the rest.
    name = user.replace("=", "=3D").replace(",", "=2C")
    return f"n,a={name},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01".encode()


def answer_to_refusal(sasl: Sasl) -> bytes:
    """What the client says to the reason of a refusal, so that the server ends the command (RFC 7628 section 3.2.3)."""
    return b"" if sasl == "xoauth2" else b"\x01"


def refusal_in(challenge: bytes) -> str:
    """The reason in a server's last challenge (RFC 7628 section 3.2.2): `status`, and the scope that it wants; else ""."""
    try:
        told = json.loads(challenge)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(told, dict):
        return ""
    status, scope = told.get("status"), told.get("scope")
    words = f"status {status}" if isinstance(status, str | int) else ""
    if isinstance(scope, str) and scope:
        words += f"{', ' if words else ''}scope {scope}"
    return "".join(c for c in words if c.isprintable())[:_SHOWN]
