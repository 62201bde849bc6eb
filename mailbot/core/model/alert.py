"""A call to an agent on the second road, beside the mail: for an outage that nobody answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailbot.core.model.reason import Reason, why


class AlertState(StrEnum):
    """The state of a call: one that is `calling` may have been made when the process ended, and is made again."""

    READY = "ready"
    CALLING = "calling"
    DONE = "done"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """One call to one agent, by id. A second one with the same key is not stored. `words` are said in their language."""

    key: str
    ticket: int
    agent: str
    words: Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertRow:
    """A call as it is stored; `attempts` includes the one that is made now.

    `others` are the ids of the agent's calls that wait, being too many: this one says how many they are, and stands
    for them if it reaches the agent.
    """

    id: int
    alert: Alert
    attempts: int
    created_at: datetime
    others: tuple[int, ...] = ()

    @property
    def words(self) -> Reason:
        """What is said: the words of the call, and how many others wait."""
        if not self.others:
            return self.alert.words
        return why("alert.and-more", words=self.alert.words, count=len(self.others))


@dataclass(frozen=True, kw_only=True, slots=True)
class Called:
    """What came of a call: whether it reached its end, and what the program or the server said."""

    reached: bool
    said: str
