"""Takes whole sentences out of somebody's words, so that no quotation ends in the middle of one."""

from __future__ import annotations

import re
from typing import Final

_END = re.compile(r"[.!?…](?:[\"'”“»)\]]|[\u00a0\u202f]»)?(?=\s|\Z)|[。！？؟][」』）”»]?")
_QUESTIONS: Final = ("?", "？", "؟", "\u037e")
_CLOSERS: Final = "\"'”“»)]"
# What ends with a full stop and ends no sentence: a number in a list, an initial, and the commonest abbreviations.
_NO_END = re.compile(
    r"(?:^|[\s(])(?:\d{1,3}|[^\W\d_]|(?:[^\W\d_]\.\s?){1,3}[^\W\d_]|dr|prof|mr|mrs|ms|st|no|nr|vs|etc|e\.g|i\.e|ca|bzw"
    r"|usw|ggf|inkl|zzgl|evtl|vgl|str|tel|abs|art|approx|inc|ltd|jan|feb|aug|sept|oct|okt|nov|dec|dez)\.\Z",
    re.IGNORECASE,
)
_LONGEST: Final = 20_000
_GREETING: Final = 40
_LAST_WORD: Final = 30  # characters, more than `_NO_END` can match
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_A_WORD: Final = 2.5  # signs of a script without blanks that say as much as a word
# After a full stop as wide as a letter no blank is set.
_WIDE_END = re.compile(r"(?<=[。！？」』）]) (?!https?:)(?=\S)")
_SPACE = re.compile(r"\s{2,}|[^\S\u00a0\u202f]")


def without_breaks(text: str) -> str:
    """The text with one blank for each space in it; a single no-break space stays, as French sets it: « Ça va ? »."""
    return _SPACE.sub(" ", text).strip()


def close_up(text: str) -> str:
    """The text without the blanks that Japanese and Chinese do not set between sentences."""
    return _WIDE_END.sub("", text)


def words_in(text: str) -> int:
    """How many words a text has; of a script without blanks, how many it says."""
    dense = len(_DENSE.findall(text))
    return len(text.split()) if not dense else len(_DENSE.sub(" ", text).split()) + round(dense / _A_WORD)


def sentences(text: str) -> list[str]:
    """The sentences of a text, each on one line; what comes after the last full stop is one as well."""
    words = without_breaks(text[:_LONGEST])
    found, start = [], 0
    for end in _END.finditer(words):
        # Only its last word tells: where no full stop ends a sentence, it must not be looked through from its begin.
        if _NO_END.search(words[max(start, end.end() - _LAST_WORD) : end.end()].lstrip()):
            continue
        sentence = words[start : end.end()].strip()
        if not sentence:
            continue
        found.append(sentence)
        start = end.end()
    rest = words[start:].strip()
    return [*found, rest] if rest else found


def whole_sentences(text: str, characters: int, words: int | None = None) -> str:
    """The first sentences that fit into so many characters (and words); empty if not even the first one does.

    The number of an enumeration that went on is not left at the end of it.
    """
    kept = ""
    for sentence in sentences(text):
        longer = close_up(f"{kept} {sentence}".strip())
        if len(longer) > characters or (words is not None and words_in(longer) > words):
            break
        kept = longer
    return "" if _NO_END.search(kept) and kept != without_breaks(text) else kept


def last_question(text: str, characters: int = 300) -> str:
    """The last question in the words of one of us, lines for the desk left out; empty if there is none."""
    lines = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith(("/", ">"))]
    if lines and len(lines[0]) <= _GREETING and lines[0].rstrip().endswith((",", "!", "，")):
        del lines[0]
    prose = "\n".join(lines)
    asked = [one for one in sentences(prose) if one.rstrip(_CLOSERS).endswith(_QUESTIONS)]
    return next((one for one in reversed(asked) if len(one) <= characters), "")
