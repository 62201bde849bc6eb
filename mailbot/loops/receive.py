"""Mail comes in: one thread per inbox stores it, then it is claimed, decided and committed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import timedelta

import structlog

from mailbot.core.actions.case import Case
from mailbot.core.batch import Batch
from mailbot.core.decide import decide, quarantine, take_in
from mailbot.core.intake.incoming import Incoming
from mailbot.core.intake.read import ReadLimits
from mailbot.core.model.decision import Decision
from mailbot.core.model.known import Known
from mailbot.core.model.mail import Unreadable
from mailbot.core.model.reason import Reason, why
from mailbot.core.rules.setting import Setting
from mailbot.errors import ClaimLost, Conflict, Duplicate, MailboxDown, MailboxRefused, StoreDown
from mailbot.loops.wakeable import StoreState
from mailbot.ports import Claim, Clock, DeskStore, Fresh, InboundStore, LeaseStore, Mailbox
from mailbot.workers import Wall

log = structlog.get_logger("mailbot.receive")

LEASE = timedelta(minutes=5)
POLLER_LEASE = timedelta(minutes=10)  # longer than the longest wait of a poll
BATCH = 50
TOGETHER_AT_MOST = 16  # mails of one claim
MOST_ATTEMPTS = 3
MOST_CONFLICTS = 20
FULL_LOOK = timedelta(hours=1)
LONGEST_PAUSE = 60.0  # seconds until an inbox is looked at again
_NOBODYS = b"From: a@example.invalid\r\nSubject: a mail\r\n\r\nIt has a few words in it.\r\n"


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
    ) -> None:
        """`state` is told whether the store is up."""
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
        self._state = ""
        self._proven = True
        self._looked = False
        self._who = f"inbox {name}"
        self._fresh_start = True

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
                self._fails("refused", str(error))
                self._pause(min(10.0 * 2 ** min(failures - 1, 5), 300.0))
            except MailboxDown as error:
                failures = 1 if self._looked else failures + 1
                self._fails("down", str(error))
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
        return self._inbound.baseline(self.name, state.uidvalidity, state.uidnext, self._clock.now()).uidnext

    def _take_over(self, first: int) -> int:
        """Store what is missing from `first` on, batch by batch; returns the UID from which to look next time."""
        uids = self._mailbox.uids_from(first)
        missing = self._inbound.missing(self.name, self._uidvalidity, uids)
        if self._fresh_start:
            # A crash between the commit and the mark leaves one batch unmarked at most: mark the last one again.
            self._fresh_start = False
            waiting = set(missing)
            self._mailbox.done([uid for uid in uids if uid not in waiting][-BATCH:])
        for start in range(0, len(missing), BATCH):
            batch = list(self._mailbox.fetch(missing[start : start + BATCH]))
            if batch:
                self._inbound.put(batch, self._clock.now())
                self._on_new()
                self._mailbox.done([m.uid for m in batch])
            if self._stopping.is_set():
                return first
        return max(uids, default=first - 1) + 1

    def _fails(self, state: str, reason: str) -> None:
        """A server that lets us in and then fails every time is not reported as watched in between."""
        self._proven = False
        self._say(state, reason)

    def _say(self, state: str, reason: str) -> None:
        """One line per change of state."""
        if state != self._state:
            self._state = state
            (log.info if state == "watching" else log.warning)("inbox", inbox=self.name, state=state, reason=reason)

    def _pause(self, seconds: float) -> None:
        self._stopping.wait(seconds)


class Decider:
    """Claims stored mails, decides them and commits (TX2, TX3). Used by one thread at a time."""

    def __init__(
        self,
        *,
        inbound: InboundStore,
        desk: DeskStore,
        clock: Clock,
        fresh: Fresh,
        setting: Callable[[], Setting],
        holder: str,
        on_decided: Callable[[Decision], None] = lambda _: None,
        wall: Wall = lambda _: nullcontext(),
    ) -> None:
        self._inbound = inbound
        self._desk = desk
        self._wall = wall
        self._clock = clock
        self._fresh = fresh
        self._setting = setting
        self._holder = holder
        self._on_decided = on_decided
        self._left: list[Claim] = []
        self.stopping = False

    def warm_up(self) -> None:
        """Read an invented mail, so that what is loaded at first use is loaded before a real mail is claimed.

        A process that is killed while it loads would count as a failure of the mail that it had claimed.
        """
        setting = self._setting()
        now = self._clock.now()
        incoming = take_in(_NOBODYS, setting, inbox="", received_at=now)
        setting.detect(_NOBODYS.decode())
        if not isinstance(incoming, Unreadable):
            with suppress(StoreDown):
                self._desk.lookup(incoming.keys, now)

    def decide_some(self, limit: int = TOGETHER_AT_MOST) -> int:
        """Claim and decide up to `limit` mails; returns how many were claimed. Raises StoreDown only.

        Those that do not bear on each other are stored by one commit; if that fails, each by a commit of its own.
        """
        claims = self._left or self._inbound.claim(self._holder, self._clock.now(), LEASE, limit)
        count = len(claims)
        self._left = (
            claims  # if the store goes down now, they are given back as soon as it is up, not after their lease
        )
        setting = self._setting()
        mails = [(claim, None if self.stopping else self._take_in(claim, setting)) for claim in claims]
        while mails and not self.stopping:
            mails = mails[self._decide_next(mails, setting) :]
            self._left = [claim for claim, _ in mails]
        return count

    @property
    def unfinished(self) -> bool:
        """Whether claimed mails are still undecided because the store was down."""
        return bool(self._left)

    def _take_in(self, claim: Claim, setting: Setting) -> Incoming | None:
        """The mail, if it may be decided together with others."""
        if claim.attempts > 1 or claim.given_up is not None:
            return None
        try:
            with self._wall(claim):
                incoming = _taken_in(claim, setting)
        except Exception:  # noqa: BLE001 - it is read again alone, where its failure is told
            return None
        return None if isinstance(incoming, Unreadable) else incoming

    def _decide_next(self, mails: Sequence[tuple[Claim, Incoming | None]], setting: Setting) -> int:
        """Decide the first mails that can be stored together; returns how many they were."""
        now = self._clock.now()
        alone, run = Batch(), list[Incoming]()
        for _, incoming in mails:
            if incoming is None or not alone.takes(incoming):
                break
            alone.take_in(incoming)
            run.append(incoming)
        group, decided = Batch(), list[tuple[Decision, Claim]]()
        if len(run) > 1:
            try:
                found = self._desk.lookups([h.keys for h in run], now)
            except StoreDown:
                raise
            except Exception:  # noqa: BLE001 - each is looked up again alone, where its failure is told
                found = []
            for (claim, _), incoming, known in zip(mails, run, found, strict=False):
                if self.stopping and decided:
                    break
                if not (group.takes(incoming) and group.allows(known)):
                    break
                try:
                    with self._wall(claim):
                        decision = decide(
                            Case(
                                incoming=incoming,
                                known=group.beside(incoming.keys, known),
                                setting=setting,
                                now=now,
                                fresh=self._fresh,
                            )
                        )
                except StoreDown:
                    raise
                except Exception:  # noqa: BLE001 - it is decided again alone, where its failure is told
                    break
                group.add(incoming, decision, confirmed=known.confirmed)
                decided.append((_seen_so(decision, incoming, known), claim))
        if decided:
            try:
                self._desk.commit_all(decided, now)
            except StoreDown:
                raise
            except Exception as error:  # noqa: BLE001 - each is stored again alone, where its failure is told
                log.info("not together", mails=len(decided), error=repr(error))
            else:
                for decision, claim in decided:
                    self._done(decision, claim)
                return len(decided)
        for claim, mail in mails[: max(1, len(decided))]:
            self._decide_one(claim, mail)
        return max(1, len(decided))

    def _decide_one(self, claim: Claim, incoming: Incoming | None) -> None:
        try:
            decision = self._decision(claim, incoming)
        except StoreDown:
            raise
        except ClaimLost:
            log.warning("claim lost", inbound=claim.inbound)
        except Exception as error:
            log.exception("mail failed", inbound=claim.inbound, attempt=claim.attempts, error=repr(error))
            self._inbound.fail(claim, repr(error), self._clock.now())
        else:
            self._done(decision, claim)

    def _done(self, decision: Decision, claim: Claim) -> None:
        log.info("mail", inbound=claim.inbound, outcome=decision.outcome, reason=decision.reason)
        self._on_decided(decision)

    def _decision(self, claim: Claim, incoming: Incoming | Unreadable | None) -> Decision:
        setting = self._setting()
        now = self._clock.now()
        if claim.given_up is not None:
            return self._commit_quarantine(claim, claim.given_up, setting)
        if claim.attempts > MOST_ATTEMPTS:
            reason = why("quarantine.failed", count=MOST_ATTEMPTS)
            return self._commit_quarantine(claim, reason, setting)
        if incoming is None:
            with self._wall(claim):
                incoming = _taken_in(claim, setting)
        if isinstance(incoming, Unreadable):
            return self._commit_quarantine(claim, incoming.reason, setting)
        for _ in range(MOST_CONFLICTS):
            known = self._desk.lookup(incoming.keys, now)
            with self._wall(claim):
                decision = decide(Case(incoming=incoming, known=known, setting=setting, now=now, fresh=self._fresh))
            try:
                self._desk.commit(_seen_so(decision, incoming, known), now, claim)
            except (Conflict, Duplicate):
                continue  # somebody else changed the ticket, or stored this very mail: look again
            return decision
        raise Conflict(f"stored mail {claim.inbound} met {MOST_CONFLICTS} conflicts in a row")

    def _commit_quarantine(self, claim: Claim, reason: Reason, setting: Setting) -> Decision:
        now = self._clock.now()
        decision = quarantine(reason, setting, inbox=claim.mailbox, inbound=claim.inbound, now=now)
        self._desk.commit(decision, now, claim)
        log.error("quarantined", inbound=claim.inbound, reason=reason)
        return decision


def _seen_so(decision: Decision, incoming: Incoming, known: Known) -> Decision:
    """The decision, with what its Message-IDs led to when it was made."""
    keys = incoming.keys
    asked_by = () if keys.led_as is None else (keys.led_as,)
    led = tuple((r.message_id, r.ticket) for r in known.refs)
    return replace(decision, asked=keys.message_ids, asked_by=asked_by, led=led)


def _taken_in(claim: Claim, setting: Setting) -> Incoming | Unreadable:
    return take_in(
        claim.raw,
        setting,
        inbox=claim.mailbox,
        received_at=claim.received_at,
        inbound=claim.inbound,
        desk_since=claim.desk_since,
        whole_size=claim.size if claim.oversize else None,
        limits=ReadLimits(
            size=max(ReadLimits().size, len(claim.raw))
        ),  # `inbox.max_size` was enforced when it was fetched
    )
