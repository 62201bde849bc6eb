"""What the store knows of one address beside the ticket at hand: since when it writes, its matters, the last promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailbot.core.model.promise import PromiseState
from mailbot.core.model.silence import Silence
from mailbot.core.model.ticket import TicketState

MOST = 30
"""So many of its latest tickets are looked up: what is beyond is told as "more than"."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Matter:
    """A ticket as a line about its customer needs it."""

    number: int
    subject: str
    inbox: str
    state: TicketState
    assignee: str | None
    mute: Silence | None
    opened_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Acquaintance:
    """An address (as compared): since when it writes, its latest tickets (merged ones left out), the newest first.

    `more`: there are tickets beyond these. `last`: how the last promise to it ended; None if none has.
    """

    address: str
    since: datetime | None = None
    matters: tuple[Matter, ...] = ()
    more: bool = False
    last: PromiseState | None = None
