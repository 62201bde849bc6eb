"""One open SMTP connection: lines go out, alone or together, and the replies to them come in, in order."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import NamedTuple

import aiosmtplib

_LONGEST = 32_768  # bytes of one reply, all its lines together
_PIECE = 65_536  # bytes that are handed over before checking whether the other side still keeps up


class Reply(NamedTuple):
    """What a server said (RFC 5321 section 4.2): the code, and the words of all lines, separated by LF."""

    code: int
    words: str


class Wire(asyncio.Protocol):
    """Takes over the connection of a client that has connected, greeted and logged in.

    aiosmtplib drops a reply that nobody waits for yet, such as those to pipelined commands (RFC 2920): here they
    are kept. Everything but what a transaction says is still left to aiosmtplib.
    """

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        transport = client.transport
        if not isinstance(transport, asyncio.Transport) or transport.is_closing():
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        self._transport = transport
        self._buffer = bytearray()
        self._lines: list[bytes] = []
        self._replies: deque[Reply] = deque()
        self._error: aiosmtplib.SMTPException | None = None
        self._full = False
        self._waiter: asyncio.Future[None] | None = None
        transport.set_protocol(self)

    @property
    def quiet(self) -> bool:
        """Whether it is open and the server has said nothing that was not read yet."""
        return not (self._replies or self._lines or self._buffer or self._error or self._transport.is_closing())

    @property
    def open(self) -> bool:
        """Whether something can still be said."""
        return self._error is None and not self._transport.is_closing()

    def write(self, data: bytes) -> None:
        """Send these bytes. Raises SMTPServerDisconnected if none of them can go out any more."""
        if not self.open:
            raise self._error or aiosmtplib.SMTPServerDisconnected("Connection lost")
        self._transport.write(data)

    async def abandon(self) -> None:
        """Give up the connection and its socket: nothing more will come, and no loop may run any more."""
        self._transport.abort()
        # TLS would wait for the other side to end; each turn lets go of one layer.
        for _ in range(3):
            await asyncio.sleep(0)

    async def reply(self, seconds: float) -> Reply:
        """The next reply. Raises TimeoutError, SMTPServerDisconnected, or SMTPResponseException for what is not one."""
        if not self._replies:
            async with asyncio.timeout(seconds):
                while not self._replies:
                    if self._error is not None:
                        raise self._error
                    await self._something()
        return self._replies.popleft()

    async def send(self, data: bytes, *, seconds: float, standstill: float) -> None:
        """Write as fast as the other side takes it; return when all is written, or the server answered or left before.

        asyncio's flow control with its own limits (`pause_writing`, `resume_writing`): a few buffers may be on their
        way when it returns. Raises TimeoutError after `seconds` in all, or after that many seconds of `standstill`.
        """
        async with asyncio.timeout(seconds):
            for at in range(0, len(data), _PIECE):
                if not self.quiet:
                    return
                self.write(data[at : at + _PIECE])
                if self._full:
                    async with asyncio.timeout(standstill):
                        while self._full and self._error is None and not self._replies:
                            await self._something()
            # Two turns of the loop: in one an end that has arrived is read, in the next it is reported.
            for _ in range(2):
                await asyncio.sleep(0)

    # --- what asyncio calls ------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Replies, or pieces of them."""
        self._buffer += data
        *lines, rest = self._buffer.split(b"\n")
        self._buffer = rest
        for line in lines:
            self._line(bytes(line).rstrip(b"\r"))
        if len(self._buffer) + sum(map(len, self._lines)) > _LONGEST:
            self._end(aiosmtplib.SMTPResponseException(-1, "Response too long"))
        self._wake()

    def eof_received(self) -> None:
        """The server says no more; asyncio closes the connection."""
        self._end(aiosmtplib.SMTPServerDisconnected("Unexpected EOF received"))
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """It ended, on whichever side."""
        error = aiosmtplib.SMTPServerDisconnected("Connection lost")
        error.__cause__ = exc
        self._end(error)
        self._wake()

    def pause_writing(self) -> None:
        """More bytes wait than should (asyncio's default high-water mark)."""
        self._full = True

    def resume_writing(self) -> None:
        """Few enough are left."""
        self._full = False
        self._wake()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _line(self, line: bytes) -> None:
        if self._error is not None:
            return
        if not line[:3].isdigit() or len(line) < 3:
            shown = line[:200].decode("utf-8", "replace")
            self._end(aiosmtplib.SMTPResponseException(-1, f"Malformed SMTP response line: {shown}"))
            return
        self._lines.append(line)
        if line[3:4] != b"-":
            words = b"\n".join(said[4:].strip(b" \t") for said in self._lines)
            self._lines = []
            self._replies.append(Reply(int(line[:3]), words.decode("utf-8", "surrogateescape")))

    def _end(self, error: aiosmtplib.SMTPException) -> None:
        self._error = self._error or error

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _something(self) -> None:
        """Return when anything has changed."""
        self._waiter = asyncio.get_running_loop().create_future()
        await self._waiter
