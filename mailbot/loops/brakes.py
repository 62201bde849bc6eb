"""The breaker: at five times the usual rate automatic letters wait, and an admin is told once."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from mailbot.core.acts.undelivered import breaker_notice
from mailbot.core.outgoing.limits import breaker_open
from mailbot.core.policy import Limits
from mailbot.loops.gate import Change
from mailbot.ports import OutboxRow, OutboxStore, Settled

log = structlog.get_logger("mailbot.send")

PACE_EVERY = timedelta(minutes=1)
LOOKS = 10  # at the pace while as many letters leave as the breaker's floor: a flood may be over within the minute


class Breaker:
    """Asked for each automatic letter that is not written yet. May raise StoreDown."""

    def __init__(self, outbox: OutboxStore, change: Change, now: datetime) -> None:
        self._outbox = outbox
        self._change = change
        self._open = False
        self._look_at_pace = now
        self._since_look = 0

    def holds(self, row: OutboxRow, limits: Limits, now: datetime) -> bool:
        """Whether the letter waits, which it then does for a minute."""
        self._since_look += 1
        if now >= self._look_at_pace or self._since_look * LOOKS > limits.breaker_floor:
            self._look_at_pace, self._since_look = now + PACE_EVERY, 0
            self._look(row, limits, now)
        if self._open:
            waits = Settled(state=row.state, reply="the breaker is open", next_try=now + PACE_EVERY, told=row.told)
            self._outbox.settle(row, waits, now)
        return self._open

    def _look(self, row: OutboxRow, limits: Limits, now: datetime) -> None:
        last_hour, usual = self._outbox.pace(now)
        was_open, self._open = self._open, breaker_open(last_hour, usual, limits)
        if self._open and not was_open:
            log.error("breaker", state="open", last_hour=last_hour, usual=round(usual, 1))
            self._change(
                row,
                lambda _, setting: breaker_notice(row.outgoing.inbox, last_hour, usual, setting, now=now),
            )
        elif was_open and not self._open:
            log.warning("breaker", state="closed", last_hour=last_hour)
