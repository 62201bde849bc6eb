"""What the typed facts of all letters share: they become the JSON that the outbox stores and templates read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, get_type_hints

from mailbot.core.model.mail import Address
from mailbot.core.model.reason import Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Fields:
    """Facts under the names that templates use. A name that is reserved in Python ends in `_` here."""

    def as_fields(self) -> dict[str, Any]:
        """JSON-able: a moment in ISO 8601 in UTC, a reason as code and arguments, a `Part` as facts among the others."""
        told: dict[str, Any] = {}
        for own, name in _names(type(self)):
            value = getattr(self, own)
            if isinstance(value, Part):
                told |= value.as_fields()
            else:
                told[name] = _plain(value)
        return told


@dataclass(frozen=True, kw_only=True, slots=True)
class Part(Fields):
    """Facts that several kinds share, made in one place."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OfDesk(Fields):
    """What every notice says: the desk, the display name of the inbox, and what the reader is called.

    `to_the_second`: the desk is tried out in seconds.
    """

    desk: str
    brand: str
    agent: str = ""
    to_the_second: bool = False


_OWN: dict[type[Fields], tuple[tuple[str, str], ...]] = {}


def _names(kind: type[Fields]) -> tuple[tuple[str, str], ...]:
    """Each of its facts: the name in Python, and in templates."""
    if kind not in _OWN:
        _OWN[kind] = tuple((each.name, each.name.rstrip("_")) for each in fields(kind))
    return _OWN[kind]


_NAMES: dict[type[Fields], frozenset[str]] = {}


def names_of(kind: type[Fields]) -> frozenset[str]:
    """The names of its facts that a template may use."""
    if kind in _NAMES:
        return _NAMES[kind]
    hints = get_type_hints(kind)
    names: set[str] = set()
    for each in fields(kind):
        hint = hints[each.name]
        names |= names_of(hint) if isinstance(hint, type) and issubclass(hint, Part) else {each.name.rstrip("_")}
    return _NAMES.setdefault(kind, frozenset(names))


_DEFAULTS: dict[type, Mapping[str, object]] = {}


def defaults_of(kind: type[Fields]) -> Mapping[str, object]:
    """What the facts say that have a default, under the names that templates use.

    A letter may wait in the outbox while the program becomes a version that knows more facts: those have one.
    """
    if kind in _DEFAULTS:
        return _DEFAULTS[kind]
    hints = get_type_hints(kind)
    found: dict[str, object] = {}
    for each in fields(kind):
        hint = hints[each.name]
        if isinstance(hint, type) and issubclass(hint, Part):
            found |= defaults_of(hint)
        elif each.default is not MISSING:
            found[each.name.rstrip("_")] = _plain(each.default)
    return _DEFAULTS.setdefault(kind, MappingProxyType(found))


_PLAIN = frozenset({str, int, bool, float, type(None)})  # what most facts are


def _plain(value: object) -> object:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Reason):
        return value.field
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Address):
        return {"name": value.name or "", "address": value.address}
    if isinstance(value, Fields):
        return value.as_fields()
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else value
