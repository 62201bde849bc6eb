"""When the next word is due, and what happens on the way there: reminders, the cover, the end of a promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mailbot.core.model.policy import Cadence, Policy
from mailbot.core.model.promise import Promise, PromiseState
from mailbot.core.model.silence import Reminded
from mailbot.core.model.ticket import Ticket, TicketState
from mailbot.core.promises import ladder
from mailbot.core.promises.business_hours import add, add_open_time, between, is_open, next_open

URGENCY_SHARE = (1.0, 0.5, 0.5, 0.25)  # how much of the first word's time is left at urgency 0..3
_JUST_PAST = timedelta(seconds=1)
_MOST_DOUBLINGS = 8
_COVER_DOUBLINGS = 3  # the pace, then twice, four and eight times it
_COVERS_APART = {1: timedelta(hours=2)}
_COVERS_APART_ELSE = timedelta(days=1)
_MARK_OF_AN_OUTAGE, _MARK = 5, 15  # grains, which are minutes
_ONCE_UP_TO, _TWICE_UP_TO = 15, 120  # grains: how long a time may be that is reminded of once, or twice
_BY_MARKS_ABOVE = 90  # grains: of a time longer than that the last reminder comes at a full quarter of an hour
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def first_due(cadence: Cadence, now: datetime, urgency: int) -> datetime | None:
    """When the first human word is due; urgency brings it forward (half, a quarter). None: no time is stated."""
    if cadence.first is None:
        return None
    due = add(now, cadence.first, cadence.hours)
    share = 1.0 if cadence.first_look else URGENCY_SHARE[min(max(urgency, 0), 3)]
    return due if share == 1.0 else add_open_time(now, between(now, due, cadence.hours) * share, cadence.hours)


def next_due(ticket: Ticket, policy: Policy, now: datetime) -> datetime | None:
    """When the customer hears next after a word said at `now`; None if the cadence ends with that word.

    The pace depends on the age of the ticket (`Step.until`), or on the estimate once there is one: at the estimate, and
    then at a regular pace. If the customer was asked something, the next word is the nudge.
    """
    cadence = policy.pace_of(ticket)
    if ticket.their_turn and ticket.waiting_until is not None and ticket.waiting_until > now:
        return ticket.waiting_until
    if ticket.state is TicketState.RESOLVED or (cadence.only_if_unanswered and ticket.answers):
        return None
    if cadence.after_estimate is not None and ticket.eta_at is not None:
        later = add(now, cadence.after_estimate, cadence.hours)
        return min(ticket.eta_at, later) if ticket.eta_at > now else later
    if cadence.first_look and not ticket.answers:
        return first_due(cadence, now, ticket.urgency)
    age = now - ticket.opened_at
    for step in cadence.steps:
        if step.until is None or age < step.until:
            return add(now, step.every, cadence.hours)
    return None


def after_cover(ticket: Ticket, policy: Policy, after: datetime, *, confirmed: bool) -> datetime:
    """When a customer hears next after the desk covered for a person, for the `ticket.covers`-th time in a row.

    The first at the pace, then after twice, four and eight times as long: the same empty words every half hour help
    nobody. A customer who is `confirmed` to read us still hears every two hours in an outage, otherwise at least once a
    day. An estimate that is still ahead is not skipped, nor the time that they have for their own answer. There
    always is a next time, whatever the cadence says.
    """
    hours = policy.pace_of(ticket).hours
    at_pace = next_due(ticket, policy, after) or answer_due(ticket, policy, after) or far(policy, after)
    doublings = min(max(ticket.covers - 1, 0), _COVER_DOUBLINGS)
    if not doublings or at_pace in (ticket.waiting_until, ticket.eta_at):
        return at_pace
    # A business day counts as open hours, so that days double as well; two mornings on it is a morning, not an evening.
    open_time = between(after, at_pace, hours) * 2**doublings
    due = max(at_pace, next_open(add_open_time(after, open_time, hours), hours))
    if confirmed:
        as_if = 1 if policy.is_alarmed(ticket) else ticket.priority
        most = add(after, _COVERS_APART.get(as_if, _COVERS_APART_ELSE), hours)
        due = min(due, max(most, at_pace))
    return due if ticket.eta_at is None or ticket.eta_at <= after else min(due, ticket.eta_at)


def answer_due(ticket: Ticket, policy: Policy, now: datetime) -> datetime | None:
    """When a customer who wrote again, and who is promised no time, hears from us: as for a first word.

    A priority without a time of its own (feedback) is treated as a difficulty once something was asked.
    """
    cadence = policy.pace_of(ticket)
    return first_due(cadence if cadence.first is not None else policy.cadences[4], now, ticket.urgency)


def moments(promise: Promise, cadence: Cadence, policy: Policy) -> tuple[datetime, ...]:
    """The times of the reminders, ascending: at half, at a quarter left and ten minutes before, a minute apart.

    Of a time of a quarter of an hour the first of them, up to two hours the first and the last, so that none comes
    later for being one of few. Of a time above an hour and a half the last comes at the full quarter of an hour before
    its ten minutes, so that what is due about then is told in one mail. Halves and quarters are of business time if the
    priority runs on it, so that nobody is reminded at night. If the agent's own words named an earlier time, the
    reminders lead up to that one.
    """
    cover = cover_at(promise, policy)
    aim = min(promise.due, promise.said or promise.due)
    span = between(promise.made_at, aim, cadence.hours)
    three_quarters = add_open_time(promise.made_at, span * 3 / 4, cadence.hours)
    last = aim - policy.remind_before
    if span > _BY_MARKS_ABOVE * policy.grain and is_open(mark := mark_before(last, policy), cadence.hours):
        last = mark
    wanted = [add_open_time(promise.made_at, span / 2, cadence.hours), three_quarters, last]
    apart = _apart(policy)
    kept: list[datetime] = []
    for moment in sorted(wanted):
        fits = promise.made_at < moment <= cover - apart
        if fits and (not kept or moment - kept[-1] >= apart):
            kept.append(moment)
    match most_reminders(span, policy):
        case 1:
            return tuple(kept[:1])
        case 2 if len(kept) > 2:
            return (kept[0], last if last in kept[1:] else kept[-1])
        case _:
            return tuple(kept)


def most_reminders(length: timedelta, policy: Policy) -> int:
    """How often agents are reminded of a time that long: once, twice or three times."""
    return 1 if length <= _ONCE_UP_TO * policy.grain else 2 if length <= _TWICE_UP_TO * policy.grain else 3


def cover_at(promise: Promise, policy: Policy) -> datetime:
    """When the desk covers for a person: `cover_before` the time, or half-way there if the time is very short."""
    return promise.due - min(policy.cover_before, (promise.due - promise.made_at) / 2)


def wake_at(
    promise: Promise, cadence: Cadence, policy: Policy, after: datetime, climbs: Sequence[datetime] = ()
) -> datetime:
    """When the desk must look at an open promise next: a reminder still ahead of `after`, the cover, or its end.

    `climbs` are times at which somebody more is told (`ladder.climbs`). Another priority has other moments: whoever had all
    the reminders of a time by the former one gets none of them.
    """
    soonest = after + _apart(policy) if promise.reminded else after
    all_had = not climbs and promise.reminded >= most_reminders(promise.due - promise.made_at, policy)
    times = () if all_had else moments(promise, cadence, policy)
    ahead = next((m for m in times if m > after and m >= soonest), None)
    cover = cover_at(promise, policy)
    wake = ahead or (cover if cover > after else promise.due + _JUST_PAST)
    return min((at for at in climbs if after < at < wake), default=wake)


def _apart(policy: Policy) -> timedelta:
    return min(policy.grain, policy.cover_before)


def as_told(due: datetime, now: datetime, grain: timedelta) -> datetime:
    """The time as a letter can tell it, in whole minutes (or `grain`): not later than meant, unless that is now."""
    told = due - (due - datetime.min.replace(tzinfo=due.tzinfo)) % grain
    return told if told - now >= grain else told + grain


def make(
    ticket: Ticket,
    policy: Policy,
    *,
    promise_id: str,
    due: datetime,
    made_by: str,
    stated_by: str,
    now: datetime,
    said: datetime | None = None,
    agent: str | None = None,
) -> Promise:
    """A new open promise to the ticket's requester, which the mail `stated_by` states; `said` only if it is earlier."""
    promise = Promise(
        id=promise_id,
        ticket=ticket.number,
        to=ticket.requester.key,
        made_at=now,
        made_by=made_by,
        agent=agent,
        due=as_told(due, now, policy.grain),
        wake_at=None,
        stated_by=stated_by,
        said=said if said is not None and now < said < due else None,
    )
    if owes_nothing(ticket, promise, policy):
        return replace(promise, wake_at=cover_at(promise, policy))
    climbs = ladder.climbs(ticket, policy, promise, now)
    return replace(promise, wake_at=wake_at(promise, policy.pace_of(ticket), policy, now, climbs))


