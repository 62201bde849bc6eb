"""What a customer's mail does: opens a ticket, joins one, reopens one; and the first word back to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from mailbot.core.actions.carried_files import for_notice
from mailbot.core.actions.case import Case
from mailbot.core.actions.change import Change
from mailbot.core.actions.confirming import confirm, vouch
from mailbot.core.actions.doubted import doubt_of, warning_of
from mailbot.core.actions.gratitude import be_thanked, mere_thanks, no_longer_thanked, thank_others
from mailbot.core.actions.leave_to_write import heard_again, room_for, until_reply, watch
from mailbot.core.actions.new_ticket_notices import tell_of_new
from mailbot.core.actions.open_ticket import new_ticket
from mailbot.core.actions.recipients import (
    note_passed_on,
    tell_linked,
    to_whom,
    who_hears,
)
from mailbot.core.intake.find_ticket import Place, is_party
from mailbot.core.intake.incoming import Incoming, refs_of
from mailbot.core.letters.build import matter_of, shown
from mailbot.core.letters.quotable import matter_of_mail, matter_of_ticket
from mailbot.core.model.confirmed_address import Addressee, Room, is_second
from mailbot.core.model.decision import Decision
from mailbot.core.model.event import Event
from mailbot.core.model.known import Known
from mailbot.core.model.letter_fields import (
    AckLetter,
    Article,
    CustomerLetter,
    FeedbackLetter,
    FirstWord,
    TooLargeLetter,
    UpdateLetter,
)
from mailbot.core.model.message import Author
from mailbot.core.model.notice_fields import FollowupNotice
from mailbot.core.model.silence import Silence, is_kind
from mailbot.core.model.ticket import Customer, Ticket, TicketState
from mailbot.core.promises import schedule
from mailbot.core.rules.triage import Triage, triage
from mailbot.core.rules.weighing import alike_of, facts_of, weighed
from mailbot.core.sending.limits import FORM_ACK

NO_STAND: Mapping[str, None] = {"plan": None, "workaround": None, "eta": None, "eta_at": None}
"""What was set down for a matter that was taken as solved: it did not hold, so it is not told as what we do now."""
_QUESTION = ("?", "\uff1f", "\u061f", "\u037e")  # Latin, full width, Arabic, Greek


def open_ticket(case: Case, place: Place) -> Decision:
    """A new matter: weigh it, tell the customer when they hear from a person, tell the agents."""
    incoming = case.incoming
    facts = facts_of(incoming, case.known, case.setting, case.now)
    result = triage(facts, case.setting.rules)
    if result.ignore:
        message = case.message(ticket=None, author=Author.CUSTOMER, note=result.why)
        event = Event(ticket=None, at=case.now, what="ignored", detail=f"{incoming.sender.address}: {result.why}")
        return Decision(outcome="ignored", reason=result.why, messages=(message,), events=(event,))
    number = case.fresh.number()
    ticket = new_ticket(case, result, number)
    change = case.change(ticket)
    message = replace(
        case.message(ticket=number, author=Author.CUSTOMER),
        alike=alike_of(incoming),
        weighed=weighed(facts, result, case.setting.rules),
    )
    # The Message-ID of a form's mail leads nowhere: who filled it in never saw it, and it may be the same each time.
    change.message(message, refs_of(incoming, number) if incoming.form is None else ())
    change.event("opened", f"priority {ticket.priority}: {ticket.why}")
    if place.claimed is not None:
        change.event("claim", f"the subject names #{place.claimed}, to which the sender does not belong")
    remember_customer(change, incoming, case.known)
    known = replace(case.known, addressee=confirm(change, incoming, case.known))
    first_word(change, incoming, known, result)
    thank_others(change, incoming, result)
    if ticket.priority <= 3 and known.recent_trouble:
        change.event("again", f"serious trouble {known.recent_trouble + 1} times within 30 days")
    tell_of_new(change, incoming, place, known, result, message.id)
    return change.decision("opened", ticket.why)


def join_ticket(case: Case, place: Place) -> Decision:
    """Another mail of a known matter: the agents hear of it; the customer hears if nothing is promised to them.

    One that is not confirmed, where its sender's mails used to be, may wake the ticket and do nothing more.
    """
    incoming, known = case.incoming, case.known
    ticket = place.ticket
    assert ticket is not None
    doubt = doubt_of(incoming, (ticket, *place.same), known)
    if doubt is not None:
        place = replace(place, same=())  # two matters are made one by mail that is proven
    change = case.change(ticket)
    for other in place.same:
        change.merge(other, known.promises.get(other.number))
    party = is_party(change.ticket, incoming.keys.sender)
    theirs = party and not incoming.unconfirmed
    if theirs:
        vouch(change, incoming)
    ticket = change.ticket
    message = case.message(
        ticket=ticket.number,
        author=Author.CUSTOMER if theirs else Author.STRANGER,
        note=place.why,
    )
    change.message(message, refs_of(incoming, ticket.number))
    for number in place.linked:
        change.event("linked", f"a mail of {incoming.sender.address} refers to #{number} as well")
        change.event("linked", f"a mail in #{ticket.number} refers to this one as well", ticket=number)
    if party:
        change.set(thread=thread_with(ticket, incoming.mail.message_id))
        remember_customer(change, incoming, known)
    addressee = confirm(change, incoming, known)
    thanks = theirs and mere_thanks(incoming, case.setting)
    if thanks and doubt is None:
        be_thanked(change, incoming, message.id, known.answers.get(ticket.number))
        _speak_of_merged(change, place, incoming, addressee)
        return change.decision("joined", "they say thanks, and that needs no answer")
    by = "customer" if party else "stranger"
    change.event(
        "wrote",
        f"{incoming.sender.address}: {matter_of(incoming.new_text, incoming.mail.subject)}",
        by=by,
    )
    reopened = False
    if theirs and not thanks and incoming.screening.opens_ticket and not is_kind(ticket.mute, Silence.SPAM):
        reopened = ticket.state is TicketState.RESOLVED
        _heed(change, incoming, known, addressee, confirmed=doubt is None)
    _speak_of_merged(change, place, incoming, addressee)
    attach, files = for_notice(incoming)
    notice = FollowupNotice(
        text=shown(incoming.told),
        from_=incoming.sender.address,
        stranger=not party,
        files=files,
        split=None if party else f"{ticket.number} {message.id}",
        reopened=reopened,
        merged=[other.number for other in place.same],
        linked=place.linked,
        unread=incoming.mail.unread,
        marked=incoming.screening.marked,
        beside=incoming.who.agent.name if incoming.who.agent is not None and not party else None,
        warning=warning_of(doubt, incoming),
    )
    note_passed_on(change, incoming)
    told = who_hears(incoming, ticket, to_whom(incoming, change.ticket, case.setting.policy), case.setting.policy)
    for agent in told:
        change.notice(agent, notice, key=f"notice:{message.id}", attach=attach)
    tell_linked(change, place, known, message.id, notice, told)
    return change.decision("reopened" if reopened else "joined", place.why)


def thread_with(ticket: Ticket, message_id: str | None) -> tuple[str, ...]:
    """The ticket's thread, with one more Message-ID at its end; the first and the latest twenty are kept."""
    if not message_id or message_id in ticket.thread:
        return ticket.thread
    thread = (*ticket.thread, message_id)
    return thread if len(thread) <= 21 else (thread[0], *thread[-20:])


