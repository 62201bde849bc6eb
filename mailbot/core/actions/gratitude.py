"""Thanks: a customer's reopen and keep nothing, and let the agent call it solved; ours go out by rule."""

from __future__ import annotations

import re
from dataclasses import replace

from mailbot.core.actions.change import Change
from mailbot.core.actions.recipients import also_to
from mailbot.core.actions.writing_permission import watch
from mailbot.core.intake.authresults import passes
from mailbot.core.intake.contact_form import is_ours
from mailbot.core.intake.incoming import Incoming
from mailbot.core.intake.mime.pictures import is_adornment, without_marks
from mailbot.core.intake.thanks import MOST, only_thanks
from mailbot.core.language.promised_time import catch_promise
from mailbot.core.letters.build import readers, shown, to_customer
from mailbot.core.model import silence
from mailbot.core.model.addresses import address_key
from mailbot.core.model.decision import Decision
from mailbot.core.model.letter_fields import FeedbackLetter, ResolutionLetter, WelcomeLetter
from mailbot.core.model.letter_kinds import KINDS
from mailbot.core.model.mail import Address, sent_files
from mailbot.core.model.message import Message
from mailbot.core.model.notice_fields import ThankedNotice
from mailbot.core.model.outgoing import Outgoing
from mailbot.core.model.promise import Promise, PromiseState
from mailbot.core.model.reason import why
from mailbot.core.model.ticket import Ticket
from mailbot.core.rules.setting import Setting
from mailbot.core.rules.triage import Triage
from mailbot.core.verbs.parse import Refusal, parse_reply

THANKED = "thanked"
"""The tag of a ticket whose customer was answered and said thanks, as long as nothing has been said since."""


def mere_thanks(incoming: Incoming, setting: Setting) -> bool:
    """Whether a mail is thanks and nothing else, whichever of our names it thanks; a logo adds nothing."""
    if len(incoming.told) > MOST or not all(map(is_adornment, sent_files(incoming.mail.attachments))):
        return False
    return only_thanks(_unaddressed(without_marks(incoming.told), setting))


_THANKS = (
    WelcomeLetter(matter=""),
    ResolutionLetter(matter=""),
    FeedbackLetter(matter="", first_contact=False, answer=None),
)


def be_thanked(change: Change, incoming: Incoming, message: str, answer: Message | None) -> None:
    """A customer's thanks or glad emoji: the agents of an unresolved ticket may close it with one tap.

    `message` is the id of their mail, `answer` what an agent wrote to them last.
    """
    change.event(why("event.thanked.by-customer", address=incoming.sender.address), by="customer")
    ticket = change.ticket
    if not ticket.unresolved or not ticket.answers:
        return
    if answer is None or not _names_a_time(change, answer):
        change.set(tags=tuple(dict.fromkeys((*ticket.tags, THANKED))))
    notice = ThankedNotice(text=shown(incoming.told), also=also_to(incoming, change.setting.policy))
    for agent in readers(change.setting.policy, change.ticket):
        change.notice(agent, notice, key=f"notice:{message}", tap="/resolve")


def is_thanked(ticket: Ticket) -> bool:
    """Whether the customer was answered and said thanks, and nothing has been said since."""
    return THANKED in ticket.tags


def spare(change: Change, promise: Promise) -> Decision:
    """The time that they were told has come, but after their thanks nothing is left to say: no letter owns up to it.

    The promise ends as what it is, taken back or late, never as kept; whether it is solved is for the agents to say.
    """
    late = change.now > promise.due
    change.end_promise(PromiseState.LATE if late else PromiseState.REPLACED)
    change.set(mute=silence.THANKED, covers=0, reminders=0)
    watch(change)
    change.event(why("event.spared.thanked", due=promise.due))
    for agent in readers(change.setting.policy, change.ticket):
        change.notice(agent, ThankedNotice(spared=promise.due), key=f"spared:{promise.id}", tap="/resolve")
    return change.decision("spared", why("outcome.spared"))


def no_longer_thanked(change: Change) -> None:
    """Somebody said something more: what was promised is owed again."""
    if is_thanked(change.ticket):
        change.set(tags=tuple(tag for tag in change.ticket.tags if tag != THANKED))


def thank_others(change: Change, incoming: Incoming, result: Triage) -> None:
    """Thank-you notes to people a mail told us of, such as a new customer: only if that mail's sender is proven."""
    policy = change.setting.policy
    sender = incoming.mail.sender
    if not result.thank or sender is None or incoming.form is not None or policy.authserv_id is None:
        return
    if not passes(incoming.mail, policy.authserv_id, sender.domain):
        return
    for thanks in result.thank:
        if is_ours(Address(address=thanks.to_address), policy):
            continue
        key = f"thanks:{thanks.letter}:{address_key(thanks.to_address)}"
        letter = next(one for one in _THANKS if KINDS[one.letter].thanks == thanks.letter)
        draft = to_customer(change.setting, change.ticket, letter, key=key, now=change.now)
        extra: Outgoing = replace(
            draft,
            to=Address(name=None, address=thanks.to_address),
            in_reply_to=None,
            references=(),
            subject="",
            fields={**draft.fields, "customer": ""},
        )
        change.enclose(extra)
        change.event(why("event.thanked.elsewhere", address=thanks.to_address))


def _names_a_time(change: Change, answer: Message) -> bool:
    """Whether the agent told them a time of their own: that stays a commitment, whatever thanks it got."""
    asked = parse_reply(answer.new_text)
    if isinstance(asked, Refusal):
        return False
    if any(verb.name in ("promise", "eta", "nonews") for verb in asked.verbs):
        return True
    policy = change.setting.policy
    agent = policy.agents.get(answer.agent or "")
    zone = (agent.zone if agent is not None else None) or policy.zone
    hours = policy.pace_of(change.ticket).hours
    return catch_promise(asked.prose, now=answer.received_at, zone=zone, hours=hours) is not None


def _unaddressed(text: str, setting: Setting) -> str:
    """The text without the names of our people: "Thank you so much, Mara!" is thanks."""
    names = {name for agent in setting.policy.agents.values() for name in (agent.name, *agent.name.split()[:1])}
    for name in sorted(names, key=len, reverse=True):
        if name in text:
            text = re.sub(rf"(?<![,\s])[,\s]++{re.escape(name)}(?=[^\S\n]*+(?:[.!,\n]|\Z))", "", text)
    return text
