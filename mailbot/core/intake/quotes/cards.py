"""Tells a person's signature (a card, a phone's line, small print) from words, line by line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from mailbot.core.intake.quotes.card_words import (
    BELOW_CARDS,
    CERTAIN,
    COMPANY_FORMS,
    CONTACT_LABELS,
    REGISTER,
    ROLES,
    SECRETS,
    SMALL,
    SOCIAL,
    SPOKEN,
    THIS_MAIL,
)
from mailbot.core.intake.quotes.lines import EMAIL, LINE_CAP, clean, fold, is_footer, is_rule, is_sent_from
from mailbot.core.model.policy import Agent

_MARKS: Final = " \t\u00a0*_|~•·\u2028"
_DASHES: Final = "-–—/ \t"
_PHONE = re.compile(r"(?<![\w./-])[+(]{0,2}\d[\d\s()/.–-]{5,24}\d(?![\w-])")
_NO_PHONE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}\.\d{1,2}\.\d{2,4}|\d{1,2}/\d{1,2}/\d{2,4}|\d{1,2}:\d\d")
_URL = re.compile(
    r"(?:https?://|www\.)\S+|(?<![\w@.])[\w-]+(?:\.[\w-]+)*\.(?:com|de|org|net|eu|io|example|co\.uk|at|ch|fr|es|it|nl|pl|se|dk)(?![\w])"
)
_BRACKETED = re.compile(r"<[^<>\s]{1,2000}>|\((?:https?|mailto):[^()\s]{1,2000}\)")
_POSTAL = re.compile(
    r"(?<!\w)(?:[A-Z]{1,2}-)?\d{4,6}\s+[^\W\d_]|(?<!\w)[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}(?!\w)|[^\W\d_]{4,}\s\d{1,4}\s?[a-zA-Z]?(?:,|$)"
)
_LABEL = re.compile(
    r"(?:^|[|,;·•]\s*)([^\W\d_][^\W\d_\s-]*(?:[\s-][^\W\d_]+)?)\s?[.:：]\s?[+(\d]|^([tmfpdoTMFPDO])[ .]\s?[+(]?\d"
)
_PICTURE = re.compile(
    r"\[(?:cid:[^\[\]\s]{1,200}|(?:image|picture|bild|logo|grafik|inline image)\b[^\[\]]{0,120})\]|<(?:image|logo)[^<>]{0,80}>",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*\.?")
_PRONOUNS = re.compile(
    r"(?:(?<!\s)\s++)?[(\[](?:(?:she|he|they|her|him|them|sie|er|ihr|ihm|elle|il|hers|his|theirs|ze)\s?/?\s?){1,4}[)\]]",
    re.IGNORECASE,
)
_GRADES = re.compile(
    r"^(?:(?:dr|prof|mr|mrs|ms|mx|herr|frau|dipl|ing|mag|m\.?sc|b\.?sc|ph\.?d|mba|inf|i\.\s?[av]|ppa|p\.\s?p|gez)[.\s-]+)+",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"^(?:p\s|important|wichtig|hinweis|note|notice|achtung|warning|nota|confidential\w*|vertraulich\w*|disclaimer|legal|attention)?"
    r"[\s:.!–-]{0,4}(?:the information (?:contained )?in |the contents? of |der inhalt |any )?"
)
_ENDS: Final = ".!?。！？…"
_LONG: Final = 130  # characters: no line of a card is longer
_SENTENCE: Final = 5  # words: this many with a full stop after them are a sentence
_FORMS = re.compile(
    r"(?<![\w.])(?:" + "|".join(re.escape(w) for w in sorted(COMPANY_FORMS, key=len, reverse=True)) + r")(?![\w])"
)


def names(line: str, agent: Agent | None) -> bool:
    """Whether a line is the agent's name, alone or at the head of a card ("Mara Lind | Support", "Mara")."""
    if agent is None:
        return False
    text = bare(line)
    if not text or len(text) > _LONG or reads_as_sentence(text) or text[-1] in ":：?":
        return False
    said = _plain(_GRADES.sub("", _PRONOUNS.sub("", text)).strip(_MARKS + _DASHES))
    for name in _forms(agent.name):
        if said == name:
            return True
        if said.startswith(name):
            rest = said[len(name) :]
            if (
                rest.lstrip()[:1] in set("|·•–—/(")
                or rest[:1] in ",|/-–—·•(.;:"
                or rest[:2] == "  "
                or _follows(rest, full=" " in name)
            ):
                return True
    return False


def _follows(rest: str, *, full: bool) -> bool:
    """Whether what follows a name on its line is a role or a company, and not what the person does."""
    words = rest.split()
    if not words or rest[0] != " ":
        return False
    if (
        words[0] in {"from", "von", "vom", "de", "@", "at", "bei", "van", "di", "da", "fra", "och", "z"}
        and len(words) <= 6
    ):
        return True
    return full and len(words) <= 8 and (is_role(rest) or _FORMS.search(rest) is not None or _contact(rest))


@lru_cache(maxsize=512)
def _forms(name: str) -> tuple[str, ...]:
    """How somebody may write their own name, longest first: in full, reversed, shortened, the given name, initials."""
    words = _plain(name).split()
    if not words:
        return ()
    forms = {" ".join(words), words[0]}
    if len(words) > 1:
        first, last = words[0], words[-1]
        forms |= {
            f"{last}, {' '.join(words[:-1])}",
            f"{first[0]}. {last}",
            f"{first} {last[0]}.",
            f"{first} {last}",
            f"{last} {first}",
        }
        forms |= {"".join(word[0] for word in words)} if len(words) <= 3 else set()
    return tuple(sorted(forms, key=len, reverse=True))


