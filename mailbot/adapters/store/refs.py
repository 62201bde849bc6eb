"""Finds which of a mail's ids lead its sender to which tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, literal, select

from mailbot.adapters.store.columns import Key, short
from mailbot.adapters.store.rows import ref_from
from mailbot.adapters.store.schema import message, ref
from mailbot.core.model.refs import MOST_OF_AN_ID, Ref

if TYPE_CHECKING:
    from sqlalchemy import Connection

_CHUNK = 1000
_SENDER = bindparam("sender", type_=Key)
_REFS = (
    select(ref, message.c.from_address, message.c.to)
    .select_from(ref.outerjoin(message, message.c.id == ref.c.message))
    .where(ref.c.message_id.in_(bindparam("ids", expanding=True)), ref.c.sender.in_([literal(""), _SENDER]))
)


def refs_of(connection: Connection, message_ids: tuple[str, ...], sender: str | None) -> tuple[Ref, ...]:
    """See `core.model.known.Known.refs`: the mails that the desk has, and what this sender referred to before."""
    asked: dict[str, list[str]] = {}
    for id_ in dict.fromkeys(message_ids):
        asked.setdefault(short(id_), []).append(id_)
    keys, found = list(asked), dict[str, list[Ref]]()
    for start in range(0, len(keys), _CHUNK):
        asking = {"ids": keys[start : start + _CHUNK], "sender": sender or ""}
        for row in connection.execute(_REFS, asking).mappings():
            for id_ in asked[row["message_id"]]:
                found.setdefault(id_, []).append(ref_from(row, id_, sender))
    in_order = (sorted(found.get(id_, ()), key=lambda known: known.ticket) for id_ in dict.fromkeys(message_ids))
    return tuple(known for some in in_order for known in some[:MOST_OF_AN_ID])
