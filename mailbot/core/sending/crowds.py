"""Decides which notices are sent one by one and which wait for a digest: one sender or ticket has only so many.

A notice is crowded if five before it, within ten minutes, went to the same person about the same sender or the same
ticket, or twenty about senders of one domain that is no public provider's. Unproven mails in somebody's name crowd each
other, but not proven ones. A crowded notice waits for a digest, except the first notice of a new priority 1 or 2:
within an hour five of those of one sender, and ten of all that would have waited, go at once. Of those that come due by
the clock (reminders, covers) five a minute go one by one; after a stop all of them are due at once.

A notice that is held (`Outgoing.held_until`) waits in the same place, until then. So does one that may join others
(`Outgoing.joins_by`), if its reader got ten within the last half hour, told in whatever way: a quiet desk tells each. And so
does what is new and far away (`Outgoing.together`), if they have been getting many for hours (see `sustained`).

What colleagues do on a ticket crowds nothing else: the first line goes at once, and what follows within a minute waits
and is told in one mail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mailbot.core.model.addresses import address_key
from mailbot.core.model.letter_kinds import Gathered, kind_of
from mailbot.core.model.outgoing import Outgoing

ALONE = 5
OF_DOMAIN = 20
WITHIN = 10  # minutes
FIRSTS_OF_ONE = 5
FIRSTS_OF_ALL = 10
HOUR, DAY = 60, 24 * 60  # minutes
BUSY = 10
LATELY = 30  # minutes
LOOKS = 5
LOOK = 1  # minutes
QUICK_DIGESTS = 10
QUICK, SLOW = 1, 5  # minutes between two digests, for the first ten of an hour and for later ones
MOST_OF_ONE = 20  # notices within an hour about one sender, those of several tickets and the digests together


class Sort(StrEnum):
    """How a notice counts: `first` of a new priority 1 or 2, `passed` if let through although crowded, `look` and `look1`
    (of priority 1) if due by the clock, `brought` by any other mail, `joined` if it is such a one and waits for others, `together` if it does since that has gone on for hours; a
    `digest` tells about others. A `line` says what a colleague did, `lines` tell several of those.
    """

    FIRST = "first"
    PASSED = "passed"
    LOOK = "look"
    LOOK_OF_AN_OUTAGE = "look1"
    BROUGHT = "brought"
    JOINED = "joined"
    TOGETHER = "together"
    DIGEST = "digest"
    LINE = "line"
    LINES = "lines"


@dataclass(frozen=True, kw_only=True, slots=True)
class Crowd:
    """What went to the same person before a notice, waiting ones included. Within `WITHIN`: about its sender, its
    ticket and its sender's domain. Within the hour: first notices (`FIRST`, `PASSED`) of its sender, and all that have `PASSED`.
    Within `LOOK`: those of its own sort, for a line only those of its ticket. Within `LATELY`: all that came due, or that
    a mail brought. Counts may stop at their limit.
    """

    sender: int = 0
    ticket: int = 0
    domain: int = 0
    firsts_of_sender: int = 0
    passed: int = 0
    looks: int = 0
    lately: int = 0

    @property
    def crowded(self) -> bool:
        """Whether its sender, its ticket or its domain has brought as many as are sent one by one."""
        return self.sender >= ALONE or self.ticket >= ALONE or self.domain >= OF_DOMAIN


def sort_of(notice: Outgoing) -> Sort | None:
    """How it counts; None for what is sent in any case: an agent's own questions and answers, letters, trouble."""
    priority = notice.fields.get("priority")
    match kind_of(notice).gathered:
        case Gathered.DIGEST:
            return Sort.DIGEST
        case Gathered.DUE:
            return Sort.LOOK_OF_AN_OUTAGE if priority == 1 else Sort.LOOK
        case Gathered.WATCH:
            return Sort.LOOK
        case Gathered.OPENING:
            return Sort.FIRST if priority in (1, 2) else Sort.BROUGHT
        case Gathered.BROUGHT:
            return Sort.BROUGHT
        case Gathered.LINE:
            return None if notice.attach else Sort.LINE  # a line with files would lose them
        case Gathered.LINES:
            return Sort.LINES
        case None:
            return None


def sender_of(notice: Outgoing) -> str | None:
    """The address, as addresses are compared, whose mail caused it; None for a digest, and for what colleagues did."""
    if kind_of(notice).gathered in (Gathered.DIGEST, Gathered.LINE, Gathered.LINES):
        return None
    customer = notice.fields.get("customer")
    stranger = notice.fields.get("from") if notice.fields.get("stranger") else None
    of = stranger or (customer.get("address") if isinstance(customer, dict) else None)
    return address_key(of) if isinstance(of, str) and of.strip() else None


def crowd_of(notice: Outgoing) -> str | None:
    """The name that it counts under: its sender's, kept apart if nothing proves that the mail is theirs."""
    sender = sender_of(notice)
    return f"{sender} unproven" if sender is not None and _origin(notice).get("proven") is False else sender


def domain_of(notice: Outgoing) -> str | None:
    """The domain that it counts under, if any."""
    domain = _origin(notice).get("domain")
    return domain if isinstance(domain, str) and sender_of(notice) is not None else None


def _origin(notice: Outgoing) -> Mapping[str, object]:
    origin = notice.fields.get("origin")
    return origin if isinstance(origin, Mapping) else {}


def minute_of(notice: Outgoing) -> timedelta:
    """A minute, or its equivalent where a desk is tried out in seconds."""
    return timedelta(seconds=1 if notice.fields.get("to_the_second") else 60)


def admitted(sort: Sort, crowd: Crowd) -> Sort | None:
    """The sort that it is sent as, if it goes at once; None if it waits for a digest."""
    if sort in (Sort.LOOK, Sort.LOOK_OF_AN_OUTAGE) and crowd.looks >= LOOKS:
        return None
    if sort is Sort.LINE:
        return None if crowd.looks else sort
    if sort in (Sort.DIGEST, Sort.LINES) or not crowd.crowded:
        return sort
    if sort is Sort.FIRST and crowd.firsts_of_sender < FIRSTS_OF_ONE and crowd.passed < FIRSTS_OF_ALL:
        return Sort.PASSED
    return None


def joins(notice: Outgoing, crowd: Crowd) -> bool:
    """Whether it waits for others, being none that must go by itself, since its reader gets many."""
    return notice.joins_by is not None and crowd.lately >= BUSY


def digest_at(
    first: datetime, digests: Sequence[datetime], alone: Sequence[datetime], now: datetime, minute: timedelta
) -> datetime:
    """When those that wait for one person are sent: a minute after the `first` of them and after the last digest.

    `digests` are the times of those of the last hour, newest first: from the eleventh on they are five minutes apart.
    `alone`: if all that waits is about one sender, the times of the notices about them that went one by one within the
    hour. The hour has a limit for these and the digests together; at the limit the next one waits until there is room.
    A time in the future does not count: the clock has been set back since.
    """
    hour = now - HOUR * minute
    recent = [at for at in digests if hour < at <= now]
    apart = (QUICK if len(recent) < QUICK_DIGESTS else SLOW) * minute
    due = first + QUICK * minute if first <= now else now
    if recent:
        due = max(due, recent[0] + apart)
    told = sorted((*recent, *(at for at in alone if hour < at <= now)), reverse=True) if alone else []
    if len(told) >= MOST_OF_ONE:
        due = max(due, told[MOST_OF_ONE - 1] + HOUR * minute)
    return due
