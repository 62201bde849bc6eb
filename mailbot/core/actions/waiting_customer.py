"""What the desk does if a customer is silent: a nudge and the end if it asked something, one check-in if solved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from mailbot.core.actions.change import Change
from mailbot.core.letters.build import readers
from mailbot.core.letters.quotable import matter_of_ticket
from mailbot.core.model.acquaintance import Acquaintance
from mailbot.core.model.decision import Decision
from mailbot.core.model.event import Event
from mailbot.core.model.letter_fields import CheckInLetter, ClosedLetter, NudgeLetter
from mailbot.core.model.notice_fields import AnswerNotice, UnansweredNotice
from mailbot.core.model.policy import Policy
from mailbot.core.model.promise import Promise, PromiseState
from mailbot.core.model.reason import why
from mailbot.core.model.silence import ANSWERED, is_kind
from mailbot.core.model.ticket import Look, LookFor, Ticket, TicketState
from mailbot.core.promises import schedule
from mailbot.core.promises.at_work import at_work_from, within_hours
from mailbot.core.promises.business_hours import add
from mailbot.core.rules.setting import FreshIds, Setting

CHECKED = "checked-in"
_TOO_LATE = timedelta(days=14)  # after a long stop nobody is asked about something long past


def ask_once_more(change: Change, promise: Promise, matter: str, question: str = "") -> Decision:
    """The time that the customer had is over: one gentle nudge with the `question`, and the next time a closing letter."""
    policy = change.setting.policy
    late = change.now > promise.due
    if late:
        change.end_promise(PromiseState.LATE)
    if promise.made_by == "nudge":
        return _close(change, promise, matter)
    # Their time is over now, so whatever an agent promises from here on is owed, and there is no second nudge.
    change.set(waiting_until=min(change.ticket.waiting_until or change.now, change.now))
    key = f"promise:{promise.id}:nudge"
    due = add(change.now, policy.close_after, policy.business)
    new = change.promise_by(due, made_by="nudge", stated_by=key)
    change.letter(NudgeLetter(matter=matter, late=late, question=question), key=key, states=new)
    change.event(why("event.nudged.closes", closes=new.due))
    return change.decision("nudged", why("outcome.closes", closes=new.due))


def _close(change: Change, promise: Promise, matter: str) -> Decision:
    change.end_promise(PromiseState.REPLACED)
    change.set(state=TicketState.RESOLVED, resolved_at=change.now, waiting_for=None, waiting_until=None)
    change.letter(ClosedLetter(matter=matter), key=f"promise:{promise.id}:closed")
    change.event(why("event.closed.no-answer"))
    notice = AnswerNotice(title=why("state.closed"), lines=[why("closed.no-answer")])
    for agent in readers(change.setting.policy, change.ticket):
        change.notice(agent, notice, key=f"closed:{promise.id}")
    return change.decision("closed", why("outcome.no-answer"))


def remind_agents(
    ticket: Ticket,
    setting: Setting,
    *,
    now: datetime,
    fresh: FreshIds,
    notes: Sequence[Event] = (),
    met: Acquaintance | None = None,
) -> Decision:
    """Remind a ticket's agents of a customer whom only they may write to: again and again, while a word is owed."""
    change = Change(setting, ticket, None, now, fresh, notes, met)
    look, again = ticket.look, schedule.watch_at(ticket, setting.policy, now)
    if look is None or again is None:
        change.set(look=None)
        return change.decision("done", why("outcome.nobody-owed"))
    return _still_unanswered(change, look.at, again)


def _still_unanswered(change: Change, since: datetime, again: datetime) -> Decision:
    """Remind agents of a customer whom only they may write to, and the lead of an outage; each in their own hours."""
    policy, ticket = change.setting.policy, change.ticket
    people = list(readers(policy, ticket))
    if ticket.priority == 1:
        people += [lead for lead in policy.leads() if lead not in people]
    awake = [a for a in people if ticket.priority == 1 or within_hours(a, ticket, policy, change.now)]
    if not awake:
        opens = min((at_work_from(a, ticket, policy, change.now) for a in people), default=again)
        change.set(look=Look(LookFor.REMIND_AGENTS, max(opens, change.now + policy.grain)))
        return change.decision("waited", why("outcome.nobody-at-work", opens=opens))
    change.set(reminders=ticket.reminders + 1)
    change.set(look=Look(LookFor.REMIND_AGENTS, schedule.watch_at(change.ticket, policy, change.now) or again))
    answered = is_kind(ticket.mute, *ANSWERED)
    notice = UnansweredNotice(promised=since, answered=answered)
    for agent in awake:
        tap = "/resolve" if answered else "" if policy.has_it(ticket) else "/take"
        # By its version and not by the time: if the clock was set back, the same time comes twice.
        key = f"unanswered:{ticket.number}:{ticket.version}"
        change.notice(agent, notice, key=key, tap=tap)
    assert ticket.mute is not None
    change.event(why("event.reminded.silent", because=ticket.mute.reason))
    return change.decision("reminded", why("outcome.nobody-wrote", address=ticket.requester.address))


def check_in_look(ticket: Ticket, policy: Policy, now: datetime) -> Look | None:
    """When to check in on a ticket that is resolved now: once, and only if it was an outage or money."""
    after = policy.check_in_after
    if after is None or ticket.priority > 2 or CHECKED in ticket.tags:
        return None
    return Look(LookFor.CHECK_IN, add(now, after, policy.business))


def check_in(ticket: Ticket, setting: Setting, *, now: datetime, fresh: FreshIds) -> Decision:
    """Ask once whether it still holds; nothing is said if it was opened again, or is long past."""
    change = Change(setting, ticket, None, now, fresh)
    look = ticket.look
    change.set(look=None)
    if ticket.unresolved or ticket.mute is not None or look is None or now - look.at > _TOO_LATE:
        return change.decision("done", why("outcome.nothing-to-ask"))
    change.set(tags=(*ticket.tags, CHECKED))
    change.letter(CheckInLetter(matter=matter_of_ticket(ticket)), key=f"check-in:{ticket.number}")
    change.event(why("event.checked-in.holds"))
    return change.decision("asked", why("outcome.still-holds"))
