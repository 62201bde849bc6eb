"""Several connections to one submission server, opened as needed, and fewer if the server wants fewer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

import structlog

from mailbot.adapters.smtp.submitter import SmtpSubmitter
from mailbot.core.sending.refusals import Stage
from mailbot.ports import Submission

log = structlog.get_logger("mailbot.send")

FEWER_FOR = 600.0  # seconds for which a server that refused another connection is not asked for one again


class SmtpPool:
    """Implements `ports.Submitter` with at most `most` connections; a free one is reused before another is opened.

    Providers limit how many one account may have at once (RFC 5321 section 4.5.4.1 leaves that to them): if another one
    is refused while some are in use, the mail takes its turn on those, and the others wait for ten minutes.
    """

    def __init__(self, make: Callable[[], SmtpSubmitter], most: int) -> None:
        self._lines: Sequence[SmtpSubmitter] = [make() for _ in range(max(1, most))]
        self._free = list(reversed(self._lines))
        self._most = len(self._lines)
        self._fewer_until = 0.0
        self._heard = 0  # mails about which the server said something
        self._freed = asyncio.Condition()

    @property
    def _busy(self) -> int:
        return len(self._lines) - len(self._free)

    async def submit(self, sender: str, recipient: str, data: bytes) -> Submission:
        """See `ports.Submitter.submit`. Waits if all connections are in use."""
        while True:
            line, heard_before = await self._take(), self._heard
            refused = False
            try:
                result = await line.submit(sender, recipient, data)
                # `down` means that nothing was handed over, so one more try cannot double the mail.
                refused = result.down and result.at in (Stage.CONNECT, Stage.LOGIN)
                self._heard += not result.down
            finally:
                await self._give(line, last=refused)
            # A server that talks on another connection, or did meanwhile, is not down: it wants fewer of them.
            if not refused or not (self._busy or self._heard > heard_before):
                return result
            fewer = max(1, self._busy)
            if self._most > fewer:
                self._most, self._fewer_until = fewer, time.monotonic() + FEWER_FOR
                log.warning("fewer connections", most=self._most, reply=result.reply)

    async def probe(self) -> str | None:
        """Connect and log in without sending anything; what is wrong, or None."""
        line = await self._take()
        try:
            return await line.probe()
        finally:
            await self._give(line, last=False)

    async def close(self) -> None:
        """QUIT on all of them."""
        await asyncio.gather(*(line.close() for line in self._lines))

    async def _take(self) -> SmtpSubmitter:
        async with self._freed:
            while not self._room():
                await self._freed.wait()
            return self._free.pop()

    async def _give(self, line: SmtpSubmitter, *, last: bool) -> None:
        """Put it back, to be taken next since it is connected, or last if it could not connect."""
        async with self._freed:
            self._free.insert(0 if last else len(self._free), line)
            self._freed.notify()

    def _room(self) -> bool:
        if self._most < len(self._lines) and time.monotonic() >= self._fewer_until:
            self._most = len(self._lines)
        return self._busy < self._most
