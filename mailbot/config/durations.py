"""Reads and writes what an admin writes for lengths of time (`20s 15m 4h 3d 1h30m`) and sizes (`35MB`)."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1), "s": timedelta(seconds=1)}
_DURATION = re.compile(r"(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s)?", re.ASCII)
_SIZE = re.compile(r"(\d{1,9})\s*(B|KB|MB|GB)", re.ASCII | re.IGNORECASE)
_BYTES = {"B": 1, "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000}


def parse_duration(text: str) -> timedelta:
    """`20s`, `15m`, `4h`, `3d`, or a sum of them with the larger unit first (`1h30m`); spaces between do not matter.

    Raises ValueError with words for the admin.
    """
    found = _DURATION.fullmatch("".join(text.split()).lower())
    if found is None or not any(found.groups()):
        raise ValueError("must be a length of time such as 20s, 15m, 4h, 3d or 1h30m")
    total = timedelta()
    for amount, unit in zip(found.groups(), _UNITS.values(), strict=True):
        total += int(amount or 0) * unit
    return total


def write_duration(length: timedelta) -> str:
    """The same in the shortest words that `parse_duration` reads back; fractions of a second are dropped."""
    rest, text = length, ""
    for name, unit in _UNITS.items():
        amount, rest = divmod(rest, unit)
        text += f"{amount}{name}" if amount else ""
    return text or "0s"


def parse_size(text: str) -> int:
    """`900KB`, `35MB`, `1GB` in bytes (a megabyte is 1,000,000). Raises ValueError with words for the admin."""
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise ValueError("must be a size such as 900KB or 35MB")
    return int(found.group(1)) * _BYTES[found.group(2).upper()]
