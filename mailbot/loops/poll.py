"""One inbox, watched by a thread of its own: what is new is stored, and only then marked on the server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta

import structlog

from mailbot.errors import MailboxDown, MailboxRefused, StoreDown
from mailbot.loops.inbox_trouble import InboxTrouble
from mailbot.loops.wakeable import StoreState
from mailbot.ports import Clock, InboundStore, LeaseStore, Mailbox, RawMail

log = structlog.get_logger("mailbot.poll")

POLLER_LEASE = timedelta(minutes=10)  # longer than the longest wait of a poll
BATCH = 50  # mails that are fetched and stored together at most
FULL_LOOK = timedelta(hours=1)
LONGEST_PAUSE = 60.0  # seconds until an inbox is looked at again


class Poller:
    """Watches one inbox in a thread of its own: what is new is stored, and only then marked on the server (TX0, TX1)."""

    def __init__(
        self,
        *,
        name: str,
        mailbox: Mailbox,
        inbound: InboundStore,
        leases: LeaseStore,
        clock: Clock,
        holder: str,
        on_new: Callable[[], None],
        wait_seconds: float,
        instance: str = "",
        state: StoreState | None = None,
        trouble: InboxTrouble | None = None,
    ) -> None:
        """`state` is told whether the store is up, `trouble` whether the inbox can be opened."""
        self.name = name
        self._mailbox = mailbox
        self._inbound = inbound
        self._leases = leases
        self._clock = clock
        self._holder = holder
        self._on_new = on_new
        self._wait = wait_seconds
        self._instance = instance
        self._stopping = threading.Event()
        self._store = state or StoreState()
        self._trouble = trouble
        self._state = ""
        self._proven = True
        self._looked = False
        self._who = f"inbox {name}"
        self._unmarked = True
        self._batch = BATCH
        self._told_of_old = False

    def stop(self) -> None:
        """Ask the thread to end; it does so after the mail that it is storing."""
        self._stopping.set()
        self._mailbox.wake()

    def run(self) -> None:
        """The thread: poll until stopped, reconnect with back-off. Raises nothing for what servers or the network do."""
        failures = 0
        while not self._stopping.is_set():
            self._looked = False
            try:
                self._watch()
                failures = 0
            except MailboxRefused as error:
                failures = 1 if self._looked else failures + 1
                self._fails("refused", error)
                self._pause(min(10.0 * 2 ** min(failures - 1, 5), 300.0))
            except MailboxDown as error:
                failures = 1 if self._looked else failures + 1
                self._fails("down", error)
                self._pause(min(0.5 * 2**failures, LONGEST_PAUSE))
            except StoreDown as error:  # which says nothing about the inbox
                failures = 1 if self._looked else failures + 1
                self._store.down(self._who, error)
                self._pause(min(0.5 * 2**failures, LONGEST_PAUSE))
            except Exception as error:
                # Whatever it was: an inbox that nobody watches is worse than one that is tried again.
                failures += 1
                log.exception("inbox failed", inbox=self.name, error=repr(error))
                self._pause(min(0.5 * 2**failures, LONGEST_PAUSE))
            finally:
                self._mailbox.close()
        with suppress(StoreDown):
            self._leases.release(f"poll:{self.name}", self._holder)

    def poll_once(self) -> int:
        """One look at the inbox, for `mailbot once`: how many mails were new. Raises MailbotError."""
        try:
            return self._take_over(self._open())
        finally:
            self._mailbox.close()

    def _watch(self) -> None:
        if self._leases.hold(f"poll:{self.name}", self._holder, self._clock.now(), POLLER_LEASE) is None:
            self._say("waiting", "another process polls this inbox")
            self._pause(5.0)
            return
        first = self._open()
        full_look = self._clock.now() + FULL_LOOK
        if self._proven:
            self._say("watching", "")
        after, tries = first, 0
        while not self._stopping.is_set():
            try:
                if self._leases.hold(f"poll:{self.name}", self._holder, self._clock.now(), POLLER_LEASE) is None:
                    return
                if self._clock.now() >= full_look:
                    after, full_look = first, self._clock.now() + FULL_LOOK
                after = self._take_over(after)
            except StoreDown as error:  # the connection stays: it is not the mail server's fault
                self._store.down(self._who, error)
                self._pause(min(0.5 * 2**tries, LONGEST_PAUSE))
                tries += 1
                continue
            tries = 0
            self._store.up(self._who)
            self._looked = self._proven = True
            self._say("watching", "")
            if self._trouble is not None:
                self._trouble.works()
            self._mailbox.wait(self._wait)

    def _open(self) -> int:
        """Connect; returns the first UID that may be ours (TX0)."""
        state = self._mailbox.open()
        others = [k for k in state.keywords if k.lower().startswith("mailbot-") and k.lower() != self._instance.lower()]
        if self._instance and others:
            raise MailboxRefused(
                f"inbox {self.name}: another desk has marked mail here ({', '.join(others)}). Two desks with different "
                f"databases must not share an inbox; if the other one is gone, remove its keyword from the mails."
            )
        self._uidvalidity = state.uidvalidity
        first = self._inbound.baseline(self.name, state.uidvalidity, state.uidnext, self._clock.now()).uidnext
        if first == state.uidnext and state.mails and not self._told_of_old:
            self._told_of_old = True
            log.info("old mail left alone", inbox=self.name, mails=state.mails)
        return first

    def _take_over(self, first: int) -> int:
        """Store what is missing from `first` on, batch by batch; returns the UID from which to look next time."""
        uids = self._mailbox.uids_from(first)
        missing = self._inbound.missing(self.name, self._uidvalidity, uids)
        if self._unmarked:
            # A crash, or a road that broke, between the commit and the mark leaves one batch unmarked at most: mark the
            # last one again.
            waiting = set(missing)
            self._mailbox.done([uid for uid in uids if uid not in waiting][-BATCH:])
            self._unmarked = False
        while missing:
            batch = self._fetch(missing[: self._batch])
            missing = missing[self._batch :]
            if batch:
                self._unmarked = True  # before: a store that goes down may have stored them all the same
                self._inbound.put(batch, self._clock.now())
                self._on_new()
                self._mailbox.done([m.uid for m in batch])
                self._unmarked = False
            self._batch = min(2 * self._batch, BATCH)
            if self._stopping.is_set():
                return first
        return max(uids, default=first - 1) + 1

    def _fetch(self, uids: Sequence[int]) -> list[RawMail]:
        """The mails. A road that breaks meanwhile is asked for less next time, so that a bad one brings some at last."""
        try:
            return list(self._mailbox.fetch(uids))
        except MailboxDown:
            self._batch = max(1, len(uids) // 4)
            raise

    def _fails(self, state: str, error: MailboxRefused | MailboxDown) -> None:
        """A server that lets us in and then fails every time is not reported as watched in between."""
        self._proven = False
        self._say(state, str(error))
        if self._trouble is not None:
            self._trouble.fails(error)

    def _say(self, state: str, reason: str) -> None:
        """One line per change of state."""
        if state != self._state:
            self._state = state
            (log.info if state == "watching" else log.warning)("inbox", inbox=self.name, state=state, reason=reason)

    def _pause(self, seconds: float) -> None:
        self._stopping.wait(seconds)
