"""How many automatic letters may go to one address, one domain, and out of the desk at all."""

from __future__ import annotations

from mailbot.core.desk import Counts
from mailbot.core.policy import Limits
from mailbot.core.reasons import why

FORM_ACK = "ack:form:"  # how the key of the letter begins that somebody gets who filled in a form


def over(counts: Counts, limits: Limits) -> str | None:
    """Which limit one more automatic letter would break, in words; None where it may go."""
    if counts.hour >= limits.per_address_hour:
        return f"{counts.hour} automatic mails to this address within the hour"
    if counts.day >= limits.per_address_day:
        return f"{counts.day} automatic mails to this address within the day"
    if counts.domain_hour >= limits.per_domain_hour:
        return f"{counts.domain_hour} automatic mails to this domain within the hour"
    if counts.forms_hour >= limits.forms_hour:
        return str(why("limit.forms", count=counts.forms_hour))
    return None


def breaker_open(last_hour: int, usual_per_hour: float, limits: Limits) -> bool:
    """Whether automatic mail pauses: five times the usual rate, and more than a floor that a quiet desk needs."""
    return last_hour >= max(limits.breaker_floor, 5 * usual_per_hour)
