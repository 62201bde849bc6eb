"""The files of a mail that another mail carries on: which of them go along, and what is said of those left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mailbot.core.intake.incoming import Incoming
from mailbot.core.intake.tokens import Signer
from mailbot.core.model.mail import Attachment, sent_files
from mailbot.core.model.message import Message
from mailbot.core.model.notice_parts import Carried, LeftOut
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.sizes import said_size
from mailbot.core.sending.files import MOST, Sized, fitting, names_of
from mailbot.core.sending.internal_addresses import holds_signed
from mailbot.core.sending.notice_lines import holds_notice

Places = tuple[tuple[int, int], ...]


def take_along(incoming: Incoming) -> Places:
    """All the files of a mail."""
    return places(incoming.inbound, incoming.mail.attachments)


def places(inbound: int | None, attachments: Iterable[Attachment]) -> Places:
    """Where the files among the attachments of a stored mail are; none if it is not stored."""
    return tuple(each.place for each in sized(inbound, attachments))


def sized(inbound: int | None, attachments: Iterable[Attachment]) -> list[Sized]:
    """The files among the attachments of a stored mail, under the names that they are sent with."""
    if inbound is None:
        return []
    files = sent_files(attachments)
    names = names_of(each.name for each in files)
    return [
        Sized(place=(inbound, each.index), name=name, size=each.size) for each, name in zip(files, names, strict=True)
    ]


def for_notice(incoming: Incoming) -> tuple[Places, Carried]:
    """What a notice takes along from a mail, and how it names that and what was left out."""
    taken, left = fitting(sized(incoming.inbound, incoming.mail.attachments))
    too_large = incoming.too_large.field if incoming.too_large is not None else None
    return tuple(each.place for each in taken), replace(carried(taken, left), too_large=too_large)


def for_colleagues(message: Message, wanted: Places) -> tuple[Places, Carried]:
    """The same for those files of a message that `wanted` names."""
    taken, left = fitting([each for each in sized(message.inbound, message.attachments) if each.place in set(wanted)])
    return tuple(each.place for each in taken), carried(taken, left)


def carried(taken: Sequence[Sized], left: Sequence[Sized]) -> Carried:
    """The files that a notice takes along, and those that are left out, as it names them."""
    left_out = [LeftOut(name=each.name, size=each.size) for each in left]
    return Carried(
        attachments=[each.name for each in taken],
        sizes=[each.size for each in taken],
        left_out=left_out,
        most=MOST,
    )


def cannot_leave(
    message: Message, attach: Places, words: Sequence[str], signer: Signer, notices: Sequence[str] = ()
) -> Reason | None:
    """Why an agent's words or files cannot go to a customer, even if everything else is right.

    `notices`: the texts of our notices that they may have at hand.
    """
    if any(holds_signed(text, signer) for text in words if text):
        return why("door.signed-address")
    if any(holds_notice(text, notices) for text in words if text):
        return why("door.notice")
    wanted = set(attach)
    files = [each for each in sized(message.inbound, message.attachments) if each.place in wanted]
    if kept := next((name for place, name in _inside(message) if place in wanted), None):
        return why("door.inside-file", name=kept)
    total = sum(each.size for each in files)
    if total > MOST:
        return why(
            "files.too-large", size=said_size(total), most=said_size(MOST), names=", ".join(each.name for each in files)
        )
    return None


def _inside(message: Message) -> list[tuple[tuple[int, int], str]]:
    """Where the files of a message are that must not leave, and their names."""
    if message.inbound is None:
        return []
    return [((message.inbound, each.index), each.name or each.type) for each in message.attachments if each.inside]
