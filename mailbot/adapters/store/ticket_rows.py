"""Turns tickets into rows and back."""

from __future__ import annotations

from mailbot.adapters.store.rows import Row, Values, account_from
from mailbot.core.model.mail import Address
from mailbot.core.model.reason import stored_reason, why
from mailbot.core.model.silence import Mute, Silence
from mailbot.core.model.ticket import Look, LookFor, Ticket, TicketState


def ticket_values(ticket: Ticket) -> Values:
    """The columns of a ticket, without `version` and `merged_into`, which the store alone counts and sets."""
    return {
        "number": ticket.number,
        "inbox": ticket.inbox,
        "subject": ticket.subject,
        "requester": ticket.requester.key,
        "requester_name": ticket.requester.name,
        "requester_address": ticket.requester.address,
        "participants": ticket.participants,
        "state": ticket.state.value,
        "waiting_for": ticket.waiting_for,
        "waiting_until": ticket.waiting_until,
        "priority": ticket.priority,
        "sure": ticket.sure,
        "urgency": ticket.urgency,
        "category": ticket.category,
        "why": "" if ticket.why is None else str(ticket.why),
        "tags": ticket.tags,
        "assignee": ticket.assignee,
        "taken_at": ticket.taken_at,
        "language": ticket.language,
        "utc_offset": ticket.utc_offset,
        "zone_name": ticket.zone_name,
        "mute": ticket.mute.kind.value if ticket.mute is not None else None,
        "mute_reason": str(ticket.mute.reason) if ticket.mute is not None else None,
        "answers": ticket.answers,
        "last_answer_by": ticket.last_answer_by,
        "covers": ticket.covers,
        "reminders": ticket.reminders,
        "plan": ticket.plan,
        "workaround": ticket.workaround,
        "eta": ticket.eta,
        "eta_at": ticket.eta_at,
        "promised": ticket.promised,
        "kept": ticket.kept,
        "thread": ticket.thread,
        "opened_at": ticket.opened_at,
        "first_word_at": ticket.first_word_at,
        "last_word_at": ticket.last_word_at,
        "resolved_at": ticket.resolved_at,
        "look_at": ticket.look.at if ticket.look is not None else None,
        "look_for": ticket.look.kind.value if ticket.look is not None else None,
    }


def ticket_from(row: Row) -> Ticket:
    """A ticket, from a row that has every column of `schema.ticket`."""
    return Ticket(
        number=row["number"],
        version=row["version"],
        inbox=row["inbox"],
        subject=row["subject"],
        requester=Address(name=row["requester_name"], address=row["requester_address"]),
        participants=tuple(row["participants"]),
        state=TicketState(row["state"]),
        waiting_for=row["waiting_for"],
        waiting_until=row["waiting_until"],
        priority=row["priority"],
        sure=row["sure"],
        urgency=row["urgency"],
        category=row["category"],
        why=account_from(row["why"]),
        tags=tuple(row["tags"]),
        assignee=row["assignee"],
        taken_at=row["taken_at"],
        language=row["language"],
        utc_offset=row["utc_offset"],
        zone_name=row["zone_name"],
        mute=_mute(row["mute"], row["mute_reason"]),
        answers=row["answers"],
        last_answer_by=row["last_answer_by"],
        covers=row["covers"],
        reminders=row["reminders"],
        plan=row["plan"],
        workaround=row["workaround"],
        eta=row["eta"],
        eta_at=row["eta_at"],
        promised=row["promised"],
        kept=row["kept"],
        thread=tuple(row["thread"]),
        opened_at=row["opened_at"],
        first_word_at=row["first_word_at"],
        last_word_at=row["last_word_at"],
        resolved_at=row["resolved_at"],
        look=Look(LookFor(row["look_for"]), row["look_at"]) if row["look_at"] is not None else None,
    )


def _mute(kind: str | None, reason: str | None) -> Mute | None:
    if kind is None:
        return None
    return Mute(Silence(kind), stored_reason(reason or "") or why("mute.said", words=reason or kind))
