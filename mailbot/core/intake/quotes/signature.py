"""Separates an agent's signature from their words: what is certain goes, the rest stays or is called doubtful."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from mailbot.core.intake.quotes import cards
from mailbot.core.intake.quotes.lines import clean, fold, is_rule
from mailbot.core.intake.quotes.signoff import CLOSINGS, as_name, is_closing
from mailbot.core.model.policy import Agent

_ANY_WORD = re.compile(r"\w+")
_LINKS = re.compile(r"<[^<>\s]{1,2000}>|https?://\S+")
_MARKED: Final = 4_000  # characters
_LOOK: Final = 120  # lines from the end that may belong to a signature
_ROUNDS: Final = 40  # pieces that are removed one after the other: a phone's line, small print, a card
_CARD: Final = 16  # lines of a card
_DELIMITED: Final = 20  # lines below a delimiter that are a signature whatever they say, if the name is among them
_POSTSCRIPT: Final = ("ps", "p.s", "pps", "p.p.s", "nb:", "n.b", "ps:", "nachtrag")


@dataclass(frozen=True, kw_only=True, slots=True)
class Signed:
    """The lines of a mail in two: `words`, and the `signature` below them.

    `doubtful`: lines below a delimiter that are nobody's card; they are in neither of the two.
    """

    words: list[str]
    signature: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)


def is_signature(lines: Sequence[str], agent: Agent | None = None) -> bool:
    """Whether lines say nothing: a closing, a name, a card, a phone's line, small print. True if there are none.

    If at least two lines are a card's and the rest is short, the name may be anybody's. Pure, linear, never raises.
    """
    rest = [line for line in sign(lines, agent).words if clean(line) and not is_rule(clean(line))]
    if all(_closes(line, agent) for line in rest):
        return True
    if len(rest) > _CARD or not all(cards.card_like(line) or _closes(line, agent) for line in rest):
        return False
    return sum(cards.strong(line) for line in rest) >= 2


def sign(lines: Sequence[str], agent: Agent | None = None) -> Signed:
    """The words and the signature of an agent's lines without quotes. Each line that is not blank is in one list."""
    lines = list(lines)
    delimiter = _delimiter(lines)
    if delimiter is not None:
        below = lines[delimiter + 1 :]
        if _is_signed_off(below, agent):
            inner = _cut(lines[:delimiter], agent)
            return Signed(words=inner.words, signature=[*inner.signature, *lines[delimiter:]], doubtful=inner.doubtful)
        if lines[delimiter].rstrip("\r\n") in {"-- ", "--\u00a0"}:
            inner = _cut(lines[:delimiter], agent)
            under = _cut(lines[delimiter + 1 :], agent)
            return Signed(
                words=inner.words, signature=[*inner.signature, *under.signature], doubtful=stripped(under.words)
            )
    return _cut(lines, agent)


def is_signed(lines: Sequence[str], name: str) -> bool:
    """Whether a text has a person's name as its last line, or below a closing ("Best regards, Mara")."""
    writer = Agent(id="", name=name, addresses=())
    said = [line for line in lines if clean(line)]
    if not said:
        return False
    tail = fold(clean(said[-1])).rpartition(",")[2].strip(" .!")
    if cards.names(said[-1], writer) or (is_closing(clean(said[-1])) and cards.names(tail, writer)):
        return True
    return any(is_closing(clean(one)) and cards.names(two, writer) for one, two in itertools.pairwise(said))


def stripped(lines: Sequence[str]) -> list[str]:
    """The lines without the blank ones at both ends."""
    first, last = 0, len(lines)
    while first < last and not clean(lines[first]):
        first += 1
    while last > first and not clean(lines[last - 1]):
        last -= 1
    return list(lines[first:last])


def _delimiter(lines: Sequence[str]) -> int | None:
    """The index of the first line that divides words from signature (RFC 3676 section 4.3, blank or no blank)."""
    floor = max(0, len(lines) - _LOOK)
    exact = [i for i in range(floor, len(lines)) if lines[i].rstrip("\r\n") in {"-- ", "--\u00a0"}]
    if exact:
        return exact[0]
    loose = [i for i in range(floor, len(lines)) if clean(lines[i]) in {"--", "—", "––", "---", "___"}]
    return loose[-1] if loose else None


def _is_signed_off(below: Sequence[str], agent: Agent | None) -> bool:
    """Whether what is below a delimiter is a signature: a card, or a few lines with the agent's name at the top."""
    if is_signature(below, agent):
        return True
    below = [line for line in below if clean(line)]
    if len(below) > _DELIMITED or not any(cards.names(line, agent) or owns(line, agent) for line in below[:3]):
        return False
    return not any(_asks(line) for line in below)


def _asks(line: str) -> bool:
    text = cards.bare(line)
    return text[-1:] in {"?", "？"} or fold(text[:8]).startswith(_POSTSCRIPT)


