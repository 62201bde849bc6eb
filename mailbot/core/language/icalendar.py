"""Splits an iCalendar text into its events, and these into properties (RFC 5545): for invitations, and agents' calendars."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

Event = Mapping[str, tuple[str, str]]
"""An event's properties by name in capitals: parameters as they were written, each behind its semicolon, and the value.

Of what may come several times (`SEVERAL`), the next ones stand under `EXDATE,2` and so on: see `all_of`.
"""
SEVERAL: Final = frozenset({"EXDATE", "RDATE"})
"""Section 3.6.1: of these an event may have more than one. They are lists anyway."""

STAMP: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?")
"""A date or date-time (sections 3.3.4 and 3.3.5): year, month, day; hour, minute, second; Z for UTC."""
ZONE: Final = re.compile(r";TZID=\"?([^\";:]{1,80})", re.IGNORECASE)
"""The name of the zone among the parameters."""
_LINE: Final = re.compile(r"([A-Za-z0-9-]{1,60})((?:;(?:\"[^\"]*\"|[^\":;])*)*):(.*)")
_ESCAPED: Final = re.compile(r"\\([\\;,nN])")


def lines_of(text: str) -> list[str]:
    """The lines of the text, unfolded (section 3.1)."""
    return re.sub(r"\n[ \t]", "", text.replace("\r\n", "\n")).split("\n")


def events_of(lines: list[str]) -> Iterator[Event]:
    """Each VEVENT, also one that is cut off at the end. Of a property that comes twice the first counts, unless there may be `SEVERAL`.

    What stands within an event (VALARM) is left out.
    """
    event: dict[str, tuple[str, str]] | None = None
    within = lists = 0
    for line in lines:
        mark = line.strip().upper()
        if mark == "BEGIN:VEVENT":
            event, within, lists = {}, 0, 0
        elif event is None:
            continue
        elif mark == "END:VEVENT":
            yield event
            event = None
        elif mark.startswith("BEGIN:"):
            within += 1
        elif mark.startswith("END:"):
            within -= 1
        elif not within and (found := _LINE.fullmatch(line.strip())) and (value := found[3].strip()):
            name = found[1].upper()
            if name in SEVERAL and name in event:
                lists += 1
                name = f"{name},{lists}"
            event.setdefault(name, (found[2], value))
    if event:
        yield event


def all_of(event: Event, name: str) -> list[tuple[str, str]]:
    """All properties of that name, which may come `SEVERAL` times."""
    return [said for each, said in event.items() if each == name or each.startswith(f"{name},")]


def plain(value: str) -> str:
    """A text value without its escapes (section 3.3.11)."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()
