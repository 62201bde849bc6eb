"""The TLS settings of every connection that the desk makes."""

from __future__ import annotations

import ssl
from typing import Literal

Security = Literal["tls", "starttls", "none"]


def client_context(ca_file: str | None = None) -> ssl.SSLContext:
    """A context that verifies certificate and host name: with the system's authorities, or only with `ca_file`.

    Reads the file. Raises OSError (including ssl.SSLError) if it cannot be read or holds no certificate.
    """
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


_TLS_PORT = {"IMAP": 993, "SMTP": 465}
_STARTTLS_PORT = {"IMAP": 143, "SMTP": 587}


def wrong_pair(protocol: Literal["IMAP", "SMTP"], port: int, security: Security, error: BaseException) -> str | None:
    """What to do where a port and `security` do not go together, which TLS says in riddles; None for other failures.

    `error`: what connecting ended with, before anything was said.
    """
    tls, plain = _TLS_PORT[protocol], _STARTTLS_PORT[protocol]
    if security == "tls":
        if not isinstance(error, ssl.SSLError) or error.reason not in {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"}:
            return None
        return (
            f'port {port} does not begin with TLS, as security = "tls" says: set security = "starttls" (usually port '
            f"{plain}), or name the port that does (usually {tls})"
        )
    if not isinstance(error, TimeoutError):
        return None
    if port in _TLS_PORT.values():
        return f'port {port} speaks TLS from the first byte: set security = "tls"'
    return (
        f"port {port} says nothing: a firewall is in between, or it speaks TLS from the first byte, as {tls} does; then "
        'set security = "tls"'
    )
