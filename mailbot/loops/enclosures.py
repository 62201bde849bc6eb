"""Takes the files that an outgoing mail carries out of the mails that they came with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from mailbot.core.intake.mime.pictures import mark
from mailbot.core.intake.read import ReadLimits, attachments, read
from mailbot.core.intake.tokens import Signer
from mailbot.core.model.mail import Unreadable
from mailbot.core.model.outgoing import Outgoing, OutgoingKind
from mailbot.core.model.policy import Policy
from mailbot.core.model.reason import why
from mailbot.core.sending.door import Unfit
from mailbot.core.sending.files import SHOWN_IN_PLACE, WHOLE, File, letter_name, names_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Enclosed:
    """The files of a mail in order, under the names they travel by; `pictures`: Content-ID by mark in the words.

    `lost` counts those that could not be found any more.
    """

    files: tuple[File, ...] = ()
    pictures: Mapping[str, str] = field(default_factory=dict)
    lost: int = 0

    def fields(self, policy: Policy) -> dict[str, object]:
        """The fields about these files for the letter's template, with the addresses to which its links open no mail."""
        names = [file.name for file in self.files]
        return {"pictures": self.pictures, "enclosed": names, "own_addresses": sorted(policy.own_addresses)}


def enclosed(outgoing: Outgoing, raw_of: Callable[[int], bytes | None], signer: Signer, domain: str) -> Enclosed:
    """What `Outgoing.attach` lists; each mail that files came with is held only while it is looked at.

    Raises Unfit if an agent's answer would leave without a file of its own.
    """
    by_mail: dict[int, list[int]] = {}
    for inbound, index in outgoing.attach:
        by_mail.setdefault(inbound, []).append(index)
    found: dict[tuple[int, int], File] = {}
    marks: dict[tuple[int, int], str] = {}
    for inbound, indexes in by_mail.items():
        raw = raw_of(inbound)
        if raw is not None:
            _take(raw, inbound, indexes, found, marks)
    places = [place for place in outgoing.attach if place in found]
    lost = len(outgoing.attach) - len(places)
    if lost and outgoing.kind is OutgoingKind.RELAY:
        raise Unfit(why("door.file-gone", count=lost))
    files = []
    pictures: dict[str, str] = {}
    for place, name in zip(places, names_of(found[place].name for place in places), strict=True):
        file = replace(found[place], name=name)
        if place in marks and file.type in SHOWN_IN_PLACE:
            file = replace(file, cid=f"{signer.secret_word(f'{outgoing.key}:{place}')[:16]}@{domain}")
            pictures.setdefault(marks[place], file.cid or "")
        files.append(file)
    return Enclosed(files=tuple(files), pictures=pictures, lost=lost)


def logo_for(outgoing: Outgoing, policy: Policy, signer: Signer, domain: str) -> File | None:
    """The desk's own picture, for a mail that goes to a customer; always under one Content-ID."""
    logo = policy.brand_for(outgoing.to).logo
    if logo is None or outgoing.kind is OutgoingKind.NOTICE:
        return None
    cid = f"{signer.secret_word(f'logo:{logo.sha256}')[:16]}@{domain}"
    return File(name=logo.name, type=logo.type, data=logo.data, cid=cid)


def _take(
    raw: bytes,
    inbound: int,
    indexes: list[int],
    found: dict[tuple[int, int], File],
    marks: dict[tuple[int, int], str],
) -> None:
    limits = ReadLimits(size=max(ReadLimits().size, len(raw)))  # `inbox.max_size` was enforced when it was fetched
    mail = read(raw, limits)
    known = {} if isinstance(mail, Unreadable) else {each.index: each for each in mail.attachments}
    if WHOLE in indexes:
        subject = "" if isinstance(mail, Unreadable) else mail.subject
        found[inbound, WHOLE] = File(name=letter_name(subject), type="message/rfc822", data=raw)
    for index, part in attachments(raw, frozenset(indexes), limits).items():
        found[inbound, index] = File(name=part.name or "", type=part.type, data=part.data, charset=part.charset)
        if index in known and (number := known[index].picture):
            marks[inbound, index] = mark(number, known[index].name)
