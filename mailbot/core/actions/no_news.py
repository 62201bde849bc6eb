"""One tap that tells a customer what a person chose to say: that there is no news yet, and when they hear next."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from mailbot.core.letters.reply_links import Choice
from mailbot.core.model.policy import Policy
from mailbot.core.model.reason import why
from mailbot.core.model.ticket import Ticket

_HOUR: Final = timedelta(hours=1)


def no_news(ticket: Ticket, policy: Policy, now: datetime) -> Choice:
    """The tap, with the time that the pace of the ticket gives; without one where that is a day or more."""
    cadence = policy.pace_of(ticket)
    age = now - ticket.opened_at
    every = next((step.every for step in cadence.steps if step.until is None or age < step.until), None)
    if every is None or not policy.grain <= every < timedelta(days=1):
        return Choice(line="/nonews", label=why("tap.no-news"))
    if every < _HOUR:
        count = max(round(every / timedelta(minutes=1)), 1)
        return Choice(line=f"/nonews {count}m", label=why("tap.no-news-within", left=f"{count} min"))
    count = round(every / _HOUR)
    unit = "h" if cadence.hours.always else "bh"
    return Choice(line=f"/nonews {count}{unit}", label=why("tap.no-news-within", left=f"{count} h"))
