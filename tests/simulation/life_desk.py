"""A desk to which the world does its worst: power cuts between any two commits, stores and mail servers that fail."""

from __future__ import annotations

import sqlite3
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from mailbot.core.model.known import Known
from mailbot.core.model.outgoing import Outgoing
from mailbot.errors import StoreDown
from mailbot.loops.brakes import stops
from mailbot.loops.send import FRESH
from mailbot.ports import OutboxRow, RawMail, Submission
from tests.simulation.simulated_desk import REFUSED, TAKEN, SimulatedDesk

GREY = Submission(accepted=False, code=451, reply="4.7.1 Greylisted, try again later")
CUT = Submission(accepted=False, code=0, reply="cut after the final dot", ambiguous=True)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
AWAY = Submission(accepted=False, code=0, reply="nobody listens", down=True)


_PATIENCE = timedelta(minutes=30)  # a server that is down is tried again after this; more often would show nothing new


class Killed(BaseException):
    """The process ended here, whatever it was about to do."""


@dataclass(frozen=True)
class Posted:
    """A mail that left, as far as people need it for an answer."""

    outgoing: Outgoing
    message_id: str

    @property
    def reply_to(self) -> str:
        return f"help+{self.outgoing.reply_token}@lumen.example" if self.outgoing.reply_token else "help@lumen.example"


@dataclass
class Fuse:
    """A fuse that burns with each commit. At its end the process dies, or else the store is gone until `until`.

    `after_it`: the last commit is in the database all the same, though nobody was told.
    """

    commits: int
    after_it: bool
    until: datetime | None = None


