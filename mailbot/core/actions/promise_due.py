"""What happens when a promise is nearly due: a reminder to the agent, a cover to the customer, or owning up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mailbot.core.actions import quiet_end
from mailbot.core.actions.change import Change
from mailbot.core.actions.gratitude import is_thanked, spare
from mailbot.core.actions.one_tap import no_news
from mailbot.core.actions.recipients import on_call
from mailbot.core.actions.waiting_customer import ask_once_more
from mailbot.core.actions.writing_permission import allowance_for, no_letter, until_reply
from mailbot.core.letters.build import readers, shown
from mailbot.core.letters.quotable import matter_of_ticket
from mailbot.core.letters.sentences import last_question
from mailbot.core.model.acquaintance import Acquaintance
from mailbot.core.model.confirmed_address import Addressee, Allowance, ConfirmedBy
from mailbot.core.model.decision import Decision
from mailbot.core.model.event import Event
from mailbot.core.model.letter_fields import CoverLetter, LateLetter
from mailbot.core.model.message import Author, Message
from mailbot.core.model.notice_fields import CoveredNotice, ReminderNotice
from mailbot.core.model.policy import Agent, Policy
from mailbot.core.model.promise import Promise, PromiseState
from mailbot.core.model.reason import why
from mailbot.core.model.silence import UNTIL_REPLY
from mailbot.core.model.ticket import Ticket
from mailbot.core.promises import ladder, schedule
from mailbot.core.promises.at_work import at_work, at_work_from
from mailbot.core.rules.setting import FreshIds, Setting

Missed = Sequence[tuple[Ticket, Promise]]
KNOWN = Addressee(how=ConfirmedBy.RESULTS)


def wake(
    ticket: Ticket,
    promise: Promise,
    newest: Message | None,
    setting: Setting,
    *,
    now: datetime,
    fresh: FreshIds,
    answer: Message | None = None,
    missed: Missed = (),
    addressee: Addressee = KNOWN,
    notes: Sequence[Event] = (),
    met: Acquaintance | None = None,
) -> Decision:
    """Look at an open promise whose `wake_at` has come: the first line that fits decides.

    - Resolved quietly: the customer is told at that time that it is solved.
    - It is the customer's turn and the time is near: a nudge, and later the end.
    - Past due: late; one letter owns up and tells the next time, for this and for what else the customer `missed`,
      unless they were answered and said thanks.
    - Two minutes before: covered, unless no letter may go to the customer: then one reminder more, if a time of that
      length gets more than there were.
    - Otherwise: a reminder.

    `newest` is the last message from outside, `answer` the last word of one of us to the customer. `addressee` is what is known of the customer's address: an unconfirmed one gets few letters, of which the last
    states no time. `met`: who they are, for the notices.
    """
    change = Change(setting, ticket, promise, now, fresh, notes, met)
    matter = matter_of_ticket(ticket)
    question = last_question(answer.new_text) if answer is not None and ticket.waits_for_them else ""
    if not ticket.unresolved:
        return quiet_end.keep(change, promise)
    near = now >= schedule.cover_at(promise, setting.policy)
    if near and schedule.owes_nothing(ticket, promise, setting.policy):
        return ask_once_more(change, promise, matter, question)
    if near and ticket.mute is None and is_thanked(ticket):
        return spare(change, promise)
    if now > promise.due:
        return _own_up(change, promise, matter, _also(missed, ticket, setting.policy), addressee)
    if near and ticket.mute is None:
        return _cover(change, promise, matter, question, addressee)
    if near and promise.reminded >= schedule.most_reminders(promise.due - promise.made_at, setting.policy):
        change.look_again(
            replace(promise, wake_at=schedule.wake_at(promise, setting.policy.pace_of(ticket), setting.policy, now))
        )
        return change.decision("waited", why("outcome.reminded-enough", due=promise.due))
    return _remind(change, promise, newest)


def _remind(change: Change, promise: Promise, newest: Message | None) -> Decision:
    policy = change.setting.policy
    cadence = policy.pace_of(change.ticket)
    called = on_call(change)
    people = called or readers(policy, change.ticket)
    awake = [agent for agent in people if at_work(agent, change.ticket, policy, change.now)]
    if not awake:
        return _remind_later(change, promise, people)
    later = replace(promise, reminded=promise.reminded + 1)
    climbs = ladder.climbs(change.ticket, policy, later, change.now)
    later = replace(later, wake_at=schedule.wake_at(later, cadence, policy, change.now, climbs))
    change.look_again(later)
    left = min(promise.due, promise.said or promise.due) - change.now
    promised_by = policy.agents.get(promise.agent or "")
    cover = schedule.cover_at(promise, policy)
    # On call, each hears as often as anybody would: whoever heard already is not told again because another one is.
    passed = sum(1 for at in schedule.moments(promise, cadence, policy) if at <= change.now)
    nth = f"call{passed}" if called else str(later.reminded)
    for agent in awake:
        notice = ReminderNotice(
            text=shown(newest.new_text) if newest and newest.author is not Author.STRANGER else "",
            left_seconds=max(int(left.total_seconds()), 0),
            promised_by=promised_by.name if promised_by is not None and promised_by.id != agent.id else "",
            named=promise.said,
            cover=cover if change.ticket.mute is None and cover > change.now else None,
        )
        tap = "" if policy.has_it(change.ticket) else "/take"
        choices = (no_news(change.ticket, policy, change.now),) if notice.cover is not None else ()
        change.notice(agent, notice, key=f"remind:{promise.id}:{nth}", tap=tap, choices=choices)
    for agent in called:
        change.call(agent)
    change.event(why("event.reminded.due", due=promise.due))
    return change.decision("reminded", why("outcome.due", due=promise.due))


def _remind_later(change: Change, promise: Promise, people: Sequence[Agent]) -> Decision:
    """Nobody who could be reminded is at work: wait until the first of them is, or for the cover."""
    policy = change.setting.policy
    cover = schedule.cover_at(promise, policy)
    opens = min(at_work_from(agent, change.ticket, policy, change.now) for agent in people)
    at = min(cover, opens)
    if at <= change.now:
        at = schedule.wake_at(promise, policy.pace_of(change.ticket), policy, change.now)
    change.look_again(replace(promise, wake_at=at))
    return change.decision("waited", why("outcome.nobody-at-work", opens=opens))


def _cover(change: Change, promise: Promise, matter: str, question: str, addressee: Addressee) -> Decision:
    """No human word came: the desk says so before the time, and tells the next time, counted from that one."""
    left = allowance_for(change, addressee)
    if left is Allowance.NONE:
        return _say_no_more(change, promise)
    nth = change.ticket.covers + 1
    change.set(covers=nth)
    due = schedule.after_cover(change.ticket, change.setting.policy, promise.due, confirmed=addressee.confirmed)
    change.end_promise(PromiseState.COVERED)
    letter = CoverLetter(
        matter=matter,
        promised=promise.due,
        nth=nth,
        reminded=promise.reminded,
        lead_told=bool(_leads_told(change)),
        waiting_for=change.ticket.waiting_for,
        question=question,
        last=left is not Allowance.FREE,
    )
    return _say_next(change, promise, due if left is Allowance.FREE else None, letter, "covered")


def _say_no_more(change: Change, promise: Promise) -> Decision:
    """The address has had its letters of this week; the last of them said that we write again once it is answered."""
    change.end_promise(PromiseState.REPLACED)
    until_reply(change)
    _tell_agents(change, promise, promise.due, due=None)
    return change.decision("silent", no_letter(change))


def _own_up(change: Change, promise: Promise, matter: str, also: Missed, addressee: Addressee) -> Decision:
    """The time has passed without a word, most likely because the desk was down: one letter says so, for all of it.

    What counts is how often a customer was told a time: one letter may have told it for several tickets.
    """
    left = allowance_for(change, addressee) if change.ticket.mute is None else Allowance.FREE
    if left is Allowance.NONE:
        return _say_no_more(change, promise)
    others = [Change(change.setting, t, p, change.now, change.fresh) for t, p in also if change.ticket.mute is None]
    for one in (change, *others):
        one.set(covers=one.ticket.covers + 1)
        one.end_promise(PromiseState.LATE)
    due = min(
        schedule.after_cover(one.ticket, change.setting.policy, change.now, confirmed=addressee.confirmed)
        for one in (change, *others)
    )
    letter = LateLetter(
        matter=matter,
        promised=min(promise.due, *(p.due for _, p in also)) if others else promise.due,
        nth=change.ticket.covers,
        missed=len({promise.stated_by, *(p.stated_by for _, p in also)}) if others else 1,
        others=[matter_of_ticket(one.ticket) or one.ticket.number for one in others],
        other_numbers=[one.ticket.number for one in others],
        waiting_for=change.ticket.waiting_for,
        last=left is not Allowance.FREE,
    )
    decision = _say_next(change, promise, due if left is Allowance.FREE else None, letter, "late")
    for one, (_, old) in zip(others, also, strict=False):
        one.event(why("event.told.with", number=change.ticket.number, due=old.due))
        if left is Allowance.FREE:
            one.promise_by(due, made_by="late", stated_by=f"promise:{promise.id}:late")
        else:
            until_reply(one)
        _tell_agents(one, old, old.due, due=one.promise.due if one.promise else None)
        decision = decision.along_with(one.decision("late"))
    return decision


def _also(missed: Missed, ticket: Ticket, policy: Policy) -> Missed:
    """What else this customer missed and may be told in the same letter; a nudge never stands in for one."""
    return [
        (t, p)
        for t, p in missed
        if t.number != ticket.number
        and t.unresolved
        and t.mute is None
        and not is_thanked(t)
        and t.inbox == ticket.inbox
        and t.requester.key == ticket.requester.key
        and not schedule.owes_nothing(t, p, policy)
    ]


def _say_next(
    change: Change, old: Promise, due: datetime | None, letter: CoverLetter | LateLetter, outcome: str
) -> Decision:
    """The letter, and the next time that it states; `due` None: it is the last, and states none."""
    ticket = change.ticket
    if ticket.mute is not None:
        # A list, or an address that fails: no letter may go, so nothing new is promised; the agents hear all the more.
        _tell_agents(change, old, letter.promised, due=None)
        return change.decision(outcome, no_letter(change))
    key = f"promise:{old.id}:{letter.letter}"
    if due is None:
        change.letter(letter, key=key)
        until_reply(change)
        _tell_agents(change, old, letter.promised, due=None, last=True)
        return change.decision(outcome, why("mute.last_letter", reason=UNTIL_REPLY.reason))
    promise = change.promise_by(due, made_by=letter.letter, stated_by=key)
    change.letter(letter, key=key, states=promise)
    _tell_agents(change, old, letter.promised, due=promise.due)
    return change.decision(outcome, why("outcome.next", due=promise.due))


def _unheard(change: Change) -> bool:
    """Whether an outage, or what may be one, waits without any human word so far: of which the lead is told."""
    ticket = change.ticket
    return (ticket.priority == 1 or change.setting.policy.is_alarmed(ticket)) and ticket.first_word_at is None


def _leads_told(change: Change) -> Sequence[Agent]:
    """Who hears of a cover beside those whose ticket it is: whoever leads, of a second in a row or an outage unheard."""
    policy, ticket = change.setting.policy, change.ticket
    if ticket.covers < 2 and not _unheard(change):
        return ()
    people = readers(policy, ticket)
    return tuple(lead for lead in policy.leads() if lead not in people)


def _tell_agents(change: Change, old: Promise, promised: datetime, *, due: datetime | None, last: bool = False) -> None:
    """Tell the ticket's agent of each cover, and the lead of a second in a row or of an outage without a word."""
    policy, ticket = change.setting.policy, change.ticket
    notice = CoveredNotice(nth=ticket.covers, promised=promised, next=due, unheard=_unheard(change), last=last)
    people = (*on_call(change), *readers(policy, ticket), *_leads_told(change))
    for agent in {agent.id: agent for agent in people}.values():
        change.notice(agent, notice, key=f"covered:{old.id}")
