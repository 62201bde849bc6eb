"""Who is away is kept in both databases, with the open tickets that they have."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.core.model.absence import Absence, ToldBy
from mailbot.core.model.known import Keys
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.ticket import TicketState
from mailbot.errors import Conflict
from tests.contract.made import DAY, HOUR, NOW, decision, promise, ticket

NOTHING = Keys(content_key="", sender=None)
KIM = Absence(agent="kim", since=NOW, until=NOW + DAY, by=ToldBy.THEMSELVES)
LEE = Absence(agent="lee", since=NOW, until=None, by=ToldBy.MAILBOX)


def away(store):
    return store.lookup(NOTHING, NOW).absences


def test_every_lookup_knows_who_is_away(store):
    assert away(store) == ()
    store.commit(decision(absences=(LEE, KIM)), NOW)
    assert away(store) == (KIM, LEE)
    assert [known.absences for known in store.lookups([NOTHING, NOTHING], NOW)] == [(KIM, LEE)] * 2


def test_there_is_one_of_each_and_the_last_counts(store):
    store.commit(decision(absences=(KIM,)), NOW)
    later = Absence(agent="kim", since=NOW + HOUR, until=None, by=ToldBy.MAILBOX, instead_of=KIM)
    store.commit(decision(absences=(later,)), NOW)
    assert away(store) == (later,)
    store.commit(decision(absences=(replace(KIM, instead_of=later),)), NOW)
    assert away(store) == (KIM,)


def test_two_who_looked_at_the_same_moment_do_not_both_say_it(store):
    """Two automatic replies of one mailbox, in two workers; and one beside what its owner has said meanwhile."""
    both = replace(LEE, agent="kim")
    store.commit(decision(absences=(both,)), NOW)
    with pytest.raises(Conflict):
        store.commit(decision(absences=(both,)), NOW)
    store.commit(decision(absences=(replace(KIM, instead_of=both),)), NOW)
    with pytest.raises(Conflict):
        store.commit(decision(absences=(replace(both, until=NOW + HOUR, instead_of=both),)), NOW)
    assert away(store) == (KIM,), "what they said themselves stays"
    store.commit(decision(back=("kim",)), NOW)
    with pytest.raises(Conflict):
        store.commit(decision(absences=(replace(both, instead_of=KIM),)), NOW)
    assert away(store) == ()


def test_who_is_back_is_away_no_longer_and_may_go_again_at_once(store):
    store.commit(decision(absences=(KIM, LEE)), NOW)
    store.commit(decision(back=("kim", "nobody")), NOW)
    assert away(store) == (LEE,)
    store.commit(decision(back=("lee",), absences=(LEE, KIM)), NOW)
    assert away(store) == (KIM, LEE)


def test_the_open_tickets_of_an_agent_the_weightiest_first_with_what_is_promised(store):
    mine = {"assignee": "kim"}
    over = {"state": TicketState.RESOLVED, "resolved_at": NOW}
    tickets = (
        ticket(1, **mine),
        ticket(2, **mine, priority=1),
        ticket(3, **mine, **over),
        ticket(4, assignee="lee"),
        ticket(5),
        ticket(6, **mine, state=TicketState.WAITING),
        ticket(7, **mine, state=TicketState.SPAM),
    )
    promises = (
        promise("p1", ticket=1, due=NOW + HOUR),
        promise("p0", ticket=1, state=PromiseState.KEPT, wake_at=None, ended_at=NOW, stated_by="x"),
    )
    store.commit(decision(tickets=tickets, promises=promises), NOW)
    known = store.lookup(Keys(content_key="", sender=None, assigned_to="kim"), NOW)
    assert [(one.number, due) for one, due in known.assigned] == [(2, None), (1, NOW + HOUR), (6, None)]
    assert store.lookup(NOTHING, NOW).assigned == ()


def test_the_tickets_of_whoever_is_away_may_be_meant_by_an_answer_that_lost_its_way(store):
    tickets = [ticket(1, assignee="kim"), ticket(2, assignee="lee"), ticket(3), ticket(4, assignee="ida")]
    store.commit(decision(tickets=tuple(tickets), absences=(KIM,)), NOW)
    asked = Keys(content_key="", sender=None, open_for="ida")
    assert [one.number for one in store.lookup(asked, NOW).open_tickets] == [4, 3, 1]
    assert [one.number for one in store.lookup(asked, NOW + 2 * DAY).open_tickets] == [4, 3], "back again"
