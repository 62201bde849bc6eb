"""What the store says about one mail."""

from __future__ import annotations

from dataclasses import replace

from mailbot.core.model.counts import Counts
from mailbot.core.model.event import Event
from mailbot.core.model.known import Keys, Known
from mailbot.core.model.mail import Address, Attachment
from mailbot.core.model.message import Author
from mailbot.core.model.outgoing import OutgoingKind
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.reason import why
from mailbot.core.model.refs import Ref
from mailbot.core.model.sender_proof import SenderProof
from mailbot.core.model.ticket import TicketState
from mailbot.core.sending.limits import FORM_ACK
from tests.contract.made import ANN, DAY, HOUR, MINUTE, NOW, decision, message, outgoing, promise, ticket

SECOND = MINUTE / 60


def known(store, now=NOW, **keys):
    return store.lookup(Keys(**{"content_key": "unseen", "sender": None} | keys), now)


def test_nothing_is_known_of_a_stranger(store):
    assert known(store, sender="who@shop.example", message_ids=("a", "b"), numbers=(7,), held="none") == Known()
    assert known(store) == Known()


def test_the_clock_of_a_sender_as_their_latest_tickets_tell_it(store):
    told = ((1, 60), (2, 330), (3, None), (4, 0))
    tickets = tuple(replace(ticket(n), utc_offset=told_, opened_at=NOW + n * MINUTE) for n, told_ in told)
    store.commit(decision(tickets=tickets), NOW)
    assert known(store, sender=ANN.key).utc_offset == 330
    assert known(store, sender="who@shop.example").utc_offset is None


def test_the_zone_of_a_sender_as_an_agent_said_it_last(store):
    told = ((1, "Europe/Lisbon"), (2, "+05:30"), (3, None))
    tickets = tuple(replace(ticket(n), zone_name=name, opened_at=NOW + n * MINUTE) for n, name in told)
    store.commit(decision(tickets=tickets), NOW)
    assert known(store, sender=ANN.key).zone_name == "+05:30"
    taken_back = replace(ticket(4), zone_name="", opened_at=NOW + 4 * MINUTE)
    store.commit(decision(tickets=(taken_back,)), NOW)
    assert known(store, sender=ANN.key).zone_name == ""
    assert known(store, sender="who@shop.example").zone_name is None


def test_seen_before_with_and_without_a_ticket(store):
    store.commit(decision(tickets=(ticket(),), messages=(message(ticket=1), message("m2"))), NOW)
    first = known(store, content_key="content-m1")
    assert (first.seen, first.seen_ticket, first.tickets[1].number) == (True, 1, 1)
    second = known(store, content_key="content-m2")
    assert (second.seen, second.seen_ticket, second.tickets) == (True, None, {})


def test_refs_in_the_order_of_the_ids(store):
    refs = tuple(Ref(message_id=id_, ticket=n) for n, id_ in enumerate("dcba", 1))
    store.commit(decision(tickets=tuple(map(ticket, range(1, 5))), refs=refs), NOW)
    found = known(store, message_ids=("a", "x", "c", "d", "a"))
    assert [(ref.message_id, ref.ticket) for ref in found.refs] == [("a", 4), ("c", 2), ("d", 1)]
    assert sorted(found.tickets) == [1, 2, 4]


def test_thousands_of_references(store):
    store.commit(decision(tickets=(ticket(),), refs=(Ref(message_id="id-7999", ticket=1),)), NOW)
    found = known(store, message_ids=tuple(f"id-{n}" for n in range(8000)), numbers=tuple(range(-5, 3000)))
    assert [ref.message_id for ref in found.refs] == ["id-7999"]
    assert list(found.tickets) == [1]


def test_the_open_promise_and_the_newest_message_that_is_not_internal(store):
    store.commit(
        decision(
            tickets=(ticket(), ticket(2)),
            promises=(promise("old", state=PromiseState.KEPT, ended_at=NOW), promise("new")),
            messages=(
                message("m1", ticket=1, received_at=NOW),
                message("m2", ticket=1, received_at=NOW + HOUR),
                message("m3", ticket=1, received_at=NOW + DAY, internal=True),
                message("m4", ticket=2, internal=True),
            ),
        ),
        NOW,
    )
    found = known(store, numbers=(1, 2))
    assert {number: one.id for number, one in found.promises.items()} == {1: "new"}
    assert {number: one.id for number, one in found.newest.items()} == {1: "m2"}
    assert found.answers == {}


