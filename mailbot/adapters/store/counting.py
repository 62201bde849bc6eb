"""Counts recent automatic letters to an address and its domain, as parts of a statement: see `core.model.counts`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Label, ScalarSelect, and_, bindparam, exists, func, literal, or_, select

from mailbot.adapters.store.columns import Key, Moment
from mailbot.adapters.store.schema import confirmed, message, outbox, ticket
from mailbot.core.model.counts import Counts
from mailbot.core.model.outgoing import OutboxState
from mailbot.core.model.sender_proof import SenderProof
from mailbot.core.sending.limits import URGENT

HOUR = bindparam("hour", type_=Moment)
_DAY = bindparam("day", type_=Moment)
_ADDRESS, _DOMAIN = bindparam("counted_for", type_=Key), bindparam("domain", type_=Key)
_NAMES = ("hour", "day", "domain_hour", "domain_confirmed", "urgent", "urgent_proven", "confirmed")


def counted(where: ColumnElement[bool], since: ColumnElement[Any]) -> ScalarSelect[int]:
    """How many automatic letters were created after `since`, without dropped ones; a subquery."""
    return (
        select(func.count())
        .select_from(outbox)
        .where(where, outbox.c.created_at > since, outbox.c.state != OutboxState.DROPPED.value)
        .scalar_subquery()
    )


def count_columns() -> tuple[Label[Any], ...]:
    """What `counts_of` reads; the parameters are those of `count_values`."""
    confirmed_at = select(confirmed.c.at).where(confirmed.c.address == _ADDRESS).scalar_subquery()
    since_then = or_(confirmed_at.is_(None), outbox.c.created_at >= confirmed_at)
    theirs = and_(outbox.c.limit_address == _ADDRESS, since_then)
    of_confirmed = exists().where(confirmed.c.address == outbox.c.limit_address)
    of_domain = outbox.c.limit_domain == _DOMAIN
    opened = (
        select(func.count())
        .select_from(ticket)
        .where(ticket.c.requester == _ADDRESS, ticket.c.opened_at > HOUR, ticket.c.priority <= literal(URGENT))
    )
    proven = exists().where(
        message.c.ticket == ticket.c.number, message.c.standing == literal(SenderProof.PROVEN.value)
    )
    return (
        counted(theirs, HOUR).label("hour"),
        counted(theirs, _DAY).label("day"),
        counted(and_(of_domain, ~of_confirmed), HOUR).label("domain_hour"),
        counted(and_(of_domain, of_confirmed), HOUR).label("domain_confirmed"),
        opened.scalar_subquery().label("urgent"),
        opened.where(proven).scalar_subquery().label("urgent_proven"),
        exists().where(confirmed.c.address == _ADDRESS).label("confirmed"),
    )


def count_values(address: str, now: datetime) -> dict[str, Any]:
    """The parameters for an address in its compared form."""
    return {
        "counted_for": address,
        "domain": address.rpartition("@")[2],
        "hour": now - timedelta(hours=1),
        "day": now - timedelta(days=1),
    }


def counts_of(row: Mapping[Any, Any]) -> Counts:
    """The counts from a row that has those columns."""
    return Counts(**{name: bool(row[name]) if name == "confirmed" else row[name] for name in _NAMES})
