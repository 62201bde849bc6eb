"""A line of the desk's diary: what happened to a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One line of the desk's diary: what happened to a ticket, in words an agent understands."""

    ticket: int | None
    at: datetime
    what: str
    detail: str = ""
    by: str = "desk"
