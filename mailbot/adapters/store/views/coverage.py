"""How much of the mail a rule carried, by which rule, and how often the agents said otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.rows import account_from
from mailbot.adapters.store.schema import event, message, ticket
from mailbot.core.model.reason import Reason
from mailbot.core.model.ticket import TicketState

_BY_POINTS = ("account.points", "account.points-next")
_OUTRIGHT = ("account.rule", "account.rule-by-words")
_UNSURE = ("account.none", "account.nearest")


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighing:
    """One mail that opened a ticket, as it was weighed when it came; `said` is the priority that an agent set last.

    `rules` gave the most points for it, the strongest first (at most three are kept). Empty: nobody was sure.
    """

    priority: int
    language: str | None
    rules: tuple[str, ...]
    said: int | None = None


@dataclass(kw_only=True, slots=True)
class Coverage:
    """Mails of one kind: all, one priority, those that are unsure, one language, or those that one rule carried.

    `unsure`: no rule carried them. `helped`: of a rule, mails that another carried with its help. Of `mails` the agents
    `set` so many by hand, `otherwise` than the rule that carried them; `became` says to which priorities (of unsure
    ones: what they were).
    """

    of: str
    which: str = ""
    mails: int = 0
    unsure: int = 0
    helped: int = 0
    set: int = 0
    otherwise: int = 0
    became: Counter[int] = field(default_factory=Counter)

    def count(self, one: Weighing) -> None:
        """Count one more mail."""
        self.mails += 1
        self.unsure += not one.rules
        if one.said is None:
            return
        self.set += 1
        if not one.rules or one.said != one.priority:
            self.otherwise += bool(one.rules)
            self.became[one.said] += 1


def coverage(weighings: Iterable[Weighing]) -> list[Coverage]:
    """All, then by priority, the unsure ones, by language and by rule, those that carried most first."""
    found: dict[tuple[str, str], Coverage] = {}

    def of(what: str, which: str = "") -> Coverage:
        return found.setdefault((what, which), Coverage(of=what, which=which))

    for one in weighings:
        of("all").count(one)
        of("language", one.language or "").count(one)
        of("priority" if one.rules else "unsure", str(one.priority) if one.rules else "").count(one)
        for place, rule in enumerate(one.rules):
            if place == 0:
                of("rule", rule).count(one)
            else:
                of("rule", rule).helped += 1
    return sorted(found.values(), key=_order)


def _order(one: Coverage) -> tuple[int, str, int, int, str]:
    place = ("all", "priority", "unsure", "language", "rule").index(one.of)
    return place, one.which if one.of == "priority" else "", -one.mails, -one.helped, one.which


class Weighings:
    """Reads for people. Every method may raise StoreDown."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def coverage(self, since: datetime) -> list[Coverage]:
        """What was decided of the mails that opened tickets since then; what lies in the spam heap is left out.

        A ticket that others were merged into may hold several: what an agent set counts for the first.
        """
        kept = (
            select(message.c.ticket, message.c.weighed)
            .select_from(message.join(ticket, ticket.c.number == message.c.ticket))
            .where(
                message.c.weighed.is_not(None),
                message.c.received_at >= since,
                ticket.c.state != TicketState.SPAM.value,
            )
            .order_by(message.c.received_at, message.c.id)
        )
        by_hand = select(event.c.ticket, event.c.args).where(
            event.c.code == "event.priority.set",
            event.c.ticket.in_(select(message.c.ticket).where(message.c.received_at >= since)),
        )
        with self._database.read() as connection:
            said = {row.ticket: int(row.args["new"]) for row in connection.execute(by_hand.order_by(event.c.id))}
            read = (_weighing(row.weighed, said.pop(row.ticket, None)) for row in connection.execute(kept))
            return coverage(one for one in read if one is not None)


def _weighing(kept: Mapping[str, Any], said: int | None) -> Weighing | None:
    """None for what an older version stored without an account."""
    account = account_from(kept["why"])
    if account is None or account.code not in (*_BY_POINTS, *_OUTRIGHT, *_UNSURE):
        return None
    args = dict(account.args)
    grounds = args.get("grounds", ()) if account.code in _BY_POINTS else ()
    named = [account] if account.code in _OUTRIGHT else grounds if isinstance(grounds, tuple) else [grounds]
    rules = tuple(str(dict(one.args)["rule"]) for one in named if isinstance(one, Reason))
    return Weighing(priority=kept["priority"], language=kept["language"], rules=rules, said=said)
