"""One decision, stored whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from sqlalchemy import func, select

from mailbot.adapters.store import schema
from mailbot.core.model.event import Event
from mailbot.core.model.known import Keys
from mailbot.core.model.mail import Address, Attachment, Kind
from mailbot.core.model.message import Author
from mailbot.core.model.outgoing import OutgoingKind
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.reason import why
from mailbot.core.model.refs import MOST_OF_AN_ID, Ref
from mailbot.core.model.silence import undeliverable
from mailbot.core.model.ticket import Customer, Look, LookFor, TicketState
from mailbot.errors import Conflict, Duplicate
from tests.contract.made import ANN, DAY, HOUR, MINUTE, NOW, decision, message, outgoing, promise, raw_mail, ticket


def known(store, **keys):
    return store.lookup(Keys(**{"content_key": "unseen", "sender": None} | keys), NOW)


def rows(store):
    with store._database.read() as connection:
        return {
            t.name: connection.execute(select(func.count()).select_from(t)).scalar()
            for t in schema.metadata.sorted_tables
        }


def test_everything_comes_back_as_it_was(store):
    full = ticket(
        participants=("bob@shop.example",),
        state=TicketState.WAITING,
        waiting_for="third-party: courier",
        waiting_until=NOW + DAY,
        urgency=2,
        category="export",
        why=why("account.told", words="‘export’ is a real problem"),
        tags=("vip", "ßeta"),
        assignee="kim",
        language="de",
        utc_offset=-330,
        zone_name="Europe/Lisbon",
        mute=undeliverable("5.1.1"),
        answers=2,
        last_answer_by="kim",
        covers=1,
        reminders=3,
        plan="mend it",
        workaround="use CSV",
        eta="Friday",
        thread=("a@x.example", "b@x.example"),
        first_word_at=NOW + MINUTE,
        last_word_at=NOW + HOUR,
        resolved_at=NOW + DAY,
        look=Look(LookFor.CHECK_IN, NOW + HOUR),
    )
    mail = message(
        ticket=1,
        agent="kim",
        kind=Kind.AUTO_REPLY,
        from_=Address(name=None, address="x@y.example"),
        to=("desk@help.example",),
        date=NOW.astimezone(timezone(timedelta(hours=5, minutes=30))),
        attachments=(
            Attachment(name=None, type="image/png", sha256="ab", size=3, index=2, machinery=True, cid="a@b", picture=1),
        ),
        held="stale",
        note=why("note.to", address="x@y.example"),
    )
    word = promise(reminded=2, kept_by=None, wake_at=None)
    letter = outgoing(
        ticket=1,
        name="cover",
        zone="+01:00",
        subject="Re: Export",
        in_reply_to="m1@shop.example",
        references=("m1@shop.example",),
        reply_token="c1-abc",
        agent="kim",
        promise="p1",
        attach=((4, 2),),
        fields={"due": "2026-03-02T13:30:00Z", "list": [1, None, True], "nul": "\x00\ud800"},
    )
    store.commit(decision(tickets=(full,), messages=(mail,), promises=(word,), outgoing=(letter,)), NOW)
    page = store.lists.ticket(1)
    assert page.ticket == replace(full, version=1)
    assert page.messages == (mail,)
    assert page.messages[0].date.utcoffset() == timedelta(0)
    assert page.promises == (word,)
    assert page.outgoing[0].outgoing == letter


def test_a_ticket_changes_only_from_the_version_that_was_read(store):
    store.commit(decision(tickets=(ticket(),)), NOW)
    read = known(store, numbers=(1,)).tickets[1]
    store.commit(decision(tickets=(replace(read, priority=1),)), NOW)
    before = rows(store)
    with pytest.raises(Conflict):
        store.commit(
            decision(tickets=(ticket(2), replace(read, priority=5)), messages=(message(),), outgoing=(outgoing(),)), NOW
        )
    assert rows(store) == before
    now = known(store, numbers=(1,)).tickets[1]
    assert (now.priority, now.version) == (1, 2)


def test_a_ticket_that_is_not_there_is_a_conflict(store):
    with pytest.raises(Conflict):
        store.commit(decision(tickets=(ticket(9, version=3),)), NOW)


def test_a_number_is_used_once(store):
    store.commit(decision(tickets=(ticket(),)), NOW)
    with pytest.raises(Conflict):
        store.commit(decision(tickets=(ticket(),)), NOW)


def test_the_same_content_is_stored_once(store):
    store.commit(decision(tickets=(ticket(),), messages=(message(ticket=1),)), NOW)
    before = rows(store)
    store.put([raw_mail(1)], NOW)
    [claim] = store.claim("a", NOW, MINUTE, 1)
    with pytest.raises(Duplicate):
        store.commit(
            decision(tickets=(ticket(2),), messages=(message("m2", ticket=2, content_key="content-m1"),)), NOW, claim
        )
    after = rows(store)
    assert after == before | {"inbound": 1, "inbound_raw": 1}
    store.commit(decision(outcome="logged"), NOW, claim)


def test_an_outbox_key_is_stored_once_and_kept_as_it_was(store):
    store.commit(decision(outgoing=(outgoing(subject="first"),)), NOW)
    store.commit(decision(outgoing=(outgoing(subject="second"), outgoing("notice:1", subject="third"))), NOW)
    assert [row.outgoing.subject for row in store.lists.outbox()] == ["third", "first"]


def test_two_open_promises_for_a_ticket_are_refused(store):
    store.commit(decision(tickets=(ticket(), ticket(2)), promises=(promise(), promise("p2", ticket=2))), NOW)
    with pytest.raises(Conflict):
        store.commit(decision(promises=(promise("p3"),)), NOW)
    assert known(store, numbers=(1,)).promises[1].id == "p1"


def test_a_new_promise_replaces_the_old_one_in_any_order(store):
    store.commit(decision(tickets=(ticket(),), promises=(promise(),)), NOW)
    old = promise(state=PromiseState.REPLACED, ended_at=NOW, wake_at=None)
    store.commit(decision(promises=(promise("p2"), old)), NOW)
    assert known(store, numbers=(1,)).promises[1].id == "p2"
    assert store.lists.promises(PromiseState.REPLACED) == [old]


def test_a_promise_ends_once(store):
    store.commit(decision(tickets=(ticket(),), promises=(promise(),)), NOW)
    kept = promise(state=PromiseState.KEPT, ended_at=NOW, wake_at=None, kept_by="m2")
    store.commit(decision(promises=(kept,)), NOW)
    for stale in (promise(reminded=1), replace(kept, state=PromiseState.LATE)):
        with pytest.raises(Conflict):
            store.commit(decision(promises=(stale,)), NOW)
    store.commit(decision(promises=(kept,)), NOW)
    assert store.lists.promises(None) == [kept]


def test_hazard_27_an_id_that_was_merely_referred_to_leads_its_sender_alone_and_the_mail_those_it_reached(store):
    def of(**changes):
        return Ref(**{"message_id": "m1@shop.example", "ticket": 1} | changes)

    def asked(sender):
        return known(store, message_ids=("m1@shop.example",), sender=sender).refs

    ann, bob = "ann@shop.example", "bob@shop.example"
    store.commit(decision(tickets=(ticket(), ticket(2)), refs=(of(by=ann), of(by=ann))), NOW)
    assert (asked(ann), asked(bob), asked(None)) == ((of(by=ann),), (), ())
    mail = message("m1", ticket=2, to=(bob,))
    store.commit(decision(messages=(mail,), refs=(of(ticket=2, message="m1"), of(ticket=2, by=bob))), NOW)
    the_mail = of(ticket=2, message="m1", reached=frozenset({mail.from_.key, bob}))
    assert (asked(ann), asked(None)) == ((of(by=ann), the_mail), (the_mail,))
    assert set(asked(bob)) == {the_mail, of(ticket=2, by=bob)}


def test_who_uses_one_id_over_and_over_costs_nobody_anything(store):
    numbers = range(1, MOST_OF_AN_ID + 11)
    refs = tuple(Ref(message_id="m1@shop.example", ticket=n) for n in numbers)
    store.commit(decision(tickets=tuple(map(ticket, numbers)), refs=refs), NOW)
    found = known(store, message_ids=("m1@shop.example",))
    assert [ref.ticket for ref in found.refs] == list(numbers)[:MOST_OF_AN_ID]
    led = tuple((ref.message_id, ref.ticket) for ref in found.refs)
    store.commit(decision(asked=("m1@shop.example",), led=led), NOW)  # no conflict about what was left out


def test_a_thread_that_grew_meanwhile_is_a_conflict_for_those_whom_it_leads(store):
    store.commit(
        decision(tickets=(ticket(),), refs=(Ref(message_id="m1@shop.example", ticket=1, by="ann@s.example"),)), NOW
    )
    asked = decision(asked=("m1@shop.example",), asked_by=("bob@s.example",))
    store.commit(asked, NOW)
    for senders in (("ann@s.example",), (*(f"p{n}@s.example" for n in range(20)), "ann@s.example")):
        with pytest.raises(Conflict):
            store.commit(replace(asked, asked_by=senders), NOW)
    store.commit(decision(refs=(Ref(message_id="m1@shop.example", ticket=1),)), NOW)
    with pytest.raises(Conflict):
        store.commit(replace(asked, asked_by=()), NOW)


def test_a_held_message_is_released(store):
    store.commit(decision(messages=(message(held="stale"), message("m2", held="unproven"))), NOW)
    store.commit(decision(release=("m1", "unheard of")), NOW)
    assert known(store, held="m1").held.held is None
    assert known(store, held="m2").held.held == "unproven"


def test_a_held_message_is_put_into_a_ticket_once(store):
    store.commit(decision(tickets=(ticket(),), messages=(message(ticket=None, held="which", internal=True),)), NOW)
    store.commit(decision(put=(("m1", 1, False),)), NOW)
    now = known(store, held="m1").held
    assert (now.ticket, now.held, now.internal) == (1, None, False)
    with pytest.raises(Conflict):
        store.commit(decision(put=(("m1", 1, True),)), NOW)


def test_customers_are_remembered_from_their_first_mail(store):
    def of(**changes):
        return Customer(**{"address": "ann@shop.example", "first_seen": NOW} | changes)

    store.commit(decision(customers=(of(address="ANN@shop.example", name="Ann"),)), NOW)
    store.commit(decision(customers=(of(name="Ann Fields", first_seen=NOW + DAY, undeliverable="5.1.1"),)), NOW)
    assert known(store, sender="ann@shop.example").customer == of(name="Ann Fields", undeliverable="5.1.1")


def test_a_merged_ticket_leads_to_its_target(store):
    store.commit(
        decision(
            tickets=(ticket(), ticket(2), ticket(3)),
            messages=(message(ticket=1), message("m2", ticket=2)),
            refs=(
                Ref(message_id="m1@shop.example", ticket=1),
                Ref(message_id="both@shop.example", ticket=1),
                Ref(message_id="both@shop.example", ticket=2, by="ann@shop.example"),
                Ref(message_id="both@shop.example", ticket=1, by="ann@shop.example"),
            ),
            promises=(promise("p2", ticket=2), promise("p3", ticket=3)),
        ),
        NOW,
    )
    store.commit(decision(moves=((1, 2),), messages=(message("m3", ticket=1),)), NOW)
    ids = ("both@shop.example", "m1@shop.example")
    found = known(store, message_ids=ids, numbers=(1,), sender="ann@shop.example")
    assert found.refs == (
        Ref(message_id="both@shop.example", ticket=2),
        Ref(message_id="both@shop.example", ticket=2, by="ann@shop.example"),
        Ref(message_id="m1@shop.example", ticket=2),
    )
    assert found.tickets[1] == found.tickets[2]
    assert found.tickets[1].number == 2
    assert found.promises[1].id == "p2"
    assert {one.id for one in store.lists.ticket(1).messages} == {"m1", "m2", "m3"}
    # And on, and back again: no circle.
    promised = promise("p2", ticket=2, state=PromiseState.REPLACED, ended_at=NOW)
    store.commit(decision(moves=((2, 3),), promises=(promised,)), NOW)
    assert known(store, numbers=(1,)).tickets[1].number == 3
    store.commit(decision(moves=((3, 1),)), NOW)
    assert {number: one.number for number, one in known(store, numbers=(1, 2, 3)).tickets.items()} == {1: 1, 2: 1, 3: 1}
    assert len(store.lists.ticket(3).messages) == 3


def test_a_merge_takes_the_open_promise_along(store):
    store.commit(
        decision(
            tickets=(ticket(1), ticket(2), ticket(3)),
            promises=(promise("p1"), promise("p2", ticket=2)),
            events=(Event(ticket=2, at=NOW, what=why("event.resolved")),),
            outgoing=(outgoing("ack:2", ticket=2),),
        ),
        NOW,
    )
    earlier = promise("p2", ticket=1, due=NOW + HOUR, wake_at=NOW)
    replaced = promise("p1", state=PromiseState.REPLACED, ended_at=NOW, wake_at=None)
    store.commit(decision(moves=((2, 1),), promises=(earlier, replaced)), NOW)
    assert known(store, numbers=(2,)).promises == {1: earlier, 2: earlier}
    assert store.due(NOW, 5) == [1]
    page = store.lists.ticket(2)
    assert (page.ticket.number, len(page.events), len(page.outgoing), len(page.promises)) == (1, 1, 1, 2)
    store.commit(decision(moves=((1, 3),)), NOW)
    assert store.due(NOW, 5) == [3]
    store.commit(decision(tickets=(ticket(4),), promises=(promise("p4", ticket=4),)), NOW)
    with pytest.raises(Conflict):
        store.commit(decision(moves=((4, 3),)), NOW)


def test_a_message_is_split_off_with_what_led_to_it(store):
    ann, bob = "ann@shop.example", "bob@shop.example"
    of_bob = {"ticket": 1, "author": Author.STRANGER, "from_": Address(address=bob), "inbound": 4}
    stranger = message("m2", **of_bob)
    led = (
        Ref(message_id="m1@shop.example", ticket=1, message="m1"),
        Ref(message_id="m2@shop.example", ticket=1, message="m2"),
        Ref(message_id="m0@shop.example", ticket=1, by=bob),
        Ref(message_id="m0@shop.example", ticket=1, by=ann),
    )
    store.commit(decision(tickets=(ticket(),), messages=(message(ticket=1), stranger), refs=led), NOW)
    moved = replace(stranger, ticket=2, author=Author.CUSTOMER, note=why("place.split", number=1), alike="a")
    refs = (
        Ref(message_id="m2@shop.example", ticket=2, message="m2"),
        Ref(message_id="m0@shop.example", ticket=2, by=bob),
    )
    apart = decision(tickets=(ticket(2),), splits=((1, moved),), refs=refs)
    store.commit(apart, NOW)
    assert store.lists.ticket(2).messages == (moved,)
    assert [m.id for m in store.lists.ticket(1).messages] == ["m1"]

    def asked(sender):
        ids = ("m0@shop.example", "m1@shop.example", "m2@shop.example")
        return [(r.message_id[:2], r.ticket) for r in known(store, message_ids=ids, sender=sender).refs]

    assert asked(bob) == [("m0", 2), ("m1", 1), ("m2", 2)]
    assert asked(ann) == [("m0", 1), ("m1", 1), ("m2", 2)]
    with pytest.raises(Conflict):  # somebody was faster: nothing of it is stored
        store.commit(replace(apart, tickets=(ticket(3),), splits=((1, replace(moved, ticket=3)),)), NOW)
    assert store.lists.ticket(3) is None


def test_events_are_appended(store):
    lines = (
        Event(ticket=1, at=NOW, what=why("event.opened.by-agent", name="Ann", address="a@b.example"), by="ann"),
        Event(ticket=1, at=NOW, what=why("event.silent.because", because=why("mute.hold"))),
    )
    store.commit(
        decision(tickets=(ticket(),), events=(*lines, Event(ticket=None, at=NOW, what=why("event.taken")))), NOW
    )
    assert store.lists.ticket(1).events == lines


def test_text_that_a_database_refuses_is_made_storable(store):
    hard = "a\x00b\ud800c"
    long = "x" * 5000 + "@shop.example"
    address = Address(name=hard, address=long)
    store.commit(
        decision(
            tickets=(ticket(subject=hard, requester=address, tags=(hard,)),),
            messages=(message(text=hard, message_id=long, from_=address, ticket=1, content_key=long),),
            refs=(Ref(message_id=long, ticket=1), Ref(message_id=hard, ticket=1)),
            customers=(Customer(address=long, name=hard, first_seen=NOW),),
            outgoing=(outgoing(to=Address(address=long), subject=hard, key=long),),
        ),
        NOW,
    )
    found = known(store, message_ids=(long, hard), sender=long, numbers=(10**40, -1))
    assert [ref.message_id for ref in found.refs] == [long, hard]
    assert found.tickets[1].subject == "a\ufffdb\ufffdc"
    assert found.tickets[1].tags == (hard,)
    assert found.customer.name == "a\ufffdb\ufffdc"
    assert found.newest[1].message_id == long
    assert known(store, content_key=long).seen
    assert store.counts([long], NOW)[long].hour == 1


def test_relays_and_notices_are_not_counted(store):
    store.commit(
        decision(
            outgoing=(
                outgoing(),
                outgoing("relay:m1", kind=OutgoingKind.RELAY),
                outgoing("notice:m1:kim", kind=OutgoingKind.NOTICE),
                outgoing("by hand", automatic=False),
            )
        ),
        NOW,
    )
    assert store.counts([ANN.key], NOW)[ANN.key].hour == 1