def remember_customer(change: Change, incoming: Incoming, known: Known) -> None:
    """Keep whom a mail is from, and that they can be written to again."""
    if incoming.keys.sender is None or incoming.unconfirmed or incoming.whose is not None:
        return
    if known.customer is None:
        change.customer(Customer(address=incoming.keys.sender, name=incoming.sender.name, first_seen=change.now))
    elif known.customer.undeliverable is not None:
        # Somebody who writes again can be written to again: a full mailbox was emptied.
        change.customer(replace(known.customer, undeliverable=None))


def _asked(text: str) -> bool:
    return any(mark in text for mark in _QUESTION)


def first_word(change: Change, incoming: Incoming, known: Known, result: Triage) -> None:
    """The acknowledgment and the first promise, in one mail; feedback is thanked instead."""
    ticket, policy = change.ticket, change.setting.policy
    if ticket.mute is not None:
        change.event("silent", str(ticket.mute.reason))
        watch(change)
        return
    left = room_for(change, known.addressee, ack=True)
    if left is not Room.FREE:
        until_reply(change)
    if left is Room.NONE:
        return
    cadence = policy.cadences[ticket.priority]
    key = f"{'ack:' if incoming.form is None else FORM_ACK}{ticket.number}"
    due = schedule.first_due(cadence, change.now, ticket.urgency)
    if due is None and _asked(incoming.new_text):
        due = schedule.answer_due(ticket, policy, change.now)
    stated = due if left is Room.FREE else None
    promise = change.promise_by(stated, made_by="ack", stated_by=key) if stated is not None else None
    usual: type[FirstWord] = FeedbackLetter if cadence.first is None else AckLetter
    word = next((one for one in (AckLetter, FeedbackLetter) if one.letter == result.ack), usual)
    matter, second = matter_of_mail(incoming, ticket), is_second(known.addressee, ticket.priority)
    last = left is Room.LAST
    letter: CustomerLetter
    if incoming.too_large is not None:
        letter = TooLargeLetter(matter=matter, too_large=incoming.too_large.field, second=second, last=last)
    else:
        first, answer = known.customer is None, _article(change, result)
        letter = word(matter=matter, first_contact=first, answer=answer, second=second, last=last)
    change.letter(letter, key=key, states=promise)


