"""The first word to a customer: the acknowledgment and the first promise, in one mail."""

from __future__ import annotations

from mailbot.core.actions.change import Change
from mailbot.core.actions.writing_permission import allowance_for, until_reply, watch
from mailbot.core.intake.incoming import Incoming
from mailbot.core.letters.quotable import matter_of_mail
from mailbot.core.model.confirmed_address import Allowance, is_second
from mailbot.core.model.known import Known
from mailbot.core.model.letter_fields import (
    AckLetter,
    Article,
    CustomerLetter,
    FeedbackLetter,
    FirstWord,
    TooLargeLetter,
)
from mailbot.core.model.office import UNASKED, office_of
from mailbot.core.model.reason import why
from mailbot.core.promises import schedule
from mailbot.core.rules.triage import Triage
from mailbot.core.sending.limits import FORM_ACK

_QUESTION = ("?", "\uff1f", "\u061f", "\u037e")  # Latin, full width, Arabic, Greek


def first_word(change: Change, incoming: Incoming, known: Known, result: Triage) -> None:
    """The acknowledgment and the first promise, in one mail; feedback is thanked instead."""
    ticket, policy = change.ticket, change.setting.policy
    if ticket.mute is not None:
        change.event(why("event.silent.because", because=ticket.mute.reason))
        watch(change)
        return
    left = allowance_for(change, known.addressee, ack=True)
    if left is not Allowance.FREE:
        until_reply(change)
    if left is Allowance.NONE:
        return
    cadence = policy.pace_of(ticket)
    key = f"{'ack:' if incoming.form is None else FORM_ACK}{ticket.number}"
    due = schedule.first_due(cadence, change.now, ticket.urgency)
    office = office_of(ticket)
    if due is None and office not in UNASKED and asks_something(incoming.new_text):
        due = schedule.answer_due(ticket, policy, change.now)
    stated = due if left is Allowance.FREE else None
    promise = change.promise_by(stated, made_by="ack", stated_by=key) if stated is not None else None
    usual: type[FirstWord] = FeedbackLetter if cadence.first is None and office is None else AckLetter
    word = next((one for one in (AckLetter, FeedbackLetter) if one.letter == result.ack), usual)
    matter, second = matter_of_mail(incoming, ticket), is_second(known.addressee, ticket.priority)
    last = left is Allowance.LAST
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


def asks_something(text: str) -> bool:
    """Whether it has a question mark of any script."""
    return any(mark in text for mark in _QUESTION)
