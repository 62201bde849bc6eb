"""How many automatic letters there were lately: what the limits are compared with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """Automatic letters already sent or on their way, to an address and to its domain, without dropped ones.

    `hour` and `day`: to the address; if it is confirmed, only those since then. `domain_hour`: within the hour to
    unconfirmed addresses of its domain, `domain_confirmed` to the others. `urgent` counts the tickets of priority 1 or
    2 that the address opened within the hour, `urgent_proven` those of them whose mail was proven. `confirmed`: whether
    the address is. `forms_hour`, only if `Keys.form` asks: letters of the last hour to people who filled in a contact
    form.
    """

    hour: int = 0
    day: int = 0
    domain_hour: int = 0
    domain_confirmed: int = 0
    urgent: int = 0
    urgent_proven: int = 0
    confirmed: bool = False
    forms_hour: int = 0
