"""One database, SQLite or PostgreSQL: connections, transactions, and its errors as the desk's own."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy import exc as sa_exc

from mailbot.errors import ConfigError, Conflict, StoreDown

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Table
    from sqlalchemy.dialects import postgresql, sqlite

BUSY_SECONDS = 5
"""How long a transaction waits for another's locks."""

_POSTGRESQL = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "tcp_user_timeout": 10_000,
    "options": f"-c timezone=UTC -c lock_timeout={BUSY_SECONDS}s -c idle_in_transaction_session_timeout=60s",
}
# ASCII only: NUL and lone surrogates travel as escapes, which both databases take.
_JSON = json.JSONEncoder(separators=(",", ":"))
_SERIALIZATION_FAILURE, _DEADLOCK, _READ_ONLY = "40001", "40P01", "25006"
_DISK_FULL, _IO_ERROR = "53100", "58030"  # PostgreSQL, appendix A


class Database:
    """A pool of connections to one database; safe to share between threads. Closed by `close`."""

    def __init__(self, url: str) -> None:
        parsed = database_url(url)
        self.sqlite = parsed.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(parsed) if self.sqlite else _postgresql_engine(parsed)
        self._snapshots = (
            self.engine if self.sqlite else self.engine.execution_options(isolation_level="REPEATABLE READ")
        )
        self._writer = threading.Lock() if self.sqlite else None
        self._soon: Connection | None = None
        # A command that only reads ends without closing: its connections end with it, and not when memory is tidied up.
        weakref.finalize(self, self.engine.dispose).atexit = False

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the database and changes nothing. Raises StoreDown."""
        with translated(), self._snapshots.connect() as connection:
            if self.sqlite:
                _begin_sqlite(connection)
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction, committed at the end of the block and rolled back on any error.

        Raises StoreDown; if a connection broke during the commit itself, the change may be there all the same, which
        the keys make harmless. Raises Conflict if the database says that two transactions crossed.
        """
        with self._one_writer(), translated(), self.engine.begin() as connection:
            if self.sqlite:
                _begin_sqlite(connection, write=True)
            yield connection

    @contextmanager
    def write_soon(self) -> Iterator[Connection]:
        """Like `write`, without waiting for the disk: the end of this process cannot undo it, a power failure may.

        For what may be forgotten, because an earlier `write` provided for what happens then.
        """
        with self._one_writer(), translated():
            if not self.sqlite:
                with self.engine.begin() as connection:
                    connection.exec_driver_sql("SET LOCAL synchronous_commit TO OFF")
                    yield connection
                return
            connection = self._soon or self._open_soon()
            self._soon = None
            try:
                with connection.begin():
                    _begin_sqlite(connection, write=True)
                    yield connection
            except BaseException:
                # A failed commit has left its transaction open, and the lock with it: only the end of the
                # connection surely ends both.
                driver = connection.connection.dbapi_connection
                connection.invalidate()
                connection.close()
                if driver is not None:
                    with suppress(sqlite3.Error):
                        driver.close()
                raise
            self._soon = connection

    def _open_soon(self) -> Connection:
        connection = self.engine.connect()
        # Set for one user of the connection and not for the next ones. In WAL mode NORMAL loses no consistency, only
        # time.
        connection.detach()
        connection.connection.cursor().execute("PRAGMA synchronous = NORMAL")
        return connection

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """An INSERT with ON CONFLICT, which both databases spell alike."""
        return _insert(table, on_sqlite=self.sqlite)

    def close(self) -> None:
        """Close all connections."""
        soon, self._soon = self._soon, None
        if soon is not None:
            with suppress(sa_exc.SQLAlchemyError):
                soon.close()
        self.engine.dispose()

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        # SQLite makes a second writer sleep and try again; threads of one process wait here instead, and are woken.
        if self._writer is None:
            yield
            return
        if not self._writer.acquire(timeout=2 * BUSY_SECONDS):
            raise StoreDown("the database is locked by another thread")
        try:
            yield
        finally:
            self._writer.release()


