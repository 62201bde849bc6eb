"""Looks up what the desk knows that bears on one mail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, and_, bindparam, func, literal, select

from mailbot.adapters.store.absences import absences, assigned
from mailbot.adapters.store.acquaintance import acquaintances
from mailbot.adapters.store.columns import Key, Moment, Words
from mailbot.adapters.store.confirmed_addresses import addressees
from mailbot.adapters.store.counting import HOUR, counted
from mailbot.adapters.store.daily_pages import open_of_all
from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.quoted_notices import answered, notices_of
from mailbot.adapters.store.refs import refs_of
from mailbot.adapters.store.rows import (
    event_from,
    goodwill_from,
    message_from,
    pictures_of,
    promise_from,
)
from mailbot.adapters.store.schema import (
    IS_SIGNATURE,
    PROMISE_IS_OPEN,
    counter,
    event,
    goodwill,
    message,
    outbox,
    promise,
    ticket,
)
from mailbot.adapters.store.sender import RECENT, about_sender
from mailbot.adapters.store.team import ended_of, past_of, teams_of
from mailbot.adapters.store.ticket_rows import ticket_from
from mailbot.adapters.store.views.finding import find, shown
from mailbot.core.model.absence import Absence
from mailbot.core.model.event import Event
from mailbot.core.model.known import Keys, Known
from mailbot.core.model.mail import Address
from mailbot.core.model.message import Author, Message
from mailbot.core.model.promise import Promise
from mailbot.core.model.sender_proof import SenderProof
from mailbot.core.model.ticket import Ticket, TicketState
from mailbot.core.sending.limits import FORM_ACK

if TYPE_CHECKING:
    from sqlalchemy import Connection

SAID_CHARACTERS = 20_000
_MOST = 2**63 - 1
_CHUNK = 1000

_SEEN = bindparam("content_key", type_=Key)
_SEEN_BEFORE = select(message.c.ticket, message.c.message_id).where(message.c.content_key == _SEEN)
_BY_ID = select(message).where(message.c.id == bindparam("id"))
_OPEN_PROMISES = [column.label(f"p_{column.name}") for column in promise.c]
_TICKETS = (
    select(ticket, *_OPEN_PROMISES)
    .select_from(ticket.outerjoin(promise, and_(promise.c.ticket == ticket.c.number, PROMISE_IS_OPEN)))
    .where(ticket.c.number.in_(bindparam("numbers", expanding=True)))
)
_NEWEST = (
    select(message)
    .where(
        message.c.ticket == bindparam("number"),
        message.c.internal.is_(False),
        (message.c.author == Author.AGENT.value) == bindparam("by_agent", type_=Boolean),
        # A forged mail is nobody's, so it is not the customer's newest.
        func.coalesce(message.c.standing, literal("")) != literal(SenderProof.FORGED.value),
    )
    .order_by(message.c.received_at.desc(), message.c.id.desc())
    .limit(1)
)
_PROVEN = (
    select(message.c.from_address)
    .where(message.c.ticket == bindparam("number"), message.c.standing == literal(SenderProof.PROVEN.value))
    .distinct()
    .limit(100)
)
_OPENING = (
    select(message)
    .where(message.c.ticket == bindparam("number"), message.c.internal.is_(False), message.c.author == Author.CUSTOMER)
    .order_by(message.c.received_at, message.c.id)
    .limit(1)
)
_MAILS = (
    select(message)
    .where(
        message.c.ticket == bindparam("number"), message.c.internal.is_(False), message.c.author != Author.AGENT.value
    )
    .order_by(message.c.received_at.desc(), message.c.id.desc())
    .limit(50)
)
_OVERRIDES = (
    select(event)
    .where(event.c.ticket == bindparam("number"), event.c.code == "event.priority.set")
    .order_by(event.c.id)
)
_ALIKE = (
    select(message.c.alike)
    .where(message.c.alike.is_not(None), message.c.received_at > bindparam("since", type_=Moment))
    .order_by(message.c.received_at.desc())
    .limit(50)
)
_TO_FORMS = and_(
    outbox.c.limit_address.is_not(None),
    outbox.c.key >= bindparam("first", type_=Key),
    outbox.c.key < bindparam("last", type_=Key),
)
_FORM_LETTERS = select(counted(_TO_FORMS, HOUR))
_SAID = (
    select(func.substr(message.c.text, 1, SAID_CHARACTERS).label("text"), message.c.attachments)
    .where(message.c.agent == bindparam("agent", type_=Words), message.c.author == Author.AGENT.value)
    .order_by(message.c.received_at.desc(), message.c.id.desc())
    .limit(10)
)
_KEPT_TAILS = (
    select(event.c.args).where(event.c.by == bindparam("agent", type_=Words), IS_SIGNATURE).order_by(event.c.id)
)
# Only the newest: an astray answer is to one of them, and the cost does not grow with the desk.
_LATELY = select(ticket).order_by(ticket.c.number.desc()).limit(500).subquery()
_OPEN_FOR = (
    select(_LATELY)
    .where(
        _LATELY.c.state != TicketState.RESOLVED.value,
        _LATELY.c.state != TicketState.SPAM.value,
        _LATELY.c.merged_into.is_(None),
        _LATELY.c.assignee.in_(bindparam("agents", type_=Words, expanding=True)) | _LATELY.c.assignee.is_(None),
    )
    .order_by(_LATELY.c.number.desc())
    .limit(50)
)
_LEDGER = (
    select(goodwill)
    .where(
        ((goodwill.c.agent == bindparam("agent", type_=Key)) & (goodwill.c.at > bindparam("since", type_=Moment)))
        | goodwill.c.ticket.in_(bindparam("numbers", expanding=True))
    )
    .order_by(goodwill.c.at, goodwill.c.id)
)


class Desk:
    """Implements the reading half of `ports.DeskStore`."""

    def __init__(self, database: Database) -> None:
        self._desk = database
        new = database.insert(counter).values(name="ticket", value=bindparam("count"))
        self._reserve = new.on_conflict_do_update(
            index_elements=[counter.c.name], set_={"value": counter.c.value + new.excluded.value}
        ).returning(counter.c.value)

    def lookup(self, keys: Keys, now: datetime) -> Known:
        """See `ports.DeskStore.lookup`.

        The number of a merged ticket leads to the ticket it was merged into: `tickets`, `promises`, `newest` and
        `answers` then have the target under both numbers. `recent_tickets` counts the last 30 days;
        `last_promise_broken`: the last promise to the sender that ended was not kept by a human word.
        """
        return self.lookups((keys,), now)[0]

    def lookups(self, asked: Sequence[Keys], now: datetime) -> list[Known]:
        """See `ports.DeskStore.lookups`."""
        with self._desk.read() as connection:
            away = absences(connection)
            return [_known(connection, keys, now, away) for keys in asked]

    def numbers(self, count: int) -> range:
        """See `ports.DeskStore.numbers`. A reserved number that is never used leaves a gap."""
        if count < 1:
            return range(0)
        with self._desk.write() as connection:
            last: int = connection.execute(self._reserve, {"count": count}).scalar_one()
        return range(last - count + 1, last + 1)


def _known(connection: Connection, keys: Keys, now: datetime, away: tuple[Absence, ...]) -> Known:
    seen = connection.execute(_SEEN_BEFORE, {"content_key": keys.content_key}).first()
    seen_ticket: int | None = None if seen is None else seen.ticket
    held = _message(connection, keys.held)
    refs = refs_of(connection, keys.message_ids, keys.led_as)
    wanted = {ref.ticket for ref in refs} | {n for n in keys.numbers if 0 < n <= _MOST}
    wanted |= {number for number in (seen_ticket, held.ticket if held else None) if number is not None}
    tickets, promises = _tickets(connection, wanted)
    newest = _newest(connection, tickets, by_agent=False)
    answers = _newest(connection, {n: t for n, t in tickets.items() if t.answers}, by_agent=True)
    about: dict[str, Any] = {} if keys.sender is None else about_sender(connection, keys.sender, now)
    if keys.alike_within is not None:
        about["alike"] = tuple(connection.execute(_ALIKE, {"since": now - keys.alike_within}).scalars())
    if keys.form and "counts" in about:
        forms = {"hour": now - timedelta(hours=1), "first": FORM_ACK, "last": f"{FORM_ACK[:-1]};"}
        about["counts"] = replace(about["counts"], forms_hour=connection.execute(_FORM_LETTERS, forms).scalar_one())
    if keys.opening:
        about |= _openings(connection, tickets)
    if keys.mails:
        about["mails"] = {
            number: tuple(map(message_from, connection.execute(_MAILS, {"number": one.number}).mappings()))
            for number, one in tickets.items()
        }
    if keys.open_for is not None:
        # Whose agent is away, that ticket's mails go to others.
        agents = [keys.open_for, *(one.agent for one in away if one.lasts(now))]
        open_for = connection.execute(_OPEN_FOR, {"agents": agents}).mappings()
        about["open_tickets"] = tuple(map(ticket_from, open_for))
    if keys.open_of_all:
        about["open_of_all"] = open_of_all(connection)
    if keys.find is not None:
        about["found"] = find(connection, keys.find)
    if keys.show is not None:
        about["shown"] = shown(connection, keys.show)
    if keys.assigned_to is not None:
        about["assigned"] = assigned(connection, keys.assigned_to)
    if keys.ledger is not None:
        asked = {"agent": keys.ledger, "since": now - RECENT, "numbers": sorted(tickets)}
        about["goodwill"] = tuple(map(goodwill_from, connection.execute(_LEDGER, asked).mappings()))
    if keys.notices_to:
        numbers = {*tickets, *(one.number for one in tickets.values())}
        about["notices"] = notices_of(connection, numbers, keys.notices_to, keys.message_ids)
    if keys.answered:
        about["notice"], told = answered(connection, tickets, keys.answered)
        about["about"] = _message(connection, told)
    if keys.said is not None:
        about |= _said(connection, keys.said)
        about["teams"] = teams_of(connection, tickets)
    about["notes"] = past_of(connection, tickets)
    if keys.history:
        about["history"] = past_of(connection, tickets, all_of_it=True)
    if keys.ended:
        about["ended"] = ended_of(connection, tickets)
    if keys.acquainted and seen is None:
        senders = () if keys.sender is None else (keys.sender,)
        about["acquaintances"] = acquaintances(connection, (*senders, *(one.requester.key for one in tickets.values())))
    about |= addressees(connection, keys.sender, tickets, now)
    return Known(
        tickets=tickets,
        refs=refs,
        promises=promises,
        newest=newest,
        answers=answers,
        proven=_proven(connection, tickets),
        seen=seen is not None,
        seen_ticket=seen_ticket,
        seen_id=None if seen is None else seen.message_id,
        held=held,
        absences=away,
        **about,
    )


def _said(connection: Connection, agent: str) -> dict[str, Any]:
    kept: set[str] = set()
    for args in connection.execute(_KEPT_TAILS, {"agent": agent}).scalars():
        (kept.add if args["asked"] == "keep" else kept.discard)(args["mark"])
    rows = connection.execute(_SAID, {"agent": agent}).mappings().all()
    return {
        "said": tuple(row["text"] for row in rows),
        "said_pictures": tuple(map(pictures_of, rows)),
        "kept_tails": frozenset(kept),
    }


def _message(connection: Connection, id_: str | None) -> Message | None:
    if id_ is None:
        return None
    row = connection.execute(_BY_ID, {"id": id_}).mappings().first()
    return None if row is None else message_from(row)


def _tickets(connection: Connection, wanted: set[int]) -> tuple[dict[int, Ticket], dict[int, Promise]]:
    tickets: dict[int, Ticket] = {}
    promises: dict[int, Promise] = {}
    merged: dict[int, int] = {}
    asking: Iterable[int] = wanted
    while numbers := sorted(set(asking) - tickets.keys() - merged.keys()):
        for row in connection.execute(_TICKETS, {"numbers": numbers[:_CHUNK]}).mappings():
            number = row["number"]
            if row["merged_into"] is not None:
                merged[number] = row["merged_into"]
                continue
            tickets[number] = ticket_from(row)
            if row["p_id"] is not None:
                promises[number] = promise_from(row, "p_")
        asking = [*merged.values(), *numbers[_CHUNK:]]
    for number in merged:
        target = _target(merged, number)
        if target in tickets:
            tickets[number] = tickets[target]
            if target in promises:
                promises[number] = promises[target]
    return tickets, promises


def _target(merged: dict[int, int], number: int) -> int:
    while number in merged:
        number = merged[number]
    return number


def _newest(connection: Connection, tickets: Mapping[int, Ticket], *, by_agent: bool) -> dict[int, Message]:
    found: dict[int, Message] = {}
    for number, one in tickets.items():
        row = connection.execute(_NEWEST, {"number": one.number, "by_agent": by_agent}).mappings().first()
        if row is not None:
            found[number] = message_from(row)
    return found


def _proven(connection: Connection, tickets: Mapping[int, Ticket]) -> dict[int, frozenset[str]]:
    return {
        number: frozenset(
            Address(address=address).key for address in connection.execute(_PROVEN, {"number": one.number}).scalars()
        )
        for number, one in tickets.items()
    }


def _openings(connection: Connection, tickets: Mapping[int, Ticket]) -> dict[str, Any]:
    openings: dict[int, Message] = {}
    overrides: dict[int, tuple[Event, ...]] = {}
    for number, one in tickets.items():
        row = connection.execute(_OPENING, {"number": one.number}).mappings().first()
        if row is not None:
            openings[number] = message_from(row)
        by_hand = connection.execute(_OVERRIDES, {"number": one.number}).mappings()
        overrides[number] = tuple(map(event_from, by_hand))
    return {"openings": openings, "overrides": overrides}
