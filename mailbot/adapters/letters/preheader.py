"""Picks the one fact that a phone's list shows of a letter: what was asked, when they hear next, else what is said first."""

from __future__ import annotations

from collections.abc import Sequence

from mailbot.adapters.letters.html import ASIDE
from mailbot.core.letters.sentences import sentences, without_breaks

_LONGEST = 140
_GREETING = 60
_READ = 10_000  # characters of an answer, the first sentence of which is all that counts


def preheader_of(words: str, said: Sequence[str], asked: str = "") -> str:
    """What we `asked`, if the letter says it; else the sentence with the first of the times that are `said`, or the first.

    An agent's own words come first.
    """
    body = words.rpartition("\n-- \n")[0] or words
    question = without_breaks(asked[:_READ])
    if question and question in without_breaks(body[:_READ]):
        return _short(question)
    above, aside, _ = body.partition(f"\n{ASIDE}\n")
    blocks = [without_breaks(block) for block in above[:_READ].split("\n\n") if block.strip()]
    if len(blocks) > 1 and len(blocks[0]) <= _GREETING and blocks[0].endswith((",", "!", ":")):
        del blocks[0]
    found = [sentence for block in blocks for sentence in sentences(block)]
    timed = [] if aside else [sentence for sentence in found if any(time in sentence for time in said)]
    return _short(next(iter(timed or found), ""))


def _short(line: str) -> str:
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rsplit(" ", 1)[0] + "…"
