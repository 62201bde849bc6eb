"""One mail as a ticket keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailbot.core.model.facts import Weighed
from mailbot.core.model.mail import Address, Attachment, Kind
from mailbot.core.model.reason import Reason
from mailbot.core.model.sender_proof import SenderProof


class Author(StrEnum):
    """Who wrote a message that belongs to a ticket."""

    CUSTOMER = "customer"
    AGENT = "agent"
    STRANGER = "stranger"
    MACHINE = "machine"


KEPT = "kept"  # a note that its agent may yet send to the customer with one tap; nobody waits for that


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One mail as a ticket keeps it (`ticket` None: logged only). `held` says why an agent's text was kept back.

    A mail that opened a ticket keeps what the rules knew besides its words (`weighed`), and `alike`, by which
    similar mails are found (see `core.language.similarity`; None if no rule asks). `standing` is what our server said
    of
    `from_` (None if no server is configured for that, and for old mails): forwarding by an agent proves nothing about
    it.
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
    note: Reason | None = None
    alike: str | None = None
    weighed: Weighed | None = None
    standing: SenderProof | None = None

    @property
    def waits(self) -> bool:
        """Whether it is kept back until a question about it is answered."""
        return self.held is not None and self.held != KEPT
