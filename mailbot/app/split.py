"""Ties the splitting of a ticket to the command line: the mail is read again, decided as a new matter, and stored at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailbot.adapters.clock import WallClock
from mailbot.adapters.ids import StoreIds
from mailbot.adapters.store.sql_store import SqlStore, open_store
from mailbot.app.live import open_live
from mailbot.config import Config
from mailbot.core.actions.case import Case
from mailbot.core.actions.split import cannot_split, found_in, split_off
from mailbot.core.decide import take_in
from mailbot.core.intake.incoming import Incoming
from mailbot.core.intake.read import ReadLimits
from mailbot.core.model.decision import Decision
from mailbot.core.model.mail import Unreadable
from mailbot.core.model.message import Message
from mailbot.core.model.outgoing import OutgoingKind
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.silence import Mute
from mailbot.core.model.ticket import Ticket
from mailbot.core.rules.setting import FreshIds, Setting
from mailbot.errors import Conflict

_TRIES = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """What came of it: the mail `message` of ticket `source` is `ticket`, whose customer was written to as `letter`.

    Without a letter `mute` says why none goes; `due` is when they hear from a person, if a time was told.
    """

    source: int
    message: str
    ticket: int
    customer: str
    subject: str
    priority: int
    letter: str | None
    due: datetime | None
    mute: Mute | None


def split_ticket(config: Config, number: int, given: str) -> Split | Reason:
    """Move one mail of a ticket, named by its id or Message-ID, to a ticket of its own; a Reason where it cannot go.

    One commit: killed before it nothing was changed, and killed after it all was. Whoever changes the ticket meanwhile,
    the running desk among them, makes it look again.
    """
    setting = open_live(config).current()
    store = open_store(config.database_url)
    # A block of numbers is for a process that goes on.
    fresh = StoreIds(lambda _: store.numbers(1))
    try:
        for _ in range(_TRIES):
            try:
                return split_in(store, setting, number, given, now=WallClock().now(), fresh=fresh)
            except Conflict:
                continue
        raise Conflict(f"ticket {number} was changed by somebody else {_TRIES} times")
    finally:
        store.close()


def split_in(
    store: SqlStore, setting: Setting, number: int, given: str, *, now: datetime, fresh: FreshIds
) -> Split | Reason:
    """The same in an open store, tried once. Raises Conflict if somebody changed the ticket meanwhile."""
    page = store.lists.ticket(number)
    if page is None:
        return why("split.no-ticket", number=number)
    message = found_in(page.messages, given)
    if isinstance(message, Reason):
        return message
    if (stays := cannot_split(message, page.messages)) is not None:
        return stays
    incoming = _taken_in(store, message, page.ticket, setting)
    if isinstance(incoming, Reason):
        return incoming
    known = store.lookup(incoming.keys, now)
    decision = split_off(
        Case(incoming=incoming, known=known, setting=setting, now=now, fresh=fresh), message, page.ticket
    )
    if isinstance(decision, Reason):
        return decision
    store.commit(decision, now)
    return _told(decision, message, page.ticket)


def _taken_in(store: SqlStore, message: Message, ticket: Ticket, setting: Setting) -> Incoming | Reason:
    """The mail as it was read when it came."""
    raw = store.raw(message.inbound) if message.inbound is not None else None
    if raw is None:
        return why("split.gone", message=message.id)
    incoming = take_in(
        raw,
        setting,
        inbox=ticket.inbox,
        received_at=message.received_at,
        inbound=message.inbound,
        whole_size=store.lists.whole_size(message.inbound) if message.inbound is not None else None,
        limits=ReadLimits(size=max(ReadLimits().size, len(raw))),
    )
    return why("split.gone", message=message.id) if isinstance(incoming, Unreadable) else incoming


def _told(decision: Decision, message: Message, source: Ticket) -> Split:
    ticket = decision.tickets[0]
    return Split(
        source=source.number,
        message=message.id,
        ticket=ticket.number,
        customer=ticket.requester.address,
        subject=ticket.subject,
        priority=ticket.priority,
        letter=next((o.name for o in decision.outgoing if o.kind is OutgoingKind.LETTER), None),
        due=next((p.due for p in decision.promises if p.ticket == ticket.number), None),
        mute=ticket.mute,
    )
