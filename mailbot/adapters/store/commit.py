"""Stores one decision whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, bindparam, delete, func, literal, or_, select, text, update
from sqlalchemy.exc import IntegrityError

from mailbot.adapters.store.absences import Absences
from mailbot.adapters.store.alerts import AlertEntry
from mailbot.adapters.store.columns import short
from mailbot.adapters.store.confirmed_addresses import Addressees
from mailbot.adapters.store.daily_pages import PageEntry
from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.notice_digests import Entry, withdraw
from mailbot.adapters.store.rows import (
    customer_values,
    event_values,
    goodwill_values,
    message_values,
    promise_values,
    ref_values,
)
from mailbot.adapters.store.schema import (
    PROMISE_IS_OPEN,
    customer,
    event,
    goodwill,
    inbound,
    message,
    promise,
    ref,
    ticket,
)
from mailbot.adapters.store.search import enter, entries
from mailbot.adapters.store.ticket_rows import ticket_values
from mailbot.core.model.decision import Decision
from mailbot.core.model.goodwill import BUDGET_FOR, Goodwill, GoodwillState
from mailbot.core.model.message import Message
from mailbot.core.model.promise import Promise, PromiseState
from mailbot.core.model.refs import MOST_OF_AN_ID
from mailbot.core.model.ticket import Ticket
from mailbot.core.sending.withdrawn import withdrawn
from mailbot.errors import ClaimLost, Conflict, Duplicate
from mailbot.ports import Claim

if TYPE_CHECKING:
    from sqlalchemy import Connection

_DONE = (
    update(inbound)
    .where(inbound.c.id == bindparam("number"), inbound.c.token == bindparam("claim"), inbound.c.state == "claimed")
    .values(
        state=bindparam("new_state"),
        open_at=None,
        token=None,
        holder=None,
        ended_at=bindparam("now"),
        outcome=bindparam("new_outcome"),
        reason=bindparam("new_reason"),
    )
)
_CHUNK = 500
_REF_KEY = [ref.c.message_id, ref.c.sender, ref.c.ticket]
_PARTS = [f for f in fields(Decision) if f.name not in ("outcome", "reason")]
_LED = select(ref.c.message_id, ref.c.ticket).where(
    ref.c.message_id.in_(bindparam("ids", expanding=True)), ref.c.sender.in_(bindparam("senders", expanding=True))
)
# Two transactions about the same thing take turns, so that the second sees what the first has stored.
_TURNS = text(
    "SELECT pg_advisory_xact_lock(h) FROM "
    "(SELECT hashtextextended(id, 0) AS h FROM unnest(CAST(:ids AS text[])) AS id ORDER BY h) AS locks"
)
_CHANGED = [column for column in ticket.c if column.name not in ("number", "version", "merged_into")]
_CHANGE_TICKET = (
    update(ticket)
    .where(ticket.c.number == bindparam("old_number"), ticket.c.version == bindparam("old_version"))
    .values(
        {**{column: bindparam(f"new_{column.name}") for column in _CHANGED}, ticket.c.version: ticket.c.version + 1}
    )
)
_NEW_TICKET = ticket.insert().values(version=1)
_NEW_MESSAGE = message.insert()
_NEW_EVENT = event.insert().inline()


class Commits:
    """Implements the writing half of `ports.DeskStore`."""

    def __init__(self, database: Database) -> None:
        self._commits = database
        self._addressees = Addressees(database)
        new_promise = database.insert(promise)
        self._promise = new_promise.on_conflict_do_update(
            index_elements=[promise.c.id],
            set_={column: new_promise.excluded[column.name] for column in promise.c if column.name != "id"},
            # A promise ends once. Whoever decided on an older view of it must look again.
            where=or_(PROMISE_IS_OPEN, promise.c.state == new_promise.excluded.state),
        ).returning(promise.c.id)
        new_customer = database.insert(customer)
        self._customer = new_customer.on_conflict_do_update(
            index_elements=[customer.c.address],
            set_={"name": new_customer.excluded.name, "undeliverable": new_customer.excluded.undeliverable},
        )
        new_ref = database.insert(ref)
        self._ref = new_ref.on_conflict_do_update(
            index_elements=_REF_KEY, set_={"message": func.coalesce(ref.c.message, new_ref.excluded.message)}
        )
        new_goodwill = database.insert(goodwill)
        self._goodwill = new_goodwill.on_conflict_do_update(
            index_elements=[goodwill.c.id],
            set_={"state": new_goodwill.excluded.state, "approved_by": new_goodwill.excluded.approved_by},
        )
        self._enter = Entry(database)
        self._page_entry = PageEntry(database)
        self._absences = Absences(database)
        self._alert_entry = AlertEntry(database)

    def commit(self, decision: Decision, now: datetime, claim: Claim | None = None) -> None:
        """See `ports.DeskStore.commit`.

        Reopening an ended promise or ending it in another way is a Conflict, as is a second open promise for one
        ticket.
        `moves` come last and take along what this decision adds, and the open promise. With the outcome `quarantined`
        the inbound row is not done but quarantined.
        """
        self._commit(decision, () if claim is None else ((decision, claim),), now)

    def commit_all(self, decided: Sequence[tuple[Decision, Claim]], now: datetime) -> None:
        """See `ports.DeskStore.commit_all`: what the decisions have in common is written by one statement."""
        self._commit(_together([decision for decision, _ in decided]), decided, now)

    def _commit(self, decision: Decision, claims: Sequence[tuple[Decision, Claim]], now: datetime) -> None:
        words = entries(decision.messages)
        try:
            with self._commits.write() as connection:
                for of, claim in claims:
                    _finish(connection, claim, of, now)
                self._store(connection, decision, now)
                enter(connection, words)
        except IntegrityError as error:
            raise _translate(error) from error

    def _store(self, connection: Connection, decision: Decision, now: datetime) -> None:
        if decision.asked:
            _unchanged(connection, decision)
        _tickets(connection, decision.tickets)
        if decision.customers:
            connection.execute(self._customer, [customer_values(one) for one in decision.customers])
        if decision.confirmed:
            self._addressees.confirm(connection, decision.confirmed)
        if decision.doubted:
            self._addressees.doubt(connection, decision.doubted)
        if decision.messages:
            connection.execute(_NEW_MESSAGE, [message_values(one) for one in decision.messages])
        for source, stored in decision.splits:
            _split(connection, source, stored, [r.message_id for r in decision.refs if r.by == stored.from_.key])
        # What ends comes before what opens: at no moment may a ticket have two open promises.
        for one in sorted(decision.promises, key=_is_open):
            if connection.execute(self._promise, promise_values(one)).first() is None:
                raise Conflict(f"promise {one.id} has ended already")
        if decision.absences or decision.back:
            self._absences.store(connection, decision.absences, decision.back)
        self._alert_entry.all(connection, decision, now)
        if decision.goodwill:
            for line in decision.goodwill:
                self._budget_unchanged(connection, line)
            connection.execute(self._goodwill, [goodwill_values(one) for one in decision.goodwill])
        if decision.refs:
            # Sorted, so that two transactions on PostgreSQL wait for each other in one order only.
            refs = sorted(map(ref_values, decision.refs), key=lambda r: (r["message_id"], r["sender"], r["ticket"]))
            connection.execute(self._ref, refs)
        if decision.events:
            connection.execute(_NEW_EVENT, [event_values(one) for one in decision.events])
        if decision.outgoing:
            self._enter.all(connection, decision.outgoing, now)
        if decision.pages:
            self._page_entry.all(connection, decision.pages)
        if decision.release:
            connection.execute(update(message).where(message.c.id.in_(decision.release)).values(held=None))
        for held, number, internal in decision.put:
            still = update(message).where(message.c.id == held, message.c.held.is_not(None))
            if connection.execute(still.values(held=None, ticket=number, internal=internal)).rowcount != 1:
                raise Conflict(f"message {held} is held no longer")
        for source, target in decision.moves:
            self._move(connection, source, target)
        # After that, so that those of a merged ticket are found under the one that it became part of.
        if pointless := withdrawn(decision):
            withdraw(connection, pointless, now)

    def _budget_unchanged(self, connection: Connection, line: Goodwill) -> None:
        """Conflict if the agent's budget has paid for something since it was found to be enough for this line."""
        if not line.from_budget:
            return
        if not self._commits.sqlite:
            # Two gifts on two tickets share no locked row. SQLite lets in one writer at a time anyway.
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"goodwill:{line.agent}"))))
        paid = select(goodwill.c.id).where(
            goodwill.c.agent == line.agent,
            goodwill.c.at > line.at - BUDGET_FOR,
            goodwill.c.currency == line.currency,
            goodwill.c.state == GoodwillState.GRANTED.value,
            goodwill.c.approved_by.is_(None),
        )
        if not {row.id for row in connection.execute(paid)} <= line.after | {line.id}:
            raise Conflict(f"the budget of {line.agent} has paid for something else meanwhile")

    def _move(self, connection: Connection, source: int, target: int) -> None:
        connection.execute(update(message).where(message.c.ticket == source).values(ticket=target))
        moved = self._commits.insert(ref).from_select(
            ["message_id", "sender", "ticket", "message"],
            select(ref.c.message_id, ref.c.sender, literal(target, BigInteger), ref.c.message).where(
                ref.c.ticket == source
            ),
        )
        connection.execute(
            moved.on_conflict_do_update(
                index_elements=_REF_KEY, set_={"message": func.coalesce(ref.c.message, moved.excluded.message)}
            )
        )
        connection.execute(delete(ref).where(ref.c.ticket == source))
        # A promise that the decision forgot moves too: otherwise nobody would ever look at its ticket.
        connection.execute(update(promise).where(promise.c.ticket == source, PROMISE_IS_OPEN).values(ticket=target))
        follow = or_(ticket.c.number == source, ticket.c.merged_into == source)
        connection.execute(update(ticket).where(follow).values(merged_into=target))
        # The target may itself have been merged before, even into the source.
        connection.execute(update(ticket).where(ticket.c.number == target).values(merged_into=None))


