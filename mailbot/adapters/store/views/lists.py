"""What people ask the store: the lists and summaries of the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import LargeBinary, Select, Table, case, func, or_, select

from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.rows import event_from, message_from, outbox_row_from, promise_from
from mailbot.adapters.store.schema import (
    PROMISE_IS_OPEN,
    event,
    inbound,
    inbound_raw,
    mailbox,
    message,
    outbox,
    outbox_raw,
    promise,
    ticket,
)
from mailbot.adapters.store.ticket_rows import ticket_from
from mailbot.adapters.store.views.reports import Reports
from mailbot.core.model.event import Event
from mailbot.core.model.message import Message
from mailbot.core.model.outgoing import OutboxState
from mailbot.core.model.promise import Promise, PromiseState
from mailbot.core.model.ticket import LookFor, Ticket, TicketState
from mailbot.ports import OutboxRow

_ONLY_A_PERSON = case((ticket.c.look_for == LookFor.REMIND_AGENTS.value, 0), else_=1)  # 0 before 1


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketPage:
    """All that is known of one ticket and of those that were merged into it, oldest first.

    `ticket.number` differs from the requested one if that was merged.
    """

    ticket: Ticket
    messages: tuple[Message, ...]
    promises: tuple[Promise, ...]
    events: tuple[Event, ...]
    outgoing: tuple[OutboxRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxRow:
    """One watched mailbox: its baseline, the UID to look at next, and when its newest mail was stored.

    `since` is when the desk first watched it, `renewed` whether its server gave it new UIDs after that.
    """

    name: str
    uidvalidity: int
    uidnext: int
    cursor: int
    since: datetime | None
    renewed: bool
    last_received_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class InboundRow:
    """One mail as it came in, without its bytes. `state`: stored, claimed, done or quarantined."""

    id: int
    mailbox: str
    uid: int
    state: str
    attempts: int
    received_at: datetime
    size: int
    outcome: str | None
    reason: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """Counts: mails by state, outgoing mails by kind and state, promises by state, tickets by state."""

    inbound: Mapping[str, int]
    outbox: Mapping[tuple[str, str], int]
    promises: Mapping[str, int]
    tickets: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Which:
    """What tickets must meet, all of it. `states` and `priorities`: any of these, () for all; `of`: who has it, "" for nobody;
    `due`: an open promise is due before that moment; `since`: opened at it or later.
    """

    states: tuple[TicketState, ...] = ()
    of: str | None = None
    priorities: tuple[int, ...] = ()
    due: datetime | None = None
    since: datetime | None = None


class DeskLists:
    """Reads for people, not used to handle mail. Every method may raise StoreDown."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.reports = Reports(database)

    def tickets(self, state: TicketState | None = None, limit: int = 100) -> list[Ticket]:
        """Tickets, the most pressing first: by priority, then the oldest. Those merged into another are left out.

        First come those whose customer waits and may be written to only by a person: nothing else reminds of them.
        """
        query = select(ticket).where(ticket.c.merged_into.is_(None))
        if state is not None:
            query = query.where(ticket.c.state == state.value)
        query = query.order_by(_ONLY_A_PERSON, ticket.c.priority, ticket.c.opened_at, ticket.c.number).limit(limit)
        with self._database.read() as connection:
            return [ticket_from(row) for row in connection.execute(query).mappings()]

    def chosen(self, which: Which, limit: int = 100) -> list[Ticket]:
        """The tickets that meet all of it, in the order of `tickets`."""
        query = select(ticket).where(ticket.c.merged_into.is_(None))
        if which.states:
            query = query.where(ticket.c.state.in_([state.value for state in which.states]))
        if which.of is not None:
            query = query.where(ticket.c.assignee == which.of if which.of else ticket.c.assignee.is_(None))
        if which.priorities:
            query = query.where(ticket.c.priority.in_(which.priorities))
        if which.due is not None:
            soon = select(promise.c.ticket).where(PROMISE_IS_OPEN, promise.c.due <= which.due)
            query = query.where(ticket.c.number.in_(soon))
        if which.since is not None:
            query = query.where(ticket.c.opened_at >= which.since)
        query = query.order_by(_ONLY_A_PERSON, ticket.c.priority, ticket.c.opened_at, ticket.c.number).limit(limit)
        with self._database.read() as connection:
            return [ticket_from(row) for row in connection.execute(query).mappings()]

    def in_heap(self) -> int:
        """How many tickets are in the spam heap."""
        query = select(func.count()).select_from(ticket).where(ticket.c.state == TicketState.SPAM.value)
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()

    def ticket(self, number: int) -> TicketPage | None:
        """One ticket with its messages, promises, events and outgoing mails; None if there is none.

        A merged number shows the ticket that it was merged into.
        """
        with self._database.read() as connection:
            row = connection.execute(select(ticket).where(ticket.c.number == number)).mappings().first()
            if row is not None and row["merged_into"] is not None:
                row = connection.execute(select(ticket).where(ticket.c.number == row["merged_into"])).mappings().first()
            if row is None:
                return None
            found = ticket_from(row)
            numbers = select(ticket.c.number).where(
                or_(ticket.c.number == found.number, ticket.c.merged_into == found.number)
            )
            mine = {table: table.c.ticket.in_(numbers) for table in (message, promise, event, outbox)}
            messages = connection.execute(
                select(message).where(mine[message]).order_by(message.c.received_at, message.c.id)
            ).mappings()
            promises = connection.execute(
                select(promise).where(mine[promise]).order_by(promise.c.made_at, promise.c.id)
            ).mappings()
            events = connection.execute(select(event).where(mine[event]).order_by(event.c.id)).mappings()
            outgoing = connection.execute(_outgoing().where(mine[outbox]).order_by(outbox.c.id)).mappings()
            return TicketPage(
                ticket=found,
                messages=tuple(message_from(one) for one in messages),
                promises=tuple(promise_from(one) for one in promises),
                events=tuple(event_from(one) for one in events),
                outgoing=tuple(outbox_row_from(one, one["raw"]) for one in outgoing),
            )

    def promises(self, state: PromiseState | None = PromiseState.OPEN, limit: int = 100) -> list[Promise]:
        """Promises, the earliest due first; None for those of every state."""
        query = select(promise).order_by(promise.c.due, promise.c.id).limit(limit)
        if state is not None:
            query = query.where(promise.c.state == state.value)
        with self._database.read() as connection:
            return [promise_from(row) for row in connection.execute(query).mappings()]

    def outbox(self, state: OutboxState | None = None, limit: int = 100) -> list[OutboxRow]:
        """Outgoing mails, the newest first; None for those of every state."""
        query = _outgoing().order_by(outbox.c.id.desc()).limit(limit)
        if state is not None:
            query = query.where(outbox.c.state == state.value)
        with self._database.read() as connection:
            return [outbox_row_from(row, row["raw"]) for row in connection.execute(query).mappings()]

    def inbound(self, state: str | None = None, limit: int = 100) -> list[InboundRow]:
        """Mails as they came in, the newest first; None for those of every state."""
        columns = (inbound.c[name] for name in InboundRow.__dataclass_fields__)
        query = select(*columns).order_by(inbound.c.id.desc()).limit(limit)
        if state is not None:
            query = query.where(inbound.c.state == state)
        with self._database.read() as connection:
            return [InboundRow(**row) for row in connection.execute(query).mappings()]

    def recent_heads(self, limit: int, size: int) -> list[tuple[datetime, bytes]]:
        """When the latest mails came in, the newest first, and that many bytes from the beginning of each."""
        head = func.substr(inbound_raw.c.raw, 1, size, type_=LargeBinary)
        query = (
            select(inbound.c.received_at, head.label("head"))
            .join_from(inbound, inbound_raw, inbound_raw.c.inbound == inbound.c.id)
            .order_by(inbound.c.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return [(row.received_at, row.head) for row in connection.execute(query)]

    def whole_size(self, number: int) -> int | None:
        """The size of a stored mail whose header alone was fetched; None for any other."""
        query = select(inbound.c.size).where(inbound.c.id == number, inbound.c.oversize)
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def mailboxes(self) -> list[MailboxRow]:
        """Every mailbox that was ever watched, by name."""
        last = (
            select(inbound.c.received_at)
            .where(inbound.c.mailbox == mailbox.c.name)
            .order_by(inbound.c.uidvalidity.desc(), inbound.c.uid.desc())
            .limit(1)
            .scalar_subquery()
            .label("last_received_at")
        )
        with self._database.read() as connection:
            rows = connection.execute(select(mailbox, last).order_by(mailbox.c.name)).mappings()
            return [MailboxRow(**row) for row in rows]

    def totals(self) -> Totals:
        """Counts for a summary line; reads whole tables, so not for a loop."""
        with self._database.read() as connection:
            kinds = connection.execute(
                select(outbox.c.kind, outbox.c.state, func.count().label("many")).group_by(
                    outbox.c.kind, outbox.c.state
                )
            )
            by_kind = {(row.kind, row.state): row.many for row in kinds}
            by_state = {
                table: {row.state: row.many for row in connection.execute(_by_state(table))}
                for table in (inbound, promise, ticket)
            }
        return Totals(inbound=by_state[inbound], outbox=by_kind, promises=by_state[promise], tickets=by_state[ticket])


def _outgoing() -> Select[tuple[object, ...]]:
    return select(outbox, outbox_raw.c.raw).select_from(
        outbox.outerjoin(outbox_raw, outbox_raw.c.outbox == outbox.c.id)
    )


def _by_state(table: Table) -> Select[tuple[str, int]]:
    return select(table.c.state, func.count().label("many")).group_by(table.c.state)
