"""What the loops need of the world, as small protocols; `mailbot.adapters` implements them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from mailbot.core.model.counts import Counts
from mailbot.core.model.decision import Decision
from mailbot.core.model.known import Keys, Known
from mailbot.core.model.outgoing import OutboxState, Outgoing
from mailbot.core.model.page import OpenTickets, Page
from mailbot.core.model.reason import Reason
from mailbot.core.model.ticket import Ticket
from mailbot.core.sending.refusals import Stage
from mailbot.core.sending.server import Refusing


class Clock(Protocol):
    """The desk's time. Production runs with the wall clock, the demo with one that runs faster."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""

    def seconds_until(self, when: datetime) -> float:
        """Real seconds to wait until the desk's clock shows `when`; 0.0 if it is past."""


class Fresh(Protocol):
    """Ids that nobody has used before."""

    def id(self) -> str:
        """A new id that sorts by time: 14 characters of [0-9a-z], since it travels in addresses."""

    def number(self) -> int:
        """A new ticket number. May touch the store; gaps are allowed, repeats are not."""


# --- mailboxes ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class RawMail:
    """One mail as fetched. `size` is the server's; `oversize`: only the header was fetched into `raw`."""

    mailbox: str
    uidvalidity: int
    uid: int
    raw: bytes
    size: int
    oversize: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxState:
    """What SELECT said: UIDVALIDITY, UIDNEXT, keywords in use, whether new ones may be made, how many mails there are."""

    uidvalidity: int
    uidnext: int
    keywords: tuple[str, ...] = ()
    keywords_allowed: bool = False
    mails: int = 0


class Mailbox(Protocol):
    """One watched IMAP folder, used by one thread. Every method may raise MailboxDown or MailboxRefused."""

    def open(self) -> MailboxState:
        """Connect, log in and select; safe to call again after any error."""

    def uids_from(self, first: int) -> list[int]:
        """All UIDs at or above `first`, ascending."""

    def fetch(self, uids: Sequence[int]) -> Iterator[RawMail]:
        """The mails, without marking them; UIDs that are gone are left out. Sizes are asked first, lengths verified."""

    def done(self, uids: Sequence[int]) -> None:
        """Mark as taken over (flag, move or nothing, as configured). Only after their commit."""

    def wait(self, seconds: float) -> None:
        """Return when new mail may be there, when `wake` was called from another thread, or after `seconds`."""

    def wake(self) -> None:
        """End a `wait`, from another thread."""

    def close(self) -> None:
        """Log out and disconnect; never raises."""


