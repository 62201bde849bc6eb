"""Says in the admin's words what is wrong with a config: the dotted key, what is wrong with it, what is allowed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mailbot.config.brand import BrandConfig
from mailbot.config.forms import FormConfig, FormTestConfig, MarketplaceConfig
from mailbot.config.hours import Holidays
from mailbot.config.models import AgentConfig, Config, InboxConfig, PriorityConfig, UnsureConfig
from mailbot.config.section import Section
from mailbot.config.values import meant

# a repeated table is named by one of its keys, if that is given
_CALLED = {"inbox": "name", "agent": "id", "form": "name", "marketplace": "name"}
_KEY_FIRST = re.compile(r"[a-z_]+: ")
_PATTERNS = {
    r"^[a-z0-9]{1,12}$": "must be 1 to 12 of the characters a-z and 0-9, since it travels in reply addresses",
    r"^[a-z0-9][a-z0-9_-]{0,31}$": "must be 1 to 32 of the characters a-z, 0-9, - and _",
    r"^[A-Z]{3}$": "must be the three capital letters of a currency, such as EUR",
    r"^[^\x00-\x1f\x7f]*$": "must not contain line breaks or control characters",
}


def problems_of(error: ValidationError, data: Mapping[str, Any]) -> list[str]:
    """One line per wrong key, in the order of the file's sections. No value of a secret key is repeated."""
    details = error.errors(include_url=False, include_context=True)
    return [_line(detail, data) for detail in details if not _only_follows(detail)]


def _only_follows(detail: ErrorDetails) -> bool:
    """Whether it would not be there but for another: a list empty of right items, a default that could not be made."""
    return detail["type"] == "default_factory_not_called" or (detail["type"] == "too_short" and bool(detail["input"]))


def _line(detail: ErrorDetails, data: Mapping[str, Any]) -> str:
    """A problem that a whole section has names its key itself: `then: must …` becomes `priority.1.then: must …`."""
    key, reason = key_of(detail["loc"], data), reason_of(detail)
    return f"{key}{'.' if _KEY_FIRST.match(reason) else ': '}{reason}"


def key_of(location: tuple[int | str, ...], data: Mapping[str, Any]) -> str:
    """`("inbox", 0, "port")` as `inbox[support].port`, or `inbox[#1].port` where that inbox has no name."""
    key, found = "", data
    for step in location:
        if isinstance(step, int):
            found = found[step] if isinstance(found, list | tuple) and step < len(found) else {}
            called = found.get(_CALLED.get(str(location[0]), "")) if isinstance(found, Mapping) else None
            key += f"[{called}]" if isinstance(called, str) and called else f"[#{step + 1}]"
        else:
            found = found.get(step, {}) if isinstance(found, Mapping) else {}
            key += f".{step}" if key else step
    return key or "config.toml"


def reason_of(detail: ErrorDetails) -> str:
    """What is wrong, in the admin's words, without the key."""
    context, value = detail.get("ctx", {}), detail["input"]
    match detail["type"]:
        case "value_error":
            return str(context["error"])
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return _unknown(detail["loc"])
        case "literal_error":
            return f"must be one of {context['expected'].replace(' or ', ', ')}".replace("'", '"') + _meant_literal(
                value, context
            )
        case "int_type" | "int_parsing" | "int_from_float":
            return "must be a whole number, without quotes"
        case "bool_type" | "bool_parsing":
            return "must be true or false, without quotes"
        case "string_type":
            return "must be text in quotes"
        case "string_pattern_mismatch":
            return _PATTERNS[context["pattern"]]
        case "string_too_short" | "too_short":
            return "must not be empty"
        case "string_too_long":
            return f"must not be longer than {context['max_length']} characters"
        case "greater_than_equal":
            return f"must be at least {context['ge']}"
        case "less_than_equal":
            return f"must be at most {context['le']}"
        case "model_type" | "model_attributes_type" | "dict_type":
            return "must be a table"
        case "tuple_type" | "list_type":
            return f"must be written as [[{detail['loc'][0]}]], once for each"
        case _:
            return detail["msg"]


def _meant_literal(value: object, context: Mapping[str, Any]) -> str:
    return (
        meant(value, context["expected"].replace("'", "").replace(" or ", ", ").split(", "))
        if isinstance(value, str)
        else ""
    )


def _unknown(location: tuple[int | str, ...]) -> str:
    """Why a key is not known here: a password, a slip of the pen, or a key of another section."""
    key = str(location[-1])
    here = next((model for path, model in sections() if _fits(path, location[:-1])), None)
    if key == "password" and here is not None and "password_env" in keys_of(here):
        return "a password does not belong in this file; name password_env or password_file instead"
    if key == "client_secret" and here is not None and "client_secret_env" in keys_of(here):
        return "a secret does not belong in this file; name client_secret_env or client_secret_file instead"
    elsewhere = [f"[{'.'.join(path)}]" for path, model in sections() if key in keys_of(model) and path]
    if elsewhere:
        return f"is not a key of this section, but of {', '.join(dict.fromkeys(elsewhere))}"
    close = meant(key, keys_of(here)) if here is not None else ""
    if close:
        return f"is not a known key{close}"
    return f"is not a known key; known are: {', '.join(keys_of(here))}" if here is not None else "is not a known key"


def _fits(path: tuple[str, ...], location: tuple[int | str, ...]) -> bool:
    return path == tuple(step for step in location if isinstance(step, str))


def keys_of(section: type[BaseModel]) -> list[str]:
    """The keys of a section as they are written in the file."""
    return [field.alias or name for name, field in section.model_fields.items()]


def sections() -> Iterator[tuple[tuple[str, ...], type[Section]]]:
    """Every section with its path: `((), Config)`, `(("desk",), Desk)`, `(("inbox",), InboxConfig)` …"""
    yield (), Config
    repeated: Mapping[str, type[object]] = {
        "inbox": InboxConfig,
        "agent": AgentConfig,
        "form": FormConfig,
        "marketplace": MarketplaceConfig,
    }
    for name, field in Config.model_fields.items():
        key = field.alias or name
        model = repeated.get(key, field.annotation)
        assert isinstance(model, type), key
        assert issubclass(model, Section), key
        yield (key,), model
    yield ("desk", "brand"), BrandConfig
    yield ("form", "test"), FormTestConfig
    yield ("hours", "holidays"), Holidays
    for level in range(1, 6):
        yield ("priority", str(level)), PriorityConfig
    yield ("priority", "unsure"), UnsureConfig
