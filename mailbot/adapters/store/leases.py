"""Leases: one holder at a time for a named thing, with a fencing number that only grows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, case, or_, update

from mailbot.adapters.store.columns import Moment
from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.schema import lease

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Leases:
    """Fulfils `ports.LeaseStore`."""

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
                # A lease that lapsed is a new one, even for its old holder: somebody may have acted in between.
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
        """See `ports.LeaseStore.release`. The row stays, since its number must go on growing."""
        with self._leases.write() as connection:
            connection.execute(
                update(lease).where(lease.c.name == name, lease.c.holder == holder).values(until=_NEVER, holder="")
            )
