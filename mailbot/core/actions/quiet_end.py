"""A ticket resolved quietly while a word is promised: that word still comes in time, unless a person writes before."""

from __future__ import annotations

from dataclasses import replace

from mailbot.core.actions.change import Change
from mailbot.core.actions.writing_permission import no_letter
from mailbot.core.letters.build import iso
from mailbot.core.letters.quotable import matter_of_ticket
from mailbot.core.model.decision import Decision
from mailbot.core.model.letter_fields import ResolvedLetter
from mailbot.core.model.promise import Promise, PromiseState
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.ticket import TicketState
from mailbot.core.promises import schedule


def still_owed(change: Change) -> Reason | None:
    """What the agent who resolved it quietly is told about the open promise; None if there is none. It wakes once."""
    promise = change.promise
    if promise is None or change.ticket.state is not TicketState.RESOLVED:
        return None
    change.look_again(replace(promise, wake_at=schedule.cover_at(promise, change.setting.policy)))
    return why("resolve.word-still-owed", due=iso(promise.due))


def keep(change: Change, promise: Promise) -> Decision:
    """The time is near or past: the letter that it is solved is the word. Being no person's, it never counts as kept."""
    cover_at = schedule.cover_at(promise, change.setting.policy)
    if change.now < cover_at:
        change.look_again(replace(promise, wake_at=cover_at))
        return change.decision("waited", why("outcome.solved-due", due=promise.due))
    late = change.now > promise.due
    change.end_promise(PromiseState.LATE if late else PromiseState.COVERED)
    ticket = change.ticket
    if ticket.mute is not None:
        return change.decision("late" if late else "covered", no_letter(change))
    letter = ResolvedLetter(
        matter=matter_of_ticket(ticket),
        waited=False,
        updates_promised=ticket.promised,
        updates_on_time=ticket.kept,
        sorry=False,
    )
    change.letter(letter, key=f"promise:{promise.id}:resolved")
    return change.decision("late" if late else "covered", why("outcome.solved-told"))
