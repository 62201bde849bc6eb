"""The facts of each notice to agents about a ticket, typed, for its template. Their names are in `letter_kinds`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from mailbot.core.model.fields import Fields, OfDesk
from mailbot.core.model.mail import Address
from mailbot.core.model.notice_parts import (
    JUST_US,
    NO_FILES,
    NO_PAST,
    NO_QUESTION,
    NOBODY_KNOWN,
    Acquainted,
    AlsoTo,
    Carried,
    Past,
    Question,
    Said,
)
from mailbot.core.model.reason import Reason

Sentence = Reason | str
"""A reason, or a sentence where one is still used."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tap(Fields):
    """One answer to a question; `link` is None if the desk signs no addresses."""

    label: Sentence
    line: str
    link: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin(Fields):
    """What decides whether notices crowd their reader: if the sender is proven, and the domain if one company's."""

    proven: bool
    domain: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentsTicket(OfDesk):
    """What every notice about a ticket knows about it; a notice's own facts take precedence.

    `writer`: whom From names beside the inbox. `sure` and `office` as in a letter. `tap` is a link that sends one line, `answers` are several. `notes`: the latest.
    `inside`: a reply to it stays with the team; `write` is then a link to a mail to the customer. Else `team` is one to a note.
    `mine`: the reader has it; `taken`: since when a colleague does, if not for long; `away`: that whoever has it is.
    """

    ticket: int | None
    subject: str
    customer: Address
    priority: int
    sure: bool
    office: Reason | None
    urgency: int
    why: Reason | None
    assignee: str | None
    due: datetime | None
    language: str
    state: str
    mute: Reason | None
    origin: Origin
    tap: str | None
    answers: Sequence[Tap] = ()
    notes: Sequence[Said] = ()
    before: Past = NO_PAST
    known: Acquainted = NOBODY_KNOWN
    inside: bool = False
    write: str | None = None
    team: str | None = None
    writer: str = ""
    mine: bool = False
    taken: datetime | None = None
    away: Reason | None = None


_NOBODY = Address(address="")


@dataclass(frozen=True, kw_only=True, slots=True)
class AtLarge(OfDesk):
    """What a notice about no ticket has instead of one."""

    ticket: int | None = None
    customer: Address = _NOBODY
    subject: str = ""
    answers: Sequence[Tap] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice(Fields):
    """The facts of one notice. `letter` names its kind."""

    letter: ClassVar[str]
    common: ClassVar[type[Fields]] = OfDesk


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketNotice(Notice):
    """A notice about a ticket; `text` are words that it shows."""

    common: ClassVar[type[Fields]] = AgentsTicket

    text: str = ""

    @property
    def of_colleagues(self) -> bool:
        """Whether it tells what one of us did: then a reply to it is a note, and its address lets it be nothing else."""
        return False

    @property
    def unknown_writer(self) -> bool:
        """Whether it tells of a mail that the customer whom it names did not write."""
        return False


@dataclass(frozen=True, kw_only=True, slots=True)
class Form(Fields):
    """A contact form: who mails it, whether it names its visitor, else the one address in its text.

    Of one that the config names what is said of it, and what is kept.
    """

    mailer: str
    named: bool
    found: str | None
    said: Reason | None = None
    kept: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class NewNotice(TicketNotice):
    """A new ticket. `claimed`: a ticket that it names without a right to it; `again`: earlier times of trouble;
    `whose`: a forward that does not name its writer; `vouch`: one that nobody vouches for.
    """

    letter: ClassVar[str] = "new"
    first_contact: bool
    files: Carried
    also: AlsoTo = JUST_US
    claimed: int | None
    again: int
    currency: str
    passed_on_by: str | None
    passed_on_with: str
    whose: bool
    nowhere: Reason | None
    form: Form | None
    vouch: bool
    unread: Reason | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowupNotice(TicketNotice):
    """Another mail in a ticket. `from_` wrote it; `stranger`: no party of the ticket; `split`: the verb that makes it a
    ticket of its own; `lies_in`: another ticket that has it; `warning`: why it may not be theirs.
    """

    letter: ClassVar[str] = "followup"
    from_: str
    stranger: bool = False
    files: Carried = NO_FILES
    also: AlsoTo = JUST_US
    split: str | None = None
    reopened: bool = False
    merged: Sequence[int] = ()
    linked: Sequence[int] = ()
    lies_in: int | None = None
    unread: Reason | None = None
    marked: Reason | None = None
    beside: str | None = None
    warning: Reason | None = None
    forged: bool = False
    question: Question = NO_QUESTION

    @property
    def unknown_writer(self) -> bool:
        """Whether it tells of a mail that the customer whom it names did not write."""
        return self.forged


