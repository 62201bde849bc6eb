"""The servers of a desk, as its config names them: its inboxes and its submission server, made and tried."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from mailbot.adapters.imap.mailbox import ImapMailbox
from mailbot.adapters.letters.reason_words import said_in
from mailbot.adapters.oauth.source import TokenSource
from mailbot.adapters.second_road import ProgramRoad, WebRoad
from mailbot.adapters.smtp.pool import SmtpPool
from mailbot.adapters.smtp.submitter import SmtpSubmitter
from mailbot.config import Config, InboxConfig
from mailbot.config.server import Secret, Server
from mailbot.core.model.reason import Reason
from mailbot.errors import MailbotError
from mailbot.loops.alerts import SecondRoad


def check_logins(config: Config) -> list[str]:
    """Try every inbox and the submission server; one line for each that refuses."""
    problems: list[str] = []
    for inbox in config.inboxes:
        box = mailbox_of(inbox, keyword=None)
        try:
            box.open()
        except MailbotError as error:
            problems.append(f"inbox {inbox.name}: {error}")
        finally:
            box.close()
    failure = asyncio.run(_try_submission(config))
    return [*problems, *([f"smtp: {failure}"] if failure else [])]


def mailbox_of(inbox: InboxConfig, *, keyword: str | None) -> ImapMailbox:
    """The folder of one inbox; not connected yet."""
    return ImapMailbox(
        name=inbox.name,
        host=inbox.host,
        port=inbox.port,
        security=inbox.security,
        username=inbox.login,
        password=None if inbox.by_token else inbox.password,
        tokens=tokens_of(inbox),
        sasl=inbox.sasl,
        folder=inbox.folder,
        after=inbox.after,
        max_size=inbox.max_size,
        keyword=keyword,
        ca_file=str(inbox.ca_file) if inbox.ca_file else None,
        poll_interval=inbox.poll.total_seconds(),
    )


def tokens_of(server: Server) -> TokenSource | None:
    """Where its logins get their tokens, the same for all that ask the same; None where they are by password."""
    if not server.by_token:
        return None
    return _source(
        server.token_endpoint,
        server.client_id or "",
        server.client_secret_env,
        server.client_secret_file,
        server.token_scope,
    )


@lru_cache(maxsize=64)
def _source(url: str, client_id: str, env: str | None, file: Path | None, scope: str) -> TokenSource:
    secret = Secret(called="client_secret", env=env, file=file)

    def form() -> Mapping[str, str]:
        told = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret.read()}
        return told | ({"scope": scope} if scope else {})

    return TokenSource(url, form, now=lambda: datetime.now(UTC))


def second_road_of(config: Config) -> SecondRoad | None:
    """The way to agents beside their mail; None where the config names none."""
    oncall = config.oncall
    if not oncall.rota or not oncall.has_second_road:
        return None
    timeout = oncall.timeout.total_seconds()

    def say(words: Reason, language: str) -> str:
        return said_in(language, words)

    if oncall.command:
        return ProgramRoad(oncall.command, timeout=timeout, say=say, folder=config.site)
    return WebRoad(oncall.web_address, timeout=timeout, say=say)


def submitter_of(config: Config) -> SmtpPool:
    """The submission server; not connected yet."""
    smtp = config.smtp

    def connection() -> SmtpSubmitter:
        return SmtpSubmitter(
            host=smtp.host,
            port=smtp.port,
            security=smtp.security,
            username=smtp.username,
            password=smtp.password if smtp.username and not smtp.by_token else None,
            tokens=tokens_of(smtp),
            sasl=smtp.sasl,
            ca_file=str(smtp.ca_file) if smtp.ca_file else None,
            timeout=smtp.timeout.total_seconds(),
        )

    return SmtpPool(connection, smtp.connections)


async def _try_submission(config: Config) -> str | None:
    submitter = submitter_of(config)
    try:
        return await submitter.probe()
    finally:
        await submitter.close()
