"""Picks the one fact that a phone's list shows of a mail of ours: what was asked, when they hear next, else what is said first."""

from __future__ import annotations

from collections.abc import Sequence

from mailbot.adapters.letters.html import ASIDE
from mailbot.core.letters.sentences import close_up, sentences, without_breaks

_LONGEST = 140
_OF_NOTICE = 200
_GREETING = 60
_LITTLE = 45  # characters: "Thanks for writing." is no fact
_GREETS = (",", "!", ":", "،", "様")
_ASKS = ("?", "？", "؟")
_READ = 10_000  # characters of an answer, the first sentence of which is all that counts


def preheader_of(words: str, said: Sequence[str], asked: str = "") -> str:
    """What we `asked`, if the letter says it; else the sentence with the first of the times that are `said`, else how it begins.

    An agent's own words come first.
    """
    body = words.rpartition("\n-- \n")[0] or words
    question = without_breaks(asked[:_READ])
    if question and question in without_breaks(body[:_READ]):
        return _short(question)
    above, aside, _ = body.partition(f"\n{ASIDE}\n")
    blocks = [without_breaks(block) for block in above[:_READ].split("\n\n") if block.strip()]
    if len(blocks) > 1 and len(blocks[0]) <= _GREETING and blocks[0].endswith(_GREETS):
        del blocks[0]
    told = [found for block in blocks if (found := sentences(block))]
    if aside or not told:
        return _short(told[0][0] if told else "")
    timed = (sentence for block in told for sentence in block if any(time in sentence for time in said))
    fact = next(timed, None) or _opening(told[0])
    return _short(fact[:1].upper() + fact[1:])  # after "Guten Tag Nora," German goes on in lower case


def _opening(block: Sequence[str]) -> str:
    """The first sentence, and more if that says little by itself; if something is asked, all up to that."""
    end = next((at for at, sentence in enumerate(block) if sentence.endswith(_ASKS)), -1) + 1
    while end < len(block) and len(" ".join(block[:end])) < _LITTLE:
        end += 1
    return close_up(" ".join(block[:end]))


def preview_of(line: str) -> str:
    """The same of a notice, whose template says it."""
    return _short(line, _OF_NOTICE)


def _short(line: str, longest: int = _LONGEST) -> str:
    return line if len(line) <= longest else line[: longest - 1].rsplit(" ", 1)[0] + "…"
