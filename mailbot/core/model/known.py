"""What is asked of the store about one mail, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailbot.core.model.absence import Absence
from mailbot.core.model.acquaintance import Acquaintance
from mailbot.core.model.confirmed_address import Addressee
from mailbot.core.model.counts import Counts
from mailbot.core.model.event import Event
from mailbot.core.model.found import Found, Search
from mailbot.core.model.goodwill import Goodwill
from mailbot.core.model.message import Message
from mailbot.core.model.page import OpenTickets
from mailbot.core.model.promise import Ended, Promise
from mailbot.core.model.refs import Ref
from mailbot.core.model.ticket import Customer, Ticket


@dataclass(frozen=True, kw_only=True, slots=True)
class Keys:
    """What to ask the store about one mail. All addresses and ids in their compared form (see `Address.key`).

    `message_ids`: its own id, then In-Reply-To, then References from the last to the first. `numbers`: tickets that
    it claims, by token or subject. `held`: the held message that a confirmation names. `alike_within`: how far back
    to look for mails alike, None if nobody asks. `opening`: ask also what opened the tickets. `ledger`: ask for the
    goodwill of this agent in the last 30 days, and of the tickets. `form`: ask how many letters all forms had. `mails`:
    ask for the latest mails from outside in the tickets. `open_for`: ask for the open tickets of this agent, and those
    that nobody has who is there. `notices_to`: ask for the tickets' notices to these addresses. `answered`: ids of notices; ask what
    they are about. `by_list`: a mailing list brought it. `company`: the sender's domain, if it is that of one company and
    not ours. `history`: ask for all that was said and done on the tickets. `open_of_all`: ask for
    all tickets that are not solved. `ended`: ask for the tickets' promises that ended.
    `assigned_to`: ask for all open tickets that this agent has. `acquainted`: ask who the sender and the customers of the
    tickets are. `find`: look for this; `show`: ask for all messages of this ticket.
    """

    content_key: str
    sender: str | None
    message_ids: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    held: str | None = None
    alike_within: timedelta | None = None
    opening: bool = False
    ledger: str | None = None
    said: str | None = None
    form: bool = False
    mails: bool = False
    open_for: str | None = None
    notices_to: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    by_list: bool = False
    company: str | None = None
    history: bool = False
    open_of_all: bool = False
    ended: bool = False
    assigned_to: str | None = None
    acquainted: bool = False
    find: Search | None = None
    show: int | None = None

    @property
    def led_as(self) -> str | None:
        """Whom the ids that it refers to lead: its sender, or all of the lists (one thread often crosses several)."""
        return "list:" if self.by_list else self.sender


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What the store knows that bears on one mail, as it was at one moment.

    `tickets`: every ticket that the keys lead to, by number. `refs`: which of the mail's ids lead to which ticket, in
    the order of `Keys.message_ids`. `promises`: the open promise of each of those tickets. `seen`: a message with the
    same content key is stored already, in `seen_ticket` if that is not None, with the Message-ID `seen_id`. `newest`:
    per ticket, the last message from outside that is not internal; `answers`: the last one that an agent sent to the
    customer; `proven`: the addresses (see `Address.key`) that have a proven mail in it. `recent_tickets` were
    opened by the sender within 30 days, `recent_trouble` of them with a priority of 3 or above. `alike`:
    `Message.alike` of the latest mails within `Keys.alike_within`, at most 50. `customer_tags` are the admin's tags for
    the sender, `utc_offset` the minutes east of UTC that their latest tickets tell of their clock, None if none does; `zone_name` what an agent said
    of it on the newest of these tickets of which one did.
    `notes`: per ticket the latest three notes of agents, and the latest lines of what was said and done (see
    `core.letters.so_far`), oldest first; `history`, only if `Keys.history` asks: all of these; `ended`, only if `Keys.ended` asks: per ticket the
    promises that were kept, covered or late, oldest first;
    `teams`, only if `Keys.said` asks: who of us has answered or noted there. `openings` and `overrides`, only if `Keys.opening` asks: per ticket the customer's mail that
    opened it, and the events by which a person set another priority. `goodwill`, only if `Keys.ledger` asks: the
    lines of that agent within 30 days and of the tickets, oldest first. `mails`, only if `Keys.mails` asks: per
    ticket the mails from outside, newest first, at most 50. `said`: the texts of the last ten mails of the agent of
    `Keys.said`, newest first, at most 20,000 characters each; `said_pictures`: the SHA-256 of the pictures in each
    of them; `kept_tails`: the marks of the endings and pictures that they asked to keep. `open_tickets`, only
    if `Keys.open_for` asks: of the newest, those that are unresolved and that agent's or nobody's who is there, newest first.
    `notices`, only if `Keys.notices_to` asks: notices of the tickets as they were sent there, each cut at 400,000
    bytes: those whose Message-ID is among `Keys.message_ids`, else the newest four. `addressee` is the sender's
    address, `addressees` per ticket its requester's. `notice` is the key of the one among `Keys.answered`,
    `about` the mail that it is about. `open_of_all`, only if `Keys.open_of_all` asks.
    `absences`: of all agents, also those that are over. `assigned`, only if `Keys.assigned_to` asks: the open tickets of
    that agent with what is promised there, at most 200, the weightiest first. `acquaintances`, only if `Keys.acquainted`
    asks, and not if the mail was `seen`: who the sender and the customers are, by address as compared.
    `found`, only if `Keys.find` asks; `shown`, only if `Keys.show` does: that ticket, or the one that it was merged into, with its messages,
    oldest first.
    """

    tickets: Mapping[int, Ticket] = field(default_factory=dict)
    refs: tuple[Ref, ...] = ()
    promises: Mapping[int, Promise] = field(default_factory=dict)
    newest: Mapping[int, Message] = field(default_factory=dict)
    answers: Mapping[int, Message] = field(default_factory=dict)
    proven: Mapping[int, frozenset[str]] = field(default_factory=dict)
    seen: bool = False
    seen_ticket: int | None = None
    seen_id: str | None = None
    customer: Customer | None = None
    customer_tags: tuple[str, ...] = ()
    recent_tickets: int = 0
    recent_trouble: int = 0
    last_promise_broken: bool = False
    counts: Counts = field(default_factory=Counts)
    held: Message | None = None
    alike: tuple[str, ...] = ()
    openings: Mapping[int, Message] = field(default_factory=dict)
    overrides: Mapping[int, tuple[Event, ...]] = field(default_factory=dict)
    goodwill: tuple[Goodwill, ...] = ()
    notes: Mapping[int, tuple[Event, ...]] = field(default_factory=dict)
    history: Mapping[int, tuple[Event, ...]] = field(default_factory=dict)
    ended: Mapping[int, tuple[Ended, ...]] = field(default_factory=dict)
    teams: Mapping[int, frozenset[str]] = field(default_factory=dict)
    mails: Mapping[int, tuple[Message, ...]] = field(default_factory=dict)
    open_of_all: OpenTickets = ()
    said: tuple[str, ...] = ()
    said_pictures: tuple[frozenset[str], ...] = ()
    kept_tails: frozenset[str] = frozenset()
    open_tickets: tuple[Ticket, ...] = ()
    notices: tuple[bytes, ...] = ()
    notice: str | None = None
    about: Message | None = None
    utc_offset: int | None = None
    zone_name: str | None = None
    addressee: Addressee = field(default_factory=Addressee)
    addressees: Mapping[int, Addressee] = field(default_factory=dict)
    absences: tuple[Absence, ...] = ()
    assigned: tuple[tuple[Ticket, datetime | None], ...] = ()
    acquaintances: Mapping[str, Acquaintance] = field(default_factory=dict)
    found: Found | None = None
    shown: tuple[Ticket, tuple[Message, ...]] | None = None

    @property
    def confirmed(self) -> bool:
        """Whether the sender's address has been shown to be its owner's."""
        return self.addressee.confirmed
