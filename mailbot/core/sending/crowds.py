"""Which notices are told one by one, and which wait to be told together: what one sender or one ticket brings has a limit.

A notice is crowded where five before it, within ten minutes, went to the same person about the same sender, or about
the same ticket, or twenty about senders of one domain that is no public provider's. Mails in somebody's name that are not
proven crowd each other, and not those that are. A crowded one then waits for a digest, but for the first notice of a new
priority 1 or 2: of those five of one sender, and ten of all that would have waited, go at once within an hour. Of what comes
due by the clock (reminders, covers) five a minute go one by one; after a stop all of it is due at once.
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
HOUR = 60  # minutes
LOOKS = 5
LOOK = 1  # minutes
QUICK_DIGESTS = 10
QUICK, SLOW = 1, 5  # minutes between two digests, the first ten of an hour and those behind them
MOST_OF_ONE = 20  # notices within an hour about one sender, those of several tickets and the digests together


class Sort(StrEnum):
    """How a notice counts: `first` of a new priority 1 or 2, `passed` as such though it was crowded, `look` and `look1`
    (of priority 1) where it comes by the clock, `brought` by any other mail; `digest` tells others.
    """

    FIRST = "first"
    PASSED = "passed"
    LOOK = "look"
    LOOK_OF_AN_OUTAGE = "look1"
    BROUGHT = "brought"
    DIGEST = "digest"


@dataclass(frozen=True, kw_only=True, slots=True)
class Crowd:
    """What went before a notice to the same person, waiting ones included: within `WITHIN` of its sender, its ticket and
    its sender's domain; within the hour first notices (`FIRST`, `PASSED`) of its sender, and those of all that have
    `PASSED`; within `LOOK` those of its own sort. Counts may stop at their limit.
    """

    sender: int = 0
    ticket: int = 0
    domain: int = 0
    firsts_of_sender: int = 0
    passed: int = 0
    looks: int = 0

    @property
    def crowded(self) -> bool:
        """Whether its sender, its ticket or its domain has brought as many as are told one by one."""
        return self.sender >= ALONE or self.ticket >= ALONE or self.domain >= OF_DOMAIN


def sort_of(notice: Outgoing) -> Sort | None:
    """How it counts; None for what is told in any case: an agent's own questions and answers, letters, trouble."""
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
        case None:
            return None


def sender_of(notice: Outgoing) -> str | None:
    """Whose mail brought it, as addresses are compared; None for a digest."""
    if kind_of(notice).gathered is Gathered.DIGEST:
        return None
    customer = notice.fields.get("customer")
    stranger = notice.fields.get("from") if notice.fields.get("stranger") else None
    of = stranger or (customer.get("address") if isinstance(customer, dict) else None)
    return address_key(of) if isinstance(of, str) and of.strip() else None


def crowd_of(notice: Outgoing) -> str | None:
    """Under which name it counts: its sender's, told apart where nothing proves that it is theirs."""
    sender = sender_of(notice)
    return f"{sender} unproven" if sender is not None and _origin(notice).get("proven") is False else sender


def domain_of(notice: Outgoing) -> str | None:
    """The domain under which it counts, if under any."""
    domain = _origin(notice).get("domain")
    return domain if isinstance(domain, str) and sender_of(notice) is not None else None


def _origin(notice: Outgoing) -> Mapping[str, object]:
    origin = notice.fields.get("origin")
    return origin if isinstance(origin, Mapping) else {}


def minute_of(notice: Outgoing) -> timedelta:
    """A minute, or what stands for one where a desk is tried out in seconds."""
    return timedelta(seconds=1 if notice.fields.get("to_the_second") else 60)


def admitted(sort: Sort, crowd: Crowd) -> Sort | None:
    """As what it goes by itself at once; None if it waits to be told together with others."""
    if sort in (Sort.LOOK, Sort.LOOK_OF_AN_OUTAGE) and crowd.looks >= LOOKS:
        return None
    if sort is Sort.DIGEST or not crowd.crowded:
        return sort
    if sort is Sort.FIRST and crowd.firsts_of_sender < FIRSTS_OF_ONE and crowd.passed < FIRSTS_OF_ALL:
        return Sort.PASSED
    return None


def digest_at(
    first: datetime, digests: Sequence[datetime], alone: Sequence[datetime], now: datetime, minute: timedelta
) -> datetime:
    """When those that wait for one person are told: a minute after the `first` of them, and a minute after the digest before.

    `digests` are the times of those of the last hour, newest first: from the eleventh on five minutes lie between them.
    `alone`: where all that waits is about one sender, when notices about them went one by one within the hour; they and
    the digests are so many in an hour at most, and then the next one waits until there is room. A time to come counts
    as none: the clock was set back since.
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
