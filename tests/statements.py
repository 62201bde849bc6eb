"""Lets the stores of one test run share the statements that SQLAlchemy has compiled, as one long-lived store would."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from sqlalchemy import Dialect, Engine

from mailbot.adapters.store.sql_store import SqlStore

_first: dict[str, Engine] = {}
_own: WeakKeyDictionary[Engine, Dialect] = WeakKeyDictionary()


def sharing_statements(store: SqlStore) -> SqlStore:
    """The same store. A compiled statement belongs to a dialect object, so that is shared as well."""
    database = store._database
    name = database.engine.dialect.name
    if name not in _first:
        _first[name] = database.engine
        database.engine.connect().close()  # a dialect learns from its first connection what the server can do
    _own[database.engine] = database.engine.dialect
    for engine in (database.engine, database._snapshots):
        engine.dialect, engine._compiled_cache = _first[name].dialect, _first[name]._compiled_cache
    return store


def connecting(engine: Engine) -> Dialect:
    """What an engine connects by, to listen to: still its own."""
    return _own.get(engine, engine.dialect)