# --- the store ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Baseline:
    """Where an inbox began: UIDs below `uidnext` under this UIDVALIDITY are old mail and never answered."""

    uidvalidity: int
    uidnext: int
    cursor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A stored mail that this worker may decide until the lease ends. `attempts` includes this one, `size` is all of it.

    `desk_since`: when the desk first watched its mailbox, if that has been given new UIDs since (else None).
    `again`: a try before ended badly. `given_up`: why it must be quarantined, and not read any more.
    """

    inbound: int
    mailbox: str
    raw: bytes
    oversize: bool
    received_at: datetime
    attempts: int
    token: str
    size: int = 0
    desk_since: datetime | None = None
    again: bool = False
    given_up: Reason | None = None


class InboundStore(Protocol):
    """Mails as they came in: stored before anything else happens to them."""

    def baseline(self, mailbox: str, uidvalidity: int, uidnext: int, now: datetime) -> Baseline:
        """The stored baseline of the mailbox, made from these values when there is none (TX0).

        A changed UIDVALIDITY starts a new baseline at 1: every UID is a candidate again. Mails whose content key is
        known are logged only; so are those that arrived before the first baseline, which `Claim.desk_since` gives.
        """

    def missing(self, mailbox: str, uidvalidity: int, uids: Sequence[int]) -> list[int]:
        """Those of `uids` that are at or above the baseline and not stored yet, ascending."""

    def put(self, mails: Sequence[RawMail], now: datetime) -> int:
        """Store the raw mails in one commit and move the cursor (TX1); known ones are left alone. How many were new."""

    def claim(self, holder: str, now: datetime, lease: timedelta, limit: int) -> list[Claim]:
        """Claim up to `limit` mails in order of arrival (TX2).

        A mail tried before is claimed alone, so that a poison mail cannot spend the attempts of its neighbours.
        """

    def fail(self, claim: Claim, reason: str, now: datetime) -> None:
        """Give the claim back after an unexpected error, with its reason; tried again after a back-off."""

    def raw(self, inbound: int) -> bytes | None:
        """The stored bytes of one mail, or None."""

    def any_waiting(self, now: datetime) -> bool:
        """Whether there is a mail that may be claimed."""

    def give_up(self, inbound: int, holder: str, reason: Reason) -> bool:
        """Let whoever next claims a mail that killed this holder quarantine it unread; whether it was still its own."""

    def hand_on(self, holder: str, keep: int) -> int:
        """Release at once what this holder has claimed, except one mail, as if it had never been claimed; how many."""


class DeskStore(Protocol):
    """Tickets, messages, promises: asked for one mail at a time, changed by one decision at a time."""

    def lookup(self, keys: Keys, now: datetime) -> Known:
        """What bears on a mail, read in one transaction."""

    def lookups(self, asked: Sequence[Keys], now: datetime) -> list[Known]:
        """What bears on each of several mails, all as of one moment."""

    def commit(self, decision: Decision, now: datetime, claim: Claim | None = None) -> None:
        """Store the decision whole or not at all (TX3); with a claim, the inbound row is done as well.

        Raises Conflict, Duplicate or ClaimLost, and then nothing was stored. An outbox key that exists is kept as is.
        """

    def commit_all(self, decided: Sequence[tuple[Decision, Claim]], now: datetime) -> None:
        """Store the decisions of several mails in one transaction: all of them, or none if one raises as in `commit`.

        No two of them change the same ticket, promise or customer, or store the same Message-ID.
        """

    def due(self, now: datetime, limit: int) -> list[int]:
        """Tickets whose open promise has `wake_at` at or before `now`, the longest due first; then by their `look`."""

    def heap(self, inbox: str, now: datetime, limit: int) -> list[Ticket]:
        """Tickets in the spam heap of an inbox that are to be told of at or before `now`, the longest due first."""

    def missed(self, to: str, now: datetime) -> list[int]:
        """Tickets whose open promise to this address (as compared) was due before `now`, the longest due first."""

    def next_wake(self) -> datetime | None:
        """The earliest `wake_at` of any open promise, or `look` of any ticket."""

    def open_tickets(self) -> OpenTickets:
        """The tickets that are not solved, each with its open promise, those due first; as many as a page is made of."""

    def looked_at(self, pages: Sequence[Page]) -> set[Page]:
        """Those of the pages of agents' days that a decision was stored about."""

    def numbers(self, count: int) -> range:
        """Reserve that many ticket numbers (1 and up); committed at once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutboxRow:
    """An outgoing mail with its state. `raw` are the bytes once it was composed: they never change after that.

    `due_at`: when it may be tried, or until when a notice that is gathering is held.
    """

    id: int
    outgoing: Outgoing
    state: OutboxState
    raw: bytes | None
    message_id: str | None
    attempts: int
    created_at: datetime
    first_tried_at: datetime | None = None
    told: bool = False
    last_reply: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """How an attempt ended: the new state, the server's words, and when to try next (for `ready` and `unknown`)."""

    state: OutboxState
    reply: str
    next_try: datetime | None = None
    told: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Crowded:
    """Notices of one reader (an address as compared) that wait for a digest: how many, and when the first was decided.

    `digests` are the times of the digests to that reader within the hour, newest first. `alone`: if all that waits is
    about one sender, the times at which notices about that sender went by themselves within the hour; else empty.
    `held_until`: when the first of them is no longer held, if all of them are; the rest then says nothing.
    """

    reader: str
    notices: int
    first: datetime
    digests: tuple[datetime, ...] = ()
    alone: tuple[datetime, ...] = ()
    held_until: datetime | None = None


