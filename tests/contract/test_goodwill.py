"""The ledger, what a customer missed, and the tickets to check in on."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from mailbot.core.actions.change import Change
from mailbot.core.actions.goodwill import give
from mailbot.core.model.goodwill import Goodwill, GoodwillState
from mailbot.core.model.known import Keys
from mailbot.core.model.ticket import Look, LookFor, TicketState
from mailbot.core.rules.setting import Setting
from mailbot.errors import Conflict
from tests.contract.made import DAY, HOUR, MINUTE, NOW, decision, promise, ticket
from tests.contract.test_races import at_once
from tests.simulation.simulated_desk import JOOST, MARA, SIGNER, CountedIds, desk_policy, shipped


def line(id_, **changes):
    defaults = {"ticket": 1, "customer": "ann@shop.example", "agent": "mara", "cents": 1550, "currency": "EUR"}
    defaults |= {"reason": "the second outage", "at": NOW, "state": GoodwillState.ASKED}
    return Goodwill(**defaults | {"id": id_} | changes)


def asked(store, agent, number=1):
    return store.lookup(Keys(content_key="", sender=None, numbers=(number,), ledger=agent), NOW).goodwill


def test_the_ledger_is_what_the_agent_gave_lately_and_what_the_ticket_has(store):
    old = line("g0", at=NOW - 40 * DAY, ticket=2)
    store.commit(decision(tickets=(ticket(1), ticket(2)), goodwill=(old, line("g1"), line("g2", ticket=2))), NOW)
    assert asked(store, "mara") == (line("g1"), line("g2", ticket=2))
    assert asked(store, "joost") == (line("g1"),)
    granted = replace(line("g1"), state=GoodwillState.GRANTED, approved_by="joost")
    store.commit(decision(goodwill=(granted,)), NOW)
    assert asked(store, "joost") == (granted,)
    assert store.lookup(Keys(content_key="", sender=None, numbers=(1,)), NOW).goodwill == ()


def test_what_a_customer_missed_is_found_by_their_address(store):
    store.commit(
        decision(
            tickets=tuple(ticket(n) for n in (1, 2, 3, 4)),
            promises=(
                promise("p1", due=NOW + 2 * MINUTE),
                promise("p2", ticket=2, due=NOW + MINUTE),
                promise("p3", ticket=3, due=NOW + HOUR),
                promise("p4", ticket=4, due=NOW + MINUTE, to="else@shop.example"),
            ),
        ),
        NOW,
    )
    assert store.missed("ann@shop.example", NOW + 3 * MINUTE) == [2, 1]
    assert store.missed("nobody@shop.example", NOW + 3 * MINUTE) == []


def test_a_ticket_is_asked_after_when_its_time_comes(store):
    look = Look(LookFor.CHECK_IN, NOW + DAY)
    resolved = ticket(1, state=TicketState.RESOLVED, look=look)
    store.commit(decision(tickets=(resolved, ticket(2)), promises=(promise(ticket=2, wake_at=NOW + 2 * DAY),)), NOW)
    assert store.next_wake() == NOW + DAY
    assert store.due(NOW, 5) == []
    assert store.due(NOW + DAY, 5) == [1]
    assert store.due(NOW + 2 * DAY, 5) == [2, 1]
    assert store.due(NOW + 2 * DAY, 1) == [2]
    stored = store.lookup(Keys(content_key="", sender=None, numbers=(1,)), NOW).tickets[1]
    assert stored.look == look
    store.commit(decision(tickets=(replace(stored, look=None),)), NOW)
    assert store.due(NOW + DAY, 5) == []


GIVER = replace(JOOST, goodwill=2000)


def gift(store, number, sum_):
    """What the core decides of `/goodwill SUM` on a ticket, from the current ledger."""
    known = store.lookup(Keys(content_key="", sender=None, numbers=(number,), ledger=GIVER.id), NOW)
    policy = replace(desk_policy(), agents={GIVER.id: GIVER, MARA.id: MARA})
    setting = Setting(policy=policy, rules=shipped().current().rules, signer=SIGNER, detect=lambda _: "en")
    ids = CountedIds()
    ids.id = lambda: f"gift{number}"
    change = Change(setting, known.tickets[number], None, NOW, ids)
    give(change, f"{sum_} EUR for ticket {number}", GIVER, known.goodwill, [])
    return change.decision("done")


def test_one_budget_is_not_spent_twice_at_the_same_moment(store):
    store.commit(decision(tickets=tuple(ticket(n) for n in range(1, 5))), NOW)
    decided = [gift(store, n, 15) for n in range(1, 5)]
    assert {d.goodwill[0].state for d in decided} == {GoodwillState.GRANTED}, "each fits for itself"
    assert Counter(at_once(4, lambda n: store.commit(decided[n], NOW))) == {None: 1, Conflict: 3}
    given = [g for g in asked(store, GIVER.id, 1) if g.state is GoodwillState.GRANTED]
    assert [g.cents for g in given] == [1500]
    taken = given[0].ticket
    again = gift(store, taken % 4 + 1, 15)
    assert again.goodwill[0].state is GoodwillState.ASKED, "who decides again sees what is left, and asks the lead"
    store.commit(again, NOW)
    fits = gift(store, (taken + 1) % 4 + 1, 5)
    assert fits.goodwill[0].state is GoodwillState.GRANTED
    store.commit(fits, NOW)


def test_what_a_lead_approves_and_what_others_give_stand_in_nobodys_way(store):
    store.commit(decision(tickets=(ticket(1), ticket(2), ticket(3))), NOW)
    mine = gift(store, 1, 15)
    approved = line("g9", ticket=2, agent=GIVER.id, state=GoodwillState.GRANTED, approved_by="mara")
    others = line("g8", ticket=3, agent="mara", state=GoodwillState.GRANTED)
    old = line("g7", ticket=3, agent=GIVER.id, state=GoodwillState.GRANTED, at=NOW - 31 * DAY)
    store.commit(decision(goodwill=(approved, others, old)), NOW)
    store.commit(mine, NOW)
    assert [g.id for g in asked(store, GIVER.id, 1)] == ["g9", "gift1"]
