"""What a valid config still says as it was laid out, and what it says that is hardly meant: for `check`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import time

from mailbot.config.models import Config
from mailbot.config.problems import key_of

_PLACES = ("your-company.example", "your-provider.example")
_WORDS = frozenset({"Example Support", "Kim Example"})
_DAYS = {"mon": "tue", "tue": "wed", "wed": "thu", "thu": "fri", "fri": "sat", "sat": "sun", "sun": "mon"}
_LONG_NIGHT = 12 * 60  # minutes: no night shift is longer, and two times of a day that were swapped always are


def placeholders_of(config: Config) -> list[str]:
    """One line for each value that still stands as `mailbot init` wrote it, in the order of the file."""
    data = config.model_dump(by_alias=True)
    return [
        f'{key_of(place, data)}: still says "{text}", as the file was laid out; put your own there'
        for place, text in _texts(data, ())
        if text in _WORDS or text.casefold().endswith(_PLACES)
    ]


def _texts(value: object, place: tuple[int | str, ...]) -> Iterator[tuple[tuple[int | str, ...], str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, (*place, str(key)))
    elif isinstance(value, list | tuple):
        tables = bool(value) and isinstance(value[0], Mapping)
        for number, inner in enumerate(value):
            yield from _texts(inner, (*place, number) if tables else place)


def odd_hours_of(config: Config) -> list[str]:
    """One line for each day whose hours end before they begin and so run through most of the night and day.

    A night shift is meant so (`22:00-06:00`) and is not named.
    """
    found = []
    for day, following in _DAYS.items():
        for first, last in getattr(config.hours, day):
            if last < first and last != time(0) and _minutes(last) - _minutes(first) + 24 * 60 > _LONG_NIGHT:
                span = f"{first:%H:%M}-{last:%H:%M}"
                found.append(
                    f'hours.{day}: "{span}" ends before it begins, so it runs through the night to {last:%H:%M} on '
                    f'{following}; if the day is meant, turn it round: "{last:%H:%M}-{first:%H:%M}"'
                )
    return found


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
