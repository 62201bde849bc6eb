"""What the desk remembers: tickets, messages, promises, events, and the letters that are decided but not sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

from mailbot.core.model.confirmed_address import Addressee, Confirmed
from mailbot.core.model.counts import Counts
from mailbot.core.model.facts import Weighed
from mailbot.core.model.goodwill import Goodwill
from mailbot.core.model.mail import Address, Attachment, Kind
from mailbot.core.model.refs import Ref
from mailbot.core.model.sender_proof import SenderProof
from mailbot.core.model.silence import Mute


class TicketState(StrEnum):
    """Where a ticket stands. Waiting pauses the resolution, never the next word.

    `SPAM`: our mail server marked the mail that opened it; nobody is told or promised anything until a person takes it
    out of the heap.
    """

    OPEN = "open"
    WAITING = "waiting"
    RESOLVED = "resolved"
    SPAM = "spam"


class PromiseState(StrEnum):
    """How a promise ended; `open` has not. Kept means by a human word."""

    OPEN = "open"
    KEPT = "kept"
    COVERED = "covered"
    LATE = "late"
    REPLACED = "replaced"


class OutgoingKind(StrEnum):
    """A letter is the desk's, a relay an agent's own words to a customer, a notice goes to agents and admins."""

    LETTER = "letter"
    RELAY = "relay"
    NOTICE = "notice"


class OutboxState(StrEnum):
    """Where an outgoing mail stands. `unknown`: cut after the final dot, resent with identical bytes.

    A notice that is `gathering` waits to be told together with others, and is `told` once their digest stands in the outbox.
    """

    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    DROPPED = "dropped"
    GATHERING = "gathering"
    TOLD = "told"


class Author(StrEnum):
    """Who wrote a message that belongs to a ticket."""

    CUSTOMER = "customer"
    AGENT = "agent"
    STRANGER = "stranger"
    MACHINE = "machine"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """One matter with one customer. `version` 0 has not been stored yet; each commit adds one.

    `answers` counts human words to the customer; an agent's reply address carries the count it was written under.
    `utc_offset` is the customer's, in minutes east of UTC, from their Date header. `mute` is the reason why no
    automatic letter may go to the customer, or None. `covers` counts cover letters since the last human word, or the
    notices to agents where none may go. `promised` and `kept` count the ended promises. `thread` are the Message-IDs
    that a next mail refers to, oldest first. `check_in_at` is when the desk looks at a ticket that has no promise: a
    resolved one is asked after, once; one whose customer only a person may write to is brought before the agents
    again.
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
    urgency: int = 0
    category: str | None = None
    why: str = ""
    tags: tuple[str, ...] = ()
    assignee: str | None = None
    language: str = "en"
    utc_offset: int | None = None
    mute: Mute | None = None
    answers: int = 0
    last_answer_by: str | None = None
    covers: int = 0
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
    check_in_at: datetime | None = None

    @property
    def zone(self) -> timezone | None:
        """The customer's fixed offset as a tzinfo, or None where they never told it."""
        return None if self.utc_offset is None else timezone(timedelta(minutes=self.utc_offset))

    @property
    def their_turn(self) -> bool:
        """Whether the customer was asked something and told until when we wait: then a nudge comes next, no cover."""
        waits = self.state is TicketState.WAITING and self.waiting_for == "customer"
        return waits and self.waiting_until is not None and self.mute is None

    @property
    def unresolved(self) -> bool:
        """Whether the customer still waits for this to be put right."""
        return self.state not in (TicketState.RESOLVED, TicketState.SPAM)


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One mail as it lies in a ticket (`ticket` None: logged only). `held` says why an agent's text was kept back.

    A mail that opened a ticket keeps what the rules were told beside its words (`weighed`), and `alike`, by which
    others like it are found (see `core.alike`; None where no rule asks). `standing` is what our server said of `from_`
    (None where none is named that could, and for mails of before): one that an agent forwarded proves nothing of it.
    """

    id: str
    ticket: int | None
    inbound: int | None
    content_key: str
    message_id: str | None
    kind: Kind
    author: Author
    agent: str | None = None
    from_: Address
    to: tuple[str, ...] = ()
    subject: str
    date: datetime | None
    received_at: datetime
    new_text: str
    text: str
    attachments: tuple[Attachment, ...] = ()
    internal: bool = False
    held: str | None = None
    note: str = ""
    alike: str | None = None
    weighed: Weighed | None = None
    standing: SenderProof | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Promise:
    """A time stated to a customer by which they hear from us.

    `due` and `wake_at` are UTC; `wake_at` is when the desk must look next (a reminder, the cover, the end). `made_by`
    is the name of the letter that made it, `agent` the id of whoever of us made it, None where the desk did.
    `stated_by` is the key of the outbox row whose mail states it; `kept_by` the message that kept it. `reminded`
    counts reminders given. `said` is an earlier time that the agent named in their own words: it moves the reminders,
    and nothing else.
    """

    id: str
    ticket: int
    to: str
    state: PromiseState = PromiseState.OPEN
    made_at: datetime
    made_by: str
    agent: str | None = None
    due: datetime
    wake_at: datetime | None
    stated_by: str
    reminded: int = 0
    ended_at: datetime | None = None
    kept_by: str | None = None
    said: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One line of the desk's diary: what happened to a ticket, in words an agent understands."""

    ticket: int | None
    at: datetime
    what: str
    detail: str = ""
    by: str = "desk"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """A mail that is decided and not yet written: one recipient, one key, the facts that its template needs.

    `key` makes a replay harmless: a second row with the same key is not stored. `fields` is JSON-able data only
    (moments as ISO 8601 strings in UTC). `automatic` letters are counted against the limits and marked RFC 3834.
    `reply_token` goes into Reply-To behind the plus sign, `message_token` into the Message-ID. `attach` lists (inbound
    id, attachment index) to take along. `zone` is the reader's: an IANA name or "+01:00".
    """

    key: str
    kind: OutgoingKind
    name: str
    ticket: int | None
    inbox: str
    to: Address
    language: str = "en"
    zone: str = "UTC"
    automatic: bool = True
    subject: str = ""
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    reply_token: str | None = None
    message_token: str | None = None
    agent: str | None = None
    promise: str | None = None
    attach: tuple[tuple[int, int], ...] = ()
    not_before: datetime
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The tickets that it speaks of: its own, and those whose next time it tells as well (`other_numbers`)."""
        return () if self.ticket is None else (self.ticket, *self.fields.get("other_numbers", ()))


@dataclass(frozen=True, kw_only=True, slots=True)
class Customer:
    """What the desk knows of an address. `undeliverable` is the reason of the last permanent bounce, or None."""

    address: str
    name: str | None = None
    first_seen: datetime
    undeliverable: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """All that one cause changes, to be stored in one transaction or not at all.

    A ticket whose version is 0 is inserted; any other is updated only if the stored version still equals it. `refs`
    are Message-IDs that lead to a ticket from now on. `outcome` is one word for logs and `replay`: opened, joined,
    relayed, noted, held, refused, logged, quarantined, reminded, covered, late … `asked` are Message-IDs that were
    looked up, and `led` what each of them led to: a store in which they lead to another ticket by now refuses the
    decision, since a mail of the same thread was stored meanwhile; `asked_by` for whom. `release` names held messages
    that are no longer held; `put` (message, ticket, internal) those that count from now on as one of that ticket:
    whoever was faster with another answer about it is a Conflict. `moves` sends every message of one ticket to
    another, `splits` (the ticket it lay in, the message as it is from now on) one that is stored, with the Message-IDs
    that it led there. `confirmed` are addresses that are their owner's, `doubted` those from which a letter came back.
    """

    outcome: str
    reason: str = ""
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

    def along_with(self, other: Decision) -> Decision:
        """This one with what another does to other tickets; its outcome and reason stay."""
        return replace(
            self,
            tickets=(*self.tickets, *other.tickets),
            promises=(*self.promises, *other.promises),
            events=(*self.events, *other.events),
            outgoing=(*self.outgoing, *other.outgoing),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Keys:
    """What to ask the store about one mail. All addresses and ids as compared (see `Address.key`).

    `message_ids`: its own id, then In-Reply-To, then References from the last to the first. `numbers`: tickets that
    it claims, by token or subject. `held`: the held message that a confirmation names. `alike_within`: how far back
    to look for mails alike, None where nobody asks. `opening`: what opened the tickets is asked for as well.
    `ledger`: the agent whose goodwill of the last 30 days is asked for, and that of the tickets. `form`: how many
    letters all forms had is asked for. `mails`: the latest mails from outside of the tickets are asked for.
    `open_for`: the agent whose open tickets, and those that nobody has, are asked for. `notices_to`: the addresses
    whose notices of the tickets are asked for. `answered`: ids of notices, of which is asked what they are about.
    `by_list`: a mailing list brought it. `house`: the sender's domain, where it is
    the domain of one company and not ours.
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
    house: str | None = None

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
    customer; `proven`: the addresses (see `Address.key`) of which a mail in it was proven. `recent_tickets` were
    opened by the sender within 30 days, `recent_trouble` of them with a priority of 3 or above. `alike`:
    `Message.alike` of the latest mails within `Keys.alike_within`, at most 50. `customer_tags` are what an admin said
    of the sender. `openings` and `overrides`, only where `Keys.opening` asks: per ticket the customer's mail that
    opened it, and the events by which a person set another priority. `goodwill`, only where `Keys.ledger` asks: the
    lines of that agent within 30 days and of the tickets, oldest first. `mails`, only where `Keys.mails` asks: per
    ticket the mails from outside, newest first, at most 50. `said`: the texts of the last ten mails of the agent of
    `Keys.said`, newest first, at most 20,000 characters each; `said_pictures`: the SHA-256 of the pictures that each
    of them brought; `kept_tails`: the marks of the endings and pictures that they asked to keep. `open_tickets`, only
    where `Keys.open_for` asks: of the newest, those that are not resolved and that agent's or nobody's, newest first.
    `notices`, only where `Keys.notices_to` asks: notices of the tickets as they were sent there, each cut at 400,000
    bytes: those whose Message-ID is among `Keys.message_ids`, else the newest four. `addressee` is the sender's
    address, `addressees` per ticket that of its requester. `notice` is the key of the one among `Keys.answered`,
    `about` the mail that it told of.
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
    mails: Mapping[int, tuple[Message, ...]] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    said_pictures: tuple[frozenset[str], ...] = ()
    kept_tails: frozenset[str] = frozenset()
    open_tickets: tuple[Ticket, ...] = ()
    notices: tuple[bytes, ...] = ()
    notice: str | None = None
    about: Message | None = None
    addressee: Addressee = field(default_factory=Addressee)
    addressees: Mapping[int, Addressee] = field(default_factory=dict)

    @property
    def confirmed(self) -> bool:
        """Whether the sender's address has shown that it is its owner's."""
        return self.addressee.confirmed
