"""Makes up a history for mails that no desk has seen: who wrote before, and which similar mails came just before."""

from __future__ import annotations

from datetime import datetime, timedelta

from mailbot.core.intake.incoming import Incoming
from mailbot.core.model.facts import Facts
from mailbot.core.model.known import Known
from mailbot.core.model.ticket import Customer
from mailbot.core.rules.setting import Setting
from mailbot.core.rules.weighing import alike_of, facts_of

_MONTH = timedelta(days=30)
_LATEST = 50  # mails that are compared, as in the store


class Past:
    """Mails given one after the other; each gets the facts that the ones before it would have left in the store."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._written: dict[str, list[datetime]] = {}
        self._alike: list[tuple[datetime, str]] = []

    def facts(self, incoming: Incoming) -> Facts:
        """The facts of the next mail, which is remembered. Its time is its Date or, without one, when it was read."""
        at = incoming.mail.date or incoming.received_at
        before = self._written.setdefault(incoming.sender.key, [])
        since = at - self._setting.rules.similar_within
        known = Known(
            customer=Customer(address=incoming.sender.key, first_seen=before[0]) if before else None,
            recent_tickets=sum(at - _MONTH < when <= at for when in before),
            alike=tuple(mark for when, mark in self._alike if since < when <= at),
        )
        facts = facts_of(incoming, known, self._setting, at)
        before.append(at)
        if (mark := alike_of(incoming)) is not None:
            self._alike = [*self._alike[1 - _LATEST :], (at, mark)]
        return facts
