"""Decides and stores what a result of the outbox means for its ticket: who is told, and what is taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from mailbot.core.actions.stopped_at_door import kept_in
from mailbot.core.actions.undelivered import undelivered, without_files
from mailbot.core.model.decision import Decision
from mailbot.core.model.known import Keys, Known
from mailbot.core.model.reason import Reason
from mailbot.core.rules.setting import Setting
from mailbot.core.sending.refusals import About
from mailbot.errors import Conflict, StoreDown
from mailbot.ports import Clock, DeskStore, Fresh, OutboxRow

log = structlog.get_logger("mailbot.send")


class Teller:
    """Each method may raise StoreDown and Conflict."""

    def __init__(self, *, desk: DeskStore, clock: Clock, fresh: Fresh, setting: Callable[[], Setting]) -> None:
        self._desk = desk
        self._clock = clock
        self._fresh = fresh
        self._setting = setting

    def change(self, row: OutboxRow, decide: Callable[[Known, Setting], Decision]) -> None:
        """Decide and commit something about the row's ticket; decide again if somebody else changed it meanwhile."""
        for _ in range(5):
            now = self._clock.now()
            known = self._desk.lookup(Keys(content_key="", sender=None, numbers=row.outgoing.numbers), now)
            try:
                setting = self._setting().with_absences(known.absences, now)
                self._desk.commit(decide(known, setting), now)
            except Conflict:
                continue
            return
        raise Conflict(f"the ticket of {row.outgoing.key} was changed again and again")

    def undelivered(self, row: OutboxRow, reply: str, whose: About, *, final: bool) -> None:
        """It was refused, or is late."""
        now = self._clock.now()
        try:
            self.change(
                row,
                lambda known, setting: undelivered(
                    row.outgoing, reply, known, setting, final=final, about=whose, now=now, fresh=self._fresh
                ),
            )
        except (StoreDown, Conflict):
            raise
        except Exception as error:
            # A failure to tell somebody must not keep the row from being settled: it would be tried again and again.
            log.exception("not told", key=row.outgoing.key, error=repr(error))

    def kept_in(self, row: OutboxRow, reason: Reason) -> None:
        """It was stopped at the door."""
        now = self._clock.now()
        self.change(
            row, lambda known, setting: kept_in(row.outgoing, reason, known, setting, now=now, fresh=self._fresh)
        )

    def without_files(self, row: OutboxRow, size: int, reply: str, now: datetime) -> None:
        """Another mail takes its place, without its files, which have that many bytes."""
        self.change(
            row,
            lambda known, setting: without_files(row.outgoing, size, reply, known, setting, now=now, fresh=self._fresh),
        )
