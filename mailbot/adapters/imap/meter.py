"""Limits how much an IMAP server may say, and for how long, in answer to one command: counted as the bytes come in.

A socket's timeout limits only a silence. A server that goes on and on (a literal of 4 GB, a line or an answer without
an end, a byte a minute) would fill the memory, or keep an inbox from being checked, for ever.
"""

from __future__ import annotations

import imaplib
import socket
import ssl
import time
from typing import Any

from imapclient import IMAPClient
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.tls import IMAP4_TLS

ANSWER_BYTES = 2 * 1024 * 1024  # the longest search has half a megabyte; more lines cost seconds of the processor
ANSWER_SECONDS = 180.0
SLOWEST = 10_000  # bytes a second: the slowest that a mail may come
SLACK_BYTES = 1024 * 1024  # beside the mails themselves


class TooMuch(OSError):
    """A server did not end its answer within its allowance. The connection is of no use any more."""


class Meter:
    """What is left of the allowance for the awaited answer. For one thread."""

    def __init__(self) -> None:
        self.allow()

    def allow(self, most: int = ANSWER_BYTES, seconds: float = ANSWER_SECONDS) -> None:
        """From now on allow that many bytes beyond any answer's, in that time and what they take on a slow line."""
        self._most = self.left = most
        self._seconds = seconds + max(most - ANSWER_BYTES, 0) / SLOWEST
        self._until = time.monotonic() + self._seconds

    def check(self) -> None:
        """Raises TooMuch if it is used up."""
        if self.left <= 0:
            raise TooMuch(f"the answer does not end after {self._most:,} bytes")
        if time.monotonic() > self._until:
            raise TooMuch(f"the answer does not end after {self._seconds:.0f} s")

    def announced(self, size: int) -> None:
        """The server says that so many bytes follow. Raises TooMuch if that is more than is left."""
        if size > self.left:
            raise TooMuch(f"a literal of {size:,} bytes was announced, where at most {self._most:,} are taken")


class _Metered:
    """Counts what a socket receives, however it is read. Without a meter it is an ordinary socket."""

    meter: Meter | None = None

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        if self.meter is None:
            return int(super().recv_into(*args, **kwargs))  # type: ignore[misc]  # of the socket beside this class
        self.meter.check()
        count = int(super().recv_into(*args, **kwargs))  # type: ignore[misc]  # imapclient has no types, and a mixin no base
        self.meter.left -= count
        return count

    def recv(self, *args: Any, **kwargs: Any) -> bytes:
        if self.meter is None:
            return bytes(super().recv(*args, **kwargs))  # type: ignore[misc]  # imapclient has no types, and a mixin no base
        self.meter.check()
        got = bytes(super().recv(*args, **kwargs))  # type: ignore[misc]  # imapclient has no types, and a mixin no base
        self.meter.left -= len(got)
        return got


class _PlainSocket(_Metered, socket.socket):
    pass


class _TlsSocket(_Metered, ssl.SSLSocket):
    pass


class _Literals:
    """Checks the announced size of a literal before memory is allocated for it."""

    sock: Any

    def read(self, size: int) -> bytes:
        """As `imaplib.IMAP4.read`."""
        if self.sock.meter is not None:
            self.sock.meter.announced(size)
        return bytes(super().read(size))  # type: ignore[misc]  # imapclient has no types, and a mixin no base


class _Plain(_Literals, IMAP4WithTimeout):  # type: ignore[misc]  # imapclient has no types, and a mixin no base
    def __init__(self, host: str, port: int, timeout: float | None, meter: Meter) -> None:
        self._meter = meter
        super().__init__(host, port, timeout)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        plain: socket.socket = super()._create_socket(timeout)
        left = plain.gettimeout()
        metered = _PlainSocket(fileno=plain.detach())
        metered.settimeout(left)
        metered.meter = self._meter
        return metered

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> Any:
        """As `imaplib.IMAP4.starttls`; the socket within TLS is counted like the one without."""
        assert ssl_context is not None
        ssl_context.sslsocket_class = _TlsSocket
        answer = super().starttls(ssl_context=ssl_context)
        self.sock.meter = self._meter
        return answer


class _Tls(_Literals, IMAP4_TLS):  # type: ignore[misc]  # imapclient has no types, and a mixin no base
    def __init__(self, host: str, port: int, context: ssl.SSLContext, timeout: float | None, meter: Meter) -> None:
        self._meter = meter
        super().__init__(host, port, context, timeout)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        assert self.ssl_context is not None
        self.ssl_context.sslsocket_class = _TlsSocket
        sock: _TlsSocket = super()._create_socket(timeout)
        sock.meter = self._meter
        return sock


class MeteredClient(IMAPClient):  # type: ignore[misc]  # imapclient has no types
    """An imapclient whose `meter` counts every byte of the server's, from the greeting on."""

    def __init__(self, *args: Any, meter: Meter, **options: Any) -> None:
        self._meter = meter
        super().__init__(*args, **options)

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - imapclient's own name
        seconds = getattr(self._timeout, "connect", None)
        if self.ssl:
            return _Tls(self.host, self.port, self.ssl_context, seconds, self._meter)
        return _Plain(self.host, self.port, seconds, self._meter)
