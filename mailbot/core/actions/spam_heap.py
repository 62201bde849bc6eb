"""The spam heap: what our own mail server marked waits there, unanswered, until a person looks; `/ham` brings it back.

Nothing in it is lost: each mail is a ticket, each ticket a line in a mail to the leads of its inbox, at the start of
their next day. A customer whose next mail to a ticket in the heap is unmarked takes it out themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from mailbot.core.actions.case import Case
from mailbot.core.actions.change import Change
from mailbot.core.actions.first_word import first_word
from mailbot.core.actions.join_ticket import remember_customer
from mailbot.core.actions.new_ticket import new_ticket
from mailbot.core.actions.new_ticket_notices import tell_of_new
from mailbot.core.actions.writing_permission import watch
from mailbot.core.intake.find_ticket import Place, is_party
from mailbot.core.intake.identity import Standing, Who
from mailbot.core.intake.incoming import Incoming, refs_of
from mailbot.core.intake.screen import too_old
from mailbot.core.intake.spam import untagged
from mailbot.core.intake.tokens import Token, TokenKind
from mailbot.core.letters.build import at_large
from mailbot.core.letters.quotable import matter_of_ticket
from mailbot.core.letters.reply_links import one_tap
from mailbot.core.model.decision import Decision
from mailbot.core.model.desk_notices import HeapLine, HeapNotice
from mailbot.core.model.event import Event
from mailbot.core.model.known import Keys, Known
from mailbot.core.model.letter_fields import UpdateLetter
from mailbot.core.model.mail import Kind, Mail, Screening
from mailbot.core.model.message import Author, Message
from mailbot.core.model.policy import Agent, Policy
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.silence import MARKED, Mute, Silence, is_kind
from mailbot.core.model.ticket import Customer, Look, LookFor, Ticket, TicketState
from mailbot.core.promises import schedule
from mailbot.core.promises.business_hours import is_open, next_open, next_start
from mailbot.core.rules.setting import FreshIds, Setting
from mailbot.core.rules.triage import triage
from mailbot.core.rules.weighing import facts_again, facts_of, weighed

SHOWN: Final = 50
"""How many tickets have a line of their own in one digest."""
AT_ONCE: Final = 500
"""How many tickets one digest tells of."""


def belongs_there(incoming: Incoming, place: Place) -> bool:
    """Whether a mail goes into the heap: one that our server marked, in a new matter or in one that is there."""
    if incoming.screening.marked is None or incoming.passed_on_by is not None:
        return False
    return place.ticket is None or place.ticket.state is TicketState.SPAM


def lay(case: Case, place: Place) -> Decision:
    """Put a mail into the heap, as a ticket of its own or with the one that it belongs to. Nobody is written to."""
    incoming = case.incoming
    mark = incoming.screening.marked
    assert mark is not None
    if place.ticket is not None:
        return _lay_beside(case, place.ticket)
    facts = facts_of(incoming, case.known, case.setting, case.now)
    result = triage(facts, case.setting.rules)
    if result.ignore:
        message = case.message(ticket=None, author=Author.CUSTOMER, note=result.why)
        what = why("event.ignored.by-rule", address=incoming.sender.address, because=result.why)
        event = Event(ticket=None, at=case.now, what=what)
        return Decision(outcome="ignored", reason=result.why, messages=(message,), events=(event,))
    made = new_ticket(case, result, case.fresh.number())
    ticket = replace(
        made,
        state=TicketState.SPAM,
        subject=untagged(made.subject, case.setting.policy.spam),
        mute=MARKED if incoming.screening.reason == mark else made.mute,
        look=told_at(case.setting.policy, incoming.inbox, case.now),
    )
    change = case.change(ticket)
    # Without `alike`: a wave of spam is no sign of trouble that hits many.
    message = replace(
        case.message(ticket=ticket.number, author=Author.CUSTOMER, note=mark),
        weighed=weighed(facts, result, case.setting.rules),
    )
    change.message(message, refs_of(incoming, ticket.number) if incoming.form is None else ())
    change.event(why("event.marked-as-spam.by-server", because=mark))
    return change.decision("opened", mark)


def _lay_beside(case: Case, ticket: Ticket) -> Decision:
    """One more marked mail of a ticket in the heap: the leads hear of it once more."""
    incoming = case.incoming
    change = case.change(ticket)
    theirs = is_party(ticket, incoming.keys.sender)
    message = case.message(
        ticket=ticket.number,
        author=Author.CUSTOMER if theirs else Author.STRANGER,
        note=incoming.screening.marked,
    )
    change.message(message, refs_of(incoming, ticket.number))
    change.set(look=ticket.look or told_at(case.setting.policy, incoming.inbox, case.now))
    change.event(why("event.marked-as-spam.by-server", because=incoming.screening.marked))
    return change.decision("joined", incoming.screening.marked)


# --- the leads hear of it ------------------------------------------------------------------------------------------


def leads_of(policy: Policy, inbox: str) -> tuple[Agent, ...]:
    """Who is told of an inbox's heap: the leads in its group, else all leads."""
    here = policy.inboxes.get(inbox)
    members = policy.group(here.group) if here is not None else ()
    return tuple(agent for agent in members if agent.lead) or policy.leads()


def told_at(policy: Policy, inbox: str, now: datetime) -> Look:
    """When the leads of an inbox are next told what is in its heap: as soon as the first of them begins a day."""
    first = min(next_start(now, policy.hours_of(lead)) for lead in leads_of(policy, inbox))
    return Look(LookFor.TELL_HEAP, first)