def _split(connection: Connection, source: int, one: Message, referred: Sequence[str]) -> None:
    """Move a stored message to another ticket, with the ids that led to the old one because of it.

    `referred` are those that it merely refers to.
    """
    values = message_values(one)
    changed = {name: values[name] for name in ("ticket", "author", "note", "alike", "weighed")}
    there = update(message).where(message.c.id == one.id, message.c.ticket == source)
    if connection.execute(there.values(changed)).rowcount != 1:
        raise Conflict(f"message {one.id} lies in ticket {source} no longer")
    its_own = ref.c.message == one.id
    if one.message_id is not None:
        its_own |= (ref.c.message_id == one.message_id) & (ref.c.sender == "") & ref.c.message.is_(None)
    its_words = (ref.c.sender == one.from_.key) & ref.c.message_id.in_(referred)
    connection.execute(delete(ref).where(ref.c.ticket == source, its_own | its_words))


def _together(decisions: Sequence[Decision]) -> Decision:
    """One decision that changes what all of them do, in their order."""
    if len(decisions) == 1:
        return decisions[0]
    parts: dict[str, Any] = {f.name: tuple(chain.from_iterable(getattr(d, f.name) for d in decisions)) for f in _PARTS}
    return Decision(outcome="together", **parts)


def _unchanged(connection: Connection, decision: Decision) -> None:
    """Raise Conflict if a Message-ID that was looked up now leads to a ticket that was not known then."""
    asked = list(dict.fromkeys(map(short, decision.asked)))
    if connection.dialect.name == "postgresql":
        connection.execute(_TURNS, {"ids": asked})
    led = {(short(message_id), number) for message_id, number in decision.led}
    many = Counter(message_id for message_id, _ in led)
    senders = list(dict.fromkeys(("", *decision.asked_by)))
    for start in range(0, len(asked), _CHUNK):
        for row in connection.execute(_LED, {"ids": asked[start : start + _CHUNK], "senders": senders}):
            if (row.message_id, row.ticket) not in led and many[row.message_id] < MOST_OF_AN_ID:
                raise Conflict("a mail of the same thread was stored meanwhile")


