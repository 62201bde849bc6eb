"""Decides which new mail is told together while somebody has been getting much of it for hours.

One busy quarter of an hour is none, nor is a burst of minutes: each of the last three working hours must have brought
more than a dozen. Then what is new, of priorities 3 to 5, not the reader's own and not due within an hour, waits
for an hour at most, and never for more than half of its time. All else comes as ever, and so does this once an hour was calm.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from mailbot.core.model.letter_kinds import LetterKind
from mailbot.core.model.policy import Agent, Policy
from mailbot.core.model.promise import Promise
from mailbot.core.model.ticket import Ticket
from mailbot.core.model.together import Together
from mailbot.core.promises.business_hours import back, is_open
from mailbot.core.promises.schedule import mark_before

MANY: Final = 12  # notices in a working hour: more of them, hour after hour, are more than anybody reads one by one
HOURS: Final = 3
_NEW: Final = frozenset({"new", "followup"})
_HOUR: Final = 60  # grains
_FEEDBACK: Final = 5  # the one priority that is promised no time, and yet wants none


def together(
    agent: Agent, kind: LetterKind, ticket: Ticket, policy: Policy, now: datetime, promise: Promise | None
) -> Together | None:
    """How this notice may be told with others if its reader has been getting many for hours; None: it comes at once."""
    if kind.name not in _NEW or agent.digest is not None or agent.id not in policy.agents:
        return None
    if ticket.priority <= 2 or policy.is_alarmed(ticket) or ticket.assignee == agent.id:
        return None
    if promise is None and ticket.priority != _FEEDBACK:
        return (
            None  # nobody promised them anything: only an agent's words do, so the sooner they read of it, the better
        )
    hour = _HOUR * policy.grain
    if promise is not None and promise.due - now <= hour:
        return None
    hours, open_now = policy.hours_of(agent), is_open(now, policy.hours_of(agent))
    at = mark_before(now + (hour if promise is None else min(hour, (promise.due - now) / 2)), policy)
    while at > now and open_now and not is_open(at, hours):
        at = mark_before(at - policy.grain, policy)  # they would have left by then
    if at <= now:
        return None
    bounds = [now]
    for _ in range(HOURS):
        bounds.append(back(bounds[-1], hour, hours))
    return Together(at, tuple(bounds))


def sustained(counts: tuple[int, ...]) -> bool:
    """Whether the last working hours, each with so many notices, were all of them too many."""
    return len(counts) == HOURS and all(count > MANY for count in counts)