class OutboxStore(Protocol):
    """Letters, relays and notices that are decided and not yet delivered."""

    def ready(self, now: datetime, limit: int) -> list[OutboxRow]:
        """Rows that may be tried now (`ready`, or `unknown` and due), in the order in which they should go out.

        Letters, relays, reminders and notices of priority 1 come first, so that nobody who waits for a word waits for
        the desk's other notices; while there are both, every eighth row is one of those others. Each group oldest
        first. The others also wait, half a minute at most, while there are mails to decide: those get their word first.
        """

    def take(
        self, letters: Sequence[tuple[OutboxRow, bytes, str]], holder: str, now: datetime, lease: timedelta
    ) -> list[bytes | None]:
        """Claim rows for sending (TX4), in one commit: state `sending`, attempts + 1, bytes and Message-ID stored.

        Returns for each the stored bytes, which are not the given ones if the row was composed before; None if somebody
        else has it.
        """

    def give_back(self, rows: Sequence[OutboxRow], now: datetime) -> None:
        """Undo `take` for rows (given as they were before it) of which nothing was handed over."""

    def settle(self, row: OutboxRow, settled: Settled, now: datetime) -> None:
        """Store how the attempt ended (TX5)."""

    def counts(self, addresses: Iterable[str], now: datetime) -> dict[str, Counts]:
        """Automatic letters in the last hour and day to each of the addresses and to its domain."""

    def pace(self, now: datetime) -> tuple[int, float]:
        """Automatic letters in the last hour, and how many an hour were usual in the week before it."""

    def sent_since(self, since: datetime) -> list[datetime]:
        """When each mail left that a server took after `since`, ascending. It may take as long as the outbox is large."""

    def sweep(self, now: datetime) -> int:
        """Rows left in `sending` past their lease become `unknown`, to be sent again with the same bytes. How many."""

    def next_due(self) -> datetime | None:
        """When the earliest waiting row may be tried."""

    def crowded(self, now: datetime, minute: timedelta) -> list[Crowded]:
        """The readers of notices that wait for a digest. An hour is sixty times `minute`."""

    def gathered(self, reader: str, limit: int, until: datetime | None = None) -> list[OutboxRow]:
        """The first of those that wait for one reader, in the order in which they were decided; with `until` none that
        is held for longer than that.
        """

    def tell(self, rows: Sequence[OutboxRow], digest: Outgoing, now: datetime) -> None:
        """Store the digest that stands for these, and that they are told; Conflict if one has been told already."""

    def wait(self, rows: Sequence[OutboxRow], until: datetime) -> None:
        """Hold those of these that still wait until then."""

    def refusing(self) -> tuple[Refusing, ...]:
        """What the submission server is known to refuse: nothing, or one entry for each side."""

    def remember(self, refusing: Iterable[Refusing]) -> None:
        """Store what is now known about those sides."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lease:
    """Who holds a named thing, and until when if it is not prolonged."""

    name: str
    holder: str
    until: datetime


class LeaseStore(Protocol):
    """One holder at a time for a named thing, with a fencing number that only grows."""

    def hold(self, name: str, holder: str, now: datetime, ttl: timedelta) -> int | None:
        """Take or prolong the lease; its fencing number, or None while somebody else has it."""

    def release(self, name: str, holder: str) -> None:
        """Give the lease back, if this holder has it."""

    def held(self, prefix: str) -> list[Lease]:
        """Every lease whose name begins with `prefix`, lapsed ones too."""

    def abandon(self, process: Lease, now: datetime, *, gone: bool, left: bool = False) -> int:
        """Take everything back from a process, the holder of this lease; how many mails and rows that were.

        Its claims may be claimed again at once, its rows in `sending` become `unknown` and due, its other leases end
        and this one is removed. Unless it is known to be `gone`: only if it has not prolonged the lease meanwhile. A
        mail may have ended a process that is gone, unless it `left` in good order.
        """


class ProcessLock(Protocol):
    """Tells whether processes of this machine are gone, without waiting for anything to expire."""

    def gone(self, holder: str) -> bool:
        """Whether that process has certainly ended. False if this machine cannot know."""


# --- letters -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """A letter's words. `subject` is None if the template leaves it to the thread, `sender` if From names the desk."""

    subject: str | None
    text: str
    html: str | None
    sender: str | None = None


class Renderer(Protocol):
    """Writes letters from templates."""

    def render(self, name: str, *, language: str, inbox: str, zone: str, fields: Mapping[str, Any]) -> Rendered:
        """The letter in that language and with times in that zone; the inbox's own template comes first. Raises TemplateError."""

    def languages(self) -> frozenset[str]:
        """The languages in which the whole set of letters exists."""


class Submitter(Protocol):
    """A submission server; one transaction per recipient, one connection kept open."""

    async def submit(self, sender: str, recipient: str, data: bytes) -> Submission:
        """Hand over one mail. Never raises for what the network or the server does: the result says it."""

    async def close(self) -> None:
        """QUIT, if connected."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    """How a submission ended (RFC 5321 section 4.2): `code` 0 if the server said nothing.

    `accepted`: 250 after the final dot. `permanent`: refused for good (5xx to this mail or recipient).
    `ambiguous`: cut after the final dot was sent, so it may have been taken. `down`: the server itself cannot be
    used now (no connection, 421, login refused), which says nothing about this mail. `at`: what the reply answers.
    """

    accepted: bool
    code: int
    reply: str
    permanent: bool = False
    ambiguous: bool = False
    down: bool = False
    at: Stage = Stage.DOT
