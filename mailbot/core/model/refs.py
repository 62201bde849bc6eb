"""Message-IDs that lead to tickets, and whom."""

from __future__ import annotations

from dataclasses import dataclass

MOST_OF_AN_ID = 50
"""Tickets that one Message-ID is let lead to, the oldest first: who uses one over and over costs the others nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ref:
    """A Message-ID that leads to a ticket: that of the mail `message`, which lies in it.

    Or one that a mail of the ticket merely refers to: then `by` is who wrote that mail (as compared), and it leads nobody
    else. `reached`, as the store knows it, is who wrote the mail itself and to whom it was addressed.
    """

    message_id: str
    ticket: int
    by: str | None = None
    message: str | None = None
    reached: frozenset[str] = frozenset()

    @property
    def mentioned(self) -> bool:
        """Whether the mail itself is unknown, as far as this goes."""
        return self.by is not None
