"""Says in words what an invitation without text asks for: what, when and where (RFC 5545)."""

from __future__ import annotations

import re
from typing import Final

_LENGTH: Final = 100_000  # characters that are looked at
_WORDS: Final = 4_000  # characters of a description that are kept
_LINE: Final = re.compile(r"([A-Za-z-]{1,40})((?:;(?:\"[^\"]*\"|[^\":;])*)*):(.*)")
_ANSWER: Final = re.compile(r"^METHOD:REPLY\s*$", re.MULTILINE | re.IGNORECASE)
_MOMENT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(?:\d\d)?(Z)?)?")
_ZONE: Final = re.compile(r"TZID=\"?([^\";]{1,80})", re.IGNORECASE)
_ESCAPED: Final = re.compile(r"\\([\\;,nN])")


def invitation(text: str) -> str:
    """The first event of an iCalendar object as readable lines; empty if there is none. Never raises.

    Somebody's answer to an invitation is left out: it says nothing that its sender does not know.
    """
    if _ANSWER.search(text[:_LENGTH]):
        return ""
    lines = re.sub(r"\n[ \t]", "", text[:_LENGTH].replace("\r\n", "\n")).split("\n")  # section 3.1: folding
    found: dict[str, tuple[str, str]] = {}
    depth: list[str] = []
    for line in lines:
        parts = _LINE.fullmatch(line.strip())
        if parts is None:
            continue
        name, given, value = parts.group(1).upper(), parts.group(2), parts.group(3).strip()
        if name == "BEGIN":
            depth.append(value.upper())
        elif name == "END":
            if depth and depth.pop() == "VEVENT":
                break
        elif depth and depth[-1] == "VEVENT" and value:
            found.setdefault(name, (given, value))
    said = [_plain(found[name][1]) for name in ("SUMMARY",) if name in found]
    start, end = (_moment(*found[name]) if name in found else "" for name in ("DTSTART", "DTEND"))
    if start:
        said.append(f"When: {start} – {_shorter(end, start)}" if end else f"When: {start}")
    if "LOCATION" in found:
        said.append(f"Where: {_plain(found['LOCATION'][1])}")
    if "DESCRIPTION" in found and (words := _plain(found["DESCRIPTION"][1])):
        said += ["", words[:_WORDS]]
    return "\n".join(said) + "\n" if said else ""


def _plain(value: str) -> str:
    """A text value without its escapes (section 3.3.11)."""
    return _ESCAPED.sub(lambda found: "\n" if found.group(1) in "nN" else found.group(1), value).strip()


def _moment(given: str, value: str) -> str:
    """A date or date-time (section 3.3.5) as it was meant, with the zone that was written."""
    found = _MOMENT.fullmatch(value)
    if found is None:
        return value[:60]
    year, month, day, hour, minute, utc = found.groups()
    date = f"{year}-{month}-{day}"
    if hour is None:
        return date
    zone = _ZONE.search(given)
    behind = " UTC" if utc else f" ({zone.group(1)})" if zone else ""
    return f"{date} {hour}:{minute}{behind}"


def _shorter(end: str, start: str) -> str:
    """The end without the day and zone that it shares with the start."""
    day, _, rest = end.partition(" ")
    if not rest or day != start.partition(" ")[0]:
        return end
    clock, _, zone = rest.partition(" ")
    return clock if start.endswith(zone) else rest