def owes_nothing(ticket: Ticket, promise: Promise, policy: Policy) -> bool:
    """Whether it is the customer's turn, and the promise is only for the nudge they were told of or the closing letter.

    What an agent promised themselves is owed all the same, and so is what was promised for an earlier time, or after the
    customer's time was over.
    """
    until = ticket.waiting_until
    if not ticket.their_turn or until is None or promise.agent is not None:
        return False
    return promise.made_by == "nudge" or (promise.made_at < until and promise.due >= until - policy.grain)


def owed(ticket: Ticket, policy: Policy, now: datetime) -> datetime | None:
    """When a customer who is promised nothing should hear from us; None without a pace, or if we may not write."""
    if ticket.mute is not None or not ticket.unresolved:
        return None
    if policy.pace_of(ticket).first is None and not ticket.their_turn:
        return None
    pace = next_due if ticket.answers or ticket.their_turn else answer_due
    return pace(ticket, policy, now)


def watch_at(ticket: Ticket, policy: Policy, now: datetime) -> datetime | None:
    """When agents are next reminded of somebody whom only they may write to; None if nobody is owed a word of theirs.

    The desk promises such a customer nothing, so nothing else would remind anybody. The first time is when a first word
    would be due, then after twice as long each time (`Ticket.reminders` counts them), at last once a business day:
    anybody who writes to us can cause this. Once a business day from the start if the sender may be forged, an agent
    chose to wait, or they have been answered.
    """
    cadence = policy.pace_of(ticket)
    reminded = ticket.mute.reminded if ticket.mute is not None else Reminded.NEVER
    if not ticket.unresolved or reminded is Reminded.NEVER or cadence.first is None:
        return None
    seldom = far(policy, now)
    if ticket.their_turn and ticket.waiting_until is not None and ticket.waiting_until > now:
        return ticket.waiting_until
    if ticket.state is TicketState.WAITING or reminded is Reminded.SELDOM:
        return seldom
    if ticket.reminders == 0:
        due = first_due(cadence, now, ticket.urgency) or seldom
    else:
        due = add(now, cadence.first * 2 ** min(ticket.reminders, _MOST_DOUBLINGS), cadence.hours)
    # What came in together is due together, so that it is told in one mail.
    mark = policy.grain * (_MARK_OF_AN_OUTAGE if ticket.priority == 1 else _MARK)
    past = (due - _EPOCH) % mark
    return min(due + (mark - past if past else timedelta()), seldom)


def mark_before(moment: datetime, policy: Policy) -> datetime:
    """The full quarter of an hour at that moment, or before."""
    return moment - (moment - _EPOCH) % (_MARK * policy.grain)


def mark_after(moment: datetime, policy: Policy) -> datetime:
    """The next full quarter of an hour after that moment."""
    return mark_before(moment, policy) + _MARK * policy.grain


def end(promise: Promise, state: PromiseState, now: datetime, kept_by: str | None = None) -> Promise:
    """The promise, ended. A human word after the time that was told is late, whatever the caller hoped."""
    if state is PromiseState.KEPT and now > promise.due:
        state = PromiseState.LATE
    return replace(promise, state=state, ended_at=now, wake_at=None, kept_by=kept_by)


def far(policy: Policy, now: datetime) -> datetime:
    """The next business day: the fallback if a cadence names no further time."""
    return add(now, timedelta(days=1), policy.cadences[4].hours)
