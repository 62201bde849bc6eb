"""A time stated to a customer by which they hear from us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PromiseState(StrEnum):
    """How a promise ended; `open` has not. Kept means by a human word."""

    OPEN = "open"
    KEPT = "kept"
    COVERED = "covered"
    LATE = "late"
    REPLACED = "replaced"


@dataclass(frozen=True, kw_only=True, slots=True)
class Promise:
    """A time stated to a customer by which they hear from us.

    `due` and `wake_at` are UTC; `wake_at` is when the desk must look next (a reminder, the cover, the end). `made_by`
    is the name of the letter that made it, `agent` the id of whoever of us named the time, None if the desk did: such a
    time outlives priority, pace and waiting.
    `stated_by` is the key of the outbox row whose mail states it; `kept_by` the message that kept it. `reminded`
    counts the reminders so far. `said` is an earlier time that the agent named in their own words: it moves the
    reminders, and nothing else.
    """

    id: str
    ticket: int
    to: str
    state: PromiseState = PromiseState.OPEN
    made_at: datetime
    made_by: str
    agent: str | None = None
    due: datetime
    wake_at: datetime | None
    stated_by: str
    reminded: int = 0
    ended_at: datetime | None = None
    kept_by: str | None = None
    said: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """A promise that came to its end, and the id of whoever of us wrote the word that ended it; None if nobody did."""

    promise: Promise
    writer: str | None
