"""Hands an agent what came with the mails of a ticket: the files that no notice carried, or a whole mail as it came."""

from __future__ import annotations

from collections.abc import Sequence

from mailbot.core.actions.carried_files import Places, carried, sized
from mailbot.core.actions.change import Change
from mailbot.core.model.message import Message
from mailbot.core.model.notice_fields import AnswerNotice
from mailbot.core.model.policy import Agent
from mailbot.core.model.reason import Reason, why
from mailbot.core.sending.files import MOST, WHOLE, Sized, fitting, loads

_MAILS = 10  # with which one /files is answered; the command line fetches the rest


def hand(change: Change, agent: Agent, name: str, argument: str, mails: Sequence[Message], key: str) -> None:
    """What `/files` or `/original` asks for; `mails` are those from outside, newest first."""
    if name == "files":
        _files(change, agent, mails, key)
    else:
        _original(change, agent, mails, argument, key)


def _files(change: Change, agent: Agent, mails: Sequence[Message], key: str) -> None:
    """The files that were too large for their notices; if none was, those of the newest mail that has any.

    In as many mails as they need; a file that fits into none, or is beyond ten mails, is named.
    """
    rest = [each for mail in reversed(mails) for each in fitting(sized(mail.inbound, mail.attachments))[1]]
    if not rest:
        newest = (sized(mail.inbound, mail.attachments) for mail in mails)
        rest = next((files for files in newest if files), [])
    loaded, too_large = loads(rest)
    left = [*too_large, *(each for load in loaded[_MAILS:] for each in load)]
    loaded = loaded[:_MAILS]
    if not rest:
        _hand(change, agent, f"{key}:0", why("files.none"), [], [])
    for at, load in enumerate(loaded, 1):
        one = len(loaded) == 1
        title = why("files.all") if one else why("files.part", part=at, parts=len(loaded))
        _hand(change, agent, f"{key}:{at}", title, load, left if at == len(loaded) else [])
    if rest and not loaded:
        _hand(change, agent, f"{key}:0", why("files.none-fits"), [], left)


def _original(change: Change, agent: Agent, mails: Sequence[Message], argument: str, key: str) -> None:
    """A mail from outside as it came, as a file: the newest one, or counted back (2: the one before it)."""
    back = int(argument or 1)
    stored = [mail for mail in mails if mail.inbound is not None]
    if back > len(stored):
        title = why("original.none") if not stored else why("original.so-many", count=len(stored))
        _hand(change, agent, key, title, [], [])
        return
    mail = stored[back - 1]
    size = sum(each.size for each in mail.attachments)
    if size > MOST:
        _hand(change, agent, key, why("original.too-large", number=change.ticket.number), [], [])
        return
    assert mail.inbound is not None
    title = why("original.here", name=mail.from_.name or mail.from_.address)
    _hand(change, agent, key, title, [], [], attach=((mail.inbound, WHOLE),))


def _hand(
    change: Change, agent: Agent, key: str, title: Reason, files: list[Sized], left: list[Sized], attach: Places = ()
) -> None:
    notice = AnswerNotice(title=title, files=carried(files, left), handed=True)
    change.notice(agent, notice, key=key, attach=(*attach, *(each.place for each in files)))
