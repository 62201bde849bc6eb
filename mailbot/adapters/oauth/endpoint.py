"""Posts a form to a token endpoint (RFC 6749 section 3.2) and reads its answer, within a time and a size."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import zip_longest
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from mailbot.adapters.tls import client_context
from mailbot.errors import SignInDown

TIMEOUT = 10.0  # seconds to connect, and then for all of it
_Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]
_LARGEST = 200_000  # bytes of an answer


class Answer(NamedTuple):
    """The status and the JSON object of the body; an empty one if it is anything else."""

    status: int
    body: Mapping[str, object]


def ask(url: str, form: Mapping[str, str], *, timeout: float = TIMEOUT) -> Answer:
    """Raises SignInDown if nothing comes back. No redirect is followed, since the form holds secrets."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    late = threading.Event()
    try:
        tls = client_context() if parts.scheme == "https" else None
        port = parts.port or (443 if tls is not None else 80)
        connection = (
            http.client.HTTPConnection(host, port)
            if tls is None
            else http.client.HTTPSConnection(host, port, context=tls)
        )
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
            "User-Agent": "mailbot",
        }
        try:
            sock = connection.sock = _reached(host, port, timeout)
            if tls is not None:
                sock = connection.sock = tls.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
            # A timeout of the socket is for each read, and an answer may come a byte at a time.
            patience = threading.Timer(timeout, _end, (sock, late))
            patience.daemon = True
            patience.start()
            try:
                if isinstance(sock, ssl.SSLSocket):
                    sock.do_handshake()
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


def _reached(host: str, port: int, timeout: float) -> socket.socket:
    """Connected. All addresses share the time: a large provider has a dozen, and a firewall may swallow every one."""
    until = time.monotonic() + timeout
    addresses = _few(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    failed: OSError = TimeoutError()
    for number, (family, kind, protocol, _, address) in enumerate(addresses):
        left = until - time.monotonic()
        if left <= 0:
            break
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(left / (len(addresses) - number))
            sock.connect(address)
            sock.settimeout(timeout)
        except OSError as error:
            sock.close()
            failed = error
        else:
            return sock
    raise failed


def _few(found: Sequence[_Address]) -> list[_Address]:
    """At most two of each family, by turns, so that a family that leads nowhere leaves time for the other."""
    families = list(dict.fromkeys(one[0] for one in found))
    each = [[one for one in found if one[0] == family][:2] for family in families]
    return [one for turn in zip_longest(*each) for one in turn if one is not None]


def _read(answer: http.client.HTTPResponse) -> bytes:
    found = answer.read(_LARGEST + 1)
    if len(found) > _LARGEST:
        raise ValueError("its answer is too long")
    return found


def _end(sock: socket.socket, late: threading.Event) -> None:
    """Whoever waits for it sees its end."""
    late.set()
    with suppress(OSError):
        # Not the method of an SSLSocket, which takes the TLS away first: what is sent at that moment would be in the clear.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _object(body: bytes) -> Mapping[str, object]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
