"""Finds the notices that an agent may be quoting, as they were sent, and what the one they answer is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import LargeBinary, bindparam, case, func, select

from mailbot.adapters.store.schema import outbox, outbox_raw
from mailbot.core.model.outgoing import OutgoingKind

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MOST = 4
_BYTES = 400_000  # of each: the words of a notice come before its files
_NOTICES = (
    select(
        outbox.c.message_id,
        func.substr(outbox_raw.c.raw, 1, _BYTES, type_=LargeBinary).label("head"),
    )
    .select_from(outbox.join(outbox_raw, outbox_raw.c.outbox == outbox.c.id))
    .where(
        outbox.c.ticket.in_(bindparam("numbers", expanding=True)),
        outbox.c.kind == OutgoingKind.NOTICE.value,
        outbox.c.to_address.in_(bindparam("addresses", expanding=True)),
    )
    .order_by(case((outbox.c.message_id.in_(bindparam("ids", expanding=True)), 0), else_=1), outbox.c.id.desc())
    .limit(_MOST)
)


_ANSWERED = (
    select(outbox.c.key)
    .where(
        outbox.c.ticket.in_(bindparam("numbers", expanding=True)),
        outbox.c.kind == OutgoingKind.NOTICE.value,
        outbox.c.message_id.in_(bindparam("ids", expanding=True)),
    )
    .order_by(outbox.c.id.desc())
    .limit(1)
)
_TELLS = "notice:"  # how the key of a notice about a mail begins: the mail's id comes next


def answered(connection: Connection, numbers: Iterable[int], ids: Sequence[str]) -> tuple[str | None, str | None]:
    """The key of the tickets' notice with one of these Message-IDs, and the id of the mail that it is about."""
    row = connection.execute(_ANSWERED, {"numbers": sorted(set(numbers)), "ids": list(ids)}).first()
    if row is None:
        return None, None
    key: str = row.key
    return key, key.removeprefix(_TELLS).partition(":")[0] if key.startswith(_TELLS) else None


def notices_of(
    connection: Connection, numbers: Iterable[int], addresses: Sequence[str], ids: Sequence[str]
) -> tuple[bytes, ...]:
    """See `core.model.known.Known.notices`. If a mail names one, only that one is returned."""
    asked = {"numbers": sorted(set(numbers)), "addresses": list(addresses), "ids": list(ids)}
    rows = connection.execute(_NOTICES, asked).all()
    named = [bytes(row.head) for row in rows if row.message_id in ids]
    return tuple(named or [bytes(row.head) for row in rows])