@dataclass(frozen=True, kw_only=True, slots=True)
class ReminderNotice(TicketNotice):
    """A word is due. `named`: an earlier time that an agent named in their own words; `cover`: when the desk writes."""

    letter: ClassVar[str] = "reminder"
    left_seconds: int
    promised_by: str
    named: datetime | None
    cover: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CoveredNotice(TicketNotice):
    """The desk covered for an agent, or could not. `next` is the time that was told, if any."""

    letter: ClassVar[str] = "covered"
    nth: int
    promised: datetime
    next: datetime | None
    unheard: bool
    last: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Newer(Fields):
    """Words that were sent meanwhile."""

    by: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CrossedNotice(TicketNotice):
    """Somebody else had answered; with `reopened` the customer had, and `newer` is their mail, `by` empty."""

    letter: ClassVar[str] = "crossed"
    newer: Newer
    yours: str
    reopened: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfirmNotice(TicketNotice):
    """Whether a mail in their name is theirs."""

    letter: ClassVar[str] = "confirm"
    reason: Reason
    from_: str
    yours: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AskNotice(TicketNotice):
    """The question how a mail of theirs is meant."""

    letter: ClassVar[str] = "ask"
    question: Reason
    yours: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SignatureNotice(TicketNotice):
    """What was learned to be their signature, in words and in pictures."""

    letter: ClassVar[str] = "signature"
    tail: str
    logos: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedNotice(TicketNotice):
    """Nothing that they asked for was done; `draft` is a corrected mail, empty if nobody can tell."""

    letter: ClassVar[str] = "refused"
    reason: Sentence
    draft: str = ""
    yours: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerNotice(TicketNotice):
    """What they asked the desk; `handed`: files that come with it."""

    letter: ClassVar[str] = "answer"
    title: Sentence
    lines: Sequence[Sentence] = ()
    files: Carried = NO_FILES
    handed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class UndeliverableNotice(TicketNotice):
    """A letter did not arrive. `given_up`: nothing was found wrong with the address."""

    letter: ClassVar[str] = "undeliverable"
    address: str
    status: str
    reason: Sentence
    given_up: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CaughtNotice(TicketNotice):
    """A time in their own words: `promised` by them, or offered as a line for the desk. `told`: what the customer was."""

    letter: ClassVar[str] = "caught"
    phrase: str
    moment: datetime
    told: datetime | None
    promised: bool = False
    draft: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GestureNotice(TicketNotice):
    """Goodwill that waits for a lead, who is told what is `left` of the giver's budget, or that a lead approved."""

    letter: ClassVar[str] = "gesture"
    amount: str
    reason: str
    giver: str
    left: str | None = None
    approved_by: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ThankedNotice(TicketNotice):
    """They said thanks; `spared` is a later time for which there will be no letter."""

    letter: ClassVar[str] = "thanked"
    also: AlsoTo = JUST_US
    spared: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class UnansweredNotice(TicketNotice):
    """Nobody has written, and the desk may not."""

    letter: ClassVar[str] = "unanswered"
    promised: datetime
    answered: bool
