"""How a ticket stands, in lines for an agent who asks."""

from __future__ import annotations

from mailbot.core.actions.change import Change
from mailbot.core.letters.build import iso


def status_lines(change: Change) -> list[str]:
    """What `/status` answers."""
    ticket = change.ticket
    due = f"the next word is due {iso(change.promise.due)}" if change.promise else "no word is promised"
    return [
        f"#{ticket.number} {ticket.subject}",
        f"{ticket.state.value}, priority {ticket.priority}, urgency {ticket.urgency}: {ticket.why}",
        f"with {ticket.assignee or 'nobody'}; {due}",
        f"{ticket.kept} of {ticket.promised} promises kept on time",
    ]
