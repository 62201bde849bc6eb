"""The mails that begin and end an agent's day: which of them there are, and for whom and which day one is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from mailbot.core.model.fields import Fields
from mailbot.core.model.notice_fields import Notice
from mailbot.core.model.promise import Promise
from mailbot.core.model.reason import Reason
from mailbot.core.model.ticket import Ticket

OpenTickets = Sequence[tuple[Ticket, Promise | None]]
"""Tickets that are not solved, each with its open promise, those first that are due first."""


class PageKind(StrEnum):
    """`morning`: what an agent's day holds. `evening`: what slips tomorrow, for whoever leads."""

    MORNING = "morning"
    EVENING = "evening"

    @property
    def letter(self) -> str:
        """What stands for it in a signed address."""
        return self.value[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One of these mails: to whom, which one, and for which day of theirs. It is looked at once, told or not."""

    agent: str
    kind: PageKind
    day: date

    @property
    def name(self) -> str:
        """The same for every day."""
        return f"page:{self.kind}:{self.agent}"


@dataclass(frozen=True, kw_only=True, slots=True)
class PageLine(Fields):
    """One ticket. `due`: when an answer is owed; `mine`: the reader's; `assignee`: who has it and is there, `taken` since when
    if a colleague does, not for long; `away`: that whoever has it is not; `until`: how long we wait for its customer; `covered`: how often in a row the desk wrote in our
    place. One tap opens the answer (`answer`), takes it (`take`) or has it shown (`ask`).
    """

    ticket: int
    priority: int
    sure: bool
    customer: str
    subject: str
    due: datetime | None
    mine: bool
    assignee: str | None
    taken: datetime | None = None
    away: Reason | None = None
    until: datetime | None = None
    covered: int = 0
    answer: str | None = None
    take: str | None = None
    ask: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PagePart(Fields):
    """The tickets of one sort: `today`, `yours`, `nobodys`, `away` (of colleagues who are not there), `waiting`. `count` of them, of which these are shown."""

    name: str
    count: int
    lines: Sequence[PageLine]


@dataclass(frozen=True, kw_only=True, slots=True)
class MorningNotice(Notice):
    """What an agent's day holds. `today` and `nobodys` are how many; `unsent`: what is told of words that went nowhere."""

    letter: ClassVar[str] = "morning"
    parts: Sequence[PagePart]
    today: int
    nobodys: int
    unsent: Reason | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EveningNotice(Notice):
    """What may slip until the end of the next working day, `until`: of `due` tickets `count`, of which these are shown."""

    letter: ClassVar[str] = "evening"
    lines: Sequence[PageLine]
    count: int
    due: int
    until: datetime
    unsent: Reason | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundLine(Fields):
    """One ticket of a list that was asked for. `what`: its state, who has it, and what is promised; `said`: the words that were
    looked for, in their line. One tap opens the answer, takes it, or has all of it shown.
    """

    ticket: int
    priority: int
    sure: bool
    customer: str
    subject: str
    what: Reason
    said: Reason | None
    answer: str | None
    answer_label: Reason
    take: str | None
    take_label: Reason
    show: str | None
    show_label: Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class SaidPart(Fields):
    """One mail of a ticket: who wrote it and when, and its words."""

    head: Reason
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundNotice(Notice):
    """The tickets that were asked for, or all that was said on one (`parts`); `more`: what is not shown, and why."""

    letter: ClassVar[str] = "found"
    title: Reason
    lines: Sequence[FoundLine]
    parts: Sequence[SaidPart] = ()
    more: Sequence[Reason] = ()
