"""Learns an agent's signature from their last mails: the lines that all of them end with."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from mailbot.core.intake.agent_words import words_of_text
from mailbot.core.intake.incoming import Incoming, Tail
from mailbot.core.intake.learned_pictures import SAME, pictures_off
from mailbot.core.intake.mime.pictures import without_marks
from mailbot.core.intake.quotes import cards
from mailbot.core.intake.quotes.lines import clean, fold, is_rule
from mailbot.core.intake.quotes.signature import owns, stripped
from mailbot.core.intake.quotes.signoff import is_closing
from mailbot.core.model.known import Known
from mailbot.core.model.policy import Agent, Policy

_LINES: Final = 40  # of a tail


@dataclass(frozen=True, kw_only=True, slots=True)
class Learned:
    """An agent's words without the tail that they share with earlier ones; `mark` is a short name for the tail."""

    words: str
    tail: str
    mark: str


def without_learned(words: str, earlier: Sequence[str], agent: Agent) -> Learned | None:
    """The words of a mail without the signature that this agent's earlier words (at most ten, any order) show; or None.

    A tail counts if four of them end with it, and only from a closing or a delimiter on, or from the line that names
    the agent, or holds a number or address of theirs. Nothing may be left. Pure; linear in its input.
    """
    lines = words.split("\n")
    mine = [index for index in range(len(lines) - 1, -1, -1) if _says(lines[index])][:_LINES]
    others = [_tail(each) for each in earlier]
    shared = sorted((_alike([_fold(lines[i]) for i in mine], other) for other in others), reverse=True)
    if len(shared) < SAME or not shared[SAME - 1]:
        return None
    first = mine[shared[SAME - 1] - 1]
    start = _start(lines, first, agent)
    if start is None:
        return None
    tail = "\n".join(stripped(lines[start:]))
    while start and (not clean(lines[start - 1]) or is_rule(clean(lines[start - 1]))):
        start -= 1
    return Learned(words="\n".join(stripped(lines[:start])), tail=tail, mark=mark_of(tail))


def tail_off(incoming: Incoming, known: Known, policy: Policy) -> Incoming:
    """An agent's mail without the signature that their last mails show, unless they asked to keep it."""
    agent = incoming.who.agent
    if agent is None:
        return incoming
    found = None
    if len(known.said) >= SAME:
        found = without_learned(incoming.new_text, [words_of_text(each, agent, policy) for each in known.said], agent)
    if found is None or found.mark in known.kept_tails:
        return pictures_off(incoming, known, agent, kept=found.tail if found else "")
    whole = (
        found.words + incoming.whole.removeprefix(incoming.new_text)
        if incoming.whole.startswith(incoming.new_text)
        else incoming.whole
    )
    incoming = replace(
        incoming,
        new_text=found.words,
        whole=whole.strip("\n"),
        signature="\n".join(part for part in (found.tail, incoming.signature) if part),
        tails=(Tail(text=found.tail, mark=found.mark),),
    )
    return pictures_off(incoming, known, agent, kept="")


def mark_of(tail: str) -> str:
    """A short name for a tail; the same for tails that differ only in spaces and capitals."""
    said = "\n".join(_fold(line) for line in tail.split("\n") if _says(line))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:8]


def _fold(line: str) -> str:
    return " ".join(fold(clean(line[:1000])).split())


def _says(line: str) -> bool:
    """Whether a line holds more than the mark of a picture, whose number differs from mail to mail."""
    return bool(clean(without_marks(line)))


def _tail(text: str) -> list[str]:
    lines = text[-20_000:].split("\n")
    return [_fold(line) for line in reversed(lines) if _says(line)][:_LINES]


def _alike(mine: Sequence[str], other: Sequence[str]) -> int:
    """How many lines two texts have in common, counted from the end."""
    count = 0
    for one, two in zip(mine, other, strict=False):
        if one != two:
            break
        count += 1
    return count


def _start(lines: Sequence[str], first: int, agent: Agent) -> int | None:
    """Where the signature begins within a shared tail; None if nothing says that it is one."""
    above = next((i for i in range(first - 1, -1, -1) if _says(lines[i])), None)
    at = [i for i in range(first, len(lines)) if _says(lines[i])]
    if above is not None and _divides(lines[above]):
        return _below_name(lines, at, 0, agent)
    for place, index in enumerate(at):
        if _divides(lines[index]):
            return _below_name(lines, at, place + 1, agent)
    found = next((place for place, index in enumerate(at) if _is_theirs(lines[index], agent)), None)
    if found is None:
        return None
    while found and cards.card_like(lines[at[found - 1]]) and clean(lines[at[found] - 1]):
        found -= 1
    line = lines[at[found]]
    # A name alone is how a letter ends.
    return None if found + 1 == len(at) and cards.names(line, agent) and not cards.strong(line) else at[found]


def _is_theirs(line: str, agent: Agent) -> bool:
    return cards.names(line, agent) or owns(line, agent) or (cards.strong(line) and cards.card_like(line))


def _divides(line: str) -> bool:
    text = clean(line)
    return is_closing(text) or is_rule(text) or text in {"—", "–"}


def _below_name(lines: Sequence[str], at: Sequence[int], place: int, agent: Agent) -> int | None:
    """The first line below a closing that is not the name that goes with it."""
    if place < len(at) and cards.names(lines[at[place]], agent) and not cards.strong(lines[at[place]]):
        place += 1
    return at[place] if place < len(at) else None
