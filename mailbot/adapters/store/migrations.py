"""Brings a database to this version's schema, safely even while other processes start."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from mailbot.adapters.store.engine import Database, translated
from mailbot.errors import ConfigError

if TYPE_CHECKING:
    from sqlalchemy import Connection

HEAD = "0026"
"""The revision that `schema` describes: a database that has it needs no migration, and no Alembic."""

_LOCK = 0x6D61696C626F74  # "mailbot": the advisory lock that one migrating process holds on PostgreSQL


def migrations_dir() -> Path:
    """Where the migrations are: in the package data of an installed wheel, else in `storage/` of the checkout."""
    package = Path(__file__).parents[2]
    installed = package / "data" / "migrations"
    return installed if installed.is_dir() else package.parent / "storage" / "migrations"


def open_database(url: str, *, migrate: bool = True) -> Database:
    """The database at `sqlite:///ABSOLUTE/PATH` or `postgresql://USER@HOST/NAME`, its tables created or updated first.

    Raises ConfigError for another URL or a database of a newer mailbot, StoreDown if it cannot be reached.
    """
    database = Database(url)
    try:
        if migrate:
            _migrate(database)
    except BaseException:
        database.close()
        raise
    return database


def migrate(url: str) -> None:
    """Create or update the tables of the database. Raises as `open_database`."""
    open_database(url).close()


def revision_of(database: Database) -> str | None:
    """Of which version its tables are; None if it has none. Raises StoreDown."""
    with database.read() as connection:
        return _revision(connection)


def _migrate(database: Database) -> None:
    """One transaction: all migrations or none."""
    if revision_of(database) == HEAD:
        return
    with translated(), database.write() as connection:
        if not database.sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if _revision(connection) != HEAD:
            _upgrade(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    # Its INFO lines are for people who run Alembic by hand.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise ConfigError([f"the database cannot be brought up to date: {error}"]) from error
