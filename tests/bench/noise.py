"""`python -m tests.bench.noise`: how many mails each of five agents gets on a day of many mails, and how late, by what they chose.

A day is played on a whole desk without a network: customers write, write again, and say thanks; whoever takes a ticket
answers after a while, and one ticket in ten is left until the desk covers. The same day, by its seed, each time. With
`--after`, it follows another such day, of whose last hours all is solved: a load that goes on, and nothing left over.
How late is from when a thing happened (a mail came, a time was near) until the first notice of it was there: for anybody,
and for whoever has the ticket, or the last of the group where nobody has it. `--json` prints all of it as one object.
"""

from __future__ import annotations

import argparse
import heapq
import json
import logging
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from functools import partial
from itertools import count
from typing import Any
from urllib.parse import unquote

import structlog
from sqlalchemy import select

from mailbot.adapters.store.schema import outbox
from mailbot.core.model.outgoing import OutboxState
from mailbot.core.model.policy import Agent, DigestTimes, Hears, Policy
from mailbot.core.model.ticket import TicketState
from tests.simulation.simulated_desk import BERLIN, SimulatedDesk, mail, minutes

TEXTS = (
    (2, "Our whole shop is down, nobody can order, error 503 everywhere!"),
    (14, "You charged me twice for invoice {n}, please refund one of the two."),
    (40, "The export number {n} fails with an error at 80 % since this morning."),
    (34, "How can I add a second delivery address to my account {n}?"),
    (10, "I just wanted to say that I like the new look of page {n}."),
)
NAMES = ("mara", "joost", "ida", "kim", "lou")
MORNING, EVENING = time(8), time(17)
DAY = datetime(2026, 3, 2, tzinfo=BERLIN)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the agents chose, and how it is called."""

    name: str
    changed: Callable[[Agent], Agent]


CHOICES = (
    Choice(name='digest = "single"', changed=lambda agent: replace(agent, digest=DigestTimes(single=True))),
    Choice(name="as shipped", changed=lambda agent: agent),
    Choice(
        name='three hear "mine"',
        changed=lambda agent: agent if agent.id in ("joost", "ida") else replace(agent, hears=Hears.MINE),
    ),
    Choice(name='digest = "busy"', changed=lambda agent: replace(agent, digest=DigestTimes(busy=True))),
    Choice(name='digest = "2h"', changed=lambda agent: replace(agent, digest=DigestTimes(every=timedelta(hours=2)))),
)


@dataclass
class Day:
    """One day; `then` are what people do, by time."""

    desk: SimulatedDesk
    dice: random.Random
    then: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    order: count[int] = field(default_factory=count)

    def at(self, moment: datetime, act: Callable[[], None]) -> None:
        """Somebody does that then."""
        heapq.heappush(self.then, (moment, next(self.order), act))

    def play(self, until: datetime) -> None:
        """All of it up to an evening, and the half hour after that; what people do later waits for the next day."""
        while self.then and self.then[0][0] < until:
            moment, _, act = heapq.heappop(self.then)
            self.desk.pass_time(max(moment, self.desk.clock.now()))
            act()
        self.desk.pass_time(until + minutes(30))

    def customer_writes(self, nth: int, *, left: bool = True) -> None:
        """A first mail; somebody answers it after a while, and they may write again before. Not `left`: it is solved soon."""
        words = self.dice.choices([text for _, text in TEXTS], [share for share, _ in TEXTS])[0].format(n=nth)
        who = f"Customer {nth} <c{nth}@shop{nth}.example>"
        sent = len(self.desk.sent)
        opened = self.desk.receive(mail(who, words, at=self.desk.clock.now(), subject=f"Matter {nth}"))[-1].tickets
        told = {s.outgoing.agent: s for s in self.desk.sent[sent:] if s.outgoing.agent and s.outgoing.ticket}
        if not opened:
            return
        now, ticket = self.desk.clock.now(), opened[0]
        wait = minutes(self.dice.uniform(3, 12) if ticket.priority == 1 else self.dice.lognormvariate(4.2, 0.8))
        by = self.dice.choice(sorted(told) or NAMES)
        notice = told.get(by)
        if not left:
            self.at(
                now + minutes(5),
                lambda: self.agent_answers(ticket.number, by, notice.reply_to if notice else "", solved=True),
            )
            return
        if self.dice.random() < 0.9:
            to = notice.reply_to if notice is not None else ""
            self.at(now + wait, lambda: self.agent_answers(ticket.number, by, to))
        if self.dice.random() < 0.3:
            self.at(now + wait * self.dice.uniform(0.2, 2), lambda: self.writes_again(ticket.number, who))

    def agent_answers(self, number: int, by: str, to: str, *, solved: bool = False) -> None:
        """Half of the answers solve it. They answer the newest notice of it, or tap its line in a digest."""
        if self.desk.ticket(number).state is TicketState.RESOLVED:
            return
        mine = [
            s
            for s in self.desk.sent
            if s.outgoing.ticket == number and s.outgoing.agent == by and s.outgoing.reply_token
        ]
        to = mine[-1].reply_to if mine else to
        to = to or self.in_digest(number, by)
        if not to:  # it has not come yet: they see it later
            self.at(self.desk.clock.now() + minutes(20), lambda: self.agent_answers(number, by, "", solved=solved))
        else:
            words = "It is mended now." if solved or self.dice.random() < 0.5 else "I look into it."
            line = "/resolve\n\n" if words.startswith("It is") else ""
            agent = self.desk.setting.policy.agents[by]
            self.desk.receive(
                mail(
                    f"{agent.name} <{agent.addresses[0]}>",
                    f"{line}{words}\n\n{agent.name}",
                    at=self.desk.clock.now(),
                    to=to,
                )
            )

    def in_digest(self, number: int, by: str) -> str:
        """Where an answer goes that begins with a tap in the newest digest which names the ticket."""
        for one in reversed(self.desk.sent):
            if one.outgoing.agent == by and one.outgoing.name == "digest":
                found = re.search(rf"\[{number}\][^<]*<mailto:([^?>]+)", one.text)
                if found is not None:
                    return unquote(found[1])
        return ""

    def writes_again(self, number: int, who: str) -> None:
        """A further mail to the address of the ticket's newest letter."""
        letters = [
            s for s in self.desk.sent if s.outgoing.ticket == number and not s.outgoing.agent and s.outgoing.reply_token
        ]
        if letters:
            words = self.dice.choice(("Is there any news?", "It fails again, the same error.", "Thank you so much!"))
            self.desk.receive(mail(who, words, at=self.desk.clock.now(), to=letters[-1].reply_to))