def tell(tickets: Sequence[Ticket], setting: Setting, *, now: datetime, fresh: FreshIds) -> Decision:
    """One mail to each lead about all these tickets of one inbox, each at the start of their own day."""
    policy, first = setting.policy, tickets[0]
    tickets = [ticket for ticket in tickets if ticket.inbox == first.inbox]
    decided: Decision | None = None
    for ticket in tickets:
        change = Change(setting, ticket, None, now, fresh)
        change.set(look=None)
        one = change.decision("told", why("outcome.heap", count=len(tickets)))
        decided = one if decided is None else decided.along_with(one)
    assert decided is not None
    inbox = first.inbox if first.inbox in policy.inboxes else next(iter(policy.inboxes))
    mails = tuple(
        replace(
            at_large(
                setting,
                lead,
                HeapNotice(lines=_lines(tickets[:SHOWN], lead, inbox, setting, key), count=len(tickets)),
                inbox=inbox,
                key=key,
                now=now,
            ),
            not_before=now if is_open(now, policy.hours_of(lead)) else next_open(now, policy.hours_of(lead)),
        )
        for lead in leads_of(policy, first.inbox)
        for key in (f"heap:{first.number}:{first.version}:{lead.id}",)
    )
    return replace(decided, outgoing=(*decided.outgoing, *mails))


def _lines(tickets: Sequence[Ticket], lead: Agent, inbox: str, setting: Setting, key: str) -> list[HeapLine]:
    policy = setting.policy
    return [
        HeapLine(
            number=ticket.number,
            from_=f"{ticket.requester.name or ''} <{ticket.requester.address}>".strip(),
            subject=" ".join(ticket.subject.split())[:120],
            tap=one_tap(
                policy,
                policy.inboxes[inbox],
                Token(
                    kind=TokenKind.AGENT,
                    ticket=ticket.number,
                    agent=lead.id,
                    epoch=lead.epoch,
                    answers=ticket.answers,
                ),
                setting.signer,
                key=key,
                ticket=ticket.number,
                line="/ham",
            ),
        )
        for ticket in tickets
    ]


# --- and takes it out again ----------------------------------------------------------------------------------------


def cannot_bring_back(ticket: Ticket) -> Reason | None:
    """Why `/ham` has no effect here; None if the ticket is in the heap, or somebody said `/spam` of it."""
    if ticket.state is TicketState.SPAM or is_kind(ticket.mute, Silence.SPAM):
        return None
    return why("ham.not-there")


def bring_back(change: Change, opening: Message | None, *, by: str, speaks: bool) -> None:
    """A ticket leaves the heap: it is a customer's like any other, and what is promised counts from now.

    It is acknowledged, unless a person's words go out at the same moment (`speaks`), it came in too long ago
    (`Limits.too_old`), or there is another reason to be silent. `by` is an agent's id.
    """
    ticket, policy = change.ticket, change.setting.policy
    said_spam = is_kind(ticket.mute, Silence.SPAM)
    change.set(
        state=TicketState.OPEN,
        resolved_at=None,
        look=None,
        mute=None if is_kind(ticket.mute, Silence.SPAM, Silence.MARKED) else ticket.mute,
    )
    change.event(why("event.no-spam"), by=by)
    if speaks or said_spam or opening is None:
        watch(change)
        return
    again = _taken_in(opening, change.ticket)
    first = opening.weighed is None or opening.weighed.first_contact is True
    known = Known(customer=None if first else _acquaintance(opening))
    if change.now - opening.received_at > policy.limits.too_old:
        change.set(mute=Mute(Silence.PERSON, too_old(policy.limits)))
    remember_customer(change, again, known)
    result = triage(facts_again(opening, ticket.inbox, policy, change.setting.detect), change.setting.rules)
    first_word(change, again, known, result)
    tell_of_new(change, again, Place(ticket=None, why=why("outcome.ham")), known, result, opening.id)


def ham(ticket: Ticket, known: Known, setting: Setting, *, now: datetime, fresh: FreshIds) -> Decision | Reason:
    """What `/ham` does, said on the command line; or why it has no effect."""
    if (problem := cannot_bring_back(ticket)) is not None:
        return problem
    change = Change(setting, ticket, known.promises.get(ticket.number), now, fresh)
    bring_back(change, known.openings.get(ticket.number), by="admin", speaks=False)
    due = schedule.owed(change.ticket, setting.policy, now)
    if change.promise is None and due is not None:  # somebody had said `/spam` of a customer
        key = f"promise:{ticket.number}:{ticket.version}:reopened"
        promise = change.promise_by(due, made_by="update", stated_by=key)
        change.letter(UpdateLetter(matter=matter_of_ticket(ticket), reason="reopened"), key=key, states=promise)
    return change.decision("ham", why("outcome.ham"))


def _acquaintance(opening: Message) -> Customer:
    return Customer(address=opening.from_.key, name=opening.from_.name, first_seen=opening.received_at)


def _taken_in(opening: Message, ticket: Ticket) -> Incoming:
    """The mail that opened a ticket, as far as the store kept it, for the first word to its writer."""
    mail = Mail(
        message_id=opening.message_id,
        subject=ticket.subject,
        date=opening.date,
        from_=(opening.from_,),
        text=opening.text,
        attachments=opening.attachments,
        fingerprint=opening.content_key,
        size=0,
    )
    return Incoming(
        mail=mail,
        inbound=opening.inbound,
        inbox=ticket.inbox,
        received_at=opening.received_at,
        new_text=opening.new_text,
        screening=Screening(kind=Kind.PERSON, opens_ticket=True, may_answer=True, reason=why("screen.ham")),
        bounce=None,
        tokens=(),
        who=Who(standing=Standing.CUSTOMER),
        keys=Keys(content_key=opening.content_key, sender=opening.from_.key),
        standing=opening.standing,
    )
