"""A mail server for one machine: IMAP and SMTP on loopback ports, mailboxes in memory, for the demo and for tests."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self, TypeVar

from mailbot.demo.certificate import local_certificate
from mailbot.demo.imapd import ImapServer
from mailbot.demo.smtpd import Fault, SmtpServer, Stage, Transaction
from mailbot.demo.stamping import bounce, from_address, stamp

__all__ = ["EmbeddedServers", "Fault", "Transaction"]

T = TypeVar("T")


class EmbeddedServers:
    """Mailboxes for `users` (address to password), served by IMAP and fed by SMTP, as an async context manager.

    - Domains of the users (and `domains`) are hosted here. Mail for an unknown name in them is refused with 550, or,
      with `generate_bounces`, taken and sent back as a delivery report. Mail for other domains is recorded and goes
      nowhere; with `require_login` only clients that logged in may send it (MAIL itself then asks for a login).
    - Every mail accepted by SMTP is in `transactions`, and `on_transaction` is called with it, in the server's loop.
    - Plus addresses reach the base mailbox. Delivered mail has the headers that a real receiving server adds.
    - `tls=True` requires STARTTLS on `imap_port`, offers it on `smtp_port`, and opens `imaps_port` and
      `smtps_port`; `ca_pem` is the certificate to trust.

    Ports are chosen by the system and known once entered. Use it in a running loop with `async with`, or from plain
    code with `run_in_thread()`; `deliver`, `deliver_now` and `messages` may be called from any thread.
    """

    def __init__(
        self,
        users: Mapping[str, str],
        *,
        domains: Iterable[str] = (),
        authserv_id: str = "mx.desk.example",
        require_login: bool = False,
        generate_bounces: bool = False,
        idle: bool = True,
        smtputf8: bool = True,
        pipelining: bool = True,
        tls: bool = False,
        on_transaction: Callable[[Transaction], None] | None = None,
    ) -> None:
        self.users = {address.casefold(): password for address, password in users.items()}
        self.domains = {address.rpartition("@")[2] for address in self.users} | {name.casefold() for name in domains}
        self.authserv_id = authserv_id
        self.generate_bounces = generate_bounces
        self.transactions: list[Transaction] = []
        self.on_transaction = on_transaction
        context, self.ca_pem = local_certificate() if tls else (None, "")
        self.imap = ImapServer(self.users, idle=idle, tls=context)
        self.smtp = SmtpServer(
            self.users,
            hostname=authserv_id,
            check=self._check,
            accept=self._accept,
            require_login=require_login,
            smtputf8=smtputf8,
            pipelining=pipelining,
            tls=context,
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._delivered: dict[str, list[bytes]] = {address: [] for address in self.users}
        self._numbers = itertools.count(1)

    host = "127.0.0.1"

    @property
    def imap_port(self) -> int:
        """IMAP; plain, or STARTTLS if TLS is on."""
        return self.imap.port

    @property
    def imaps_port(self) -> int:
        """IMAP over TLS; 0 without."""
        return self.imap.tls_port

    @property
    def smtp_port(self) -> int:
        """SMTP and submission; STARTTLS is offered if TLS is on."""
        return self.smtp.port

    @property
    def smtps_port(self) -> int:
        """Submission over TLS; 0 without."""
        return self.smtp.tls_port

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        try:
            await self.imap.start()
            await self.smtp.start()
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.smtp.close()
        await self.imap.close()
        self._loop = None

    @contextmanager
    def run_in_thread(self) -> Iterator[Self]:
        """Serve from a thread with a loop of its own until the block ends."""
        ready = threading.Event()
        failed: list[BaseException] = []
        stop: list[Callable[[], Any]] = []

        async def serve() -> None:
            over = asyncio.Event()
            loop = asyncio.get_running_loop()
            stop.append(lambda: loop.call_soon_threadsafe(over.set))
            async with self:
                ready.set()
                await over.wait()

        def run() -> None:
            try:
                asyncio.run(serve())
            except BaseException as error:  # noqa: BLE001 - handed to the thread that started us
                failed.append(error)
            finally:
                ready.set()

        thread = threading.Thread(target=run, name="embedded-servers", daemon=True)
        thread.start()
        ready.wait()
        try:
            if failed:
                raise failed[0]
            yield self
        finally:
            if thread.is_alive() and stop:
                stop[0]()
            thread.join()

    # --- mailboxes ---------------------------------------------------------------------------------------------------

    async def deliver(self, recipient: str, raw: bytes) -> None:
        """Put the unchanged bytes into the recipient's INBOX; LookupError if nobody has that address."""
        account = self.account(recipient)
        if account is None:
            raise LookupError(recipient)
        await self._here(self._deliver(account, raw))

    def deliver_now(self, recipient: str, raw: bytes) -> None:
        """The same for plain code in a thread other than the servers'."""
        if self._loop is None:
            raise RuntimeError("the servers are not running")
        asyncio.run_coroutine_threadsafe(self.deliver(recipient, raw), self._loop).result()

    def messages(self, user: str) -> list[bytes]:
        """Everything that was delivered to this user's INBOX, oldest first, whatever clients did with it since."""
        return list(self._delivered[user.casefold()])

    def account(self, address: str) -> str | None:
        """Whose mailbox the address reaches: the user's own or, for a plus address, the base name's."""
        local, _, domain = address.casefold().rpartition("@")
        return next(
            (name for name in (f"{local}@{domain}", f"{local.partition('+')[0]}@{domain}") if name in self.users), None
        )

    def misbehave(
        self,
        stage: Stage,
        *,
        reply: str | None = None,
        cut: bool = False,
        silence: bool = False,
        recipient: str | None = None,
        taken: bool = False,
        times: int = 1,
    ) -> None:
        """Arrange a `Fault` for the next transactions; from any thread."""
        self.smtp.faults.append(
            Fault(stage=stage, reply=reply, cut=cut, silence=silence, recipient=recipient, taken=taken, times=times)
        )

    def behave(self) -> None:
        """Forget all arranged faults."""
        self.smtp.faults.clear()

    async def _deliver(self, account: str, raw: bytes) -> None:
        self._delivered[account].append(raw)
        await self.imap.append(account, raw)

    async def _here(self, work: Coroutine[Any, Any, T]) -> T:
        """Run it in the servers' loop, from whatever loop this is."""
        if self._loop is None:
            work.close()
            raise RuntimeError("the servers are not running")
        if self._loop is asyncio.get_running_loop():
            return await work
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    # --- what SMTP asks ----------------------------------------------------------------------------------------------

    def _check(self, recipient: str) -> str | None:
        hosted = recipient.casefold().rpartition("@")[2] in self.domains
        if hosted and self.account(recipient) is None and not self.generate_bounces:
            return f"550 5.1.1 <{recipient}>: no such user here"
        return None

    async def _accept(self, transaction: Transaction) -> str:
        self.transactions.append(transaction)
        if self.on_transaction is not None:
            self.on_transaction(transaction)
        for recipient in transaction.recipients:
            account = self.account(recipient)
            if account is not None:
                await self._deliver(account, self._stamped(transaction, recipient))
            elif recipient.casefold().rpartition("@")[2] in self.domains:
                await self._bounce(transaction, recipient)
        return f"250 2.0.0 Ok: queued as {next(self._numbers)}"

    def _stamped(self, transaction: Transaction, recipient: str) -> bytes:
        author = from_address(transaction.data)
        return stamp(
            transaction.data,
            sender=transaction.sender,
            recipient=recipient,
            helo=transaction.helo,
            login=transaction.login,
            authserv_id=self.authserv_id,
            hosted=author.casefold().rpartition("@")[2] in self.domains,
            now=transaction.at,
        )

    async def _bounce(self, transaction: Transaction, recipient: str) -> None:
        back = self.account(transaction.sender)
        if back is None:  # the null sender, or somebody elsewhere: nothing is ever sent back (RFC 5321 section 6.1)
            return
        report = bounce(
            transaction.data,
            sender=transaction.sender,
            recipient=recipient,
            reply=f"550 5.1.1 <{recipient}>: no such user here",
            authserv_id=self.authserv_id,
            message_id=f"bounce-{next(self._numbers)}@{self.authserv_id}",
            now=transaction.at,
        )
        await self._deliver(back, b"Return-Path: <>\r\n" + report)
