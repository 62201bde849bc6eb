"""What it counts for when a person of ours says something to the customer, through the desk or directly."""

from __future__ import annotations

from mailbot.core.actions.change import Change
from mailbot.core.actions.gratitude import no_longer_thanked
from mailbot.core.model.confirmed_address import ConfirmedBy
from mailbot.core.model.policy import Agent
from mailbot.core.model.promise import PromiseState


def counts(change: Change, agent: Agent, message: str) -> None:
    """It keeps what was promised, and a person has now looked at the recipient's address. `message` is its id."""
    ticket = change.ticket
    no_longer_thanked(change)
    change.end_promise(PromiseState.KEPT, kept_by=message, by=agent.id)
    change.set(
        answers=ticket.answers + 1,
        last_answer_by=agent.id,
        covers=0,
        reminders=0,
        assignee=change.ticket.assignee or agent.id,
        first_word_at=ticket.first_word_at or change.now,
        last_word_at=change.now,
    )
    change.confirm(ticket.requester.key, ConfirmedBy.PERSON)
