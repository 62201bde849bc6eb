"""`python -m tests.contract.released.keep VERSION` keeps the schema of this version, with a little data, for later ones.

Run it when a version is released, and never again for that version: the files say what its desks have. The data is what
the morning of `story` leaves. Each database is kept as SQL text, made by its own tool.
"""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
from sqlalchemy import text

from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.migrations import migrate
from tests.contract.released.story import BEGIN, GONE, play
from tests.servers.postgres import running
from tests.simulation.simulated_desk import SimulatedDesk

FOLDER = Path(__file__).parent
DATABASES = ("sqlite", "postgresql")


def kept(version: str, database: str) -> Path:
    """The file that a version was kept in."""
    return FOLDER / f"{version}.{database}.sql"


def load(version: str, url: str) -> None:
    """Make an empty database what the story left in one of that version."""
    script = kept(version, url.partition(":")[0]).read_text(encoding="utf-8")
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        connection.executescript(script)
        connection.close()
        return
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(script.encode())


def played(url: str) -> None:
    """Play the story in an empty database."""
    migrate(url)
    desk = SimulatedDesk(start=BEGIN, refuse=lambda one: one.to.address == GONE, url=url)
    try:
        play(desk)
    finally:
        desk.close()
    database = Database(url)
    with database.write() as connection:  # most of the bytes, and all alike
        connection.execute(text("DELETE FROM outbox_raw WHERE outbox > 2"))
    database.close()


def sqlite_text(path: Path) -> str:
    """The database as SQL. It is changed: an index of words (FTS5) cannot be read as a table, only what it is kept in can."""
    with sqlite3.connect(path) as connection:
        virtual = connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE%'"
        ).fetchall()
        words: list[str] = []
        for name, sql in virtual:
            words.append(f"{sql};")
            for (part,) in connection.execute(
                f"SELECT name FROM pragma_table_list WHERE type = 'shadow' AND name LIKE '{name}_%'"
            ).fetchall():
                columns = ", ".join(f"quote({row[1]})" for row in connection.execute(f"PRAGMA table_info({part})"))
                rows = connection.execute(f"SELECT {columns} FROM {part}").fetchall()
                words += [f"DELETE FROM {part};", *(f"INSERT INTO {part} VALUES ({', '.join(row)});" for row in rows)]
            connection.execute(f"DROP TABLE {name}")
        *lines, last = connection.iterdump()
    return "\n".join([*lines, *words, last]) + "\n"


def postgres_text(url: str) -> str:
    """What pg_dump says, without the lines for psql and for one server's version."""
    command = ["pg_dump", "--inserts", "--no-owner", "--no-privileges", "--no-comments", url]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    told = re.sub(r"^(?:--.*|SET .*|SELECT pg_catalog\.set_config.*|\\.*)\n", "", told, flags=re.MULTILINE)
    return re.sub(r"\n{2,}", "\n", told).lstrip()


def main() -> None:
    (version,) = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        played(f"sqlite:///{folder}/desk.db")
        kept(version, "sqlite").write_text(sqlite_text(Path(folder) / "desk.db"), encoding="utf-8")
    with running() as server:
        url = server.database()
        played(url)
        kept(version, "postgresql").write_text(postgres_text(url), encoding="utf-8")


if __name__ == "__main__":
    main()
