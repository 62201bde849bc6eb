"""Hazard 15: mail whose labels lie, whose headers are raw or twice there, and whose id is missing or another's."""

from __future__ import annotations

import pytest

from mailbot.core.model.message import Author
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk

BODY = "Die Bestellung ist nicht angekommen: Grüße aus Köln, Zoë Müller."
WORDS = BODY.encode()
HEAD = (
    b"From: Zoe <zoe@shop.example>",
    b"To: help@lumen.example",
    b"Subject: Bestellung",
    b"Date: Mon, 02 Mar 2026 09:00:00 +0100",
    b"Message-ID: <one@shop.example>",
)


@pytest.fixture
def desk():
    made = SimulatedDesk(start=MONDAY)
    yield made
    made.close()


def raw_of(*more, head=HEAD, body=WORDS, without=(), label=b"text/plain; charset=utf-8"):
    kept = [line for line in head if not line.startswith(tuple(without))]
    return b"\r\n".join((*kept, *more, *([b"Content-Type: " + label] if label else []), b"", body))


def holds(desk, raws, *, tickets, answered):
    """No mail is lost, there are so many tickets, so many acknowledgments left, and the desk lives."""
    for raw in raws:
        desk.receive(raw)
    assert desk.store.lists.inbound("quarantined") == []
    assert len(desk.store.lists.inbound("done")) == len(raws)
    found = desk.store.lists.tickets(limit=100)
    assert len(found) == tickets
    kept = [m for one in found for m in desk.store.lists.ticket(one.number).messages]
    assert desk.names().count("ack") == answered
    for word in "#", "9":
        desk.receive(
            raw_of(head=[line.replace(b"one@", b"later" + word.encode().hex().encode() + b"@") for line in HEAD])
        )
    return found, kept


@pytest.mark.slow
@pytest.mark.parametrize(
    ("label", "charset"),
    [
        (b"text/plain; charset=x-unknown", "utf-8"), (b"text/plain; charset=us-ascii", "utf-8"), (b"text/plain; charset=utf-8", "cp1252"),
        (b"text/plain; charset=iso-8859-1", "utf-8"), (b"text/plain; charset=utf-16", "utf-8"), (b"text/plain; charset=", "utf-8"),
        (b"text/plain; charset=\"utf-8", "utf-8"), (b"text/plain; charset=utf-7", "utf-8"), (b"text/plain; charset=../../etc", "cp1252"),
        (b"text/plain; charset=idna", "utf-8"), (b"text/plain; charset=rot13", "utf-8"), (b"", "utf-8"), (b"", "cp1252"), (b"text; charset=utf-8", "utf-8"),
    ],
)  # fmt: skip
def test_hazard_15_an_unknown_or_lying_charset_loses_no_words(desk, label, charset):
    _, kept = holds(desk, [raw_of(body=BODY.encode(charset), label=label)], tickets=1, answered=1)
    assert "Die Bestellung ist nicht angekommen" in kept[0].text


@pytest.mark.parametrize("charset", ["utf-8", "cp1252", "koi8-r", "gb18030"])
def test_hazard_15_raw_eight_bit_headers_are_read_and_answered(desk, charset):
    name = {"koi8-r": "Зоя", "gb18030": "李明"}.get(charset, "Zoë Müller")
    head = [
        f'From: "{name}" <zoe@shop.example>'.encode(charset),
        HEAD[1],
        f"Subject: {name}: Bestellung".encode(charset),
        *HEAD[3:],
    ]
    (found,), kept = holds(desk, [raw_of(head=head)], tickets=1, answered=1)
    assert found.requester.address == "zoe@shop.example"
    assert "Bestellung" in kept[0].subject
    assert desk.last("ack").raw.isascii()


@pytest.mark.slow
@pytest.mark.parametrize(
    "head",
    [
        (b"From: Zoe <zoe@shop.example>, Eve <eve@evil.example>", *HEAD[1:]),
        (*HEAD, b"From: Eve <eve@evil.example>"),
        (b"From: help@lumen.example <eve@evil.example>", *HEAD[1:]),
        (b'From: "Mara Lind <mara@lumen.example>" <eve@evil.example>', *HEAD[1:]),
        (b"From: mara@lumen.example <eve@evil.example>", *HEAD[1:]),
        (b"From: =?utf-8?q?mara=40lumen.example_=3Cx=3E?= <eve@evil.example>", *HEAD[1:]),
    ],
)
def test_hazard_15_two_froms_or_one_of_ours_in_the_name_is_shown_and_not_answered(desk, head):
    holds(desk, [raw_of(head=head)], tickets=1, answered=0)
    assert desk.ticket().mute is not None
    assert "new" in desk.names()
    assert not any(sent.outgoing.to.address == "eve@evil.example" for sent in desk.sent)


def test_hazard_15_no_message_id_is_one_ticket_however_often_it_is_fetched(desk):
    raw = raw_of(without=(b"Message-ID",))
    holds(
        desk,
        [raw, b"Received: from x by mx.lumen.example; Mon, 02 Mar 2026 09:00:01 +0100\r\n" + raw],
        tickets=1,
        answered=1,
    )


def test_hazard_15_two_message_ids_in_one_mail_are_one_ticket(desk):
    raw = raw_of(b"Message-ID: <two@shop.example>")
    holds(desk, [raw, raw], tickets=1, answered=1)


def test_hazard_15_the_same_message_id_with_other_words_is_read_and_opens_no_second_ticket(desk):
    other = raw_of(body=b"And the invoice is wrong, too.")
    _, kept = holds(desk, [raw_of(), other, other], tickets=1, answered=1)
    assert ["invoice" in m.new_text for m in kept if m.author is Author.CUSTOMER] == [False, True]
    assert "And the invoice is wrong" in desk.last("followup").text


def test_hazard_15_the_message_id_of_somebody_else_leads_nobody_to_them(desk):
    eve = [b"From: Eve <eve@evil.example>", *HEAD[1:]]
    found, kept = holds(desk, [raw_of(), raw_of(head=eve, body=b"Where is mine?")], tickets=2, answered=2)
    assert {one.requester.address for one in found} == {"zoe@shop.example", "eve@evil.example"}
    assert len(kept) == 2
