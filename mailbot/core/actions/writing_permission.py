"""Decides whether the desk may write to a ticket's customer on its own: what begins its silence, and what ends it.

`core.model.silence.TABLE` says what ends which kind of silence; this module says what happens then.
"""

from __future__ import annotations

from mailbot.core.actions.change import Change
from mailbot.core.actions.letter_limits import too_many
from mailbot.core.intake.incoming import Incoming
from mailbot.core.intake.screen import DOUBTS
from mailbot.core.model.confirmed_address import Addressee, Allowance, allowance
from mailbot.core.model.known import Known
from mailbot.core.model.mail import Kind, Screening
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.silence import UNTIL_REPLY, Mute, Silence
from mailbot.core.model.ticket import Look, LookFor
from mailbot.core.promises import schedule


def may_promise(change: Change) -> bool:
    """Whether the desk may commit itself to a time: not to somebody whom it may not write to."""
    return change.ticket.mute is None


def silent(change: Change) -> bool:
    """Whether no letter of the desk's own may go, not even at an agent's word: to a list, or an address that fails."""
    mute = change.ticket.mute
    return mute is not None and not mute.ended_by_word


def no_letter(change: Change) -> Reason:
    """Why a decision writes nothing, for whoever looks into what the desk does."""
    assert change.ticket.mute is not None
    return why("mute.no_letter", reason=change.ticket.mute.reason)


def against(screening: Screening) -> Mute | None:
    """Why the desk may not answer a person's mail by itself, or a list's; None if it may."""
    if screening.may_answer:
        return None
    if screening.kind is not Kind.PERSON:
        return Mute(Silence.LIST, screening.reason)
    return Mute(Silence.DOUBTFUL if screening.reason.code in DOUBTS else Silence.PERSON, screening.reason)


# --- it ends --------------------------------------------------------------------------------------------------------


def heard_again(change: Change, incoming: Incoming, known: Known, addressee: Addressee) -> bool:
    """Whether a letter may go to a customer who wrote again: what prevented it may be gone, or something new does.

    A customer who is promised nothing and gets no letter is marked: then the agents see that only they can answer.
    """
    mute = change.ticket.mute
    if mute is not None and not mute.ended_by_mail(confirmed=addressee.confirmed):
        return False
    limit = too_many(incoming, known, change.setting.policy.limits, change.ticket.priority)
    found = against(incoming.screening)
    if found is not None and found.kind is Silence.LIST:
        found = Mute(Silence.PERSON, found.reason)  # the ticket has an owner, whatever sent this one mail
    if found is None and limit is not None:
        found = Mute(Silence.LIMIT, limit)
    if found is None and mute is not None:
        change.set(mute=None, covers=0, reminders=0)
        change.event(why("event.heard-again.before", because=mute.reason))
    elif found is not None and change.promise is None:
        fall_silent(change, found)
    return found is None


def release(change: Change) -> None:
    """An agent's word to somebody whom the desk may not answer by itself lets it write to them from now on."""
    if change.ticket.mute is not None and not silent(change):
        change.set(mute=None)
        if change.ticket.unresolved:
            change.set(look=None)  # they no longer wait for a first word


def reopen(change: Change) -> None:
    """`/reopen` undoes what closed the ticket; any other silence stays."""
    mute = change.ticket.mute
    if mute is not None and mute.ended_by_reopening:
        change.set(mute=None)


# --- it begins ------------------------------------------------------------------------------------------------------


def fall_silent(change: Change, mute: Mute) -> None:
    """From now on no letter goes there automatically."""
    if change.ticket.mute is None:  # agents were told of each cover: their reminders come no faster than these did
        change.set(reminders=max(change.ticket.reminders, change.ticket.covers))
    change.set(mute=mute)
    change.event(why("event.silent.because", because=mute.reason))


def withdraw(change: Change, mute: Mute) -> None:
    """The customer cannot be written to: take back what was promised to them, and let the agents' page show it."""
    change.end_promise(PromiseState.REPLACED)
    fall_silent(change, mute)
    if change.ticket.unresolved:
        watch(change)


def until_reply(change: Change) -> None:
    """No letter goes there automatically until one is answered; the ticket comes first on the agents' page."""
    fall_silent(change, UNTIL_REPLY)
    if change.ticket.unresolved:
        watch(change)


def allowance_for(change: Change, addressee: Addressee, *, ack: bool = False) -> Allowance:
    """Whether the ticket's customer may get one more automatic letter; `addressee`: what is known of their address."""
    results = change.setting.policy.authserv_id is not None
    return allowance(addressee, change.ticket.priority, results=results, ack=ack)


def watch(change: Change) -> None:
    """Remind the ticket's agents when its time comes, if only they may write to its customer."""
    at = schedule.watch_at(change.ticket, change.setting.policy, change.now)
    change.set(look=Look(LookFor.REMIND_AGENTS, at) if at is not None else None)
