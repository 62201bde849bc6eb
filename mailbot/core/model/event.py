"""A line of the desk's diary: what happened to a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailbot.core.model.reason import Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One line of the desk's diary: what happened to a ticket, and by whom (the id of an agent, or a word like `desk`).

    The code of `what` has two or three parts: `event.opened.weighed` is how it was `event.opened`. The words of the
    first two are a heading, the words of all three say the rest; `event.taken` is a heading alone.
    """

    ticket: int | None
    at: datetime
    what: Reason
    by: str = "desk"

    @property
    def heading(self) -> Reason:
        """What happened, in a word or two."""
        return Reason(".".join(self.what.code.split(".")[:2]), self.what.args)

    @property
    def detail(self) -> Reason | None:
        """The rest of it; None if the heading says all."""
        return None if self.what.code == self.heading.code else self.what
