"""How many automatic letters there were lately: what the limits are held against."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """Automatic letters already sent or on their way, to an address and to its domain; letters that were dropped do not count.

    `hour` and `day`: to the address, where it is confirmed only those since it is. `domain_hour`: within the hour to
    addresses of its domain that nothing has confirmed, `domain_confirmed` to the others. `urgent` counts the tickets of
    priority 1 or 2 that the address opened within the hour, `urgent_proven` those of them whose mail was proven.
    `confirmed`: whether the address is. `forms_hour`, only where `Keys.form` asks: letters of the last hour to people who
    filled in a contact form.
    """

    hour: int = 0
    day: int = 0
    domain_hour: int = 0
    domain_confirmed: int = 0
    urgent: int = 0
    urgent_proven: int = 0
    confirmed: bool = False
    forms_hour: int = 0
