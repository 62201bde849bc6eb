"""Outgoing mails: tried by one worker at a time, with the same bytes for ever."""

from __future__ import annotations

import pytest

from mailbot.adapters.store.sql_store import open_store
from mailbot.core.model.counts import Counts
from mailbot.core.model.mail import Address
from mailbot.core.model.outgoing import OutboxState, OutgoingKind
from mailbot.ports import Settled
from tests.contract.made import ANN, DAY, HOUR, MINUTE, NOW, decision, outgoing, raw_mail


def put(store, *keys, now=NOW, **changes):
    store.commit(decision(outgoing=tuple(outgoing(key, **changes) for key in keys)), now)
    return {row.outgoing.key: row for row in store.lists.outbox()}


def take(store, row, raw=b"bytes", now=NOW, holder="a"):
    return store.take([(row, raw, "id@help.example")], holder, now, MINUTE)[0]


def keys(rows):
    return [row.outgoing.key for row in rows]


def row_of(store, key):
    return next(row for row in store.lists.outbox() if row.outgoing.key == key)


def test_ready_in_the_order_of_creation(store):
    put(store, "c", "b", now=NOW + MINUTE)
    put(store, "a", now=NOW)
    put(store, "later", not_before=NOW + DAY)
    assert keys(store.ready(NOW, 10)) == ["a", "c", "b"]
    assert keys(store.ready(NOW, 2)) == ["a", "c"]
    assert keys(store.ready(NOW + DAY, 10)) == ["a", "later", "c", "b"]
    assert store.ready(NOW - MINUTE, 10) == []
    assert store.next_due() == NOW


def test_nobody_who_waits_for_a_word_waits_for_notices(store):
    notice = {"kind": OutgoingKind.NOTICE, "automatic": False}
    put(store, *(f"n{number}" for number in range(4)), name="new", **notice)
    put(store, "reminder", name="reminder", now=NOW + MINUTE, **notice)
    put(store, "failing", name="new", fields={"priority": 1}, now=NOW + MINUTE, **notice)
    put(store, "relay", kind=OutgoingKind.RELAY, now=NOW + MINUTE)
    put(store, *(f"ack{number}" for number in range(13)), now=NOW + 2 * MINUTE)
    words = ["reminder", "failing", "relay", *(f"ack{number}" for number in range(13))]
    assert keys(store.ready(NOW, 20)) == [*words[:7], "n0", *words[7:14], "n1", *words[14:], "n2", "n3"]
    assert keys(store.ready(NOW, 9)) == [*words[:7], "n0", words[7]]
    assert keys(store.ready(NOW, 3)) == words[:3]
    for row in store.ready(NOW, 20):
        if row.outgoing.key in words[1:]:
            take(store, row)
    assert keys(store.ready(NOW, 3)) == ["reminder", "n0", "n1"]


def test_notices_wait_a_while_for_mails_that_nobody_has_decided(store):
    put(store, "new", name="new", kind=OutgoingKind.NOTICE)
    put(store, "failing", name="new", kind=OutgoingKind.NOTICE, fields={"priority": 1})
    store.put([raw_mail(1)], NOW)
    assert keys(store.ready(NOW, 5)) == ["failing"]
    assert keys(store.ready(NOW + MINUTE / 4, 5)) == ["failing"]
    assert keys(store.ready(NOW + MINUTE / 2, 5)) == ["failing", "new"]
    [claim] = store.claim("a", NOW, MINUTE, 5)
    store.commit(decision(), NOW, claim)
    assert sorted(keys(store.ready(NOW, 5))) == ["failing", "new"]


def test_a_row_is_taken_once_and_sent(store):
    row = put(store, "a")["a"]
    assert (row.state, row.raw, row.attempts, row.created_at) == (OutboxState.READY, None, 0, NOW)
    assert take(store, row) == b"bytes"
    assert take(store, row, holder="b") is None
    assert store.ready(NOW + DAY, 10) == []
    sending = row_of(store, "a")
    assert (sending.state, sending.attempts, sending.first_tried_at) == (OutboxState.SENDING, 1, NOW)
    assert sending.message_id == "id@help.example"
    store.settle(row, Settled(state=OutboxState.SENT, reply="250 ok"), NOW)
    sent = row_of(store, "a")
    assert (sent.state, sent.last_reply, sent.raw) == (OutboxState.SENT, "250 ok", b"bytes")
    assert store.next_due() is None
    assert store.sweep(NOW + DAY) == 0


