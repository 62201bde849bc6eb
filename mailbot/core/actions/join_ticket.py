"""What another mail in a known matter does: it joins, may reopen or raise the ticket, and may bring a new time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mailbot.core.actions.carried_files import for_notice
from mailbot.core.actions.case import Case
from mailbot.core.actions.change import Change
from mailbot.core.actions.confirming import confirm, vouch
from mailbot.core.actions.gratitude import be_thanked, mere_thanks, no_longer_thanked
from mailbot.core.actions.next_time import due_after_words, next_key, state_time
from mailbot.core.actions.one_tap import account_asked, hand_over, in_an_hour
from mailbot.core.actions.recipients import (
    also_to,
    note_passed_on,
    on_call,
    tell_linked,
    to_whom,
    who_hears,
)
from mailbot.core.actions.unproven_followup import doubt_of, warning_of
from mailbot.core.actions.what_we_asked import what_we_asked
from mailbot.core.actions.writing_permission import allowance_for, heard_again, watch
from mailbot.core.intake.find_ticket import Place, is_party
from mailbot.core.intake.incoming import Incoming, refs_of
from mailbot.core.letters.build import matter_of, shown
from mailbot.core.letters.quotable import matter_of_mail, matter_of_ticket
from mailbot.core.letters.reader_zone import clock_of
from mailbot.core.model.confirmed_address import Addressee, Allowance
from mailbot.core.model.decision import Decision
from mailbot.core.model.known import Known
from mailbot.core.model.letter_fields import (
    TooLargeLetter,
)
from mailbot.core.model.message import Author
from mailbot.core.model.notice_fields import FollowupNotice
from mailbot.core.model.notice_parts import NO_QUESTION
from mailbot.core.model.reason import why
from mailbot.core.model.silence import Silence, is_kind
from mailbot.core.model.ticket import ALARMING, Customer, Ticket, TicketState
from mailbot.core.promises import schedule
from mailbot.core.rules.triage import triage
from mailbot.core.rules.weighing import facts_of

NO_STAND: Mapping[str, None] = {"plan": None, "workaround": None, "eta": None, "eta_at": None}
"""What was entered for a matter that seemed solved: it did not hold, so it is not told as what we are doing now."""


def join_ticket(case: Case, place: Place) -> Decision:
    """Another mail of a known matter: the agents hear of it; the customer hears if nothing is promised to them.

    One that is not confirmed, where its sender's mails used to be, may wake the ticket and nothing more.
    """
    incoming, known = case.incoming, case.known
    ticket = place.ticket
    assert ticket is not None
    doubt = doubt_of(incoming, (ticket, *place.same), known)
    if doubt is not None:
        place = replace(place, same=())  # only proven mail merges two tickets
    change = case.change(ticket)
    for other in place.same:
        change.merge(other, known.promises.get(other.number))
    party = is_party(change.ticket, incoming.keys.sender)
    theirs = party and not incoming.unconfirmed
    if theirs:
        vouch(change, incoming)
    if theirs and incoming.keys.sender == change.ticket.requester.key and incoming.mail.utc_offset is not None:
        change.set(utc_offset=clock_of(incoming, case.setting.policy, case.now))
    ticket = change.ticket
    message = case.message(
        ticket=ticket.number,
        author=Author.CUSTOMER if theirs else Author.STRANGER,
        note=place.why,
    )
    change.message(message, refs_of(incoming, ticket.number))
    for number in place.linked:
        change.event(why("event.linked.to", address=incoming.sender.address, number=number))
        change.event(why("event.linked.from", number=ticket.number), ticket=number)
    if party:
        change.set(thread=thread_with(ticket, incoming.mail.message_id))
        remember_customer(change, incoming, known)
    addressee = confirm(change, incoming, known)
    thanks = theirs and mere_thanks(incoming, case.setting)
    if thanks and doubt is None:
        be_thanked(change, incoming, message.id, known.answers.get(ticket.number))
        _speak_of_merged(change, place, incoming, addressee)
        return change.decision("joined", why("outcome.thanks"))
    by = "customer" if party else "stranger"
    words = matter_of(incoming.new_text, incoming.mail.subject)
    change.event(why("event.wrote.to-us", address=incoming.sender.address, words=words), by=by)
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
        also=also_to(incoming, case.setting.policy),
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
    people = (*to_whom(incoming, change.ticket, case.setting.policy), *on_call(change))
    told = who_hears(incoming, ticket, people, case.setting.policy)
    choices = (
        ()
        if change.ticket.mute is not None or not theirs or doubt is not None
        else (in_an_hour(), *account_asked(change, incoming))
    )
    for agent in told:
        asked = what_we_asked(known, ticket.number, agent, case.setting.policy) if party else NO_QUESTION
        change.notice(
            agent,
            replace(notice, question=asked),
            key=f"notice:{message.id}",
            attach=attach,
            tap="" if case.setting.policy.has_it(change.ticket) else "/take",
            choices=(*choices, *hand_over(change.ticket, agent, case.setting.policy)),
        )
    for agent in on_call(change):
        change.call(agent)
    tell_linked(change, place, known, message.id, notice, told)
    return change.decision("reopened" if reopened else "joined", place.why)


def thread_with(ticket: Ticket, message_id: str | None) -> tuple[str, ...]:
    """The ticket's thread with one more Message-ID at its end; the first and the latest twenty are kept."""
    if not message_id or message_id in ticket.thread:
        return ticket.thread
    thread = (*ticket.thread, message_id)
    return thread if len(thread) <= 21 else (thread[0], *thread[-20:])


