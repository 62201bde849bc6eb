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