def test_some_rows_are_taken_by_one_commit_without_those_that_are_somebody_elses(store):
    rows = put(store, "a", "b", "c")
    take(store, rows["b"], holder="other")
    letters = [(rows[key], key.encode(), f"{key}@help.example") for key in "abc"]
    assert store.take(letters, "mine", NOW, MINUTE) == [b"a", None, b"c"]
    assert [row_of(store, key).message_id for key in "abc"] == ["a@help.example", "id@help.example", "c@help.example"]
    assert store.ready(NOW, 10) == []


def test_what_was_not_handed_over_is_given_back_as_it_was(store):
    rows = put(store, "a", "b")
    take(store, rows["a"])
    take(store, rows["b"])
    store.settle(rows["b"], Settled(state=OutboxState.SENT, reply="250 ok"), NOW)
    store.give_back([rows["a"], rows["b"]], NOW)
    again = row_of(store, "a")
    assert (again.state, again.attempts, again.raw) == (OutboxState.READY, 0, None)
    assert (again.message_id, again.first_tried_at) == (None, None)
    assert row_of(store, "b").state is OutboxState.SENT
    assert keys(store.ready(NOW, 10)) == ["a"]
    assert take(store, again, b"others") == b"others"
    store.settle(again, Settled(state=OutboxState.UNKNOWN, reply="cut", next_try=NOW), NOW)
    [doubtful] = store.ready(NOW, 10)
    take(store, doubtful)
    store.give_back([doubtful], NOW)
    again = row_of(store, "a")
    assert (again.state, again.attempts, again.raw) == (OutboxState.UNKNOWN, 1, b"others")


def test_what_was_taken_by_somebody_else_since_is_not_given_back(store):
    row = put(store, "a")["a"]
    take(store, row)
    store.sweep(NOW + MINUTE)
    [again] = store.ready(NOW + MINUTE, 5)
    take(store, again, holder="b", now=NOW + MINUTE)
    store.give_back([row], NOW + MINUTE)
    assert row_of(store, "a").state is OutboxState.SENDING


def test_bytes_never_change(store):
    row = put(store, "a")["a"]
    take(store, row, b"first")
    store.settle(row, Settled(state=OutboxState.UNKNOWN, reply="cut", next_try=NOW + HOUR), NOW)
    assert store.ready(NOW + HOUR - MINUTE, 5) == []
    [again] = store.ready(NOW + HOUR, 5)
    assert (again.state, again.raw) == (OutboxState.UNKNOWN, b"first")
    assert take(store, again, b"second", holder="b", now=NOW + HOUR) == b"first"
    after = row_of(store, "a")
    assert (after.message_id, after.attempts, after.first_tried_at) == ("id@help.example", 2, NOW)


def test_a_row_that_was_tried_since_it_was_read_is_not_taken(store):
    row = put(store, "a")["a"]
    take(store, row)
    store.settle(row, Settled(state=OutboxState.READY, reply="451", next_try=NOW + HOUR, told=True), NOW)
    assert take(store, row, holder="b") is None
    [again] = store.ready(NOW + HOUR, 5)
    assert again.told
    take(store, again)
    store.settle(again, Settled(state=OutboxState.FAILED, reply="550"), NOW)
    assert row_of(store, "a").told
    assert store.ready(NOW + DAY, 5) == []


def test_a_row_may_be_put_off_or_dropped_untaken(store):
    rows = put(store, "a", "b")
    store.settle(rows["a"], Settled(state=OutboxState.READY, reply="limit", next_try=NOW + HOUR), NOW)
    store.settle(rows["b"], Settled(state=OutboxState.DROPPED, reply="muted"), NOW)
    assert store.next_due() == NOW + HOUR
    [put_off] = store.ready(NOW + HOUR, 5)
    assert (put_off.outgoing.key, put_off.attempts, put_off.last_reply) == ("a", 0, "limit")
    assert row_of(store, "b").state is OutboxState.DROPPED


def test_a_dropped_row_is_not_put_off(store):
    row = put(store, "a")["a"]
    store.settle(row, Settled(state=OutboxState.DROPPED, reply="muted"), NOW)
    store.settle(row, Settled(state=OutboxState.READY, reply="limit", next_try=NOW), NOW)
    assert row_of(store, "a").state is OutboxState.DROPPED
    assert store.ready(NOW, 5) == []


