"""Marks the files of an agent's mail that must not leave: those that hold an address signed for an agent, or a notice."""

from __future__ import annotations

from dataclasses import replace

from mailbot.core.intake.read import ReadLimits, attachments
from mailbot.core.intake.tokens import Signer
from mailbot.core.model.mail import Mail, sent_files
from mailbot.core.sending.internal_addresses import file_holds_notice, file_holds_signed


def with_files_marked(mail: Mail, raw: bytes, signer: Signer, limits: ReadLimits | None = None) -> Mail:
    """The mail, with `Attachment.inside` set if a file holds what is not for a customer. Pure; `raw` are its bytes.

    Done when the mail is read, so that the mail is refused before a time is promised that no mail would state.
    """
    files = sent_files(mail.attachments)
    if not files:
        return mail
    found = attachments(raw, frozenset(each.index for each in files), limits or ReadLimits())
    marked = {
        index
        for index, part in found.items()
        if file_holds_signed(part.name, part.type, part.data, signer)
        or file_holds_notice(part.name, part.type, part.data)
    }
    if not marked:
        return mail
    return replace(mail, attachments=tuple(replace(each, inside=each.index in marked) for each in mail.attachments))
