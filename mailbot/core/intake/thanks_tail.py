"""Removes the signature below a few words of thanks: a name, a company, a telephone, a plea for the trees."""

from __future__ import annotations

import re
from typing import Final

from mailbot.core.intake.quotes.lines import clean, is_rule, is_sent_from
from mailbot.core.intake.quotes.signoff import CLOSINGS, as_name, is_closing, is_question

_MOST_BELOW: Final = 12  # lines that a signature may have below the name
_TITLE: Final = 2  # words with a capital that make a line a title
_COMPANY_WORDS: Final = 3  # of a company's name without a legal form
_WORDS_ABOVE: Final = 40  # lines that are looked at
_CONTACT = re.compile(r"[\w.+-]+@[\w.-]+\w|\bwww\.\w|(?<!\d)\+?\(?\d[\d ()/.-]{6,}")
_COMPANY = re.compile(
    r"(?:^|\W)(?:Ltd|Limited|LLC|LLP|PLC|Inc|Corp|Co|Company|Group|GmbH|AG|KG|OHG|UG|e\.\s?V|mbH|S\.?A\.?S?|S\.?[aà]\.?r\.?l"
    r"|SARL|S\.?r\.?l|S\.?p\.?A|S\.?L|B\.?V|N\.?V|A/S|ApS|AB|Oy|AS|Sp\. z o\.o|s\.r\.o|a\.s|Lda|Ltda|Pty|Pvt|K\.K)\.?(?:$|\W)"
)
_WORD = re.compile(r"[^\W\d_]+")
_NAMED = re.compile(r"([^,|·]{2,40})(?:,|\||·| -)\s+(.{2,60})")
_TITLED = re.compile(r"[^\W\d_]{2,25}")
_FOR_US = re.compile(r"^(?:i\. ?[AV]\.|ppa\.?|p\.p\.?)\s+", re.IGNORECASE)  # how a German clerk signs
_LABEL: Final = 3  # characters of a label in lower case ("tel", "m")
_SMALL = frozenset(
    (
        "of", "and", "the", "for", "at", "in", "&", "+", "-", "/", "de", "der", "des", "die", "das", "und",
        "für", "im", "am", "du", "la", "le", "et", "y", "e", "i", "da", "do", "di", "del", "della", "van",
        "voor", "en", "och", "og",
    )
)  # fmt: skip
_PLEAS = (
    ("think", "print"), ("consider", "environment"), ("consider", "print"), ("denken", "drucken"), ("umwelt", "drucken"),
    ("imprimer", "mail"), ("pensez", "environnement"), ("imprimir", "correo"), ("medio ambiente", "imprimir"),
    ("stampare", "mail"), ("imprimir", "mail"), ("print", "milieu"), ("printer", "mail"),
    ("confidential", "recipient"), ("vertraulich", "empfänger"), ("confidentiel", "destinataire"),
)  # fmt: skip


def above_signature(text: str) -> str:
    """The text without a name and what follows it, if every line there can only belong to a signature.

    In doubt all of it stays: a sentence below a name is something that was said.
    """
    lines = text.split("\n")
    filled = [number for number, line in enumerate(lines) if clean(line)]  # a line of invisible characters says nothing
    if not 2 <= len(filled) <= _WORDS_ABOVE:
        return text
    found, titled = text, False
    for place in range(len(filled) - 1, -1, -1):
        at, below = filled[place], filled[place + 1 :]
        line = clean(lines[at])
        if len(below) > _MOST_BELOW:
            break
        above = clean(lines[filled[place - 1]]) if place else ""
        stands_apart = place > 0 and filled[place - 1] < at - 1
        if not below and stands_apart and _person_and_company(line):
            found = "\n".join(lines[:at]).rstrip()
        if below and is_closing(line) and as_name(line) is None and not _bare(line):
            return "\n".join(lines[: at + 1]).rstrip()  # "Thanks, Kim" and the company below
        name = _FOR_US.sub("", line)
        named = bool(below) and place > 0 and as_name(name) is not None and name[:1].isupper()
        if named and is_closing(above) and (place > 1 or not titled):
            return "\n".join(lines[: filled[place - 1] if place > 1 else at]).rstrip()
        if named and stands_apart and not titled:
            found = "\n".join(lines[:at]).rstrip()
        if not _of_a_signature(line) and not named:
            if not _TITLED.fullmatch(line) or not line[0].isupper():
                break
            titled = True  # "Purchasing" below a name is a title only if there is a closing phrase above
    return found


def _person_and_company(line: str) -> bool:
    """Whether a line is "Kim Case, Case Ltd" and no more."""
    named = _NAMED.match(line)
    if named is None or as_name(named[1]) is None:
        return False
    return _COMPANY.search(named[2]) is not None and _of_a_signature(named[2])


def _bare(line: str) -> bool:
    """Whether a closing phrase has no name after it."""
    return line.rstrip(" ,.!").casefold() in CLOSINGS


def _of_a_signature(line: str) -> bool:
    """Whether a line below a name has no message: a way to reach them, a company, a title, a plea."""
    if is_question(line) or len(line) > 300:
        return False
    folded = line.casefold()
    if is_rule(line) or is_sent_from(line, after_blank=True) or any(a in folded and b in folded for a, b in _PLEAS):
        return True
    if len(line) > 80 or "://" in line:
        return False
    if _CONTACT.search(line):
        # "Tel. +49 30 …, kim@…": anything else in it is a label or a name.
        return all(len(w) <= _LABEL or not w[0].islower() for w in _WORD.findall(_CONTACT.sub(" ", line)))
    if line[-1] in ".!" and not _COMPANY.search(line):
        return False
    told = [_capitals(piece) for piece in re.split(r"[|·•,;()]", line) if piece.strip()]
    return None not in told and (sum(filter(None, told)) >= _TITLE or _COMPANY.search(line) is not None)


def _capitals(piece: str) -> int | None:
    """How many capitalised words a title or a company's name has; None if it is a piece of a sentence."""
    words = [word for word in piece.split() if word not in _SMALL]
    if _COMPANY.search(piece) and len(words) <= _COMPANY_WORDS:
        return len(words)
    return len(words) if all(word[0].isupper() or word[0].isdigit() for word in words) else None
