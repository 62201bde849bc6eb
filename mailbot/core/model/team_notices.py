"""The facts of the notices by which agents hear of one another's doings on a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mailbot.core.model.notice_fields import TicketNotice
from mailbot.core.model.notice_parts import Said


@dataclass(frozen=True, kw_only=True, slots=True)
class AssignedNotice(TicketNotice):
    """The ticket is theirs now. `by` gave it to them, with `note`; `theirs` and `ours` are the last words of either side."""

    letter: ClassVar[str] = "assigned"
    by: str
    note: str
    theirs: Said | None
    ours: Said | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteNotice(TicketNotice):
    """A colleague noted something."""

    letter: ClassVar[str] = "note"
    by: str
    note: str
