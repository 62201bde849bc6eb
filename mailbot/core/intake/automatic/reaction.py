"""Tells gestures from mails: an emoji that a client sends as an answer, and a client's request to recall a mail."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from mailbot.core.intake.automatic import gesture_words
from mailbot.core.language.folding import fold, words
from mailbot.core.language.terms import TermIndex, term
from mailbot.core.model.mail import Kind, Mail
from mailbot.core.model.reason import Reason, why

REACTION_PART: Final = "text/vnd.google.email-reaction+json"
_OUTLOOK: Final = ("application/ms-tnef", "application/vnd.ms-tnef")
_LONGEST: Final = 400  # characters of a gesture's text: anything longer says more
_MOST: Final = 12  # characters of a bare emoji
_WORDS: Final = 14  # words of the line that says who reacted
_LINK = re.compile(r"<?\bhttps?://[^\s<>]{1,300}>?", re.IGNORECASE)
_TAPBACK = re.compile(  # how Apple's Messages writes a reaction for others that have none
    r"(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted .{1,12} to) [\u201c\"\u201e\u00ab].{1,300}[\u201d\"\u00bb\u2026]\s*",
    re.IGNORECASE | re.DOTALL,
)
_ANSWERS = re.compile(
    r"\W{0,2}(?:re|aw|sv|vs|antw|odp|ynt|ref|res|rif|rv|r|回复|回覆|答复|답장|회신)\s?(?:\[\d{1,4}\])?\s?[:\uff1a]",
    re.IGNORECASE,
)
_TITLE = re.compile(
    '["\u201c\u201d\u201e\u00ab\u00bb\u300c\u2018\u201a][^"\u201c\u201d\u201e\u00ab\u00bb\u300d\u2018\u2019\n]{1,300}["\u201c\u201d\u00ab\u00bb\u300d\u2018\u2019]'
)
_GLAD = re.compile("[👍👌🙏😊🙂😀😃😄😁☺❤♥💙💚💛💜🧡🎉🎊✅💯👏🤗😍🥰🙌✨🌟⭐💪😎🤩🍀🌸🌹💐🤝🫶😅😂🤣]")


def gesture(mail: Mail, new_text: str) -> tuple[Kind, Reason] | None:
    """Whether the mail is a reaction or a recall, and why; None for any mail that says something."""
    if why_recall := _recall(mail, new_text):
        return Kind.RECALL, why_recall
    if why_reaction := _reaction(mail, new_text):
        return Kind.REACTION, why_reaction
    return None


def is_glad(new_text: str) -> bool:
    """Whether a reaction is a thank-you, or no complaint: an emoji not known to be glad may be an angry one."""
    signs = [char for char in new_text if _is_sign(char)]
    if not signs:
        return not fold(new_text).startswith(("disliked", "questioned"))
    return all(_GLAD.match(char) for char in signs)


def _reaction(mail: Mail, new_text: str) -> Reason | None:
    bare = _LINK.sub(" ", new_text[: _LONGEST * 2]).strip()
    if len(new_text) > _LONGEST * 2 or len(bare) > _LONGEST:
        return None
    if any(part.type == REACTION_PART for part in mail.attachments):
        return why("screen.reaction")
    answers = bool(mail.in_reply_to or mail.references or _ANSWERS.match(mail.subject[:40]))
    if not answers or not bare:
        return None
    said = "".join(char for char in bare if not _part_of_sign(char))
    if not said.strip():
        return why("screen.emoji") if sum(map(_is_sign, bare)) <= _MOST else None
    lines = [line for line in said.split("\n") if line.strip()]
    says_what = any(map(_is_sign, bare)) or (bool(lines) and lines[0].rstrip().endswith((":", "\uff1a")))
    if (
        says_what
        and len(lines) <= 2
        and len(words(said)[1]) <= _WORDS
        and not _asks(said)
        and _reactions().find(lines[0])
    ):
        return why("screen.reaction")
    return why("screen.reaction") if _TAPBACK.fullmatch(bare) else None


def _recall(mail: Mail, new_text: str) -> Reason | None:
    """A mail of Outlook's: "Recall: SUBJECT", and one sentence that says so; or how that ended."""
    head, mark, _ = mail.subject[:200].replace("\uff1a", ":").partition(":")
    if not mark or len(head) > 40 or fold(head).strip() not in _recall_subjects():
        return None
    text = new_text.strip()
    # The subject that it quotes may well be a question.
    if len(text) > _LONGEST or _asks(_TITLE.sub(" ", text)):
        return None
    # Some servers leave nothing of it but Outlook's own part, which has no words.
    wordless = not text and any(part.type in _OUTLOOK for part in mail.attachments)
    return why("screen.recall") if wordless or _recalls().find(text) else None


def _asks(text: str) -> bool:
    return any(mark in text for mark in ("?", "\uff1f", "\u061f", "\u037e"))


def _is_sign(char: str) -> bool:
    """Whether it is an emoji or another pictograph: not a letter, a punctuation mark, or a modifier of a sign."""
    return unicodedata.category(char) == "So" and (0x2190 <= ord(char) <= 0x2BFF or ord(char) >= 0x1F000)


def _part_of_sign(char: str) -> bool:
    # The skin tones are modifier symbols (Sk); the joiner and the variation selector hold an emoji together.
    return _is_sign(char) or char in "\u200d\ufe0e\ufe0f\u20e3" or 0x1F3FB <= ord(char) <= 0x1F3FF


@cache
def _reactions() -> TermIndex:
    return TermIndex.of(term(phrase) for phrase in gesture_words.REACTED.split("|"))


@cache
def _recalls() -> TermIndex:
    return TermIndex.of(term(phrase) for phrase in gesture_words.RECALLS.split("|"))


@cache
def _recall_subjects() -> frozenset[str]:
    return frozenset(fold(each) for each in gesture_words.RECALL_SUBJECT.split("|"))
