"""Mails as they came in: stored before anything else happens to them, and claimed by one worker at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import and_, bindparam, literal, or_, select, update

from mailbot.adapters.store.columns import Moment, Words
from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.schema import inbound, inbound_raw, mailbox
from mailbot.core.model.reason import Reason, stored_reason
from mailbot.ports import Baseline, Claim, RawMail

if TYPE_CHECKING:
    from sqlalchemy import Connection, RowMapping

_AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)  # not the moment of arrival: the clock may be set back after it
_AT_ONCE_BYTES = 40_000_000  # of mail in one claim
_CHUNK = 1000  # parameters of one statement, far below SQLite's 32,766
_LONGEST_BACK_OFF = timedelta(hours=1)

_BASELINE = select(mailbox.c.uidvalidity, mailbox.c.uidnext, mailbox.c.cursor).where(
    mailbox.c.name == bindparam("mailbox")
)
_STORED = select(inbound.c.uid).where(
    inbound.c.mailbox == bindparam("mailbox"),
    inbound.c.uidvalidity == bindparam("uidvalidity"),
    inbound.c.uid.in_(bindparam("uids", expanding=True)),
)
_WAITING = (
    select(
        inbound.c.id,
        inbound.c.mailbox,
        inbound.c.oversize,
        inbound.c.size,
        inbound.c.received_at,
        inbound.c.attempts,
        inbound.c.reason,
    )
    .where(inbound.c.open_at <= bindparam("now", type_=Moment))
    .order_by(inbound.c.received_at, inbound.c.id)
    .limit(bindparam("limit", type_=inbound.c.attempts.type))
)
_WAITING_LOCKED = _WAITING.with_for_update(skip_locked=True)
_TAKE = (
    update(inbound)
    .where(inbound.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        state="claimed",
        open_at=bindparam("until"),
        holder=bindparam("by"),
        token=bindparam("new_token"),
        attempts=inbound.c.attempts + 1,
    )
)
_RAWS = select(inbound_raw.c.inbound, inbound_raw.c.raw).where(
    inbound_raw.c.inbound.in_(bindparam("ids", expanding=True))
)
_RENEWED = select(mailbox.c.name, mailbox.c.since).where(
    mailbox.c.name.in_(bindparam("names", expanding=True)), mailbox.c.renewed
)
_KEEP_RAW = inbound_raw.insert()
_CURSOR = (
    update(mailbox)
    .where(
        mailbox.c.name == bindparam("mailbox"),
        mailbox.c.uidvalidity == bindparam("of"),
        mailbox.c.cursor < bindparam("next"),
    )
    .values(cursor=bindparam("next"))
)


_CLAIMED_BY = and_(inbound.c.state == "claimed", inbound.c.holder == bindparam("by", type_=Words))
_BACK = {"state": "stored", "open_at": literal(_AT_ONCE, Moment), "token": None, "holder": None}
_GIVE_UP = (
    update(inbound)
    .where(
        inbound.c.id == bindparam("number", type_=inbound.c.id.type),
        or_(_CLAIMED_BY, inbound.c.state == "stored"),
    )
    .values(**_BACK, reason=bindparam("because", type_=Words))
)
_HAND_ON = (
    update(inbound)
    .where(_CLAIMED_BY, inbound.c.id != bindparam("keep", type_=inbound.c.id.type))
    .values(**_BACK, attempts=inbound.c.attempts - 1)
)


class Inbound:
    """Implements `ports.InboundStore`."""

    def __init__(self, database: Database) -> None:
        self._mails = database
        self._insert = (
            database.insert(inbound)
            .values(state="stored", attempts=0)
            .on_conflict_do_nothing(index_elements=[inbound.c.mailbox, inbound.c.uidvalidity, inbound.c.uid])
            .returning(inbound.c.id)
        )

    def baseline(self, mailbox: str, uidvalidity: int, uidnext: int, now: datetime) -> Baseline:
        """See `ports.InboundStore.baseline`. `cursor` is the UID after the highest one that was stored."""
        with self._mails.read() as connection:
            found = _baseline(connection, mailbox)
        if found is not None and found.uidvalidity == uidvalidity:
            return found
        with self._mails.write() as connection:
            found = _baseline(connection, mailbox, lock=True)
            if found is None:
                fresh = Baseline(uidvalidity=uidvalidity, uidnext=uidnext, cursor=uidnext)
            elif found.uidvalidity != uidvalidity:
                # RFC 3501 section 2.3.1.1: the old UIDs mean nothing any more, so all mails are candidates again.
                fresh = Baseline(uidvalidity=uidvalidity, uidnext=1, cursor=1)
            else:
                return found
            return self._store_baseline(connection, mailbox, fresh, now)

    def missing(self, mailbox: str, uidvalidity: int, uids: Sequence[int]) -> list[int]:
        """See `ports.InboundStore.missing`."""
        with self._mails.read() as connection:
            known = _baseline(connection, mailbox)
            first = known.uidnext if known is not None and known.uidvalidity == uidvalidity else 1
            wanted = sorted({uid for uid in uids if uid >= first})
            stored: set[int] = set()
            for start in range(0, len(wanted), _CHUNK):
                asked = {"mailbox": mailbox, "uidvalidity": uidvalidity, "uids": wanted[start : start + _CHUNK]}
                stored.update(connection.execute(_STORED, asked).scalars())
        return [uid for uid in wanted if uid not in stored]

    def put(self, mails: Sequence[RawMail], now: datetime) -> int:
        """See `ports.InboundStore.put`."""
        if not mails:
            return 0
        new: list[dict[str, Any]] = []
        cursors: dict[tuple[str, int], int] = {}
        with self._mails.write() as connection:
            for mail in mails:
                place = (mail.mailbox, mail.uidvalidity)
                cursors[place] = max(cursors.get(place, 0), mail.uid + 1)
                values = {
                    "mailbox": mail.mailbox,
                    "uidvalidity": mail.uidvalidity,
                    "uid": mail.uid,
                    "open_at": _AT_ONCE,
                    "received_at": now,
                    "size": mail.size,
                    "oversize": mail.oversize,
                }
                stored = connection.execute(self._insert, values).scalar()
                if stored is not None:
                    new.append({"inbound": stored, "raw": mail.raw})
            if new:
                connection.execute(_KEEP_RAW, new)
            for (name, uidvalidity), cursor in sorted(cursors.items()):
                connection.execute(_CURSOR, {"mailbox": name, "of": uidvalidity, "next": cursor})
        return len(new)

    def claim(self, holder: str, now: datetime, lease: timedelta, limit: int) -> list[Claim]:
        """See `ports.InboundStore.claim`. Every claim of one call carries the same token."""
        if self._mails.sqlite:
            # Looking first saves an idle desk the write lock.
            with self._mails.read() as connection:
                if connection.execute(_WAITING, {"now": now, "limit": 1}).first() is None:
                    return []
        with self._mails.write() as connection:
            waiting = _WAITING if self._mails.sqlite else _WAITING_LOCKED
            rows = connection.execute(waiting, {"now": now, "limit": limit}).mappings().all()
            # What failed before, or was being decided when a process died, is tried alone.
            fresh = next((i for i, row in enumerate(rows) if row["attempts"] or row["reason"]), len(rows))
            rows = _in_memory(rows[: fresh or 1])
            if not rows:
                return []
            token, ids = uuid4().hex, [row["id"] for row in rows]
            connection.execute(_TAKE, {"ids": ids, "until": now + lease, "by": holder, "new_token": token})
            raws = {row.inbound: row.raw for row in connection.execute(_RAWS, {"ids": ids})}
            names = sorted({row["mailbox"] for row in rows})
            since = {row.name: row.since for row in connection.execute(_RENEWED, {"names": names})}
        return [
            Claim(
                inbound=row["id"],
                mailbox=row["mailbox"],
                raw=raws[row["id"]],
                oversize=row["oversize"],
                size=row["size"],
                received_at=row["received_at"],
                attempts=row["attempts"] + 1,
                token=token,
                desk_since=since.get(row["mailbox"]),
                again=row["reason"] is not None,
                given_up=stored_reason(row["reason"] or ""),
            )
            for row in rows
        ]

    def fail(self, claim: Claim, reason: str, now: datetime) -> None:
        """See `ports.InboundStore.fail`: 10 s after the first try, six times as long after each further one.

        Changes nothing if the claim was lost: whoever has the mail now reports how it went.
        """
        wait = min(timedelta(seconds=10) * 6 ** min(claim.attempts - 1, 6), _LONGEST_BACK_OFF)
        with self._mails.write() as connection:
            connection.execute(
                update(inbound)
                .where(inbound.c.id == claim.inbound, inbound.c.token == claim.token)
                .values(state="stored", open_at=now + wait, token=None, holder=None, reason=reason)
            )

    def raw(self, inbound: int) -> bytes | None:
        """See `ports.InboundStore.raw`."""
        with self._mails.read() as connection:
            raw: bytes | None = connection.execute(
                select(inbound_raw.c.raw).where(inbound_raw.c.inbound == inbound)
            ).scalar()
        return raw

    def any_waiting(self, now: datetime) -> bool:
        """See `ports.InboundStore.any_waiting`."""
        with self._mails.read() as connection:
            return connection.execute(_WAITING, {"now": now, "limit": 1}).first() is not None

    def give_up(self, inbound: int, holder: str, reason: Reason) -> bool:
        """See `ports.InboundStore.give_up`. The holder's claim may have been taken back meanwhile."""
        with self._mails.write() as connection:
            return connection.execute(_GIVE_UP, {"number": inbound, "by": holder, "because": str(reason)}).rowcount == 1

    def hand_on(self, holder: str, keep: int) -> int:
        """See `ports.InboundStore.hand_on`."""
        with self._mails.write() as connection:
            return connection.execute(_HAND_ON, {"by": holder, "keep": keep}).rowcount

    def _store_baseline(self, connection: Connection, name: str, fresh: Baseline, now: datetime) -> Baseline:
        values = {"uidvalidity": fresh.uidvalidity, "uidnext": fresh.uidnext, "cursor": fresh.cursor}
        new = self._mails.insert(mailbox).values(name=name, since=now, **values)
        # If another process was quicker, what it stored for this UIDVALIDITY is kept.
        connection.execute(
            new.on_conflict_do_update(
                index_elements=[mailbox.c.name],
                set_={**values, "renewed": True},
                where=mailbox.c.uidvalidity != fresh.uidvalidity,
            )
        )
        return _baseline(connection, name) or fresh


def _in_memory(rows: Sequence[RowMapping]) -> Sequence[RowMapping]:
    """As many of the first mails as may be held in memory at once; always at least one."""
    size = 0
    for at, row in enumerate(rows):
        size += row["size"]
        if at and size > _AT_ONCE_BYTES:
            return rows[:at]
    return rows


def _baseline(connection: Connection, name: str, *, lock: bool = False) -> Baseline | None:
    statement = _BASELINE.with_for_update() if lock else _BASELINE
    row = connection.execute(statement, {"mailbox": name}).first()
    return None if row is None else Baseline(uidvalidity=row.uidvalidity, uidnext=row.uidnext, cursor=row.cursor)
