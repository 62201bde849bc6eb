"""A ticket: one matter with one customer, and what the desk knows of that customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum

from mailbot.core.model.mail import Address
from mailbot.core.model.reason import Reason
from mailbot.core.model.silence import Mute

ALARMING = "alarming"
"""The tag of a ticket whose kind no rule told, with a sign of an outage, of danger or of loud urgency."""


class TicketState(StrEnum):
    """The state of a ticket. Waiting pauses the resolution, never the next word.

    `SPAM`: our mail server marked the mail that opened it; nobody is told or promised anything until a person takes it
    out of the heap.
    """

    OPEN = "open"
    WAITING = "waiting"
    RESOLVED = "resolved"
    SPAM = "spam"


class LookFor(StrEnum):
    """What the desk looks at a ticket for, apart from its promise."""

    CHECK_IN = "check-in"  # it was resolved some days ago: the customer is asked once whether that still holds
    REMIND_AGENTS = "remind-agents"  # only they may write to the customer, who waits
    TELL_HEAP = "tell-heap"  # the leads are told of it, with all else that is in the spam heap of its inbox


@dataclass(frozen=True, slots=True)
class Look:
    """When the desk looks at a ticket next, and what for."""

    kind: LookFor
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """One matter with one customer. `version` 0 has not been stored yet; each commit adds one. `sure`: a
    rule or a person said of what kind it is; otherwise `priority` is 3.

    `taken_at`: since when `assignee` has it, None if nobody does or nobody noted it.

    `answers` counts human words to the customer, and once more where a mail of theirs opens it again; an agent's reply
    address carries the count it was written under. `last_answer_by` is None from such a mail to the next answer.
    `utc_offset` is the customer's, in minutes east of UTC, from the Date of this or an earlier mail; None if it is the
    desk's, or unknown. `zone_name` is what an agent said of it by /zone, an IANA name or an offset, and goes before that:
    a name, since an offset would be wrong from the next change to summer time on. "" takes an earlier word back, also for
    their later tickets; None says nothing. `why` is the account of the
    priority. `mute` is the reason why no automatic letter may go to the customer, or None. `covers` counts the times in
    a row that the desk wrote because no person had. `reminders` counts how often agents were told that only they may
    write; it starts from `covers`, since they were told of each of those. A human word sets both to 0. `promised` and
    `kept` count the ended promises. `thread` are the Message-IDs that the next mail refers to, oldest first. `look` is
    when the desk looks at the ticket next apart from its promise, or None.
    """

    number: int
    version: int = 0
    inbox: str
    subject: str
    requester: Address
    participants: tuple[str, ...] = ()
    state: TicketState = TicketState.OPEN
    waiting_for: str | None = None
    waiting_until: datetime | None = None
    priority: int
    sure: bool = True
    urgency: int = 0
    category: str | None = None
    why: Reason | None = None
    tags: tuple[str, ...] = ()
    assignee: str | None = None
    taken_at: datetime | None = None
    language: str = "en"
    utc_offset: int | None = None
    zone_name: str | None = None
    mute: Mute | None = None
    answers: int = 0
    last_answer_by: str | None = None
    covers: int = 0
    reminders: int = 0
    plan: str | None = None
    workaround: str | None = None
    eta: str | None = None
    eta_at: datetime | None = None
    promised: int = 0
    kept: int = 0
    thread: tuple[str, ...] = ()
    opened_at: datetime
    first_word_at: datetime | None = None
    last_word_at: datetime | None = None
    resolved_at: datetime | None = None
    look: Look | None = None

    @property
    def zone(self) -> timezone | None:
        """The customer's fixed offset as a tzinfo, or None if it is unknown."""
        return None if self.utc_offset is None else timezone(timedelta(minutes=self.utc_offset))

    @property
    def waits_for_them(self) -> bool:
        """Whether we wait for the customer's answer, told until when or not."""
        return self.state is TicketState.WAITING and self.waiting_for == "customer"

    @property
    def their_turn(self) -> bool:
        """Whether the customer was asked something and told until when we wait: then a nudge is next, not a cover."""
        return self.waits_for_them and self.waiting_until is not None and self.mute is None

    @property
    def alarming(self) -> bool:
        """Whether nobody knows its kind, and it may be an outage or a danger, or is loudly urgent."""
        return not self.sure and ALARMING in self.tags

    @property
    def unresolved(self) -> bool:
        """Whether the customer still waits for this to be put right."""
        return self.state not in (TicketState.RESOLVED, TicketState.SPAM)


@dataclass(frozen=True, kw_only=True, slots=True)
class Customer:
    """What the desk knows of an address. `undeliverable` is the reason of the last permanent bounce, or None."""

    address: str
    name: str | None = None
    first_seen: datetime
    undeliverable: str | None = None
