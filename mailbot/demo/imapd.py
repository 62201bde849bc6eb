"""An IMAP server in memory (pymap) on loopback ports, with any number of accounts."""

from __future__ import annotations

import asyncio
import ssl
from argparse import Namespace
from collections.abc import Mapping
from datetime import UTC, datetime
from hmac import compare_digest

from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import Config, Identity, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.concurrent import Event, Subsystem
from pymap.config import BackendCapability
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.selected import SelectedMailbox
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

GRACE = 2.0  # seconds that a connection has to end after its socket was closed


class _Plain(Cleartext):
    """Unhashed passwords, beyond ASCII as well."""

    def verify(self, secret: str, hash: str) -> bool:  # noqa: A002 - the library's name
        return compare_digest(secret.encode(), hash.encode())


class _Config(Config):
    """pymap's settings for one listener; `idle` says whether IDLE is offered."""

    def __init__(self, *, idle: bool, tls: ssl.SSLContext | None) -> None:
        super().__init__(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            host=None,
            port=0,
            demo_data=False,
            demo_user="",
            demo_password="",
            tls_enabled=tls is not None,
            ssl_context=tls or ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER),
            # Accounts are invented and live in memory: a slow hash would only cost start-up time.
            hash_context=_Plain(),
            cpu_subsystem=Subsystem.for_asyncio(),
            invalid_user_sleep=0.0,
            reject_dnsbl=False,
        )
        self._idle = idle

    @property
    def backend_capability(self) -> BackendCapability:
        return BackendCapability(idle=self._idle, object_id=True, multi_append=True)

    @property
    def greeting(self) -> bytes:
        # pymap would ask the resolver for this machine's name at every connection.
        return b"Server ready"


class _Inbox(MailboxData):
    """pymap's mailbox with a better IDLE, which at once reports what came meanwhile."""

    async def update_selected(self, selected: SelectedMailbox, *, wait_on: Event | None = None) -> SelectedMailbox:
        told = selected.mod_sequence
        if told is not None and self._mod_sequences.highest > told:
            wait_on = None
        return await super().update_selected(selected, wait_on=wait_on)


class _Folders(MailboxSet):
    def __init__(self) -> None:
        super().__init__()
        self._inbox = _Inbox(self._content_cache, self._thread_cache)


class ImapServer:
    """Serves the accounts (login name to password) on 127.0.0.1; `port` and `tls_port` are known after `start`.

    Without a TLS context the plain port takes unencrypted logins; with one it insists on STARTTLS, and `tls_port`
    speaks TLS from the first byte.
    """

    def __init__(self, accounts: Mapping[str, str], *, idle: bool = True, tls: ssl.SSLContext | None = None) -> None:
        self.port = 0
        self.tls_port = 0
        self._tls = tls
        self._config = _Config(idle=idle, tls=None)
        self._login = Login(self._config)
        for name, password in accounts.items():
            self._login.users_dict[name] = UserMetadata(self._config, name, password=password)
            self._config.set_cache[name] = (_Folders(), FilterSet())
        self._servers: list[asyncio.Server] = []
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._starttls: tuple[_Config, Login] | None = None
        if tls is not None:
            config = _Config(idle=idle, tls=tls)
            config.set_cache = self._config.set_cache
            login = Login(config)
            login.users_dict = self._login.users_dict
            self._starttls = (config, login)

    async def start(self) -> None:
        """Listen; the ports are chosen by the system."""
        config, login = self._starttls or (self._config, self._login)
        self.port = await self._listen(config, login, None)
        if self._tls is not None:
            self.tls_port = await self._listen(self._config, self._login, self._tls)

    async def _listen(self, config: _Config, login: Login, tls: ssl.SSLContext | None) -> int:
        serve = IMAPServer(login, config)

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            # The event loop holds its tasks weakly: without this reference a connection would be garbage collected.
            task = asyncio.get_running_loop().create_task(self._converse(serve, config, reader, writer))
            self._connections[task] = writer
            task.add_done_callback(lambda done: self._connections.pop(done, None))

        server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def _converse(
        self, serve: IMAPServer, config: _Config, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        config.apply_context()
        try:
            await serve(reader, writer, SocketInfoLocal(writer, unique_id=b"", dnsbl=None))
        except (OSError, EOFError):
            pass  # the client went away
        finally:
            writer.close()

    async def append(self, account: str, raw: bytes) -> None:
        """Put a mail into the account's INBOX unchanged; clients in IDLE are told. KeyError: no such account."""
        if account not in self._login.users_dict:
            raise KeyError(account)
        self._config.apply_context()
        async with Identity(account, self._login, None, frozenset()).new_session() as session:
            inbox = await session.mailbox_set.get_mailbox("INBOX")
            await inbox.append(AppendMessage(raw, datetime.now(UTC), frozenset()), recent=True)

    async def close(self) -> None:
        """Stop listening and cut every connection."""
        for server in self._servers:
            server.close()
        await self.cut()
        for server in self._servers:
            await server.wait_closed()
        self._servers.clear()

    async def cut(self) -> None:
        """Cut every open connection without a word, as a crash of the server would; new ones are accepted."""
        for writer in list(self._connections.values()):
            writer.transport.abort()
        tasks = list(self._connections)
        if tasks:
            _, stuck = await asyncio.wait(tasks, timeout=GRACE)
            for task in stuck:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
