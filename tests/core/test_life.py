"""Long random histories against the real core and store: what the design promises of promises holds after every step.

Every history follows from its seed. One that fails is cut down to the steps that it needs, and told as a list.
`LIFE_HISTORIES=2000 LIFE_STEPS=200 pytest tests/core/test_life.py` plays more, and other ones each time.
"""

from __future__ import annotations

import logging
import os
import random
import secrets
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
import structlog

from mailbot.core import promises, wake
from mailbot.core.change import Change
from mailbot.core.desk import PromiseState
from tests.core.life import INSIDE, Life

MORE_OF_THEM = int(os.environ.get("LIFE_HISTORIES", "0"))
HISTORIES, PARTS = 80, 8
LENGTH = int(os.environ.get("LIFE_STEPS", "100"))
CUSTOMERS = (
    "Anna Keller <anna@atelier.example>",
    "Ben Okoro <ben@harbour.example>",
    "Jana Vogt <jana@vogt.example>",
)
MATTERS = (
    "Our whole shop is down, nobody can order, error 503 everywhere!",
    "You charged me twice for invoice 88, please refund it.",
    "The export fails with an error at 80 % since this morning.",
    "How can I add a second delivery address to my account?",
    "HOW DO I CHANGE MY ADDRESS??? I NEED IT RIGHT NOW!!!",
    "The new search is wonderful, great work, thank you all!",
    "The new search is wonderful, great work! Will it come to the phone as well?",
    "Die Rechnung wurde zweimal abgebucht, bitte prüfen Sie das.",
)
MORE = (
    "Is there any news?",
    "Thank you so much!",
    "It fails again, the same error.",
    "Now everything is down, the whole service is unreachable!",
    "I use version 7.",
)
WORDS = "Hello,\n\nwe have looked into it and are at work on it.\n\nMara"
ORDERS = (
    *[WORDS] * 6,
    *["/resolve", f"/resolve\n\n{WORDS}", f"/promise 2bd\n\n{WORDS}", "/promise 2h", "/send", "/confirm"] * 2,
    f"/note {INSIDE}",
    f"/note\n/p 2\n{INSIDE}",
    "/take",
    "/assign joost",
    "/p 1",
    "/p 3",
    "/p 4",
    "/p 5",
    f"/p 5\n\n{WORDS}",
    "/promise 3m",
    "/promise 1m",
    "/promise tomorrow 14:00",
    "/promise soonish",
    "/plan we move it to another machine",
    "/eta 2d",
    "/wait customer 3d",
    f"/wait third-party Postal Ltd\n\n{WORDS}",
    "/resolve quietly",
    "/reopen",
    "/thanks",
    "/ignore",
    "/spam",
    "/status",
    "/nonsense",
    "/goodwill 15 EUR for the trouble",
    "/approve",
    "/wait customer 2h\n\nWhich version is it?",
    "We look into it. I'll write tomorrow morning.\n\nMara",
    "",
)
SILENT = ("list", "old", "unaddressed", "no-reply", "refused")
# How often each kind of step comes, and what it is made of.
STEPS = {
    "writes": (14, lambda r: (r.choice(CUSTOMERS), r.choice(MATTERS))),
    "writes without an answer": (5, lambda r: (r.choice(CUSTOMERS), r.choice(MATTERS), r.choice(SILENT))),
    "follows up": (14, lambda r: (r.randrange(99), r.choice(MORE))),
    "follows up from a strange client": (2, lambda r: (r.randrange(99), r.choice(MORE))),
    "a stranger answers": (2, lambda r: (r.randrange(99), r.choice(MORE))),
    "is away": (2, lambda r: (r.randrange(99),)),
    "ties two matters": (3, lambda r: (r.choice(CUSTOMERS), r.randrange(99), r.randrange(99))),
    "an agent answers": (40, lambda r: (r.randrange(99), r.choice(ORDERS))),
    "forges an agent": (4, lambda r: (r.randrange(99), r.choice(ORDERS))),
    "an agent is away": (1, lambda r: (r.randrange(99),)),
    "a letter comes back": (2, lambda r: (r.randrange(99),)),
    "minutes pass": (16, lambda r: (r.choice((1, 9, 31, 55, 125)),)),
    "a night passes": (1, lambda r: (r.choice((13, 17)),)),
    "the daemon is down": (4, lambda r: (r.choice((1, 20, 70, 170)),)),
    "days pass": (1, lambda r: (r.choice((49, 80, 200)),)),
    "the clock jumps": (3, lambda r: (r.choice((-1, 1)),)),
}


def history(seed):
    """The steps of one history."""
    dice = random.Random(seed)
    names = dice.choices(list(STEPS), [weight for weight, _ in STEPS.values()], k=LENGTH)
    return [(name, *STEPS[name][1](dice)) for name in names]