def remember_customer(change: Change, incoming: Incoming, known: Known) -> None:
    """Record whom a mail is from, and that they can be written to again."""
    if incoming.keys.sender is None or incoming.unconfirmed or incoming.whose is not None:
        return
    if known.customer is None:
        change.customer(Customer(address=incoming.keys.sender, name=incoming.sender.name, first_seen=change.now))
    elif known.customer.undeliverable is not None:
        # Somebody who writes again can be written to again: a full mailbox was emptied.
        change.customer(replace(known.customer, undeliverable=None))


def _heed(change: Change, incoming: Incoming, known: Known, addressee: Addressee, *, confirmed: bool) -> None:
    """A customer's later words wake the ticket; if nothing is promised to them, something is now.

    `addressee` is what is known of the customer's address. Unconfirmed words raise nothing, and no letter repeats them.
    """
    ticket, setting = change.ticket, change.setting
    was_resolved, was_theirs = ticket.state is TicketState.RESOLVED, ticket.their_turn
    result = triage(facts_of(incoming, known, setting, change.now), setting.rules)
    weighs = result.priority < ticket.priority or (not ticket.sure and result.priority == ticket.priority)
    raised = confirmed and result.matched and weighs and "set-by-agent" not in ticket.tags
    alarmed = confirmed and result.alarm and not ticket.sure and not ticket.alarming
    change.set(state=TicketState.OPEN, waiting_for=None, waiting_until=None, resolved_at=None, look=None)
    no_longer_thanked(change)
    if was_resolved:
        change.set(**NO_STAND)
        if ticket.answers:  # nobody of ours knows yet what this mail says: answers to notices of before are held
            change.set(answers=ticket.answers + 1, last_answer_by=None)
        change.event(why("event.reopened.by-mail"), by="customer")
    if raised:
        change.set(priority=result.priority, sure=True, why=result.why)
        change.event(why("event.raised.to", priority=result.priority, because=result.why))
    elif alarmed:
        change.set(tags=(*change.ticket.tags, ALARMING))
    if not heard_again(change, incoming, known, addressee):
        watch(change)
        return
    due = due_after_words(change, incoming, was_resolved=was_resolved)
    sooner = (
        change.promise is not None
        and (raised or alarmed or was_theirs)
        and due is not None
        and due < change.promise.due
    )
    if due is None or (change.promise is not None and not sooner):
        if incoming.too_large is not None and allowance_for(change, addressee) is Allowance.FREE:
            letter = TooLargeLetter(matter=matter_of_mail(incoming, change.ticket), too_large=incoming.too_large.field)
            change.letter(letter, key=f"too-large:{next_key(change, incoming)}")
        return
    reason = "reopened" if was_resolved else "asked"
    state_time(change, incoming, due, reason, matter_of_mail(incoming, change.ticket), addressee)


def _speak_of_merged(change: Change, place: Place, incoming: Incoming, addressee: Addressee) -> None:
    """Two merged tickets may weigh more than the one that was told no time, or may be written to where it could not:
    then a time is told now, whoever's mail tied them.
    """
    if place.same and change.ticket.unresolved and change.ticket.mute is not None:
        watch(change)
    due = schedule.owed(change.ticket, change.setting.policy, change.now)
    if place.same and change.promise is None and due is not None:
        state_time(change, incoming, due, "word", matter_of_ticket(change.ticket), addressee)
