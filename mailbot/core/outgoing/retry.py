"""When to try a mail again, and when to give it up: pure answers to how a try ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.core.desk import OutboxState

TELL_AFTER = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(days=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The state a row goes to, when it is tried next, and whether a person must hear of it now."""

    state: OutboxState
    next_try: datetime | None
    tell: bool = False


def back_off(attempts: int) -> timedelta:
    """1, 2, 4 … minutes, at most an hour, after so many attempts (1 and up)."""
    return timedelta(minutes=min(2 ** max(0, attempts - 1), 60))


def verdict(
    *,
    accepted: bool,
    permanent: bool,
    ambiguous: bool,
    down: bool,
    attempts: int,
    first_tried_at: datetime,
    told: bool,
    now: datetime,
) -> Verdict:
    """What becomes of a row after a try (RFC 5321 section 4.5.4.1: retry for four to five days)."""
    if accepted:
        return Verdict(state=OutboxState.SENT, next_try=None)
    if permanent:
        return Verdict(state=OutboxState.FAILED, next_try=None, tell=True)
    age = now - first_tried_at
    if age >= GIVE_UP_AFTER:
        return Verdict(state=OutboxState.FAILED, next_try=None, tell=True)
    # A server that is down says nothing about this mail: the loop as a whole waits, the row is tried soon.
    wait = timedelta(seconds=5) if down else back_off(attempts)
    state = OutboxState.UNKNOWN if ambiguous else OutboxState.READY
    return Verdict(state=state, next_try=now + wait, tell=age >= TELL_AFTER and not told)
