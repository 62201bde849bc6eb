"""The facts of each letter to a customer, typed: what its template may use. Their names are in `letter_kinds`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from mailbot.core.model.fields import Fields, Part
from mailbot.core.model.reason import Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomersTicket(Fields):
    """What every letter knows about its ticket; a letter's own facts take precedence.

    `sure`: a rule or a person said of what kind it is; otherwise no letter names one. `office` is the office matter that
    it is (`core.model.office`). `eta_missed` is an estimate that has passed. `due` is the time that the letter states,
    if any. `their_turn`: we wait for the customer. `withheld` replaces a subject that must not be repeated.
    """

    desk: str
    brand: str
    customer: str
    ticket: int
    priority: int
    sure: bool
    office: str | None
    urgency: int
    owner: str | None
    plan: str | None
    workaround: str | None
    eta: str | None
    eta_at: datetime | None
    eta_missed: datetime | None
    due: datetime | None
    their_turn: bool = False
    withheld: Reason | None = None
    to_the_second: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerLetter(Fields):
    """The facts of one letter. `letter` names its kind.

    `matter` is what the customer asks, in their words, empty if it may not be repeated. `second`: the last
    acknowledgment of this week; `last`: the week's last letter, which states no time (see
    `core.model.confirmed_address`).
    """

    letter: ClassVar[str]
    common: ClassVar[type[Fields]] = CustomersTicket

    matter: str
    second: bool = False
    last: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Article(Fields):
    """A help article: `link` is empty if there is none."""

    title: str
    text: str
    link: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TooLargeMail(Fields):
    """A mail that was not fetched whole: its bytes, how many are opened at most, and where it is."""

    size: int
    most: int
    mailbox: str
    folder: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstWord(CustomerLetter):
    """The answer to a first mail."""

    first_contact: bool
    answer: Article | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AckLetter(FirstWord):
    """Their mail is here, and by when they will hear from us."""

    letter: ClassVar[str] = "ack"


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedbackLetter(FirstWord):
    """Thanks for feedback."""

    letter: ClassVar[str] = "thanks-feedback"


@dataclass(frozen=True, kw_only=True, slots=True)
class TooLargeLetter(CustomerLetter):
    """Their mail was too large to be read."""

    letter: ClassVar[str] = "too-large"
    too_large: TooLargeMail


@dataclass(frozen=True, kw_only=True, slots=True)
class ThanksLetter(CustomerLetter):
    """Thanks, in an agent's `words` or our own."""

    words: str = ""
    agent: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class WelcomeLetter(ThanksLetter):
    """To a new customer that a mail tells of."""

    letter: ClassVar[str] = "thanks-welcome"


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolutionLetter(ThanksLetter):
    """Thanks for what they did to have it solved."""

    letter: ClassVar[str] = "thanks-resolution"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step(Fields):
    """One promised time: who of us named it (None if the desk did), and how it ended. All names are of people who wrote.

    `ended_at`: when `who` wrote, be it `late`, or else the desk by itself; None if nothing came in time.
    """

    made_at: datetime
    by: str | None
    due: datetime
    ended_at: datetime | None
    who: str | None
    late: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Steps(Part):
    """The latest promises of a matter, oldest first; of how many before these a person of ours kept how many."""

    steps: Sequence[Step] = ()
    steps_before: int = 0
    steps_before_kept: int = 0


NO_STEPS = Steps()


@dataclass(frozen=True, kw_only=True, slots=True)
class UpdateLetter(CustomerLetter):
    """How things are. `reason`: word, reopened, moved, sooner, asked, plan, nonews, timeline or waiting; `agent` None if nobody
    entered it.

    `question` is what they were asked last, in the agent's words; empty if no question can be made out. `told` is the
    account of each promise, if an agent sends it.
    """

    letter: ClassVar[str] = "update"
    reason: str
    agent: str | None = None
    words: str = ""
    question: str = ""
    told: Steps = NO_STEPS


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverLetter(CustomerLetter):
    """No human word came in time. `nth` in a row; `reminded`: how often our people were, of this word.

    `lead_told`: whoever leads hears of it now, beside those whose ticket it is. `question` as in `UpdateLetter`.
    """

    letter: ClassVar[str] = "cover"
    promised: datetime
    nth: int
    reminded: int = 0
    lead_told: bool = False
    waiting_for: str | None = None
    question: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LateLetter(CustomerLetter):
    """The time has passed. `missed` times in all, of other matters too: `others` in words, or by number."""

    letter: ClassVar[str] = "late"
    promised: datetime
    nth: int
    missed: int
    others: Sequence[str | int]
    other_numbers: Sequence[int]
    waiting_for: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Receipt(CustomerLetter):
    """How we kept our word: `sorry` that it took trouble, `waited` that they got a letter instead of an answer.

    `told` is the account of each promise, at the end of a priority 1, or where an agent sends it.
    """

    waited: bool
    updates_promised: int
    updates_on_time: int
    sorry: bool
    told: Steps = NO_STEPS


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolvedLetter(_Receipt):
    """It is solved."""

    letter: ClassVar[str] = "resolved"
    words: str = ""
    agent: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RelayLetter(_Receipt):
    """An agent's own words. The state of things is repeated only if it was set with these words.

    `obeyed` names the verbs above them.
    """

    letter: ClassVar[str] = "relay"
    words: str
    obeyed: Sequence[str]
    agent_name: str
    resolved: bool
    plan: str | None
    workaround: str | None
    eta: str | None
    eta_at: datetime | None
    eta_missed: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NudgeLetter(CustomerLetter):
    """It was their turn. `late`: we are past the time ourselves. `question` as in `UpdateLetter`."""

    letter: ClassVar[str] = "nudge"
    late: bool
    question: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosedLetter(CustomerLetter):
    """No answer came, and it is closed."""

    letter: ClassVar[str] = "closed"


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckInLetter(CustomerLetter):
    """Whether it still holds."""

    letter: ClassVar[str] = "check-in"


@dataclass(frozen=True, kw_only=True, slots=True)
class GoodwillLetter(CustomerLetter):
    """What an agent gives for their trouble."""

    letter: ClassVar[str] = "goodwill"
    amount: str
    reason: str
    agent: str
