"""Statements that are turned into SQL once and then run on the driver itself: for what is asked for every mail.

SQLAlchemy's own execution costs several times what SQLite needs for a row that it finds by its key. The statement is
still written with SQLAlchemy, runs within its transaction, and fails with its errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from sqlalchemy import bindparam
from sqlalchemy import exc as sa_exc

if TYPE_CHECKING:
    from sqlalchemy import BindParameter, Connection, Delete, Insert, Select, Update
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

    Statement = Select[*tuple[Any, ...]] | Insert | Update | Delete

Found: TypeAlias = list[dict[str, Any]]
_Process: TypeAlias = Callable[[Any], Any]
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class _Slot(NamedTuple):
    """One parameter of the SQL text, in its place; what is the same each time is kept ready in `fixed`."""

    name: str
    given: bool
    process: _Process | None
    fixed: Any


class _Compiled(NamedTuple):
    sql: str
    positional: bool
    slots: tuple[_Slot, ...]
    names: tuple[str, ...]
    results: tuple[tuple[str, _Process], ...]


class Prepared:
    """One statement, compiled at its first use for each kind of database; safe to share between threads.

    Values are given by the names of the bind parameters, or of the columns of an INSERT, and each call gives the same
    ones (KeyError where one is missing). Lists of a length that is known only later (expanding parameters) are refused
    with ValueError: see `PreparedLists`.
    """

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Found:
        """What it finds, or returns, by the names of the columns. Raises what SQLAlchemy would."""
        compiled = self._for(connection, values)
        cursor = self._run(connection, compiled, self._parameters(compiled, values))
        names, results = compiled.names, compiled.results
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        for row in found:
            for name, process in results:
                row[name] = process(row[name])
        return found

    def row(self, connection: Connection, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """The first of the rows, or None."""
        found = self.rows(connection, values)
        return found[0] if found else None

    def change(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """How many rows it changed. Raises what SQLAlchemy would."""
        compiled = self._for(connection, values)
        count: int = self._run(connection, compiled, self._parameters(compiled, values)).rowcount
        return count

    def change_all(self, connection: Connection, many: Iterable[Mapping[str, Any]]) -> None:
        """Run it for each of the values, of which there is at least one. Raises what SQLAlchemy would."""
        each = list(many)
        compiled = self._for(connection, each[0])
        parameters = [self._parameters(compiled, values) for values in each]
        if len(parameters) == 1:
            self._run(connection, compiled, parameters[0])
        else:
            self._run(connection, compiled, parameters, many=True)

    def _parameters(self, compiled: _Compiled, values: Mapping[str, Any]) -> Any:
        ready = [
            (values[name] if process is None else process(values[name])) if given else fixed
            for name, given, process, fixed in compiled.slots
        ]
        if compiled.positional:
            return ready
        return {slot.name: value for slot, value in zip(compiled.slots, ready, strict=True)}

    def _run(self, connection: Connection, compiled: _Compiled, parameters: Any, *, many: bool = False) -> Any:
        if not connection.in_transaction():
            connection.begin()
        cursor = connection.connection.cursor()
        dialect = connection.dialect
        try:
            if many:
                cursor.executemany(compiled.sql, parameters)
            else:
                cursor.execute(compiled.sql, parameters)
        except dialect.loaded_dbapi.Error as error:
            lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor)
            if lost:
                connection.invalidate(error)
            raise sa_exc.DBAPIError.instance(
                compiled.sql,
                None,  # what customers wrote is not for error texts
                error,
                dialect.loaded_dbapi.Error,
                hide_parameters=True,
                connection_invalidated=lost,
                dialect=dialect,
            ) from error
        return cursor

    def _for(self, connection: Connection, values: Mapping[str, Any]) -> _Compiled:
        # Two threads may both compile, with the same result.
        name = connection.dialect.name
        if name not in self._compiled:
            self._compiled[name] = _compile(self._statement, connection.dialect, list(values))
        return self._compiled[name]


def _compile(statement: Statement, dialect: Dialect, columns: list[str]) -> _Compiled:
    compiled = statement.compile(dialect=dialect, column_keys=columns)
    if compiled.post_compile_params:
        raise ValueError(f"a list of unknown length cannot be prepared: {compiled.string}")
    found = statement.exported_columns
    results = ((column.name, _result(column.type, dialect)) for column in found)
    return _Compiled(
        sql=compiled.string,
        positional=bool(compiled.positional),
        slots=tuple(_slot(name, compiled.binds[name], dialect) for name in compiled.positiontup or compiled.binds),
        names=tuple(column.name for column in found),
        results=tuple((name, process) for name, process in results if process is not None),
    )


def _slot(name: str, parameter: BindParameter[Any], dialect: Dialect) -> _Slot:
    process = parameter.type.dialect_impl(dialect).bind_processor(dialect)
    if parameter.required:
        return _Slot(name, True, process, None)
    value = parameter.effective_value
    return _Slot(name, False, None, value if process is None else process(value))


def _result(type_: TypeEngine[Any], dialect: Dialect) -> _Process | None:
    return type_.dialect_impl(dialect).result_processor(dialect, None)


class PreparedLists:
    """A statement about a list of keys, prepared for lists of 1, 2, 4, 8 … of them; safe to share between threads.

    `write` makes it from the places for the keys; a shorter list fills what is left of them with its last key.
    """

    def __init__(self, write: Callable[[list[BindParameter[Any]]], Statement], type_: TypeEngine[Any]) -> None:
        self._write = write
        self._type = type_
        self._sizes: dict[int, Prepared] = {}

    def rows(self, connection: Connection, keys: Sequence[Any], values: Mapping[str, Any] = _NOTHING) -> Found:
        """What it finds for any of the keys, of which there is at least one; `values` as for `Prepared`."""
        return self._for(len(keys)).rows(connection, self._values(keys, values))

    def change(self, connection: Connection, keys: Sequence[Any], values: Mapping[str, Any] = _NOTHING) -> int:
        """How many rows it changed."""
        return self._for(len(keys)).change(connection, self._values(keys, values))

    def _for(self, count: int) -> Prepared:
        size = _size(count)
        if size not in self._sizes:
            self._sizes[size] = Prepared(self._write([bindparam(f"key_{n}", type_=self._type) for n in range(size)]))
        return self._sizes[size]

    def _values(self, keys: Sequence[Any], values: Mapping[str, Any]) -> dict[str, Any]:
        size = _size(len(keys))
        filled = [*keys, *[keys[-1]] * (size - len(keys))]
        return {f"key_{n}": key for n, key in enumerate(filled)} | dict(values)


def _size(count: int) -> int:
    return 1 << (count - 1).bit_length()
