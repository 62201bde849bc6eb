"""Connects to an IMAP server and logs in: TLS, STARTTLS, LOGIN, PLAIN, or a token by XOAUTH2 or OAUTHBEARER."""

from __future__ import annotations

import imaplib
import socket
from contextlib import suppress
from typing import Any

from imapclient import SocketTimeout
from imapclient.exceptions import CapabilityError, LoginError

from mailbot.adapters.imap.meter import Meter, MeteredClient
from mailbot.adapters.imap.trouble import BROKEN, Trouble
from mailbot.adapters.tls import Security, client_context
from mailbot.core.oauth.sasl import NO_ACCESS, Sasl, answer_to_refusal, initial_response, refusal_in
from mailbot.errors import MailboxRefused


def connect(
    host: str,
    port: int,
    *,
    security: Security,
    ca_file: str | None,
    timeout: SocketTimeout,
    meter: Meter,
    said: Trouble,
) -> MeteredClient:
    """A client before its login. Raises MailboxRefused without STARTTLS, else what imapclient raises."""
    context = None if security == "none" else client_context(ca_file)
    client = MeteredClient(host, port, ssl=security == "tls", ssl_context=context, timeout=timeout, meter=meter)
    # imapclient has imaplib write down everything it reads, mails included, whether or not anybody logs it.
    client._imap.debug = 0  # noqa: SLF001 - no other switch
    # imapclient sends the end of a search line separately: the system would hold it back until the start is
    # acknowledged, which servers delay by 40 ms.
    client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if security == "starttls":
        try:
            client.starttls(context)
        except CapabilityError as error:
            shut(client)
            raise said.refused("STARTTLS", error) from error
        except BaseException:
            shut(client)
            raise
    return client


def login(client: Any, username: str, password: str, said: Trouble) -> None:
    """Log in. Raises MailboxRefused or MailboxDown for a NO, else what imapclient raises."""
    try:
        if password.isascii() and username.isascii():
            client.login(_quoted(username), password)
        else:  # LOGIN allows ASCII only (RFC 3501 section 6.2.3); SASL PLAIN is UTF-8 (RFC 4616 section 2)
            client.plain_login(username, password)
    except LoginError as error:
        # imapclient reports a broken connection as a failed login too: the original error tells them apart.
        if isinstance(error.__context__, imaplib.IMAP4.abort):
            raise error.__context__ from None
        raise said.refused(f"login of {username}", error, secret=password) from None
    # Servers tell more once they know the user (RFC 3501 section 6.2.3).
    client.capabilities()


def login_by_token(client: Any, username: str, token: str, said: Trouble, *, sasl: Sasl, host: str, port: int) -> None:
    """The same by a token. Raises TokenNotTaken if the server answered that it does not take this one."""
    reasons: list[str] = []

    def answer(challenge: bytes) -> bytes:
        """The server asks with nothing; what else it says is why it refuses (RFC 7628 section 3.2.2)."""
        if not challenge:
            return initial_response(sasl, username, token, host=host, port=port)
        reasons.append(refusal_in(challenge))
        return answer_to_refusal(sasl)

    try:
        client.sasl_login(sasl.upper(), answer)
    except LoginError as error:
        if isinstance(error.__context__, imaplib.IMAP4.abort):
            raise error.__context__ from None
        words = "; ".join(filter(None, [str(error), *reasons]))
        refused = said.refused(f"login of {username} by token", LoginError(words), secret=token)
        if isinstance(refused, MailboxRefused):
            raise TokenNotTaken(f"{refused} {NO_ACCESS}") from None
        raise refused from None
    client.capabilities()


class TokenNotTaken(MailboxRefused):
    """The server does not take the token: it may be an old one."""


def shut(client: Any) -> None:
    """Close the connection, whatever state it is in; never raises."""
    with suppress(*BROKEN):
        client.shutdown()


def _quoted(text: str) -> str:
    """A quoted string (RFC 3501 section 9): imaplib quotes the password, but not the user name."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
