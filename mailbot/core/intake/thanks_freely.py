"""Thanks in words of one's own: every sentence thanks, praises, or says that it is settled, and none has a matter."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from mailbot.core.intake.thanks_free_words import FREE, FreeThanks
from mailbot.core.intake.thanks_words import GRATITUDE
from mailbot.core.language.folding import compared, fold

_LONGEST: Final = 260  # characters
_BUTS: Final = "but|aber|doch|mais|pero|maar|mas|ma|porém|however|was|once|nope|yes|ja|oui|sí|si|sim|da|in advance|voraus|antemano|avance|alvast|antecipad|anticip|account|konto|compte|cuenta|conto|conta|rekening|abonnement|abo|vertrag|contrat|contrato|contratto|contract|subscription|membership|アカウント|口座|契約"
_OWN: Final[dict[str, tuple[str, ...]]] = {
    "fr": ("ma", "mas"),
    "es": ("mas",),
    "de": ("was",),
    "pt": ("da", "si"),
    "it": ("da", "si"),
    "ja": ("ma", "si", "da", "ja", "was", "mas"),
}
_ASKING: Final = frozenset(("is", "are", "does", "do", "did", "has", "have", "was", "were"))
_SENTENCE_END = re.compile(r"[.!…\n。！～]+")
_UNKNOWN: Final = 6  # words of one sentence that belong to no phrase
_UNKNOWN_OF_ALL: Final = 10
_GLAD_KINDS: Final = 2  # of thanks, settled and praise
_UNKNOWN_LETTERS: Final = 14  # the same for scripts without spaces, in characters of one sentence


def thanks_freely(text: str) -> bool:
    """Whether the text, without its signature and emoji, thanks and says nothing that anybody would have to act on.

    The caller has made sure that there is no question mark, number, link or emoji in it. Each sentence must hold a
    phrase of thanks, of praise or of its being settled; what else it says is a few words, none of which may be a sign of
    a matter (but, not, please, another, broken, invoice). In doubt it is not thanks.
    """
    if len(text) > _LONGEST:
        return False
    sentences = [s.strip() for s in _SENTENCE_END.split(text) if s.strip()]
    return bool(sentences) and any(_speaks(sentences, language) for language in FREE)


def _speaks(sentences: list[str], language: str) -> bool:
    spaced = GRATITUDE[language].spaced
    said_all: set[str] = set()
    unknown = 0
    for sentence in sentences:
        said = _spaced(sentence, language) if spaced else _unspaced(sentence, language)
        if said is None:
            return False
        kinds, left = said
        if not kinds or left > (_UNKNOWN if spaced else _UNKNOWN_LETTERS):
            return False
        unknown += left
        said_all |= kinds
    # Bare thanks with words that nobody knows may be an answer ("yes, thanks"): it takes a second glad sign.
    glad = len(said_all & {"thanks", "settled", "praise"}) >= _GLAD_KINDS
    return glad and unknown <= (_UNKNOWN_OF_ALL if spaced else 2 * _UNKNOWN_LETTERS)


def _spaced(sentence: str, language: str) -> tuple[set[str], int] | None:
    """What kinds of phrases a sentence holds, and how many other words; None if one of these is a sign of a matter."""
    table, halts, longest = _table(language)
    folded = compared(sentence)[1]
    if language == "en" and folded and folded[0] in _ASKING:
        return None  # a question without its mark
    kinds: set[str] = set()
    unknown, at = 0, 0
    while at < len(folded):
        for length in range(min(longest, len(folded) - at), 0, -1):
            kind = table.get(" ".join(folded[at : at + length]))
            if kind is not None:
                kinds.add(kind)
                at += length
                break
        else:
            if folded[at] in halts or any(folded[at].startswith(h) for h in halts if len(h) >= 5):
                return None
            unknown += 1
            at += 1
    return kinds - {"filler"}, unknown


def _unspaced(sentence: str, language: str) -> tuple[set[str], int] | None:
    table, halts, longest = _table(language)
    text = fold("".join(sentence.split()))
    kinds: set[str] = set()
    left = ""
    at = 0
    while at < len(text):
        for length in range(min(longest, len(text) - at), 0, -1):
            kind = table.get(text[at : at + length])
            if kind is not None:
                kinds.add(kind)
                at += length
                left += "\n"
                break
        else:
            left += text[at]
            at += 1
    if any(halt in left for halt in halts):
        return None
    return kinds - {"filler"}, len(left.replace("\n", ""))


@cache
def _table(language: str) -> tuple[dict[str, str], frozenset[str], int]:
    """Phrases (folded, words joined by one space) with their kinds, the signs of a matter, and the longest phrase."""
    strict, free = GRATITUDE[language], FREE[language]
    spaced = strict.spaced
    table: dict[str, str] = {}
    for kind, phrases in (
        ("filler", strict.hello), ("filler", strict.filler), ("settled", strict.solved), ("settled", free.settled),
        ("praise", free.praise), ("closing", free.closing), ("thanks", strict.thanks), ("thanks", free.thanks),
    ):  # fmt: skip
        for phrase in phrases.split("|"):
            key = " ".join(compared(phrase)[1]) if spaced else fold("".join(phrase.split()))
            if key:
                table[key] = kind
    signs = ("".join(compared(word)[1]) if spaced else fold(word) for word in f"{free.halts}|{_BUTS}".split("|"))
    halts = frozenset(sign for sign in signs if sign not in _OWN.get(language, ()))
    longest = max(len(key.split()) if spaced else len(key) for key in table)
    return table, halts, longest


def known_languages() -> tuple[FreeThanks, ...]:
    """The tables, for tests of their form."""
    return tuple(FREE.values())
