"""What the first mail of a matter does: its ticket, the first word to the customer, and the notices."""

from __future__ import annotations

from dataclasses import replace

from mailbot.core.actions.case import Case
from mailbot.core.actions.confirming import confirm
from mailbot.core.actions.contact_form_mail import as_the_form_says
from mailbot.core.actions.first_word import first_word
from mailbot.core.actions.gratitude import thank_others
from mailbot.core.actions.join_ticket import remember_customer
from mailbot.core.actions.new_ticket import new_ticket
from mailbot.core.actions.new_ticket_notices import tell_of_new
from mailbot.core.intake.find_ticket import Place
from mailbot.core.intake.incoming import refs_of
from mailbot.core.model.decision import Decision
from mailbot.core.model.event import Event
from mailbot.core.model.message import Author
from mailbot.core.model.reason import why
from mailbot.core.rules.triage import triage
from mailbot.core.rules.weighing import alike_of, facts_of, weighed


def open_ticket(case: Case, place: Place) -> Decision:
    """A new matter: weigh it, tell the customer when they hear from a person, tell the agents."""
    incoming = case.incoming
    facts = facts_of(incoming, case.known, case.setting, case.now)
    result = as_the_form_says(incoming, triage(facts, case.setting.rules))
    if result.ignore:
        message = case.message(ticket=None, author=Author.CUSTOMER, note=result.why)
        what = why("event.ignored.by-rule", address=incoming.sender.address, because=result.why)
        event = Event(ticket=None, at=case.now, what=what)
        return Decision(outcome="ignored", reason=result.why, messages=(message,), events=(event,))
    number = case.fresh.number()
    ticket = new_ticket(case, result, number)
    change = case.change(ticket)
    message = replace(
        case.message(ticket=number, author=Author.CUSTOMER),
        alike=alike_of(incoming),
        weighed=weighed(facts, result, case.setting.rules),
    )
    # The Message-ID of a form's mail leads nowhere: its visitor never saw it, and it may be the same each time.
    change.message(message, refs_of(incoming, number) if incoming.form is None else ())
    change.event(why("event.opened.weighed", priority=ticket.priority, because=ticket.why))
    if place.claimed is not None:
        change.event(why("event.claim.not-theirs", number=place.claimed))
    remember_customer(change, incoming, case.known)
    known = replace(case.known, addressee=confirm(change, incoming, case.known))
    first_word(change, incoming, known, result)
    thank_others(change, incoming, result)
    if ticket.priority <= 3 and known.recent_trouble:
        change.event(why("event.again.trouble", count=known.recent_trouble + 1))
    tell_of_new(change, incoming, place, known, result, message.id)
    return change.decision("opened", ticket.why)
