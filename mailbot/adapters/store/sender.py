"""What is known of whoever sent a mail: earlier tickets, the last promise, their clock, and what they were sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, literal, select

from mailbot.adapters.store.columns import Key, Moment
from mailbot.adapters.store.counting import count_columns, count_values, counts_of
from mailbot.adapters.store.rows import customer_from
from mailbot.adapters.store.schema import customer, customer_tags, promise, ticket
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.ticket import TicketState

if TYPE_CHECKING:
    from sqlalchemy import Connection

RECENT = timedelta(days=30)
"""How far back `Known.recent_tickets` counts the tickets that the sender opened."""

_ENDED = (PromiseState.KEPT.value, PromiseState.COVERED.value, PromiseState.LATE.value)
_SENDER = bindparam("sender", type_=Key)
_RECENT = bindparam("recent_since", type_=Moment)
_NO_SPAM = ticket.c.state != literal(TicketState.SPAM.value)
_LATEST = 20  # tickets of one sender that are asked for their clock: many have none, and some senders have thousands
_CLOCKS = (
    select(ticket.c.utc_offset, ticket.c.zone_name, ticket.c.opened_at)
    .where(ticket.c.requester == _SENDER)
    .order_by(ticket.c.opened_at.desc())
    .limit(_LATEST)
    .subquery()
)

_ABOUT_SENDER = select(
    select(func.count())
    .where(ticket.c.requester == _SENDER, ticket.c.opened_at > _RECENT, _NO_SPAM)
    .scalar_subquery()
    .label("recent"),
    select(func.count())
    .where(ticket.c.requester == _SENDER, ticket.c.opened_at > _RECENT, ticket.c.priority <= 3, _NO_SPAM)
    .scalar_subquery()
    .label("trouble"),
    select(promise.c.state)
    .where(
        promise.c.to_key == _SENDER,
        promise.c.ended_at.is_not(None),
        promise.c.state.in_([literal(state) for state in _ENDED]),
    )
    .order_by(promise.c.ended_at.desc())
    .limit(1)
    .scalar_subquery()
    .label("last_promise"),
    select(_CLOCKS.c.utc_offset)
    .where(_CLOCKS.c.utc_offset != 0)
    .order_by(_CLOCKS.c.opened_at.desc())
    .limit(1)
    .scalar_subquery()
    .label("clock"),
    select(_CLOCKS.c.zone_name)
    .where(_CLOCKS.c.zone_name.is_not(None))
    .order_by(_CLOCKS.c.opened_at.desc())
    .limit(1)
    .scalar_subquery()
    .label("zone_name"),
    *count_columns(),
    customer.c.address,
    customer.c.name,
    customer.c.first_seen,
    customer.c.undeliverable,
    customer_tags.c.tags,
).select_from(
    select(literal(1).label("one"))
    .subquery("always")
    .outerjoin(customer, customer.c.address == _SENDER)
    .outerjoin(customer_tags, customer_tags.c.address == _SENDER)
)


def about_sender(connection: Connection, sender: str, now: datetime) -> dict[str, Any]:
    """The parts of `Known` that are about the sender of a mail (an address as compared)."""
    asking = {"sender": sender, "recent_since": now - RECENT, **count_values(sender, now)}
    row = connection.execute(_ABOUT_SENDER, asking).mappings().one()
    known = None
    if row["address"] is not None:
        known = customer_from(row)
    return {
        "customer": known,
        "customer_tags": tuple(row["tags"] or ()),
        "recent_tickets": row["recent"],
        "recent_trouble": row["trouble"],
        "last_promise_broken": row["last_promise"] not in (None, PromiseState.KEPT.value),
        "utc_offset": row["clock"],
        "zone_name": row["zone_name"],
        "counts": counts_of(row),
    }
