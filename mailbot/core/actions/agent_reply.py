"""What an agent's reply says and brings along, as far as that is known before anything is done."""

from __future__ import annotations

from dataclasses import dataclass, field

from mailbot.core.actions.goodwill import Ledger
from mailbot.core.model.event import Event
from mailbot.core.model.known import Known
from mailbot.core.model.message import Message
from mailbot.core.model.policy import Agent
from mailbot.core.model.promise import Ended
from mailbot.core.model.reason import Reason
from mailbot.core.verbs.parse import Asked


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What an agent said, the message that holds it, and the attachments that go along; `why` answers `/why`,
    `history` `/history`. `ended` are the ticket's promises that ended, None if nobody asked the store for them.

    `answer` is the last word that one of us sent to the customer before, `newest` the last mail from outside;
    `known` is what the store knew; `team` are those of us who have answered or noted on the ticket. `inside`: nothing of it is for the customer;
    `enclosed` are the files that a note brings along.
    """

    agent: Agent
    asked: Asked
    message: Message
    attach: tuple[tuple[int, int], ...]
    why: tuple[Reason, ...] = ()
    ledger: Ledger = ()
    mails: tuple[Message, ...] = ()
    history: tuple[Event, ...] = ()
    ended: tuple[Ended, ...] | None = None
    notices: tuple[str, ...] = ()
    opening: Message | None = None
    answer: Message | None = None
    newest: Message | None = None
    team: frozenset[str] = frozenset()
    known: Known = field(default_factory=Known)
    inside: bool = False
    enclosed: tuple[tuple[int, int], ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The verbs that were used."""
        return frozenset(v.name for v in self.asked.verbs)

    @property
    def speaks(self) -> bool:
        """Whether it has anything for the customer to read."""
        return bool(self.asked.prose or self.attach) and not (self.is_note or self.inside)

    @property
    def is_note(self) -> bool:
        """Whether all of it stays inside."""
        return "note" in self.names

    @property
    def tells(self) -> bool:
        """Whether a verb alone is a word to the customer."""
        told = self.names & {"plan", "workaround", "eta", "nonews", "timeline"} or (
            "resolve" in self.names and not quiet(self.asked)
        )
        return bool(told) and not (self.is_note or self.inside)


def quiet(asked: Asked) -> bool:
    """Whether the ticket is to be resolved without a letter."""
    return any(v.name == "resolve" and v.argument.strip().lower() == "quietly" for v in asked.verbs)
