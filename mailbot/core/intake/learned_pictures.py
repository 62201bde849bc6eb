"""Learns which pictures belong to an agent's signature: those in mail after mail that no words refer to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from mailbot.core.intake.incoming import Incoming, Tail
from mailbot.core.intake.mime.pictures import LOGO, SIGNATURE_PICTURE, is_adornment, mark, without_marks
from mailbot.core.intake.quotes import cards
from mailbot.core.intake.quotes.lines import clean, is_rule
from mailbot.core.intake.quotes.signature import is_signature, stripped
from mailbot.core.intake.quotes.signoff import is_closing
from mailbot.core.model.known import Known
from mailbot.core.model.mail import Attachment, sent_files
from mailbot.core.model.policy import Agent
from mailbot.core.verbs.openings import only_verbs

SAME: Final = 4  # earlier mails that share it: it is recognised from the fifth on
_NAMED: Final = 8  # characters of a hash, as `/signature keep` takes them
_ABOVE: Final = 6  # lines within which a closing makes what follows a signature


@dataclass(frozen=True, kw_only=True, slots=True)
class _Earlier:
    """The agent's last mails: the hashes of the pictures in each, and whether it said nothing but verbs."""

    pictures: Sequence[frozenset[str]]
    verbs: Sequence[bool]

    def often(self, sha256: str) -> bool:
        return sum(sha256 in each for each in self.pictures) >= SAME

    def in_each(self, sha256: str) -> bool:
        """Whether it came with each mail that had more than verbs: a mail opened by a link has no signature."""
        pairs = zip(self.pictures, self.verbs, strict=True)
        return self.often(sha256) and all(sha256 in each for each, verbs in pairs if each or not verbs)


def pictures_off(incoming: Incoming, known: Known, agent: Agent, *, kept: str) -> Incoming:
    """An agent's mail in which the pictures of their signature count as machinery and leave no mark in the words. Pure.

    An inline picture is learned if four of the last ten mails brought it and it is at an edge of the words, or below a
    closing: between words, or above "Kind regards", a picture shows what they are about, however often it is sent. An
    attached one has no place, so it must be as small as a logo and come with each mail: the same form or screenshot
    goes to several customers. A larger one that is the whole mail was meant. `kept`: lines that the agent asked to
    keep, with the pictures in them.
    """
    wanted = [each for each in sent_files(incoming.mail.attachments) if each.type.startswith("image/")]
    if not wanted:
        return incoming
    earlier = _Earlier(
        pictures=known.said_pictures,
        verbs=[bool(text.strip()) and only_verbs(text) == text.strip() for text in known.said],
    )
    wanted = [each for each in wanted if _named(each) not in known.kept_tails and not _stands_in(each, kept)]
    signed = [each for each in wanted if is_adornment(each) and _stands_in(each, incoming.signature)]
    learned = [each for each in wanted if each not in signed and _is_learned(each, incoming, earlier, agent)]
    mended = _without(incoming, (*signed, *learned))
    if mended is not incoming and not sent_files(mended.mail.attachments):
        if is_signature(mended.new_text.split("\n"), agent) and (meant := [p for p in learned if p.size > LOGO]):
            learned = [each for each in learned if each not in meant]
            mended = _without(incoming, (*signed, *learned))
        elif is_signature(mended.new_text.split("\n"), agent):
            mended = replace(mended, new_text="", whole="", signature=mended.new_text or mended.signature)
    tails = tuple(Tail(text=each.name or each.type, mark=_named(each), picture=True) for each in learned)
    return replace(mended, tails=(*incoming.tails, *tails)) if tails else mended


def _is_learned(picture: Attachment, incoming: Incoming, earlier: _Earlier, agent: Agent) -> bool:
    if not picture.picture and picture.cid is None:
        return picture.size <= LOGO and earlier.in_each(picture.sha256)
    if picture.size > SIGNATURE_PICTURE or not earlier.often(picture.sha256):
        return False
    return not _stands_in(picture, incoming.new_text) or _at_an_edge(picture, incoming.new_text, agent)


def _at_an_edge(picture: Attachment, words: str, agent: Agent) -> bool:
    """Whether there are no words on one side of a picture's mark, or a closing, a rule or their name right above it."""
    put = _mark(picture)
    before, _, behind = words.partition(put)
    if not _says(behind) or not _says(before):
        return True
    above = [clean(line) for line in before.split("\n") if _says(line)][-_ABOVE:]
    return any(is_closing(line) or is_rule(line) or cards.names(line, agent) for line in above)


def _says(text: str) -> bool:
    return any(clean(line) for line in without_marks(text).split("\n"))


def _stands_in(picture: Attachment, text: str) -> bool:
    return bool(picture.picture) and _mark(picture) in text


def _mark(picture: Attachment) -> str:
    return mark(picture.picture, picture.name)


def _named(picture: Attachment) -> str:
    return picture.sha256[:_NAMED]


def _without(incoming: Incoming, pictures: Sequence[Attachment]) -> Incoming:
    if not pictures:
        return incoming
    gone = {each.index for each in pictures}
    files = tuple(replace(each, machinery=True) if each.index in gone else each for each in incoming.mail.attachments)
    marks = [_mark(each) for each in pictures if each.picture]
    return replace(
        incoming,
        mail=replace(incoming.mail, attachments=files),
        new_text=_taken_out(incoming.new_text, marks),
        whole=_taken_out(incoming.whole, marks),
        signature=incoming.signature or "\n".join(_mark(each) for each in pictures),
    )


def _taken_out(text: str, marks: Sequence[str]) -> str:
    """The text without these marks; lines that held nothing else are removed too."""
    if not any(each in text for each in marks):
        return text
    kept: list[str] = []
    for line in text.split("\n"):
        bare = line
        for each in marks:
            bare = bare.replace(each, "")
        if bare == line or bare.strip():
            kept.append(bare if bare == line else bare.strip())
    return "\n".join(stripped(kept))
