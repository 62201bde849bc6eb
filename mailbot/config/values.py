"""The kinds of value that a config holds: how each is read from TOML, and the words for a value that is wrong."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, Field, InstanceOf, ValidationInfo

from mailbot.config.durations import parse_duration, parse_size
from mailbot.core.model.policy import AgentProof, Step

MAX_EPOCH = 9_999  # three characters in a reply address

CREDENTIALS = "CREDENTIALS_DIRECTORY"
"""The one variable that a path may begin with."""
Spans = tuple[tuple[time, time], ...]

# RFC 5321 section 4.1.2, Dot-string only: quoted local parts are legal and reach nobody's desk
_ADDRESS = re.compile(
    r"(?P<local>[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]+)@(?P<domain>[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f.]+(?:\.[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f.]+)*)"
)
_OFFSET = re.compile(
    r"(?:GMT|UTC|Z)?\s*(?P<sign>[+-])\s*(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?", re.ASCII | re.IGNORECASE
)
_CLOCK = re.compile(r"(?:([01]?\d|2[0-3]):([0-5]\d)|24:00)", re.ASCII)


def meant(given: str, known: list[str]) -> str:
    """`; did you mean "…"?` where one of the known words is close to the given one, else nothing."""
    close = get_close_matches(given.casefold(), [k.casefold() for k in known], n=1, cutoff=0.6)
    return "".join(f'; did you mean "{k}"?' for k in known if close and k.casefold() == close[0])[:200]


def text_of(value: object, wanted: str) -> str:
    """The value if it is text; ValueError with what was wanted otherwise."""
    if not isinstance(value, str):
        raise ValueError(f"must be {wanted}, in quotes")  # noqa: TRY004 - pydantic turns ValueError into a problem
    return value


def _duration(value: object) -> timedelta:
    return value if isinstance(value, timedelta) else parse_duration(text_of(value, "a length of time such as 15m"))


def _duration_of_note(value: object) -> timedelta:
    length = _duration(value)
    if length < timedelta(seconds=1):
        raise ValueError("must be at least 1s")
    return length


def _duration_or_none(value: object) -> timedelta | None:
    return None if value is None or value == "none" else _duration(value)


def _size(value: object) -> int:
    return value if isinstance(value, int) else parse_size(text_of(value, "a size such as 35MB"))


def _zone(value: object) -> ZoneInfo | None:
    if value is None or isinstance(value, ZoneInfo):
        return value
    name = text_of(value, "a time zone such as Europe/Berlin")
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        raise ValueError(f'"{name}" is not a time zone in the IANA list{_zone_meant(name)}') from None


def _zone_meant(name: str) -> str:
    """What to write instead; an offset is not a neighbour in the list of names, but another way to say where one is."""
    offset = _OFFSET.fullmatch(name.strip())
    if offset is None:
        return meant(name, sorted(available_timezones()))
    hours = int(offset["hours"])
    words = "; name a place, which also knows when the clocks change, such as Europe/Berlin or America/New_York"
    fixed = f"Etc/GMT{'-' if offset['sign'] == '+' else '+'}{hours}"
    if offset["minutes"] in (None, "00") and fixed in available_timezones():
        words += f' (the same hour all year is "{fixed}", whose sign is turned round)'
    return words


def _zone_needed(value: object) -> ZoneInfo:
    zone = _zone(value)
    if zone is None:
        raise ValueError("must be a time zone such as Europe/Berlin")
    return zone


def _address(value: object) -> str:
    """One bare address. The lengths are those of RFC 5321 section 4.5.3.1."""
    text = text_of(value, "an address such as support@example.com").strip()
    found = _ADDRESS.fullmatch(text)
    if found is None or ".." in text or text.startswith(".") or found["local"].endswith("."):
        raise ValueError(f'"{text}" is not an address such as support@example.com (no name, no brackets)')
    if len(found["local"].encode()) > 64:
        raise ValueError("has more than 64 characters before the @, which mail servers refuse (RFC 5321)")
    if len(found["domain"].encode()) > 255:
        raise ValueError("has more than 255 characters behind the @, which mail servers refuse (RFC 5321)")
    return text


def bare_address(text: str) -> str:
    """The address, without spaces around it. Raises ValueError with words for the admin."""
    return _address(text)


def host_name(text: str) -> str:
    """The name of a server, or its IP address. Raises ValueError with words for the admin."""
    return _host(text)


def zone_name(text: str) -> str:
    """The name of a time zone of the IANA list. Raises ValueError with words for the admin."""
    return _zone_needed(text).key


def _language(value: object) -> str | None:
    text = text_of(value, "a language such as en or de").strip().lower() if value is not None else ""
    if text and not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})?", text):
        raise ValueError(f'"{text}" is not a language such as en or de')
    return text or None


def _language_needed(value: object) -> str:
    language = _language(value)
    if language is None:
        raise ValueError("must be a language such as en or de")
    return language


def _form(value: object) -> str | None:
    text = text_of(value, '"du" or "sie"').strip().lower() if value is not None else ""
    if text not in ("", "du", "sie"):
        raise ValueError(f'"{text}" is not one of "du" or "sie"')
    return text or None


def _in_credentials(text: str) -> str:
    """A path below the folder in which systemd hands a service its credentials (systemd.exec, LoadCredential=).

    Where the environment does not say which that is, it stays as it is written.
    """
    folder = os.environ.get(CREDENTIALS, "")
    marked = "${" + CREDENTIALS + "}"
    return folder + text.removeprefix(marked) if folder and text.startswith(marked + "/") else text


def _path(value: object, info: ValidationInfo) -> Path | None:
    if value is None or value == "":
        return None
    text = value if isinstance(value, Path) else Path(_in_credentials(text_of(value, "a path"))).expanduser()
    return Path((info.context or {}).get("site", "")) / text


def _path_needed(value: object, info: ValidationInfo) -> Path:
    path = _path(value, info)
    if path is None:
        raise ValueError("must be a path, relative to the site or absolute")
    return path


def _existing_file(value: object, info: ValidationInfo) -> Path | None:
    path = _path(value, info)
    try:
        if path is not None and not path.is_file():
            raise ValueError(f"there is no file {path}")
    except OSError as error:  # a folder on the way that may not be entered
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    return path


def _text_or_none(value: object) -> str | None:
    return text_of(value, "text") or None if value is not None else None


def clock_time(text: str) -> time:
    """A clock time such as 09:00. Raises ValueError with words for the admin."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise ValueError(f'"{text.strip()}" is not a clock time from 00:00 to 24:00')
    return time(int(found.group(1) or 0), int(found.group(2) or 0))


