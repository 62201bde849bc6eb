"""Decides until when a notice is held: in an agent's hours, at their digest times, and never past what it is about.

What is urgent is never held: priorities 1 and 2, and what may be an outage, but where a rota says who is called for
one at night. Nor is what the agent asked for themselves.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from mailbot.core.model.letter_kinds import Gathered, LetterKind
from mailbot.core.model.policy import Agent, DigestTimes, Policy
from mailbot.core.model.promise import Promise
from mailbot.core.model.ticket import Ticket
from mailbot.core.promises import ladder, schedule
from mailbot.core.promises.business_hours import is_open, next_open

_DIGESTED = frozenset({Gathered.OPENING, Gathered.BROUGHT, Gathered.LINE})
_OF_OTHERS = frozenset({"assigned"})  # never gathered, and yet nothing that the reader asked for
_AT_ITS_TIME = frozenset({"reminder"})  # whose time was chosen by the hours already
_JOINS = frozenset({Gathered.DUE, Gathered.WATCH})
_JOINS_IF_ASKED_FOR = frozenset({Gathered.OPENING, Gathered.BROUGHT})
_SOON = 60  # grains before an answer is due: nothing about it comes later for being one of many
_LATE = 6  # grains before the desk covers, within which a digest might come too late
_DAY = timedelta(days=1)


def held_until(
    agent: Agent, kind: LetterKind, ticket: Ticket, policy: Policy, now: datetime, promise: Promise | None
) -> datetime | None:
    """When this notice of a ticket may leave, if not at once (None). Nothing is held where the config asks for nothing.

    A digest comes no later than the first reminder that is still ahead would, so that a promise is never due first, and
    tells nothing of a ticket that is the agent's own.
    """
    if promise is not None and ladder.decides(ticket, policy, now):
        return _till_morning(agent, kind, ticket, policy, now, promise)
    times = None if agent.digest is None or agent.digest.busy or agent.digest.single else agent.digest
    if (times is None and agent.hours is None) or ticket.priority <= 2 or policy.is_alarmed(ticket):
        return None
    if kind.name in _AT_ITS_TIME or (kind.gathered is None and kind.name not in _OF_OTHERS):
        return None
    at, latest = now, None
    if (
        times is not None
        and kind.gathered in _DIGESTED
        and ticket.assignee != agent.id
        and not _soon(promise, policy, now)
    ):
        latest = _latest(ticket, policy, now, promise)
        at = max(min(digest_after(times, policy, agent, now), latest or datetime.max.replace(tzinfo=UTC)), now)
    if agent.hours is not None:
        opens = next_open(at, agent.hours)
        late = latest is not None and opens > latest
        at = now if late and is_open(now, agent.hours) else opens
    return at if at > now else None


def joins_by(
    agent: Agent, kind: LetterKind, ticket: Ticket, policy: Policy, now: datetime, promise: Promise | None
) -> datetime | None:
    """Until when this notice may wait for others if its reader gets many of them; None: it goes by itself in any case.

    So it is with what is urgent, due within an hour or the reader's own, and with new mail unless they asked for it. The others wait for the full quarter of an hour, when all of them are
    told in one mail; less long where the desk covers soon, and not at all where that is too near, or their day ends.
    """
    if ticket.priority <= 2 or policy.is_alarmed(ticket) or ticket.assignee == agent.id:
        return None
    asked = agent.digest is not None and agent.digest.busy
    if agent.digest is not None and agent.digest.single:
        return None
    if kind.gathered not in (_JOINS | _JOINS_IF_ASKED_FOR if asked else _JOINS) or agent.id not in policy.agents:
        return None
    at = schedule.mark_after(now, policy)
    if promise is not None:
        if _soon(promise, policy, now):
            # Those whose time came at the same full quarter of an hour are told together within the minute, and nothing else waits.
            at = schedule.mark_before(now, policy) + policy.grain if kind.gathered in _JOINS else now
        at = min(at, schedule.cover_at(promise, policy) - _LATE * policy.grain)
    hours = policy.hours_of(agent) if kind.name in _AT_ITS_TIME else agent.hours
    ends = hours is not None and is_open(now, hours) and not is_open(at, hours)
    return at if at > now and not ends else None


def _soon(promise: Promise | None, policy: Policy, now: datetime) -> bool:
    """Whether an answer is due within an hour."""
    return promise is not None and promise.due - now <= _SOON * policy.grain


def _till_morning(
    agent: Agent, kind: LetterKind, ticket: Ticket, policy: Policy, now: datetime, promise: Promise
) -> datetime | None:
    """Of an outage at night those hear who are on call, and as before whoever leads of a cover; the others sleep."""
    if kind.gathered is None or kind.name in _AT_ITS_TIME or agent in ladder.told(ticket, policy, promise, now):
        return None
    if kind.gathered in (Gathered.DUE, Gathered.WATCH) and agent in policy.leads():
        return None
    opens = next_open(now, policy.hours_of(agent))
    return opens if opens > now else None


def _latest(ticket: Ticket, policy: Policy, now: datetime, promise: Promise | None) -> datetime | None:
    """The first reminder that is still ahead, at once if there is none; None if nothing is promised."""
    if promise is None:
        return None
    ahead = (at for at in schedule.moments(promise, policy.pace_of(ticket), policy) if at > now)
    return next(ahead, now)


def is_quiet(address: str, policy: Policy, now: datetime) -> bool:
    """Whether an address (as compared) is that of an agent who is outside their own hours."""
    agent = policy.agent_of(address)
    return agent is not None and agent.hours is not None and not is_open(now, agent.hours)


def digest_after(times: DigestTimes, policy: Policy, agent: Agent, now: datetime) -> datetime:
    """The next time for a digest, after `now`, by the agent's own clock."""
    zone = agent.zone or policy.zone
    today = now.astimezone(zone).date()
    if times.every is not None:
        begins = datetime.combine(today, time(0), zone).astimezone(UTC)
        ends = datetime.combine(today + _DAY, time(0), zone).astimezone(UTC)
        return min(begins + ((now - begins) // times.every + 1) * times.every, ends)
    days = (today, today + _DAY)
    moments = (datetime.combine(day, at, zone).astimezone(UTC) for day in days for at in sorted(times.at))
    return next(moment for moment in moments if moment > now)
