"""When to try a mail again, and when to give it up: pure answers to how an attempt ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.core.model.outgoing import OutboxState
from mailbot.core.sending.refusals import About

TELL_AFTER = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(days=5)
# A mail that a server does not want today may be wanted tomorrow: filters are fixed, blocks lifted.
_UNWANTED_AGAIN = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
_UNWANTED_THEN = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The state a row goes to, when it is tried next, and whether a person must hear of it now."""

    state: OutboxState
    next_try: datetime | None
    tell: bool = False


def back_off(attempts: int) -> timedelta:
    """1, 2, 4 … minutes, at most an hour, after that many attempts (1 and up)."""
    return timedelta(minutes=min(2 ** max(0, min(attempts, 30) - 1), 60))


def verdict(
    *,
    accepted: bool,
    permanent: bool,
    ambiguous: bool,
    down: bool,
    about: About,
    attempts: int,
    first_tried_at: datetime,
    told: bool,
    now: datetime,
) -> Verdict:
    """What becomes of a row after an attempt (RFC 5321 section 4.5.4.1: retry for four to five days).

    If the fault is the server's, the mail's age does not count: it is tried for as long as it takes.
    """
    if accepted:
        return Verdict(state=OutboxState.SENT, next_try=None)
    age = now - first_tried_at
    state = OutboxState.UNKNOWN if ambiguous else OutboxState.READY
    if down:
        # A server that is down says nothing about this mail: the loop as a whole waits, the row is tried soon.
        return Verdict(state=state, next_try=now + timedelta(seconds=5))
    if about is About.SERVER and not ambiguous:
        return Verdict(state=state, next_try=now + back_off(attempts), tell=age >= TELL_AFTER and not told)
    if (permanent and about is not About.MAIL) or age >= GIVE_UP_AFTER:
        return Verdict(state=OutboxState.FAILED, next_try=None, tell=True)
    if permanent:
        return Verdict(state=state, next_try=now + _unwanted(age), tell=not told)
    return Verdict(state=state, next_try=now + back_off(attempts), tell=age >= TELL_AFTER and not told)


def _unwanted(age: timedelta) -> timedelta:
    """Tried after 5, 30 and 120 minutes, then twice a day."""
    passed = timedelta()
    for wait in _UNWANTED_AGAIN:
        passed += wait
        if age < passed:
            return wait
    return _UNWANTED_THEN
