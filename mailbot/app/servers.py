"""The servers of a desk, as its config names them: its inboxes and its submission server, made."""

from __future__ import annotations

from typing import TypeVar

from mailbot.adapters.imap.mailbox import ImapMailbox
from mailbot.adapters.imap.survey import Surveyor
from mailbot.adapters.letters.reason_words import said_in
from mailbot.adapters.second_road import ProgramRoad, WebRoad
from mailbot.adapters.smtp.pool import SmtpPool
from mailbot.adapters.smtp.submitter import SmtpSubmitter
from mailbot.app.tokens import tokens_of
from mailbot.config import Config, InboxConfig
from mailbot.core.model.reason import Reason
from mailbot.loops.alerts import SecondRoad

Box = TypeVar("Box", bound=ImapMailbox)


def mailbox_of(inbox: InboxConfig, *, keyword: str | None) -> ImapMailbox:
    """The folder of one inbox; not connected yet."""
    return made_of(inbox, ImapMailbox, keyword=keyword, folder=inbox.folder)


def surveyor_of(inbox: InboxConfig, folder: str) -> Surveyor:
    """A folder of the account of an inbox, for looking around and for taking our own mail away."""
    return made_of(inbox, Surveyor, keyword="", folder=folder)


def made_of(inbox: InboxConfig, kind: type[Box], *, keyword: str | None, folder: str) -> Box:
    """One folder of an inbox's account, as this kind of mailbox."""
    return kind(
        name=inbox.name,
        host=inbox.host,
        port=inbox.port,
        security=inbox.security,
        username=inbox.login,
        password=None if inbox.by_token else inbox.password,
        tokens=tokens_of(inbox, inbox.login),
        sasl=inbox.sasl,
        folder=folder,
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
