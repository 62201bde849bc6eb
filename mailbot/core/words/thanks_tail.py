"""Takes the signature off below a few words of thanks: a name, a company, a telephone, a plea for the trees."""

from __future__ import annotations

import re
from typing import Final

from mailbot.core.quotes.lines import clean, is_rule, is_sent_from
from mailbot.core.quotes.signoff import as_name, is_closing, is_question

_MOST_BELOW: Final = 12  # lines below the name that a signature may have
_TITLE: Final = 2  # words with a capital that make a line a title
_COMPANY_WORDS: Final = 3  # of a company that writes itself without any
_WORDS_ABOVE: Final = 40  # lines that are looked at
_CONTACT = re.compile(r"[\w.+-]+@[\w.-]+\w|\bwww\.\w|(?<!\d)\+?\(?\d[\d ()/.-]{6,}")
_COMPANY = re.compile(
    r"(?:^|\W)(?:Ltd|Limited|LLC|LLP|PLC|Inc|Corp|Co|Company|Group|GmbH|AG|KG|OHG|UG|e\.\s?V|mbH|S\.?A\.?S?|S\.?[aà]\.?r\.?l"
    r"|SARL|S\.?r\.?l|S\.?p\.?A|S\.?L|B\.?V|N\.?V|A/S|ApS|AB|Oy|AS|Sp\. z o\.o|s\.r\.o|a\.s|Lda|Ltda|Pty|Pvt|K\.K)\.?(?:$|\W)"
)
_WORD = re.compile(r"[^\W\d_]+")
_LABEL: Final = 3  # letters of a label in lower case ("tel", "m")
_SMALL = frozenset(
    [
        "of",
        "and",
        "the",
        "for",
        "at",
        "in",
        "&",
        "+",
        "-",
        "/",
        "de",
        "der",
        "des",
        "die",
        "das",
        "und",
        "für",
        "im",
        "am",
        "du",
        "la",
        "le",
        "et",
        "y",
        "e",
        "i",
        "da",
        "do",
        "di",
        "del",
        "della",
        "van",
        "voor",
        "en",
        "och",
        "og",
    ]
)
_PLEAS = (
    ("think", "print"), ("consider", "environment"), ("consider", "print"), ("denken", "drucken"), ("umwelt", "drucken"),
    ("imprimer", "mail"), ("pensez", "environnement"), ("imprimir", "correo"), ("medio ambiente", "imprimir"),
    ("stampare", "mail"), ("imprimir", "mail"), ("print", "milieu"), ("printer", "mail"),
    ("confidential", "recipient"), ("vertraulich", "empfänger"), ("confidentiel", "destinataire"),
)  # fmt: skip


def above_signature(text: str) -> str:
    """The text without a name and what hangs below it, where every line there can only be a signature's.

    In doubt all of it stays: a sentence below a name is said by somebody.
    """
    lines = text.split("\n")
    filled = [number for number, line in enumerate(lines) if line.strip()]
    if not 2 <= len(filled) <= _WORDS_ABOVE:
        return text
    for place in range(len(filled) - 1, 0, -1):
        at = filled[place]
        below = filled[place + 1 :]
        if len(below) > _MOST_BELOW:
            return text
        line = clean(lines[at])
        apart = filled[place - 1] < at - 1 or is_closing(clean(lines[filled[place - 1]]))
        if below and apart and as_name(line) is not None and line[:1].isupper():
            start = filled[place - 1] if is_closing(clean(lines[filled[place - 1]])) and place > 1 else at
            return "\n".join(lines[:start]).rstrip()
        if not _of_a_signature(line):
            return text
    return text


def _of_a_signature(line: str) -> bool:
    """Whether a line below a name says nothing to anybody: a way to reach them, a company, a title, a plea."""
    if is_question(line) or len(line) > 300:
        return False
    folded = line.casefold()
    if is_rule(line) or is_sent_from(line, after_blank=True) or any(a in folded and b in folded for a, b in _PLEAS):
        return True
    if len(line) > 80 or "://" in line:
        return False
    if _CONTACT.search(line):
        # "Tel. +49 30 …, kim@…": whatever else stands there is a label or a name.
        return all(len(w) <= _LABEL or not w[0].islower() for w in _WORD.findall(_CONTACT.sub(" ", line)))
    if line[-1] in ".!" and not _COMPANY.search(line):
        return False
    told = [_capitals(piece) for piece in re.split(r"[|·•,;()]", line) if piece.strip()]
    return None not in told and (sum(filter(None, told)) >= _TITLE or _COMPANY.search(line) is not None)


def _capitals(piece: str) -> int | None:
    """How many words with a capital a title or a company's name has; None where it is a piece of a sentence."""
    words = [word for word in piece.split() if word not in _SMALL]
    if _COMPANY.search(piece) and len(words) <= _COMPANY_WORDS:
        return len(words)
    return len(words) if all(word[0].isupper() or word[0].isdigit() for word in words) else None
