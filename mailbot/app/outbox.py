"""Ties the outbox to the command line."""

from __future__ import annotations

from mailbot.adapters.store import WaitingMail, open_store
from mailbot.config import Config


def open_waiting(config: Config) -> WaitingMail:
    """What people ask and do about mails that wait to go out."""
    return open_store(config.database_url).waiting
