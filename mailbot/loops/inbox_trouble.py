"""Tells the admins once that an inbox cannot be opened, and once that it can be again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from mailbot.core.actions.trouble import inbox_opens_again, inbox_shut
from mailbot.core.model.decision import Decision
from mailbot.core.model.reason import Reason
from mailbot.core.rules.setting import Setting
from mailbot.errors import Conflict, MailboxDown, MailboxRefused, StoreDown
from mailbot.ports import Clock, DeskStore

log = structlog.get_logger("mailbot.poll")

REFUSED_IN_A_ROW = 2  # once may be chance
APART = timedelta(hours=1)
DOWN_FOR = timedelta(minutes=30)  # networks and servers come back by themselves


class InboxTrouble:
    """For the thread of one inbox. A store that is down is no reason not to go on: it is told the next time."""

    def __init__(
        self,
        name: str,
        *,
        desk: DeskStore,
        clock: Clock,
        setting: Callable[[], Setting],
        on_decided: Callable[[Decision], None] = lambda _: None,
    ) -> None:
        self._name = name
        self._desk = desk
        self._clock = clock
        self._setting = setting
        self._on_decided = on_decided
        self._since: datetime | None = None
        self._refused = 0
        self._told = False
        self._last_told: datetime | None = None

    def fails(self, error: MailboxRefused | MailboxDown) -> None:
        """It could not be opened, or broke off."""
        now = self._clock.now()
        self._since = self._since or now
        refused = isinstance(error, MailboxRefused)
        self._refused += refused
        if self._told or not (self._refused >= REFUSED_IN_A_ROW or now - self._since >= DOWN_FOR):
            return
        if self._last_told is not None and now - self._last_told < APART:
            return  # it comes and goes: told later, if it lasts
        reason = error.reason if isinstance(error, MailboxRefused) else None
        because = reason if isinstance(reason, Reason) else str(error)
        since = self._since
        self._told = self._tell(
            lambda setting: inbox_shut(
                self._name, because, refused=self._refused >= REFUSED_IN_A_ROW, since=since, setting=setting, now=now
            )
        )
        if self._told:
            self._last_told = now

    def works(self) -> None:
        """It was looked at."""
        since, told = self._since, self._told
        self._since, self._refused, self._told = None, 0, False
        if told and since is not None:
            now = self._clock.now()
            self._tell(lambda setting: inbox_opens_again(self._name, since=since, setting=setting, now=now))

    def _tell(self, decide: Callable[[Setting], Decision]) -> bool:
        try:
            decision = decide(self._setting())
            self._desk.commit(decision, self._clock.now())
        except (StoreDown, Conflict):
            return False
        except Exception as error:
            # The inbox is tried again, whatever keeps this from being told.
            log.exception("not told", inbox=self._name, error=repr(error))
            return True
        self._on_decided(decision)
        return True
