"""What is asked of all mail, and what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.core.model.ticket import Ticket

SHOWN = 20
"""How many tickets one answer shows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """What to look for: the words of a person as they wrote them.

    `inboxes`: those whose tickets may be shown, None for all; the others are counted. `heap`: look in the spam heap, and
    only there.
    """

    words: str
    inboxes: frozenset[str] | None = None
    heap: bool = False
    limit: int = SHOWN


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """One ticket that was found: by which mail, the newest that has the words, from whom, when, and its line with them."""

    ticket: Ticket
    message: str
    who: str
    at: datetime
    line: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """The hits, open tickets first, then the newest mail. `count` tickets have the words, and `elsewhere` more that may
    not be shown; `least`: only the newest mails were looked at, so there may be more of each. `unread`: so many old mails
    are not in the index yet.
    """

    hits: Sequence[Hit]
    count: int
    elsewhere: int = 0
    least: bool = False
    unread: int = 0
