"""The catalogue: every kind of letter, relay and notice that the desk can send, and what holds for all of that kind.

Whoever needs to know what a letter is calls `kind_of`; no other module has a list of names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from mailbot.core.model.desk_notices import DigestNotice, HeapNotice, QuarantineNotice, TroubleNotice, UnmatchedNotice
from mailbot.core.model.letter_fields import (
    AckLetter,
    CheckInLetter,
    ClosedLetter,
    CoverLetter,
    CustomerLetter,
    FeedbackLetter,
    GoodwillLetter,
    LateLetter,
    NudgeLetter,
    RelayLetter,
    ResolutionLetter,
    ResolvedLetter,
    TooLargeLetter,
    UpdateLetter,
    WelcomeLetter,
)
from mailbot.core.model.notice_fields import (
    AnswerNotice,
    AskNotice,
    CaughtNotice,
    ConfirmNotice,
    CoveredNotice,
    CrossedNotice,
    FollowupNotice,
    GestureNotice,
    NewNotice,
    Notice,
    RefusedNotice,
    ReminderNotice,
    SignatureNotice,
    ThankedNotice,
    UnansweredNotice,
    UndeliverableNotice,
)
from mailbot.core.model.outgoing import Outgoing, OutgoingKind
from mailbot.core.model.page import EveningNotice, FoundNotice, MorningNotice
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.team_notices import (
    AssignedNotice,
    BesideNotice,
    InsideNotice,
    KeptNotice,
    NoteNotice,
    NotesNotice,
    OfferedNotice,
)


class Audience(StrEnum):
    """Whom the words are for."""

    CUSTOMER = "customer"
    AGENT = "agent"
    ADMIN = "admin"


class AutoSubmitted(StrEnum):
    """The header's value for a mail that no person wrote (RFC 3834 section 5).

    A reply to one mail is `auto-replied`; what a time or an event caused is `auto-generated`.
    """

    REPLIED = "auto-replied"
    GENERATED = "auto-generated"


class Limited(StrEnum):
    """Which limits apply. `counted`: it counts against those of its address, and waits while the breaker is open, but
    goes out, since it was promised. `stopped`: the same, but if a limit is reached when it is about to leave, it is
    dropped.
    """

    NOT = "not"
    COUNTED = "counted"
    STOPPED = "stopped"


class Gathered(StrEnum):
    """How notices are counted that may be told together, in a digest (see `core.sending.crowds`).

    `opening`: a mail caused it, and opened a ticket. `brought`: any other mail did. `due`: a time that came, for
    outages counted separately; `watch`: a time that came, for all alike. `digest`: it tells of others. `line`: it says
    what a colleague did, `lines` several of those.
    """

    OPENING = "opening"
    BROUGHT = "brought"
    DUE = "due"
    WATCH = "watch"
    DIGEST = "digest"
    LINE = "line"
    LINES = "lines"


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterKind:
    """One kind. `fields` are its facts, typed; their class gives its name, which is also its template's.

    `kind`: whose words they are. `auto_submitted`: None for an agent's own words. `rank`: 0 leaves the outbox before 1;
    a notice of an outage has 0 in any case. `first_word`: a rule may choose it as the answer to a first mail. `thanks`:
    the name by which a rule sends it to somebody whom a mail names. `makes_promise`: a time that it states may become a
    promise. `called`: what agents read of it. `gathered`: None if it is always told by itself.
    """

    fields: type[CustomerLetter | Notice]
    kind: OutgoingKind
    audience: Audience
    auto_submitted: AutoSubmitted | None
    limited: Limited
    rank: int
    first_word: bool = False
    thanks: str | None = None
    makes_promise: bool = False
    called: Reason
    gathered: Gathered | None = None

    @property
    def name(self) -> str:
        """Its name in the outbox."""
        return self.fields.letter


def _letter(fields: type[CustomerLetter], called: Reason, *, makes_promise: bool = False) -> LetterKind:
    """A letter caused by a time or an event."""
    return LetterKind(
        fields=fields,
        kind=OutgoingKind.LETTER,
        audience=Audience.CUSTOMER,
        auto_submitted=AutoSubmitted.GENERATED,
        limited=Limited.COUNTED,
        rank=0,
        called=called,
        makes_promise=makes_promise,
    )


def _reply(
    fields: type[CustomerLetter],
    called: Reason,
    *,
    first_word: bool = False,
    makes_promise: bool = False,
    thanks: str | None = None,
) -> LetterKind:
    """A letter that answers a mail at once, by itself, and that nobody was promised."""
    return LetterKind(
        fields=fields,
        kind=OutgoingKind.LETTER,
        audience=Audience.CUSTOMER,
        auto_submitted=AutoSubmitted.REPLIED,
        limited=Limited.STOPPED,
        rank=0,
        called=called,
        first_word=first_word,
        makes_promise=makes_promise,
        thanks=thanks,
    )


def _relay(fields: type[CustomerLetter], called: Reason) -> LetterKind:
    """What an agent wrote."""
    return LetterKind(
        fields=fields,
        kind=OutgoingKind.RELAY,
        audience=Audience.CUSTOMER,
        auto_submitted=None,
        limited=Limited.NOT,
        rank=0,
        makes_promise=True,
        called=called,
    )


def _notice(
    fields: type[Notice], gathered: Gathered | None = None, *, audience: Audience = Audience.AGENT, rank: int = 1
) -> LetterKind:
    return LetterKind(
        fields=fields,
        kind=OutgoingKind.NOTICE,
        audience=audience,
        auto_submitted=AutoSubmitted.GENERATED,
        limited=Limited.NOT,
        rank=rank,
        called=why("letter.notice"),
        gathered=gathered,
    )


_ALL = (
    _reply(AckLetter, why("letter.ack"), first_word=True, makes_promise=True),
    _reply(TooLargeLetter, why("letter.too-large")),
    _reply(FeedbackLetter, why("letter.thanks"), first_word=True, thanks="feedback"),
    _reply(WelcomeLetter, why("letter.thanks"), thanks="welcome"),
    _reply(ResolutionLetter, why("letter.thanks"), thanks="resolution"),
    _letter(UpdateLetter, why("letter.update"), makes_promise=True),
    _letter(CoverLetter, why("letter.cover"), makes_promise=True),
    _letter(LateLetter, why("letter.late"), makes_promise=True),
    _letter(ResolvedLetter, why("letter.resolved")),
    _relay(RelayLetter, why("letter.relay")),
    _letter(NudgeLetter, why("letter.nudge"), makes_promise=True),
    _letter(ClosedLetter, why("letter.closed")),
    _letter(CheckInLetter, why("letter.check-in")),
    _letter(GoodwillLetter, why("letter.goodwill")),
    _notice(NewNotice, Gathered.OPENING),
    _notice(FollowupNotice, Gathered.BROUGHT),
    _notice(ReminderNotice, Gathered.DUE, rank=0),
    _notice(CoveredNotice, Gathered.DUE),
    _notice(CrossedNotice),
    _notice(ConfirmNotice),
    _notice(AskNotice),
    _notice(SignatureNotice),
    _notice(RefusedNotice),
    _notice(AnswerNotice),
    _notice(UndeliverableNotice, Gathered.BROUGHT),
    _notice(QuarantineNotice, audience=Audience.ADMIN),
    _notice(TroubleNotice, audience=Audience.ADMIN, rank=0),
    _notice(DigestNotice, Gathered.DIGEST),
    _notice(HeapNotice),
    _notice(UnmatchedNotice),
    _notice(CaughtNotice),
    _notice(GestureNotice),
    _notice(ThankedNotice, Gathered.BROUGHT),
    _notice(UnansweredNotice, Gathered.WATCH),
    _notice(BesideNotice),
    _notice(KeptNotice),
    _notice(AssignedNotice),
    _notice(NoteNotice, Gathered.LINE),
    _notice(NotesNotice, Gathered.LINES),
    _notice(InsideNotice),
    _notice(MorningNotice),
    _notice(EveningNotice),
    _notice(OfferedNotice),
    _notice(FoundNotice),
)
KINDS: Mapping[str, LetterKind] = MappingProxyType({kind.name: kind for kind in _ALL})
"""Every kind by its name, letters before notices."""


_PLAINEST = {
    OutgoingKind.LETTER: _letter(UpdateLetter, why("letter.any")),
    OutgoingKind.RELAY: _relay(RelayLetter, why("letter.relay")),
    OutgoingKind.NOTICE: _notice(AnswerNotice),
}


def kind_of(outgoing: Outgoing) -> LetterKind:
    """Its kind. A row of the outbox that another version of the desk left counts as the plainest of its sort."""
    known = KINDS.get(outgoing.name)
    if known is not None and known.kind is outgoing.kind:
        return known
    return _PLAINEST[outgoing.kind]


def rank_of(outgoing: Outgoing) -> int:
    """Its turn to leave the outbox: 0 before 1, for what a customer reads and what would come too late if it waited."""
    return 0 if outgoing.fields.get("priority") == 1 else kind_of(outgoing).rank
