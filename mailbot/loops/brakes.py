"""What stops automatic letters: the limits, checked once more, and the breaker, which makes them wait and tells the admins once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from mailbot.core.actions.undelivered import breaker_notice
from mailbot.core.model.counts import Counts
from mailbot.core.model.letter_kinds import Limited, kind_of
from mailbot.core.model.outgoing import Outgoing, OutgoingKind
from mailbot.core.model.policy import Limits
from mailbot.core.model.reason import Reason
from mailbot.core.sending.limits import URGENT, breaker_open, over
from mailbot.loops.gate import Change
from mailbot.ports import OutboxRow, OutboxStore, Settled

log = structlog.get_logger("mailbot.send")

PACE_EVERY = timedelta(minutes=1)
LOOKS = 10  # at the pace while as many letters leave as the breaker's floor: a flood may be over within the minute


class Tally:
    """How many letters the receivers of those that are ready had, asked for all of them at once. May raise StoreDown."""

    def __init__(self, outbox: OutboxStore) -> None:
        self._outbox = outbox
        self._counts: dict[str, Counts] = {}

    def look(self, rows: Sequence[OutboxRow], now: datetime) -> None:
        """Count for the first words, and the urgent ones, among these."""
        asked = {r.outgoing.to.key for r in rows if r.raw is None and _counts_for(r.outgoing)}
        self._counts = self._outbox.counts(asked, now) if asked else {}

    def forget(self) -> None:
        """A letter was dropped, so it no longer counts against those after it."""
        self._counts.clear()

    def comes_first(self, letter: Outgoing, now: datetime) -> bool:
        """Whether it is about an outage or money, to an address that is confirmed: no flood of others makes it wait."""
        return _is_urgent(letter) and self._of(letter, now).confirmed

    def stopped(self, letter: Outgoing, limits: Limits, now: datetime) -> Reason | None:
        """Which limit a first word breaks; its own row is among those counted. Later words were promised."""
        if not stops(letter):
            return None
        found = self._of(letter, now)
        less = {name: getattr(found, name) - 1 for name in ("hour", "day", "domain_hour", "domain_confirmed")}
        urgent = _is_urgent(letter)
        others = replace(found, **less, urgent=found.urgent - urgent, urgent_proven=found.urgent_proven - urgent)
        # Whose mail caused it and what else the address had is not known here: that was checked when it was decided.
        return over(
            others,
            limits,
            domain=letter.to.domain.lower(),
            priority=int(letter.fields.get("priority") or 5),
            confirmed=found.confirmed,
            proven=True,
            kept=True,
        )

    def _of(self, letter: Outgoing, now: datetime) -> Counts:
        to = letter.to.key
        if to not in self._counts:
            self._counts[to] = self._outbox.counts([to], now)[to]
        return self._counts[to]


def stops(letter: Outgoing) -> bool:
    """Whether a limit stops it at the last moment. Only a first word can be stopped: nobody was promised it."""
    return kind_of(letter).limited is Limited.STOPPED


def _counts_for(mail: Outgoing) -> bool:
    return stops(mail) or (mail.kind is OutgoingKind.LETTER and _is_urgent(mail))


def _is_urgent(mail: Outgoing) -> bool:
    priority = mail.fields.get("priority")
    return isinstance(priority, int) and priority <= URGENT


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