def test_the_newest_words_from_outside_and_the_last_answer_are_kept_apart(store):
    store.commit(
        decision(
            tickets=(ticket(answers=1), ticket(2)),
            messages=(
                message("m1", ticket=1, received_at=NOW),
                message("m2", ticket=1, received_at=NOW + HOUR, author=Author.AGENT, agent="ben"),
                message("m3", ticket=1, received_at=NOW + DAY, author=Author.AGENT, agent="ben", internal=True),
            ),
        ),
        NOW,
    )
    found = known(store, numbers=(1, 2))
    assert {number: one.id for number, one in found.newest.items()} == {1: "m1"}
    assert {number: one.id for number, one in found.answers.items()} == {1: "m2"}


def test_held_message_brings_its_ticket(store):
    store.commit(decision(tickets=(ticket(),), messages=(message(ticket=1, held="unproven"),)), NOW)
    found = known(store, held="m1")
    assert found.held.held == "unproven"
    assert list(found.tickets) == [1]


def test_recent_tickets_are_those_of_thirty_days(store):
    other = Address(address="bob@shop.example")
    store.commit(
        decision(
            tickets=(
                ticket(1, opened_at=NOW - 30 * DAY + SECOND),
                ticket(2, opened_at=NOW - 30 * DAY),
                ticket(3),
                ticket(4, requester=other),
            )
        ),
        NOW,
    )
    assert known(store, sender=ANN.key).recent_tickets == 2


def test_the_last_promise_that_ended_was_broken_or_not(store):
    def ended(id_, state, at):
        return promise(id_, state=state, ended_at=at, wake_at=None)

    def broken():
        return known(store, sender=ANN.key).last_promise_broken

    store.commit(decision(tickets=(ticket(),), promises=(promise("open"),)), NOW)
    assert not broken()
    store.commit(decision(promises=(ended("a", PromiseState.LATE, NOW),)), NOW)
    assert broken()
    store.commit(decision(promises=(ended("b", PromiseState.KEPT, NOW + HOUR),)), NOW)
    store.commit(decision(promises=(ended("r", PromiseState.REPLACED, NOW + 1.5 * HOUR),)), NOW)
    assert not broken()
    store.commit(decision(promises=(ended("c", PromiseState.COVERED, NOW + 2 * HOUR),)), NOW)
    store.commit(decision(promises=(ended("d", PromiseState.REPLACED, NOW + 3 * HOUR),)), NOW)
    assert broken()


def test_counts_are_those_of_the_outbox(store):
    letters = [
        outgoing(f"l{n}", to=Address(address=f"{who}@shop.example")) for n, who in enumerate(("ann", "ANN", "bob"))
    ]
    store.commit(decision(outgoing=tuple(letters)), NOW - 2 * HOUR)
    store.commit(decision(outgoing=(outgoing("new"),)), NOW)
    assert known(store, sender="ann@shop.example").counts == Counts(hour=1, day=3, domain_hour=1)


def test_letters_to_people_who_filled_in_a_form_are_counted_for_those_who_ask(store):
    keys = [f"{FORM_ACK}1", f"{FORM_ACK}2", "ack:3", "ack:formal"]
    to = [Address(address=f"c{n}@shop{n}.example") for n in range(4)]
    store.commit(decision(outgoing=tuple(outgoing(k, to=a) for k, a in zip(keys, to, strict=True))), NOW)
    store.commit(decision(outgoing=(outgoing(f"{FORM_ACK}9", to=to[0]),)), NOW - 2 * HOUR)
    asked = Keys(content_key="k", sender="ann@shop.example", form=True)
    assert store.lookup(asked, NOW).counts.forms_hour == 2
    assert store.lookup(replace(asked, form=False), NOW).counts.forms_hour == 0


