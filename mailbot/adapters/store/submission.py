"""Remembers what the submission server refuses, for all processes of the desk and across restarts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import select

from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.schema import submission
from mailbot.core.sending.server import Refusing

_ALL = select(submission)


class Submissions:
    """Implements the part of `ports.OutboxStore` that is about the server itself."""

    def __init__(self, database: Database) -> None:
        self._submissions = database
        new = database.insert(submission)
        self._remember = new.on_conflict_do_update(
            index_elements=[submission.c.side],
            set_={column: new.excluded[column.name] for column in submission.c if column.name != "side"},
        )

    def refusing(self) -> tuple[Refusing, ...]:
        """See `ports.OutboxStore.refusing`."""
        with self._submissions.read() as connection:
            return tuple(Refusing(**row) for row in connection.execute(_ALL).mappings())

    def remember(self, refusing: Iterable[Refusing]) -> None:
        """See `ports.OutboxStore.remember`. If two processes learn something at once, the later one's version stays."""
        rows = [asdict(one) for one in refusing]
        if rows:
            with self._submissions.write() as connection:
                connection.execute(self._remember, rows)
