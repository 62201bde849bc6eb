"""Waiting for new mail in an open IMAP folder: IDLE (RFC 2177), a doorbell for other threads, and what to look for.

imapclient's `idle_check` is not used: at the end of the stream it returns at once, and a line split over two reads
breaks it. Here a wait only notices that something came; the search that follows finds out what.
"""

from __future__ import annotations

import imaplib
import os
import select
import socket
import ssl
import time
import weakref
from contextlib import suppress

from imapclient import IMAPClient

MAX_WAIT = 240.0  # seconds in one IDLE: below the idle limits of firewalls, and of RFC 2177 (29 minutes)


class Doorbell:
    """A pipe that one thread sleeps on and any other may ring."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        for end in (self._read, self._write):
            os.set_blocking(end, False)
        weakref.finalize(self, _close, self._read, self._write)

    def ring(self) -> None:
        """End the current `wait`, or else the next one."""
        with suppress(BlockingIOError):  # full of rings already
            os.write(self._write, b"!")

    def wait(self, seconds: float, sock: socket.socket | None = None) -> None:
        """Sleep until it rings, the socket has something to read, or `seconds` are over."""
        poller = select.poll()
        poller.register(self._read, select.POLLIN)
        if sock is not None:
            poller.register(sock.fileno(), select.POLLIN)
        poller.poll(max(seconds, 0.0) * 1000)
        with suppress(BlockingIOError):
            os.read(self._read, 4096)


class News:
    """Remembers how many mails the server last reported, and whether that has been dealt with.

    A server that reports a new mail along with the answer to some other command does not repeat it in IDLE.
    """

    def __init__(self) -> None:
        self.exists = 0
        self._told: int | None = None

    def known(self, client: IMAPClient) -> None:
        """What was reported so far will be found by the search that now follows."""
        told = forget(client, "EXISTS")
        if told is not None:
            self.exists = told
        for kind in ("RECENT", "EXPUNGE", "FETCH"):  # what other clients do would pile up
            forget(client, kind)

    def came(self, client: IMAPClient) -> bool:
        """Whether new mail was reported since.

        The same number twice, with no new mail found between, is a server that always says so: no reason to stay awake.
        """
        told = forget(client, "EXISTS")
        if told is None or told == self._told:
            return False
        self.exists = self._told = told
        return True

    def seen(self) -> None:
        """A search found new mail."""
        self._told = None


def forget(client: IMAPClient, kind: str) -> int | None:
    """Drop the untagged answers of this kind that imaplib has kept; the number in the last one, if it has one."""
    _, kept = client._imap.response(kind)  # noqa: SLF001 - imapclient does not expose them
    last = kept[-1] if kept else None
    return int(last) if isinstance(last, bytes) and last.isdigit() else None


def idle(client: IMAPClient, bell: Doorbell, seconds: float, *, read_timeout: float) -> bool:
    """IDLE until something comes, the bell rings, or `seconds` (at most MAX_WAIT) are over; False if it is refused.

    Raises what imapclient raises; a server that is gone shows itself within `read_timeout` after the wait.
    """
    deadline = time.monotonic() + min(seconds, MAX_WAIT)
    try:
        client.idle()
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        # imapclient expects the `+` line alone; an untagged one may come before it (RFC 3501 section 5.2).
        if not _continues(client):
            return False
        client.idle_done()
        return True
    if not _buffered(client, read_timeout):
        bell.wait(deadline - time.monotonic(), client.socket())
    client.idle_done()
    return True


def _continues(client: IMAPClient) -> bool:
    """Whether the `+` line of the IDLE that was sent still comes, and not a refusal."""
    imap, tag = client._imap, client._idle_tag  # noqa: SLF001 - imapclient gives up here, and the answer is on its way
    while not imap.tagged_commands[tag]:
        if imap._get_response() is None:  # noqa: SLF001 - see above
            return True
    del imap.tagged_commands[tag]
    return False


def _buffered(client: IMAPClient, read_timeout: float) -> bool:
    """Whether bytes were read together with the `+` line: they are in a buffer, where poll does not see them."""
    sock = client.socket()
    if isinstance(sock, ssl.SSLSocket) and sock.pending():
        return True
    sock.settimeout(0.0)
    try:
        return bool(client._imap.file.peek(1))  # noqa: SLF001 - imapclient has no call for it
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    finally:
        sock.settimeout(read_timeout)


def _close(read: int, write: int) -> None:
    os.close(read)
    os.close(write)
