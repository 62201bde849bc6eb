"""Business time: when the desk is open, and moments counted in open hours and open days.

Open spans are local wall-clock times; each is turned into UTC for its own day, and all counting happens in UTC, so a
day on which the clocks change is as long as it really is. When clocks go back, an opening counts from the first of the
two equal times and a closing to the second; when they go forward over an opening or closing, it becomes the moment of
the jump. A span that ends at or before its start runs past midnight, and its part after midnight belongs to the next
weekday (and is closed if that day is a holiday); an end of 00:00 is midnight.

Two measures are kept apart. *Open time* counts only while the desk is open. In a span given to `add`, whole days are
*business days* (see `mailbot.core.model.policy.Cadence`) and only the rest is open time. `between` measures open time,
so its inverse is `add_open_time`, which is the same as `add` for spans under a day.

All moments returned are in UTC. A naive datetime, a negative span, a calendar without open time, and anything further
than twenty years away raise ValueError.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailbot.core.model.policy import Hours

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_NEAR = timedelta(hours=3)
_NOTHING = timedelta(0)
_MIDNIGHT = time(0)
_MORNING = time(8)
_EVENING = time(17)
_LONGEST_CLOSED = timedelta(days=400)
_HORIZON = timedelta(days=20 * 366)

Span = tuple[datetime, datetime]


def add(start: datetime, span: timedelta, hours: Hours) -> datetime:
    """The moment `span` after `start`: first its whole days as business days, then the rest as open time.

    `timedelta(days=1, hours=2)` is the same clock time on the next open day, then two open hours. With
    `hours.always` it is plain addition. A span of zero is `start`, open or not.
    """
    moment = _utc(start)
    _refuse_negative(span)
    if hours.always:
        return moment + span
    if span.days:
        moment = add_business_days(moment, span.days, hours)
    return add_open_time(moment, timedelta(seconds=span.seconds, microseconds=span.microseconds), hours)


def add_open_time(start: datetime, span: timedelta, hours: Hours) -> datetime:
    """The earliest moment by which the desk has been open for `span` since `start`; here a day is 24 open hours."""
    moment = _utc(start)
    _refuse_negative(span)
    if hours.always:
        return moment + span
    if not span:
        return moment
    for opens, closes in _spans_after(moment, hours):
        opened = max(opens, moment)
        if closes - opened >= span:
            return opened + span
        span -= closes - opened
    raise AssertionError("unreachable: the spans never end without an error")


def back(end: datetime, span: timedelta, hours: Hours) -> datetime:
    """The latest moment from which on the desk has been open for `span` until `end`."""
    moment = _utc(end)
    _refuse_negative(span)
    if hours.always or not span:
        return moment - span
    day = moment.astimezone(hours.zone).date() + _DAY
    while moment - _utc(datetime.combine(day, _MIDNIGHT, hours.zone)) < _LONGEST_CLOSED:
        for opens, closes in reversed(open_spans(day, hours)):
            closed = min(closes, moment)
            if closed - opens >= span:
                return closed - span
            span -= max(closed - opens, _NOTHING)
        day -= _DAY
    raise ValueError("the desk is never open in these hours")


def between(start: datetime, end: datetime, hours: Hours) -> timedelta:
    """How long the desk is open from `start` to `end`, as open time; negative if `end` is before `start`."""
    first, last = _utc(start), _utc(end)
    if last < first:
        return -between(last, first, hours)
    if hours.always:
        return last - first
    if last - first > _HORIZON:
        raise ValueError("the two moments are more than twenty years apart")
    total = _NOTHING
    day, last_day = first.astimezone(hours.zone).date() - _DAY, last.astimezone(hours.zone).date() + _DAY
    counted = first
    while day <= last_day:
        for opens, closes in open_spans(day, hours):
            opened, closed = max(opens, counted), min(closes, last)
            if closed > opened:
                total += closed - opened
                counted = closed
        day += _DAY
    return total


def is_open(moment: datetime, hours: Hours) -> bool:
    """Whether the desk is open at `moment`; the moment of closing is closed."""
    asked = _utc(moment)
    if hours.always:
        return True
    today = asked.astimezone(hours.zone).date()
    days = (today - _DAY, today, today + _DAY)
    return any(opens <= asked < closes for day in days for opens, closes in open_spans(day, hours))


def next_open(moment: datetime, hours: Hours) -> datetime:
    """`moment` itself while the desk is open, else when it opens next."""
    start = _utc(moment)
    if hours.always:
        return start
    opens, _ = next(_spans_after(start, hours))
    return max(opens, start)


def next_start(moment: datetime, hours: Hours) -> datetime:
    """When the next working day begins, after `moment`; for a desk that never closes, at eight on its clock."""
    start = _utc(moment)
    day = start.astimezone(hours.zone).date()
    if hours.always:
        begins = _instant(datetime.combine(day, _MORNING), hours.zone, closing=False)
        return begins if begins > start else _instant(datetime.combine(day + _DAY, _MORNING), hours.zone, closing=False)
    return next(spans[0][0] for _, spans in _open_days(day, hours) if spans[0][0] > start)


def add_business_days(start: datetime, days: int, hours: Hours) -> datetime:
    """The same clock time (in the desk's zone) `days` open days after the day of `start`; 0 is `start` itself.

    A clock time outside that day's hours is moved to the next opening or, after the last one, to the close. With
    `hours.always` a day is 24 hours.
    """
    moment = _utc(start)
    if days < 0:
        raise ValueError("business days are counted forward only")
    if hours.always:
        return moment + timedelta(days=days)
    if days == 0:
        return moment
    local = moment.astimezone(hours.zone)
    open_days = _open_days(local.date() + _DAY, hours)
    for _ in range(days - 1):
        next(open_days)
    day, spans = next(open_days)
    wanted = _instant(datetime.combine(day, local.time()), hours.zone, closing=False)
    for opens, closes in spans:
        if wanted < opens:
            return opens
        if wanted <= closes:
            return wanted
    return spans[-1][1]


def closing(day: date, hours: Hours) -> datetime | None:
    """When the desk closes for the day on `day` (a date in the desk's zone); None on a closed day, and with `always`."""
    spans = () if hours.always else open_spans(day, hours)
    return spans[-1][1] if spans else None


def working_day(day: date, hours: Hours) -> Span | None:
    """From when to when people work on a local day, in UTC; None on a closed one.

    A day that never closes counts as an office day; what goes on from the night before is that one's, so that a night
    shift ends on the day after. Shifts that follow one another without a gap end with their day.
    """
    office = (
        _instant(datetime.combine(day, _MORNING), hours.zone, closing=False),
        _instant(datetime.combine(day, _EVENING), hours.zone, closing=True),
    )
    if hours.always:
        return office
    spans = open_spans(day, hours)
    if spans and spans[0][0] <= _instant(datetime.combine(day, _MIDNIGHT), hours.zone, closing=False):
        if spans[0][1] >= office[1]:
            return office
        if any(end <= begin for begin, end in hours.spans.get((day.weekday() - 1) % 7, ())):
            spans = spans[1:]
    if not spans:
        return None
    begins, ends = spans[0][0], spans[-1][1]
    for begin, end in hours.spans.get(day.weekday(), ()):
        if not _MIDNIGHT < end <= begin or end >= _EVENING:
            continue
        goes_home = _instant(datetime.combine(day + _DAY, end), hours.zone, closing=True)
        alone = spans[-1][0] == _instant(datetime.combine(day, begin), hours.zone, closing=False)
        if alone and any(last == goes_home for _, last in open_spans(day + _DAY, hours)[:1]):
            ends = goes_home
    return begins, ends


def day_of_work(moment: datetime, hours: Hours) -> tuple[date, Span] | None:
    """The local day whose working day `moment` falls on, and when that begins and ends; None if that is none.

    What is neither within it nor within the night shift before belongs to its own day all the same.
    """
    today = _utc(moment).astimezone(hours.zone).date()
    before, here = working_day(today - _DAY, hours), working_day(today, hours)
    own = here is not None and here[0] <= moment < here[1]
    if not own and before is not None and before[0] <= moment < before[1]:
        return today - _DAY, before
    return None if here is None else (today, here)


def open_spans(day: date, hours: Hours) -> tuple[Span, ...]:
    """The open spans (from, to) of a local day in UTC, in order and apart; empty on a closed day. Not for `always`."""
    if day in hours.holidays:
        return ()
    found: list[Span] = []
    for opens, closes in _wall_spans(day.weekday(), hours):
        start = _instant(datetime.combine(day, opens), hours.zone, closing=False)
        end_wall = datetime.combine(day, closes) if closes else datetime.combine(day + _DAY, _MIDNIGHT)
        end = _instant(end_wall, hours.zone, closing=True)
        if found and start <= found[-1][1]:
            start, end = found[-1][0], max(end, found[-1][1])
            found.pop()
        if end > start:
            found.append((start, end))
    return tuple(found)


def _wall_spans(weekday: int, hours: Hours) -> list[tuple[time, time | None]]:
    """The local spans of a weekday, sorted; an end of None is midnight. Includes what runs over from the day before."""
    before = hours.spans.get((weekday - 1) % 7, ())
    spans: list[tuple[time, time | None]] = [(_MIDNIGHT, end) for begin, end in before if _MIDNIGHT < end <= begin]
    spans += [(begin, end if end > begin else None) for begin, end in hours.spans.get(weekday, ())]
    if len(spans) > 1:
        spans.sort(key=lambda span: span[0])
    return spans


def _open_days(day: date, hours: Hours) -> Iterator[tuple[date, tuple[Span, ...]]]:
    """The open days from `day` on with their spans, without end; ValueError if the calendar has none."""
    if not any(hours.spans.values()):
        raise ValueError("the business hours have no open time on any weekday")
    horizon, last_open = day + _HORIZON, day
    while day <= horizon:
        spans = open_spans(day, hours)
        if spans:
            last_open = day
            yield day, spans
        elif day - last_open > _LONGEST_CLOSED:
            raise ValueError(
                f"the business hours have no open time in the {_LONGEST_CLOSED.days} days after {last_open}"
            )
        day += _DAY
    raise ValueError("that is more than twenty years of business time ahead")


def _spans_after(moment: datetime, hours: Hours) -> Iterator[Span]:
    """The open spans that end after `moment`, in order and apart, without end; the first may have begun before it."""
    # Clocks that go back over midnight lead into the day before: near a change begin one day early, and cut off
    # from a span what the one before it already has.
    today = moment.astimezone(hours.zone).date()
    changes = (moment - _NEAR).astimezone(hours.zone).utcoffset() != (moment + _NEAR).astimezone(hours.zone).utcoffset()
    reached = moment - _HORIZON
    for _, spans in _open_days(today - _DAY if changes else today, hours):
        for opens, closes in spans:
            if closes > moment and closes > reached:
                yield max(opens, reached), closes
            reached = max(reached, closes)


def _instant(wall: datetime, zone: ZoneInfo, *, closing: bool) -> datetime:
    """The moment in UTC at which the clock of `zone` shows the naive `wall`; in a gap, the moment of the jump.

    PEP 495: over a repeated time the offset falls from fold 0 to fold 1, over a skipped one it rises.
    """
    early = wall.replace(tzinfo=zone, fold=0).utcoffset() or _NOTHING
    late = wall.replace(tzinfo=zone, fold=1).utcoffset() or _NOTHING
    if early < late:
        return _jump((wall - late).replace(tzinfo=UTC), (wall - early).replace(tzinfo=UTC), zone)
    first = (wall - early).replace(tzinfo=UTC)
    if early == late or not closing:
        return first
    second = (wall - late).replace(tzinfo=UTC)
    # Clocks may go back exactly to this time: then everything that follows is after it, and the first one closes.
    return second if (second - _SECOND).astimezone(zone).replace(tzinfo=None) < wall else first


def _jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first second at which the offset of `after` holds, by bisection."""
    before, after = before.replace(microsecond=0), after.replace(microsecond=0) + _SECOND
    old = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment must know its time zone")
    return moment.astimezone(UTC)


def _refuse_negative(span: timedelta) -> None:
    if span < _NOTHING:
        raise ValueError("business time is counted forward only")
