"""Mails as they come in: stored once, claimed by one worker, given back after an error."""

from __future__ import annotations

from datetime import datetime

import pytest

from mailbot.core.model.reason import why
from mailbot.errors import ClaimLost
from mailbot.ports import Baseline, Lease
from tests.contract.made import HOUR, MINUTE, NOW, decision, message, raw_mail


def test_first_baseline_stays(store):
    assert store.baseline("support", 7, 100, NOW) == Baseline(uidvalidity=7, uidnext=100, cursor=100)
    assert store.baseline("support", 7, 900, NOW) == Baseline(uidvalidity=7, uidnext=100, cursor=100)
    assert store.baseline("billing", 7, 5, NOW).uidnext == 5


def test_changed_uidvalidity_starts_again_at_one(store):
    store.baseline("support", 7, 100, NOW)
    store.put([raw_mail(150)], NOW)
    assert store.baseline("support", 8, 900, NOW) == Baseline(uidvalidity=8, uidnext=1, cursor=1)
    assert store.baseline("support", 8, 1000, NOW) == Baseline(uidvalidity=8, uidnext=1, cursor=1)
    assert store.missing("support", 8, [150]) == [150]


def test_where_uids_are_new_a_claim_says_since_when_the_desk_was_there(store):
    store.baseline("support", 7, 100, NOW)
    store.baseline("billing", 1, 1, NOW)
    store.put([raw_mail(150)], NOW)
    assert [claim.desk_since for claim in store.claim("a", NOW, MINUTE, 9)] == [None]
    store.baseline("support", 8, 900, NOW + HOUR)
    store.baseline("support", 9, 900, NOW + 2 * HOUR)
    store.put([raw_mail(150, uidvalidity=9), raw_mail(7, mailbox="billing")], NOW + HOUR)
    claims = [*store.claim("a", NOW + 2 * HOUR, MINUTE, 9), *store.claim("a", NOW + 2 * HOUR, MINUTE, 9)]
    assert {claim.mailbox: claim.desk_since for claim in claims} == {"support": NOW, "billing": None}


def test_put_stores_once_and_moves_the_cursor(store):
    store.baseline("support", 7, 10, NOW)
    assert store.put([raw_mail(12), raw_mail(10)], NOW) == 2
    assert store.put([raw_mail(12), raw_mail(11), raw_mail(11)], NOW) == 1
    assert store.put([raw_mail(12, mailbox="billing")], NOW) == 1
    assert store.put([], NOW) == 0
    assert store.baseline("support", 7, 99, NOW).cursor == 13
    store.put([raw_mail(11)], NOW)
    assert store.baseline("support", 7, 99, NOW).cursor == 13


def test_missing_is_at_or_above_the_baseline_and_not_stored(store):
    store.baseline("support", 7, 10, NOW)
    store.put([raw_mail(12), raw_mail(14)], NOW)
    assert store.missing("support", 7, [15, 9, 10, 12, 14, 13, 13]) == [10, 13, 15]
    assert store.missing("support", 7, []) == []
    assert store.missing("never seen", 7, [3, 2]) == [2, 3]


def test_missing_takes_a_hundred_thousand(store):
    store.baseline("support", 7, 1, NOW)
    store.put([raw_mail(uid) for uid in (1, 50_000, 100_000)], NOW)
    missing = store.missing("support", 7, range(1, 100_001))
    assert len(missing) == 99_997
    assert missing[0] == 2


def test_claim_in_order_of_arrival(store):
    store.put([raw_mail(5, raw=b"five", oversize=True), raw_mail(3)], NOW)
    store.put([raw_mail(1)], NOW + MINUTE)
    first, second = store.claim("a", NOW + HOUR, MINUTE, 2)
    assert (first.raw, first.oversize, first.mailbox, first.attempts) == (b"five", True, "support", 1)
    assert first.received_at == NOW
    assert second.raw == raw_mail(3).raw
    [third] = store.claim("b", NOW + HOUR, MINUTE, 2)
    assert third.raw == raw_mail(1).raw
    assert store.claim("c", NOW + HOUR, MINUTE, 2) == []


def test_expired_claim_comes_back_and_the_old_one_is_lost(store):
    store.put([raw_mail(1)], NOW)
    [lost] = store.claim("a", NOW, MINUTE, 1)
    assert store.claim("b", NOW + MINUTE / 2, MINUTE, 1) == []
    [again] = store.claim("b", NOW + MINUTE, MINUTE, 1)
    assert (again.inbound, again.attempts) == (lost.inbound, 2)
    with pytest.raises(ClaimLost):
        store.commit(decision(messages=(message("lost"),)), NOW + MINUTE, lost)
    store.fail(lost, "too late to say", NOW + MINUTE)
    store.commit(decision(messages=(message("again"),)), NOW + MINUTE, again)
    assert [row.state for row in store.lists.inbound()] == ["done"]
    with pytest.raises(ClaimLost):
        store.commit(decision(), NOW + MINUTE, again)


def test_claim_past_its_lease_that_nobody_took_still_counts(store):
    store.put([raw_mail(1)], NOW)
    [claim] = store.claim("a", NOW, MINUTE, 1)
    store.commit(decision(outcome="logged"), NOW + HOUR, claim)
    assert store.claim("a", NOW + 2 * HOUR, MINUTE, 1) == []