@dataclass(frozen=True, kw_only=True, slots=True)
class Played:
    """What each agent got, by agent and kind of mail, and how many seconds things took to be told, by sort and to whom."""

    mails: Counter[tuple[str, str]]
    delays: dict[str, dict[str, list[float]]]


def played(choice: Choice, mails: int, seed: int, *, after: bool = False) -> Played:
    """A working day with so many mails; `after` another one."""

    def change(policy: Policy) -> Policy:
        people = [
            Agent(id=name, name=name.title(), addresses=(f"{name}@lumen.example",), lead=name == "mara", zone=BERLIN)
            for name in NAMES
        ]
        return replace(policy, agents={one.id: choice.changed(one) for one in people})

    dice = random.Random(seed)
    begins = datetime.combine(DAY, MORNING, BERLIN)
    evening = datetime.combine(DAY - timedelta(days=3), EVENING, BERLIN)  # the last one on which they worked
    warm = timedelta(hours=4)
    desk = SimulatedDesk(vouches=True, start=evening - warm if after else begins, change_policy=change)
    try:
        day = Day(desk, dice)
        seconds = int((EVENING.hour - MORNING.hour) * 3600)
        firsts = int(mails / 1.9)  # the others are what people write afterwards
        if after:
            of_warm = int(firsts * warm.total_seconds() / seconds)
            for nth in range(of_warm):
                moment = evening - warm + warm * (nth / of_warm)
                day.at(moment, partial(day.customer_writes, firsts + nth, left=False))
            day.play(until=evening)
            desk.pass_time(begins)
        for nth in range(firsts):
            day.at(begins + timedelta(seconds=dice.randrange(seconds)), partial(day.customer_writes, nth))
        before = len(desk.sent)
        day.play(until=datetime.combine(DAY, EVENING, BERLIN))
        sent = desk.sent[before:]
        print(f"{choice.name}: {len(desk.decisions)} decisions, {len(sent)} mails left", file=sys.stderr)
        late = sum(s.outgoing.name in ("cover", "late") for s in sent)
        print(f"{choice.name}: {late} covers and late letters", file=sys.stderr)
        mine = Counter((s.outgoing.agent, s.outgoing.name) for s in sent if s.outgoing.agent in NAMES)
        return Played(mails=mine, delays=delays(desk, begins))
    finally:
        desk.close()


