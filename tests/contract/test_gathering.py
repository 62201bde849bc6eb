"""Notices that are too many for their reader wait in the outbox, and are told by one digest, in both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.core.model.mail import Address
from mailbot.core.model.outgoing import OutboxState, OutgoingKind
from mailbot.core.sending.crowds import ALONE, BUSY, FIRSTS_OF_ALL, FIRSTS_OF_ONE, LATELY, LOOKS, OF_DOMAIN
from mailbot.errors import Conflict
from tests.contract.made import ANN, HOUR, MINUTE, NOW, decision, outgoing, ticket

KIM = Address(name="Kim Vale", address="kim@desk.example")
LEE = Address(name="Lee Moss", address="lee@desk.example")


def notice(key, *, name="followup", sender=ANN.address, priority=3, of=None, to=KIM, **changes):
    fields = {"customer": {"name": "", "address": sender}, "priority": priority, "text": f"words of {key}"}
    return outgoing(key, kind=OutgoingKind.NOTICE, name=name, to=to, ticket=of, fields=fields, **changes)


def enter(store, *notices, at=NOW):
    store.commit(decision(outgoing=notices), at)


def states(store):
    return {row.outgoing.key: row.state for row in store.lists.outbox(limit=1000)}


def waiting(store):
    return sorted(key for key, state in states(store).items() if state is OutboxState.GATHERING)


def test_the_sixth_of_one_sender_waits(store):
    for nth in range(ALONE):
        enter(store, notice(f"n{nth}"), at=NOW + nth * MINUTE)
    enter(store, notice("sixth"), notice("of somebody else", sender="bob@mill.example"), at=NOW + 5 * MINUTE)
    assert waiting(store) == ["sixth"]
    assert "sixth" not in {row.outgoing.key for row in store.ready(NOW + HOUR, 20)}
    assert store.next_due() == NOW, "of those that go by themselves"


def test_within_one_commit_they_count_as_well(store):
    enter(store, *(notice(f"n{nth}") for nth in range(7)))
    assert waiting(store) == ["n5", "n6"]


def test_after_ten_minutes_the_next_goes_by_itself(store):
    enter(store, *(notice(f"n{nth}") for nth in range(ALONE)))
    enter(store, notice("later"), at=NOW + 10 * MINUTE)
    assert waiting(store) == []


def test_a_flood_that_goes_on_stays_held(store):
    for nth in range(60):
        enter(store, notice(f"n{nth:02}"), at=NOW + nth * MINUTE)
    assert len(waiting(store)) == 60 - ALONE


def test_each_reader_is_counted_apart(store):
    enter(store, *(notice(f"k{nth}") for nth in range(6)), *(notice(f"l{nth}", to=LEE) for nth in range(4)))
    assert waiting(store) == ["k5"]


def test_one_ticket_that_many_write_to_has_a_limit_as_well(store):
    store.commit(decision(tickets=(ticket(1), ticket(2))), NOW)
    enter(store, *(notice(f"n{nth}", sender=f"s{nth}@mill.example", of=1) for nth in range(7)))
    enter(store, notice("another", sender="s1@mill.example", of=2))
    assert waiting(store) == ["n5", "n6"]


def origin(domain, proven=True):
    return {"origin": {"domain": domain, "proven": proven}}


def with_origin(one, domain, proven=True):
    return replace(one, fields={**one.fields, **origin(domain, proven)})


def test_many_senders_of_one_domain_have_a_limit_and_those_of_a_provider_none(store):
    for domain in ("mill.example", None):
        many = [notice(f"{domain}{nth:02}", sender=f"s{nth}@mill.example") for nth in range(OF_DOMAIN + 2)]
        enter(store, *(with_origin(one, domain) for one in many))
    assert waiting(store) == ["mill.example20", "mill.example21"]


def test_mails_in_somebodys_name_do_not_crowd_their_own(store):
    enter(store, *(with_origin(notice(f"forged{nth}"), "shop.example", False) for nth in range(7)))
    enter(store, with_origin(notice("own"), "shop.example"))
    assert waiting(store) == ["forged5", "forged6"]


def test_a_key_that_is_there_stays_as_it_is(store):
    enter(store, *(notice(f"n{nth}") for nth in range(6)))
    enter(store, notice("n0"), notice("n5"))
    assert waiting(store) == ["n5"]
    assert len(states(store)) == 6


@pytest.mark.parametrize("priority", [1, 2])
def test_a_new_outage_passes_five_times_an_hour(store, priority):
    enter(store, *(notice(f"n{nth}") for nth in range(ALONE)))
    enter(store, *(notice(f"o{nth}", name="new", priority=priority) for nth in range(FIRSTS_OF_ONE + 2)))
    assert waiting(store) == ["o5", "o6"]
    enter(store, notice("later", name="new", priority=priority), at=NOW + 5 * MINUTE)
    assert "later" in waiting(store)


def test_those_that_went_before_it_was_crowded_count_as_well(store):
    enter(store, *(notice(f"o{nth}", name="new", priority=1) for nth in range(ALONE + 2)))
    assert waiting(store) == ["o5", "o6"]


def test_of_all_senders_ten_pass_in_an_hour(store):
    for who in range(4):
        sender = f"flood{who}@mill.example"
        enter(store, *(notice(f"n{who}{nth}", sender=sender) for nth in range(ALONE)))
        enter(store, *(notice(f"o{who}{nth}", name="new", priority=1, sender=sender) for nth in range(FIRSTS_OF_ONE)))
    went = [k for k, state in states(store).items() if k.startswith("o") and state is not OutboxState.GATHERING]
    assert len(went) == FIRSTS_OF_ALL
    enter(store, notice("honest", name="new", priority=1, sender="ana@shop.example"))
    assert "honest" not in waiting(store), "who crowds nobody waits for nobody"


def test_what_the_clock_brings_goes_five_at_a_time_and_outages_apart(store):
    some = [notice(f"r{nth}", name="reminder", sender=f"s{nth}@mill.example") for nth in range(LOOKS + 1)]
    enter(store, *some, notice("p1", name="reminder", priority=1, sender="ana@shop.example"))
    assert waiting(store) == ["r5"]


def test_answers_to_an_agent_and_letters_never_wait(store):
    enter(store, *(notice(f"n{nth}") for nth in range(6)))
    enter(store, *(notice(f"a{nth}", name="answer") for nth in range(9)), *(outgoing(f"l{nth}") for nth in range(9)))
    assert waiting(store) == ["n5"]


def test_who_waits_and_since_when(store):
    enter(store, *(notice(f"n{nth}") for nth in range(ALONE)))
    enter(store, notice("a"), notice("b", sender="bob@mill.example"), at=NOW + MINUTE)
    enter(store, notice("c"), at=NOW + 2 * MINUTE)
    (crowd,) = store.crowded(NOW + 3 * MINUTE, MINUTE)
    assert (crowd.reader, crowd.notices, crowd.first) == (KIM.address, 2, NOW + MINUTE)
    assert len(crowd.alone) == ALONE, "all that waits is about one sender"
    assert [row.outgoing.key for row in store.gathered(KIM.address, 10)] == ["a", "c"]
    assert [row.outgoing.key for row in store.gathered(KIM.address, 1)] == ["a"]


def test_a_digest_stands_for_them_and_none_is_told_twice(store):
    enter(store, *(notice(f"n{nth}") for nth in range(9)))
    rows = store.gathered(KIM.address, 3)
    digest = replace(notice("digest:n5", name="digest"), fields={"count": 3})
    store.tell(rows, digest, NOW + MINUTE)
    assert [states(store)[f"n{nth}"].value for nth in range(5, 9)] == ["told"] * 3 + ["gathering"]
    assert states(store)["digest:n5"] is OutboxState.READY
    (crowd,) = store.crowded(NOW + MINUTE, MINUTE)
    assert crowd.digests == (NOW + MINUTE,)
    with pytest.raises(Conflict):
        store.tell(rows, replace(digest, key="digest:again"), NOW + MINUTE)
    assert "digest:again" not in states(store)


def test_what_waits_may_wait_longer_and_what_was_told_stays_told(store):
    enter(store, *(notice(f"n{nth}", held_until=NOW + HOUR) for nth in range(2)))
    first, other = store.gathered(KIM.address, 10)
    store.tell([first], notice("digest", name="digest"), NOW)
    store.wait([first, other], NOW + 3 * HOUR)
    assert waiting(store) == ["n1"]
    assert [one.held_until for one in store.crowded(NOW + 2 * HOUR, MINUTE)] == [NOW + 3 * HOUR]
    assert store.gathered(KIM.address, 10, NOW + 2 * HOUR) == []


def test_what_waits_is_seen_and_can_be_dropped(store):
    enter(store, *(notice(f"n{nth}") for nth in range(6)))
    assert [one.state for one in store.waiting.list()].count("gathering") == 1
    (row,) = store.gathered(KIM.address, 5)
    assert store.waiting.drop(row.id, NOW)
    assert waiting(store) == []
    assert store.crowded(NOW, MINUTE) == []


def line(key, *, of=1, to=KIM, **changes):
    return notice(key, name="note", of=of, to=to, **changes)


def test_what_colleagues_do_within_a_minute_is_told_together(store):
    store.commit(decision(tickets=(ticket(1), ticket(2))), NOW)
    enter(store, line("first"), line("other ticket", of=2), line("other reader", to=LEE))
    enter(store, line("second"), at=NOW + MINUTE / 2)
    assert waiting(store) == ["second"]
    enter(store, line("third"), at=NOW + 1.2 * MINUTE)
    assert waiting(store) == ["second", "third"], "as long as one waits, none goes before it"
    (crowd,) = store.crowded(NOW + MINUTE, MINUTE)
    assert (crowd.notices, crowd.digests, crowd.alone) == (2, (), ())
    rows = store.gathered(KIM.address, 5)
    store.tell(rows, notice("lines", name="notes", of=1), NOW + 1.5 * MINUTE)
    enter(store, line("soon after"), at=NOW + 2 * MINUTE)
    assert waiting(store) == ["soon after"]
    assert store.crowded(NOW + 2 * MINUTE, MINUTE)[0].digests == (), "which makes no other digest wait"


def test_a_line_with_files_goes_at_once(store):
    store.commit(decision(tickets=(ticket(1),)), NOW)
    enter(store, line("first"), line("with files", attach=((1, 1),)))
    assert waiting(store) == []


def test_what_colleagues_do_crowds_nothing_else(store):
    store.commit(decision(tickets=(ticket(1),)), NOW)
    for nth in range(8):
        enter(store, line(f"line{nth}"), at=NOW + nth * MINUTE)
    for nth in range(ALONE):
        enter(store, notice(f"n{nth}", of=1), at=NOW + 8 * MINUTE)
    assert waiting(store) == []


def test_who_gets_many_gets_those_that_may_wait_later_and_the_others_at_once(store):
    def may_wait(key, at):
        return notice(key, sender=f"{key}@{key}.example", joins_by=at)

    at = NOW + 5 * MINUTE
    enter(store, *(may_wait(f"n{nth:02}", at) for nth in range(BUSY + 2)))
    assert waiting(store) == [f"n{BUSY}", f"n{BUSY + 1}"]
    enter(
        store, notice("alone", sender="x@alone.example"), notice("urgent", name="reminder", priority=2), at=NOW + MINUTE
    )
    assert waiting(store) == [f"n{BUSY}", f"n{BUSY + 1}"], "what waits for others takes nobody else's place"
    assert {one.held_until for one in store.crowded(NOW + MINUTE, MINUTE)} == {at}
    assert {one.held_until for one in store.crowded(at, MINUTE)} == {None}
    enter(store, may_wait("later", NOW + 2 * HOUR), at=NOW + MINUTE + LATELY * MINUTE)
    assert "later" not in waiting(store), "half an hour without anything"
