"""Facts that several notices about a ticket share, besides those of the ticket itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.core.model.fields import Fields, Part


@dataclass(frozen=True, kw_only=True, slots=True)
class AlsoTo(Part):
    """Who else a mail was written to, as far as it says so: the first of them, and how many `also_more`."""

    also_to: Sequence[str] = ()
    also_more: int = 0


JUST_US = AlsoTo()


@dataclass(frozen=True, kw_only=True, slots=True)
class Said(Fields):
    """Words of somebody's, and when they came."""

    who: str
    at: datetime
    words: str
