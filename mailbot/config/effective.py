"""Every value that is in force, and where it comes from: a line of the file, a provider, or the default."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from mailbot.config.agent_times import AgentHours
from mailbot.config.durations import write_duration
from mailbot.config.models import Config
from mailbot.config.problems import key_of
from mailbot.config.section import Section
from mailbot.config.toml_source import Source
from mailbot.core.model.brand import Logo
from mailbot.core.model.policy import DigestTimes, Step

_NAMES = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_HIDDEN = "(not shown)"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NONE_BY_WORD = frozenset({"first", "alarm", "after_estimate", "check_in_after"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """`value` as it would be written in the file; `source`: `config.toml:12`, `provider "m365"`, or `default`."""

    key: str
    value: str
    source: str
    line: int | None


def effective(config: Config, text: str, data: Mapping[str, Any]) -> list[Value]:
    """All of them, in the order of the sections. No password, secret, or address that holds one is in them."""
    source = Source(text)
    return list(_section(config, data, (), source, data))


def values_of(config: Config) -> dict[str, str]:
    """Each value by its key, for finding what another config changes: with its secrets, and for nobody to see."""
    data = config.model_dump(by_alias=True)
    found = {each.key: each.value for each in _section(config, data, (), Source(""), data)}
    found["store.url"] = config.store.url.get_secret_value()
    found |= {f"oncall.{name}": str(getattr(config.oncall, name)) for name in ("webhook", "webhook_env")}
    return found


def _section(
    section: Section, given: object, path: tuple[str | int, ...], source: Source, data: Mapping[str, Any]
) -> Iterator[Value]:
    table = given if isinstance(given, Mapping) else {}
    for name, field in type(section).model_fields.items():
        key, value = field.alias or name, getattr(section, name)
        here, inner = (*path, key), table.get(key)
        if isinstance(value, Section):
            yield from _section(value, inner, here, source, data)
        elif isinstance(value, tuple) and value and isinstance(value[0], Section):
            for number, each in enumerate(value):
                under = inner[number] if isinstance(inner, list | tuple) and number < len(inner) else None
                yield from _section(each, under, (*here, number), source, data)
        elif isinstance(value, tuple) and not value and field.annotation in _repeated():
            continue
        else:
            yield _value(section, name, value, here, written=key in table, source=source, data=data)


def _repeated() -> set[Any]:
    return {Config.model_fields[name].annotation for name in Config.model_fields if name.endswith("s")}


def _value(
    section: Section,
    name: str,
    value: object,
    path: tuple[str | int, ...],
    *,
    written: bool,
    source: Source,
    data: Mapping[str, Any],
) -> Value:
    line = source.place(path)[0] if written else None
    origin = f"config.toml:{line}" if line is not None else "default"
    provider = getattr(section, "provider", None)
    if line is None and provider is not None and name in section.model_fields_set and name != "provider":
        origin = f'provider "{provider}"'
    return Value(key=key_of(path, data), value=_shown(name, value), source=origin, line=line)


def _shown(name: str, value: object) -> str:
    """Hidden is whatever may hold a secret, also one that stands where the name of a variable belongs."""
    if name.endswith("_env") and isinstance(value, str) and not _NAMES.fullmatch(value):
        return _HIDDEN
    if name == "webhook" and isinstance(value, str) and value:
        return f"{urlsplit(value).scheme}://{urlsplit(value).hostname}/... {_HIDDEN}"
    if value is None and name in _NONE_BY_WORD:
        return _text("none")
    if name == "change" and isinstance(value, tuple):  # of oncall: a day and a time
        return _text(f"{_DAYS[value[0]]} {value[1]:%H:%M}")
    if isinstance(value, SecretStr):
        return _written(re.sub(r"(?<=://)[^/@]*:[^/@]*@", "...@", value.get_secret_value().partition("?")[0]))
    return _written(value)


def _written(value: object) -> str:
    if value is None:
        return '""'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Enum):
        return _text(str(value.value))
    if isinstance(value, timedelta):
        return _text(write_duration(value))
    if isinstance(value, ZoneInfo):
        return _text(value.key)
    if isinstance(value, time):
        return _text(f"{value:%H:%M}")
    if isinstance(value, Step):
        until = f" until {write_duration(value.until)}" if value.until is not None else ""
        return _text(write_duration(value.every) + until)
    if isinstance(value, AgentHours):
        if value.daily:
            return _written(value.daily)
        return "{ " + ", ".join(f"{_DAYS[day]} = {_written(spans)}" for day, spans in value.days.items()) + " }"
    if isinstance(value, DigestTimes):
        return _text("busy") if value.busy else _written(value.every or value.at)
    if isinstance(value, Logo):
        return _text("(a picture)")
    if isinstance(value, str | Path | date):
        return _text(str(value))
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_text(str(key))} = {_written(each)}" for key, each in value.items()) + " }"
    if isinstance(value, tuple | list | frozenset):
        return _list(tuple(value))
    return str(value)


def _list(values: tuple[object, ...]) -> str:
    """Spans of a day are tuples of two times; an empty day is closed only to its reader."""
    spans = [each for each in values if isinstance(each, tuple) and len(each) == 2 and isinstance(each[0], time)]
    if spans and len(spans) == len(values):
        shown = [f"{first:%H:%M}-{last:%H:%M}" for first, last in spans]
        return _text(shown[0]) if len(shown) == 1 else "[" + ", ".join(map(_text, shown)) + "]"
    return "[" + ", ".join(_written(each) for each in values) + "]"


def _text(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)
