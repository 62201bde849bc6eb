"""Leases: one holder at a time for a named thing, with a fencing number that only grows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Text, and_, bindparam, case, delete, func, literal, or_, select, update

from mailbot.adapters.store.columns import Moment
from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.schema import inbound, lease, outbox
from mailbot.core.model.outgoing import OutboxState
from mailbot.ports import Lease

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_PAUSE = timedelta(seconds=10)
_ENDED = "the process that had it ended"
_HELD = select(lease.c.name, lease.c.holder, lease.c.until)
_BY = bindparam("by", type_=Text())
_BECAUSE = bindparam("because", type_=Text())
# The first time nobody knows which of its mails killed a process, if any did: each is tried again at once and alone, as
# if for the first time. A mail that was alone may have been there by chance, for instance if somebody keeps pulling the
# plug: it has to wait, and others go first. Nothing is held against the mails of a process that left in good order, or
# of which nobody has heard: a database that nobody reaches makes all of them leave again and again.
_FIRST_TIME = and_(inbound.c.attempts <= 1, inbound.c.reason.is_(None))
_CLAIMS_BACK = (
    update(inbound)
    .where(inbound.c.open_at.is_not(None), inbound.c.state == "claimed", inbound.c.holder == _BY)
    .values(
        state="stored",
        attempts=case((and_(_FIRST_TIME, _BECAUSE.is_not(None)), 0), else_=inbound.c.attempts),
        open_at=case(
            (_FIRST_TIME, literal(_NEVER, Moment)),
            (inbound.c.attempts <= 1, bindparam("soon", type_=Moment)),
            else_=bindparam("later", type_=Moment),
        ),
        reason=case(
            (inbound.c.reason.like('{"args": %'), inbound.c.reason), else_=func.coalesce(_BECAUSE, inbound.c.reason)
        ),
        token=None,
        holder=None,
    )
)
_SENDING_BACK = (
    update(outbox)
    .where(outbox.c.due_at.is_not(None), outbox.c.state == OutboxState.SENDING.value, outbox.c.holder == _BY)
    .values(state=OutboxState.UNKNOWN.value, due_at=bindparam("now", type_=Moment), holder=None)
)


class Leases:
    """Implements `ports.LeaseStore`."""

    def __init__(self, database: Database) -> None:
        self._leases = database
        now = bindparam("now", type_=Moment)
        new = database.insert(lease).values(
            name=bindparam("name"), holder=bindparam("holder"), until=bindparam("until"), fence=1
        )
        runs = lease.c.until > now
        mine = lease.c.holder == new.excluded.holder
        self._hold = new.on_conflict_do_update(
            index_elements=[lease.c.name],
            set_={
                "holder": new.excluded.holder,
                "until": new.excluded.until,
                # A lapsed lease is a new one, even for its old holder: somebody may have acted in between.
                "fence": case((mine & runs, lease.c.fence), else_=lease.c.fence + 1),
            },
            where=or_(mine, ~runs),
        ).returning(lease.c.fence)

    def hold(self, name: str, holder: str, now: datetime, ttl: timedelta) -> int | None:
        """See `ports.LeaseStore.hold`. The number stays the same while the lease is prolonged in time."""
        with self._leases.write() as connection:
            fence: int | None = connection.execute(
                self._hold, {"name": name, "holder": holder, "until": now + ttl, "now": now}
            ).scalar()
        return fence

    def release(self, name: str, holder: str) -> None:
        """See `ports.LeaseStore.release`. The row stays, since its number must only grow."""
        with self._leases.write() as connection:
            connection.execute(
                update(lease).where(lease.c.name == name, lease.c.holder == holder).values(until=_NEVER, holder="")
            )

    def held(self, prefix: str) -> list[Lease]:
        """See `ports.LeaseStore.held`. Reads the whole table, which has a row for each inbox and each process."""
        with self._leases.read() as connection:
            rows = connection.execute(_HELD).all()
        return [Lease(name=row.name, holder=row.holder, until=row.until) for row in rows if row.name.startswith(prefix)]

    def abandon(self, process: Lease, now: datetime, *, gone: bool, left: bool = False) -> int:
        """See `ports.LeaseStore.abandon`."""
        mine = delete(lease).where(lease.c.name == process.name, lease.c.holder == process.holder)
        if not gone:
            mine = mine.where(lease.c.until <= process.until)
        with self._leases.write() as connection:
            if connection.execute(mine).rowcount != 1:
                return 0
            pauses = {"soon": now + _PAUSE, "later": now + 6 * _PAUSE}
            because = _ENDED if gone and not left else None
            back = connection.execute(_CLAIMS_BACK, {"by": process.holder, "because": because, **pauses}).rowcount
            back += connection.execute(_SENDING_BACK, {"by": process.holder, "now": now}).rowcount
            others = update(lease).where(lease.c.holder == process.holder)
            connection.execute(others.values(until=_NEVER, holder=""))
        return back