def _plain(text: str) -> str:
    """Folded, without accents: how a foreign keyboard spells a name."""
    spread = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return fold("".join(char for char in spread if not unicodedata.combining(char))).strip()


def bare(line: str) -> str:
    """A line without invisible characters, emphasis and outer separators; cut at the longest line of a card."""
    return clean(line[:LINE_CAP]).strip(_MARKS)


def reads_as_sentence(text: str) -> bool:
    """Whether a bare line is part of running text rather than of a card."""
    if len(text) > _LONG:
        return True
    without = EMAIL.sub(" ", _URL.sub(" ", _BRACKETED.sub(" ", text)))
    words = _WORD.findall(without)
    if text[-1] in "?？":
        return True
    if text[-1] in _ENDS and len(words) >= _SENTENCE - 1 and not _FORMS.search(fold(text)[-8:]):
        return True
    small = sum(1 for word in words if word[0].islower() and word.casefold() not in SMALL)
    if len(words) >= _SENTENCE and small * 2 > len(words) and not _labelled(text):
        return True
    return bool(words) and not text.isascii() and text[-1] == "。" and len(text) > 12


def is_role(text: str) -> bool:
    """Whether a bare line names a role, a department or a form of company, and says nothing else."""
    folded = fold(text)
    if any(role in folded for role in ROLES) or _FORMS.search(folded) is not None:
        return not reads_as_sentence(text)
    return False


def _contact(text: str) -> bool:
    """Whether a bare line holds a way to reach somebody."""
    if EMAIL.search(text) or _URL.search(text) or _labelled(text):
        return True
    found = _PHONE.search(text)
    return (
        found is not None and sum(c.isdigit() for c in found.group()) >= 7 and _NO_PHONE.search(found.group()) is None
    )


def _labelled(text: str) -> bool:
    found = _LABEL.search(text)
    return found is not None and fold(found.group(1) or found.group(2)) in CONTACT_LABELS


def strong(line: str) -> bool:
    """Whether a line by itself can only be a card's, given that a person's name is near."""
    text = bare(line)
    return bool(text) and not reads_as_sentence(text) and (_contact(text) or is_role(text))


def card_like(line: str) -> bool:
    """Whether a line may be a card's: short, and not a sentence of the writer's."""
    text = bare(line)
    if not text or is_rule(text) or _PICTURE.fullmatch(text):
        return True
    if reads_as_sentence(text) or text[-1] in ":：?！!":
        return False
    if _contact(text) or is_role(text) or _POSTAL.search(text) is not None:
        return True
    words = _WORD.findall(text)
    if words and all(word.casefold() in SOCIAL for word in words):
        return True
    return 0 < len(words) <= 8 and all(w[0].isupper() or w[0].isdigit() or w.casefold() in SMALL for w in words)


def is_picture(line: str) -> bool:
    """Whether a line is only the mark of a picture."""
    text = bare(line)
    return bool(text) and _PICTURE.sub("", text).strip(_MARKS) == "" and _PICTURE.search(text) is not None


def is_phone_line(line: str) -> bool:
    """Whether a phone, an app or a scanner put this line there."""
    text = clean(line[:LINE_CAP])
    return bool(text) and (is_sent_from(_BRACKETED.sub("", text).strip(), after_blank=True) or is_footer(text))


def is_linked(line: str) -> bool:
    """Whether a line is nothing but a link, such as to where an app can be had."""
    text = clean(line[:LINE_CAP])
    return bool(text) and " " not in text and _URL.fullmatch(text.strip("<>()[]")) is not None


def small_print(paragraph: Sequence[str], *, below_card: bool) -> int | None:
    """The index of the line from which on a paragraph is small print, or None.

    `below_card`: it is below somebody's card, where fewer signs are enough.
    """
    folded = [fold(clean(line[: 4 * LINE_CAP])) for line in paragraph]
    for start, line in enumerate(folded):
        if start and not (_begins_print(line) or any(word in line for word in REGISTER)):
            continue
        if is_small_print(" ".join(folded[start:]), line, below_card=below_card):
            return start
    return None


def is_small_print(folded: str, first: str, *, below_card: bool) -> bool:
    """Whether a folded text is a company's small print, from its `first` line on."""
    text = folded[:6000]
    if any(sign in text for sign in CERTAIN) and (_begins_print(first) or any(sign in first[:200] for sign in CERTAIN)):
        return True
    if any(sign in first[:90] for sign in THIS_MAIL) and any(sign in text for sign in SECRETS):
        return _begins_print(first) or sum(sign in text for sign in SECRETS) >= 2
    if any(sign in first for sign in REGISTER) and sum(sign in text for sign in REGISTER) >= (1 if below_card else 2):
        # "Our VAT number is …, and our registered office …" is an answer.
        return below_card or SPOKEN.isdisjoint(_WORD.findall(text))
    return below_card and len(text) <= 300 and any(sign in first for sign in BELOW_CARDS)


def _begins_print(folded: str) -> bool:
    head = folded[:160].lstrip(_MARKS + "-–—#!\"'(🌳🌱🌍♻🍃")
    head = _NOTICE.sub("", head)
    return head.startswith((*CERTAIN, *THIS_MAIL)) or any(sign in head[:60] for sign in CERTAIN)
