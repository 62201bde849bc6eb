"""How fast mail may leave, where a provider takes only so much in a minute and a day; an outage does not wait for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.core.model.outgoing import Outgoing

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """Mails in any minute and in any day, as many as there are recipients; 0: as many as the server takes."""

    per_minute: int = 0
    per_day: int = 0

    @property
    def limits(self) -> bool:
        """Whether there is any limit."""
        return bool(self.per_minute or self.per_day)

    @property
    def each(self) -> timedelta:
        """The time between two mails that wait, so that they are looked at once and not all each minute."""
        minute = MINUTE / for_all(self.per_minute, 5) if self.per_minute else timedelta()
        return max(minute, timedelta(seconds=1))


def first_of_all(mail: Outgoing) -> bool:
    """Whether it goes before the others: an outage (priority 1), or trouble that the admins must hear of."""
    return mail.fields.get("priority") == 1 or mail.name == "trouble"


def for_all(most: int, share: int) -> int:
    """What mail that is not urgent may use of `most`: all but a part, which is kept for an outage."""
    return max(1, most - most // share)


def free_at(
    pace: Pace, minute: Sequence[datetime], day: Sequence[datetime], planned: int, *, urgent: bool, now: datetime
) -> datetime:
    """When one more may leave, at the earliest: `minute` and `day` are when those of the last ones left, ascending.

    `planned` are on their way and not among them yet.
    """
    found = now
    for times, most, window, share in ((minute, pace.per_minute, MINUTE, 5), (day, pace.per_day, DAY, 10)):
        if not most:
            continue
        allowed = most if urgent else for_all(most, share)
        over = len(times) + planned - allowed
        if over >= 0:
            found = max(found, times[over] + window if over < len(times) else now + window)
    return found