def test_sweep_gives_up_on_a_dead_sender(store):
    row = put(store, "a")["a"]
    take(store, row, b"first")
    assert store.sweep(NOW + MINUTE / 2) == 0
    assert store.sweep(NOW + MINUTE) == 1
    [again] = store.ready(NOW + MINUTE, 5)
    assert (again.state, again.attempts) == (OutboxState.UNKNOWN, 1)
    assert take(store, again, b"second", NOW + MINUTE) == b"first"


def test_the_outcome_of_a_lost_try_changes_nothing(store, url):
    row = put(store, "a")["a"]
    take(store, row)
    store.sweep(NOW + MINUTE)
    other = open_store(url, migrate=False)
    try:
        [again] = other.ready(NOW + MINUTE, 5)
        assert take(other, again, now=NOW + MINUTE) == b"bytes"
        store.settle(row, Settled(state=OutboxState.READY, reply="451"), NOW + MINUTE)
        assert row_of(store, "a").state is OutboxState.SENDING
        store.settle(again, Settled(state=OutboxState.DROPPED, reply="not mine to drop"), NOW + MINUTE)
        assert row_of(store, "a").state is OutboxState.SENDING
        other.settle(again, Settled(state=OutboxState.SENT, reply="250"), NOW + MINUTE)
    finally:
        other.close()
    assert row_of(store, "a").state is OutboxState.SENT


def test_a_row_is_put_off_though_an_earlier_try_of_ours_was_lost(store, url):
    row = put(store, "a")["a"]
    take(store, row)
    store.sweep(NOW + MINUTE)
    other = open_store(url, migrate=False)
    try:
        [again] = other.ready(NOW + MINUTE, 5)
        take(other, again, now=NOW + MINUTE)
        other.settle(again, Settled(state=OutboxState.READY, reply="451"), NOW + MINUTE)
    finally:
        other.close()
    [third] = store.ready(NOW + MINUTE, 5)
    store.settle(third, Settled(state=OutboxState.READY, reply="limit", next_try=NOW + DAY), NOW + MINUTE)
    assert store.next_due() == NOW + DAY


def test_an_outcome_after_the_sweep_still_counts(store):
    row = put(store, "a")["a"]
    take(store, row)
    store.sweep(NOW + MINUTE)
    store.settle(row, Settled(state=OutboxState.SENT, reply="250"), NOW + MINUTE)
    assert row_of(store, "a").state is OutboxState.SENT


def test_counts_by_hour_day_and_domain(store):
    put(store, "old", now=NOW - DAY)
    put(store, "today", now=NOW - 2 * HOUR)
    put(store, "now", "dropped", now=NOW - MINUTE)
    put(store, "bob", to=Address(address="bob@SHOP.example"))
    put(store, "eve", to=Address(address="eve@other.example"))
    store.settle(row_of(store, "dropped"), Settled(state=OutboxState.DROPPED, reply=""), NOW)
    assert store.counts([" ANN@shop.example", "nobody@nowhere.example"], NOW) == {
        " ANN@shop.example": Counts(hour=1, day=2, domain_hour=2),
        "nobody@nowhere.example": Counts(),
    }
    assert store.counts([], NOW) == {}
    assert ANN.key == "ann@shop.example"


def test_pace_tells_the_last_hour_from_what_was_usual_before(store):
    assert store.pace(NOW) == (0, 0.0)
    old = [outgoing(f"old:{n}") for n in range(20)]
    store.commit(decision(outgoing=tuple(old)), NOW - 11 * HOUR)
    store.commit(decision(outgoing=(outgoing("notice", kind=OutgoingKind.NOTICE), outgoing("new"))), NOW - MINUTE)
    last_hour, usual = store.pace(NOW)
    assert last_hour == 1
    assert usual == pytest.approx(2.0)


def test_when_what_a_server_took_has_left(store):
    rows = put(store, "a", "b", "c", "d")
    assert store.sent_since(NOW - DAY) == []
    for key, at, state in (
        ("b", NOW - HOUR, OutboxState.SENT),
        ("a", NOW - MINUTE, OutboxState.SENT),
        ("c", NOW - MINUTE, OutboxState.FAILED),
        ("d", NOW - DAY, OutboxState.SENT),
    ):
        store.settle(rows[key], Settled(state=state, reply="told"), at)
    assert store.sent_since(NOW - DAY) == [NOW - HOUR, NOW - MINUTE]
