"""A mailbox and a submission server in memory that do what a test tells them, for the real loops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from mailbot.errors import StoreDown
from mailbot.loops.poll import Poller
from mailbot.ports import MailboxState, RawMail, Submission
from tests.simulation.simulated_desk import SimulatedDesk

TAKEN = Submission(accepted=True, code=250, reply="2.0.0 Ok")
GREY = Submission(accepted=False, code=451, reply="4.7.1 Greylisted, try again later")
AWAY = Submission(accepted=False, code=0, reply="nobody listens", down=True)


@dataclass
class Box:
    """An IMAP folder: implements `ports.Mailbox`. What was marked, and when, can be inspected."""

    mails: dict[int, bytes] = field(default_factory=dict)
    uidvalidity: int = 1
    marked: list[int] = field(default_factory=list)
    on_mark: Callable[[Sequence[int]], None] = lambda _: None

    def deliver(self, *raws: bytes) -> None:
        """More mails, with the next UIDs."""
        for raw in raws:
            self.mails[max(self.mails, default=0) + 1] = raw

    def open(self) -> MailboxState:
        return MailboxState(uidvalidity=self.uidvalidity, uidnext=max(self.mails, default=0) + 1)

    def uids_from(self, first: int) -> list[int]:
        return sorted(uid for uid in self.mails if uid >= first)

    def fetch(self, uids: Sequence[int]) -> Iterator[RawMail]:
        for uid in uids:
            raw = self.mails[uid]
            yield RawMail(mailbox="support", uidvalidity=self.uidvalidity, uid=uid, raw=raw, size=len(raw))

    def done(self, uids: Sequence[int]) -> None:
        self.on_mark(uids)
        self.marked += uids

    def wait(self, seconds: float) -> None:
        raise AssertionError("nobody waits here")

    def wake(self) -> None:
        raise AssertionError("nobody waits here")

    def close(self) -> None:
        """There is nothing to close."""


@dataclass
class Server:
    """A submission server: `says` gives its answer to each try."""

    says: Callable[[str, bytes], Submission] = lambda _to, _raw: TAKEN
    tried: list[tuple[str, bytes]] = field(default_factory=list)
    taken: list[tuple[str, bytes]] = field(default_factory=list)

    async def submit(self, sender: str, recipient: str, data: bytes) -> Submission:
        self.tried.append((recipient, data))
        answer = self.says(recipient, data)
        if answer.accepted:
            self.taken.append((recipient, data))
        return answer

    async def close(self) -> None:
        """There is nothing to close."""


@dataclass
class ScriptedDesk(SimulatedDesk):
    """A desk whose own loops fetch from `box` and submit to `server`."""

    box: Box = field(default_factory=Box)
    server: Server = field(default_factory=Server)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.sender._submitter = self.server

    def poller(self, holder: str = "test") -> Poller:
        """A fresh one, as after a restart."""
        return Poller(
            name="support",
            mailbox=self.box,
            inbound=self.store,
            leases=self.store,
            clock=self.clock,
            holder=holder,
            on_new=lambda: None,
            wait_seconds=1.0,
        )

    def send(self) -> None:
        while asyncio.run(self.sender.send_some()) > 0:
            pass

    def work(self) -> None:
        """One round of everything, like the daemon's."""
        self.poller().poll_once()
        while self.decider.decide_some():
            pass
        self.reminder.tick()
        self.store.sweep(self.clock.now())
        self.send()

    def try_to_work(self) -> bool:
        """The same when the store may be down; whether it was up."""
        try:
            self.work()
        except StoreDown:
            return False
        return True

    def pass_slowly(self, span: timedelta, step: timedelta) -> None:
        """Time passes in steps, with a round of work in each."""
        end = self.clock.at + span
        while self.clock.at < end:
            self.clock.at += step
            self.work()
