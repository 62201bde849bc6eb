"""Lets mail go as fast as the provider takes it: an outage at once, the others in their turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime

import structlog

from mailbot.core.sending.pace import DAY, MINUTE, Pace, first_of_all, free_at
from mailbot.ports import OutboxRow, OutboxStore, Settled

log = structlog.get_logger("mailbot.send")

_WAITS = "it waits for its turn: the provider takes only so much ([smtp] per_minute, per_day)"


class Pacer:
    """Counts what this process hands over, and begins with what the store knows of the last day. May raise StoreDown.

    Several processes may together be faster for a while; a provider that then refuses us is the gate's matter.
    """

    def __init__(self, pace: Pace, outbox: OutboxStore) -> None:
        self._pace = pace
        self._outbox = outbox
        self._minute: deque[datetime] = deque()
        self._day: deque[datetime] | None = None
        self._turns: dict[int, datetime] = {}  # the turn of each row that was put off, or is about to leave
        self._last_turn: datetime | None = None
        self._last_again: datetime | None = None  # the same of those whose turn came a little too early
        self._said = False

    def began(self, row: int, now: datetime) -> None:
        """This one is handed over."""
        if self._pace.limits:
            self._turns.pop(row, None)
            self._minute.append(now)
            if self._day is not None:
                self._day.append(now)

    def ready(self, now: datetime, limit: int) -> list[OutboxRow]:
        """Like `OutboxStore.ready`, but those that have to wait are put off until it is their turn."""
        if not self._pace.limits:
            return self._outbox.ready(now, limit)
        day = self._count(now)
        while rows := self._outbox.ready(now, limit):
            if chosen := self._choose(rows, day, now):
                return chosen
        return []

    def _count(self, now: datetime) -> deque[datetime]:
        if self._day is None:
            self._day = deque(self._outbox.sent_since(now - DAY))
            self._minute.extend(at for at in self._day if at > now - MINUTE)
        for times, window in ((self._minute, MINUTE), (self._day, DAY)):
            while times and times[0] <= now - window:
                times.popleft()
        # What was dropped while it waited never takes its turn.
        self._turns = {row: turn for row, turn in self._turns.items() if turn > now - DAY}
        return self._day

    def _choose(self, rows: Sequence[OutboxRow], day: deque[datetime], now: datetime) -> list[OutboxRow]:
        chosen: list[OutboxRow] = []
        if self._last_turn is not None and self._last_turn <= now:
            self._last_turn = None
        if self._last_again is not None and self._last_again <= now:
            self._last_again = None
        # An outage before the others, and otherwise as they come.
        for row in sorted(rows, key=lambda row: not first_of_all(row.outgoing)):
            urgent = first_of_all(row.outgoing)
            free = free_at(self._pace, self._minute, day, len(chosen), urgent=urgent, now=now)
            queued = self._last_turn is not None and row.id not in self._turns and not urgent
            if free <= now and not queued:
                self._turns.setdefault(row.id, now)  # its place, should something else keep it back
                chosen.append(row)
            else:
                self._put_off(row, free, urgent=urgent, now=now)
        if self._said and not any(turn > now for turn in self._turns.values()):
            self._said = False
            log.info("pace", state="nothing waits")
        return chosen

    def _put_off(self, row: OutboxRow, free: datetime, *, urgent: bool, now: datetime) -> None:
        if urgent:
            turn = max(free, now + self._pace.each)
        elif row.id in self._turns:
            # Its turn came, and an outage or a look that is sooner than the last one leaves no room yet: it keeps its
            # place, and does not go behind all that wait.
            turn = free if self._last_again is None else max(free, self._last_again + self._pace.each)
            self._last_again = self._turns[row.id] = turn
            self._last_turn = max(turn, self._last_turn or turn)
        else:
            turn = max(free, (self._last_turn or now) + self._pace.each)
            self._last_turn = self._turns[row.id] = turn
        if not self._said:
            self._said = True
            log.warning("pace", state="mail waits", minute=len(self._minute), until=turn.isoformat())
        settled = Settled(state=row.state, reply=_WAITS, next_try=turn, told=row.told)
        self._outbox.settle(row, settled, now)
