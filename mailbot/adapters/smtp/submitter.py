"""Submission over SMTP (RFC 5321, RFC 6409) with aiosmtplib: one recipient per transaction, each result reported."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable
from contextlib import suppress

import aiosmtplib

from mailbot.adapters.oauth.source import Tokens
from mailbot.adapters.smtp.connection import Reply, Wire
from mailbot.adapters.smtp.data import envelope_address, on_the_wire
from mailbot.adapters.smtp.token_login import a_password, a_token, login_by_token
from mailbot.adapters.tls import Security, client_context, not_trusted, wrong_pair
from mailbot.core.oauth.sasl import Sasl
from mailbot.core.sending.refusals import Stage
from mailbot.ports import Submission

SLOWEST = 16_384  # bytes a second: on a slower line a mail is given up while it is being sent
# 503: out of step (RFC 5321 section 4.2.2). The others say who we are not (RFC 4954 section 6).
NOT_ABOUT_THE_MAIL = frozenset({503, 530, 534, 535, 538})
ONE_WRITE = 32_768  # bytes; a mail up to this size leaves together with its final dot
DOT = b".\r\n"
_STAGES = (Stage.MAIL, Stage.RCPT, Stage.DATA)
_GOES_ON = ({250}, {250, 251}, {354})  # what MAIL, RCPT and DATA must be answered by
SERVICE_CLOSING = 421  # RFC 5321 section 3.8: may answer any command, and says nothing about the mail


class SmtpSubmitter:
    """A submission server with one kept connection; implements `ports.Submitter`. Calls at the same time take turns.

    `password` is called at each login, or the login is by one of `tokens`, as `sasl` says; without `username` there is
    none. `timeout` (seconds) limits each answer of the
    server except the one to the final dot, which may take its time (RFC 5321 section 4.5.3.2.6), and for which too
    little patience makes doubles: its limit is `final_timeout`. `connect_timeout` limits connecting, TLS and login. A
    connection unused for `idle_limit` seconds is replaced. A password crosses a plain connection only with
    `security="none"`. `local_hostname` is the EHLO name; by default this machine's.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        security: Security = "starttls",
        username: str | None = None,
        password: Callable[[], str] | None = None,
        tokens: Tokens | None = None,
        sasl: Sasl = "xoauth2",
        ca_file: str | None = None,
        local_hostname: str | None = None,
        timeout: float = 60.0,
        final_timeout: float = 300.0,
        connect_timeout: float = 15.0,
        idle_limit: float = 30.0,
    ) -> None:
        self._host = host
        self._port = port
        self._security = security
        self._username = username
        self._password = password
        self._tokens = tokens
        self._sasl = sasl
        self._ca_file = ca_file
        self._local_hostname = local_hostname
        self._timeout = timeout
        self._final_timeout = final_timeout
        self._connect_timeout = connect_timeout
        self._idle_limit = idle_limit
        self._client: aiosmtplib.SMTP | None = None
        self._wire: Wire | None = None
        self._used = 0.0
        self._reached = Stage.CONNECT
        self._kept = False
        self._secret = ""
        self._turn = asyncio.Lock()

    async def submit(self, sender: str, recipient: str, data: bytes) -> Submission:
        """Hand over one mail. Never raises for what the network or the server does: the result says it.

        `sender` may be empty (the null return path). `data` goes out unchanged, except CRLF line ends and dot stuffing.
        """
        async with self._turn:
            result = await self._try(sender, recipient, data)
            if result.down and self._kept:
                # The server may have closed a kept connection while nobody looked. `down` means that nothing was
                # handed over, so one more try on a new connection cannot double the mail.
                result = await self._try(sender, recipient, data)
            return result

    async def probe(self) -> str | None:
        """Connect and log in without sending anything; what is wrong, or None."""
        async with self._turn:
            try:
                await self._connected()
            except (aiosmtplib.SMTPException, OSError, ValueError) as error:
                self._drop()
                return f"{self._where()}: {self._words(error)}"
            return None

    async def close(self) -> None:
        """QUIT, if connected."""
        async with self._turn:
            if self._wire is not None:
                with suppress(aiosmtplib.SMTPException, OSError):
                    self._wire.write(b"QUIT\r\n")
                    await self._wire.reply(min(self._timeout, 1.0))
                await self._wire.abandon()
            self._drop()

    # --- one try -----------------------------------------------------------------------------------------------------

    async def _try(self, sender: str, recipient: str, data: bytes) -> Submission:
        try:
            client, wire = await self._connected()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            self._drop()
            return _down(_code(error), f"{self._where()}: {self._words(error)}", self._reached)
        utf8 = client.supports_extension("smtputf8")
        at = Stage.MAIL
        try:
            source = envelope_address(sender, utf8=utf8) if sender else ""
            at = Stage.RCPT
            target = envelope_address(recipient, utf8=utf8)
        except ValueError as error:
            return Submission(accepted=False, code=0, reply=str(error), permanent=True, at=at)
        try:
            result = await self._transaction(client, wire, source, target, data)
        except BaseException:  # cancelled in the middle: nobody may go on from here
            self._drop()
            raise
        self._used = time.monotonic()
        if not wire.open:
            self._drop()
        return result

    async def _transaction(
        self, client: aiosmtplib.SMTP, wire: Wire, sender: str, recipient: str, data: bytes
    ) -> Submission:
        body = on_the_wire(data)
        mail = f"MAIL FROM:<{sender}>"
        if client.supports_extension("size"):
            # RFC 1870 section 6.1: what exceeds the server's stated limit need not be tried; 0 means that none is
            # stated.
            most = client.esmtp_extensions.get("size", "").strip()
            if most.isdecimal() and 0 < int(most[:18]) < len(body):
                words = f"5.3.4 {len(body)} bytes, and the server says that it takes {int(most[:18])}"
                return Submission(accepted=False, code=552, reply=words, permanent=True, at=Stage.MAIL)
            mail += f" SIZE={len(body)}"
        if client.supports_extension("8bitmime") and not data.isascii():
            mail += " BODY=8BITMIME"
        if not (sender.isascii() and recipient.isascii()):
            mail += " SMTPUTF8"
        lines = [f"{line}\r\n".encode() for line in (mail, f"RCPT TO:<{recipient}>", "DATA")]
        together = client.supports_extension("pipelining")
        try:
            if together:
                wire.write(b"".join(lines))
            for at, line in enumerate(lines):
                if not together:
                    wire.write(line)
                reply = await wire.reply(self._timeout)
                if reply.code not in _GOES_ON[at]:
                    asked = len(lines) if together else at + 1
                    return await self._refused(wire, reply, _STAGES[at], asked=asked, answered=at + 1)
        except (aiosmtplib.SMTPException, OSError) as error:
            self._drop()
            return _down(_code(error), f"{self._where()}: {self._words(error)}", Stage.MAIL)
        return await self._data(wire, body)

    async def _data(self, wire: Wire, body: bytes) -> Submission:
        """The mail and the final dot: until that is written, the server cannot have taken the mail.

        A mail of one packet or a few goes out in one write with the dot, and counts as handed over from then on.
        """
        dot = False
        try:
            if len(body) > ONE_WRITE:
                seconds = self._timeout + len(body) / SLOWEST
                await wire.send(body, seconds=seconds, standstill=self._timeout)
                body = b""
            if wire.quiet:
                wire.write(body + DOT)
                dot = True
            reply = await wire.reply(self._final_timeout)
        except aiosmtplib.SMTPResponseException as error:
            # What came back is not an SMTP reply, so nobody knows what became of the mail.
            self._drop()
            return Submission(accepted=False, code=error.code, reply=self._words(error), ambiguous=dot, down=not dot)
        except (aiosmtplib.SMTPException, OSError) as error:
            self._drop()
            where = "after" if dot else "before"
            words = f"{self._where()}: cut {where} the final dot: {self._words(error)}"
            return Submission(accepted=False, code=0, reply=words, ambiguous=dot, down=not dot)
        if not dot:
            # An answer in the middle of the mail: the server will not stay in step with us.
            self._drop()
            if reply.code < 400:
                return _down(reply.code, f"{self._where()}: answered before the final dot: {reply.words}", Stage.DATA)
        if 200 <= reply.code < 300:
            return Submission(accepted=True, code=reply.code, reply=reply.words)
        if reply.code < 400:
            self._drop()
            return Submission(accepted=False, code=reply.code, reply=reply.words, ambiguous=True)
        return await self._refused(wire, reply, Stage.DOT)

    async def _refused(self, wire: Wire, reply: Reply, at: Stage, *, asked: int = 0, answered: int = 0) -> Submission:
        """What a refusal means for the mail; `asked` commands went out together, of which `answered` are answered."""
        code, words = reply
        if code == SERVICE_CLOSING:
            self._drop()
            return _down(code, f"{self._where()}: {words}", at)
        if not 400 <= code < 600:
            # Out of step, as with a 250 instead of 354: only a new connection helps.
            self._drop()
            return _down(code, f"{self._where()}: unexpected reply {code} {words}", at)
        if code in NOT_ABOUT_THE_MAIL:
            self._drop()
            return _down(code, f"{self._where()}: {words}", at)
        try:
            if not await self._ended(wire, reply, asked, answered):
                self._drop()
        except (aiosmtplib.SMTPException, OSError):
            self._drop()
        return Submission(accepted=False, code=code, reply=words, permanent=code >= 500, at=at)

    async def _ended(self, wire: Wire, refusal: Reply, asked: int, answered: int) -> bool:
        """End the transaction after a refusal; whether both sides are in step, so that the next mail may follow.

        RFC 2920 section 3.1: a server may go on to 354 although it took no recipient, and the mail is then ended at
        once. That is done only if RCPT itself was refused, since otherwise an empty mail might go out.
        """
        replies = [refusal]
        while answered < asked:
            replies.append(await wire.reply(self._timeout))
            answered += 1
        if replies[-1].code in _GOES_ON[-1]:
            if replies[-2].code < 400:
                return False
            wire.write(DOT)
            replies.append(await wire.reply(self._final_timeout))
        if any(reply.code == SERVICE_CLOSING for reply in replies) or not wire.open:
            return False
        wire.write(b"RSET\r\n")
        return (await wire.reply(self._timeout)).code == 250 and wire.quiet

    # --- the connection ----------------------------------------------------------------------------------------------

    async def _connected(self) -> tuple[aiosmtplib.SMTP, Wire]:
        client, wire = self._client, self._wire
        # What a server says unasked, such as 421 before it closes, is not about any mail of ours.
        self._kept = wire is not None and wire.quiet and time.monotonic() - self._used < self._idle_limit
        if client is not None and wire is not None and self._kept:
            return client, wire
        self._drop()
        try:
            return await self._logged_in()
        except aiosmtplib.SMTPAuthenticationError as error:
            if self._tokens is None or not self._secret or error.code < 500:
                raise
            self._tokens.refused(self._secret)  # it may be an old one: once more, with a new one
        return await self._logged_in()

    async def _logged_in(self) -> tuple[aiosmtplib.SMTP, Wire]:
        context = None if self._security == "none" else await asyncio.to_thread(client_context, self._ca_file)
        self._reached, self._secret = Stage.LOGIN, ""
        if self._tokens is not None:
            self._secret = await a_token(self._tokens)
        elif self._password is not None and self._username is not None:
            self._secret = a_password(self._password)
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            use_tls=self._security == "tls",
            start_tls=self._security == "starttls",
            tls_context=context,
            local_hostname=self._local_hostname,
            timeout=self._connect_timeout,
        )
        self._client = client
        try:
            async with asyncio.timeout(self._connect_timeout * 2):
                self._reached = Stage.CONNECT
                await client.connect()
                await _greet(client)
                if self._username is not None:
                    self._reached = Stage.LOGIN
                    if self._tokens is not None:
                        place = (self._host, self._port)
                        await login_by_token(client, self._username, self._secret, sasl=self._sasl, place=place)
                    else:
                        await client.login(self._username, self._secret)
                wire = self._wire = Wire(client)
        except BaseException:
            self._drop()
            raise
        self._local_hostname = client.local_hostname
        self._used = time.monotonic()
        return client, wire

    def _drop(self) -> None:
        client, self._client, self._wire = self._client, None, None
        if client is not None:
            client.close()

    def _where(self) -> str:
        return f"SMTP {self._host}:{self._port}"

    def _words(self, error: BaseException) -> str:
        """The server's words or the error's, never with the password in them."""
        cause = error.__cause__ if isinstance(error, aiosmtplib.SMTPConnectError) and error.__cause__ else error
        if isinstance(cause, ssl.SSLCertVerificationError):
            return not_trusted(cause)
        if self._reached is Stage.CONNECT and (pair := wrong_pair("SMTP", self._port, self._security, cause)):
            return pair
        words = error.message if isinstance(error, aiosmtplib.SMTPException) else str(error)
        words = words or ("no answer in time" if isinstance(error, TimeoutError) else type(error).__name__)
        return words.replace(self._secret, "…") if self._secret else words


async def _greet(client: aiosmtplib.SMTP) -> None:
    if client.is_ehlo_or_helo_needed:
        try:
            await client.ehlo()
        except aiosmtplib.SMTPHeloError:  # RFC 5321 section 3.2: an old server is greeted the old way
            if not client.is_connected:
                raise
            await client.helo()


def _down(code: int, reply: str, at: Stage) -> Submission:
    return Submission(accepted=False, code=code, reply=reply, down=True, at=at)


def _code(error: BaseException) -> int:
    return error.code if isinstance(error, aiosmtplib.SMTPResponseException) else 0