def _day(value: object) -> object:
    """`"09:00-17:00"`, a list of such spans, or `"closed"`, as ordered spans that do not overlap.

    As in `mailbot.core.promises.business_hours`, a span that ends before it begins runs past midnight, and an end of 00:00 is midnight.
    """
    if isinstance(value, tuple):
        return value
    wanted = 'must be "09:00-17:00", a list of such spans, or "closed"'
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise ValueError(wanted)
    if parts in (["closed"], [""], []):
        return ()
    spans = []
    for part in parts:
        first, dash, last = part.replace("–", "-").partition("-")
        if not dash:
            raise ValueError(wanted)
        spans.append((clock_time(first), clock_time(last)))
        if spans[-1][0] == spans[-1][1] != time(0):
            raise ValueError(f'"{part}" has no length')
    spans.sort()
    if any(a[1] > b[0] or a[1] <= a[0] for a, b in pairwise(spans)):
        raise ValueError("has spans that overlap")
    return tuple(spans)


def day_spans(value: object) -> Spans:
    """The spans of a day, as in [hours]: `"09:00-17:00"`, a list of such, or `"closed"`. Raises ValueError."""
    spans = _day(value)
    assert isinstance(spans, tuple)
    return spans


def _steps(value: object) -> object:
    """`["30m until 2h", "1h"]` as steps; each but the last needs its end, and the last has none."""
    if isinstance(value, tuple):
        return value
    wanted = 'must be a list such as ["30m until 2h", "1h"]'
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise ValueError(wanted)
    steps: list[Step] = []
    for part in value:
        every, _, until = part.partition("until")
        step = Step(every=parse_duration(every), until=parse_duration(until) if until.strip() else None)
        if steps and (steps[-1].until is None or (step.until is not None and step.until <= steps[-1].until)):
            raise ValueError(f'"{part}" is never reached: each step before it needs an earlier "until"')
        steps.append(step)
    if steps and steps[-1].until is not None:
        raise ValueError('must end with a step without "until", or a customer would hear nothing more after it')
    return tuple(steps)


