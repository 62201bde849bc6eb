"""What happens when a promise's time comes near: a reminder to the agent, a cover to the customer, or owning up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailbot.core import promises
from mailbot.core.change import Change
from mailbot.core.desk import Decision, Message, Promise, PromiseState, Ticket
from mailbot.core.letters import iso, matter_of, readers, shown
from mailbot.core.setting import FreshIds, Setting


def wake(
    ticket: Ticket, promise: Promise, newest: Message | None, setting: Setting, *, now: datetime, fresh: FreshIds
) -> Decision:
    """Look at an open promise whose `wake_at` has come: first line that fits decides.

    past due: late, one letter owns up and tells the next time; two minutes before: covered, unless no letter may go to
    the customer; else: a reminder.
    """
    change = Change(setting, ticket, promise, now, fresh)
    matter = matter_of("", ticket.subject)
    if now > promise.due:
        return _own_up(change, promise, matter)
    if now >= promises.cover_at(promise, setting.policy) and ticket.mute is None:
        return _cover(change, promise, matter)
    return _remind(change, promise, newest)


def _remind(change: Change, promise: Promise, newest: Message | None) -> Decision:
    policy = change.setting.policy
    cadence = policy.cadences[change.ticket.priority]
    later = replace(
        promise, reminded=promise.reminded + 1, wake_at=promises.wake_at(promise, cadence, policy, change.now)
    )
    change.look_again(later)
    left = promise.due - change.now
    fields = {
        "left_seconds": int(left.total_seconds()),
        "text": shown(newest.new_text) if newest else "",
    }
    promised_by = policy.agents.get(promise.made_by)
    for agent in readers(policy, change.ticket):
        by = promised_by.name if promised_by is not None and promised_by.id != agent.id else ""
        about = {**fields, "promised_by": by}
        change.notice(agent, "reminder", key=f"remind:{promise.id}:{later.reminded}", fields=about)
    change.event("reminded", f"the word due {iso(promise.due)}")
    return change.decision("reminded", f"the word due {iso(promise.due)}")


def _cover(change: Change, promise: Promise, matter: str) -> Decision:
    """No human word came: the desk says so before the time, and tells the next one, counted from that time."""
    due = _next(change, promise.due)
    nth = change.ticket.covers + 1
    change.set(covers=nth)
    change.end_promise(PromiseState.COVERED)
    return _say_next(
        change, promise, due, "cover", "covered", {"matter": matter, "nth": nth, "promised": iso(promise.due)}
    )


def _own_up(change: Change, promise: Promise, matter: str) -> Decision:
    """The time has passed without a word, most likely since the desk was down: one letter says so, for all of it."""
    due = _next(change, change.now)
    nth = change.ticket.covers + 1
    change.set(covers=nth)
    change.end_promise(PromiseState.LATE)
    return _say_next(
        change, promise, due, "late", "late", {"matter": matter, "nth": nth, "missed": 1, "promised": iso(promise.due)}
    )


def _next(change: Change, after: datetime) -> datetime:
    """When to speak next; a ticket that is unresolved always has a next time, whatever its cadence."""
    policy = change.setting.policy
    due = promises.next_due(change.ticket, policy, after)
    return due or promises.answer_due(change.ticket, policy, after) or promises.far(policy, after)


def _say_next(
    change: Change, old: Promise, due: datetime, letter: str, outcome: str, fields: dict[str, object]
) -> Decision:
    ticket = change.ticket
    if ticket.mute is not None:
        # A list, or an address that fails: no letter may go, so nothing new is promised; the agents hear all the more.
        _tell_agents(change, old, fields, due=None)
        return change.decision(outcome, f"{ticket.mute}: no letter")
    key = f"promise:{old.id}:{letter}"
    promise = change.promise_by(due, made_by=letter, stated_by=key)
    change.letter(letter, key=key, fields={**fields, "waiting_for": ticket.waiting_for}, states=promise)
    _tell_agents(change, old, fields, due=promise.due)
    return change.decision(outcome, f"next word by {iso(promise.due)}")


def _tell_agents(change: Change, old: Promise, fields: dict[str, object], due: datetime | None) -> None:
    """Whoever has the ticket is told of each cover; a second in a row goes to the lead as well."""
    policy = change.setting.policy
    people = list(readers(policy, change.ticket))
    if change.ticket.covers >= 2:
        people += [a for a in policy.leads() if a not in people]
    about = {"nth": change.ticket.covers, "promised": fields["promised"], "next": iso(due), "text": ""}
    for agent in people:
        change.notice(agent, "covered", key=f"covered:{old.id}", fields=about)
