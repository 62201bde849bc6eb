"""Posts a form to a token endpoint (RFC 6749 section 3.2) and reads its answer, within a time and a size."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from mailbot.adapters.tls import client_context
from mailbot.errors import SignInDown

TIMEOUT = 10.0  # seconds to connect, and then for all of it
_LARGEST = 200_000  # bytes of an answer


class Answer(NamedTuple):
    """The status and the JSON object of the body; an empty one if it is anything else."""

    status: int
    body: Mapping[str, object]


def ask(url: str, form: Mapping[str, str], *, timeout: float = TIMEOUT) -> Answer:
    """Raises SignInDown if nothing comes back. No redirect is followed, since the form holds secrets."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection: http.client.HTTPConnection
    late = threading.Event()
    try:
        if parts.scheme == "https":
            connection = http.client.HTTPSConnection(host, parts.port, timeout=timeout, context=client_context())
        else:
            connection = http.client.HTTPConnection(host, parts.port, timeout=timeout)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
            "User-Agent": "mailbot",
        }
        try:
            connection.connect()
            # A timeout of the socket is for each read, and an answer may come a byte at a time.
            patience = threading.Timer(timeout, _end, (connection.sock, late))
            patience.daemon = True
            patience.start()
            try:
                target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
                connection.request("POST", target, urlencode(form).encode(), headers)
                with connection.getresponse() as answer:
                    found = Answer(answer.status, _object(_read(answer)))
                if late.is_set():  # what was cut off looks like an end
                    raise TimeoutError
                return found
            finally:
                patience.cancel()
        finally:
            connection.close()
    except ssl.SSLCertVerificationError as error:
        raise SignInDown(
            f"the token endpoint {host} shows a certificate that is not trusted: {error.verify_message}"
        ) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        # Not the error itself behind it: what it holds of the request may be secret.
        words = (
            "no answer in time"
            if isinstance(error, TimeoutError) or late.is_set()
            else str(error) or type(error).__name__
        )
        raise SignInDown(f"the token endpoint {host} cannot be reached: {words[:200]}") from None


def _read(answer: http.client.HTTPResponse) -> bytes:
    found = answer.read(_LARGEST + 1)
    if len(found) > _LARGEST:
        raise ValueError("its answer is too long")
    return found


def _end(sock: socket.socket, late: threading.Event) -> None:
    """Whoever waits for it sees its end."""
    late.set()
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _object(body: bytes) -> Mapping[str, object]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
