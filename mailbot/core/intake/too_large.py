"""A mail that was not fetched whole: how large it is, how much the desk opens at most, and where it is."""

from __future__ import annotations

from dataclasses import dataclass

from mailbot.core.model.letter_fields import TooLargeMail
from mailbot.core.model.policy import Inbox
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.sizes import said_size


@dataclass(frozen=True, kw_only=True, slots=True)
class TooLarge:
    """Bytes of the mail, and the limit; the address and the folder that hold it."""

    size: int
    most: int
    mailbox: str
    folder: str

    @property
    def field(self) -> TooLargeMail:
        """As the fields of a letter."""
        return TooLargeMail(size=self.size, most=self.most, mailbox=self.mailbox, folder=self.folder)

    @property
    def reason(self) -> Reason:
        """Why an agent's mail was not acted on."""
        return why("mail.too-large", size=said_size(self.size), most=said_size(self.most))


def too_large(size: int | None, inbox: Inbox | None) -> TooLarge | None:
    """What is known of a mail whose header alone was fetched; None for any other (`size` None)."""
    if size is None:
        return None
    if inbox is None:
        return TooLarge(size=size, most=size, mailbox="", folder="INBOX")
    return TooLarge(size=size, most=inbox.max_size, mailbox=inbox.address, folder=inbox.folder)
