"""Tells which facts a reply does nothing but ask for, and where in somebody's mails such a fact stands already.

A fact is one of a few things that every desk asks for: a number, a version, a picture. Both sides err to one side: what
may say more than a question is none, and what may be another number is not the one that is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from textwrap import shorten
from typing import TypeAlias

from mailbot.core.language.folding import words
from mailbot.core.letters.sentences import sentences

_MOST_LINES, _LONGEST_LINE = 2000, 400  # of one mail: what is longer was not typed
_MOST_ASKED = 40  # lines of a mail that may be nothing but a question
_SHOWN = 80  # characters of the line that holds it
_OTHER_WORDS = 25  # of the sentences around the questions: greetings, thanks, what it is for
_LOGO = 10_000  # bytes: a picture of somebody's screen is larger
_PICTURES = ("image/", "video/")
_NEAR, _CLOSE = 5, 2  # words between a name and its number


class Fact(StrEnum):
    """What may be asked for. The value is the end of its code in the catalogue (`fact.order`)."""

    ORDER = "order"
    INVOICE = "invoice"
    CUSTOMER = "customer"
    SERIAL = "serial"
    VERSION = "version"
    PICTURE = "picture"


Names: TypeAlias = Mapping[str, Sequence[tuple[str, ...]]]
"""Names of a fact, each as its folded words, by the first of them, the longest first."""


def _folded(*names: str) -> Names:
    every = sorted({tuple(words(name)[1]) for name in names}, key=len, reverse=True)
    return {first: [name for name in every if name[0] == first] for first in {name[0] for name in every}}


_ASKED: Mapping[Fact, Names] = {
    Fact.ORDER: _folded(
        *("order number", "order no", "order id", "number of your order", "number of the order", "purchase number"),
        *("Bestellnummer", "Auftragsnummer", "Nummer Ihrer Bestellung", "Nummer deiner Bestellung"),
        *("numéro de commande", "numéro de votre commande", "número de pedido", "numero dell'ordine"),
        *("numero d'ordine", "bestelnummer", "ordernummer", "número do pedido"),
    ),
    Fact.INVOICE: _folded(
        *("invoice number", "invoice no", "number of the invoice", "Rechnungsnummer", "numéro de facture"),
        *("número de factura", "numero della fattura", "numero di fattura", "factuurnummer", "número da fatura"),
    ),
    Fact.CUSTOMER: _folded(
        *("customer number", "customer no", "customer id", "client number", "Kundennummer", "numéro de client"),
        *("numéro client", "número de cliente", "numero cliente", "klantnummer", "número do cliente"),
    ),
    Fact.SERIAL: _folded(
        *("serial number", "serial no", "Seriennummer", "numéro de série", "número de serie", "numero di serie"),
        *("serienummer", "número de série"),
    ),
    Fact.VERSION: _folded("version", "version number", "versión", "versione", "versie", "versão", "release"),
    Fact.PICTURE: _folded(
        *("screenshot", "screen shot", "screenshots", "screengrab", "picture", "photo", "Bildschirmfoto", "Foto"),
        *("Bild", "capture d'écran", "copie d'écran", "captura", "schermata", "schermafbeelding", "schermafdruk"),
    ),
}
_HELD: Mapping[Fact, Names] = {  # what else those call it who have it, before the number
    Fact.ORDER: _folded("order", "Bestellung", "Auftrag", "commande", "pedido", "ordine", "bestelling", "encomenda"),
    Fact.INVOICE: _folded("invoice", "Rechnung", "facture", "factura", "fattura", "factuur", "fatura"),
    Fact.CUSTOMER: {},
    Fact.SERIAL: _folded("serial", "S/N"),
    Fact.VERSION: _folded("build"),
}


def _any_of(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in words(line)[1])


_ASKS = _any_of(
    "please could can would need send tell provide share know give attach",
    "bitte koennten könnten könnt können kannst brauchen brauche benötigen benötige schicken nennen senden teilen",
    "pouvez pourriez merci envoyer indiquer besoin podría puede envíe necesito necesitamos",
    "potrebbe può inviare serve kunt kun sturen graag poderia pode envie preciso precisamos",
)
_ANOTHER = _any_of(  # then it is not the one that they sent
    "another other further second new newer again more also better sharper full",
    "weiteres weitere anderes andere neues neue zweites noch nochmal besseres auch",
    "autre nouvelle encore aussi otra otro nueva altra nuova andere nieuwe outra",
)
_AND = _any_of("and or und oder sowie et ou y o e en of")
_QUESTION_WORDS = _any_of(
    "when what which how where whether if who why wann was welche welcher welches wie wo ob wer warum",
    "quand quel quelle comment où si pourquoi cuándo cuál qué cómo dónde quando quale cosa come dove se",
    "wanneer welk hoe waar wat qual que como onde",
)


def asks_for_some(text: str) -> bool:
    """Whether one of the facts is named at all, in the first lines of a mail: then their mails may matter."""
    folded = words("\n".join(text.split("\n", _MOST_ASKED)[:_MOST_ASKED])[: _MOST_ASKED * _LONGEST_LINE])[1]
    return any(_at(folded, names) is not None for names in _ASKED.values())


def only_asked(prose: str) -> tuple[Fact, ...]:
    """The facts that a reply asks for, in its order; empty if it says anything else of weight, or asks for more."""
    if prose.count("\n") > _MOST_ASKED:
        return ()
    found: list[Fact] = []
    beside = 0
    for sentence in sentences(prose):
        folded = words(sentence)[1]
        asked = [fact for fact, names in _ASKED.items() if _at(folded, names) is not None]
        question = "?" in sentence or not _ASKS.isdisjoint(folded)
        if asked and question:
            if len(sentence) > _LONGEST_LINE or not _ANOTHER.isdisjoint(folded) or _asks_more(folded):
                return ()
            found += [fact for fact in asked if fact not in found]
        elif "?" in sentence or asked:
            return ()
        else:
            beside += len(folded)
    return tuple(found) if beside <= _OTHER_WORDS else ()


def given_in(text: str, fact: Fact) -> str | None:
    """The line of a mail in which that fact stands, cut to what a notice shows; None if it does not. Pictures are files."""
    if fact is Fact.PICTURE:
        return None
    lines = text.split("\n", _MOST_LINES)[:_MOST_LINES]
    return next((shorten(line, _SHOWN, placeholder=" …") for line in lines if _stands_in(line, fact)), None)


def is_picture(type_: str, size: int) -> bool:
    """Whether a file of that media type and size (bytes) is what is meant by a picture of the matter."""
    return type_.startswith(_PICTURES) and size > _LOGO


def _asks_more(folded: Sequence[str]) -> bool:
    """Whether a question asks also for something else, or names a number itself ("do you see it in version 3 as well?")."""
    joined = next((at for at, word in enumerate(folded) if word in _AND), len(folded))
    return not _QUESTION_WORDS.isdisjoint(folded[joined:]) or any(word[0].isdigit() for word in folded)


def _stands_in(line: str, fact: Fact) -> bool:
    """Whether the number of that fact stands behind its name, or just before it; close behind a name that is short."""
    if len(line) > _LONGEST_LINE or line.lstrip().startswith(">"):
        return False
    written = line.split()
    flat = [(word, at) for at, token in enumerate(written) for word in words(token)[1]]
    folded = [word for word, _ in flat]
    for names, behind, before in ((_ASKED[fact], _NEAR, _NEAR), (_HELD[fact], _CLOSE, 0)):
        if (place := _at(folded, names)) is None:
            continue
        first, last = flat[place[0]][1], flat[place[1] - 1][1]
        if fact is Fact.VERSION:
            return any(map(_is_version, written[last + 1 : last + 1 + _CLOSE]))
        if any(map(_is_number, [*written[last : last + 1 + behind], *written[max(0, first - before) : first]])):
            return True
    return False


def _is_number(token: str) -> bool:
    """Whether it is a number of something: three digits, and no price, day or time of day."""
    bare = token.strip(".,;:!?()[]\"'“”„»«<>")
    digits = sum(letter.isdigit() for letter in bare)
    if digits < 3 or ":" in bare or "%" in bare or any(sign in bare for sign in "€$£¥"):
        return False
    parts = bare.replace(",", ".").split(".")
    return not (len(parts) > 1 and all(part.isdigit() for part in parts if part))


def _is_version(token: str) -> bool:
    bare = token.strip(",;:!?()[]\"'“”„»«<>").rstrip(".").lower().removeprefix("v")
    return bare[:1].isdigit() and all(letter.isalnum() or letter in ".-_+" for letter in bare)


def _at(folded: Sequence[str], names: Names) -> tuple[int, int] | None:
    """The first place at which one of the names stands: where it begins, and where it has ended."""
    for at, word in enumerate(folded):
        for name in names.get(word, ()):
            if tuple(folded[at : at + len(name)]) == name:
                return at, at + len(name)
    return None
