"""Looks at recent mail for `mailbot check`: whether our server's results are found, and whose mail would be held, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from mailbot.adapters.store.sql_store import open_store
from mailbot.config import Config, policy_of
from mailbot.core.intake.agent_proof_check import look, said_of, said_of_server
from mailbot.core.intake.read import read
from mailbot.core.model.mail import Mail
from mailbot.errors import MailbotError

_MAILS = 1_000  # the latest that came in
_HEAD = 64_000  # bytes of each


def check_senders(config: Config) -> list[str]:
    """One line for a server that is not believed, and for each agent whose recent mail would not count as theirs.

    Reads the database, if there is one.
    """
    scheme, _, path = config.database_url.partition(":///")
    if scheme == "sqlite" and not Path(path).is_file():
        return []
    policy = policy_of(config, frozenset())
    try:
        mails = list(_recent(config))
    except MailbotError as error:
        return [f"store: recent mail could not be looked at: {error}"]
    said = [said_of_server([mail for _, mail in mails], policy)]
    said += [said_of(each, policy.agents[each.agent]) for each in look(mails, policy)]
    return [line for line in said if line is not None]


def _recent(config: Config) -> Iterator[tuple[datetime, Mail]]:
    """The heads of the latest mails, newest first; those that cannot be read are left out."""
    store = open_store(config.database_url, migrate=False)
    try:
        for at, head in store.lists.recent_heads(_MAILS, _HEAD):
            mail = read(head.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
            if isinstance(mail, Mail):
                yield at, mail
    finally:
        store.close()
