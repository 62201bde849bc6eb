"""Turns the frozen records of the core into rows and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeAlias

from mailbot.core.model.addresses import address_key
from mailbot.core.model.event import Event
from mailbot.core.model.facts import Weighed
from mailbot.core.model.goodwill import Goodwill, GoodwillState
from mailbot.core.model.letter_kinds import Limited, kind_of, rank_of
from mailbot.core.model.mail import Address, Attachment, Kind
from mailbot.core.model.message import Author, Message
from mailbot.core.model.outgoing import OutboxState, Outgoing, OutgoingKind
from mailbot.core.model.promise import Promise, PromiseState
from mailbot.core.model.reason import Reason, reason_of, stored_reason, why
from mailbot.core.model.refs import Ref
from mailbot.core.model.sender_proof import SenderProof
from mailbot.core.model.ticket import Customer
from mailbot.core.sending.crowds import Sort, crowd_of, domain_of
from mailbot.ports import OutboxRow

Values: TypeAlias = dict[str, Any]
Row: TypeAlias = Mapping[Any, Any]


def message_values(message: Message) -> Values:
    """The columns of a message."""
    return {
        "id": message.id,
        "ticket": message.ticket,
        "inbound": message.inbound,
        "content_key": message.content_key,
        "message_id": message.message_id,
        "kind": message.kind.value,
        "author": message.author.value,
        "agent": message.agent,
        "from_name": message.from_.name,
        "from_address": message.from_.address,
        "to": message.to,
        "subject": message.subject,
        "date": message.date,
        "received_at": message.received_at,
        "attachments": [
            (a.name, a.type, a.sha256, a.size, a.index, a.machinery, a.cid, a.picture, a.inside)
            for a in message.attachments
        ],
        "internal": message.internal,
        "held": message.held,
        "note": "" if message.note is None else str(message.note),
        "new_text": message.new_text,
        "text": message.text,
        "alike": message.alike,
        "weighed": None if message.weighed is None else _weighed_values(message.weighed),
        "standing": None if message.standing is None else message.standing.value,
    }


def attachment_from(
    name: str | None,
    type_: str,
    sha256: str,
    size: int,
    index: int,
    left_out: bool,
    cid: str | None = None,
    picture: int = 0,
    inside: bool = False,
) -> Attachment:
    """An attachment, from what a row holds of it; older rows end with `left_out`, which meant "inline" then."""
    return Attachment(
        name=name,
        type=type_,
        sha256=sha256,
        size=size,
        index=index,
        machinery=left_out,
        cid=cid,
        picture=picture,
        inside=inside,
    )


def pictures_of(row: Row) -> frozenset[str]:
    """The SHA-256 of each picture among the attachments of a message."""
    return frozenset(each[2] for each in row["attachments"] if each[1].startswith("image/"))


def message_from(row: Row) -> Message:
    """A message, from a row that has every column of `schema.message`."""
    return Message(
        id=row["id"],
        ticket=row["ticket"],
        inbound=row["inbound"],
        content_key=row["content_key"],
        message_id=row["message_id"],
        kind=Kind(row["kind"]),
        author=Author(row["author"]),
        agent=row["agent"],
        from_=Address(name=row["from_name"], address=row["from_address"]),
        to=tuple(row["to"]),
        subject=row["subject"],
        date=row["date"],
        received_at=row["received_at"],
        attachments=tuple(attachment_from(*kept) for kept in row["attachments"]),
        internal=row["internal"],
        held=row["held"],
        note=_note_from(row["note"]),
        new_text=row["new_text"],
        text=row["text"],
        alike=row["alike"],
        weighed=weighed_from(row["weighed"]),
        standing=None if row["standing"] is None else SenderProof(row["standing"]),
    )


def _note_from(text: str) -> Reason | None:
    return (stored_reason(text) or why("note.told", words=text)) if text else None


def weighed_from(kept: Mapping[str, Any] | None) -> Weighed | None:
    """What was stored of a mail's weighing, from its column."""
    if kept is None:
        return None
    headers = tuple((name, value) for name, value in kept["headers"])
    fields = tuple((name, value) for name, value in kept.get("fields", ()))
    told = {
        "headers": headers,
        "fields": fields,
        "customer_tags": tuple(kept.get("customer_tags", ())),
        "why": account_from(kept["why"]),
    }
    return Weighed(**{**kept, **told})


def _weighed_values(weighed: Weighed) -> Values:
    return {**asdict(weighed), "why": "" if weighed.why is None else weighed.why.field}


def account_from(kept: object) -> Reason | None:
    """The account of a priority, from where it is stored; None if there is none."""
    if not kept:
        return None
    return reason_of(kept) or stored_reason(str(kept)) or why("account.told", words=kept)


def promise_values(promise: Promise) -> Values:
    """The columns of a promise."""
    return {
        "id": promise.id,
        "ticket": promise.ticket,
        "to": promise.to,
        "to_key": address_key(promise.to),
        "state": promise.state.value,
        "made_at": promise.made_at,
        "made_by": promise.made_by,
        "agent": promise.agent,
        "due": promise.due,
        "wake_at": promise.wake_at,
        "stated_by": promise.stated_by,
        "reminded": promise.reminded,
        "ended_at": promise.ended_at,
        "kept_by": promise.kept_by,
        "said": promise.said,
    }


def promise_from(row: Row, prefix: str = "") -> Promise:
    """A promise, from a row that has every column of `schema.promise`, each name prefixed with `prefix`."""
    return Promise(
        id=row[prefix + "id"],
        ticket=row[prefix + "ticket"],
        to=row[prefix + "to"],
        state=PromiseState(row[prefix + "state"]),
        made_at=row[prefix + "made_at"],
        made_by=row[prefix + "made_by"],
        agent=row[prefix + "agent"],
        due=row[prefix + "due"],
        wake_at=row[prefix + "wake_at"],
        stated_by=row[prefix + "stated_by"],
        reminded=row[prefix + "reminded"],
        ended_at=row[prefix + "ended_at"],
        kept_by=row[prefix + "kept_by"],
        said=row[prefix + "said"],
    )


