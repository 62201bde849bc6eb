"""Mails of one claim are stored by as few commits as they may be, and are decided as if each had come alone."""

from __future__ import annotations

import random

import pytest
import structlog

from mailbot.errors import Conflict, StoreDown
from mailbot.ports import RawMail
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail

ANA = "Ana <ana@quay.example>"


@pytest.fixture(autouse=True)
def quiet():
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


@pytest.fixture
def new_desk():
    desks = []

    def make(**options):
        desks.append(SimulatedDesk(**options))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


def deliver(desk, raws):
    mails = [
        RawMail(mailbox="support", uidvalidity=1, uid=uid, raw=raw, size=len(raw)) for uid, raw in enumerate(raws, 1)
    ]
    desk.store.put(mails, desk.clock.now())


def decide_all(desk, limit):
    while desk.decider.decide_some(limit):
        pass


def letters(desk):
    """What is to be sent, without the ids of tickets and promises in it."""
    rows = desk.store.lists.outbox(limit=10_000)
    return sorted(
        (row.outgoing.to.address, row.outgoing.name, row.outgoing.ticket, row.outgoing.language) for row in rows
    )


def matters(desk):
    found = desk.store.lists.tickets(limit=10_000)
    return [
        (t.number, t.requester.address, t.subject, t.priority, t.urgency, t.tags, t.mute, t.assignee)
        for t in sorted(found, key=lambda t: t.number)
    ]


def crowd(seed):
    """Mails of a bad morning: many with one trouble, some who write twice, answers, copies, machines, one domain."""
    dice = random.Random(seed)
    raws: list[bytes] = []
    people: list[str] = []
    for number in range(60):
        who = f"Person {number % 37} <p{number % 37}@{dice.choice(('quay', 'pier', 'dock'))}{number % 5}.example>"
        words = dice.choice(
            (
                "Nothing works any more, the whole shop is down since ten!",
                "You charged me twice for my invoice.",
                "The export button does nothing when I click it.",
                "How do I change my address?",
                "Thank you all, I love the new search!",
                "THE SHOP IS DOWN!!! WHAT IS GOING ON???",
            )
        )
        earlier = dice.randrange(number) if number and dice.random() < 0.25 else None
        more = {} if earlier is None else {"In_Reply_To": f"<c{earlier}@mail.example>"}
        if earlier is not None and dice.random() < 0.8:
            who = people[earlier]  # the others answer what never reached them
        people.append(who)
        if dice.random() < 0.06:
            more["Auto_Submitted"] = "auto-replied"
        raws.append(
            mail(who, words, at=MONDAY, subject=f"Matter {number}", message_id=f"c{number}@mail.example", **more)
        )
        if dice.random() < 0.08:
            raws.append(raws[-1])
    return raws


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_a_group_is_decided_as_its_mails_would_be_alone(new_desk, seed):
    raws = crowd(seed)
    alone, together = new_desk(), new_desk()
    for desk, limit in ((alone, 1), (together, 16)):
        deliver(desk, raws)
        decide_all(desk, limit)
    assert [(d.outcome, d.reason) for d in together.decisions] == [(d.outcome, d.reason) for d in alone.decisions]
    assert matters(together) == matters(alone)
    assert letters(together) == letters(alone)


def commits_of(desk):
    """The sizes of the groups that are stored together from now on."""
    sizes, really = [], desk.store.commit_all
    desk.store.commit_all = lambda decided, now: (really(decided, now), sizes.append(len(decided)))
    return sizes


def strangers(count):
    return [mail(f"p{n}@quay{n}.example", f"My export number {n} fails.", at=MONDAY) for n in range(count)]


def test_mails_of_strangers_are_one_commit(new_desk):
    desk = new_desk()
    sizes = commits_of(desk)
    deliver(desk, strangers(16))
    decide_all(desk, 16)
    assert sizes == [16]
    assert len(matters(desk)) == 16


def test_one_who_writes_twice_is_two_commits(new_desk):
    desk = new_desk()
    sizes = commits_of(desk)
    first, second, third = strangers(3)
    deliver(desk, [first, second, mail(ANA, "It fails.", at=MONDAY), mail(ANA, "It still fails.", at=MONDAY), third])
    decide_all(desk, 16)
    assert sizes == [3, 2]


def test_where_the_commit_fails_each_is_stored_by_its_own(new_desk):
    desk = new_desk()

    def crossed(*_):
        raise Conflict("somebody else was quicker")

    desk.store.commit_all = crossed
    deliver(desk, strangers(5))
    decide_all(desk, 16)
    assert len(matters(desk)) == 5
    assert len(desk.decisions) == 5


def test_a_mail_that_cannot_be_decided_does_not_take_the_others_along(new_desk, monkeypatch):
    desk = new_desk()
    raws = strangers(5)
    raws[2] = mail("bad@luck.example", "This one is too much.", at=MONDAY)
    really = desk.setting.detect

    def fails(text):
        if "too much" in text:
            raise RuntimeError("boom")
        return really(text)

    monkeypatch.setattr(type(desk.setting), "detect", property(lambda _: fails))
    deliver(desk, raws)
    decide_all(desk, 16)
    assert len(matters(desk)) == 4
    with_it = desk.store.lists.inbound("stored", limit=10)
    assert [row.reason for row in with_it] == ["RuntimeError('boom')"]


def test_a_store_that_was_down_for_a_moment_is_given_the_same_mails_again(new_desk):
    desk = new_desk()
    really, down = desk.store.commit_all, [True]

    def fails_once(decided, now):
        if down:
            down.pop()
            raise StoreDown("the disk is full")
        really(decided, now)

    desk.store.commit_all = fails_once
    deliver(desk, strangers(20))
    with pytest.raises(StoreDown):
        desk.decider.decide_some(16)
    assert matters(desk) == []
    assert desk.decider.decide_some(16) == 16
    decide_all(desk, 16)
    assert len(matters(desk)) == 20
