"""One mail to decide: what came in, what the store knows about it, under which settings and at what moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailbot.core.actions.change import Change
from mailbot.core.intake.incoming import Incoming, message_of
from mailbot.core.model.known import Known
from mailbot.core.model.message import Author, Message
from mailbot.core.model.reason import Reason
from mailbot.core.model.ticket import Ticket
from mailbot.core.rules.setting import FreshIds, Setting


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What every action on a mail is given. `now` is aware; `fresh` gives out ids that nobody has had before."""

    incoming: Incoming
    known: Known
    setting: Setting
    now: datetime
    fresh: FreshIds

    def change(self, ticket: Ticket) -> Change:
        """A change to that ticket, with its open promise, the notes on it, and who its customer is."""
        promise, notes = self.known.promises.get(ticket.number), self.known.notes.get(ticket.number, ())
        met = self.known.acquaintances.get(ticket.requester.key)
        return Change(self.setting, ticket, promise, self.now, self.fresh, notes, met)

    def message(
        self,
        *,
        ticket: int | None,
        author: Author,
        agent: str | None = None,
        internal: bool = False,
        held: str | None = None,
        note: Reason | None = None,
    ) -> Message:
        """The mail as a new message of that ticket (None: of no ticket, only kept). See `message_of`."""
        return message_of(
            self.incoming,
            message=self.fresh.id(),
            ticket=ticket,
            author=author,
            agent=agent,
            internal=internal,
            held=held,
            note=note,
        )
