"""Tells whether somebody writes only to say thanks, which needs no answer and reopens nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from mailbot.core.intake.quotes.signoff import as_name, sign_off
from mailbot.core.intake.thanks_freely import thanks_freely
from mailbot.core.intake.thanks_tail import above_signature
from mailbot.core.intake.thanks_words import GRATITUDE, WORKING, Gratitude
from mailbot.core.language.folding import fold, without_marks

_LONGEST: Final = 400  # characters: whoever writes more says more than thanks
MOST: Final = 10_000  # characters, signature included: nobody needs more for it
_GLAD = re.compile(
    "[👍👌🙏😊🙂😀😃😄😁☺❤♥💙💚💛💜🧡🎉🎊✅💯👏🤗😍🥰🙌✨🌟⭐💪😎🤩🍀🌸🌹💐🌞🌻🌷☀\ufe0f\u200d\U0001f3fb-\U0001f3ff]|[:;]-?[)D]|<3"
)
_MORE = re.compile(r"[?？؟;\d@#%€$£/\\<>=+]|://|www\.|[:;]-?[(\[|]")
_CLAUSE = re.compile(r"[.,!…:\n。、！，：~*_()\"“”„«»-]+")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_PHRASE_WORDS: Final = 7
_NAME_WORDS: Final = 3
_SO_MUCH: Final = frozenset(
    [
        "much",
        "a lot",
        "lots",
        "again",
        "sehr",
        "nochmals",
        "beaucoup",
        "encore",
        "infiniment",
        "mille",
        "mucho",
        "tanto",
        "tante",
        "muito",
        "zeer",
        "mycket",
    ]
)  # what may stand between thanks and a name ("Thank you so much Ana")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Phrases:
    """The phrases of one language, folded: as tuples of words, or as strings in scripts without spaces."""

    kinds: dict[tuple[str, ...], str]
    longest: int
    spaced: bool


def only_thanks(text: str) -> bool:
    """Whether new text says thanks, or that it works now, and nothing else.

    True only if every word of it belongs to phrases of thanks in one language, besides a greeting, a name after it,
    and a sign-off with a signature below it; if every sentence thanks in words of its own, and none has a sign of a
    matter; or if it is nothing but a glad emoji (👍). A question, a number, a link: False. In doubt it is not thanks.
    """
    if len(text) > MOST:
        return False
    text = above_signature(text)
    if text.strip() and not _GLAD.sub("", text).strip():
        return True
    if len(text) > _LONGEST or _MORE.search(_GLAD.sub(" ", text)):
        return False
    bare = without_marks(_GLAD.sub(" ", text)).replace("’", "'").replace("ʼ", "'")
    if any(0x2190 <= ord(char) <= 0x2BFF or ord(char) >= 0x1F000 for char in bare):
        return False  # an emoji that is not known to be glad may be an angry one
    name = sign_off(text) or _last_line_name(text)
    if name is not None and name[0].isupper():
        head, _, tail = bare.rpartition(name)
        bare = f"{head}\n{tail}"
    clauses = [clause.strip() for clause in _CLAUSE.split(bare) if clause.strip()]
    if not clauses:
        return False
    return any(_speaks(clauses, _phrases(language)) for language in GRATITUDE) or thanks_freely(bare)


def _last_line_name(text: str) -> str | None:
    """A name of one or two words by itself in the last line."""
    above, gap, last = text.strip().rpartition("\n\n")
    return as_name(last) if gap and above.strip() and len(last.split()) <= 2 and "\n" not in last else None


def _speaks(clauses: list[str], phrases: _Phrases) -> bool:
    """Whether all clauses consist of phrases of this language, with thanks or good news among them."""
    found: set[str] = set()
    for number, clause in enumerate(clauses):
        kinds = _spaced(clause, phrases, first=number == 0) if phrases.spaced else _unspaced(clause, phrases)
        if kinds is None and phrases.spaced and _works(clause):
            kinds = {"solved"}
        if kinds is None:
            return False
        found |= kinds
    return bool(found & {"thanks", "solved"})


def _works(clause: str) -> bool:
    """Whether a clause says that one thing works ("the green lamp works again"), and no more."""
    return WORKING.fullmatch(fold(" ".join(clause.split()))) is not None


def _spaced(clause: str, phrases: _Phrases, *, first: bool) -> set[str] | None:
    """The kinds of the phrases that the clause consists of, or None if there is anything else in it."""
    written = _WORD.findall(clause)
    if len(written) != len(clause.split()):
        return None
    words = [fold(word) for word in written]
    kinds: set[str] = set()
    at, last = 0, ""
    while at < len(words):
        for length in range(min(phrases.longest, len(words) - at), 0, -1):
            kind = phrases.kinds.get(tuple(words[at : at + length]))
            if kind is not None and (kind != "hello" or (first and at == 0)):
                kinds.add(kind)
                last = " ".join(words[at : at + length])
                at += length
                break
        else:
            # A name may end a greeting or thanks: "Hi Ana", "Thanks Ana".
            rest = written[at:]
            named = at > 0 and len(rest) <= (_NAME_WORDS if kinds == {"hello"} else 1)
            greets = kinds <= {"hello", "thanks"} or (kinds == {"thanks", "filler"} and last in _SO_MUCH)
            if named and greets and rest[0][0].isupper() and as_name(" ".join(rest)):
                return kinds
            return None
    return kinds


def _unspaced(clause: str, phrases: _Phrases) -> set[str] | None:
    """The same for scripts without spaces: the longest phrase first, from left to right."""
    text = fold("".join(clause.split()))
    kinds: set[str] = set()
    at = 0
    while at < len(text):
        for length in range(min(phrases.longest, len(text) - at), 0, -1):
            kind = phrases.kinds.get((text[at : at + length],))
            if kind is not None:
                kinds.add(kind)
                at += length
                break
        else:
            return None
    return kinds


@cache
def _phrases(language: str) -> _Phrases:
    """The table of one language, prepared for look-ups."""
    table: Gratitude = GRATITUDE[language]
    kinds: dict[tuple[str, ...], str] = {}
    for kind, phrases in (
        ("hello", table.hello), ("filler", table.filler), ("solved", table.solved), ("thanks", table.thanks),
    ):  # fmt: skip
        for phrase in phrases.split("|"):
            folded = fold(phrase.replace("-", " "))
            kinds[tuple(folded.split()) if table.spaced else ("".join(folded.split()),)] = kind
    longest = max(len(key) if table.spaced else len(key[0]) for key in kinds)
    return _Phrases(kinds=kinds, longest=min(longest, _PHRASE_WORDS) if table.spaced else longest, spaced=table.spaced)
