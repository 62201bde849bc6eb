"""Message-IDs that lead to tickets, and whom they lead."""

from __future__ import annotations

from dataclasses import dataclass

MOST_OF_AN_ID = 50
"""The tickets that one Message-ID may lead to, the oldest first: a sender who reuses one must not cost the others."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ref:
    """A Message-ID that leads to a ticket: that of the mail `message` in it.

    Or one that a mail of the ticket merely refers to: then `by` is who wrote that mail (in compared form), and it leads
    nobody else. `reached`, as known from the store, is who wrote the mail itself and to whom it was addressed.
    """

    message_id: str
    ticket: int
    by: str | None = None
    message: str | None = None
    reached: frozenset[str] = frozenset()

    @property
    def mentioned(self) -> bool:
        """Whether the mail with this id is unknown, as far as this reference shows."""
        return self.by is not None
