"""Why the desk did or did not do a thing, as a value: a code with arguments. Its words stand in the catalogues."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """A code and what it names. Compared as a whole, stored as JSON, put into words by `templates/*/phrases.toml`.

    `args` are (name, value), sorted by name; the words of the code fill them in as `{name}`. A value may be a
    sentence of the program's that has words of its own (`{~name}` looks it up).
    """

    code: str
    args: tuple[tuple[str, str], ...] = ()

    @property
    def field(self) -> dict[str, object]:
        """As a template gets it: JSON-able."""
        return {"code": self.code, "args": dict(self.args)}

    def __str__(self) -> str:
        """As it is stored where older rows hold a sentence: one line of JSON, which `stored_reason` reads back."""
        return json.dumps(self.field, ensure_ascii=False, sort_keys=True)


def why(code: str, **args: object) -> Reason:
    """A reason with its arguments by name."""
    return Reason(code, tuple(sorted((name, str(value)) for name, value in args.items())))


def stored_reason(text: str) -> Reason | None:
    """The reason that a stored line holds; None where it holds a sentence from before reasons had codes."""
    if not text.startswith('{"args": '):
        return None
    try:
        return reason_of(json.loads(text))
    except ValueError:
        return None


def reason_of(field: object) -> Reason | None:
    """The reason that a field of a letter holds; None where it is anything else."""
    if not isinstance(field, Mapping):
        return None
    code, args = field.get("code"), field.get("args")
    if not isinstance(code, str) or not isinstance(args, Mapping):
        return None
    return Reason(code, tuple(sorted((str(name), str(value)) for name, value in args.items())))


def field_of(reason: Reason | str) -> dict[str, object] | str:
    """A reason as a template gets it; a sentence, where one is still used, as it is."""
    return reason.field if isinstance(reason, Reason) else reason
