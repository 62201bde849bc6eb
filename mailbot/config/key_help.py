"""What each key of `config.toml` is: read from the example that ships, so that it is said in one place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from mailbot.config.problems import keys_of, reason_of, sections

_HEADER = re.compile(r"^(?:#   )?\[{1,2}([a-z0-9_.]+)\]{1,2}\s*(?:#\s*(.*))?$")
_KEY = re.compile(
    r"^(?P<off># |#   )?(?P<key>[a-z_]+) = (?P<value>\[[^\]]*\]|\{[^}]*\}|\"[^\"]*\"|[^\s#]+)\s*(?:#\s*(?P<words>.*))?$"
)
_TITLE = re.compile(r"^# -{3,} (.*?) -{3,}$")
_NO_VALUE = re.compile(r'^"<object .*?>" is not ')
_MORE = re.compile(r"^#\s{10,}(.*)$")


@dataclass(kw_only=True, slots=True)
class KeyHelp:
    """`kind`: what its value must be. `default`: as the example writes it; None: it has to be set."""

    key: str
    kind: str
    default: str | None
    words: str
    example: str
    others: list[str] = field(default_factory=list)


@dataclass(kw_only=True, slots=True)
class _Line:
    value: str
    off: bool
    block: list[str]
    words: list[str]
    fuller: bool  # whether the block says more than a title


def help_on(asked: str, example: str) -> list[KeyHelp]:
    """One for each key that is meant: `smtp.port`, `inbox[support].port`, or `port` wherever there is one.

    Raises KeyError with what is near, where there is none.
    """
    wanted = re.sub(r"\[[^\]]*\]", "", asked.strip()).strip(".").casefold()
    known = _fields()
    found = [key for key in known if key == wanted or key.rpartition(".")[2] == wanted]
    found = [wanted] if wanted in known else found or [key for key in known if key.startswith(f"{wanted}.")]
    if not found:
        last = wanted.rpartition(".")[2]
        near = get_close_matches(wanted, known, n=1, cutoff=0.7) or [
            key for key in known if get_close_matches(last, [key.rpartition(".")[2]], cutoff=0.75)
        ]
        raise KeyError(", ".join(near[:6]))
    lines = _lines(example)
    return [_help(key, known[key], lines) for key in found]


def _fields() -> dict[str, tuple[type[BaseModel], FieldInfo]]:
    """Every key with a value of its own, dotted, in the order of the sections."""
    tables = {".".join(path) for path, _ in sections()}
    found: dict[str, tuple[type[BaseModel], FieldInfo]] = {}
    for path, model in sections():
        for name, info in zip(keys_of(model), model.model_fields.values(), strict=True):
            key = ".".join((*path, name))
            if key not in tables or key in {"desk.brand", "hours.holidays"}:
                found[key] = (model, info)
    return found


def _help(key: str, of: tuple[type[BaseModel], FieldInfo], lines: dict[str, _Line]) -> KeyHelp:
    line = lines.get(key) or lines.get(key.rpartition(".")[0])
    own = key in lines
    name = key.rpartition(".")[2]
    if line is None:
        return KeyHelp(key=key, kind=_kind(of[1]), default=None, words="", example=f"{name} =")
    default = line.value if own and line.off else None if of[1].is_required() else _default(of[1], line, own=own)
    own_words = " ".join(line.words)
    words = f"{own_words[:1].upper()}{own_words[1:]}. " if own_words else ""
    words += " ".join(line.block) if line.fuller or not own_words else ""
    return KeyHelp(
        key=key,
        kind=_kind(of[1]),
        default=default,
        words=" ".join(words.replace("...", "…").split()),
        example=f"{name} = {line.value}" if own else f"{key.split('.')[-2]} = {line.value}",
    )


def _default(info: FieldInfo, line: _Line, *, own: bool) -> str | None:
    value = info.get_default() if own else ""
    return None if value is None and not line.off else '""' if value in (None, "") else str(value)


def _kind(info: FieldInfo) -> str:
    """What is said of a value that is of no kind at all: the words that an admin gets for a mistake."""
    made: Any = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
    try:
        TypeAdapter(made).validate_python(object())
    except ValidationError as error:
        details = error.errors(include_url=False)
        return _NO_VALUE.sub("must be ", reason_of(details[0])) if details else ""
    return ""


def _lines(example: str) -> dict[str, _Line]:
    """Each key of the example with its value and the comment that it stands under."""
    found: dict[str, _Line] = {}
    section, block, fresh = "", [], True  # `fresh`: the next line of a comment begins another one
    last: _Line | None = None
    for text in example.splitlines():
        if title := _TITLE.match(text):
            section, block, fresh, last = "", [f"{title[1]}."], False, None
        elif not text.strip() or text == "#":
            fresh, last = fresh or not text.strip(), None
        elif header := _HEADER.match(text):
            section, last = header[1], None
        elif key := _KEY.match(text):
            last = _Line(
                value=key["value"],
                off=key["off"] is not None,
                block=list(block),
                words=[key["words"]] if key["words"] else [],
                fuller=len(block) > 1,
            )
            found.setdefault(f"{section}.{key['key']}", last)
            fresh = True
        elif last is not None and (more := _MORE.match(text)):
            last.words.append(more[1])
        elif text.startswith("#"):
            block = [] if fresh else block
            block.append(text.lstrip("# ").strip())
            fresh, last = False, None
    return found
