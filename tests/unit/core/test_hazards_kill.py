"""Hazard 1 within one process: it is gone at a named point, everything in its memory with it, and another begins.

With real processes and signals, and at full size: tests/wire/test_kill.py and `make torture`.
"""

from __future__ import annotations

import functools
import inspect
from collections import Counter
from contextlib import suppress

import pytest

from mailbot.core.model.outgoing import OutboxState
from mailbot.core.model.promise import PromiseState
from tests.simulation.scripted_world import ScriptedDesk
from tests.simulation.simulated_desk import MONDAY, mail, minutes

pytestmark = pytest.mark.slow

ROUNDS = 12
POINTS = {
    "imap.fetch": lambda desk: (desk.box, "fetch"),
    "inbound.put": lambda desk: (desk.store, "put"),
    "imap.done": lambda desk: (desk.box, "done"),
    "inbound.claim": lambda desk: (desk.store, "claim"),
    "desk.commit": lambda desk: (desk.store, "commit"),
    "desk.commit_all": lambda desk: (desk.store, "commit_all"),
    "outbox.take": lambda desk: (desk.store, "take"),
    "smtp.submit": lambda desk: (desk.server, "submit"),
    "outbox.settle": lambda desk: (desk.store, "settle"),
}
"""Every effect on the world and every commit around it, in the order of a mail's way."""


class Killed(BaseException):
    """The process is gone: nothing after this line happens, and nobody tidies up."""


class Bomb:
    """Goes off at the `nth` call of a point, before it or after it."""

    def __init__(self, place, nth):
        self.place, self.nth, self.calls, self.struck = place, nth, 0, False

    def plant(self, owner, name):
        method = getattr(owner, name)

        def now():
            self.calls += 1
            self.struck = self.struck or self.calls == self.nth
            return self.calls == self.nth

        @functools.wraps(method)
        def called(*args, **named):
            strikes = now()
            if strikes and self.place == "before":
                raise Killed
            found = method(*args, **named)
            if strikes:
                raise Killed
            return found

        @functools.wraps(method)
        async def awaited(*args, **named):
            strikes = now()
            if strikes and self.place == "before":
                raise Killed
            found = await method(*args, **named)
            if strikes:
                raise Killed
            return found

        setattr(owner, name, awaited if inspect.iscoroutinefunction(method) else called)
        return lambda: setattr(owner, name, method)


def matter(number):
    return mail(
        f"Customer {number} <c{number}@shop{number}.example>",
        f"The export number {number} is broken, the column with the names is empty.",
        at=MONDAY,
        subject=f"Export {number}",
        message_id=f"first.{number}@shop{number}.example",
    )


def restart(desk):
    desk.store.close()
    desk.start_up()
    desk.sender._submitter = desk.server


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("nth", [1, 2, 5, 9])
@pytest.mark.parametrize("point", POINTS)
def test_hazard_01_killed_at_a_named_point_nothing_is_lost_or_doubled(point, nth, place):
    desk, bomb = ScriptedDesk(), Bomb(place, nth)
    try:
        defuse = bomb.plant(*POINTS[point](desk))
        for number in range(ROUNDS):
            desk.box.deliver(
                *(
                    [matter(100 + number), matter(200 + number)]
                    if point == "desk.commit_all"
                    else [matter(100 + number)]
                )
            )
            with suppress(Killed):
                desk.work()
            if bomb.struck:
                break
        assert bomb.struck, "the point was never reached: it says nothing"
        defuse()
        restart(desk)
        for _ in range(6):
            desk.work()
            desk.clock.at += minutes(11)  # past every lease and every pause, and before any cover
        mails = len(desk.box.mails)
        found = desk.store.lists.tickets(limit=100)
        assert sorted(one.requester.address for one in found) == sorted({one.requester.address for one in found})
        assert len(found) == mails
        assert set(desk.box.marked) == set(desk.box.mails)
        states = {row.state for row in desk.store.lists.outbox(limit=1000)}
        assert states - {OutboxState.TOLD} == {OutboxState.SENT}, "each by itself, or with others"
        promises = desk.store.lists.promises(PromiseState.OPEN, limit=100)
        assert Counter(one.ticket for one in promises) == Counter(one.number for one in found)
        letters = Counter(one for one in desk.server.taken if "shop" in one[0])
        assert len(letters) == mails, "one acknowledgment for each, and every copy of it the same bytes"
        assert sum(Counter(desk.server.taken).values()) - len(set(desk.server.taken)) <= 1
    finally:
        desk.close()