def _finish(connection: Connection, claim: Claim, decision: Decision, now: datetime) -> None:
    done = connection.execute(
        _DONE,
        {
            "number": claim.inbound,
            "claim": claim.token,
            "new_state": "quarantined" if decision.outcome == "quarantined" else "done",
            "now": now,
            "new_outcome": decision.outcome,
            "new_reason": None if decision.reason is None else str(decision.reason),
        },
    ).rowcount
    if done != 1:
        raise ClaimLost(f"mail {claim.inbound} was claimed by another worker")


def _tickets(connection: Connection, tickets: tuple[Ticket, ...]) -> None:
    new = [ticket_values(one) for one in tickets if one.version == 0]
    if new:
        connection.execute(_NEW_TICKET, new)
    for one in sorted((t for t in tickets if t.version), key=lambda t: t.number):
        values = {f"new_{name}": value for name, value in ticket_values(one).items() if name != "number"}
        keys = {"old_number": one.number, "old_version": one.version}
        if connection.execute(_CHANGE_TICKET, values | keys).rowcount != 1:
            raise Conflict(f"ticket {one.number} was changed by another worker")


def _is_open(one: Promise) -> bool:
    return one.state is PromiseState.OPEN


def _translate(error: IntegrityError) -> Exception:
    # PostgreSQL names the constraint, SQLite the columns.
    words = getattr(getattr(error.orig, "diag", None), "constraint_name", None) or str(error.orig)
    if "uq_message_content_key" in words or "message.content_key" in words:
        return Duplicate("a message with this content key is stored already")
    if "pk_ticket" in words or "ticket.number" in words:
        return Conflict("a ticket with this number is stored already")
    if "uq_promise_open" in words or "promise.ticket" in words:
        return Conflict("the ticket has another open promise already")
    return error
