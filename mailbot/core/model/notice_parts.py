"""Facts that several notices about a ticket share, besides those of the ticket itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.core.model.fields import Fields, Part
from mailbot.core.model.letter_fields import TooLargeMail
from mailbot.core.model.reason import Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class AlsoTo(Part):
    """Who else a mail was written to, as far as it says so: the first of them, and how many `also_more`.

    `answers_to`: where its Reply-To asks for answers, if that is not where it came from.
    """

    also_to: Sequence[str] = ()
    also_more: int = 0
    answers_to: Sequence[str] = ()


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
class OtherTicket(Fields):
    """Another ticket of the same customer."""

    number: int
    subject: str
    open: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Acquainted(Part):
    """Who the customer is, unless nothing was known of them before: since when they write, their other tickets, the open
    ones first, how many `others_more` there are; `known_for`: how the last promise to them ended, and that this ticket is not proven to be theirs.
    """

    known_since: datetime | None = None
    others: Sequence[OtherTicket] = ()
    others_more: str = ""
    known_for: Sequence[Reason] = ()


NOBODY_KNOWN = Acquainted()


@dataclass(frozen=True, kw_only=True, slots=True)
class Question(Part):
    """What one of us asked the customer last, and the name of whoever did; no name where that is the reader."""

    asked: str = ""
    asked_by: str = ""


NO_QUESTION = Question()


@dataclass(frozen=True, kw_only=True, slots=True)
class Said(Fields):
    """Words of somebody's, and when they came."""

    who: str
    at: datetime
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut(Fields):
    """A file that was too large to go along."""

    name: str
    size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Carried(Part):
    """The files of a mail: the names and bytes of those that go along, and those `left_out`, since a mail takes `most`."""

    attachments: Sequence[str] = ()
    sizes: Sequence[int] = ()
    left_out: Sequence[LeftOut] = ()
    most: int = 0
    too_large: TooLargeMail | None = None


NO_FILES = Carried()
