"""The facts that the rules saw are stored with a mail, and mails alike, openings and overrides are found again."""

from __future__ import annotations

from datetime import timedelta

from mailbot.core.model.event import Event
from mailbot.core.model.facts import Weighed
from mailbot.core.model.known import Keys
from mailbot.core.model.message import Author
from mailbot.core.model.reason import why
from tests.contract.made import ANN, DAY, HOUR, MINUTE, NOW, decision, message, ticket

WEIGHED = Weighed(
    language="de",
    tickets_30d=3,
    similar=5,
    headers=(("x-shop", "ü\u0000"),),
    priority=2,
    urgency=1,
    why=why("account.rule-by-words", priority=2, level=why("level.2"), rule="refund", words=["ü", "x"]),
)


def known(store, **keys):
    return store.lookup(Keys(**{"content_key": "unseen", "sender": None} | keys), NOW)


def test_what_was_weighed_comes_back(store):
    one = message(ticket=1, weighed=WEIGHED, alike="aa:bb")
    store.commit(decision(tickets=(ticket(),), messages=(one, message("m2", ticket=1))), NOW)
    assert list(store.lists.ticket(1).messages) == [one, message("m2", ticket=1)]


def test_mails_alike_are_the_latest_within_the_window(store):
    ages = [(f"m{n:03}", timedelta(seconds=10 * n)) for n in range(300)] + [("old", 2 * HOUR)]
    some = tuple(message(id_, received_at=NOW - age, alike=f"{id_}:aa") for id_, age in ages)
    store.commit(decision(messages=(*some, message("without"))), NOW)
    assert known(store).alike == ()
    assert known(store, alike_within=MINUTE).alike == tuple(f"m{n:03}:aa" for n in range(6))
    assert len(known(store, alike_within=HOUR).alike) == 50


def test_openings_and_overrides_only_where_they_are_asked_for(store):
    first = message("m1", ticket=1, received_at=NOW - DAY)
    notes = message("m0", ticket=1, received_at=NOW - 2 * DAY, internal=True, author=Author.AGENT)
    events = (
        Event(ticket=1, at=NOW, what=why("event.priority.set", old=3, new=1), by="mia"),
        Event(ticket=1, at=NOW, what=why("event.note.said", words="by phone"), by="mia"),
    )
    store.commit(
        decision(tickets=(ticket(), ticket(2)), messages=(first, notes, message("m2", ticket=1)), events=events), NOW
    )
    assert known(store, numbers=(1, 2)).openings == {}
    found = known(store, numbers=(1, 2), opening=True)
    assert {number: one.id for number, one in found.openings.items()} == {1: "m1"}
    assert found.overrides == {1: events[:1], 2: ()}


def test_kept_mails_are_read_in_chunks_from_a_time_on(store):
    tickets = tuple(ticket(n, priority=2, tags=("set-by-agent",) if n == 1 else ()) for n in range(1, 1203))
    made = [
        message(f"m{n:04}", ticket=n, received_at=NOW - n // 7 * MINUTE, weighed=WEIGHED, from_=ANN)
        for n in range(1, 1203)
    ]
    store.commit(decision(tickets=tickets, messages=(*made, message("follows", ticket=1))), NOW)
    kept = list(store.kept.since(NOW - 100 * MINUTE))
    assert len(kept) == store.kept.count(NOW - 100 * MINUTE) == 706
    assert [k.message.received_at for k in kept] == sorted(k.message.received_at for k in kept)
    assert len({k.ticket for k in kept}) == 706
    assert [k.ticket for k in kept if k.by_hand] == [1]
    assert kept[0].raw is None
