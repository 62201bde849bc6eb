"""The digest: one mail instead of many notices, with all that is needed to act on each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from mailbot.core.actions.unproven_followup import Doubt
from mailbot.core.letters.compose import signed_address
from mailbot.core.letters.reply_links import mailto, one_tap
from mailbot.core.model.notice_fields import DigestNotice
from mailbot.core.model.outgoing import Outgoing
from mailbot.core.rules.setting import Setting
from mailbot.core.sending.crowds import sender_of
from mailbot.errors import TemplateError

MOST = 500
"""The most notices in one digest; the next one tells the rest."""

_LEAST_WORDS, _MOST_WORDS, _ALL_WORDS = 160, 1500, 30_000  # characters of each of their texts, and of all together
_ASK = "/status"
_FILES = ("attachments", "left_out")


def digest(notices: Sequence[Outgoing], setting: Setting, now: datetime) -> Outgoing:
    """One notice that stands for all of these, at least one, of one reader: by ticket, the weightiest first.

    Its key is that of the first of them, so that no two digests stand for it.
    """
    first = notices[0]
    room = min(max(_ALL_WORDS // len(notices), _LEAST_WORDS), _MOST_WORDS)
    by_ticket: dict[int, list[Outgoing]] = {}
    for one in notices:
        by_ticket.setdefault(one.ticket or 0, []).append(one)
    tickets = sorted((_ticket(of, setting, room) for of in by_ticket.values()), key=_weight)
    senders = {sender_of(one) for one in notices}
    kept = {name: first.fields[name] for name in ("desk", "brand", "agent", "to_the_second") if name in first.fields}
    notice = DigestNotice(
        count=len(notices),
        tickets=tickets,
        urgent=sum(1 for one in tickets if one["priority"] <= 2),
        priority=tickets[0]["priority"],
        all_from=next(iter(senders)) if len(senders) == 1 else None,
    )
    return replace(
        first,
        key=f"digest:{first.key}",
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


def _weight(ticket: Mapping[str, Any]) -> tuple[int, int]:
    return ticket["priority"], ticket["ticket"]


def _ticket(notices: Sequence[Outgoing], setting: Setting, room: int) -> dict[str, Any]:
    """What a digest tells of one ticket, as the newest of its notices knows it."""
    newest = notices[-1]
    fields = newest.fields
    return {
        "ticket": newest.ticket or 0,
        "priority": fields.get("priority", 5),
        "customer": fields.get("customer") or {"name": "", "address": ""},
        "subject": newest.subject,
        "due": fields.get("due"),
        "assignee": fields.get("assignee"),
        "mute": fields.get("mute"),
        "mails": [_mail(one, room) for one in notices],
        **_way_to_answer(newest, setting),
    }


def _mail(notice: Outgoing, room: int) -> dict[str, Any]:
    fields = notice.fields
    forged, doubted = bool(fields.get("forged")), bool(fields.get("warning"))
    text = " ".join(str(fields.get("text") or "").split())
    return {
        "kind": notice.name,
        "words": text if len(text) <= room else text[: room - 1].rsplit(" ", 1)[0] + "…",
        "files": sum(len(fields.get(name) or ()) for name in _FILES),
        "promised": fields.get("promised"),
        "from": fields.get("from") if fields.get("stranger") or forged else None,
        "doubt": str(Doubt.FORGED if forged else Doubt.UNCONFIRMED) if doubted else None,
        "reason": fields.get("reason"),
    }


def _way_to_answer(notice: Outgoing, setting: Setting) -> dict[str, Any]:
    """The link that opens a reply; if signed addresses do not reach us, one that asks for a notice to reply to."""
    inbox = setting.policy.inboxes.get(notice.inbox)
    token = setting.signer.read(notice.reply_token) if notice.reply_token else None
    if inbox is None or token is None or notice.reply_token is None or notice.ticket is None:
        return {"answer": None, "ask": None}
    if not setting.policy.subaddress:
        link = one_tap(setting.policy, inbox, token, setting.signer, key=notice.key, ticket=notice.ticket, line=_ASK)
        return {"answer": None, "ask": link}
    try:
        address = signed_address(inbox.address, notice.reply_token)
    except TemplateError:
        address = None
    subject = f"Re: {' '.join(notice.subject.split())} [{notice.ticket}]"
    return {"answer": mailto(address, subject=subject, body="") if address else None, "ask": None}
