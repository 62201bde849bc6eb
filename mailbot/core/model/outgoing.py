"""A mail that is decided and not yet written, and its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from mailbot.core.model.mail import Address
from mailbot.core.model.together import Together


class OutgoingKind(StrEnum):
    """A letter is the desk's, a relay an agent's own words to a customer, a notice goes to agents and admins."""

    LETTER = "letter"
    RELAY = "relay"
    NOTICE = "notice"


class OutboxState(StrEnum):
    """The state of an outgoing mail. `unknown`: cut after the final dot, resent with identical bytes.

    A notice that is `gathering` waits for a digest, and is `told` once that digest is in the outbox.
    """

    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    DROPPED = "dropped"
    GATHERING = "gathering"
    TOLD = "told"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """A mail that is decided and not yet written: one recipient, one key, the facts that its template needs.

    `key` makes a replay harmless: a second row with the same key is not stored. `fields` is JSON-able data only
    (moments as ISO 8601 strings in UTC). `automatic` letters are counted against the limits and marked RFC 3834.
    `reply_token` goes into Reply-To after the plus sign, `message_token` into the Message-ID. `attach` lists the files
    to take along (inbound id, attachment index). `zone` is the reader's: an IANA name or "+01:00". `held_until`: a notice
    that nothing hurries, which waits until then, and is told together with what else waits; `joins_by`: one that may wait
    until then, and does if its reader gets many; `together`: one that may if that has gone on for hours.
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
    held_until: datetime | None = None
    joins_by: datetime | None = None
    together: Together | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The tickets that it is about: its own, and those whose next time it states as well (`other_numbers`)."""
        return () if self.ticket is None else (self.ticket, *self.fields.get("other_numbers", ()))
