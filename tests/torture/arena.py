"""A desk that can be hurt: its site, its servers, a feeder that delivers at random moments, and the wait for its end."""

from __future__ import annotations

import random
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from mailbot.demo.servers import EmbeddedServers
from mailbot.errors import StoreDown
from tests.servers import postgres
from tests.servers.postgres import Postgres
from tests.torture.ledger import Left, Tally, count, message_id_of
from tests.torture.mails import SERVER, Agent, customer
from tests.wire.daemon import BEN, DESK, MIA, PASSWORD, Daemon, Site, new_site, wait_until

STORES = ("sqlite", "postgresql")
_KEPT: list[Path] = []
CALM = 600.0  # seconds that answering everything may take once nobody hurts the desk any more


class Servers(Protocol):
    """Where the desk gets its mail from and where it submits it."""

    def deliver_now(self, recipient: str, raw: bytes) -> None:
        """Put the mail into that mailbox."""

    def messages(self, user: str) -> Sequence[bytes]:
        """All that was delivered to that mailbox, oldest first."""


@dataclass
class Arena:
    """One site and its servers. `fed` are the mails delivered so far, without the agent's answers.

    `left` is what the desk handed over; `domain` is that of the customers.
    """

    site: Site
    servers: Servers
    left: Callable[[], Sequence[Left]]
    domain: str = "shop{number}.example"
    fed: list[bytes] = field(default_factory=list)
    numbers: set[int] = field(default_factory=set)
    agent: Agent | None = None
    postgres: Postgres | None = None

    def customer(self, number: int) -> tuple[str, str]:
        """Name and address of that customer."""
        return customer(number, self.domain)

    def deliver(self, raw: bytes, number: int) -> None:
        """One customer's mail into the desk's mailbox."""
        self.fed.append(raw)
        self.numbers.add(number)
        self.servers.deliver_now(DESK, raw)

    def answering(self, each: int) -> None:
        """From now on the agent answers one ticket in this many."""
        self.agent = Agent(lambda: self.servers.messages(BEN[1]), self.servers.deliver_now, each=each)
        self.agent.start()

    def kept_running(self, env: Mapping[str, str] | None = None) -> Daemon:
        """The newest process; another one if it could not begin, said so and ended, as systemd would do it."""
        if ended(self.site.daemons[-1], 0):
            self.site.start(watching=False, env=env)
        return self.site.daemons[-1]

    def is_calm(self) -> bool:
        """Whether all that was delivered is decided, and all that was decided has left."""
        try:
            with self.site.store() as store:
                done = store.lists.totals().inbound
            quiet = self.site.quiet()
        except StoreDown:  # the database may be hurt as well
            return False
        answers = len(self.agent.answered) if self.agent else 0
        decided = done.get("done", 0) + done.get("quarantined", 0)
        return decided >= len(self.fed) + answers and quiet

    def settle(self, seconds: float = CALM) -> None:
        """Wait until it is calm, twice in a row; AssertionError, with what is left to do, if that does not come."""
        try:
            wait_until(self.is_calm, "the desk does not come to rest", seconds=seconds)
            if self.agent is not None:
                self.agent.finish()
            wait_until(self.is_calm, "the desk does not come to rest", seconds=seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.left_to_do()}") from error

    def left_to_do(self) -> str:
        """How many mails were fed, and the states of those in the store and of what goes out."""
        with self.site.store() as store:
            totals = store.lists.totals()
        answers = len(self.agent.answered) if self.agent else 0
        outbox = {f"{kind} {state}": count for (kind, state), count in totals.outbox.items()}
        return f"{len(self.fed)} fed and {answers} answers; inbound {dict(totals.inbound)}; outbox {outbox}"

    def count(self, *, at_rest: bool = True) -> Tally:
        """What was lost and doubled; `at_rest` as in `ledger.count`."""
        answered = self.agent.answered if self.agent else ()
        return count(
            self.site,
            self.left(),
            customers=[self.customer(n)[1] for n in self.numbers],
            fed=[message_id_of(raw) for raw in self.fed],
            answered=[self.customer(n)[1] for n in answered],
            at_rest=at_rest,
        )


class Feeder(threading.Thread):
    """Delivers mails one by one at random moments, about `rate` a second; `feed` as `Arena.deliver`."""

    def __init__(
        self, feed: Callable[[bytes, int], None], mails: Iterable[tuple[bytes, int]], rate: float, seed: int
    ) -> None:
        super().__init__(daemon=True)
        self._feed, self._mails, self._rate, self._dice = feed, mails, rate, random.Random(seed)
        self._all_at_once, self._over = threading.Event(), threading.Event()

    def run(self) -> None:
        for raw, number in self._mails:
            if self._over.is_set():
                return
            self._all_at_once.wait(self._dice.uniform(0, 2 / self._rate))
            self._feed(raw, number)

    def finish(self) -> None:
        """No more pauses."""
        self._all_at_once.set()
        self.join(120)
        assert not self.is_alive()

    def stop(self) -> None:
        """No more mails."""
        self._over.set()
        self.finish()


def ended(daemon: Daemon, seconds: float) -> bool:
    """Whether the process ends within that time."""
    with suppress(subprocess.TimeoutExpired):
        daemon.process.wait(seconds)
    return daemon.process.poll() is not None


def keep(folder: Path) -> None:
    """From now on what a trial leaves (sites, logs, SQLite files) stays, in folders of that one."""
    folder.mkdir(parents=True, exist_ok=True)
    _KEPT.append(folder)


@contextmanager
def workplace() -> Iterator[Path]:
    """A new folder, gone at the end unless `keep` was asked for."""
    if _KEPT:
        yield Path(tempfile.mkdtemp(prefix="trial-", dir=_KEPT[-1]))
        return
    with tempfile.TemporaryDirectory(prefix="mailbot-torture-") as folder:
        yield Path(folder)


@contextmanager
def arena(store: str, *, desk: str = "") -> Iterator[Arena]:
    """A fresh site on that database, with servers in memory; all gone at the end. `desk`: lines for [desk]."""
    users = {DESK: PASSWORD, BEN[1]: PASSWORD, MIA[1]: PASSWORD}
    with ExitStack() as stack:
        folder = stack.enter_context(workplace())
        database = stack.enter_context(postgres.running()) if store == "postgresql" else None
        url = database.database() if database is not None else ""
        servers = stack.enter_context(EmbeddedServers(users, authserv_id=SERVER).run_in_thread())
        site = stack.enter_context(new_site(folder / "site", url))
        site.configure(smtp=servers.smtp_port, imap=servers.imap_port, desk=f'authserv_id = "{SERVER}"\n{desk}')
        yield Arena(
            site=site,
            servers=servers,
            left=lambda: [Left(to=to, data=t.data) for t in servers.transactions for to in t.recipients],
            postgres=database,
        )
