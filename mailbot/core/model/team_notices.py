"""The facts of the notices by which agents hear of one another's doings on a ticket, and of what stays among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from mailbot.core.model.mail import Address
from mailbot.core.model.notice_fields import Carried, TicketNotice
from mailbot.core.model.notice_parts import Said
from mailbot.core.model.reason import Reason

NO_FILES = Carried()


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
