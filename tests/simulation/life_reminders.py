"""What holds of reminders after every step of a desk's life: when they come, how many, and that none comes too late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from mailbot.core.language.told_time import zone_of
from mailbot.core.sending.withdrawn import WAITED
from tests.simulation.life_looks import Holds, always, at_work, moment

_APART = timedelta(minutes=1)


@always("reminders come a minute apart at least, and in an agent's hours unless everything is down, or may be")
def _(desk: Holds) -> Iterator[object]:
    for one in desk.fresh:
        if one.name != "reminder" or one.key.startswith(WAITED):
            continue  # what waited for others, and is told alone after all, is the same reminder
        assert one.agent is not None
        which = (one.key.split(":")[1], one.agent)
        last = desk.reminded.get(which)
        if last is not None and timedelta() <= one.at - last < _APART:
            yield f"{one.key}: {one.at - last} after the one before"
        desk.reminded[which] = one.at
        alarming = "SELECT 1 FROM ticket WHERE number = :n AND NOT sure AND tags LIKE '%alarming%'"
        called = one.fields["priority"] == 1 or desk.sees(alarming, n=one.ticket)
        if not called and not at_work(one.zone, one.at):
            yield f"{one.key}: at {one.at.astimezone(zone_of(one.zone))}"


@always("a time of a quarter of an hour is reminded of once, one of up to two hours twice, any other three times")
def _(desk: Holds) -> Iterator[object]:
    for one in desk.fresh:
        _, id_, nth, _ = one.key.removeprefix(WAITED).split(":") if one.name == "reminder" else ("", "", "0", "")
        for due, made in desk.sees("SELECT due, made_at FROM promise WHERE id = :id", id=id_):
            length = moment(due) - moment(made)
            if int(nth) > (1 if length <= timedelta(minutes=15) else 2 if length <= timedelta(hours=2) else 3):
                yield f"{one.key}: of {length}"


@always("nobody is reminded of what is over: such a reminder never leaves")
def _(desk: Holds) -> Iterator[object]:
    # By a clock that was set back in between, one that was tried before the end seems to be tried after it.
    after = "" if desk.set_back else " OR first_tried_at > promise.ended_at"
    yield from desk.sees(
        'SELECT "key", outbox.state FROM outbox JOIN promise ON outbox.ticket IS NOT NULL AND '
        "(\"key\" LIKE 'remind:' || promise.id || ':%' OR \"key\" LIKE 'digest:remind:' || promise.id || ':%') "
        f"WHERE promise.state != 'open' AND (outbox.state IN ('ready', 'gathering'){after})"
    )
