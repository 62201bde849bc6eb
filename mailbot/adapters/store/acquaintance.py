"""Looks up who a customer is, for notices: one statement for an address, whose cost does not grow with their tickets."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, literal, select, true

from mailbot.adapters.store.columns import Key
from mailbot.adapters.store.schema import customer, promise, ticket
from mailbot.core.model.acquaintance import MOST, Acquaintance, Matter
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.silence import Silence
from mailbot.core.model.ticket import TicketState

_ADDRESSES = 10  # customers of one lookup who are asked about: a mail that refers to many tickets is rare, and crafted
_WHO = bindparam("who", type_=Key)
# Merged tickets and spam are left out afterwards: whoever has thousands of these costs no more than anybody else.
_LATEST = (
    select(
        ticket.c.number,
        ticket.c.subject,
        ticket.c.inbox,
        ticket.c.state,
        ticket.c.assignee,
        ticket.c.mute,
        ticket.c.merged_into,
        ticket.c.opened_at,
    )
    .where(ticket.c.requester == _WHO)
    .order_by(ticket.c.opened_at.desc())
    .limit(MOST + 1)
    .subquery()
)
_LAST = (
    select(promise.c.state)
    .where(
        promise.c.to_key == _WHO,
        promise.c.ended_at.is_not(None),
        promise.c.state.in_(
            [literal(each.value) for each in (PromiseState.KEPT, PromiseState.COVERED, PromiseState.LATE)]
        ),
    )
    .order_by(promise.c.ended_at.desc())
    .limit(1)
    .scalar_subquery()
)
_ABOUT = select(customer.c.first_seen, _LAST.label("last"), _LATEST).select_from(
    select(literal(1).label("one"))
    .subquery("always")
    .outerjoin(customer, customer.c.address == _WHO)
    .outerjoin(_LATEST, true())
)


def acquaintances(connection: Connection, addresses: Iterable[str]) -> dict[str, Acquaintance]:
    """What is known of each of these addresses (as compared)."""
    return {each: _met(connection, each) for each in sorted(set(addresses))[:_ADDRESSES]}


def _met(connection: Connection, address: str) -> Acquaintance:
    rows = connection.execute(_ABOUT, {"who": address}).mappings().all()
    found = [
        Matter(
            number=row["number"],
            subject=row["subject"],
            inbox=row["inbox"],
            state=TicketState(row["state"]),
            assignee=row["assignee"],
            mute=Silence(row["mute"]) if row["mute"] is not None else None,
            opened_at=row["opened_at"],
        )
        for row in rows
        if row["number"] is not None and row["merged_into"] is None
    ]
    found.sort(key=lambda one: (one.opened_at, one.number), reverse=True)
    seen = [each for each in (rows[0]["first_seen"], *(one.opened_at for one in found)) if each is not None]
    return Acquaintance(
        address=address,
        since=min(seen, default=None),
        matters=tuple(found[:MOST]),
        more=len(rows) > MOST,
        last=PromiseState(rows[0]["last"]) if rows[0]["last"] is not None else None,
    )