def owns(line: str, agent: Agent | None) -> bool:
    """Whether a line holds an address of the agent's, or what the config says is in their signature."""
    if agent is None:
        return False
    folded = fold(line[:500])
    if any(address.casefold() in folded for address in agent.addresses):
        return True
    number = _digits(agent.phone)
    if len(number) >= 5 and number[-9:] in _digits(line[:500]):
        return True
    return _configured(line, agent)


def _configured(line: str, agent: Agent | None) -> bool:
    text = " ".join(fold(cards.bare(line)).split())
    return agent is not None and bool(text) and text in _said(agent)


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _said(agent: Agent) -> frozenset[str]:
    return frozenset(" ".join(fold(cards.bare(line)).split()) for line in agent.signature.splitlines() if line.strip())


def _closes(line: str, agent: Agent | None) -> bool:
    """Whether a line is a closing phrase or the name below it."""
    text = clean(line)
    return is_closing(text) or cards.names(line, agent) or (agent is None and as_name(text) is not None)


def _cut(lines: list[str], agent: Agent | None) -> Signed:
    """Remove card, small print and phone lines from the end, as long as there are any."""
    words, signature = list(lines), list[str]()
    for _ in range(_ROUNDS):
        start = _framed(words)
        start = _tail(words, agent) if start is None else start
        if start is None:
            break
        signature = [*words[start:], *signature]
        words = words[:start]
        while words and (not clean(words[-1]) or is_rule(clean(words[-1]))):
            words.pop()
    if words and signature and agent is not None and fold(cards.bare(words[-1])).strip(",.!") in CLOSINGS:
        head = next((line for line in signature if clean(line)), "")
        if cards.names(head, agent) and cards.strong(head):
            words.append(agent.name)  # otherwise a closing with nothing below would be left
    words, middle = _without_cards(words, agent)
    return Signed(words=stripped(words), signature=[*middle, *signature])


def _tail(lines: Sequence[str], agent: Agent | None) -> int | None:
    """Where the last piece of signature begins, or None."""
    end = len(lines)
    while end and (not clean(lines[end - 1]) or is_rule(clean(lines[end - 1]))):
        end -= 1
    if not end:
        return None
    if cards.is_phone_line(lines[end - 1]):
        return end - 1
    if _configured(lines[end - 1], agent) and not cards.names(lines[end - 1], agent):
        start = end - 1
        while start and (not clean(lines[start - 1]) or _configured(lines[start - 1], agent)):
            start -= 1
        while not clean(lines[start]) or (cards.names(lines[start], agent) and _under_closing(lines, start)):
            start += 1
        return start
    if cards.is_linked(lines[end - 1]) and end > 1 and cards.is_phone_line(lines[end - 2]):
        return end - 2
    top = end
    while top and clean(lines[top - 1]) and end - top < _LOOK:
        top -= 1
    card = _card_start(lines, end, agent)
    above = _card_start(lines, top, agent) is not None
    printed = cards.small_print(lines[top:end], below_card=above or card is not None)
    if printed is not None:
        return top + printed
    return card


def _framed(lines: Sequence[str]) -> int | None:
    """Where a card between two rules begins that ends the text below a closing, as is usual in Japan.

    The name on it may be in any script; without a closing above, it may be an address to send something to.
    """
    end = len(lines)
    while end and not clean(lines[end - 1]):
        end -= 1
    if end and _is_frame(lines[end - 1]):  # it may have been removed with the quote below it
        end -= 1
    top = end - 1
    while top >= 0 and end - top <= _CARD and not _is_frame(lines[top]):
        text = cards.bare(lines[top])
        if text and cards.reads_as_sentence(text):
            return None
        top -= 1
    if top < 0 or not _is_frame(lines[top]) or not _under_closing(lines, top):
        return None
    return top if sum(cards.strong(line) for line in lines[top + 1 : end]) >= 2 else None


def _is_frame(line: str) -> bool:
    text = clean(line)
    return len(text) >= 4 and len(set(text)) <= 2 and not any(char.isalnum() or char.isspace() for char in text)


def _card_start(lines: Sequence[str], end: int, agent: Agent | None) -> int | None:
    """Where the card begins that ends at `end`: below the name under a closing, else with the agent's own name."""
    index, seen, best, rows = end - 1, 0, None, 0
    while index >= 0 and rows <= _CARD and end - index <= _LOOK:
        text = clean(lines[index])
        if not text or is_rule(text):
            index -= 1
            continue
        if is_closing(text):
            behind = _behind_name(lines, index + 1, end, agent)
            if not seen or behind is None:
                return best
            told = _tells(lines[behind:end], agent) or _belongs_to_name(lines, behind, end, agent)
            return behind if told else best
        if cards.names(text, agent):
            if _told_to(lines, index):
                return best
            if (
                (seen and _tells(lines[index + 1 : end], agent))
                or cards.strong(lines[index])
                or _says_more(lines, index)
                or _heads(lines, index, end)
            ):
                best = index
            if best == index and _under_closing(lines, index):
                return _after_name(lines, index)
            if not cards.card_like(lines[index]):
                return best
        elif not cards.card_like(lines[index]) and not owns(lines[index], agent):
            return best
        elif (
            owns(lines[index], agent)
            and not cards.reads_as_sentence(cards.bare(lines[index]))
            and not _told_to(lines, index)
        ):
            best = index if best is None or index < best else best
        seen += 1
        rows += 1
        index -= 1
    return best