@cache
def _insert(table: Table, *, on_sqlite: bool) -> sqlite.Insert | postgresql.Insert:
    # Kept, since it is never changed, only built upon: its `excluded` takes longer to make than the rest of a statement.
    if on_sqlite:
        from sqlalchemy.dialects.sqlite import insert

        return insert(table)
    from sqlalchemy.dialects.postgresql import insert as insert_there  # 2 MB that SQLite does not need

    return insert_there(table)


def database_url(url: str) -> URL:
    """The URL of a database as SQLAlchemy takes it. Raises ConfigError for anything but SQLite and PostgreSQL."""
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except sa_exc.ArgumentError as error:
        raise ConfigError([f"the database URL cannot be read: {error}"]) from None
    if backend == "sqlite" and parsed.database and parsed.database != ":memory:":
        return parsed.set(drivername="sqlite+pysqlite")
    if backend in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    raise ConfigError(["the database must be sqlite:///ABSOLUTE/PATH or postgresql://USER@HOST/NAME"])


@contextmanager
def translated() -> Iterator[None]:
    """Within the block, a database error that stops everything becomes StoreDown (or Conflict)."""
    try:
        yield
    except sa_exc.IntegrityError:
        raise
    except sa_exc.DBAPIError as error:
        raise _translate(error) from error
    except (sa_exc.TimeoutError, sa_exc.PendingRollbackError, sqlite3.DatabaseError) as error:
        raise _down(error, str(error)) from error


def _translate(error: sa_exc.DBAPIError) -> Exception:
    state = getattr(error.orig, "sqlstate", None)
    words = " ".join(str(error.orig).split())
    if state in (_SERIALIZATION_FAILURE, _DEADLOCK):
        return Conflict(words)
    unusable = isinstance(error.orig, sqlite3.DatabaseError) and type(error.orig) is sqlite3.DatabaseError
    if error.connection_invalidated or unusable or state == _READ_ONLY:
        return _down(error.orig, words)
    if isinstance(error, (sa_exc.OperationalError, sa_exc.InterfaceError)):
        return _down(error.orig, words)
    return error


def _down(error: BaseException | None, words: str) -> StoreDown:
    """The same as StoreDown, and explicitly so if it is the disk: that is where its reader has to look."""
    state = getattr(error, "sqlstate", None)
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF  # the lower byte is the primary one
    if state == _DISK_FULL or code == sqlite3.SQLITE_FULL:
        return StoreDown(f"the disk of the database is full ({words}): nothing is taken in until there is room", "full")
    if state == _IO_ERROR or code == sqlite3.SQLITE_IOERR:
        return StoreDown(f"the disk of the database fails, or is full ({words})", "failing")
    return StoreDown(words)


def _sqlite_engine(url: URL) -> Engine:
    if url.database and not url.query.get("uri"):
        _create_private(url)
    engine = create_engine(
        url,
        json_serializer=_JSON.encode,
        hide_parameters=True,
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},
        pool_size=8,
        max_overflow=24,
        pool_timeout=BUSY_SECONDS,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _create_private(url: URL) -> None:
    # Customers' mail is for nobody else's eyes; SQLite gives its other files the mode of the first.
    with suppress(OSError):
        os.close(os.open(str(url.database), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    _use_wal(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _use_wal(connection: sqlite3.Connection) -> None:
    # The change to WAL does not wait for other connections: SQLite answers "locked" at once, whatever the timeout.
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection, *, write: bool = False) -> None:
    # The driver itself would begin late and without IMMEDIATE: a reader that then writes fails instead of waiting. Told
    # to the driver, since with an event listener for "begin" SQLAlchemy takes a slower path for every statement.
    connection.connection.cursor().execute("BEGIN IMMEDIATE" if write else "BEGIN")


def _postgresql_engine(url: URL) -> Engine:
    given = {name: value for name, value in _POSTGRESQL.items() if name not in url.query}
    return create_engine(
        url,
        json_serializer=_JSON.encode,
        hide_parameters=True,
        connect_args=given,
        pool_pre_ping=True,
        pool_size=8,
        max_overflow=24,
        pool_timeout=BUSY_SECONDS,
    )
