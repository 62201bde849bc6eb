"""Notices when an agent's words come a second time within minutes, from a client that sent twice, and asks first."""

from __future__ import annotations

from datetime import timedelta

from mailbot.core.model.known import Known
from mailbot.core.model.mail import sent_files
from mailbot.core.model.message import Message

_WITHIN = timedelta(minutes=10)


def says_again(message: Message, known: Known) -> bool:
    """Whether an agent told this ticket's customer these very words and files last, a moment ago.

    Words repeated after the customer has written again are an answer.
    """
    number = message.ticket
    last = known.answers.get(number) if number is not None else None
    if last is None or last.agent != message.agent or not _soon_after(last, message):
        return False
    newest = known.newest.get(last.ticket or 0)
    if newest is not None and newest.received_at > last.received_at:
        return False
    return _words(last) == _words(message) and _files(last) == _files(message)


def came_before(message: Message, known: Known) -> bool:
    """Whether a mail with this very Message-ID is known: then it is the same mail, taken in twice."""
    own = message.message_id
    return own is not None and any(
        ref.message_id == own and ref.ticket == message.ticket and not ref.mentioned for ref in known.refs
    )


def _soon_after(last: Message, message: Message) -> bool:
    return abs(message.received_at - last.received_at) <= _WITHIN


def _words(message: Message) -> list[str]:
    return message.new_text.split()


def _files(message: Message) -> list[str]:
    return sorted(a.sha256 for a in sent_files(message.attachments))
