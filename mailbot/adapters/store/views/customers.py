"""What people ask and record about one customer: the command line's page, and the tags that rules ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.rows import customer_from
from mailbot.adapters.store.schema import customer, customer_tags, promise, ticket
from mailbot.adapters.store.ticket_rows import ticket_from
from mailbot.core.model.addresses import address_key
from mailbot.core.model.ticket import Customer, Ticket

_LATEST = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerPage:
    """One address: who it is (None: they never wrote), their tags, their latest tickets, and how promises ended.

    `tickets` counts all that they opened, `latest` are the newest of them; `promises` counts by state.
    """

    address: str
    customer: Customer | None
    tags: tuple[str, ...]
    tickets: int
    latest: tuple[Ticket, ...]
    promises: dict[str, int]


class Customers:
    """Not used to handle mail. An address is compared as everywhere: without case. Every method may raise StoreDown."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, address: str) -> CustomerPage:
        """All there is about an address; for an unknown one, little."""
        key = _key(address)
        with self._database.read() as connection:
            row = connection.execute(select(customer).where(customer.c.address == key)).mappings().first()
            tags = connection.execute(select(customer_tags.c.tags).where(customer_tags.c.address == key)).scalar()
            mine = ticket.c.requester == key
            many = connection.execute(select(func.count()).select_from(ticket).where(mine)).scalar_one()
            newest = select(ticket).where(mine).order_by(ticket.c.opened_at.desc(), ticket.c.number.desc())
            latest = connection.execute(newest.limit(_LATEST)).mappings().all()
            ends = select(promise.c.state, func.count().label("many")).where(promise.c.to_key == key)
            ended = connection.execute(ends.group_by(promise.c.state)).all()
        return CustomerPage(
            address=key,
            customer=None if row is None else customer_from(row),
            tags=tuple(tags or ()),
            tickets=many,
            latest=tuple(map(ticket_from, latest)),
            promises={one.state: one.many for one in ended},
        )

    def change_tags(self, address: str, *, add: Iterable[str] = (), drop: Iterable[str] = ()) -> tuple[str, ...]:
        """Add and remove tags; all that the address has then, sorted. It may be one that never wrote."""
        key = _key(address)
        unless_there = self._database.insert(customer_tags).values(address=key, tags=[])
        mine = customer_tags.c.address == key
        with self._database.write() as connection:
            connection.execute(unless_there.on_conflict_do_nothing(index_elements=[customer_tags.c.address]))
            # Whoever tags the same customer at the same moment waits here, so that neither tag is lost.
            had = connection.execute(select(customer_tags.c.tags).where(mine).with_for_update()).scalar_one()
            has = tuple(sorted({*had, *add} - set(drop)))
            connection.execute(customer_tags.update().where(mine).values(tags=has))
        return has

    def tagged(self, tag: str | None = None) -> dict[str, tuple[str, ...]]:
        """The addresses that have that tag, or any, each with all its tags; by address."""
        with self._database.read() as connection:
            rows = connection.execute(select(customer_tags).order_by(customer_tags.c.address)).all()
        return {row.address: tuple(row.tags) for row in rows if (row.tags if tag is None else tag in row.tags)}


def _key(address: str) -> str:
    return address_key(address)
