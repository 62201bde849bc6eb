"""Promises come due: agents are reminded, customers get a cover or a letter that owns up; and digests are sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from mailbot.core.actions.spam_heap import AT_ONCE
from mailbot.core.decide import decide_check_in, decide_heap, decide_promise, decide_reminder
from mailbot.core.model.decision import Decision
from mailbot.core.model.known import Keys, Known
from mailbot.core.model.promise import Promise
from mailbot.core.model.reason import why
from mailbot.core.model.ticket import LookFor, Ticket
from mailbot.core.rules.setting import Setting
from mailbot.errors import Conflict, StoreDown
from mailbot.loops.digests import Digests
from mailbot.loops.pages import Pages
from mailbot.ports import Clock, DeskStore, Fresh, OutboxStore

log = structlog.get_logger("mailbot.remind")
BATCH = 100
MOST_STUCK = 1000  # when this many fail at once, the fault is ours, not theirs


class Reminder:
    """Looks at the promises whose time has come. Used by one thread at a time; two processes do no harm."""

    def __init__(
        self,
        *,
        desk: DeskStore,
        clock: Clock,
        fresh: Fresh,
        setting: Callable[[], Setting],
        on_decided: Callable[[Decision], None] = lambda _: None,
        outbox: OutboxStore | None = None,
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._fresh = fresh
        self._setting = setting
        self._on_decided = on_decided
        self._digests = Digests(outbox, desk, setting) if outbox is not None else None
        self._pages = Pages(desk, setting)
        self._failed: set[int] = set()
        self.stopping = False

    def tick(self) -> int:
        """Handle what is due now, or until `stopping` is set; how many promises were looked at. Raises StoreDown only."""
        seen = 0
        stuck: set[int] = set()  # it failed, or somebody changed it just now: those behind it must not wait for it
        while True:
            now = self._clock.now()
            numbers = [number for number in self._desk.due(now, BATCH + len(stuck)) if number not in stuck]
            for number in numbers:
                if self.stopping:
                    break
                if self._look_safely(number):
                    seen += 1
                else:
                    stuck.add(number)
            if self.stopping or len(numbers) < BATCH or len(stuck) >= MOST_STUCK:
                break
        self._tell_together()
        return seen

    def _look_safely(self, number: int) -> bool:
        """A ticket that fails must not keep the others waiting; it is logged once, and looked at again."""
        try:
            return self._look_at(number)
        except StoreDown:
            raise
        except Exception as error:
            if number not in self._failed:
                self._failed.add(number)
                log.exception("promise failed", ticket=number, error=repr(error))
            return False

    def _look_at(self, number: int) -> bool:
        now = self._clock.now()
        known = self._desk.lookup(Keys(content_key="", sender=None, numbers=(number,), acquainted=True), now)
        ticket, promise = known.tickets.get(number), known.promises.get(number)
        if ticket is None:
            return False
        setting, notes = self._setting().with_absences(known.absences, now), known.notes.get(number, ())
        if promise is not None and promise.wake_at is not None and promise.wake_at <= now:
            newest, answer = known.newest.get(number), known.answers.get(number)
            missed = self._missed(promise.to, now) if promise.due < now else ()
            about = known.addressees[number]
            decision = decide_promise(
                ticket,
                promise,
                newest,
                setting,
                now=now,
                fresh=self._fresh,
                answer=answer,
                missed=missed,
                addressee=about,
                notes=notes,
                met=known.acquaintances.get(ticket.requester.key),
            )
        elif ticket.look is not None and ticket.look.at <= now:
            decision = self._decide_look(ticket, ticket.look.kind, setting, now, known)
        else:
            return False
        try:
            self._desk.commit(decision, now)
        except Conflict:
            return False  # the ticket changed at this moment; the next tick looks again
        log.info("promise", ticket=number, outcome=decision.outcome, reason=decision.reason)
        self._on_decided(decision)
        return True

    def _decide_look(self, ticket: Ticket, kind: LookFor, setting: Setting, now: datetime, known: Known) -> Decision:
        match kind:
            case LookFor.CHECK_IN:
                return decide_check_in(ticket, setting, now=now, fresh=self._fresh)
            case LookFor.REMIND_AGENTS:
                notes, met = known.notes.get(ticket.number, ()), known.acquaintances.get(ticket.requester.key)
                return decide_reminder(ticket, setting, now=now, fresh=self._fresh, notes=notes, met=met)
            case LookFor.TELL_HEAP:
                lying = self._desk.heap(ticket.inbox, now, AT_ONCE)
                return decide_heap(lying or (ticket,), setting, now=now, fresh=self._fresh)

    def _tell_together(self) -> None:
        if self.stopping:
            return
        told = 0 if self._digests is None else self._digests.tell(self._clock.now())
        told += self._pages.tell(self._clock.now())
        if told:
            self._on_decided(Decision(outcome="gathered", reason=why("outcome.digests", count=told)))

    def _missed(self, to: str, now: datetime) -> list[tuple[Ticket, Promise]]:
        """What else the same customer was promised and did not hear, so that one letter can say it all."""
        numbers = self._desk.missed(to, now)
        known = self._desk.lookup(Keys(content_key="", sender=None, numbers=tuple(numbers)), now)
        return [(t, known.promises[n]) for n, t in known.tickets.items() if n == t.number and n in known.promises]
