"""Sends the mails that begin and end an agent's day, each when its time comes, and once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from mailbot.core.actions.daily_pages import pages_due
from mailbot.core.decide import decide_page
from mailbot.core.model.known import Keys
from mailbot.core.model.page import Page
from mailbot.core.rules.setting import Setting
from mailbot.errors import Conflict, StoreDown
from mailbot.ports import DeskStore

log = structlog.get_logger("mailbot.pages")
_MINUTE = timedelta(minutes=1)


class Pages:
    """Looks whose day begins or ends. Used by one thread at a time; two processes do no harm."""

    def __init__(self, desk: DeskStore, setting: Callable[[], Setting]) -> None:
        self._desk = desk
        self._setting = setting
        self._done: set[Page] = set()  # so that the store is asked about each once, not every second
        self._of_away: set[Page] = set()  # and about those of agents who are away every minute
        self._looked = datetime.min.replace(tzinfo=UTC)

    def tell(self, now: datetime) -> int:
        """Write the pages whose time has come; how many. Raises StoreDown."""
        setting = self._setting()
        due = pages_due(setting.policy, now)
        self._done &= set(due)
        left = [page for page in due if page not in self._done]
        if not left or (set(left) == self._of_away and timedelta() <= now - self._looked < _MINUTE):
            return 0
        self._looked = now
        self._done |= self._desk.looked_at(left)
        left = [page for page in left if page not in self._done]
        if left:  # who is away has no day here, and is told of it once they are back
            known = self._desk.lookup(Keys(content_key="", sender=None), now)
            setting = setting.with_absences(known.absences, now)
            self._of_away = {page for page in left if page.agent in setting.policy.away}
            left = [page for page in left if page not in self._of_away]
        tickets = self._desk.open_tickets() if left else ()
        told = 0
        for page in left:
            try:
                decision = decide_page(page, tickets, setting, now=now)
                self._desk.commit(decision, now)
            except StoreDown:
                raise  # it is not stored: the next look tells it
            except Conflict:
                self._done.add(page)  # another process has just told it
                continue
            except Exception as error:  # one agent's page must not keep reminders waiting
                self._done.add(page)
                log.exception("page failed", agent=page.agent, page=str(page.kind), error=repr(error))
                continue
            self._done.add(page)
            told += len(decision.outgoing)
            log.info("page", agent=page.agent, page=str(page.kind), outcome=decision.outcome)
        return told
