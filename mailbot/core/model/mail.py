"""One incoming mail, parsed and frozen: the types that every later step uses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mailbot.core.model.addresses import address_key
from mailbot.core.model.reason import Reason


class Kind(StrEnum):
    """What kind of sender wrote a mail; the values are the contract of `explain --json`.

    `REACTION`: an emoji and no word (a client's reaction, or one that somebody typed). `RECALL`: a client asks to
    recall a mail. Both are added to their ticket and do nothing there, whoever sent them.
    """

    PERSON = "person"
    LIST = "list"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    CHALLENGE = "challenge"
    REPORT = "report"
    REACTION = "reaction"
    RECALL = "recall"
    OWN = "own"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """A mailbox of a header (RFC 5322 section 3.4). `address` is kept as written; compare by `key`."""

    name: str | None = None
    address: str

    @property
    def key(self) -> str:
        """The address as it is compared: see `core.model.addresses`."""
        return address_key(self.address)

    @property
    def domain(self) -> str:
        """What follows the last @, in its compared form; empty if there is none."""
        return self.key.rpartition("@")[2] if "@" in self.address else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A part kept opaque: the name that is shown, media type, SHA-256 (hex) of the decoded bytes and their number.

    `index` finds the part again in the same raw bytes: its place in the walk of the parts. A part without a name
    gets one by its type. `machinery` says that no person sent it: another form of the body, a detached signature, a
    key, a tracking pixel, a picture of a signature; everything else is a file, wherever in the mail it was. `cid` is
    the Content-ID without brackets by which HTML shows it, and `picture` the number of its mark in the text, 0 if it
    has none. `inside`: it holds what must stay inside (`core.sending.internal_files`).
    """

    name: str | None
    type: str
    sha256: str
    size: int
    index: int
    machinery: bool = False
    cid: str | None = None
    picture: int = 0
    inside: bool = False


def sent_files(attachments: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """The attachments that a person sent: all that are not machinery."""
    return tuple(each for each in attachments if not each.machinery)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportPart:
    """A part of a delivery or other report, as text: `message/delivery-status`, the returned headers and the like.

    `in_report`: it is where reports have it (RFC 6522 section 3), not among the attachments of a mail.
    """

    type: str
    text: str
    in_report: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """One mail that could be read.

    `headers` holds every header in order: lower-case name, unfolded and decoded value, at most 10,000 characters each.
    `message_id`, `in_reply_to` and `references` hold ids without their angle brackets. `date` is aware and keeps
    the offset that the sender wrote. `text` is the whole readable body with LF line ends: from the HTML (`from_html`)
    if no plain text says as much; if the two say different things, `html` has both. `html` is the HTML of the body, if
    any.
    `unread` tells why a mail has words that only a key or another program opens. `fingerprint` is the SHA-256 (hex) of
    the raw bytes. `authentication` and `received` are the values of Authentication-Results and Received as they came,
    unfolded and never decoded, topmost first.
    """

    message_id: str | None
    subject: str
    date: datetime | None
    from_: tuple[Address, ...]
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    text: str = ""
    html: str | None = None
    from_html: bool = False
    unread: Reason | None = None
    content_type: str = "text/plain"
    attachments: tuple[Attachment, ...] = ()
    report_parts: tuple[ReportPart, ...] = ()
    authentication: tuple[str, ...] = ()
    received: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()
    fingerprint: str
    size: int
    _by_name: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the headers by name: dozens of them are asked for, most of which no mail has."""
        by_name: dict[str, list[str]] = {}
        for key, value in self.headers:
            by_name.setdefault(key, []).append(value)
        object.__setattr__(self, "_by_name", {key: tuple(values) for key, values in by_name.items()})

    def header(self, name: str) -> str | None:
        """The first value of the header `name` (any case), or None."""
        found = self._by_name.get(name.lower())
        return found[0] if found else None

    def header_all(self, name: str) -> tuple[str, ...]:
        """Every value of the header `name` (any case), topmost first."""
        return self._by_name.get(name.lower(), ())

    @property
    def utc_offset(self) -> int | None:
        """The minutes east of UTC of the sender's clock; None if the Date does not tell.

        -0000 says that the zone is unknown (RFC 5322 section 3.3), and +0000 says nothing: some mail systems write it
        for everybody. No zone is beyond -12:00 or +14:00.
        """
        if self.date is None or not (offset := self.date.utcoffset()):
            return None
        minutes = int(offset.total_seconds() // 60)
        return minutes if -12 * 60 <= minutes <= 14 * 60 else None

    @property
    def sender(self) -> Address | None:
        """The single From mailbox, or None if there is none or more than one."""
        return self.from_[0] if len(self.from_) == 1 else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreadable:
    """Bytes that could not be read as a mail, and why in one line for an admin."""

    reason: Reason
    fingerprint: str
    size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FailedRecipient:
    """One address of a delivery report: its RFC 3463 status if known, and whether trying again is useless."""

    address: str
    status: str | None
    permanent: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounce:
    """A parsed delivery report: whom it is about, and which of our letters (its Message-ID without brackets)."""

    recipients: tuple[FailedRecipient, ...]
    original_message_id: str | None
    delayed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Screening:
    """What kind of mail this is, and whether the desk may answer it by itself; `reason` is stored and shown.

    `marked` is what our own mail server marked as spam, for a mail that would open a ticket.
    """

    kind: Kind
    opens_ticket: bool
    may_answer: bool
    reason: Reason
    flagged: bool = False
    marked: Reason | None = None
