"""The facts of the notices by which agents hear of one another's doings on a ticket, and of what stays among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from mailbot.core.model.fields import Fields
from mailbot.core.model.mail import Address
from mailbot.core.model.notice_fields import Notice, TicketNotice
from mailbot.core.model.notice_parts import NO_FILES, Carried, Said
from mailbot.core.model.reason import Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class AssignedNotice(TicketNotice):
    """The ticket is theirs now. `by` gave it to them, with `note`; `theirs` and `ours` are the last words of either side."""

    letter: ClassVar[str] = "assigned"
    by: str
    note: str
    theirs: Said | None
    ours: Said | None
    files: Carried = NO_FILES

    @property
    def of_colleagues(self) -> bool:
        """Whether it tells what one of us did."""
        return True


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteNotice(TicketNotice):
    """What a colleague noted or did: `done` is a sentence for each thing."""

    letter: ClassVar[str] = "note"
    by: str
    note: str
    done: Sequence[Reason] = ()
    files: Carried = NO_FILES

    @property
    def of_colleagues(self) -> bool:
        """Whether it tells what one of us did."""
        return True


@dataclass(frozen=True, kw_only=True, slots=True)
class NotesNotice(TicketNotice):
    """Several of these that followed one another quickly, the earliest first: each has `at`, `by`, `note` and `done`."""

    letter: ClassVar[str] = "notes"
    lines: Sequence[Mapping[str, Any]]

    @property
    def of_colleagues(self) -> bool:
        """Whether it tells what one of us did."""
        return True


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferLine(Fields):
    """A ticket that is offered: `due` is what its customer is promised, `tap` takes it."""

    number: int
    priority: int
    who: str
    subject: str
    due: datetime | None
    tap: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferedNotice(Notice):
    """An agent is away, and these are the `count` open tickets that they have, of which those of `lines` are shown.

    `until` None: they did not say. `by_mailbox`: their mailbox said so, not they.
    """

    letter: ClassVar[str] = "offered"
    who: str
    until: datetime | None
    by_mailbox: bool
    lines: Sequence[OfferLine]
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class InsideNotice(TicketNotice):
    """Their reply to a colleague's line stayed inside, as a note; its `tap` sends it to the customer after all.

    `copied`: those outside to whom their own mail program sent it as well.
    """

    letter: ClassVar[str] = "inside"
    copied: Sequence[str] = ()

    @property
    def of_colleagues(self) -> bool:
        """Whether it tells what one of us did."""
        return True


@dataclass(frozen=True, kw_only=True, slots=True)
class BesideNotice(TicketNotice):
    """A colleague answered instead of the agent whose address it was. `yours`: it goes to whoever wrote it."""

    letter: ClassVar[str] = "beside"
    by: str
    theirs: str
    doubt: Reason | None
    yours: bool
    files: Carried

    @property
    def of_colleagues(self) -> bool:
        """Whether it tells what one of us did."""
        return True


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptNotice(TicketNotice):
    """An agent wrote to a customer directly. `opens` a ticket; `theirs`: of the ticket's customer; `counted`: it is
    an answer; `asks` whether it was theirs; `yours`: it goes to whoever wrote it.
    """

    letter: ClassVar[str] = "kept"
    to: Address
    by: str
    confirmed: bool
    opens: bool
    theirs: bool
    counted: bool
    yours: bool
    asks: bool = False
    files: Carried = NO_FILES

    @property
    def of_colleagues(self) -> bool:
        """Whether it tells what one of us did."""
        return not self.yours
