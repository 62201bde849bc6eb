"""Puts moments, lengths of time, counts and sizes into the words of one language.

How a language builds a time into a sentence stands in its catalogue, under `[times]`, and by which place its people call
a clock under `[zones]`; the names of days and months and the plurals are those of the CLDR.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from mailbot.adapters.letters.cldr import cldr
from mailbot.core.language.told_time import Near, Told, how_long, told, zone_of
from mailbot.core.model.sizes import said_size

TIMES = "times"
ZONES = "zones"
_NAMED = re.compile(r"\{(\w+)\}")
_CLOCK = frozenset({"h", "hour", "minute", "second"})
_DAY = frozenset(
    {"clock", "at", "zone", "weekday", "weekday_short", "day", "month", "month_short", "month_number", "year"}
)
_WHEN = tuple(near.value for near in Near)
_UNITS = ("second", "minute", "hour", "day")
#: The keys of `[times]`, and what each may name in braces.
KEYS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("clock", "full_hour", "clock_with_seconds"), _CLOCK),
    **dict.fromkeys(("at", "at_one"), frozenset({"clock"})),
    **dict.fromkeys((*_WHEN, *(f"line_{near}" for near in _WHEN), "short"), _DAY),
    "date_alone": _DAY - {"clock", "at", "zone"},
    **dict.fromkeys(("first", *(f"one_{unit}" for unit in _UNITS)), frozenset[str]()),
    **dict.fromkeys(("seconds", "minutes", "hours", "days"), frozenset({"count"})),
    **dict.fromkeys(("about", *(f"about_{unit}" for unit in _UNITS)), frozenset({"count"})),
    **dict.fromkeys(("twice", "beside"), frozenset({"when", "left"})),
}
# What is said where a language has no words for it: figures, which nobody misreads.
_FIGURES: Mapping[str, str] = {
    "clock": "{hour}:{minute}",
    "clock_with_seconds": "{hour}:{minute}:{second}",
    "at": "{clock}",
    **dict.fromkeys(_WHEN, "{iso}, {clock} {zone}"),
    "short": "{iso} {clock} {zone}",
    "date_alone": "{iso}",
    "about": "{count}",
    "twice": "{when}, {left}",
    "beside": "{when} ({left})",
}


def times_of(lines: Mapping[str, object]) -> dict[str, str]:
    """The `[times]` of a catalogue. Raises ValueError or TypeError, saying which line cannot be used."""
    found: dict[str, str] = {}
    for key, words in lines.items():
        if key not in KEYS:
            raise ValueError(f"[{TIMES}] knows no {key!r}; it has {', '.join(KEYS)}")
        if not isinstance(words, str) or not words.strip():
            raise TypeError(f"[{TIMES}] {key}: what stands behind it is not a text")
        if strange := [name for name in _NAMED.findall(words) if name not in KEYS[key]]:
            known = ", ".join(f"{{{name}}}" for name in sorted(KEYS[key])) or "nothing"
            raise ValueError(f"[{TIMES}] {key}: there is no {{{strange[0]}}} here, only {known}")
        found[key] = words
    return found


def zones_of(lines: Mapping[str, object]) -> dict[str, str]:
    """The `[zones]` of a catalogue. Raises ValueError or TypeError, saying which line cannot be used."""
    for place, words in lines.items():
        zone_of(place)
        if not isinstance(words, str) or not words.strip():
            raise TypeError(f"[{ZONES}] {place}: what stands behind it is not a text")
    return {place: str(words) for place, words in lines.items()}


class ClockWords:
    """The words of one language; `times` and `zones` are those of its catalogue, and may be empty."""

    def __init__(self, language: str, times: Mapping[str, str], zones: Mapping[str, str] | None = None) -> None:
        self._cldr = cldr(language)
        self._times = {**_FIGURES, **times} if times and self._cldr is not None else _FIGURES
        self._zones = zones or {}

    def when(self, moment: datetime, zone: str, *, now: datetime | None = None, to_the_second: bool = False) -> str:
        """The aware `moment` as it follows "by" or "spätestens": "14:00 CET today", "am Freitag, dem 6. März, um 14:00 Uhr MEZ".

        The day is left out within the hour, the date today, tomorrow and yesterday, the year within the year of `now`.
        Without `now` all of it is said. Raises ValueError for a naive moment or an unknown zone.
        """
        it = told(moment, zone, now=now)
        return self._said(self._times[it.near], it, to_the_second)

    def in_a_line(
        self, moment: datetime, zone: str, *, now: datetime | None = None, to_the_second: bool = False
    ) -> str:
        """The same as it stands within a line of facts, where German takes no preposition: "Freitag, 6. März, 14:00 Uhr MEZ"."""
        it = told(moment, zone, now=now)
        return self._said(self._times.get(f"line_{it.near}", self._times[it.near]), it, to_the_second)

    def short(
        self,
        moment: datetime,
        zone: str,
        *,
        now: datetime | None = None,
        to_the_second: bool = False,
        zoned: bool = True,
    ) -> str:
        """The aware `moment` for a subject or a list: "14:00 CET" today, else "Fri 6 Mar, 14:00 CET" or "Fr 6.3., 14:00 MEZ".

        Not `zoned`: without the zone, beside another time that has it.
        """
        it = told(moment, zone, now=now)
        pattern = "{clock} {zone}" if it.same_day else self._times["short"]
        return self._said(pattern if zoned else pattern.replace("{zone}", "").rstrip(" ,"), it, to_the_second)

    def date(self, moment: datetime, zone: str) -> str:
        """The day of the aware `moment` without its clock: "6 March 2026". Raises ValueError as `when` does."""
        return self._said(self._times["date_alone"], told(moment, zone), to_the_second=False)

    def left(self, left: timedelta) -> str:
        """How long it is until then, as people say it: "in about 13 minutes", "in etwa 4 Stunden"; empty for what is past."""
        found = how_long(left)
        if found is None or self._cldr is None:
            return ""
        count, unit = found
        if count == 1 and f"one_{unit}" in self._times:
            return self._times[f"one_{unit}"]
        about = _filled(self._times.get(f"about_{unit}", self._times["about"]), {"count": str(count)})
        return self._cldr.counted(self._cldr.ahead[unit], count, about)

    def twice(self, when: str, left: str) -> str:
        """A time told twice: the clock, and how long it is until then, if it is ahead."""
        return _filled(self._times["twice"], {"when": when, "left": left}) if left else when

    def beside(self, when: str, left: str) -> str:
        """The same within a line of facts."""
        return _filled(self._times["beside"], {"when": when, "left": left}) if left else when

    def plural(self, count: int, forms: Mapping[str, str]) -> str:
        """The one of the `forms` (by the CLDR's categories: one, few, many, other …) that goes with so many."""
        category = "other" if self._cldr is None else self._cldr.category(count)
        return forms[category if category in forms else "other"]

    def duration(self, seconds: int) -> str:
        """How much time is left, as people say it: "40 s", "25 min", "2 h", "3 days"."""
        minutes = round(seconds / 60)
        if seconds < 60:
            return self._short("seconds", "{count} s", seconds)
        if minutes < 90:
            return self._short("minutes", "{count} min", minutes)
        if minutes < 48 * 60:
            return self._short("hours", "{count} h", round(minutes / 60))
        days = round(minutes / 1440)
        if "days" in self._times or self._cldr is None:
            return self._short("days", "{count} d", days)
        return self._cldr.counted(self._cldr.days, days)

    def _short(self, unit: str, usual: str, count: int) -> str:
        return _filled(self._times.get(unit, usual), {"count": str(count)})

    def size(self, count: int) -> str:
        """How large something is: "300 kB", "1.5 MB", "1,5 Mo"."""
        number, _, unit = said_size(count).partition(" ")
        if self._cldr is None:
            return f"{number} {unit}"
        return self._cldr.sizes[unit].replace("{0}", number.replace(".", self._cldr.decimal))

    def language(self, language: str) -> str:
        """What a language is called in this one: "German"; its code if that is not known."""
        return language if self._cldr is None else self._cldr.languages.get(language[:2], language)

    def _said(self, pattern: str, it: Told, to_the_second: bool) -> str:
        local, names = it.local, self._cldr
        clock = self._clock(local, to_the_second)
        # Romance languages say one o'clock in the singular: "a la 1:00", "all’1:00".
        at = self._times["at"] if local.hour != 1 else self._times.get("at_one", self._times["at"])
        said = {
            "clock": clock,
            "at": _filled(at, {"clock": clock}),
            "zone": self._zone(it),
            "iso": local.date().isoformat(),
        }
        if names is not None:
            said |= {
                "weekday": names.weekdays[local.weekday()],
                "weekday_short": names.weekdays_short[local.weekday()],
                "day": self._times.get("first", "1") if local.day == 1 else str(local.day),
                "month": names.months[local.month - 1],
                "month_short": names.months_short[local.month - 1],
                "month_number": str(local.month),
                "year": str(local.year),
            }
        return _filled(pattern, said)

    def _zone(self, it: Told) -> str:
        """By whose clock: a place that keeps the same zone at that moment, if the language has words for it, else its letters."""
        for place, words in self._zones.items():
            there = told(it.local, place)
            if (there.zone, there.local.utcoffset()) == (it.zone, it.local.utcoffset()):
                return words
        return it.zone if self._cldr is None else self._cldr.zones.get(it.zone, it.zone)

    def _clock(self, local: datetime, to_the_second: bool) -> str:
        pattern = self._times["clock_with_seconds" if to_the_second else "clock"]
        if local.minute == 0 and not to_the_second:
            pattern = self._times.get("full_hour", pattern)
        shown = {"h": str(local.hour), "hour": f"{local:%H}", "minute": f"{local:%M}", "second": f"{local:%S}"}
        return _filled(pattern, shown)


def _filled(pattern: str, said: Mapping[str, str]) -> str:
    return _NAMED.sub(lambda found: said[found[1]], pattern)