def _tells(lines: Sequence[str], agent: Agent | None) -> bool:
    """Whether lines below a name are a card's: at least one can be nothing else."""
    return any(cards.strong(line) or owns(line, agent) for line in lines)


def _belongs_to_name(lines: Sequence[str], start: int, end: int, agent: Agent | None) -> bool:
    """Whether up to three lines without a digit directly follow the agent's name, as a company's or a team's do."""
    below = lines[start:end]
    if not 0 < len(below) <= 3 or not cards.names(lines[start - 1], agent):
        return False
    return all(clean(line) and cards.card_like(line) and not _asks(line) and not _digits(line) for line in below)


def _says_more(lines: Sequence[str], index: int) -> bool:
    """Whether a name begins a line that goes on after a stroke ("Mara Lind | Care")."""
    return (index == 0 or not clean(lines[index - 1])) and any(stroke in lines[index] for stroke in "|·•")


def _heads(lines: Sequence[str], index: int, end: int) -> bool:
    """Whether a name begins a short paragraph that ends the text."""
    apart = index == 0 or not clean(lines[index - 1])
    return apart and 1 < end - index <= 6 and all(clean(line) for line in lines[index:end])


def _told_to(lines: Sequence[str], index: int) -> bool:
    """Whether the line above announces what follows ("Send it to:"): then it is said, not signed."""
    above = next((clean(lines[i]) for i in range(index - 1, max(-1, index - 4), -1) if clean(lines[i])), "")
    return above[-1:] in {":", "："}


def _under_closing(lines: Sequence[str], index: int) -> bool:
    above = next((clean(lines[i]) for i in range(index - 1, max(-1, index - 4), -1) if clean(lines[i])), "")
    return bool(above) and is_closing(above)


def _behind_name(lines: Sequence[str], start: int, end: int, agent: Agent | None) -> int | None:
    """The index below the name under a closing, or of what is there without a name."""
    at = next((i for i in range(start, end) if clean(lines[i])), None)
    if at is None:
        return None
    if cards.names(lines[at], agent) or as_name(clean(lines[at])) is not None:
        return _after_name(lines, at)
    return at if _tells(lines[at:end], agent) else None


def _after_name(lines: Sequence[str], index: int) -> int:
    """A name under a closing stays; a line that says more than the name goes with the card."""
    return index if cards.strong(lines[index]) else index + 1


def _without_cards(lines: list[str], agent: Agent | None) -> tuple[list[str], list[str]]:
    """The lines without a card in their midst (somebody wrote on below it), and that card."""
    for index, line in enumerate(lines):
        first = index == 0 or not clean(lines[index - 1])
        if not first or not cards.names(line, agent) or _told_to(lines, index) or _under_closing(lines, index):
            continue
        end = index + 1
        while end < len(lines) and end - index < _CARD and clean(lines[end]) and cards.card_like(lines[end]):
            end += 1
        below = lines[index + 1 : end]
        if sum(cards.strong(each) for each in below) >= 2 and (end == len(lines) or not clean(lines[end])):
            return [*lines[:index], *stripped(lines[end:])], lines[index:end]
    return lines, []


def without_marked(lines: Sequence[str], marked: Sequence[str]) -> tuple[list[str], list[str]]:
    """The lines without those that a client's HTML marks as a signature (`marked`: the text of each), and those lines."""
    kept, cut = list(lines), list[str]()
    for text in marked:
        wanted = _words_of(text)
        if not wanted or _too_much(text):
            continue
        known = set(wanted)
        floor = max(0, len(kept) - _LOOK)
        for end in range(len(kept), floor, -1):
            if not clean(kept[end - 1]) or not _within(kept[end - 1], known):
                continue
            start = end
            while start > floor and (not clean(kept[start - 1]) or _within(kept[start - 1], known)):
                start -= 1
            while start < end and not clean(kept[start]):
                start += 1
            said = [word for line in kept[start:end] for word in _words_of(line)]
            if set(said) >= known or len(said) * 10 >= len(wanted) * 7:
                cut = [*kept[start:end], *cut]
                del kept[start:end]
                break
    return kept, cut


def _words_of(text: str) -> list[str]:
    return _ANY_WORD.findall(fold(_LINKS.sub(" ", text[:_MARKED])))


def _within(line: str, known: set[str]) -> bool:
    said = _words_of(line)
    return all(word in known for word in said)


def _too_much(text: str) -> bool:
    """Whether what a client marks holds more than a signature: somebody wrote on inside it."""
    lines = [line for line in text.split("\n") if clean(line)]
    return len(lines) > _DELIMITED or any(_asks(line) for line in lines)