def _article(change: Change, result: Triage) -> Article | None:
    shelf = change.setting.rules.shelf
    article = shelf.get(result.answer, change.ticket.language) if result.answer else None
    return None if article is None else Article(title=article.title, text=article.text, link=article.link or "")


def _heed(change: Change, incoming: Incoming, known: Known, addressee: Addressee, *, confirmed: bool) -> None:
    """A customer's further words wake the ticket; if nothing is promised to them, something is now.

    `addressee` is what is known of the customer's address. Words that are not confirmed raise nothing, and no letter says them.
    """
    ticket, setting = change.ticket, change.setting
    was_resolved, was_theirs = ticket.state is TicketState.RESOLVED, ticket.their_turn
    result = triage(facts_of(incoming, known, setting, change.now), setting.rules)
    raised = confirmed and result.matched and result.priority < ticket.priority and "set-by-agent" not in ticket.tags
    change.set(state=TicketState.OPEN, waiting_for=None, waiting_until=None, resolved_at=None, check_in_at=None)
    no_longer_thanked(change)
    if was_resolved:
        change.set(**NO_STAND)
        change.event("reopened", "the customer wrote again", by="customer")
    if raised:
        change.set(priority=result.priority, why=result.why)
        change.event("raised", f"to priority {result.priority}: {result.why}")
    if not heard_again(change, incoming, known, addressee):
        watch(change)
        return
    due = _due_after_words(change, incoming, was_resolved=was_resolved)
    sooner = change.promise is not None and (raised or was_theirs) and due is not None and due < change.promise.due
    if due is None or (change.promise is not None and not sooner):
        if incoming.too_large is not None and room_for(change, addressee) is Room.FREE:
            letter = TooLargeLetter(matter=matter_of_mail(incoming, change.ticket), too_large=incoming.too_large.field)
            change.letter(letter, key=f"too-large:{_next_key(change, incoming)}")
        return
    reason = "reopened" if was_resolved else "asked"
    _state_time(change, incoming, due, reason, matter_of_mail(incoming, change.ticket), addressee)


def _speak_of_merged(change: Change, place: Place, incoming: Incoming, addressee: Addressee) -> None:
    """Two tickets that are one may weigh more than the one that was told no time, and be written to where the other
    could not: then it is told one now, whoever's mail tied them.
    """
    if place.same and change.ticket.unresolved and change.ticket.mute is not None:
        watch(change)
    due = schedule.owed(change.ticket, change.setting.policy, change.now)
    if place.same and change.promise is None and due is not None:
        _state_time(change, incoming, due, "word", matter_of_ticket(change.ticket), addressee)


def _state_time(
    change: Change, incoming: Incoming, due: datetime, reason: str, matter: str, addressee: Addressee
) -> None:
    """The next time to the customer; to an address that nothing has confirmed, and that had its letters, none."""
    left = room_for(change, addressee)
    if left is not Room.FREE:
        if change.promise is not None:
            return  # that one comes, as the last
        until_reply(change)
        if left is Room.NONE:
            return
    key = f"promise:{_next_key(change, incoming)}:{reason}"
    promise = change.promise_by(due, made_by="update", stated_by=key) if left is Room.FREE else None
    last = left is Room.LAST
    letter: CustomerLetter = UpdateLetter(matter=matter, reason=reason, last=last)
    if incoming.too_large is not None:
        letter = TooLargeLetter(matter=matter, too_large=incoming.too_large.field, last=last)
    change.letter(letter, key=key, states=promise)


def _due_after_words(change: Change, incoming: Incoming, *, was_resolved: bool) -> datetime | None:
    """Feedback that asks nothing needs no time; everything else that is unresolved has one."""
    policy = change.setting.policy
    silent = policy.cadences[change.ticket.priority].first is None
    if silent and not was_resolved and not _asked(incoming.new_text):
        return None
    return schedule.answer_due(change.ticket, policy, change.now)


def _next_key(change: Change, incoming: Incoming) -> str:
    """The mail that caused it names the letter, so that deciding twice writes one."""
    return f"{change.ticket.number}:{incoming.keys.content_key[:16]}"
