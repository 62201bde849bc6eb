"""Decides which reminders must not leave any more: those of a time that is over, and those of whom somebody has answered."""

from __future__ import annotations

from mailbot.core.model.decision import Decision
from mailbot.core.model.promise import PromiseState

WITHDRAWN = "withdrawn: there is nothing left to remind of"
"""What the outbox says of such a reminder."""

WAITED = "digest:"
"""What the key of a mail begins with that tells notices which waited; the rest is the key of the first of them."""


def withdrawn(decision: Decision) -> list[tuple[int, str]]:
    """Of which tickets, and what the keys of the notices begin with that this decision makes pointless.

    An answer, a cover or a new time ends a promise, and its reminders with it. Where nothing was promised, a person's
    word to the customer is what the agents were reminded of. One that waited for others, and was told by itself after all,
    has a key that says so.
    """
    ended = [(one.ticket, f"remind:{one.id}:") for one in decision.promises if one.state is not PromiseState.OPEN]
    said = {m.ticket for m in decision.messages if m.agent and m.ticket and not m.internal and not m.held}
    begins = ended + [(number, f"unanswered:{number}:") for number in sorted(said)]
    return [(number, f"{waited}{begin}") for number, begin in begins for waited in ("", WAITED)]
