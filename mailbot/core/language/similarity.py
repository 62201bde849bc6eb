"""Tells which mails are alike, by their opening words, so that trouble that hits many people is noticed early."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from functools import lru_cache

from mailbot.core.language.folding import unspaced, words
from mailbot.core.language.stop_words import COMMON
from mailbot.core.model.addresses import address_key

MOST_WORDS = 12  # of one mail: its subject, and how its text begins
_STEM = 5  # letters by which two forms of a word are the same: "order", "orders", "ordered"
_LOOKED_AT = 600  # characters of the text
_SHARED = 0.4  # of the shorter of two mails
_SAME = 0.9  # of all the words of two texts
_TELLING = 6  # different words that a text must have to be recognised
_ENDING = re.compile(r"(?<=[^\W\d_]{4})(?:e?s|ed|ing|en)$")
_DIGIT = re.compile(r"\d")
_REPLY = re.compile(r"^\s*(?:re|aw|fwd?|wg|tr|sv|rv)\s*:\s*", re.IGNORECASE)


@lru_cache(maxsize=4)  # a mail is first compared with others, then stored with it
def fingerprint(sender: str, subject: str, text: str) -> str | None:
    """What a mail is about, in at most 91 characters: the sender, a colon, and up to twelve words, each as a hash.

    None if nothing is left after removing the words that any mail may have.
    """
    marks: dict[str, None] = {}
    for word in _telling(f"{_REPLY.sub('', subject)}\n{text[:_LOOKED_AT]}"):
        marks.setdefault(_hash(word))
        if len(marks) == MOST_WORDS:
            break
    return f"{_hash(address_key(sender))}:{','.join(marks)}" if marks else None


def count_alike(mine: str | None, others: Iterable[str]) -> int:
    """How many people wrote a mail like this one, its own sender included; 0 if nobody else did."""
    if mine is None:
        return 0
    sender, _, marks = mine.partition(":")
    wanted = frozenset(marks.split(","))
    senders = set()
    for other in others:
        who, _, marks = other.partition(":")
        had = marks.split(",")
        if (shared := len(wanted.intersection(had))) and who != sender:
            small, large = sorted((len(wanted), len(had)))
            if shared >= max(min(2, large), _SHARED * small):
                senders.add(who)
    return len(senders) + 1 if senders else 0


def same_words(one: str, other: str) -> bool:
    """Whether two texts differ only in their numbers, as a machine's mails do. Never so for a few words."""
    mine, theirs = _worded(one), _worded(other)
    return len(mine) >= _TELLING and len(theirs) >= _TELLING and len(mine & theirs) >= _SAME * len(mine | theirs)


def _worded(text: str) -> frozenset[str]:
    folded = words(text[:_LOOKED_AT])[1]
    marks = (word[at : at + 2] for word in folded if unspaced(word) for at in range(len(word) - 1))
    whole = (word for word in folded if not unspaced(word))
    return frozenset(mark for mark in (*marks, *whole) if not _DIGIT.search(mark))


def _telling(text: str) -> Iterable[str]:
    """The words that tell what a mail is about, each by its beginning; numbers in full."""
    for word in words(text)[1]:
        if unspaced(word):
            yield from (word[at : at + 2] for at in range(len(word) - 1))
        elif _DIGIT.search(word):
            if len(word) >= 3:
                yield word
        elif len(word) >= 4 and word not in COMMON:
            yield _ENDING.sub("", word)[:_STEM]


def _hash(word: str) -> str:
    return f"{zlib.crc32(word.encode('utf-8', 'surrogatepass')) & 0xFFFFFF:06x}"
