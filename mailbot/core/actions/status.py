"""Describes the state of a ticket, in lines for an agent who asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mailbot.core.actions.change import Change
from mailbot.core.letters.build import iso
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.ticket import TicketState

_STANDS: Final[Mapping[TicketState, Reason]] = {
    TicketState.OPEN: why("state.open"),
    TicketState.WAITING: why("state.waiting"),
    TicketState.RESOLVED: why("state.resolved"),
    TicketState.SPAM: why("state.spam"),
}


def status_lines(change: Change) -> list[Reason]:
    """What `/status` answers."""
    ticket, promise = change.ticket, change.promise
    due = why("status.no-word") if promise is None else why("status.word-due", due=iso(promise.due))
    return [
        why("status.matter", number=ticket.number, subject=ticket.subject),
        why(
            "status.priority",
            state=_STANDS[ticket.state],
            priority=ticket.priority,
            urgency=ticket.urgency,
            reason="" if ticket.why is None else ticket.why,
        ),
        why("status.who", agent=ticket.assignee or why("status.nobody"), next=due),
        why("status.kept", kept=ticket.kept, promised=ticket.promised),
    ]