def do(life, step):
    """One step of a history."""
    match step:
        case ("writes", who, text):
            life.write(who, text)
        case ("writes without an answer", who, text, "list"):
            life.write(who, text, Precedence="list", List_Id="<users.lists.example>")
        case ("writes without an answer", who, text, "old"):
            life.write(who, text, old=True)
        case ("writes without an answer", who, text, "unaddressed"):
            life.write(who, text, to="undisclosed@elsewhere.example")
        case ("writes without an answer", _, text, "no-reply"):
            life.write("Bank <no-reply@bank.example>", text)
        case ("writes without an answer", who, text, "refused"):
            life.desk.refuse = lambda outgoing: outgoing.to.address in who
            life.write(who, text)
            life.desk.refuse = lambda _: False
        case ("follows up", nth, text):
            life.follow(nth, text)
        case ("follows up from a strange client", nth, text):
            life.follow(nth, text, Precedence="bulk")
        case ("a stranger answers", nth, text):
            life.follow(nth, text, sender="Eve <eve@elsewhere.example>")
        case ("is away", nth):
            life.follow(nth, "I am away until Monday.", Auto_Submitted="auto-replied")
        case ("ties two matters", who, one, two):
            life.tie(who, one, two)
        case ("an agent answers", nth, text):
            life.answer(nth, text)
        case ("forges an agent", nth, text):
            life.answer(nth, text, sender="Mara Lind <eve@elsewhere.example>")
        case ("an agent is away", nth):
            life.answer(nth, "I am on holiday.", Auto_Submitted="auto-replied")
        case ("a letter comes back", nth):
            life.bounce(nth)
        case ("minutes pass", count):
            life.pass_time(timedelta(minutes=count))
        case ("a night passes" | "days pass", count):
            life.pass_time(timedelta(hours=count))
        case ("the daemon is down" | "the clock jumps", hours):
            life.sleep(timedelta(hours=hours))
        case _:
            raise ValueError(step)


def broken(steps, seen=None):
    """What does not hold after one of the steps, or None; `seen` counts the outcomes of decisions."""
    life = Life()
    try:
        for step in steps:
            do(life, step)
    except AssertionError as error:
        return str(error).splitlines()[0]
    finally:
        if seen is not None:
            seen.update(decision.outcome for decision in life.desk.decisions)
        life.close()
    return None


def shortest(steps, tries=80):
    """The history with every step left out that is not needed for something to break."""
    size = len(steps) // 2
    while size and tries:
        at = 0
        while at < len(steps) and tries:
            tries -= 1
            fewer = steps[:at] + steps[at + size :]
            if broken(fewer):
                steps = fewer
            else:
                at += size
        size //= 2
    return steps


def play(seeds, *, shrink=True, seen=None):
    """Play a history for each seed; AssertionError tells the first that breaks, cut down to what it needs."""
    for seed in seeds:
        steps = history(seed)
        if why := broken(steps, seen):
            told = shortest(steps) if shrink else steps
            lines = "\n".join(f"  {step}" for step in told)
            raise AssertionError(f"{broken(told) or why}\nhistory {seed}:\n{lines}")


@pytest.fixture(autouse=True)
def _quiet():
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**before)


@pytest.mark.timeout(max(300, MORE_OF_THEM * 5))
@pytest.mark.parametrize("part", range(PARTS))
def test_every_promise_holds_in_every_history(part):
    seen = Counter()
    seeds = [secrets.randbits(64) for _ in range(part, MORE_OF_THEM, PARTS)] or range(part, HISTORIES, PARTS)
    play(seeds, seen=seen)
    rare = (
        *("opened", "joined", "reopened", "relayed", "told", "held", "refused", "reminded", "covered", "late"),
        *("noted", "waited"),
    )
    assert all(seen[outcome] for outcome in rare), seen


def test_a_promise_that_no_mail_states_is_found(monkeypatch):
    letter = Change.letter

    def without_its_time(self, name, *, states=None, **rest):
        letter(self, name, states=None if name == "update" else states, **rest)

    monkeypatch.setattr(Change, "letter", without_its_time)
    with pytest.raises(AssertionError, match="another time than promised"):
        play(range(30), shrink=False)


def test_a_second_open_promise_is_found(monkeypatch):
    end, begin = Change.end_promise, Life.__init__

    def unless_replaced(self, state, kept_by=None):
        if state is PromiseState.REPLACED:
            self.promise = None
        return end(self, state, kept_by)

    def without_the_index_that_forbids_it(self):
        begin(self)
        with self.desk.store._database.write() as connection:
            connection.exec_driver_sql("DROP INDEX uq_promise_open")

    monkeypatch.setattr(Change, "end_promise", unless_replaced)
    monkeypatch.setattr(Life, "__init__", without_the_index_that_forbids_it)
    with pytest.raises(AssertionError, match="two open promises"):
        play(range(30), shrink=False)


def test_a_forgotten_promise_is_found(monkeypatch):
    wake_at = promises.wake_at

    def long_after(promise, *rest):
        return wake_at(promise, *rest) + timedelta(hours=3 if promise.made_by == "cover" else 0)

    monkeypatch.setattr(promises, "wake_at", long_after)
    with pytest.raises(AssertionError, match="forgotten"):
        play(range(30), shrink=False)


def test_a_ticket_left_in_silence_is_found(monkeypatch):
    say_next = wake._say_next

    def without_a_next_word(*args):
        decision = say_next(*args)
        return replace(
            decision,
            promises=tuple(p for p in decision.promises if p.state != "open"),
            outgoing=tuple(o for o in decision.outgoing if not o.promise),
        )

    monkeypatch.setattr(wake, "_say_next", without_a_next_word)
    with pytest.raises(AssertionError, match="nothing is promised"):
        play(range(30), shrink=False)


def test_a_history_that_breaks_is_cut_down(monkeypatch):
    monkeypatch.setattr(Life, "check", _no_late_word)
    steps = next(s for s in map(history, range(60)) if broken(s))
    assert len(shortest(steps)) <= 4


def _no_late_word(life):
    assert not any(decision.outcome == "late" for decision in life.desk.decisions), "a word came late"
