"""When the admins hear that a secret or a certificate comes to its end: 30, 7 and 1 days before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

STEPS = (30, 7, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """What ends when, and the section of the config that names it."""

    what: Literal["secret", "certificate"]
    where: str
    at: datetime


def step_of(ending: Ending, now: datetime) -> int | None:
    """The last of the steps that has come; None before the first one, and after the end, which the login shows itself."""
    left = ending.at - now
    if left <= timedelta(0):
        return None
    return min((days for days in STEPS if left <= timedelta(days=days)), default=None)