def delays(desk: SimulatedDesk, since: datetime) -> dict[str, dict[str, list[float]]]:
    """How many seconds each thing took until `anybody`, and until `theirs`, heard of it: by priority, and of what is due within an hour."""
    asked = select(outbox).where(
        outbox.c.gather_for.is_not(None),
        outbox.c.ended_at.is_not(None),
        outbox.c.created_at >= since,
        outbox.c.name.in_(("new", "followup", "reminder", "covered")),
        outbox.c.state.in_([OutboxState.SENT.value, OutboxState.TOLD.value]),
    )
    with desk.store._database.read() as connection:
        rows = connection.execute(asked).mappings().all()
    things: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        things[row["key"].rpartition(":")[0]].append(row)
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: {"anybody": [], "theirs": []})
    for told in things.values():
        took = [(row["ended_at"] - row["created_at"]).total_seconds() for row in told]
        whose = [took[nth] for nth, row in enumerate(told) if row["fields"].get("mine")] or [max(took)]
        sorts = [f"priority {told[0]['fields']['priority']}"]
        due = told[0]["fields"].get("due")
        if due is not None and datetime.fromisoformat(due) - told[0]["created_at"] <= timedelta(hours=1):
            sorts.append("due within an hour")
        for sort in sorts:
            found[sort]["anybody"].append(min(took))
            found[sort]["theirs"] += whose
    return {sort: found[sort] for sort in sorted(found)}


def summed(seconds: Sequence[float]) -> dict[str, float]:
    """The median, the 99th of a hundred and the worst."""
    ranked = sorted(seconds)
    return {
        "median": ranked[len(ranked) // 2],
        "p99": ranked[min(len(ranked) * 99 // 100, len(ranked) - 1)],
        "worst": ranked[-1],
        "count": len(ranked),
    }


def main() -> None:
    """Play the day once for each choice, and print what each agent got, and how late."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.noise", description=__doc__)
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--after", action="store_true", help="the day follows another such day")
    parser.add_argument("--choice", action="append", help="only these, by name")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    choices = [one for one in CHOICES if not given.choice or one.name in given.choice]
    found = {one.name: played(one, given.mails, given.seed, after=given.after) for one in choices}
    mails = {name: _each(one.mails) for name, one in found.items()}
    late = {
        name: {sort: {who: summed(s) for who, s in whose.items()} for sort, whose in one.delays.items()}
        for name, one in found.items()
    }
    if given.json:
        print(json.dumps({"mails": mails, "seconds": late}, indent=1))
    else:
        _print_mails(mails)
        _print_delays(late)


def _each(got: Counter[tuple[str, str]]) -> dict[str, float]:
    """How many of each kind an agent got, and of all kinds."""
    kinds = sorted({kind for _, kind in got}, key=lambda kind: -sum(got[name, kind] for name in NAMES))
    of = {kind: sum(got[name, kind] for name in NAMES) / len(NAMES) for kind in kinds}
    return {**of, "each agent": sum(of.values())}


def _print_mails(mails: dict[str, dict[str, float]]) -> None:
    print(f"{'':18}" + "".join(f"{name:>18}" for name in mails))
    kinds = dict.fromkeys(kind for of in mails.values() for kind in of if kind != "each agent")
    for kind in (*kinds, "each agent"):
        print(f"{kind:18}" + "".join(f"{of.get(kind, 0):18.1f}" for of in mails.values()))
    print()


def _print_delays(late: dict[str, dict[str, dict[str, dict[str, float]]]]) -> None:
    print("Minutes until it was told: median, p99, worst")
    print(f"{'':20}{'':9}" + "".join(f"{name:>24}" for name in late))
    for sort in sorted({sort for one in late.values() for sort in one}):
        for who in ("anybody", "theirs"):
            each = [one.get(sort, {}).get(who, {"median": 0.0, "p99": 0.0, "worst": 0.0}) for one in late.values()]
            print(
                f"{sort:20}{who:9}"
                + "".join(f"{'  '.join(f'{s[q] / 60:.1f}' for q in ('median', 'p99', 'worst')):>24}" for s in each)
            )


if __name__ == "__main__":
    main()
