"""Tries mails without consequences: what a mail is and would cause, and which ticket each of many would join."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from mailbot.core.actions.case import Case
from mailbot.core.decide import decide, quarantine, take_in
from mailbot.core.intake.incoming import Incoming
from mailbot.core.intake.quotes.forward import Forwarded, forwarded
from mailbot.core.model.decision import Decision
from mailbot.core.model.known import Known
from mailbot.core.model.mail import Address, Attachment, Bounce, Kind, Unreadable
from mailbot.core.model.office import told_of
from mailbot.core.rules.account import FELT
from mailbot.core.rules.setting import FreshIds, Setting
from mailbot.errors import Duplicate
from mailbot.ports import DeskStore, Fresh


class DryIds:
    """Ids for a decision that is never stored."""

    def __init__(self) -> None:
        self._count = 0

    def id(self) -> str:
        """`dry` and a counter."""
        self._count += 1
        return f"dry{self._count:011d}"

    def number(self) -> int:
        """Always ticket 1: nothing is stored."""
        return 1


def explain(raw: bytes, setting: Setting, *, inbox: str, now: datetime) -> dict[str, Any]:
    """What the desk makes of one mail, as if it knew no other: the keys of `explain --json`."""
    incoming = take_in(raw, setting, inbox=inbox, received_at=now)
    if isinstance(incoming, Unreadable):
        decision = quarantine(incoming.reason, setting, inbox=inbox, inbound=None, now=now)
        return {"kind": Kind.UNREADABLE.value, "reason": incoming.reason, "outcome": decision.outcome}
    fresh: FreshIds = DryIds()
    decision = decide(Case(incoming=incoming, known=Known(), setting=setting, now=now, fresh=fresh))
    return {**_mail(incoming), **_consequences(decision)}


class Replay:
    """Plays mails through a throw-away store, in the order given, without sending anything."""

    def __init__(self, desk: DeskStore, fresh: Fresh, setting: Setting, *, inbox: str) -> None:
        self._desk = desk
        self._fresh = fresh
        self._setting = setting
        self._inbox = inbox

    def play(self, raw: bytes, now: datetime) -> dict[str, Any]:
        """What one mail did: its ticket (None if it has none), the outcome and why. Changes the throw-away store."""
        incoming = take_in(raw, self._setting, inbox=self._inbox, received_at=now)
        if isinstance(incoming, Unreadable):
            return {"ticket": None, "outcome": "quarantined", "why": incoming.reason, "kind": Kind.UNREADABLE.value}
        while True:
            known = self._desk.lookup(incoming.keys, now)
            decision = decide(Case(incoming=incoming, known=known, setting=self._setting, now=now, fresh=self._fresh))
            try:
                self._desk.commit(decision, now)
            except Duplicate:
                continue
            break
        numbers = [m.ticket for m in decision.messages]
        ticket = numbers[0] if numbers else known.seen_ticket
        return {
            "ticket": ticket,
            "outcome": decision.outcome,
            "why": decision.reason,
            "kind": incoming.screening.kind.value,
            "subject": incoming.mail.subject,
            "from": incoming.sender.address,
            "merged": [list(move) for move in decision.moves],
        }


def settle_merges(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a replay with every ticket that was merged later replaced by the one that it went into."""
    listed = list(rows)
    into = {source: target for row in listed for source, target in row.get("merged", ())}

    def last(number: int | None) -> int | None:
        while number in into:
            number = into[number]
        return number

    return [{**row, "ticket": last(row.get("ticket"))} for row in listed]


def _mail(incoming: Incoming) -> dict[str, Any]:
    mail, screening = incoming.mail, incoming.screening
    return {
        "kind": screening.kind.value,
        "reason": screening.reason,
        "may_answer": screening.may_answer,
        "subject": mail.subject,
        "message_id": mail.message_id,
        "date": mail.date,
        "from": _addresses(mail.from_),
        "to": _addresses(mail.to),
        "cc": _addresses(mail.cc),
        "reply_to": _addresses(mail.reply_to),
        "in_reply_to": list(mail.in_reply_to),
        "references": list(mail.references),
        "text": mail.text,
        "new_text": incoming.new_text,
        "attachments": [_attachment(a) for a in mail.attachments],
        "bounce": _bounce(incoming.bounce),
        "defects": list(mail.defects),
        "sender": incoming.who.standing.value,
        "results": incoming.standing.value if incoming.standing is not None else None,
        "forwarded": _forwarded(forwarded(mail)),
    }


def _consequences(decision: Decision) -> dict[str, Any]:
    ticket = decision.tickets[0] if decision.tickets else None
    promise = decision.promises[0] if decision.promises else None
    return {
        "outcome": decision.outcome,
        "why": decision.reason,
        "priority": None
        if ticket is None
        else {
            "level": ticket.priority,
            "sure": ticket.sure,
            "urgency": ticket.urgency,
            "felt": FELT.get(ticket.urgency),
            "why": ticket.why,
        },
        "language": ticket.language if ticket else None,
        "category": ticket.category if ticket else None,
        "office": told_of(ticket) if ticket else None,
        "silent": ticket.mute.reason if ticket and ticket.mute else None,
        "letters": [
            {"letter": o.name, "kind": o.kind.value, "to": o.to.address, "states": _moment(o.fields.get("due"))}
            for o in decision.outgoing
        ],
        "promise": None if promise is None else {"due": promise.due.astimezone(UTC), "stated_by": promise.stated_by},
    }


def _moment(field: object) -> datetime | None:
    return datetime.fromisoformat(field) if isinstance(field, str) else None


def _addresses(addresses: Iterable[Address]) -> list[dict[str, str | None]]:
    return [{"name": a.name, "address": a.address} for a in addresses]


def _attachment(attachment: Attachment) -> dict[str, Any]:
    return {
        "name": attachment.name,
        "type": attachment.type,
        "sha256": attachment.sha256,
        "size": attachment.size,
        "machinery": attachment.machinery,
    }


def _forwarded(found: Forwarded | None) -> dict[str, Any] | None:
    if found is None:
        return None
    sender = None if found.sender is None else {"name": found.sender.name, "address": found.sender.address}
    return {"from": sender, "date": found.date, "subject": found.subject, "text": found.text}


def _bounce(bounce: Bounce | None) -> dict[str, Any] | None:
    if bounce is None:
        return None
    return {
        "recipients": [{"address": r.address, "status": r.status, "permanent": r.permanent} for r in bounce.recipients],
        "original_message_id": bounce.original_message_id,
        "delayed": bounce.delayed,
    }
