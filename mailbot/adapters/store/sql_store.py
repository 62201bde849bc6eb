"""The whole store in one class: what the daemon asks of its database, and what people ask."""

from __future__ import annotations

from sqlalchemy import text

from mailbot.adapters.store.alerts import Alerts
from mailbot.adapters.store.commit import Commits
from mailbot.adapters.store.daily_pages import DailyPages
from mailbot.adapters.store.due import Due
from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.inbound import Inbound
from mailbot.adapters.store.leases import Leases
from mailbot.adapters.store.lookup import Desk
from mailbot.adapters.store.migrations import HEAD, open_database, revision_of
from mailbot.adapters.store.notice_digests import Gathering
from mailbot.adapters.store.outbox import Outbox
from mailbot.adapters.store.search import SearchIndex
from mailbot.adapters.store.submission import Submissions
from mailbot.adapters.store.views.customers import Customers
from mailbot.adapters.store.views.finding import Finding
from mailbot.adapters.store.views.lists import DeskLists
from mailbot.adapters.store.views.quarantine import Quarantine
from mailbot.adapters.store.views.rule_history import KeptMails
from mailbot.adapters.store.views.waiting import WaitingMail


class SqlStore(Inbound, Desk, Due, DailyPages, Commits, Outbox, Gathering, Submissions, Leases, Alerts, SearchIndex):
    """Implements InboundStore, DeskStore, OutboxStore, AlertStore and LeaseStore on one database; safe to share between threads.

    Every method may raise StoreDown, and may then be tried again. `lists`, `finding`, `kept`, `customers`,
    `quarantine` and `waiting` are for people.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        for part in (
            Inbound,
            Desk,
            Due,
            DailyPages,
            Commits,
            Outbox,
            Gathering,
            Submissions,
            Leases,
            Alerts,
            SearchIndex,
        ):
            part.__init__(self, database)
        self.lists = DeskLists(database)
        self.finding = Finding(database)
        self.kept = KeptMails(database)
        self.customers = Customers(database)
        self.quarantine = Quarantine(database)
        self.waiting = WaitingMail(database)

    def try_writing(self) -> None:
        """Begin to write, and change nothing. Raises StoreDown if nothing can be written."""
        with self._database.write() as connection:
            if not self._database.sqlite:
                connection.execute(text("CREATE TEMPORARY TABLE mailbot_check (word text) ON COMMIT DROP"))

    def revision(self) -> tuple[str | None, str]:
        """Of which version its tables are (None: there are none), and the one that this mailbot has."""
        return revision_of(self._database), HEAD

    def close(self) -> None:
        """Close all connections."""
        self._database.close()


def open_store(url: str, *, migrate: bool = True) -> SqlStore:
    """The store at `sqlite:///ABSOLUTE/PATH` or `postgresql://USER@HOST/NAME`, its tables created or updated first.

    Raises ConfigError for another URL or a database of a newer mailbot, StoreDown if it cannot be reached.
    """
    return SqlStore(open_database(url, migrate=migrate))
