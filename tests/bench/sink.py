"""An SMTP server that takes everything, in a process of its own: one line on stdout for each mail it accepted.

The first line is the port. Each other line is JSON: `at` (seconds since 1970, when the 250 was written), `to`, `answers`
(the In-Reply-To, without brackets) and `own` (the Message-ID). It ends when its stdin does.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

_WANTED = {b"in-reply-to": "answers", b"message-id": "own"}


class Session(asyncio.Protocol):
    """One connection (RFC 5321): pipelining is offered, as by all servers that matter; no mail is kept."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._to = transport
        self._waiting = b""
        self._in_data = False
        self._recipient = ""
        self._to.write(b"220 sink.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while True:
            end = b"\r\n.\r\n" if self._in_data else b"\r\n"
            one, found, rest = self._waiting.partition(end)
            if not found:
                return
            self._waiting = rest
            if self._in_data:
                self._in_data = False
                self._accept(one)
            else:
                self._command(one)

    def _command(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"EHLO":
            self._to.write(
                b"250-sink.example\r\n250-SIZE 52428800\r\n250-PIPELINING\r\n250-SMTPUTF8\r\n250 8BITMIME\r\n"
            )
        elif verb == b"DATA":
            self._in_data = True
            self._to.write(b"354 go on\r\n")
        elif verb == b"QUIT":
            self._to.write(b"221 bye\r\n")
            self._to.close()
        else:
            if verb == b"RCPT":
                self._recipient = line.partition(b"<")[2].partition(b">")[0].decode()
            self._to.write(b"250 ok\r\n")

    def _accept(self, mail: bytes) -> None:
        self._to.write(b"250 taken\r\n")
        seen: dict[str, object] = {"at": time.time(), "to": self._recipient}
        for line in mail.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").split(b"\r\n"):
            name, _, value = line.partition(b":")
            if key := _WANTED.get(name.lower()):
                seen[key] = value.strip().strip(b"<>").decode()
        sys.stdout.write(json.dumps(seen) + "\n")
        sys.stdout.flush()


async def serve() -> None:
    """Serve on a free port of loopback until stdin ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Session, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve())
