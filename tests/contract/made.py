"""Small makers of records, with defaults that a test overrides where it matters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mailbot.core.model.decision import Decision
from mailbot.core.model.mail import Address, Kind
from mailbot.core.model.message import Author, Message
from mailbot.core.model.outgoing import Outgoing, OutgoingKind
from mailbot.core.model.promise import Promise
from mailbot.core.model.ticket import Ticket
from mailbot.ports import RawMail

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ANN = Address(name="Ann Fields", address="Ann@shop.example")


def raw_mail(uid, **changes):
    data = changes.pop("raw", b"Subject: %d\r\n\r\nHello\r\n" % uid)
    return RawMail(**{"mailbox": "support", "uidvalidity": 7, "uid": uid, "raw": data, "size": len(data)} | changes)


def ticket(number=1, **changes):
    defaults = {"inbox": "support", "subject": "Export fails", "requester": ANN, "priority": 3, "opened_at": NOW}
    return Ticket(**defaults | {"number": number} | changes)


def message(id_="m1", **changes):
    defaults = {
        "ticket": None,
        "inbound": None,
        "content_key": f"content-{id_}",
        "message_id": f"{id_}@shop.example",
        "kind": Kind.PERSON,
        "author": Author.CUSTOMER,
        "from_": ANN,
        "subject": "Export fails",
        "date": NOW,
        "received_at": NOW,
        "new_text": "It stops at 80 %.",
        "text": "It stops at 80 %.\n> before",
    }
    return Message(**defaults | {"id": id_} | changes)


def promise(id_="p1", **changes):
    defaults = {
        "ticket": 1,
        "to": ANN.address,
        "made_at": NOW,
        "made_by": "desk",
        "due": NOW + 4 * HOUR,
        "wake_at": NOW + 2 * HOUR,
        "stated_by": "ack:1",
    }
    return Promise(**defaults | {"id": id_} | changes)


def outgoing(key="ack:1", **changes):
    defaults = {
        "kind": OutgoingKind.LETTER,
        "name": "ack",
        "ticket": None,
        "inbox": "support",
        "to": ANN,
        "not_before": NOW,
    }
    return Outgoing(**defaults | {"key": key} | changes)


def decision(**changes):
    return Decision(**{"outcome": "opened"} | changes)
