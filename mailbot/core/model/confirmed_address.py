"""Whether an address is confirmed, and how many letters it may get: anybody can write in a third person's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

WEEK = timedelta(days=7)
"""How far back the letters to an unconfirmed address are counted."""


MOST, MOST_WITHOUT_RESULTS = 3, 5
"""How many automatic letters an unconfirmed address gets in a week, and if there are no server's results to tell."""
_ACKS = 2  # of these for mails of priority 3 to 5
_URGENT = 2


class Allowance(StrEnum):
    """Whether one more automatic letter may go; LAST: it is the last of this week, and states no time."""

    FREE = "free"
    LAST = "last"
    NONE = "none"


class ConfirmedBy(StrEnum):
    """What confirmed an address; `person` holds as long as nothing that was sent there comes back."""

    RESULTS = "results"  # our own server's results proved a mail from it
    ANSWER = "answer"  # a mail from it that no machine wrote answered a signed address or Message-ID of ours
    PERSON = "person"  # a person of ours answered it


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmed:
    """From now on an address counts as its owner's. `address` is as compared (see `Address.key`), `at` aware."""

    address: str
    how: ConfirmedBy
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Addressee:
    """What determines how many automatic letters an address may get. `how` None: nothing has confirmed it.

    `week` counts the automatic letters of the last seven days; of these `acks` acknowledged mails of priority 3 to 5,
    and
    `first` those of priority 1 or 2.
    """

    how: ConfirmedBy | None = None
    week: int = 0
    acks: int = 0
    first: int = 0

    @property
    def confirmed(self) -> bool:
        """Whether the address is its owner's, as far as the desk can know."""
        return self.how is not None


def allowance(addressee: Addressee, priority: int, *, results: bool, ack: bool = False) -> Allowance:
    """Whether a letter about a matter of that priority may go to the address, if nothing else prevents it.

    `results`: whether a server is configured that could prove a mail. `ack`: it acknowledges a first mail. For the
    first outage or matter of money one letter is reserved, or two if nothing can be proven: its acknowledgment, and the
    word that follows if that states a time. A time that is stated always leaves room for one more letter.
    """
    if addressee.confirmed:
        return Allowance.FREE
    urgent = priority <= _URGENT
    if ack and not urgent and addressee.acks >= _ACKS:
        return Allowance.NONE
    kept = 0 if addressee.first or (ack and urgent) else 1 if results else 2
    left = (MOST if results else MOST_WITHOUT_RESULTS) - kept - addressee.week
    return Allowance.FREE if left > 1 else Allowance.LAST if left == 1 else Allowance.NONE


def is_second(addressee: Addressee, priority: int) -> bool:
    """Whether an acknowledgment is the last one for mails of this weight, as long as nothing confirms the address."""
    return not addressee.confirmed and priority > _URGENT and addressee.acks == _ACKS - 1
