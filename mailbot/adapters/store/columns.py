"""The column types of the store: moments in UTC, text that every database accepts, keys that fit into an index."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, DateTime, Integer, Text
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_KEY_LENGTH = 200

BIG_ID = BigInteger().with_variant(Integer(), "sqlite")
"""A number that the database assigns: SQLite does so only for a column of type INTEGER."""


def storable(text: str) -> str:
    """The text with NUL and lone surrogates replaced by U+FFFD: PostgreSQL refuses the first, UTF-8 the second."""
    if "\x00" not in text:
        if text.isascii():
            return text
        try:
            text.encode()
        except UnicodeEncodeError:
            pass
        else:
            return text
    return _UNSTORABLE.sub("\ufffd", text)


def short(text: str) -> str:
    """The text as a key: unchanged up to 200 characters, then its beginning and its SHA-256.

    A Message-ID or an address may have thousands of characters, and an entry of a PostgreSQL index at most some 2,700
    bytes.
    """
    text = storable(text)
    if len(text) <= _KEY_LENGTH:
        return text
    return f"{text[:100]}#{sha256(text.encode()).hexdigest()}"


class Moment(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC: `timestamptz`, and microseconds since 1970 in SQLite. Naive ones are refused,
    and those outside the years 1 to 9999 in UTC are moved to the nearest moment inside.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """An integer in SQLite, which has no type for moments."""
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | int | None:
        """What is sent to the database. Raises ValueError for a naive datetime."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime cannot be stored: {value!r}")
        try:
            value = value.astimezone(UTC)
        except OverflowError:
            # A Date header may say the year 1 or 9999, with an offset that leads beyond Python's range.
            value = _FIRST if value.year == _FIRST.year else _LAST
        return (value - _EPOCH) // _MICROSECOND if dialect.name == "sqlite" else value

    def process_result_value(
        self,
        value: datetime | int | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's name
    ) -> datetime | None:
        """What came out of the database, aware and in UTC."""
        if value is None:
            return None
        return _EPOCH + timedelta(microseconds=value) if isinstance(value, int) else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text from anywhere, made storable."""

    impl = Text
    cache_ok = True

    def process_bind_param(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's name
    ) -> str | None:
        """The text without what a database refuses."""
        return None if value is None else storable(value)


class Key(TypeDecorator[str]):
    """Text that is looked up and may come from outside: see `short`. A comparison shortens the other side as well."""

    impl = Text
    cache_ok = True

    def process_bind_param(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's name
    ) -> str | None:
        """The text, short enough for an index."""
        return None if value is None else short(value)
