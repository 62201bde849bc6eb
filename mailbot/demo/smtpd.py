"""An SMTP server (aiosmtpd) on loopback ports that passes on accepted mails, and misbehaves when told to."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from aiosmtpd.smtp import MISSING, SMTP, AuthResult, Envelope, LoginPassword, Session

Stage = Literal["connect", "login", "mail", "rcpt", "data", "body", "dot"]


@dataclass(kw_only=True)
class Fault:
    """What goes wrong, where, and how often: a reply of this kind, a cut connection, or silence.

    `stage`: `connect` instead of the greeting, `login`, `mail`, `rcpt`, `data` instead of 354, `body` after the first
    bytes of the mail (only a cut or silence), `dot` after the whole mail. `taken`: at `dot`, the mail is delivered all
    the same, as by a server that dies between its commit and its answer. A 421 also closes the connection.
    """

    stage: Stage
    reply: str | None = None
    cut: bool = False
    silence: bool = False
    recipient: str | None = None
    taken: bool = False
    times: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Transaction:
    """One accepted mail: its envelope ("" is the null sender), bytes, who was logged in, and when."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes
    login: str | None
    helo: str
    at: datetime


Accept = Callable[[Transaction], Awaitable[str]]
Check = Callable[[str], str | None]


class SmtpServer:
    """Listens on 127.0.0.1; `port` and `tls_port` are known after `start`.

    `check(recipient)` returns a refusal or None at RCPT; `accept(transaction)` delivers and returns the reply.
    """

    def __init__(
        self,
        accounts: dict[str, str],
        *,
        hostname: str,
        check: Check,
        accept: Accept,
        require_login: bool = False,
        smtputf8: bool = True,
        pipelining: bool = True,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.port = 0
        self.tls_port = 0
        self.faults: list[Fault] = []
        self.connections = 0
        self._accounts = accounts
        self._hostname = hostname
        self._check = check
        self._accept = accept
        self._require_login = require_login
        self._smtputf8 = smtputf8
        self._pipelining = pipelining
        self._tls = tls
        self._servers: list[asyncio.Server] = []
        self.open: set[_Conversation] = set()

    async def start(self) -> None:
        """Listen; the ports are chosen by the system."""
        # At each login it warns that its own bookkeeping is deprecated.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self.port = await self._listen(None)
        if self._tls is not None:
            self.tls_port = await self._listen(self._tls)

    async def _listen(self, tls: ssl.SSLContext | None) -> int:
        loop = asyncio.get_running_loop()

        def conversation() -> _Conversation:
            return _Conversation(
                self,
                hostname=self._hostname,
                ident="ESMTP",
                enable_SMTPUTF8=self._smtputf8,
                tls_context=None if tls else self._tls,
                auth_require_tls=False,
                authenticator=self._authenticate,
                loop=loop,
            )

        server = await loop.create_server(conversation, "127.0.0.1", 0, ssl=tls)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening and cut every connection."""
        for server in self._servers:
            server.close()
        self.cut()
        for server in self._servers:
            await server.wait_closed()
        self._servers.clear()

    def cut(self) -> None:
        """Cut every open connection without a word."""
        for conversation in list(self.open):
            conversation.abort()

    def fault(self, stage: Stage, recipient: str | None = None) -> Fault | None:
        """The next fault for this stage, counted down; None if all goes well."""
        for fault in self.faults:
            if fault.stage == stage and (fault.recipient is None or fault.recipient == recipient):
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    # aiosmtpd calls these by name; each returns the reply, or MISSING for its own.

    def _authenticate(
        self, _server: object, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        if isinstance(data, LoginPassword):
            name = data.login.decode("utf-8", "replace")
            if self._accounts.get(name.casefold()) == data.password.decode("utf-8", "replace"):
                return AuthResult(success=True, auth_data=name)
        return AuthResult(success=False, handled=False)

    async def handle_AUTH(self, server: _Conversation, _session: Session, _envelope: Envelope, _args: object) -> object:  # noqa: N802 - aiosmtpd's name
        """The login stage; the check of the password is `_authenticate`."""
        return await server.misbehave("login") or MISSING

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: object, session: Session, _envelope: Envelope, hostname: str, replies: list[str]
    ) -> list[str]:
        """PIPELINING too: aiosmtpd reads one command after the other, as RFC 2920 asks, and does not say so."""
        session.host_name = hostname
        return [*replies[:-1], "250-PIPELINING", replies[-1]] if self._pipelining else replies

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: _Conversation, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """RFC 4954 section 6 gives the reply to a client that has to log in first."""
        if reply := await server.misbehave("mail"):
            return reply
        if self._require_login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: _Conversation, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Faults first, then whether this server takes mail for the address."""
        if reply := await server.misbehave("rcpt", address) or self._check(address):
            return reply
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: _Conversation, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """After the final dot: deliver, then answer."""
        transaction = Transaction(
            sender="" if envelope.mail_from in {None, "<>"} else str(envelope.mail_from),
            recipients=tuple(envelope.rcpt_tos),
            data=bytes(envelope.original_content or b""),
            login=session.auth_data,
            helo=session.host_name or "",
            at=datetime.now(UTC),
        )
        fault = self.fault("dot", transaction.recipients[0])
        if fault is None:
            return await self._accept(transaction)
        if fault.taken:
            await self._accept(transaction)
        return await server.act(fault)


class _Conversation(SMTP):
    """One client's connection."""

    def __init__(self, owner: SmtpServer, **options: Any) -> None:
        super().__init__(owner, **options)
        self._owner = owner

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self not in self._owner.open:  # STARTTLS creates the connection a second time
            self._owner.connections += 1
            self._owner.open.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._owner.open.discard(self)
        super().connection_lost(error)

    def abort(self) -> None:
        """Cut without a word."""
        transport: Any = self._original_transport or self.transport
        if transport is not None:
            transport.abort()

    async def misbehave(self, stage: Stage, recipient: str | None = None) -> str | None:
        """Act out the next fault of this stage: the reply to give, or None if all goes well."""
        fault = self._owner.fault(stage, recipient)
        return None if fault is None else await self.act(fault)

    async def act(self, fault: Fault) -> str:
        """Do what the fault says; returns the reply to give, unless the connection ends here."""
        if fault.reply is not None and not fault.cut:
            if fault.reply.startswith("421"):
                await self.push(fault.reply)
                self._writer.close()
                await asyncio.Event().wait()
            return fault.reply
        if fault.cut:
            self.abort()
        # When the client leaves, aiosmtpd cancels this conversation, so silence ends with it.
        await asyncio.Event().wait()
        return ""

    async def _handle_client(self) -> None:
        if reply := await self.misbehave("connect"):
            await self.push(reply)
            self._writer.close()
            return
        await super()._handle_client()

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        if reply := await self.misbehave("data"):
            await self.push(reply)
            return
        fault = self._owner.fault("body")
        if fault is None:
            await super().smtp_DATA(arg)
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        await self._reader.readuntil(b"\r\n")
        await self.act(fault)
