"""The next time that is told to a customer who wrote again."""

from __future__ import annotations

from datetime import datetime

from mailbot.core.actions.change import Change
from mailbot.core.actions.first_word import asks_something
from mailbot.core.actions.writing_permission import allowance_for, until_reply
from mailbot.core.intake.incoming import Incoming
from mailbot.core.model.confirmed_address import Addressee, Allowance
from mailbot.core.model.letter_fields import (
    CustomerLetter,
    TooLargeLetter,
    UpdateLetter,
)
from mailbot.core.model.office import UNASKED, office_of
from mailbot.core.promises import schedule


def state_time(
    change: Change, incoming: Incoming, due: datetime, reason: str, matter: str, addressee: Addressee
) -> None:
    """Tell the customer the next time; none to an unconfirmed address that has had its letters."""
    left = allowance_for(change, addressee)
    if left is not Allowance.FREE:
        if change.promise is not None:
            return  # the open promise comes, as the last
        until_reply(change)
        if left is Allowance.NONE:
            return
    key = f"promise:{next_key(change, incoming)}:{reason}"
    promise = change.promise_by(due, made_by="update", stated_by=key) if left is Allowance.FREE else None
    last = left is Allowance.LAST
    letter: CustomerLetter = UpdateLetter(matter=matter, reason=reason, last=last)
    if incoming.too_large is not None:
        letter = TooLargeLetter(matter=matter, too_large=incoming.too_large.field, last=last)
    change.letter(letter, key=key, states=promise)


def due_after_words(change: Change, incoming: Incoming, *, was_resolved: bool) -> datetime | None:
    """Feedback without a question needs no time; everything else that is unresolved has one."""
    policy = change.setting.policy
    silent = policy.pace_of(change.ticket).first is None
    unasked = office_of(change.ticket) in UNASKED or not asks_something(incoming.new_text)
    if silent and not was_resolved and unasked:
        return None
    return schedule.answer_due(change.ticket, policy, change.now)


def next_key(change: Change, incoming: Incoming) -> str:
    """The key of the letter names the mail that caused it, so that deciding twice writes one."""
    return f"{change.ticket.number}:{incoming.keys.content_key[:16]}"
