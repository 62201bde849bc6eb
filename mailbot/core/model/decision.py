"""All that one cause changes, to be stored in one transaction or not at all."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mailbot.core.model.absence import Absence
from mailbot.core.model.alert import Alert
from mailbot.core.model.confirmed_address import Confirmed
from mailbot.core.model.event import Event
from mailbot.core.model.goodwill import Goodwill
from mailbot.core.model.message import Message
from mailbot.core.model.outgoing import Outgoing
from mailbot.core.model.page import Page
from mailbot.core.model.promise import Promise
from mailbot.core.model.reason import Reason
from mailbot.core.model.refs import Ref
from mailbot.core.model.ticket import Customer, Ticket


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """All that one cause changes, to be stored in one transaction or not at all.

    A ticket whose version is 0 is inserted; any other is updated only if the stored version still equals it. `refs`
    are Message-IDs that lead to a ticket from now on. `outcome` is one word for logs and `replay`: opened, joined,
    relayed, noted, held, refused, logged, quarantined, reminded, covered, late … `asked` are Message-IDs that were
    looked up, and `led` what each of them led to: if one leads to another ticket by now, the store refuses the
    decision, since a mail of the same thread was stored meanwhile; `asked_by` for whom. `release` names held messages
    that are no longer held; `put` (message, ticket, internal) those that from now on count as that ticket's:
    whoever was faster with another answer about one is a Conflict. `moves` sends every message of one ticket to
    another; `splits` (the ticket it was in, the message as it is from now on) sends one stored message, with the
    Message-IDs that it led there. `confirmed` are addresses that are their owner's, `doubted` those from which a letter
    came back. `pages` are those of an agent's day that were looked at: one that was before is a Conflict.
    `absences` are new or changed ones; `back` are agents who are there again. `alerts` are calls.
    """

    outcome: str
    reason: Reason | None = None
    tickets: tuple[Ticket, ...] = ()
    messages: tuple[Message, ...] = ()
    refs: tuple[Ref, ...] = ()
    promises: tuple[Promise, ...] = ()
    customers: tuple[Customer, ...] = ()
    events: tuple[Event, ...] = ()
    outgoing: tuple[Outgoing, ...] = ()
    release: tuple[str, ...] = ()
    put: tuple[tuple[str, int, bool], ...] = ()
    moves: tuple[tuple[int, int], ...] = ()
    splits: tuple[tuple[int, Message], ...] = ()
    asked: tuple[str, ...] = ()
    asked_by: tuple[str, ...] = ()
    led: tuple[tuple[str, int], ...] = ()
    goodwill: tuple[Goodwill, ...] = ()
    confirmed: tuple[Confirmed, ...] = ()
    doubted: tuple[str, ...] = ()
    pages: tuple[Page, ...] = ()
    absences: tuple[Absence, ...] = ()
    back: tuple[str, ...] = ()
    alerts: tuple[Alert, ...] = ()

    def along_with(self, other: Decision) -> Decision:
        """This one together with what another does to other tickets; its own outcome and reason stay."""
        return replace(
            self,
            tickets=(*self.tickets, *other.tickets),
            promises=(*self.promises, *other.promises),
            events=(*self.events, *other.events),
            outgoing=(*self.outgoing, *other.outgoing),
        )