def test_mail_tried_before_is_claimed_alone(store):
    store.put([raw_mail(uid) for uid in range(1, 6)], NOW)
    assert len(store.claim("a", NOW, MINUTE, 3)) == 3
    later = NOW + HOUR
    sizes = []
    while claims := store.claim("b", later, 9 * HOUR, 10):
        sizes.append([claim.attempts for claim in claims])
    assert sizes == [[2], [2], [2], [1, 1]]


def test_fresh_mails_before_a_tried_one_go_without_it(store):
    store.put([raw_mail(1), raw_mail(2)], NOW)
    store.put([raw_mail(3)], NOW + MINUTE)
    [_, _, third] = store.claim("a", NOW + MINUTE, MINUTE, 3)
    store.fail(third, "boom", NOW + MINUTE)
    store.put([raw_mail(4)], NOW)
    assert [c.attempts for c in store.claim("a", NOW + 2 * MINUTE - MINUTE / 60, MINUTE, 9)] == [1]


def test_failed_mail_waits_longer_each_time(store):
    store.put([raw_mail(1)], NOW)
    now = NOW
    for wait in (MINUTE / 6, MINUTE, 6 * MINUTE, 36 * MINUTE, HOUR, HOUR):
        [claim] = store.claim("a", now, MINUTE, 1)
        store.fail(claim, "boom", now)
        assert store.claim("a", now + wait - MINUTE / 60, MINUTE, 1) == []
        now += wait
    assert [(row.state, row.reason) for row in store.lists.inbound()] == [("stored", "boom")]


def test_quarantine_is_kept_apart(store):
    store.put([raw_mail(1)], NOW)
    [claim] = store.claim("a", NOW, MINUTE, 1)
    store.commit(decision(outcome="quarantined", reason=why("quarantine.failed", count=3)), NOW, claim)
    [row] = store.lists.inbound("quarantined")
    assert (row.outcome, row.reason, row.attempts) == ("quarantined", str(why("quarantine.failed", count=3)), 1)
    assert store.raw(row.id) == raw_mail(1).raw


def test_hazard_29_what_a_stuck_holder_has_claimed_is_handed_on_as_if_it_had_never_been(store):
    assert not store.any_waiting(NOW)
    store.put([raw_mail(uid) for uid in range(1, 5)], NOW)
    assert store.any_waiting(NOW)
    bad, *others = store.claim("a", NOW, MINUTE, 3)
    [of_another] = store.claim("b", NOW, MINUTE, 1)
    assert not store.any_waiting(NOW)
    assert store.hand_on("a", keep=bad.inbound) == 2
    again = store.claim("c", NOW, MINUTE, 9)
    assert [(c.inbound, c.attempts, c.again) for c in again] == [(c.inbound, 1, False) for c in others]
    assert store.hand_on("a", keep=bad.inbound) == 0
    with pytest.raises(ClaimLost):
        store.commit(decision(), NOW, others[0])
    store.commit(decision(outcome="logged"), NOW, bad)
    store.commit(decision(outcome="logged"), NOW, of_another)


@pytest.mark.parametrize("meanwhile", ["its own", "taken back", "another's", "done"])
def test_hazard_29_a_mail_that_is_given_up_is_claimed_alone_and_with_its_reason(store, meanwhile):
    reason = why("quarantine.time", seconds="10")
    store.put([raw_mail(uid) for uid in range(1, 4)], NOW)
    store.hold("process:a", "a", NOW, HOUR)
    first, bad, _ = store.claim("a", NOW, MINUTE, 3)
    if meanwhile == "done":
        store.commit(decision(outcome="logged"), NOW, bad)
    if meanwhile in ("taken back", "another's"):
        store.abandon(Lease(name="process:a", holder="a", until=NOW), NOW, gone=True)
    if meanwhile == "another's":
        assert store.claim("b", NOW, MINUTE, 1)[0].inbound == first.inbound
        assert store.claim("b", NOW, MINUTE, 1)[0].inbound == bad.inbound
    assert store.give_up(bad.inbound, "a", reason) is (meanwhile in ("its own", "taken back"))
    claims = [claim for _ in range(3) for claim in store.claim("c", NOW + 2 * MINUTE, HOUR, 1)]
    given_up = {claim.inbound: claim.given_up for claim in claims if claim.given_up is not None}
    assert given_up == ({bad.inbound: reason} if meanwhile in ("its own", "taken back") else {})


def test_a_mail_that_is_given_up_stays_so_when_its_next_holder_ends_as_well(store):
    reason = why("quarantine.time", seconds="10")
    store.put([raw_mail(1)], NOW)
    [bad] = store.claim("a", NOW, MINUTE, 1)
    store.give_up(bad.inbound, "a", reason)
    store.hold("process:b", "b", NOW, HOUR)
    store.claim("b", NOW, MINUTE, 1)
    store.abandon(Lease(name="process:b", holder="b", until=NOW), NOW, gone=True)
    [again] = store.claim("c", NOW + HOUR, MINUTE, 1)
    assert again.given_up == reason


def test_raw_of_nothing(store):
    assert store.raw(12345) is None


def test_a_clock_that_is_set_back_delays_no_new_mail(store):
    store.put([raw_mail(1)], NOW)
    assert len(store.claim("a", NOW - HOUR, MINUTE, 1)) == 1


def test_naive_moments_are_refused(store):
    with pytest.raises(Exception, match="naive"):
        store.put([raw_mail(1)], datetime(2026, 3, 2))
