"""The servers of a desk, as its config names them: its inboxes and its submission server, made and tried."""

from __future__ import annotations

import asyncio

from mailbot.adapters.imap.mailbox import ImapMailbox
from mailbot.adapters.letters.reason_words import said_in
from mailbot.adapters.second_road import ProgramRoad, WebRoad
from mailbot.adapters.smtp.pool import SmtpPool
from mailbot.adapters.smtp.submitter import SmtpSubmitter
from mailbot.app.tokens import tokens_of
from mailbot.config import Config, InboxConfig
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
        tokens=tokens_of(inbox, inbox.login),
        sasl=inbox.sasl,
        folder=inbox.folder,
        after=inbox.after,
        max_size=inbox.max_size,
        keyword=keyword,
        ca_file=str(inbox.ca_file) if inbox.ca_file else None,
        poll_interval=inbox.poll.total_seconds(),
    )


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
            tokens=tokens_of(smtp, smtp.username or ""),
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
