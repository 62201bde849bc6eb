"""Why the desk did or did not do something, as a value: a code with arguments. Its words are in the catalogues."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

_MAPPING = (dict, Mapping)  # asked in turn: whether something is any mapping takes Python ten times longer

Argument: TypeAlias = "str | Reason | tuple[str | Reason, ...]"


@dataclass(frozen=True, slots=True)
class Reason:
    """A code and what it names. Compared as a whole, stored as JSON, put into words by `templates/*/phrases.toml`.

    `args` are (name, value), sorted by name; the words of the code fill them in as `{name}`. A value is a text, a
    reason with words of its own (`{~name}` says them), or several of these; a moment is a text in ISO 8601 in UTC
    (`{name:when}` says it in the reader's zone).
    """

    code: str
    args: tuple[tuple[str, Argument], ...] = ()

    @property
    def field(self) -> dict[str, object]:
        """The form for templates: JSON-able."""
        return {"code": self.code, "args": {name: _plain(value) for name, value in self.args}}

    def __str__(self) -> str:
        """The stored form, where older rows hold a sentence: one line of JSON, which `stored_reason` reads back."""
        return json.dumps(self.field, ensure_ascii=False, sort_keys=True)


def why(code: str, **args: object) -> Reason:
    """A reason with its arguments by name."""
    return Reason(code, tuple(sorted(((name, _argument(value)) for name, value in args.items()), key=_name)))


def stored_reason(text: str) -> Reason | None:
    """The reason that a stored line holds; None if it holds a sentence from before reasons had codes."""
    if not text.startswith('{"args": '):
        return None
    try:
        return reason_of(json.loads(text))
    except ValueError:
        return None


def reason_of(field: object) -> Reason | None:
    """The reason that a field of a letter holds; None if it is anything else."""
    if not isinstance(field, _MAPPING):
        return None
    code, args = field.get("code"), field.get("args")
    if not isinstance(code, str) or not isinstance(args, _MAPPING):
        return None
    return Reason(code, tuple(sorted(((str(name), _argument(value)) for name, value in args.items()), key=_name)))


def field_of(reason: Reason | str) -> dict[str, object] | str:
    """A reason in the form for templates; a sentence, where one is still used, unchanged."""
    return reason.field if isinstance(reason, Reason) else reason


def _argument(value: object) -> Argument:
    if type(value) is str:
        return stored_reason(value) or value
    if isinstance(value, Reason):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, tuple | list):
        return tuple(map(_single, value))
    return _single(value)


def _single(value: object) -> str | Reason:
    # Versions that knew only texts stored a reason within a reason as its line of JSON.
    if type(value) is str:
        return stored_reason(value) or value
    return value if isinstance(value, Reason) else reason_of(value) or stored_reason(str(value)) or str(value)


def _plain(value: Argument) -> object:
    if isinstance(value, Reason):
        return value.field
    return [each.field if isinstance(each, Reason) else each for each in value] if isinstance(value, tuple) else value


def _name(argument: tuple[str, Argument]) -> str:
    return argument[0]
