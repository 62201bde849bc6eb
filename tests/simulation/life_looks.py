"""How a desk's life is looked at: what was decided since the last step, and the sentences that must hold, gathered."""

from __future__ import annotations

import functools
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from mailbot.core.language.told_time import zone_of
from mailbot.core.model.decision import Decision
from tests.simulation.life_desk import SwiftDesk
from tests.simulation.simulated_desk import shipped
from tests.simulation.told_times import Truth

INSIDE = "for our eyes alone"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Written(NamedTuple):
    """A row of the outbox, as it was decided."""

    id: int
    key: str
    kind: str
    name: str
    ticket: int | None
    inbox: str
    to: str
    agent: str | None
    language: str
    zone: str
    at: datetime
    fields: dict[str, Any]
    state: str


class Holds:
    """Checks a desk after each step. `stopped`: nothing ran for a while in it; `died`: a process was killed in it.

    `set_back`: the clock was set back in this history. `estimates` are those that anybody was told, by address; `offsets` of a
    mail is what its reader's own mails tell of their clock; `read` is what a letter says, and may say (`life_letters`).
    """

    def __init__(self, desk: SwiftDesk) -> None:
        self.desk = desk
        self.stopped = self.died = self.set_back = False
        self.fresh: list[Written] = []
        self.decided: list[Decision] = []
        self.by_key: dict[str, Written] = {}
        self.ended: dict[str, tuple[str, int]] = {}
        self.keys: set[str] = set()
        self.bodies: dict[int, str] = {}
        self.apart: dict[int, tuple[int, timedelta]] = {}
        self.once: set[tuple[object, ...]] = set()
        self.estimates: defaultdict[str, set[datetime]] = defaultdict(set)
        self.offsets: dict[str, timedelta | None] = {}
        self.read: dict[int, tuple[str, Truth]] = {}
        self.reminded: dict[tuple[str, str], datetime] = {}
        self.paged: set[tuple[str, str, date]] = set()
        self.messages = self.events = 0
        self._decisions = self._outbox = 0

    @property
    def now(self) -> datetime:
        return self.desk.clock.now()

    @property
    def sees(self) -> Callable[..., list[Any]]:
        return self.desk.sees

    def check(self) -> None:
        """AssertionError says what does not hold, and where that shows."""
        self._look()
        for sentence, broken in ALWAYS.items():
            for where in broken(self):
                raise AssertionError(f"{sentence}: {where}")
        self.stopped = self.died = False
        ((self.messages, self.events),) = self.sees(
            "SELECT coalesce((SELECT max(rowid) FROM message), 0), coalesce((SELECT max(id) FROM event), 0)"
        )

    def _look(self) -> None:
        found = self.sees(
            'SELECT id, "key", kind, name, ticket, inbox, to_address, agent, language, zone, created_at, fields, state '
            "FROM outbox WHERE id > :last ORDER BY id",
            last=self._outbox,
        )
        self.fresh = [Written(*row[:10], moment(row[10]), json.loads(row[11]), row[12]) for row in found]
        self._outbox = max((one.id for one in self.fresh), default=self._outbox)
        self.by_key |= {one.key: one for one in self.fresh}
        self.decided = self.desk.decisions[self._decisions :]
        for decision in self.decided:
            for ticket in decision.tickets:
                if ticket.eta_at is not None:
                    self.estimates[ticket.requester.key].add(ticket.eta_at)
                theirs = None if ticket.utc_offset is None else timedelta(minutes=ticket.utc_offset)
                self.offsets |= {one.key: theirs for one in decision.outgoing if one.ticket == ticket.number}
        # What was committed by a process that died at that moment is no decision that anybody saw.
        for who, eta_at, number, offset in self.sees("SELECT requester, eta_at, number, utc_offset FROM ticket"):
            if eta_at is not None:
                self.estimates[who].add(moment(eta_at))
            unseen = [one.key for one in self.fresh if one.ticket == number and one.key not in self.offsets]
            self.offsets |= dict.fromkeys(unseen, None if offset is None else timedelta(minutes=offset))
        self._decisions = len(self.desk.decisions)


Broken = Callable[[Holds], Iterator[object]]
ALWAYS: dict[str, Broken] = {}
"""The sentences, in order, each with what finds the places where it does not hold."""


def always(sentence: str) -> Callable[[Broken], Broken]:
    """Whatever the function yields breaks the sentence."""

    def remember(broken: Broken) -> Broken:
        ALWAYS[sentence] = broken
        return broken

    return remember


def moment(at: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at)


def micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def at_work(zone: str, at: datetime) -> bool:
    """Whether somebody in that zone is working then: from nine to five, but not at weekends or at Easter."""
    local = at.astimezone(zone_of(zone))
    easter = local.date() in (date(2026, 4, 3), date(2026, 4, 6))
    return local.weekday() < 5 and not easter and 9 <= local.hour < 17


def words(letter: Written) -> str:
    """The letter without its times, which always differ."""
    fields = {**letter.fields, "due": "2026-01-01T00:00:00+00:00", "promised": "2026-01-01T00:00:00+00:00"}
    return _rendered(letter.name, letter.language, letter.inbox, json.dumps({**fields, "ticket": 0}, sort_keys=True))


@functools.cache
def _rendered(name: str, language: str, inbox: str, fields: str) -> str:
    templates = shipped().templates
    return templates.render(name, language=language, inbox=inbox, zone="UTC", fields=json.loads(fields)).text


def told(desk: Holds, begins: str) -> bool:
    return any(one.key.startswith(begins) for one in desk.fresh)
