"""Makes words comparable: folds away case, accents, apostrophes and invisible characters."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letters that Unicode does not decompose, though writers without the key for them do.
_STROKES = {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i"}
_MARKS = {"’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "–": "-", "—": "-", "‐": "-", "‑": "-", "\u00a0": " "}
# Arabic is typed with and without the dots of its last letters, with Persian and Urdu keys, and in digits of its own.
_ARABIC = {"ة": "ه", "ى": "ي", "ی": "ي", "ې": "ي", "ٱ": "ا", "ک": "ك", "ہ": "ه", "؟": "?", "؛": ";", "،": ","}
_DIGITS = {chr(first + n): str(n) for first in (0x0660, 0x06F0) for n in range(10)}
_FOLDED = str.maketrans(_STROKES | _MARKS | _ARABIC | _DIGITS)
# What is not seen, with the vowel signs of Arabic and the strokes that draw a word out: no word ends there.
_NO_LETTERS = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]"
)
_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3130-\u318f"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)


def fold(text: str) -> str:
    """The text as it is compared: case folded, accents dropped, one kind of apostrophe and hyphen.

    Works on any script, since both sides are folded alike.
    """
    if text.isascii():
        return text.lower().replace("`", "'")
    # Twice, since decomposing a compatibility letter may produce a capital.
    bare = unicodedata.normalize("NFKD", _NO_LETTERS.sub("", text).casefold()).casefold().translate(_FOLDED)
    return unicodedata.normalize("NFC", "".join(c for c in bare if unicodedata.category(c) != "Mn"))


def words(text: str) -> tuple[list[str], list[str]]:
    """The words of a text, in order: as written, and folded. Both lists have the same length.

    A word is a run of letters and digits of any script; apostrophes and hyphens separate words.
    """
    if text.isascii():
        written = _WORD.findall(text)
        return written, [w.lower() for w in written]
    composed = unicodedata.normalize("NFC", _NO_LETTERS.sub("", text))
    written = _WORD.findall(composed)
    return written, [w.lower() if w.isascii() else fold(w) for w in written]


def without_marks(text: str) -> str:
    """The text without what is no letter of a word: invisible signs, Arabic vowel signs, the stroke that draws a word out."""
    return text if text.isascii() else _NO_LETTERS.sub("", text)


def unspaced(text: str) -> bool:
    """Whether the text has a letter of a script without spaces between words (or with glued-on endings, as Korean)."""
    return _UNSPACED.search(text) is not None


# What Arabic writes onto the next word: "and", "so", "in", "for", and "the".
_AND = "وف"
_IN = "بل"
_OBJECT = (
    4  # letters of a word that keeps the "a" at its end: a longer one has it because it is the object of a sentence
)
_LETTERS_LEFT = 3  # of a word that "and" or "the" was taken from; one more for "in" and "for", which begin many words
# Words so short that "and" is taken from them all the same; "not" is none of them, for with it "and" says "not a single".
_SHORT = frozenset(
    [
        "هو",
        "هي",
        "هم",
        "في",
        "من",
        "عن",
        "ان",
        "لم",
        "لن",
        "قد",
        "كل",
        "ما",
        "مع",
        "لو",
        "عم",
        "مش",
        "مو",
        "به",
        "له",
        "لي",
        "لنا",
    ]
)
# What means something else without its first letters: "today" and "a day", "my boy" and "I have".
_WHOLE = frozenset(
    ["لماذا", "اليوم", "الليله", "الحين", "البارح", "البارحه", "الساعه", "السنه", "ولدي", "ولدنا", "بدون"]
)


def compared(text: str) -> tuple[list[str], list[str]]:
    """As `words`, with the folded ones as rules compare them: Arabic without what it writes onto a word's beginning."""
    written, folded = words(text)
    if text.isascii():
        return written, folded
    return written, [bare(word) if "\u0621" <= word[:1] <= "\u064a" else word for word in folded]


@lru_cache(maxsize=4096)
def bare(word: str) -> str:
    """A folded Arabic word without "and", "so", "in", "for" and "the" before it, and without the ending of an object.

    A letter that only looks like one of them goes as well ("فاتورة", an invoice, begins with "so"), and in every word
    alike: both what is looked for and what is written become the same.
    """
    while word not in _WHOLE:
        left = len(word)
        if word[0] in _AND and (left > _LETTERS_LEFT or word[1:] in _SHORT):
            word = word[1:]
        elif word.startswith(("بال", "كال")) and left >= _LETTERS_LEFT + 3:
            word = word[3:]
        elif word.startswith(("ال", "لل")) and left >= _LETTERS_LEFT + 2:
            word = word[2:]
        elif word[0] in _IN and left >= _LETTERS_LEFT + 2:
            word = word[1:]
        else:
            break
    return word[:-1] if word.endswith("ا") and len(word) > _OBJECT else word


def open_to_any_ending(beginning: str) -> bool:
    """Whether a folded word's beginning stays the same whatever follows: "فات" would lose its first letter in "فاتوره"."""
    # The longest that can be needed before a letter is taken is one that leaves `_LETTERS_LEFT` after three of them.
    endings = ("ن" * count for count in range(1, _LETTERS_LEFT + 4))
    return all(bare(beginning + ending) == bare(beginning) + ending for ending in endings)
