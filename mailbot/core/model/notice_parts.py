"""Facts that several notices about a ticket share, besides those of the ticket itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.core.model.fields import Fields, Part
from mailbot.core.model.reason import Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class AlsoTo(Part):
    """Who else a mail was written to, as far as it says so: the first of them, and how many `also_more`."""

    also_to: Sequence[str] = ()
    also_more: int = 0


JUST_US = AlsoTo()


@dataclass(frozen=True, kw_only=True, slots=True)
class Past(Part):
    """What was said and done on a ticket before, a line each, the newest first; whether there is more; and how many of the
    latest notes are among the lines.
    """

    past: Sequence[Reason] = ()
    past_more: bool = False
    past_notes: int = 0


NO_PAST = Past()


@dataclass(frozen=True, kw_only=True, slots=True)
class Said(Fields):
    """Words of somebody's, and when they came."""

    who: str
    at: datetime
    words: str
