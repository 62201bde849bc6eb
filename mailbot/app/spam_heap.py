"""Ties the spam heap to the command line: a ticket is brought back, as `/ham` does it."""

from __future__ import annotations

from mailbot.adapters.clock import WallClock
from mailbot.adapters.ids import StoreIds
from mailbot.adapters.store.sql_store import open_store
from mailbot.app.live import open_live
from mailbot.config import Config
from mailbot.core.actions.spam_heap import ham
from mailbot.core.model.known import Keys
from mailbot.core.model.reason import Reason
from mailbot.core.model.ticket import Ticket
from mailbot.errors import Conflict

_TRIES = 5


def bring_back(config: Config, number: int) -> Ticket | Reason | None:
    """The ticket as it stands then; why nothing was done; or None if there is no such ticket.

    Stores what `/ham` would have: the acknowledgment goes out by the daemon. Raises ConfigError, StoreDown or Conflict.
    """
    live, store, clock = open_live(config), open_store(config.database_url), WallClock()
    fresh = StoreIds(store.numbers)
    for _ in range(_TRIES):
        now = clock.now()
        known = store.lookup(Keys(content_key="", sender=None, numbers=(number,), opening=True), now)
        ticket = known.tickets.get(number)
        if ticket is None:
            return None
        decided = ham(ticket, known, live.current(), now=now, fresh=fresh)
        if isinstance(decided, Reason):
            return decided
        try:
            store.commit(decided, now)
        except Conflict:
            continue
        return decided.tickets[0]
    raise Conflict(f"ticket {number} was changed again and again")
