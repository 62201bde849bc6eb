"""What the config says of a contact form: who mails it, how that is proven, and where in its mail the customer stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from mailbot.core.model.mail import Address

REPLY_TO: Final = "reply-to"
LINE: Final = "line:"
"""How a place begins that is a line of the text, named by its label: `line:E-Mail`."""


class FormProof(StrEnum):
    """What shows that a mail really comes from a form's sender: our server's results, or that it was handed in here."""

    RESULTS = "results"
    INTERNAL_HOP = "internal-hop"


@dataclass(frozen=True, kw_only=True, slots=True)
class FormSource:
    """A contact form that the config names.

    `senders` are compared addresses, or domains. `subject`: what its subjects have in them, folded; "" for any.
    `inbox`: the one that its mail comes into, "" for any. `customer` are the places where the customer's address may
    stand, in the order in which they are tried: `REPLY_TO`, or `LINE` and a label. `called` and `message` are
    the labels of the customer's name and of their own words, `keep` those of what is kept, each by its name; "" for none.
    `proven_by` None: either proof counts, whichever the desk can have. `priority` None and `language` "": as for any mail.
    """

    name: str
    senders: frozenset[str]
    subject: str = ""
    inbox: str = ""
    customer: tuple[str, ...] = (REPLY_TO,)
    called: str = ""
    message: str = ""
    keep: Mapping[str, str] = field(default_factory=dict)
    proven_by: FormProof | None = None
    language: str = ""
    priority: int | None = None

    def is_sent_by(self, address: Address) -> bool:
        """Whether the form's mail comes from this address, or from its domain."""
        return address.key in self.senders or address.domain in self.senders

    def fits(self, sender: Address, subject: str, inbox: str) -> bool:
        """Whether a mail is one of this form's, by what it says of itself; `inbox` "" if it came into none."""
        if not self.is_sent_by(sender) or (self.inbox and inbox and self.inbox != inbox):
            return False
        return not self.subject or self.subject in " ".join(subject.split()).casefold()

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label that its mail has, as far as the config tells."""
        places = (place.removeprefix(LINE) for place in self.customer if place.startswith(LINE))
        return tuple(each for each in (*places, self.called, *self.keep.values(), self.message) if each)
