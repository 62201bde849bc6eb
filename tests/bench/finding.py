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
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from typing import Any

from sqlalchemy import text

from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.rows import message_values
from mailbot.adapters.store.schema import message, ticket
from mailbot.adapters.store.search import STRETCHES
from mailbot.adapters.store.sql_store import SqlStore, open_store
from mailbot.adapters.store.ticket_rows import ticket_values
from mailbot.core.model.found import Search
from mailbot.core.model.mail import Address, Kind
from mailbot.core.model.message import Author, Message
from mailbot.core.model.ticket import Ticket
from tests.bench.figures import percentile
from tests.servers import postgres

WHOLE, QUICK = 1_000_000, 20_000
BATCH = 40_000
HALVES = 9_973
PER_TICKET = 4
WORDS_OF_A_MAIL = 60
ROUNDS = 5
SYLLABLES = (
    "ba",
    "de",
    "fi",
    "go",
    "hu",
    "ka",
    "le",
    "mi",
    "no",
    "pu",
    "ra",
    "se",
    "ti",
    "vo",
    "wu",
    "xa",
    "ze",
    "ny",
    "pol",
    "ter",
    "ment",
    "ing",
    "ung",
    "ion",
    "ar",
    "est",
)
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
    """Messages 1 to `count` in tickets of four, one in twenty of which is open, with their words.

    The database copies one ticket and one message; the words of each are those of two of `HALVES`, never the same two.
    """
    with database.engine.connect() as connection:
        if database.sqlite:
            for pragma in ("synchronous = OFF", "foreign_keys = OFF", "cache_size = -300000"):
                connection.connection.cursor().execute(f"PRAGMA {pragma}")
        else:
            connection.execute(text("SET session_replication_role = replica"))
            connection.execute(text("SET synchronous_commit = off"))
            connection.execute(text("DROP INDEX ix_search_words_words"))
        connection.execute(text("CREATE TABLE half (number integer PRIMARY KEY, words text NOT NULL)"))
        halves = [" ".join(vocabulary.draw(WORDS_OF_A_MAIL // 2)) for _ in range(HALVES)]
        connection.execute(
            text("INSERT INTO half (number, words) VALUES (:number, :words)"),
            [{"number": number, "words": words} for number, words in enumerate(halves)],
        )
        connection.execute(ticket.insert(), {**ticket_values(_TICKET), "version": 1})
        connection.execute(message.insert(), message_values(_MESSAGE))
        connection.commit()
        for start in range(1, count + 1, BATCH):
            bounds = {"first": start, "last": min(start + BATCH - 1, count), "halves": HALVES}
            for statement in _copies(sqlite=database.sqlite):
                connection.execute(text(statement), bounds)
            connection.commit()
            say(start)
        connection.execute(text("DROP TABLE half"))
        connection.commit()
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


def _copies(*, sqlite: bool) -> Iterator[str]:
    """The statements that make the rows of the numbers `first` to `last`, from the ticket and the message 0."""
    series = "WITH RECURSIVE series (i) AS (SELECT CAST(:first AS bigint) UNION ALL SELECT i + 1 FROM series WHERE i < :last)"
    both = (
        "FROM series JOIN half a ON a.number = i % :halves JOIN half b ON b.number = (i * 7919 + i / :halves) % :halves"
    )
    at = "received_at + i * 1000000" if sqlite else "received_at + i * interval '1 second'"
    of, address = f"((i - 1) / {PER_TICKET} + 1)", "'person' || {0} || '@people' || (({0}) % 400) || '.example'"
    changed = {
        "number": "i",
        "requester": address.format("i"),
        "requester_address": address.format("i"),
        "state": "CASE WHEN i % 20 = 0 THEN 'open' ELSE 'resolved' END",
    }
    last_of = f"(:last - 1) / {PER_TICKET} + 1"
    first_of = f"(:first + {PER_TICKET - 2}) / {PER_TICKET} + 1"
    numbers = series.replace("CAST(:first AS bigint)", f"CAST({first_of} AS bigint)").replace(
        "i < :last", f"i < {last_of}"
    )
    yield _copy(numbers, ticket.name, [c.name for c in ticket.c], changed, "FROM series JOIN ticket ON number = 0")
    changed = {
        "id": "'m' || (1000000000 + i)",
        "ticket": of,
        "content_key": "'k' || (1000000000 + i)",
        "from_address": address.format(of),
        "received_at": at,
        "new_text": "a.words || ' ' || b.words",
    }
    there = f"{both} JOIN message ON message.id = 'm0'"
    yield _copy(series, message.name, [c.name for c in message.c], changed, there)
    yield f"{series} INSERT INTO search (number, message) SELECT i, 'm' || (1000000000 + i) FROM series"
    words = f"'matter person person' || {of} || ' ' || {address.format(of)} || ' ' || a.words || ' ' || b.words"
    if not sqlite:
        stretches = " || ".join(f"' ~{bits}:' || (i >> {bits})" for bits in STRETCHES)
        words = f"array_to_tsvector(string_to_array({words} || {stretches}, ' '))"
    yield f"{series} INSERT INTO search_words (rowid, words) SELECT i, {words} {both} ORDER BY i"


def _copy(series: str, table: str, names: Sequence[str], changed: dict[str, str], of: str) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(changed.get(name, f'{table}."{name}"') for name in names)
    return f"{series} INSERT INTO {table} ({columns}) SELECT {values} {of}"


_ANN = Address(name="Ann Fields", address="ann@people.example")
_TICKET = Ticket(number=0, inbox="support", subject="A matter", requester=_ANN, priority=3, opened_at=NOW)
_MESSAGE = Message(
    id="m0",
    ticket=0,
    inbound=None,
    content_key="k0",
    message_id=None,
    kind=Kind.PERSON,
    author=Author.CUSTOMER,
    from_=_ANN,
    to=("help@lumen.example",),
    subject="A matter",
    date=NOW,
    received_at=NOW,
    new_text="",
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