def test_due_tickets_the_longest_due_first(store):
    many = [promise(f"p{n}", ticket=n, wake_at=NOW + n * MINUTE) for n in range(1, 6)]
    ended = promise("p6", ticket=6, wake_at=NOW, state=PromiseState.KEPT, ended_at=NOW)
    silent = promise("p7", ticket=7, wake_at=None)
    store.commit(decision(tickets=tuple(map(ticket, range(1, 8))), promises=(*reversed(many), ended, silent)), NOW)
    assert store.next_wake() == NOW + MINUTE
    assert store.due(NOW, 10) == []
    assert store.due(NOW + 3 * MINUTE, 10) == [1, 2, 3]
    assert store.due(NOW + DAY, 2) == [1, 2]


def test_nothing_is_due_in_an_empty_desk(store):
    assert store.next_wake() is None
    assert store.due(NOW, 5) == []


def test_numbers_are_reserved_once(store):
    assert list(store.numbers(3)) == [1, 2, 3]
    assert list(store.numbers(0)) == []
    assert list(store.numbers(1)) == [4]


def test_the_last_mails_of_an_agent_and_what_they_keep_of_their_signature(store):
    mine = [
        message(f"m{n:02}", author=Author.AGENT, agent="kim", received_at=NOW + n * MINUTE, text=f"{n} " + "x" * 30_000)
        for n in range(12)
    ]
    others = (message("o1", author=Author.AGENT, agent="lea"), message("o2", author=Author.STRANGER, agent="kim"))
    asked = [
        Event(ticket=1, at=NOW, what=why("event.signature.asked", asked=asks, mark=mark), by=by)
        for asks, mark, by in (("keep", "a", "kim"), ("keep", "b", "kim"), ("drop", "a", "kim"), ("keep", "c", "lea"))
    ]
    store.commit(decision(tickets=(ticket(),), messages=(*mine, *others), events=tuple(asked)), NOW)
    found = known(store, said="kim")
    assert [text.split()[0] for text in found.said] == [str(n) for n in range(11, 1, -1)]
    assert {len(text) for text in found.said} == {20_000}
    assert found.kept_tails == {"b"}
    assert known(store).said == ()


def test_the_pictures_that_the_last_mails_of_an_agent_brought(store):
    def file(sha256, type_="image/png"):
        return Attachment(name="x", type=type_, sha256=sha256, size=9, index=2)

    files = [(file("a"), file("b", "image/gif"), file("c", "text/plain")), (), (file("b"),)]
    mails = [
        message(f"m{n}", author=Author.AGENT, agent="kim", received_at=NOW + n * MINUTE, attachments=each)
        for n, each in enumerate(files)
    ]
    store.commit(decision(tickets=(ticket(),), messages=tuple(mails)), NOW)
    assert known(store, said="kim").said_pictures == (frozenset("b"), frozenset(), frozenset("ab"))
    assert known(store).said_pictures == ()


def test_the_open_tickets_that_an_agent_may_answer_newest_first(store):
    whose = {1: "mara", 2: None, 3: "joost", 4: "mara", 5: None}
    tickets = tuple(
        ticket(n, assignee=agent, state=TicketState.RESOLVED if n == 4 else TicketState.OPEN)
        for n, agent in whose.items()
    )
    store.commit(decision(tickets=tickets), NOW)
    store.commit(decision(moves=((5, 2),)), NOW)
    assert [one.number for one in known(store, open_for="mara").open_tickets] == [2, 1]
    assert known(store).open_tickets == ()


def test_the_notices_that_an_agent_may_quote_as_they_were_sent(store):
    mara, notice = Address(name="Mara", address="mara@help.example"), {"kind": OutgoingKind.NOTICE, "automatic": False}
    rows = [outgoing(f"n{n}", ticket=1, to=mara, **notice) for n in range(6)]
    others = [
        outgoing("joost", ticket=1, to=ANN, **notice),
        outgoing("elsewhere", ticket=2, to=mara, **notice),
        outgoing("letter", ticket=1, to=mara),
    ]
    store.commit(decision(tickets=(ticket(), ticket(2)), outgoing=(*rows, *others)), NOW)
    assert known(store, numbers=(1,), notices_to=("mara@help.example",)).notices == ()
    letters = [
        (row, row.outgoing.key.encode() + b"." * 500_000, f"{row.outgoing.key}@help.example")
        for row in store.lists.outbox()
    ]
    store.take(letters, "a", NOW, MINUTE)
    asked = {"numbers": (1,), "notices_to": ("m@help.example", "mara@help.example")}
    found = known(store, **asked).notices
    assert [raw[:2] for raw in found] == [b"n5", b"n4", b"n3", b"n2"]
    assert {len(raw) for raw in found} == {400_000}
    named = known(store, **asked, message_ids=("x", "n0@help.example")).notices
    assert [raw[:2] for raw in named] == [b"n0"]
    assert known(store, numbers=(1,)).notices == ()


