"""Stored mail is claimed, decided and committed."""

from __future__ import annotations

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
from mailbot.errors import ClaimLost, Conflict, Duplicate, StoreDown
from mailbot.ports import Claim, Clock, DeskStore, Fresh, InboundStore
from mailbot.workers import Wall

log = structlog.get_logger("mailbot.receive")

LEASE = timedelta(minutes=5)
TOGETHER_AT_MOST = 16  # mails of one claim
MOST_ATTEMPTS = 3  # after one that failed
MOST_WITHOUT_END = 30  # tries of which nobody knows how they ended: the database could not be reached, as a rule
MOST_CONFLICTS = 20
_NOBODYS = b"From: a@example.invalid\r\nSubject: a mail\r\n\r\nIt has a few words in it.\r\n"


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
        if claim.attempts > (MOST_ATTEMPTS if claim.again else MOST_WITHOUT_END):
            tries = claim.attempts - 1
            gave_up = (
                why("quarantine.failed", count=tries) if claim.again else why("quarantine.without-end", count=tries)
            )
            return self._commit_quarantine(claim, gave_up, setting)
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
