"""Whether an address has shown that it is its owner's, and what the desk wrote to it lately: anybody can write in a third person's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

WEEK = timedelta(days=7)
"""How far back the letters to an address are counted that nothing has confirmed."""


class How(StrEnum):
    """What confirmed an address; `person` holds as long as nothing that was sent there comes back."""

    RESULTS = "results"  # a mail of it was proven by our own server's results
    ANSWER = "answer"  # a mail of it that no machine wrote came back to a signed address or Message-ID of ours
    PERSON = "person"  # a person of ours answered it


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmed:
    """From now on an address counts as its owner's. `address` is as compared (see `Address.key`), `at` aware."""

    address: str
    how: How
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Addressee:
    """What bears on how many automatic letters an address may get. `how` None: nothing has confirmed it.

    `week` counts the automatic letters of the last seven days; of these `acks` acknowledged mails of priority 3 to 5, and
    `first` those of priority 1 or 2.
    """

    how: How | None = None
    week: int = 0
    acks: int = 0
    first: int = 0

    @property
    def confirmed(self) -> bool:
        """Whether the address is its owner's, as far as the desk can know."""
        return self.how is not None
