"""The index of the words of all mail: written together with each message, and filled in for old ones bit by bit.

`search` numbers the messages, the newest highest. `search_words` holds their words as `core.language.search_words` splits
them: a virtual table of FTS5 in SQLite, a `tsvector` with a GIN index in PostgreSQL. Neither holds the text again.

FTS5 finds in the order of the numbers, so the newest of many come at once. GIN finds all and knows no order: so each row
has, among its words, in which stretch of numbers it lies, and the stretches are asked from the newest on, ever wider.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, text, update

from mailbot.adapters.store.engine import Database
from mailbot.adapters.store.rows import message_from
from mailbot.adapters.store.schema import counter, message, search
from mailbot.core.language.search_words import Term, indexed
from mailbot.core.model.message import Message

if TYPE_CHECKING:
    from sqlalchemy import Connection

STRETCHES = (15, 18, 21, 24)
"""Binary logarithms of the stretches: 32,768 messages, then eight times as many each."""
_FILLED = "search.filled"  # how many of the old messages have their words
_TO_CAP = 20  # addresses of a mail

_NUMBER_THEM = search.insert().inline()
_WORDS = {
    "sqlite": text(
        "INSERT INTO search_words (rowid, words) SELECT number, :words FROM search WHERE message = :message"
    ),
    "postgresql": text(
        "INSERT INTO search_words (rowid, words) "  # noqa: S608 - of constants
        "SELECT number, array_to_tsvector(CAST(:words AS text[]) || "
        + " || ".join(f"('~{bits}:' || (number >> {bits}))" for bits in STRETCHES)
        + ") FROM search WHERE message = :message"
    ),
}
_MATCH = {
    "sqlite": text("SELECT rowid FROM search_words WHERE search_words MATCH :query ORDER BY rowid DESC LIMIT :most"),
    "postgresql": text(
        "SELECT rowid FROM search_words WHERE words @@ CAST(:query AS tsquery) ORDER BY rowid DESC LIMIT :most"
    ),
}
_LAST = select(func.max(search.c.number))
_FIRST = select(func.min(search.c.number))
_OLD = (
    select(search.c.number, message)
    .join_from(search, message, message.c.id == search.c.message)
    .where(search.c.number <= bindparam("below"))
    .order_by(search.c.number.desc())
    .limit(bindparam("most"))
)


def words_of(one: Message) -> list[str]:
    """The words by which a message is found: of its own text, subject, sender, files, and the addresses it went to."""
    files = (attached.name or "" for attached in one.attachments if not attached.machinery)
    parts = (one.subject, one.from_.name or "", one.from_.address, *files, one.new_text)
    return indexed(parts, (one.from_.address, *one.to[:_TO_CAP]))  # letters and digits: all of it can be stored


def entries(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """What `enter` takes, made before a transaction begins. What a ticket has and what may yet get one is found."""
    return [{"message": one.id, "words": words_of(one)} for one in messages if one.ticket is not None or one.held]


def enter(connection: Connection, found: Sequence[dict[str, Any]]) -> None:
    """Number new messages, which are stored by now, and enter their words."""
    if found:
        connection.execute(_NUMBER_THEM, [{"message": each["message"]} for each in found])
        _enter_words(connection, found)


def _enter_words(connection: Connection, found: Sequence[dict[str, Any]]) -> None:
    name = connection.dialect.name
    if name == "sqlite":
        found = [{**each, "words": " ".join(each["words"])} for each in found]
    connection.execute(_WORDS[name], found)


def matching(connection: Connection, terms: Sequence[Term], most: int) -> list[int]:
    """The numbers of the messages that have all the words, the newest first; at most so many.

    Where as many have the very words, what merely begins with them is not looked for: to put together all the words that
    begin with a common one takes longer than any answer is worth.
    """
    exactly = [Term(term.word, begins=term.begins and "@" in term.word) for term in terms]
    found = _matching(connection, exactly, most)
    return found if len(found) >= most or exactly == list(terms) else _matching(connection, terms, most)


def _matching(connection: Connection, terms: Sequence[Term], most: int) -> list[int]:
    if connection.dialect.name == "sqlite":
        query = " AND ".join(f'"{term.word}"{"*" if term.begins else ""}' for term in terms)
        return list(connection.execute(_MATCH["sqlite"], {"query": query, "most": most}).scalars())
    query = " & ".join(f"'{term.word}'{':*' if term.begins else ''}" for term in terms)
    last, first = connection.execute(_LAST).scalar() or 0, connection.execute(_FIRST).scalar() or 0
    for bits in STRETCHES:
        newest = last >> bits
        if newest - 1 <= first >> bits:
            break
        here = f"({query}) & ('~{bits}:{newest}' | '~{bits}:{newest - 1}')"
        found = list(connection.execute(_MATCH["postgresql"], {"query": here, "most": most}).scalars())
        if len(found) >= most:
            return found
    return list(connection.execute(_MATCH["postgresql"], {"query": query, "most": most}).scalars())


def unread(connection: Connection) -> int:
    """How many old messages have no words in the index yet."""
    old = -min(0, connection.execute(_FIRST).scalar() or 0)
    return max(0, old - _filled(connection)) if old else 0


def _filled(connection: Connection) -> int:
    return connection.execute(select(counter.c.value).where(counter.c.name == _FILLED)).scalar() or 0


class SearchIndex:
    """Fills the index with the words of old mail. Safe to stop at any moment, and to run in several processes."""

    def __init__(self, database: Database) -> None:
        self._filling = database

    def fill_search(self, limit: int) -> int:
        """Enter the words of the next so many old messages, the newest first; how many are left. Raises StoreDown."""
        with self._filling.read() as connection:
            filled = _filled(connection)
            rows = connection.execute(_OLD, {"below": -1 - filled, "most": limit}).mappings().all()
            left = unread(connection) - len(rows)
        if not rows:
            return 0
        # The numbers must rise, or FTS5 writes each row out by itself.
        found = [{"message": row["id"], "words": words_of(message_from(row))} for row in reversed(rows)]
        new = self._filling.insert(counter).values(name=_FILLED, value=0).on_conflict_do_nothing()
        here = update(counter).where(counter.c.name == _FILLED, counter.c.value == filled)
        with self._filling.write() as connection:
            connection.execute(new)
            if connection.execute(here.values(value=filled + len(rows))).rowcount == 1:  # else another process did
                _enter_words(connection, found)
        return max(0, left)
