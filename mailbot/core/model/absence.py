"""When an agent is not there, and who says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ToldBy(StrEnum):
    """Who says that an agent is away: they themselves, the automatic reply of their mailbox, or their calendar."""

    THEMSELVES = "themselves"
    MAILBOX = "mailbox"
    CALENDAR = "calendar"


@dataclass(frozen=True, kw_only=True, slots=True)
class Absence:
    """An agent (by id) is away since a moment, `until` another; None: until they say that they are back.

    What their mailbox said also ends with the next mail that they write. `instead_of`: the one that was stored of this
    agent when this was decided, also one that is over; a store takes this one only in its place.
    """

    agent: str
    since: datetime
    until: datetime | None
    by: ToldBy
    instead_of: Absence | None = field(default=None, compare=False, repr=False)

    def lasts(self, now: datetime) -> bool:
        """Whether they are away at that moment."""
        return self.until is None or now < self.until
