"""Sends the notices that wait to be told together: one digest to each reader, when its time has come."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from mailbot.core.actions.notice_digest import MOST, digests
from mailbot.core.rules.setting import Setting
from mailbot.core.sending.crowds import digest_at
from mailbot.errors import Conflict
from mailbot.ports import Crowded, OutboxStore

log = structlog.get_logger("mailbot.digests")
_MINUTE = timedelta(minutes=1)


class Digests:
    """Looks for notices that are due to be told together. Used by one thread at a time; two processes do no harm."""

    def __init__(self, outbox: OutboxStore, setting: Callable[[], Setting]) -> None:
        self._outbox = outbox
        self._setting = setting

    def tell(self, now: datetime) -> int:
        """Write the digests whose time has come; how many. Raises StoreDown."""
        setting = self._setting()
        minute = timedelta(seconds=1) if setting.policy.grain < _MINUTE else _MINUTE
        told = 0
        for crowd in self._outbox.crowded(now, minute):
            if digest_at(crowd.first, crowd.digests, crowd.alone, now, minute) <= now:
                with suppress(Conflict):  # another process has just told them
                    told += self._tell(crowd, setting, now)
        return told

    def _tell(self, crowd: Crowded, setting: Setting, now: datetime) -> int:
        rows = self._outbox.gathered(crowd.reader, MOST)
        if not rows:
            return 0
        of = {row.outgoing.key: row for row in rows}
        mails = digests([row.outgoing for row in rows], setting, now)
        for notices, mail in mails:
            self._outbox.tell([of[one.key] for one in notices], mail, now)
        log.info("digest", to=crowd.reader, notices=len(rows), mails=len(mails), left=crowd.notices - len(rows))
        return len(mails)