def goodwill_values(goodwill: Goodwill) -> Values:
    """The columns of a line of the ledger."""
    values = asdict(goodwill)
    del values["after"]
    return {**values, "state": goodwill.state.value}


def goodwill_from(row: Row) -> Goodwill:
    """A line of the ledger, from a row of `schema.goodwill`."""
    return Goodwill(**{**row, "state": GoodwillState(row["state"])})


def event_values(event: Event) -> Values:
    """The columns of an event."""
    what = event.what
    return {"ticket": event.ticket, "at": event.at, "code": what.code, "args": what.field["args"], "by": event.by}


def event_from(row: Row) -> Event:
    """An event, from a row of `schema.event`."""
    what = reason_of({"code": row["code"], "args": row["args"]})
    assert what is not None
    return Event(ticket=row["ticket"], at=row["at"], what=what, by=row["by"])


def ref_values(ref: Ref) -> Values:
    """The columns of a Message-ID that leads to a ticket."""
    return {
        "message_id": ref.message_id,
        "sender": ref.by or "",
        "ticket": ref.ticket,
        "message": None if ref.mentioned else ref.message,
    }


def ref_from(row: Row, message_id: str, sender: str | None) -> Ref:
    """A Message-ID that leads to a ticket, from a row of `schema.ref` joined with the mail; `sender` asked for it."""
    people = () if row["from_address"] is None else (address_key(row["from_address"]), *row["to"])
    return Ref(
        message_id=message_id,
        ticket=row["ticket"],
        by=sender if row["sender"] else None,
        message=row["message"],
        reached=frozenset(people),
    )


def customer_values(customer: Customer) -> Values:
    """The columns of a customer; the address is the key, folded."""
    return {
        "address": address_key(customer.address),
        "name": customer.name,
        "first_seen": customer.first_seen,
        "undeliverable": customer.undeliverable,
    }


def customer_from(row: Row) -> Customer:
    """A customer, from a row that has every column of `schema.customer`."""
    return Customer(**{name: row[name] for name in ("address", "name", "first_seen", "undeliverable")})


def outgoing_values(outgoing: Outgoing, now: datetime, *, sort: Sort | None = None, gathering: bool = False) -> Values:
    """The columns of an outgoing mail as it enters the outbox.

    `limit_address` and `limit_domain` are set for automatic letters only: those count against the limits.
    `sort` is how a notice counts among those that may crowd its reader, `gathering` whether it waits for a digest.
    """
    counted = outgoing.automatic and kind_of(outgoing).limited is not Limited.NOT
    return {
        "key": outgoing.key,
        "kind": outgoing.kind.value,
        "name": outgoing.name,
        "ticket": outgoing.ticket,
        "inbox": outgoing.inbox,
        "to_name": outgoing.to.name,
        "to_address": outgoing.to.address,
        "language": outgoing.language,
        "zone": outgoing.zone,
        "automatic": outgoing.automatic,
        "subject": outgoing.subject,
        "in_reply_to": outgoing.in_reply_to,
        "references": outgoing.references,
        "reply_token": outgoing.reply_token,
        "message_token": outgoing.message_token,
        "agent": outgoing.agent,
        "promise": outgoing.promise,
        "attach": outgoing.attach,
        "not_before": outgoing.not_before,
        "fields": dict(outgoing.fields),
        "state": OutboxState.GATHERING.value if gathering else OutboxState.READY.value,
        "due_at": outgoing.held_until if gathering or outgoing.held_until else outgoing.not_before,
        "attempts": 0,
        "created_at": now,
        "told": False,
        "limit_address": outgoing.to.key if counted else None,
        "limit_domain": outgoing.to.domain if counted else None,
        "rank": rank_of(outgoing),
        "gather_for": outgoing.to.key if sort is not None else None,
        "gather_of": crowd_of(outgoing) if sort is not None else None,
        "gather_domain": domain_of(outgoing) if sort is not None else None,
        "gather_as": sort.value if sort is not None else None,
    }


def outgoing_from(row: Row) -> Outgoing:
    """An outgoing mail, from a row that has every column of `schema.outbox`."""
    return Outgoing(
        key=row["key"],
        kind=OutgoingKind(row["kind"]),
        name=row["name"],
        ticket=row["ticket"],
        inbox=row["inbox"],
        to=Address(name=row["to_name"], address=row["to_address"]),
        language=row["language"],
        zone=row["zone"],
        automatic=row["automatic"],
        subject=row["subject"],
        in_reply_to=row["in_reply_to"],
        references=tuple(row["references"]),
        reply_token=row["reply_token"],
        message_token=row["message_token"],
        agent=row["agent"],
        promise=row["promise"],
        attach=tuple((inbound, index) for inbound, index in row["attach"]),
        not_before=row["not_before"],
        fields=row["fields"],
    )


def outbox_row_from(row: Row, raw: bytes | None) -> OutboxRow:
    """A row of the outbox with its state; `raw` are the bytes stored for it, if any."""
    return OutboxRow(
        id=row["id"],
        outgoing=outgoing_from(row),
        state=OutboxState(row["state"]),
        raw=raw,
        message_id=row["message_id"],
        attempts=row["attempts"],
        created_at=row["created_at"],
        first_tried_at=row["first_tried_at"],
        told=row["told"],
        last_reply=row["last_reply"],
        due_at=row["due_at"],
    )
