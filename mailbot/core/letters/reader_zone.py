"""Finds the zone in which a customer reads the clock: as an agent or a mail of theirs told it, else the desk's."""

from __future__ import annotations

from datetime import datetime, timedelta

from mailbot.core.intake.incoming import Incoming
from mailbot.core.language.told_time import zone_of
from mailbot.core.model.policy import Policy
from mailbot.core.model.ticket import Ticket


def clock_of(incoming: Incoming, policy: Policy, now: datetime, *, before: int | None = None) -> int | None:
    """The minutes east of UTC of the sender's clock, by this mail or else by one `before`; None: the desk's own.

    Who is where the desk is, as far as the clock tells, stays so when summer time ends: that is why their offset is not
    kept. A form's mail tells of the form's clock, and an agent's of ours.
    """
    if incoming.form is not None:
        return None
    told, date = incoming.mail.utc_offset, incoming.mail.date
    if told is None or date is None:
        return None if before is None or _is_here(before, policy, now) else before
    return None if _is_here(told, policy, date) else told


def _is_here(offset: int, policy: Policy, at: datetime) -> bool:
    """Whether the desk's clock had that offset at the time."""
    try:
        return at.astimezone(policy.zone).utcoffset() == timedelta(minutes=offset)
    except OverflowError:  # a Date of the year 1 or 9999
        return False


def zone_for_customer(ticket: Ticket, policy: Policy, at: datetime) -> str:
    """What an agent said; else the desk's by name if their offset agrees with it at that time; else their offset, if known.

    Nothing else in a mail tells of its writer's clock: no mail program is known to write a header for it, and Received tells of
    servers.
    """
    if ticket.zone_name and _is_known(ticket.zone_name):
        return ticket.zone_name
    if not ticket.utc_offset:  # 0 stands in tickets of versions that took "+0000" for a zone
        return policy.zone.key
    here = at.astimezone(policy.zone).utcoffset()
    if here == timedelta(minutes=ticket.utc_offset):
        return policy.zone.key
    sign = "+" if ticket.utc_offset >= 0 else "-"
    hours, minutes = divmod(abs(ticket.utc_offset), 60)
    return f"{sign}{hours:02d}:{minutes:02d}"


def _is_known(zone: str) -> bool:
    """Whether this machine's list of zones still has it: a name may have been stored under another one."""
    try:
        zone_of(zone)
    except ValueError:
        return False
    return True
