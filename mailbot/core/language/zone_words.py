"""Reads a time zone as an agent writes it after /zone: `Europe/Lisbon`, `lisbon`, `+05:30`, `UTC+2`."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import available_timezones

_OFFSET = re.compile(r"(?:utc|gmt)? ?(?P<sign>[+-])(?P<hours>[0-9]{1,2})(?::?(?P<minutes>00|15|30|45))?")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_MOST_EAST, _MOST_WEST = 14 * 60, 12 * 60  # minutes: no zone is beyond
_NO_PLACES = ("Etc/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")  # other names of places
_NO_ZONES = frozenset({"Factory", "localtime", "posixrules", "EST", "MST", "HST"})  # the last three know no summer time
_CLOSE_ENOUGH = 0.75


def zone_meant(text: str) -> str | None:
    """The IANA name, or the offset as "+05:30", that a text names; None if it names none, or more than one."""
    plain = _plain(text)
    if plain in ("utc", "gmt", "z"):
        return "UTC"
    if offset := _OFFSET.fullmatch(plain):
        minutes = int(offset["hours"]) * 60 + int(offset["minutes"] or 0)
        if minutes > (_MOST_EAST if offset["sign"] == "+" else _MOST_WEST):
            return None
        return f"{offset['sign']}{minutes // 60:02}:{minutes % 60:02}" if minutes else "UTC"
    found = _zones().get(plain.replace(" ", "_"), ())
    return found[0] if len(found) == 1 else None


def zone_near(text: str) -> str | None:
    """The zone that was probably meant by a text that names none; None if nothing is near."""
    plain = _plain(text).replace(" ", "_")
    found = _zones().get(plain) or _zones().get(
        next(iter(get_close_matches(plain[:40], _zones(), n=1, cutoff=_CLOSE_ENOUGH)), ""), ()
    )
    return found[0] if found else None


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.translate(_DASHES).casefold())
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).strip(".!,; ").split())


@lru_cache(maxsize=1)
def _zones() -> dict[str, tuple[str, ...]]:
    """The zones by their whole names and by those of their cities alone, in lower case."""
    names = sorted(available_timezones() - _NO_ZONES)
    by_city: dict[str, tuple[str, ...]] = {}
    for name in names:
        region, _, city = name.rpartition("/")
        if region and not name.startswith(_NO_PLACES):
            by_city[city.casefold()] = (*by_city.get(city.casefold(), ()), name)
    return by_city | {name.casefold(): (name,) for name in names}
