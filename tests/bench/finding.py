"""`python -m tests.bench.finding`: how long a search takes among many messages, what the index takes on disk, what entering costs.

The messages are rows that the database makes: their words are drawn from a vocabulary in which, as in any language, few
words are common and most are rare.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from bisect import bisect
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.rows import message_values
from mailbot.adapters.store.schema import message, ticket
from mailbot.adapters.store.search import enter, entries
from mailbot.adapters.store.sql_store import SqlStore, open_store
from mailbot.adapters.store.ticket_rows import ticket_values
from mailbot.core.model.found import Search
from mailbot.core.model.mail import Address, Kind
from mailbot.core.model.message import Author, Message
from mailbot.core.model.ticket import Ticket, TicketState
from tests.bench.figures import percentile
from tests.servers import postgres

WHOLE, QUICK = 1_000_000, 20_000
BATCH = 2_000
PER_TICKET = 4
WORDS_OF_A_MAIL = 60
ROUNDS = 5
# BATCH is a multiple of it, so that no ticket lies in two batches.
SYLLABLES = "ba de fi go hu ka le mi no pu ra se ti vo wu xa ze ny pol ter ment ing ung ion ar est".split()  # noqa: SIM905
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Vocabulary:
    """Some 60,000 words, the n-th of them drawn with the weight 1 / n."""

    def __init__(self, seed: int, size: int = 60_000) -> None:
        self.random = random.Random(seed)
        found: dict[str, None] = {}
        while len(found) < size:
            found["".join(self.random.choices(SYLLABLES, k=self.random.randint(1, 5)))] = None
        self.words = list(found)
        self._sums = list(accumulate(1 / (rank + 3) for rank in range(size)))

    def draw(self, count: int) -> list[str]:
        """That many words."""
        pick, last = self.random.random, self._sums[-1]
        return [self.words[bisect(self._sums, pick() * last)] for _ in range(count)]


def questions(words: Sequence[str]) -> dict[str, str]:
    """What is asked, by what sort of question it is; the ranks are of words that are common, known and rare."""
    return {
        "the most common word": words[0],
        "two common words": f"{words[2]} {words[5]}",
        "a common and a rare word": f"{words[1]} {words[20_000]}",
        "a word of one mail in a hundred": words[60],
        "a rare word": words[30_000],
        "the beginning of many words": words[3][:3],
        "a customer's address": "person4711@people311.example",
        "a word that nobody wrote": "qqqqqq",
        "in another's inbox": words[0],
    }


def fill(database: Database, count: int, vocabulary: Vocabulary, say: Callable[[int], None]) -> None:
    """Messages 1 to `count` in tickets of four, one in twenty of which is open, with their words."""
    with database.engine.connect() as connection:
        if database.sqlite:
            for pragma in ("synchronous = OFF", "foreign_keys = OFF", "cache_size = -300000"):
                connection.connection.cursor().execute(f"PRAGMA {pragma}")
        else:
            connection.execute(text("SET session_replication_role = replica"))
            connection.execute(text("SET synchronous_commit = off"))
            connection.execute(text("DROP INDEX ix_search_words_words"))
        connection.commit()
        for start in range(1, count + 1, BATCH):
            _batch(connection, range(start, min(start + BATCH, count + 1)), vocabulary)
            connection.commit()
            say(start)
        if not database.sqlite:
            connection.execute(text("SET maintenance_work_mem = '256MB'"))
            connection.execute(
                text(
                    "CREATE INDEX ix_search_words_words ON search_words USING gin (words) "
                    "WITH (gin_pending_list_limit = 1024)"
                )
            )
            connection.commit()
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
        connection.invalidate()


def _batch(connection: Connection, numbers: Sequence[int], vocabulary: Vocabulary) -> None:
    made = [_message(number, " ".join(vocabulary.draw(WORDS_OF_A_MAIL))) for number in numbers]
    new = [_ticket(number) for number in sorted({one.ticket for one in made if one.ticket is not None})]
    connection.execute(ticket.insert(), [{**ticket_values(one), "version": 1} for one in new])
    connection.execute(message.insert(), [message_values(one) for one in made])
    enter(connection, entries(made))


def _ticket(number: int) -> Ticket:
    return Ticket(
        number=number,
        inbox="support",
        subject="A matter",
        requester=Address(name=f"Person {number}", address=f"person{number}@people{number % 400}.example"),
        priority=3,
        state=TicketState.OPEN if number % 20 == 0 else TicketState.RESOLVED,
        opened_at=NOW + timedelta(seconds=number),
    )


def _message(number: int, words: str) -> Message:
    of = (number - 1) // PER_TICKET + 1
    at = NOW + timedelta(seconds=number)
    return Message(
        id=f"m{number:012}",
        ticket=of,
        inbound=None,
        content_key=f"k{number:063}",
        message_id=None,
        kind=Kind.PERSON,
        author=Author.CUSTOMER,
        from_=Address(name=f"Person {of}", address=f"person{of}@people{of % 400}.example"),
        to=("help@lumen.example",),
        subject="A matter",
        date=at,
        received_at=at,
        new_text=words,
        text="",
    )


def measure_one(url: str, count: int, size: Callable[[SqlStore], dict[str, float]]) -> dict[str, Any]:
    """Fill one database, ask it, and say what the index takes there and what entering one mail costs."""
    store = open_store(url)
    try:
        vocabulary = Vocabulary(seed=1)
        began = time.perf_counter()
        fill(store._database, count, vocabulary, lambda done: progress(f"  {done:,} messages"))
        filled = time.perf_counter() - began
        asked = {}
        for name, words in questions(vocabulary.words).items():
            inboxes = frozenset({"billing"}) if name == "in another's inbox" else None
            took: list[float] = []
            for _ in range(ROUNDS):
                start = time.perf_counter()
                found = store.finding.find(Search(words=words, inboxes=inboxes))
                took.append(time.perf_counter() - start)
            assert found is not None
            asked[name] = {
                "ms": round(percentile(took, 0.5) * 1000, 1),
                "worst_ms": round(max(took) * 1000, 1),
                "tickets": found.count + found.elsewhere,
                "least": found.least,
            }
        return {"messages": count, "fill_s": filled, "asked": asked, **size(store)}
    finally:
        store.close()


def _on_sqlite(store: SqlStore) -> dict[str, float]:
    with store._database.read() as connection:
        page = connection.execute(text("PRAGMA page_size")).scalar_one()
        data = connection.execute(text("SELECT sum(length(block)) FROM search_words_data")).scalar_one()
        whole = connection.execute(text("PRAGMA page_count")).scalar_one() * page
    return {"words_mb": data / 1e6, "whole_mb": whole / 1e6}


def _on_postgresql(store: SqlStore) -> dict[str, float]:
    with store._database.read() as connection:
        words = connection.execute(text("SELECT pg_total_relation_size('search_words')")).scalar_one()
        whole = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
    return {"words_mb": words / 1e6, "whole_mb": whole / 1e6}


def measure(count: int, only: str | None) -> dict[str, Any]:
    """Both databases, or one; the `missing` of one that is not available says why."""
    found: dict[str, Any] = {}
    if only in (None, "sqlite"):
        folder = Path(tempfile.mkdtemp(prefix="bench-finding-"))
        try:
            progress("finding, SQLite")
            found["SQLite"] = measure_one(f"sqlite:///{folder}/desk.db", count, _on_sqlite)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    if only in (None, "postgresql"):
        progress("finding, PostgreSQL")
        try:
            with postgres.running() as server:
                found["PostgreSQL"] = measure_one(server.database(), count, _on_postgresql)
        except (RuntimeError, OSError, LookupError, subprocess.SubprocessError) as error:
            found["PostgreSQL"] = {"missing": str(error).splitlines()[0] if str(error) else type(error).__name__}
    return found


def table(figures: dict[str, Any]) -> str:
    """The figures, aligned."""
    lines: list[str] = []
    for name, found in figures.items():
        if "missing" in found:
            lines += [f"no figures of finding for {name}: {found['missing']}", ""]
            continue
        title = f"finding among {found['messages']:,} messages, {name}"
        lines.append(f"{title:<52}{'ms':>8}{'worst':>8}{'tickets':>10}")
        for words, each in found["asked"].items():
            more = "+" if each["least"] else ""
            tickets = f"{each['tickets']:,}{more}"
            lines.append(f"{words:<52}{each['ms']:>8.1f}{each['worst_ms']:>8.1f}{tickets:>10}")
        lines += [
            f"the words take {found['words_mb']:,.0f} MB of {found['whole_mb']:,.0f} MB; filled in {found['fill_s']:.0f} s",
            "",
        ]
    return "\n".join(lines)


def progress(words: str) -> None:
    """How far the run is, on stderr."""
    end = "\n" if not words.startswith("  ") else "\r"
    if sys.stderr.isatty() or end == "\n":
        print(words, file=sys.stderr, end=end, flush=True)


def main() -> int:
    """The command line: 0 if no search took 0.3 s, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.finding", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small run, to see that it works")
    parser.add_argument("--json", action="store_true", help="the figures as JSON on stdout")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="one of the databases")
    given = parser.parse_args()
    figures = measure(QUICK if given.quick else WHOLE, given.only)
    print(json.dumps(figures) if given.json else table(figures))
    return 0 if all(each["ms"] < 300 for one in figures.values() for each in one.get("asked", {}).values()) else 1


if __name__ == "__main__":
    sys.exit(main())
