"""The facts of the notices about the desk and many tickets: what keeps it from its work, what came together, what is nobody's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from mailbot.core.model.fields import Fields
from mailbot.core.model.notice_fields import Notice, Sentence


@dataclass(frozen=True, kw_only=True, slots=True)
class AdminNotice(Notice):
    """What keeps the desk from its work: `where`, why, and what to do about it."""

    reason: Sentence
    where: str
    advice: Sentence


@dataclass(frozen=True, kw_only=True, slots=True)
class QuarantineNotice(AdminNotice):
    """A mail that cannot be read, by its number."""

    letter: ClassVar[str] = "quarantine"
    number: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TroubleNotice(AdminNotice):
    """Anything else."""

    letter: ClassVar[str] = "trouble"


BEGAN = "began"
"""The field of a notice that is the first to wait since its reader has been getting many for hours."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestNotice(Notice):
    """Many notices in one: by ticket (see `core.actions.notice_digest`). `all_from`: one sender brought all of it.

    `since`: when the first of them was decided, if they waited because their reader wants them together, or gets so many;
    `began`: of that they have not heard yet. `first` is the ticket that is due first, if any is, at `first_due`.
    """

    letter: ClassVar[str] = "digest"
    count: int
    tickets: Sequence[Mapping[str, Any]]
    urgent: int
    priority: int
    all_from: str | None
    since: datetime | None = None
    began: bool = False
    first: int | None = None
    first_due: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class HeapLine(Fields):
    """A ticket in the spam heap; `tap` takes it out."""

    number: int
    from_: str
    subject: str
    tap: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class HeapNotice(Notice):
    """What is in the spam heap: `count` tickets, of which these are shown."""

    letter: ClassVar[str] = "heap"
    lines: Sequence[HeapLine]
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class UnmatchedNotice(Notice):
    """A report about a mail that we did not write, as far as anybody can tell."""

    letter: ClassVar[str] = "unmatched"
    address: str
    text: str
