"""The digest: one mail instead of many notices, with all that is needed to act on each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from mailbot.core.actions.unproven_followup import Doubt
from mailbot.core.intake.tokens import TokenKind
from mailbot.core.letters.build import iso, readers
from mailbot.core.letters.reply_links import one_tap, to_write
from mailbot.core.letters.team_notes import on_one_line
from mailbot.core.letters.who_has_it import holder
from mailbot.core.model.desk_notices import BEGAN, DigestNotice
from mailbot.core.model.letter_kinds import Gathered, kind_of
from mailbot.core.model.outgoing import Outgoing
from mailbot.core.model.policy import Policy
from mailbot.core.model.promise import Promise
from mailbot.core.model.team_notices import NotesNotice
from mailbot.core.model.ticket import Ticket
from mailbot.core.promises.business_hours import next_open
from mailbot.core.rules.setting import Setting
from mailbot.core.sending.crowds import sender_of
from mailbot.core.sending.withdrawn import WAITED

MOST = 500
"""The most notices in one digest; the next one tells the rest."""

_LEAST_WORDS, _MOST_WORDS, _ALL_WORDS = 160, 1500, 30_000  # characters of each of their texts, and of all together
_ASK = "/status"
_AGAIN = timedelta(hours=1)
_FILES = ("attachments", "left_out")


@dataclass(frozen=True, slots=True)
class Stand:
    """How the tickets that a digest tells of stand when it is written, and what is promised there, by number."""

    tickets: Mapping[int, Ticket] = field(default_factory=dict)
    promises: Mapping[int, Promise] = field(default_factory=dict)


_UNKNOWN = Stand()


def digests(
    notices: Sequence[Outgoing], setting: Setting, now: datetime, *, stand: Stand = _UNKNOWN, planned: bool = False
) -> list[tuple[Sequence[Outgoing], Outgoing]]:
    """The mails that tell these notices of one reader, and which of them each tells.

    If all of them say what colleagues did, one for each ticket, in its conversation; else one digest. `planned`: they
    waited because their reader wants it so, who gets one mail in any case where several tickets are told of, and a
    single notice as it is, as long as it still matters.
    """
    began = any(one.fields.get(BEGAN) for one in notices)
    if planned and not began and len(notices) == 1 and kind_of(notices[0]).gathered is not Gathered.LINE:
        now_so = _stands(notices[0], stand, setting, now)
        if not now_so.pop("over", False):
            one = notices[0]
            alone = replace(one, key=f"{WAITED}{one.key}", not_before=now, fields={**one.fields, **now_so})
            return [(notices, alone)]
    by_ticket: dict[int, list[Outgoing]] = {}
    for one in notices:
        by_ticket.setdefault(one.ticket or 0, []).append(one)
    if any(kind_of(one).gathered is not Gathered.LINE for one in notices) or (planned and len(by_ticket) > 1):
        return [(notices, digest(notices, setting, now, stand=stand, planned=planned))]
    return [(of, _lines(of, now)) for of in by_ticket.values()]


def _lines(notices: Sequence[Outgoing], now: datetime) -> Outgoing:
    """What colleagues did on one ticket, in the order in which they did it."""
    newest = notices[-1]
    lines = [
        {
            "at": iso(one.not_before),
            "by": one.fields.get("by") or "",
            "note": one.fields.get("note") or "",
            "done": one.fields.get("done") or [],
        }
        for one in notices
    ]
    notice = NotesNotice(lines=lines)
    key = f"{WAITED}{notices[0].key}"
    return replace(newest, key=key, name=notice.letter, not_before=now, fields={**newest.fields, **notice.as_fields()})


def digest(
    notices: Sequence[Outgoing], setting: Setting, now: datetime, *, stand: Stand = _UNKNOWN, planned: bool = False
) -> Outgoing:
    """One notice that stands for all of these, at least one, of one reader: by ticket, the weightiest first.

    Its key is that of the first of them, so that no two digests stand for it.
    """
    first = notices[0]
    room = min(max(_ALL_WORDS // len(notices), _LEAST_WORDS), _MOST_WORDS)
    by_ticket: dict[int, list[Outgoing]] = {}
    for one in notices:
        by_ticket.setdefault(one.ticket or 0, []).append(one)
    tickets = sorted((_ticket(of, setting, room, stand, now) for of in by_ticket.values()), key=_weight)
    due = sorted((one["due"], one["ticket"]) for one in tickets if one["due"] and not one["over"])
    senders = {sender_of(one) for one in notices}
    kept = {name: first.fields[name] for name in ("desk", "brand", "agent", "to_the_second") if name in first.fields}
    notice = DigestNotice(
        count=len(notices),
        tickets=tickets,
        urgent=sum(1 for one in tickets if one["priority"] <= 2),
        priority=tickets[0]["priority"],
        all_from=next(iter(senders)) if len(senders) == 1 else None,
        since=min(one.not_before for one in notices) if planned else None,
        began=any(one.fields.get(BEGAN) for one in notices),
        first=due[0][1] if due else None,
        first_due=datetime.fromisoformat(due[0][0]) if due else None,
    )
    return replace(
        first,
        key=f"{WAITED}{first.key}",
        name=notice.letter,
        ticket=None,
        subject="",
        in_reply_to=None,
        references=(),
        reply_token=None,
        message_token=None,
        promise=None,
        attach=(),
        not_before=now,
        fields={**kept, **notice.as_fields()},
    )


def while_away(reader: str, tickets: Sequence[Ticket], policy: Policy, now: datetime) -> datetime | None:
    """Until when what waits for an agent waits once more, since they are away; None if it is to be told.

    Only what waited because they wanted it so, and only where somebody else has heard of each ticket, and will. It is looked
    at again within the hour, as they may be back at any time.
    """
    agent = policy.agent_of(reader)
    if agent is None or agent.id not in policy.away or (agent.hours is None and agent.digest is None):
        return None
    there = replace(policy, away={})
    for one in tickets:
        if agent in readers(policy, one) or all(other is agent for other in readers(there, one)):
            return None
    again = now + _AGAIN
    return again if agent.hours is None else next_open(again, agent.hours)


def _weight(ticket: Mapping[str, Any]) -> tuple[int, int]:
    return ticket["priority"], ticket["ticket"]


def _ticket(notices: Sequence[Outgoing], setting: Setting, room: int, stand: Stand, now: datetime) -> dict[str, Any]:
    """What a digest tells of one ticket, as it stands now, or else as the newest of its notices knows it."""
    newest = notices[-1]
    fields = {**newest.fields, **_stands(newest, stand, setting, now)}
    return {
        "ticket": newest.ticket or 0,
        "priority": fields.get("priority", 5),
        "customer": fields.get("customer") or {"name": "", "address": ""},
        "subject": newest.subject,
        "due": fields.get("due"),
        "assignee": fields.get("assignee"),
        "mine": fields.get("mine", False),
        "taken": fields.get("taken"),
        "away": fields.get("away"),
        "over": fields.get("over", False),
        "mute": fields.get("mute"),
        "mails": [_mail(one, room) for one in notices],
        "notes": _notes(notices),
        **_way_to_answer(newest, setting),
    }


def _stands(notice: Outgoing, stand: Stand, setting: Setting, now: datetime) -> dict[str, Any]:
    """What may have changed since a notice of a ticket was decided."""
    ticket, promise = stand.tickets.get(notice.ticket or 0), stand.promises.get(notice.ticket or 0)
    if ticket is None:
        return {}
    has_it = holder(setting.policy, ticket, notice.agent, now)
    return {
        "priority": ticket.priority,
        "due": None if promise is None else iso(promise.due),
        "assignee": has_it.name,
        "mine": has_it.mine,
        "taken": iso(has_it.since),
        "away": None if has_it.away is None else has_it.away.field,
        "over": not ticket.unresolved,
        "state": ticket.state.value,
        "mute": None if ticket.mute is None or not ticket.unresolved else ticket.mute.reason.field,
    }


def _notes(notices: Sequence[Outgoing]) -> list[Any]:
    """The latest notes on the ticket, but for those that are themselves among what is told."""
    told = {on_one_line(str(one.fields.get("note") or "")) for one in notices}
    return [note for note in notices[-1].fields.get("notes") or () if note["words"] not in told]


def _mail(notice: Outgoing, room: int) -> dict[str, Any]:
    fields = notice.fields
    forged, doubted = bool(fields.get("forged")), bool(fields.get("warning"))
    text = " ".join(str(fields.get("text") or fields.get("note") or "").split())
    return {
        "kind": notice.name,
        "words": text if len(text) <= room else text[: room - 1].rsplit(" ", 1)[0] + "…",
        "files": sum(len(fields.get(name) or ()) for name in _FILES),
        "promised": fields.get("promised"),
        "from": fields.get("from") if fields.get("stranger") or forged else None,
        "doubt": str(Doubt.FORGED if forged else Doubt.UNCONFIRMED) if doubted else None,
        "reason": fields.get("reason"),
        "by": fields.get("by"),
        "done": fields.get("done") or [],
    }


def _way_to_answer(notice: Outgoing, setting: Setting) -> dict[str, Any]:
    """The link that opens a reply; if signed addresses do not reach us, one that asks for a notice to reply to."""
    inbox = setting.policy.inboxes.get(notice.inbox)
    token = setting.signer.read(notice.reply_token) if notice.reply_token else None
    if inbox is None or token is None or notice.ticket is None:
        return {"answer": None, "ask": None}
    if token.kind is TokenKind.TEAM:
        token = replace(token, kind=TokenKind.AGENT)  # the link says that it answers the customer
    if not setting.policy.subaddress:
        link = one_tap(setting.policy, inbox, token, setting.signer, key=notice.key, ticket=notice.ticket, line=_ASK)
        return {"answer": None, "ask": link}
    link = to_write(setting.policy, inbox, token, setting.signer, subject=notice.subject, ticket=notice.ticket)
    return {"answer": link, "ask": None}
