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


# X509_V_ERR_… of OpenSSL, as x509_vfy.h numbers them
_EXPIRED, _UNKNOWN_AUTHORITY, _OTHER_NAME = 10, {18, 19, 20, 21}, {62, 64}


def not_trusted(error: ssl.SSLCertVerificationError) -> str:
    """Why a server's certificate is not trusted, and what to do about it, in one line."""
    said = f"the certificate is not trusted: {error.verify_message}"
    if error.verify_code in _UNKNOWN_AUTHORITY:
        return f"{said}; where the authority is your own, name its file as ca_file"
    if error.verify_code in _OTHER_NAME:
        return f"{said}; name the server as its certificate does"
    return f"{said}; the server needs a new one" if error.verify_code == _EXPIRED else said
