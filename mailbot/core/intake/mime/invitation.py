"""Says in words what an invitation without text asks for: what, when and where (RFC 5545)."""

from __future__ import annotations

import re
from typing import Final

from mailbot.core.language.icalendar import STAMP, ZONE, events_of, lines_of, plain

_LENGTH: Final = 100_000  # characters that are looked at
_WORDS: Final = 4_000  # characters of a description that are kept
_ANSWER: Final = re.compile(r"^METHOD:REPLY\s*$", re.MULTILINE | re.IGNORECASE)


def invitation(text: str) -> str:
    """The first event of an iCalendar object as readable lines; empty if there is none. Never raises.

    Somebody's answer to an invitation is left out: it says nothing that its sender does not know.
    """
    if _ANSWER.search(text[:_LENGTH]):
        return ""
    found = next(events_of(lines_of(text[:_LENGTH])), {})
    said = [plain(found[name][1]) for name in ("SUMMARY",) if name in found]
    start, end = (_moment(*found[name]) if name in found else "" for name in ("DTSTART", "DTEND"))
    if start:
        said.append(f"When: {start} – {_shorter(end, start)}" if end else f"When: {start}")
    if "LOCATION" in found:
        said.append(f"Where: {plain(found['LOCATION'][1])}")
    if "DESCRIPTION" in found and (words := plain(found["DESCRIPTION"][1])):
        said += ["", words[:_WORDS]]
    return "\n".join(said) + "\n" if said else ""


def _moment(given: str, value: str) -> str:
    """A date or date-time (section 3.3.5) as it was meant, with the zone that was written."""
    found = STAMP.fullmatch(value)
    if found is None:
        return value[:60]
    year, month, day, hour, minute, _, utc = found.groups()
    date = f"{year}-{month}-{day}"
    if hour is None:
        return date
    zone = ZONE.search(given)
    behind = " UTC" if utc else f" ({zone.group(1)})" if zone else ""
    return f"{date} {hour}:{minute}{behind}"


def _shorter(end: str, start: str) -> str:
    """The end without the day and zone that it shares with the start."""
    day, _, rest = end.partition(" ")
    if not rest or day != start.partition(" ")[0]:
        return end
    clock, _, zone = rest.partition(" ")
    return clock if start.endswith(zone) else rest
