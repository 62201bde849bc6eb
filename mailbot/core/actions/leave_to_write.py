"""Whether the desk may write to a ticket's customer of its own accord, and an agent's word that lets it."""

from __future__ import annotations

from mailbot.core.actions.change import Change
from mailbot.core.promises.nothing_due import RELEASED


def may_promise(change: Change) -> bool:
    """Whether the desk may bind itself to a time: not to somebody whom it may not write to."""
    return change.ticket.mute is None


def silent(change: Change) -> bool:
    """Whether no letter of the desk's own may go, not even at an agent's word: to a list, or an address that fails."""
    mute = change.ticket.mute
    return mute is not None and not mute.startswith(RELEASED)


def release(change: Change) -> None:
    """An agent's word to somebody whom the desk may not answer by itself lets it write to them from now on."""
    if change.ticket.mute is not None and not silent(change):
        change.set(mute=None)
        if change.ticket.unresolved:
            change.set(check_in_at=None)  # they are no longer in want of a first word
