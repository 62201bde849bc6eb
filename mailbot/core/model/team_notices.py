"""The facts of the notices by which agents hear of one another's doings on a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from mailbot.core.model.fields import Fields
from mailbot.core.model.notice_fields import TicketNotice


@dataclass(frozen=True, kw_only=True, slots=True)
class Said(Fields):
    """Words of somebody's, and when they came."""

    who: str
    at: datetime
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AssignedNotice(TicketNotice):
    """The ticket is theirs now. `by` gave it to them, with `note`; `theirs` and `ours` are the last words of either side."""

    letter: ClassVar[str] = "assigned"
    by: str
    note: str
    theirs: Said | None
    ours: Said | None