def _date(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(text_of(value, "a day such as 2026-12-24"))
    except ValueError:
        raise ValueError(f'"{value}" is not a day such as 2026-12-24') from None


def mail_address(value: object) -> str:
    """One bare address. Raises ValueError."""
    return _address(value)


def each_of(read: Callable[[object], object]) -> Callable[[object], object]:
    """A list in which each item is read so; problems of several items come together."""

    def every(value: object) -> object:
        if not isinstance(value, (list, tuple)):
            raise ValueError("must be a list in square brackets")  # noqa: TRY004 - pydantic wants ValueError
        items, problems = [], []
        for item in value:
            try:
                items.append(read(item))
            except ValueError as problem:
                problems.append(str(problem))
        if problems:
            raise ValueError("; ".join(problems))
        return tuple(items)

    return every


def _list_id(value: object) -> str:
    """A List-Id (RFC 2919 section 2) as mails carry it, with or without its brackets and the name before them."""
    text = text_of(value, "a List-Id such as support.harbour.example").strip()
    inner = text.rpartition("<")[2].removesuffix(">").casefold()
    if not re.fullmatch(r"[^\s<>@]+\.[^\s<>@]+", inner):
        raise ValueError(f'"{text}" is not a List-Id such as support.harbour.example')
    return inner


def _host(value: object) -> str:
    """A server as trace lines name it: its name in lower case, or an IP address."""
    text = text_of(value, "a list of host names").strip().lower().rstrip(".")
    try:
        return str(ip_address(text.strip("[]")))
    except ValueError:
        pass
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9_.-]{0,251}[a-z0-9])?", text):
        raise ValueError(f'"{text}" is not the name of a server such as mail.example.com, nor an IP address')
    return text


def _proof(value: object) -> AgentProof | None:
    text = text_of(value, '"results", "internal-hop" or "address"').strip() if value is not None else ""
    known = [str(each) for each in AgentProof]
    if text and text not in known:
        raise ValueError(f'"{text}" is not one of "results", "internal-hop" or "address"{meant(text, known)}')
    return AgentProof(text) if text else None


def _word(value: object) -> str:
    text = text_of(value, "a list of names").strip()
    if not text:
        raise ValueError("has an empty name")
    return text


Text = Annotated[str, Field(strict=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
OptionalText = Annotated[str | None, BeforeValidator(_text_or_none)]
Name = Annotated[str, Field(strict=True, pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
AgentId = Annotated[str, Field(strict=True, pattern=r"^[a-z0-9]{1,12}$")]
Flag = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=1)]
Sum = Annotated[int, Field(strict=True, ge=0)]
Epoch = Annotated[int, Field(strict=True, ge=1, le=MAX_EPOCH)]
Port = Annotated[int, Field(strict=True, ge=1, le=65535)]
Duration = Annotated[timedelta, BeforeValidator(_duration_of_note)]
OptionalDuration = Annotated[timedelta | None, BeforeValidator(_duration_or_none)]
Size = Annotated[int, BeforeValidator(_size), Field(ge=1_000)]
Zone = Annotated[InstanceOf[ZoneInfo], BeforeValidator(_zone_needed)]
OptionalZone = Annotated[InstanceOf[ZoneInfo] | None, BeforeValidator(_zone)]
MailAddress = Annotated[str, BeforeValidator(_address)]
Addresses = Annotated[tuple[str, ...], BeforeValidator(each_of(_address))]
Words = Annotated[tuple[str, ...], BeforeValidator(each_of(_word))]
Hosts = Annotated[tuple[str, ...], BeforeValidator(each_of(_host))]
OptionalProof = Annotated[AgentProof | None, BeforeValidator(_proof)]
ListIds = Annotated[tuple[str, ...], BeforeValidator(each_of(_list_id))]
Language = Annotated[str, BeforeValidator(_language_needed)]
OptionalLanguage = Annotated[str | None, BeforeValidator(_language)]
OptionalForm = Annotated[str | None, BeforeValidator(_form)]
SitePath = Annotated[Path, BeforeValidator(_path_needed)]
OptionalPath = Annotated[Path | None, BeforeValidator(_path)]
OptionalFile = Annotated[Path | None, BeforeValidator(_existing_file)]
Day = Annotated[Spans, BeforeValidator(_day)]
Days = Annotated[tuple[date, ...], BeforeValidator(each_of(_date))]
Steps = Annotated[tuple[InstanceOf[Step], ...], BeforeValidator(_steps)]
