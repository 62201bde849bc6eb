"""May the desk write to this person? The reasons for its silence, what ends each, and whether agents are reminded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mailbot.core.model.reason import Reason, why


class Silence(StrEnum):
    """Why no letter of the desk's own goes to a ticket's customer. `TABLE` says what ends each."""

    LIMIT = "limit"  # they, their domain or all forms have had as many letters as may go
    UNTIL_REPLY = "until-reply"  # nothing confirms the address, and it had its letters of the week
    PERSON = "person"  # a person wrote, but something about the mail leaves the first word to an agent
    DOUBTFUL = "doubtful"  # a person wrote, perhaps in somebody else's name
    UNCONFIRMED = "unconfirmed"  # forwarded from an agent's address, and no server vouches for that
    WHOSE = "whose"  # forwarded, and it does not say whose it is
    NOWHERE = "nowhere"  # no mail can be sent to the address that it came from
    FORM = "form"  # a form or a program sent it, and names nobody who could be written to
    HOLD = "hold"  # a rule wants a person to answer first
    THANKED = "thanked"  # they were answered and said thanks, and the time they were told has come
    WRITTEN_TO = "written-to"  # an agent wrote to them from their own mail client
    MARKED = "marked"  # our mail server marked their first mail as spam
    ROBOT = "robot"  # the same words come back at once, letter after letter
    UNDELIVERABLE = "undeliverable"  # letters to the address come back
    LIST = "list"  # a mailing list or a program, which reads no answers
    SPAM = "spam"  # an agent said /spam
    IGNORED = "ignored"  # an agent said /ignore
    OTHER = "other"  # a sentence from before there were kinds, which matches no version's words


class ByMail(StrEnum):
    """Whether the customer's next mail ends a silence, if nothing new speaks against a letter."""

    YES = "yes"
    NO = "no"
    IF_CONFIRMED = "if the address is confirmed"


class Reminded(StrEnum):
    """Whether agents are reminded again and again of a customer whom only they may write to."""

    AS_DUE = "when a first word would be due, then after twice as long each time"
    SELDOM = "once a business day"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Row:
    """What ends a silence (the customer's next mail, an agent's word to them, `/reopen`), and who is reminded of it."""

    by_mail: ByMail
    by_word: bool
    by_reopening: bool
    reminded: Reminded


_MAIL, _CONFIRMED, _NO_MAIL = ByMail.YES, ByMail.IF_CONFIRMED, ByMail.NO
_DUE, _SELDOM, _NEVER = Reminded.AS_DUE, Reminded.SELDOM, Reminded.NEVER
# fmt: off
TABLE: Final[Mapping[Silence, Row]] = {
    #                          their mail  our word  reopening  reminded
    Silence.LIMIT:         Row(_MAIL,      True,     False,     _DUE),
    Silence.UNTIL_REPLY:   Row(_CONFIRMED, True,     False,     _DUE),
    Silence.PERSON:        Row(_MAIL,      True,     False,     _DUE),
    Silence.DOUBTFUL:      Row(_MAIL,      True,     False,     _SELDOM),
    Silence.UNCONFIRMED:   Row(_MAIL,      True,     False,     _DUE),
    Silence.WHOSE:         Row(_NO_MAIL,   False,    False,     _DUE),
    Silence.NOWHERE:       Row(_NO_MAIL,   False,    False,     _DUE),
    Silence.FORM:          Row(_NO_MAIL,   False,    False,     _DUE),
    Silence.HOLD:          Row(_NO_MAIL,   True,     False,     _DUE),
    Silence.THANKED:       Row(_MAIL,      True,     False,     _SELDOM),
    Silence.WRITTEN_TO:    Row(_MAIL,      True,     False,     _SELDOM),
    Silence.MARKED:        Row(_MAIL,      True,     False,     _NEVER),
    Silence.ROBOT:         Row(_NO_MAIL,   True,     False,     _NEVER),
    Silence.UNDELIVERABLE: Row(_MAIL,      False,    False,     _NEVER),
    Silence.LIST:          Row(_NO_MAIL,   False,    False,     _NEVER),
    Silence.SPAM:          Row(_NO_MAIL,   False,    True,      _NEVER),
    Silence.IGNORED:       Row(_MAIL,      False,    True,      _NEVER),
    Silence.OTHER:         Row(_NO_MAIL,   False,    False,     _NEVER),
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Mute:
    """That the desk writes nothing of its own accord to a ticket's customer: the kind decides, the reason is shown."""

    kind: Silence
    reason: Reason

    def ended_by_mail(self, *, confirmed: bool) -> bool:
        """Whether their next mail may end it; `confirmed`: the address has been shown to be theirs."""
        by_mail = TABLE[self.kind].by_mail
        return by_mail is ByMail.YES or (by_mail is ByMail.IF_CONFIRMED and confirmed)

    @property
    def ended_by_word(self) -> bool:
        """Whether an agent's word to them ends it."""
        return TABLE[self.kind].by_word

    @property
    def ended_by_reopening(self) -> bool:
        """Whether `/reopen` ends it."""
        return TABLE[self.kind].by_reopening

    @property
    def reminded(self) -> Reminded:
        """Whether agents are reminded, and how often."""
        return TABLE[self.kind].reminded


MARKED: Final = Mute(Silence.MARKED, why("mute.marked"))
NOWHERE: Final = Mute(Silence.NOWHERE, why("mute.nowhere"))
THANKED: Final = Mute(Silence.THANKED, why("mute.thanked"))
UNTIL_REPLY: Final = Mute(Silence.UNTIL_REPLY, why("mute.until_reply"))
UNCONFIRMED: Final = Mute(Silence.UNCONFIRMED, why("mute.unconfirmed"))
WHOSE: Final = Mute(Silence.WHOSE, why("mute.whose"))
WRITTEN_TO: Final = Mute(Silence.WRITTEN_TO, why("mute.written_to"))
HELD: Final = Mute(Silence.HOLD, why("mute.hold"))
ROBOT: Final = Mute(Silence.ROBOT, why("mute.robot"))
ANSWERED: Final = frozenset({Silence.THANKED, Silence.WRITTEN_TO})
"""A person of ours wrote to them, and nobody owes a word: what agents read about them says so."""


def is_kind(mute: Mute | None, *kinds: Silence) -> bool:
    """Whether the desk is silent for one of these reasons."""
    return mute is not None and mute.kind in kinds


def undeliverable(reply: Reason | str) -> Mute:
    """Letters to the address come back; `reply` is what a mail server or a report said about it."""
    return Mute(Silence.UNDELIVERABLE, why("mute.undeliverable", reply=reply))


def closed_by(verb: str, name: str) -> Mute:
    """An agent of that name said `spam` or `ignore`."""
    if verb == "spam":
        return Mute(Silence.SPAM, why("mute.spam", name=name))
    return Mute(Silence.IGNORED, why("mute.ignored", name=name))
