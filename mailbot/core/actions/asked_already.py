"""Asks an agent whose reply only asks for what the customer has given already, and shows where it stands.

Nothing annoys a customer more than being asked twice, and each such round costs a day. It is a question and no refusal:
the agent may want another one. What counts as given is a line of a mail of theirs in this ticket, or a file.
"""

from __future__ import annotations

from collections.abc import Sequence

from mailbot.core.actions.agent_reply import Reply
from mailbot.core.actions.change import Change
from mailbot.core.actions.given_facts import Fact, given_in, is_picture, only_asked
from mailbot.core.letters.reply_links import Choice
from mailbot.core.model.mail import sent_files
from mailbot.core.model.message import Author, Message
from mailbot.core.model.reason import Reason, why

_NAMES = {
    Fact.ORDER: why("fact.order"),
    Fact.INVOICE: why("fact.invoice"),
    Fact.CUSTOMER: why("fact.customer"),
    Fact.SERIAL: why("fact.serial"),
    Fact.VERSION: why("fact.version"),
    Fact.PICTURE: why("fact.picture"),
}
GIVEN_CHOICES = (
    Choice(line="/ignore", label=why("ask.given-leave")),
    Choice(line="/send", label=why("ask.send")),
    Choice(line="/note", label=why("ask.note")),
)


def asked_already(change: Change, reply: Reply) -> Reason | None:
    """The question about such a reply, which names where each thing stands; None where it says or asks for anything else."""
    if not reply.speaks or reply.attach or reply.tells:
        return None
    facts = only_asked(reply.asked.prose)
    mails = [mail for mail in reply.mails if mail.author is Author.CUSTOMER]
    places = [_place(fact, mails) for fact in facts]
    found = [place for place in places if place is not None]
    if not found or len(found) < len(places):
        return None
    requester = change.ticket.requester
    return why("ask.given", who=requester.name or requester.address, places=tuple(found))


def _place(fact: Fact, mails: Sequence[Message]) -> Reason | None:
    """Where the newest of somebody's mails gives it."""
    what = _NAMES[fact]
    for mail in mails:
        if fact is Fact.PICTURE:
            files = [
                each.name or each.type for each in sent_files(mail.attachments) if is_picture(each.type, each.size)
            ]
            if files:
                return why("ask.given-file", what=what, at=mail.received_at, name=files[0])
        elif (line := given_in(mail.new_text, fact)) is not None:
            return why("ask.given-line", what=what, at=mail.received_at, line=line)
    return None
