"""Addresses as they are compared from now on: the domain by IDNA 2008, all in lower case, nothing folded further.

Only what is not ASCII changes. What was folded is read again from the address as it was written, where that is kept.
"""

from __future__ import annotations

import json

import idna
import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ONE_ROW_EACH = (("customer", "address"), ("customer_tags", "address"), ("confirmed", "address"))
OTHERS = (("goodwill", "customer"), ("promise", "to_key"))


def upgrade() -> None:
    """Rewrite the rows that hold one."""
    bind = op.get_bind()
    odd = "{0} GLOB '*[^ -~]*'" if bind.dialect.name == "sqlite" else "{0} ~ '[^ -~]'"

    def rows(sql: str, column: str) -> list[sa.Row[tuple[object, ...]]]:
        return list(bind.execute(sa.text(f"{sql} WHERE {odd.format(column)}")))

    new = {}
    for number, written, key in rows("SELECT number, requester_address, requester FROM ticket", "requester_address"):
        new[key] = address_key(written)
        bind.execute(sa.text("UPDATE ticket SET requester = :k WHERE number = :n"), {"k": new[key], "n": number})
        own = sa.text('UPDATE promise SET to_key = :k, "to" = :k WHERE ticket = :n AND to_key = :old')
        bind.execute(own, {"k": new[key], "n": number, "old": key})
    for id_, written in rows("SELECT id, to_address FROM outbox", "to_address"):
        key = address_key(written)
        counted = sa.text(
            "UPDATE outbox SET limit_address = :k, limit_domain = :d WHERE id = :i AND limit_address IS NOT NULL"
        )
        bind.execute(counted, {"k": key, "d": key.rpartition("@")[2], "i": id_})
    for table, column in (*ONE_ROW_EACH, *OTHERS):
        for (key,) in rows(f"SELECT DISTINCT {column} FROM {table}", column):
            said = {"k": new.get(key) or address_key(key), "old": key}
            there = sa.text(f"SELECT 1 FROM {table} WHERE {column} = :k")
            if (table, column) in ONE_ROW_EACH and bind.execute(there, {"k": said["k"]}).first():
                bind.execute(sa.text(f"DELETE FROM {table} WHERE {column} = :old"), {"old": key})
            else:
                bind.execute(sa.text(f"UPDATE {table} SET {column} = :k WHERE {column} = :old"), said)
    for (key,) in rows("SELECT DISTINCT sender FROM ref", "sender"):
        said = {"k": new.get(key) or address_key(key), "old": key}
        once = "INSERT INTO ref SELECT message_id, CAST(:k AS TEXT), ticket, message FROM ref WHERE sender = :old ON CONFLICT DO NOTHING"
        bind.execute(
            sa.text(once if bind.dialect.name != "sqlite" else once.replace("ON CONFLICT", "AND true ON CONFLICT")),
            said,
        )
        bind.execute(sa.text("DELETE FROM ref WHERE sender = :old"), {"old": key})
    # JSON writes what is not ASCII with a backslash.
    for table, key, column in (("message", "id", "to"), ("ticket", "number", "participants")):
        asked = sa.text(f'SELECT {key}, "{column}" FROM {table} WHERE CAST("{column}" AS TEXT) LIKE :odd')
        found = bind.execute(asked, {"odd": "%\\u%" if bind.dialect.name == "sqlite" else "%\\\\u%"})
        for id_, value in list(found):
            people = json.loads(value) if isinstance(value, str) else value
            told = json.dumps([address_key(each) for each in people])
            bind.execute(sa.text(f'UPDATE {table} SET "{column}" = :v WHERE {key} = :i'), {"v": told, "i": id_})


def address_key(address: str) -> str:
    """As `mailbot.core.model.addresses` had it when this was written."""
    local, at, domain = address.strip().rpartition("@")
    return (
        f"{lower(local)}{at}{'.'.join(map(label_key, domain.split('.')))}" if len(address) <= 2_000 else lower(address)
    )


def lower(text: str) -> str:
    """Letter by letter; no letter becomes an ASCII one."""
    return "".join(c.lower() if c.isascii() or not c.lower().isascii() else c for c in text)


def label_key(label: str) -> str:
    """The A-label, or what stands for one that IDNA 2008 has no place for."""
    low = lower(label)
    if low.isascii() or len(low) > 63:
        return low
    try:
        return idna.alabel(low).decode("ascii")
    except UnicodeError:
        return f"xn--{low.encode('punycode').decode('ascii')}"