@dataclass
class SwiftDesk(SimulatedDesk):
    """A desk that plays thousands of steps in a minute: mails of which nothing special is expected go out unwritten."""

    posted: list[Posted] = field(default_factory=list)
    handed: dict[int, list[bytes]] = field(default_factory=dict)
    answers: deque[Submission] = field(default_factory=deque)
    fuse: Fuse | None = None
    dead: bool = False
    store_is_down: bool = False
    server_is_down: bool = False
    _tried_at: datetime = _LONG_AGO
    in_doubt: Counter[int] = field(default_factory=Counter)
    """How often nobody could know whether a mail had arrived."""

    def start_up(self) -> None:
        super().start_up()
        self.eyes = sqlite3.connect(self.path, isolation_level=None)
        """Sees what is committed, whatever has become of the store."""
        self.eyes.execute("PRAGMA synchronous = OFF")

    def close(self) -> None:
        self.eyes.close()
        super().close()

    # --- what goes out --------------------------------------------------------------------------------------------

    def send(self) -> None:
        if self.server_is_down:
            if abs(self.clock.now() - self._tried_at) < _PATIENCE:
                return
            self._tried_at = self.clock.now()
        while self.sees("SELECT 1 FROM outbox WHERE due_at IS NOT NULL LIMIT 1"):
            rows = self.store.ready(self.clock.now(), 50)
            if not rows:
                return
            if not all(map(self._is_plain, rows)):
                super().send()
                return
            self._send_swiftly(rows)

    def _is_plain(self, row: OutboxRow) -> bool:
        young = self.clock.now() - row.created_at < FRESH
        calm = self.fuse is None and not (self.store_is_down or self.server_is_down or self.answers)
        return calm and young and row.raw is None and row.attempts == 0

    def _send_swiftly(self, rows: list[OutboxRow]) -> None:
        """What the sending loop does with mails that a server takes at once, without their bytes."""
        gone, now = [], (self.clock.now() - _LONG_AGO) // timedelta(microseconds=1)
        self.sender._tally.forget()
        for row in rows:
            outgoing = row.outgoing
            first = outgoing.automatic and stops(outgoing)
            if first and (reason := self.sender._tally.stopped(outgoing, self.setting.policy.limits, self.clock.now())):
                self.sender._drop(row, reason)
            elif self.refuse(outgoing):
                self.sender._settle(row, REFUSED)
            else:
                gone.append(row.id)
                self._posted(row, f"{outgoing.message_token or 'm'}.{row.id}@lumen.example")
        sent = "UPDATE outbox SET state = 'sent', due_at = NULL, ended_at = ?, attempts = 1 WHERE id = ?"
        self.eyes.executemany(sent, [(now, id_) for id_ in gone])

    async def submit(self, sender: str, recipient: str, data: bytes) -> Submission:
        row = self.sender.in_hand
        if self.server_is_down:
            return AWAY
        if self.refuse(row.outgoing):
            return REFUSED
        answer = self.answers.popleft() if self.answers else TAKEN
        self.in_doubt[row.id] += answer is CUT
        if answer in (TAKEN, CUT):
            self.handed.setdefault(row.id, []).append(data)
            head = data.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").decode()
            message_id = next(line for line in head.split("\r\n") if line.lower().startswith("message-id:"))
            self._posted(row, message_id.partition(":")[2].strip(" <>"))
        return answer

    def _posted(self, row: OutboxRow, message_id: str) -> None:
        if len(self.handed.get(row.id, ())) <= 1:
            self.posted.append(Posted(row.outgoing, message_id))

    # --- what breaks ----------------------------------------------------------------------------------------------

    def light(self, fuse: Fuse) -> None:
        """From now on commits are counted."""
        self.fuse = fuse
        database = self.store._database
        read, write = type(database).read, type(database).write

        @contextmanager
        def reads() -> Iterator[Any]:
            self._live()
            with read(database) as connection:
                yield connection

        @contextmanager
        def writes() -> Iterator[Any]:
            self._live()
            last = self.fuse is not None and self._burn()
            if last and not fuse.after_it:
                self._break(fuse)
            with write(database) as connection:
                yield connection
            if last:
                self._break(fuse)

        database.read, database.write = reads, writes

    def mend(self) -> None:
        """The store is back; no fuse is burning."""
        self.fuse, self.store_is_down = None, False
        for name in ("read", "write"):
            vars(self.store._database).pop(name, None)

    def restart(self) -> None:
        """The process is gone, and another one starts with what was committed."""
        self.mend()
        self.dead = False
        self._doubt()
        self.eyes.close()
        self.store.close()
        self.start_up()

    def _live(self) -> None:
        if self.dead:
            raise Killed
        if self.store_is_down:
            raise StoreDown("the disk is gone")

    def _burn(self) -> bool:
        assert self.fuse is not None
        self.fuse.commits -= 1
        return self.fuse.commits <= 0

    def _break(self, fuse: Fuse) -> None:
        self.fuse = None
        self.dead, self.store_is_down = fuse.until is None, fuse.until is not None
        self._doubt()
        self._live()

    def _doubt(self) -> None:
        self.in_doubt.update(id_ for (id_,) in self.sees("SELECT id FROM outbox WHERE state = 'sending'"))

    # --- two at once ----------------------------------------------------------------------------------------------

    def meanwhile(self, happens: Callable[[], object]) -> None:
        """The next time that something has asked the store before deciding, this happens first."""
        store, ask = self.store, self.store.lookup

        def lookup(*asked: Any) -> Known:
            known = ask(*asked)
            if vars(store).pop("lookup", None) is not None:
                happens()
            return known

        vars(store)["lookup"] = lookup

    # --- what can be seen -----------------------------------------------------------------------------------------

    def arrive(self, raw: bytes, inbox: str) -> RawMail:
        """Put a mail into the mailbox, with the next UID."""
        uid = self._uids[inbox] = self._uids.get(inbox, 0) + 1
        return RawMail(mailbox=inbox, uidvalidity=1, uid=uid, raw=raw, size=len(raw))

    def sees(self, query: str, **values: Any) -> list[Any]:
        """Rows of the database; moments are microseconds since 1970."""
        return self.eyes.execute(query, values).fetchall()
