"""Logs in at a submission server by a token (RFC 4954): XOAUTH2 or OAUTHBEARER."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable

import aiosmtplib

from mailbot.adapters.oauth.source import Tokens
from mailbot.core.oauth.sasl import NO_ACCESS, Sasl, answer_to_refusal, initial_response, refusal_in
from mailbot.errors import ConfigError, SignInDown, SignInRefused

_IN, _GO_ON, _NOT_IN = 235, 334, 535


async def a_token(tokens: Tokens) -> str:
    """A token that holds. Raises OSError if none can be had just now, and what a refused login raises if none is given."""
    try:
        return await asyncio.to_thread(tokens.token)
    except SignInDown as error:
        raise ConnectionError(str(error)) from None
    except (SignInRefused, ConfigError) as error:  # nobody but an admin can put it right
        raise aiosmtplib.SMTPAuthenticationError(_NOT_IN, str(error)) from None


def a_password(password: Callable[[], str]) -> str:
    """The password. Raises what a refused login raises if it cannot be read: the mail waits, and is not in doubt."""
    try:
        return password()
    except ConfigError as error:
        raise aiosmtplib.SMTPAuthenticationError(_NOT_IN, str(error)) from None


async def login_by_token(
    client: aiosmtplib.SMTP, username: str, token: str, *, sasl: Sasl, place: tuple[str, int]
) -> None:
    """Raises SMTPAuthenticationError if the server does not take the token, or SMTPException for anything else."""
    first = initial_response(sasl, username, token, host=place[0], port=place[1])
    reply = await client.execute_command(b"AUTH", sasl.upper().encode(), base64.b64encode(first))
    reason = ""
    if reply.code == _GO_ON:  # RFC 7628 section 3.2.3: why it refuses; the server ends it once we have answered
        reason = refusal_in(_decoded(reply.message))
        reply = await client.execute_command(base64.b64encode(answer_to_refusal(sasl)))
    if reply.code == _IN:
        return
    words = "; ".join(filter(None, [reply.message, reason]))
    if reply.code == _NOT_IN:
        words = f"{words} {NO_ACCESS}"
    raise aiosmtplib.SMTPAuthenticationError(reply.code, words)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return b""