def test_whose_mails_of_a_ticket_were_proven(store):
    """Of each ticket the addresses, as they are compared; what was said otherwise, or of no mail, counts for nothing."""
    bob = Address(name=None, address="bob@shop.example")
    mails = (
        message("m1", ticket=1, standing=SenderProof.PROVEN),
        message("m2", ticket=1, standing=SenderProof.UNPROVEN),
        message("m3", ticket=1, standing=SenderProof.LIFTED, from_=bob),
        message("m4", ticket=2, standing=SenderProof.FORGED),
        message("m5", ticket=2),
        message("m6", standing=SenderProof.PROVEN),
    )
    store.commit(decision(tickets=(ticket(1), ticket(2)), messages=mails), NOW)
    found = store.lookup(Keys(content_key="new", sender=None, numbers=(1, 2)), NOW)
    assert found.proven == {1: frozenset({"ann@shop.example"}), 2: frozenset()}
    assert [mail.standing for mail in store.lists.ticket(2).messages] == [SenderProof.FORGED, None]


def test_the_latest_notes_and_who_has_a_part_in_a_ticket(store):
    notes = tuple(
        Event(ticket=1, at=NOW + n * MINUTE, what=why("event.note.said", words=f"note {n}"), by=by)
        for n, by in enumerate(("ben", "ben", "stranger", "cleo"))
    )
    answers = (
        message("m1", ticket=1, author=Author.AGENT, agent="mara"),
        message("m2", ticket=1, author=Author.AGENT, agent="joost", internal=True),
        message("m3", ticket=1),
    )
    store.commit(decision(tickets=(ticket(), ticket(2)), messages=answers, events=notes), NOW)
    found = known(store, numbers=(1, 2), said="ben")
    told = [(each.what.code, dict(each.what.args)["words"]) for each in found.notes[1]]
    assert [words for code, words in told if code == "event.note.said"] == ["note 0", "note 1", "note 2", "note 3"]
    assert [code for code, _ in told if code != "event.note.said"] == ["word.ours", "word.theirs"], (
        "not the internal one"
    )
    assert 2 not in found.notes
    assert found.history == {}
    assert known(store, numbers=(1,), history=True).history == {1: found.notes[1]}
    assert found.teams == {1: frozenset({"ben", "stranger", "cleo", "mara"}), 2: frozenset()}
    assert known(store, numbers=(1,)).teams == {}


def test_the_promises_that_ended_and_who_wrote_the_word_that_ended_them(store):
    word = message("m1", ticket=1, author=Author.AGENT, agent="mara")
    promises = (
        promise("p3", state=PromiseState.COVERED, made_at=NOW + 2 * MINUTE, ended_at=NOW + HOUR, wake_at=None),
        promise("p1", state=PromiseState.KEPT, made_at=NOW, ended_at=NOW + MINUTE, wake_at=None, kept_by="m1"),
        promise("p2", state=PromiseState.REPLACED, made_at=NOW + MINUTE, ended_at=NOW + 2 * MINUTE, wake_at=None),
        promise("p4", made_at=NOW + HOUR),
    )
    store.commit(decision(tickets=(ticket(), ticket(2)), messages=(word,), promises=promises), NOW)
    assert known(store, numbers=(1,)).ended == {}
    found = known(store, numbers=(1, 2), ended=True).ended
    assert [(one.promise.id, one.writer) for one in found[1]] == [("p1", "mara"), ("p3", None)]
    assert found[2] == ()
