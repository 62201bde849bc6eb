"""The catalogue: every kind of letter, relay and notice that the desk can send, and what holds for all of that kind.

Whoever asks what a letter is asks here, by `kind_of`; no other module has a list of names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

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
    BesideNotice,
    CaughtNotice,
    ConfirmNotice,
    CoveredNotice,
    CrossedNotice,
    DigestNotice,
    FollowupNotice,
    GestureNotice,
    HeapNotice,
    KeptNotice,
    NewNotice,
    Notice,
    QuarantineNotice,
    RefusedNotice,
    ReminderNotice,
    SignatureNotice,
    ThankedNotice,
    TroubleNotice,
    UnansweredNotice,
    UndeliverableNotice,
    UnmatchedNotice,
)
from mailbot.core.model.outgoing import Outgoing, OutgoingKind
from mailbot.core.model.reason import Reason, why


class Audience(StrEnum):
    """For whom the words are."""

    CUSTOMER = "customer"
    AGENT = "agent"
    ADMIN = "admin"


class AutoSubmitted(StrEnum):
    """What the header says of a mail that no person wrote (RFC 3834 section 5).

    A reply to one mail is `auto-replied`; what a time or an event brought about is `auto-generated`.
    """

    REPLIED = "auto-replied"
    GENERATED = "auto-generated"


class Limited(StrEnum):
    """Which limits apply. `counted`: it counts against those of its address, and waits while the breaker is open, but
    goes out, since it was promised. `stopped`: the same, and one that is too many when it is to leave does not go.
    """

    NOT = "not"
    COUNTED = "counted"
    STOPPED = "stopped"


class Gathered(StrEnum):
    """As what notices are counted that may be told together, in a digest (see `core.sending.crowds`).

    `opening`: a mail brought it, and opened a ticket. `brought`: any other mail did. `due`: a time that came, of an outage
    apart from others; `watch`: a time that came, of all alike. `digest`: it tells of others.
    """

    OPENING = "opening"
    BROUGHT = "brought"
    DUE = "due"
    WATCH = "watch"
    DIGEST = "digest"


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterKind:
    """One kind. `fields` are its facts, typed: they have its name, which is that of its template too.

    `kind`: whose words they are. `auto_submitted`: None for an agent's own words. `rank`: 0 leaves the outbox before 1;
    a notice of an outage has 0 in any case. `first_word`: a rule may choose it as the answer to a first mail. `thanks`: by
    which name a rule has it sent to somebody whom a mail names. `makes_promise`: a time that it states may be a promise made by
    it. `called`: how agents are told of it. `gathered`: None where it is told in any case, by itself.
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
        """As the outbox keeps it."""
        return self.fields.letter


def _letter(fields: type[CustomerLetter], called: Reason, *, makes_promise: bool = False) -> LetterKind:
    """What a time or an event brings about."""
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
    """What answers a mail at once, by itself: nobody was promised it."""
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
    """In which turn it leaves the outbox: 0 before 1, what a customer reads and what comes too late when it waits first."""
    return 0 if outgoing.fields.get("priority") == 1 else kind_of(outgoing).rank
