"""`python -m tests.bench.noise`: how many mails each of five agents gets on a day of many mails, by what they chose to hear.

A day is played on a whole desk without a network: customers write, write again, and say thanks; whoever takes a ticket
answers after a while, and one ticket in ten is left until the desk covers. The same day, by its seed, each time.
"""

from __future__ import annotations

import argparse
import heapq
import random
import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from functools import partial
from itertools import count
from urllib.parse import unquote

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

    def play(self) -> None:
        """All of it, and the evening."""
        evening = datetime.combine(DAY, EVENING, BERLIN)
        while self.then and self.then[0][0] < evening:
            moment, _, act = heapq.heappop(self.then)
            self.desk.pass_time(moment)
            act()
        self.desk.pass_time(evening + minutes(30))

    def customer_writes(self, nth: int) -> None:
        """A first mail; somebody answers it after a while, and they may write again before."""
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
        if self.dice.random() < 0.9:
            to = notice.reply_to if notice is not None else ""
            self.at(now + wait, lambda: self.agent_answers(ticket.number, by, to))
        if self.dice.random() < 0.3:
            self.at(now + wait * self.dice.uniform(0.2, 2), lambda: self.writes_again(ticket.number, who))

    def agent_answers(self, number: int, by: str, to: str) -> None:
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
            self.at(self.desk.clock.now() + minutes(20), lambda: self.agent_answers(number, by, ""))
        else:
            words = "It is mended now." if self.dice.random() < 0.5 else "I look into it."
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


def played(choice: Choice, mails: int, seed: int) -> Counter[tuple[str, str]]:
    """By agent and kind of mail, how many came."""

    def change(policy: Policy) -> Policy:
        people = [
            Agent(id=name, name=name.title(), addresses=(f"{name}@lumen.example",), lead=name == "mara", zone=BERLIN)
            for name in NAMES
        ]
        return replace(policy, agents={one.id: choice.changed(one) for one in people})

    dice = random.Random(seed)
    desk = SimulatedDesk(vouches=True, start=datetime.combine(DAY, MORNING, BERLIN), change_policy=change)
    try:
        day = Day(desk, dice)
        seconds = int((EVENING.hour - MORNING.hour) * 3600)
        firsts = int(mails / 1.9)  # the others are what people write afterwards
        for nth in range(firsts):
            moment = datetime.combine(DAY, MORNING, BERLIN) + timedelta(seconds=dice.randrange(seconds))
            day.at(moment, partial(day.customer_writes, nth))
        day.play()
        print(f"{choice.name}: {len(desk.decisions)} decisions, {len(desk.sent)} mails left", file=sys.stderr)
        late = sum(s.outgoing.name in ("cover", "late") for s in desk.sent)
        print(f"{choice.name}: {late} covers and late letters", file=sys.stderr)
        return Counter((s.outgoing.agent, s.outgoing.name) for s in desk.sent if s.outgoing.agent in NAMES)
    finally:
        desk.close()


def main() -> None:
    """Play the day once for each choice, and print what each agent got."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.noise", description=__doc__)
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    days = {choice.name: played(choice, given.mails, given.seed) for choice in CHOICES}
    print(f"{'':18}" + "".join(f"{name:>18}" for name in days))
    kinds = sorted(
        {kind for day in days.values() for _, kind in day},
        key=lambda k: -sum(d[n, k] for d in days.values() for n in NAMES),
    )
    for kind in kinds:
        print(f"{kind:18}" + "".join(f"{sum(day[n, kind] for n in NAMES) / len(NAMES):18.1f}" for day in days.values()))
    print(f"{'each agent':18}" + "".join(f"{sum(day.values()) / len(NAMES):18.1f}" for day in days.values()))


if __name__ == "__main__":
    main()
