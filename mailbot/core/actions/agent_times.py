"""The time that a customer is told by an agent's verbs alone, and what becomes of the one that they were told before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, tzinfo

from mailbot.core.actions.agent_reply import Reply
from mailbot.core.actions.change import Change
from mailbot.core.actions.gratitude import no_longer_thanked
from mailbot.core.actions.writing_permission import may_promise, watch
from mailbot.core.language.dates import parse_when
from mailbot.core.letters.build import iso
from mailbot.core.letters.quotable import matter_of_ticket
from mailbot.core.letters.sentences import last_question
from mailbot.core.model.confirmed_address import ConfirmedBy
from mailbot.core.model.letter_fields import UpdateLetter
from mailbot.core.model.policy import Agent
from mailbot.core.model.promise import Promise
from mailbot.core.model.reason import Reason, why
from mailbot.core.promises import ladder, schedule
from mailbot.core.promises.schedule import as_told


def agent_zone(change: Change, agent: Agent) -> tzinfo:
    """The zone in which an agent writes times."""
    return agent.zone or change.setting.policy.zone


def when_said(change: Change, text: str, agent: Agent) -> datetime | None:
    """The moment that an agent means by what stands behind a verb; None if that is no clear time ahead."""
    hours = change.setting.policy.pace_of(change.ticket).hours
    return parse_when(text, now=change.now, zone=agent_zone(change, agent), hours=hours)


def is_told(change: Change, promise: Promise, due: datetime) -> bool:
    """Whether that is the time which the customer was told, to the minute."""
    return promise.due == as_told(due, change.now, change.setting.policy.grain)


def state_time(change: Change, due: datetime, update: UpdateLetter, reply: Reply, *, own: bool) -> None:
    """A new time without any other words goes out as an update; `own`: the agent named it, not the pace."""
    no_longer_thanked(change)
    change.confirm(change.ticket.requester.key, ConfirmedBy.PERSON)
    by, key = reply.agent.id, f"promise:{reply.message.id}:{update.reason}"
    promise = change.promise_by(due, made_by="update", stated_by=key, agent=by if own else None, by=by)
    change.letter(update, key=key, states=promise)


def mend_promise(change: Change, reply: Reply, before: int, lines: list[Reason | str]) -> None:
    """Make a promise for an unresolved ticket that a verb left without one (by a new priority, a reopening).

    A ticket that weighs more than before hears sooner, if its new pace says so: but the time that one of us named
    stays, and the agent is told so. Of an outage that was given back at night somebody more may be told before long.
    """
    ticket = change.ticket
    if ticket.unresolved and not may_promise(change):
        watch(change)
    due = schedule.owed(ticket, change.setting.policy, change.now)
    if due is None:
        return
    if change.promise is None:
        reason = "reopened" if "reopen" in reply.names else "waiting" if ticket.their_turn else "word"
        question = last_question(reply.answer.new_text) if reply.answer is not None and reason == "waiting" else ""
        update = UpdateLetter(matter=matter_of_ticket(ticket), reason=reason, question=question)
        state_time(change, due, update, reply, own=False)
    elif ticket.priority < before and due < change.promise.due:
        if change.promise.agent is not None:
            lines.append(why("promise.stays", due=iso(change.promise.due), sooner=iso(due)))
            return
        state_time(change, due, UpdateLetter(matter=matter_of_ticket(ticket), reason="sooner"), reply, own=False)
    elif "release" in reply.names and not schedule.owes_nothing(ticket, change.promise, change.setting.policy):
        wake = change.promise.wake_at or change.promise.due
        climbs = ladder.climbs(ticket, change.setting.policy, change.promise, change.now)
        if climbs and climbs[0] < wake:
            change.look_again(replace(change.promise, wake_at=climbs[0]))
