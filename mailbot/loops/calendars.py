"""Looks into the agents' calendar files once a minute: who is away by them, and who is there again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

import structlog

from mailbot.core.actions.absence import by_calendar
from mailbot.core.language.calendar import Calendar, calendar_of
from mailbot.core.model.decision import Decision
from mailbot.core.model.known import Keys
from mailbot.core.rules.setting import Setting
from mailbot.errors import Conflict, StoreDown
from mailbot.loops.ticking import Ticking
from mailbot.ports import Clock, DeskStore

log = structlog.get_logger("mailbot.calendars")

ReadFile = Callable[[], str | None]
"""The text of a calendar file; None while it cannot be read."""


class Calendars(Ticking):
    """One look is a few small files. Two processes do no harm: an absence is a row for each agent."""

    name = "calendars"
    every = 60.0

    def __init__(
        self,
        *,
        files: Mapping[str, ReadFile],
        desk: DeskStore,
        clock: Clock,
        setting: Callable[[], Setting],
        on_decided: Callable[[Decision], None] = lambda _: None,
    ) -> None:
        """`files` by the id of the agent whose calendar it is."""
        super().__init__()
        self._files = files
        self._desk = desk
        self._clock = clock
        self._setting = setting
        self._on_decided = on_decided
        self._read: dict[str, tuple[str, date, Calendar]] = {}

    def tick(self) -> int:
        """Store who is away by their calendar now; how many that concerned. One that fails stops no other. Raises StoreDown."""
        now, changed = self._clock.now(), 0
        for id_, read in self._files.items():
            try:
                text = read()
                if text is not None:
                    changed += self._look(id_, text, now)
            except StoreDown:
                raise
            except Conflict:  # they or their mailbox have said something meanwhile: the next look sees it
                log.info("calendar", agent=id_, outcome="conflict")
            except Exception as error:
                log.exception("calendar failed", agent=id_, error=repr(error))
        return changed

    def _look(self, id_: str, text: str, now: datetime) -> int:
        setting = self._setting()
        agent = setting.policy.agents.get(id_)
        if agent is None:
            return 0
        known = self._desk.lookup(Keys(content_key="", sender=None, assigned_to=id_), now)
        setting = setting.with_absences(known.absences, now)
        away = self._calendar(id_, text, setting, now).at(now)
        decision = by_calendar(agent, away, known, setting, now=now)
        if decision is None:
            return 0
        self._desk.commit(decision, now)
        log.info("calendar", agent=id_, outcome=decision.outcome)
        self._on_decided(decision)
        return 1

    def _calendar(self, id_: str, text: str, setting: Setting, now: datetime) -> Calendar:
        """The calendar, read once for each text of the file, when what of it is left out is said, and again each day."""
        before, today = self._read.get(id_), now.date()
        if before is not None and before[:2] == (text, today):
            return before[2]
        agent = setting.policy.agents[id_]
        found = calendar_of(text, agent.zone or setting.policy.zone, owner=agent, now=now)
        self._read[id_] = (text, today, found)
        known = before[2].unread if before is not None and before[0] == text else ()
        for reason in found.unread:
            if reason in known:
                continue
            log.warning("calendar", agent=id_, unread=reason)
        return found
