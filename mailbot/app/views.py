"""Opens what a command reads of a desk: config and database, and nothing of the daemon, the letters or the mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailbot.adapters.store.migrations import open_database

if TYPE_CHECKING:
    from mailbot.adapters.store.views.coverage import Weighings
    from mailbot.adapters.store.views.customers import Customers
    from mailbot.adapters.store.views.finding import Finding
    from mailbot.adapters.store.views.lists import DeskLists
    from mailbot.adapters.store.views.quarantine import Quarantine
    from mailbot.adapters.store.views.waiting import WaitingMail
    from mailbot.config import Config


def open_lists(config: Config) -> DeskLists:
    """What people ask of tickets, promises and the outbox. Raises ConfigError or StoreDown, as do the others here."""
    from mailbot.adapters.store.views.lists import DeskLists

    return DeskLists(open_database(config.database_url))


def open_finding(config: Config) -> Finding:
    """What finds tickets by the words of their mails."""
    from mailbot.adapters.store.views.finding import Finding

    return Finding(open_database(config.database_url))


def open_customers(config: Config) -> Customers:
    """What people ask and say about one customer."""
    from mailbot.adapters.store.views.customers import Customers

    return Customers(open_database(config.database_url))


def open_quarantine(config: Config) -> Quarantine:
    """What people ask and do about mails that were put aside."""
    from mailbot.adapters.store.views.quarantine import Quarantine

    return Quarantine(open_database(config.database_url))


def open_waiting(config: Config) -> WaitingMail:
    """What people ask and do about mails that wait to go out."""
    from mailbot.adapters.store.views.waiting import WaitingMail

    return WaitingMail(open_database(config.database_url))


def open_weighings(config: Config) -> Weighings:
    """What people ask of how mails were weighed."""
    from mailbot.adapters.store.views.coverage import Weighings

    return Weighings(open_database(config.database_url))
