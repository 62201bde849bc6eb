"""How well the desk keeps its word: promises by how they ended, and the time to the first human word."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.rows import promise_from
from mailbot.adapters.store.schema import PROMISE_IS_OPEN, message, promise, ticket
from mailbot.core.model.promise import Promise, PromiseState

_BROKEN = (PromiseState.COVERED.value, PromiseState.LATE.value)
_ENDED = (PromiseState.KEPT.value, *_BROKEN)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """Promises that ended, of all, of one priority or of one agent (`which`); first human words in seconds.

    A covered promise counts for its ticket's agent, or for nobody if nobody had the ticket. For first words the median
    and the 95th percentile (nearest rank), of tickets opened in that time.
    """

    what: str
    which: str
    kept: int
    covered: int
    late: int
    first_median: float | None
    first_p95: float | None

    @property
    def ended(self) -> int:
        """All three together; replaced ones do not count."""
        return self.kept + self.covered + self.late


class Reports:
    """Reads for people. Every method may raise StoreDown."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, limit: int, before: datetime) -> list[Promise]:
        """Open promises due before a moment, the earliest first."""
        query = select(promise).where(PROMISE_IS_OPEN, promise.c.due < before)
        query = query.order_by(promise.c.due, promise.c.id).limit(limit)
        with self._database.read() as connection:
            return [promise_from(row) for row in connection.execute(query).mappings()]

    def broken(self, since: datetime, limit: int) -> list[Promise]:
        """Promises that were covered or late and ended since then, the latest first."""
        query = select(promise).where(promise.c.state.in_(_BROKEN), promise.c.ended_at >= since)
        query = query.order_by(promise.c.ended_at.desc(), promise.c.id).limit(limit)
        with self._database.read() as connection:
            return [promise_from(row) for row in connection.execute(query).mappings()]

    def tallies(self, since: datetime) -> list[Tally]:
        """All, then by priority, then by agent; empty ones are left out. Reads the promises since then."""
        ended = (
            select(promise.c.state, ticket.c.priority, ticket.c.assignee, message.c.agent)
            .select_from(
                promise.join(ticket, promise.c.ticket == ticket.c.number).outerjoin(
                    message, message.c.id == promise.c.kept_by
                )
            )
            .where(promise.c.state.in_(_ENDED), promise.c.ended_at >= since)
        )
        firsts = select(ticket.c.priority, ticket.c.opened_at, ticket.c.first_word_at, ticket.c.assignee).where(
            ticket.c.opened_at >= since, ticket.c.first_word_at.is_not(None)
        )
        with self._database.read() as connection:
            ends = [
                (row.state, str(row.priority), row.agent or row.assignee or "nobody")
                for row in connection.execute(ended)
            ]
            words = [
                ((row.first_word_at - row.opened_at).total_seconds(), str(row.priority), row.assignee or "nobody")
                for row in connection.execute(firsts)
            ]
        found = [_tally("all", "", [e[0] for e in ends], [w[0] for w in words])]
        for at, what in ((1, "priority"), (2, "agent")):
            for which in sorted({str(one[at]) for one in (*ends, *words)}):
                mine = [e[0] for e in ends if e[at] == which]
                found.append(_tally(what, which, mine, [w[0] for w in words if w[at] == which]))
        return [one for one in found if one.ended or one.first_median is not None]


def _tally(what: str, which: str, states: Sequence[str], seconds: Iterable[float]) -> Tally:
    ranked = sorted(seconds)
    return Tally(
        what=what,
        which=which,
        kept=states.count(PromiseState.KEPT.value),
        covered=states.count(PromiseState.COVERED.value),
        late=states.count(PromiseState.LATE.value),
        first_median=_percentile(ranked, 50),
        first_p95=_percentile(ranked, 95),
    )


def _percentile(ranked: Sequence[float], percent: int) -> float | None:
    return ranked[max(math.ceil(len(ranked) * percent / 100) - 1, 0)] if ranked else None
