"""What one tap in a notice does for a ticket: a time, no news yet, the account of promises, a hand-over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from mailbot.core.actions.change import Change
from mailbot.core.intake.asks_timeline import asks_timeline
from mailbot.core.intake.incoming import Incoming
from mailbot.core.letters.reply_links import Choice
from mailbot.core.model.policy import Agent, Policy
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


def in_an_hour() -> Choice:
    """The tap that tells the customer that they hear within the hour."""
    return Choice(line="/promise 1h", label=why("promise.in-an-hour"))


def account_asked(change: Change, incoming: Incoming) -> tuple[Choice, ...]:
    """The tap that sends the customer the account of what was promised, where their words may ask for it."""
    promised = change.promise is not None or change.ticket.promised > 0
    return (
        (Choice(line="/timeline", label=why("tap.timeline")),) if promised and asks_timeline(incoming.new_text) else ()
    )


def hand_over(ticket: Ticket, reader: Agent, policy: Policy) -> tuple[Choice, ...]:
    """The tap by which whoever has a ticket gives it to the colleague who answered it last, or to the only one there is."""
    if ticket.assignee != reader.id:
        return ()
    inbox = policy.inboxes.get(ticket.inbox)
    beside = [agent for agent in policy.group(inbox.group if inbox else "") if agent.id != reader.id]
    last = policy.agents.get(ticket.last_answer_by or "")
    to = last if last is not None and last.id != reader.id else beside[0] if len(beside) == 1 else None
    if to is None or to.id in policy.away:
        return ()
    name = to.name.split()[0] if to.name.split() else to.id
    return (Choice(line=f"/assign {to.id}", label=why("tap.hand-over", name=name)),)
