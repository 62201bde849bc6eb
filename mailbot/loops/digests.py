"""Sends the notices that wait to be told together: one digest to each reader, when its time has come."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from mailbot.core.actions.notice_digest import MOST, Stand, digests, while_away
from mailbot.core.model.known import Keys
from mailbot.core.rules.setting import Setting
from mailbot.core.sending.crowds import digest_at
from mailbot.core.sending.hold import is_quiet
from mailbot.errors import Conflict
from mailbot.ports import Crowded, DeskStore, OutboxStore

log = structlog.get_logger("mailbot.digests")
_MINUTE = timedelta(minutes=1)


class Digests:
    """Looks for notices that are due to be told together. Used by one thread at a time; two processes do no harm."""

    def __init__(self, outbox: OutboxStore, desk: DeskStore, setting: Callable[[], Setting]) -> None:
        self._outbox = outbox
        self._desk = desk
        self._setting = setting

    def tell(self, now: datetime) -> int:
        """Write the digests whose time has come; how many. Raises StoreDown."""
        setting = self._setting()
        minute = timedelta(seconds=1) if setting.policy.grain < _MINUTE else _MINUTE
        told = 0
        for crowd in self._outbox.crowded(now, minute):
            if crowd.held_until is not None:
                continue
            if digest_at(crowd.first, crowd.digests, crowd.alone, now, minute) <= now:
                with suppress(Conflict):  # another process has just told them
                    told += self._tell(crowd, setting, now)
        return told

    def _tell(self, crowd: Crowded, setting: Setting, now: datetime) -> int:
        # What is held for longer is told along, unless the agent does not want to hear of it now.
        rows = self._outbox.gathered(crowd.reader, MOST, now)
        if rows and not is_quiet(crowd.reader, setting.policy, now):
            rows = self._outbox.gathered(crowd.reader, MOST)
        if not rows:
            return 0
        of = {row.outgoing.key: row for row in rows}
        numbers = tuple(sorted({row.outgoing.ticket for row in rows if row.outgoing.ticket is not None}))
        known = self._desk.lookup(Keys(content_key="", sender=None, numbers=numbers), now)
        setting = setting.with_absences(known.absences, now)
        if (until := while_away(crowd.reader, tuple(known.tickets.values()), setting.policy, now)) is not None:
            self._outbox.wait(rows, until)
            return 0
        planned = any(row.due_at is not None for row in rows)
        notices = [row.outgoing for row in rows]
        mails = digests(notices, setting, now, stand=Stand(known.tickets, known.promises), planned=planned)
        for told, mail in mails:
            self._outbox.tell([of[one.key] for one in told], mail, now)
        log.info("digest", to=crowd.reader, notices=len(rows), mails=len(mails), left=crowd.notices - len(rows))
        return len(mails)
