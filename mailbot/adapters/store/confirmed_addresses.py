"""What the store knows about an address that letters go to: whether it is confirmed, and how many it had this week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, case, delete, func, literal, select

from mailbot.adapters.store.columns import Key, Moment
from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.schema import confirmed, outbox, ticket
from mailbot.core.model.confirmed_address import WEEK, Addressee, Confirmed, ConfirmedBy
from mailbot.core.model.outgoing import OutboxState
from mailbot.core.model.ticket import Ticket

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ADDRESS = bindparam("address", type_=Key)
_IS_ACK = func.substr(outbox.c.key, 1, 4) == literal("ack:")
_HOW = select(confirmed.c.how).where(confirmed.c.address == _ADDRESS)
_LETTERS = (
    select(
        func.count().label("week"),
        func.count(case((and_(_IS_ACK, ticket.c.priority > 2), 1))).label("acks"),
        func.count(case((and_(_IS_ACK, ticket.c.priority <= 2), 1))).label("first"),
    )
    .select_from(outbox.outerjoin(ticket, ticket.c.number == outbox.c.ticket))
    .where(
        outbox.c.limit_address == _ADDRESS,
        outbox.c.created_at > bindparam("since", type_=Moment),
        outbox.c.state != OutboxState.DROPPED.value,
    )
)
# What a failed delivery disproves; the other two grounds came from the address itself.
_DOUBT = delete(confirmed).where(confirmed.c.address == _ADDRESS, confirmed.c.how == ConfirmedBy.PERSON.value)


def addressees(
    connection: Connection, sender: str | None, tickets: Mapping[int, Ticket], now: datetime
) -> dict[str, Any]:
    """The fields of `Known` about the sender's address (as compared; None if there is none) and the requesters'."""
    asked = {one.requester.key for one in tickets.values()} | ({sender} if sender is not None else set())
    found = {address: _addressee(connection, address, now) for address in sorted(asked)}
    about: dict[str, Any] = {"addressees": {number: found[one.requester.key] for number, one in tickets.items()}}
    return about if sender is None else {**about, "addressee": found[sender]}


def _addressee(connection: Connection, address: str, now: datetime) -> Addressee:
    """For a confirmed one no letters are counted."""
    how = connection.execute(_HOW, {"address": address}).scalar()
    if how is not None:
        return Addressee(how=ConfirmedBy(how))
    return Addressee(**connection.execute(_LETTERS, {"address": address, "since": now - WEEK}).mappings().one())


class Addressees:
    """Stores what was found out about addresses, within the transaction of a decision."""

    def __init__(self, database: Database) -> None:
        new = database.insert(confirmed)
        self._confirm = new.on_conflict_do_update(
            index_elements=[confirmed.c.address],
            set_={"how": new.excluded.how, "at": new.excluded.at},
            # The stronger ground stays, and the first of equal ones.
            where=and_(confirmed.c.how == ConfirmedBy.PERSON.value, new.excluded.how != ConfirmedBy.PERSON.value),
        )

    def confirm(self, connection: Connection, found: Iterable[Confirmed]) -> None:
        """Addresses that are confirmed now, at least one."""
        # Sorted, so that two transactions on PostgreSQL wait for each other in one order only.
        rows = [{"address": one.address, "how": one.how.value, "at": one.at} for one in found]
        connection.execute(self._confirm, sorted(rows, key=lambda row: str(row["address"])))

    def doubt(self, connection: Connection, addresses: Iterable[str]) -> None:
        """Addresses from which a letter came back: our own answer to them no longer confirms them."""
        for address in sorted(addresses):
            connection.execute(_DOUBT, {"address": address})
