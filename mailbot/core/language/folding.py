"""Makes words comparable: folds away case, accents, apostrophes and invisible characters."""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not decompose, though writers without the key for them do.
_STROKES = {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i"}
_MARKS = {"’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "–": "-", "—": "-", "‐": "-", "‑": "-", "\u00a0": " "}
_FOLDED = str.maketrans(_STROKES | _MARKS)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
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
    bare = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text).casefold()).casefold().translate(_FOLDED)
    return unicodedata.normalize("NFC", "".join(c for c in bare if unicodedata.category(c) != "Mn"))


def words(text: str) -> tuple[list[str], list[str]]:
    """The words of a text, in order: as written, and folded. Both lists have the same length.

    A word is a run of letters and digits of any script; apostrophes and hyphens separate words.
    """
    if text.isascii():
        written = _WORD.findall(text)
        return written, [w.lower() for w in written]
    composed = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    written = _WORD.findall(composed)
    return written, [w.lower() if w.isascii() else fold(w) for w in written]


def unspaced(text: str) -> bool:
    """Whether the text has a letter of a script without spaces between words (or with glued-on endings, as Korean)."""
    return _UNSPACED.search(text) is not None
