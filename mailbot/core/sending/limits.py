"""How many automatic letters may go to one address, to one domain, and out of the desk in all."""

from __future__ import annotations

from mailbot.core.model.counts import Counts
from mailbot.core.model.policy import Limits
from mailbot.core.model.reason import Reason, why

URGENT = 2
"""A matter of this priority or higher is not stopped by limits that others have reached."""
FORM_ACK = "ack:form:"  # how the key begins of the letter that goes to whoever filled in a form


def over(
    counts: Counts,
    limits: Limits,
    *,
    domain: str = "",
    priority: int = 5,
    confirmed: bool = False,
    proven: bool = False,
    kept: bool = False,
) -> Reason | None:
    """Which limit one more automatic letter would break; None if it may go.

    An outage or a matter of money of somebody whose address is `confirmed` has a limit of its own. Nobody else's mail
    can use that up, nor can unproven mail in their name if this one is proven. `kept`: one letter is reserved for a
    first one of those, whatever else went to the address. At a public provider the others of a `domain` do not count.
    """
    urgent = priority <= URGENT
    if urgent and confirmed:
        own = counts.urgent_proven if proven else counts.urgent
        return why("limit.urgent", count=own) if own >= limits.urgent_hour else None
    if not (urgent and kept):
        if counts.hour >= limits.per_address_hour:
            return why("limit.address_hour", count=counts.hour)
        if counts.day >= limits.per_address_day:
            return why("limit.address_day", count=counts.day)
    of_domain = counts.domain_confirmed if confirmed else counts.domain_hour
    if of_domain >= limits.per_domain_hour and domain not in limits.public_domains:
        return why("limit.domain_hour", count=of_domain)
    if counts.forms_hour >= limits.forms_hour:
        return why("limit.forms", count=counts.forms_hour)
    return None


def breaker_open(last_hour: int, usual_per_hour: float, limits: Limits) -> bool:
    """Whether automatic mail pauses: five times the usual rate, and above a floor that a quiet desk needs."""
    return last_hour >= max(limits.breaker_floor, 5 * usual_per_hour)
