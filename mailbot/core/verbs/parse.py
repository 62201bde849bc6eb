"""What an agent asks for: the verbs at the top of a mail, one a line, and then the words for the customer.

All or nothing: anything unknown, incomplete, contradictory or in the wrong place refuses the whole mail, with a reason
and a draft that is as right as can be judged. How a line is told from prose: `mailbot.core.verbs.lines`. Whether a time
is clear, a name known or the ticket in a state for it is decided by whoever has the clock and the ticket.

With `/note` the whole mail is internal: its argument and all the text below are the note, and no words are left for the
customer. So a verb whose point is to tell the customer something at once (`/promise`, `/thanks`, `/timeline`, `/resolve` unless
quietly, `/send`, `/confirm`) contradicts it. A question to the desk (`/status`, `/why`, `/help`), `/spam` and `/ignore`
contradict words for the customer as well: if sent along, those would reach somebody for whom they were not meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailbot.core.model.reason import Reason, why
from mailbot.core.verbs.arguments import HELP, LISTS, QUESTIONS, Fault, Verb, ticket_named, verb_of
from mailbot.core.verbs.lines import (
    Line,
    LineKind,
    is_blank,
    is_meant_as_verb,
    is_verb_below,
    quoted,
    read_line,
)

__all__ = ["HELP", "Asked", "Refusal", "Verb", "parse_reply", "write_reply"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A mail that was understood. `prose` is what the customer is to read, unchanged but for blank lines around it.

    `unsent`: words below a question to the desk, which go to nobody.
    """

    verbs: tuple[Verb, ...]
    prose: str
    unsent: str = ""

    @property
    def for_customer(self) -> bool:
        """Whether it says itself that it is for the customer (`/reply`), so that it is sent from anywhere."""
        return any(verb.name == "reply" and not verb.argument for verb in self.verbs)

    @property
    def tells(self) -> bool:
        """Whether a verb of it would tell the customer something by itself."""
        return any(_tells(verb) or verb.name in _TOLD_ALONE for verb in self.verbs)


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """A mail that is refused whole: why, the line at fault as it was written, and the corrected mail."""

    reason: Reason
    line: str
    draft: str


_TELLING = frozenset(
    {"ham", "promise", "thanks", "send", "confirm", "goodwill", "approve", "reply", "do", "customer"}
) | {"nonews", "timeline"}
_TOLD_ALONE = frozenset({"plan", "workaround", "eta"})  # unless there is a note
_DOING = _TELLING | {"plan", "workaround", "eta", "resolve", "reopen", "wait"}
_CONTRADICTIONS: tuple[tuple[frozenset[str], frozenset[str], Reason], ...] = (
    (
        frozenset({"resolve"}),
        frozenset({"reopen", "wait", "promise", "eta", "nonews"}),
        why("contradiction.resolved-and-open"),
    ),
    (frozenset({"release"}), frozenset({"take", "assign"}), why("contradiction.nobody-and-somebody")),
    (frozenset({"take"}), frozenset({"assign"}), why("contradiction.yours-and-theirs")),
    (frozenset({"spam", "ignore"}), _DOING, why("contradiction.nothing-and-something")),
    (frozenset({"spam"}), frozenset({"ignore"}), why("contradiction.spam-and-ignore")),
    (frozenset({"note"}), _TELLING, why("contradiction.inside-and-told")),
)
_GREETING = 4  # words
_HAILS = frozenset(
    (
        "hi", "hello", "hey", "dear", "good", "morning", "hallo", "guten", "liebe", "lieber", "liebes", "moin", "servus", "bonjour",
        "salut", "cher", "chère", "hola", "buenos", "buenas", "ciao", "buongiorno", "salve", "olá", "oi", "bom", "boa", "hoi", "dag",
        "beste", "goedemorgen", "cześć", "dzień", "witam", "hej", "god", "hei", "ahoj", "dobrý", "team", "all", "thanks", "danke",
    )
)  # fmt: skip
_MOST_ROUNDS = 12  # corrections that go into one draft
_MOST_READ = 100_000  # characters that are read for corrections: a long mail's draft gets fewer


def parse_reply(text: str) -> Asked | Refusal:
    """What an agent's new text (no quotes or signature, LF line ends) asks for; refuses, never guesses or raises."""
    asked = _read(text)
    if isinstance(asked, Asked):
        return asked
    draft = asked.draft
    for _ in range(min(_MOST_ROUNDS, 1 + _MOST_READ // (1 + len(text)))):
        again = _read(draft)
        if isinstance(again, Asked) or again.draft == draft:
            break
        draft = again.draft
    return Refusal(reason=asked.reason, line=asked.line, draft=draft)


def write_reply(asked: Asked) -> str:
    """A mail that asks for just this: `parse_reply(write_reply(x)) == x` for every x that parse_reply gave."""
    lines: list[str] = []
    words = asked.prose
    for verb in asked.verbs:
        argument = verb.argument
        if verb.name == "reply" and not argument and read_line(words.partition("\n")[0]).kind is not LineKind.PROSE:
            argument, _, words = words.partition("\n")  # behind `/reply`, whatever it looks like, it is words
        if verb.name == "note":
            head, _, rest = argument.partition("\n")
            # Below the verbs, a first line that reads like a verb would be taken for one.
            argument, words = ("", argument) if read_line(head).kind is LineKind.PROSE else (head, rest)
        lines.append(f"/{verb.name} {argument}".rstrip())
    return _mail(lines, (words or asked.unsent).split("\n"))


def _read(text: str) -> Asked | Refusal:
    raw = text.replace("\r\n", "\n").split("\n")
    block: list[Line] = []
    below = len(raw)
    for number, one in enumerate(raw):
        line = read_line(one)
        if line.kind is LineKind.PROSE:
            below = number
            break
        if line.kind is not LineKind.BLANK:
            block.append(line)
    words = raw[below:]

    verbs: list[Verb] = []
    for at, line in enumerate(block):
        verb = verb_of(line)
        if isinstance(verb, Fault):
            lines = [*(x.raw for x in block[:at]), *verb.instead, *(x.raw for x in block[at + 1 :])]
            return Refusal(reason=verb.reason, line=line.raw.strip(), draft=_mail(lines, _joined(verb.words, words)))
        verbs.append(verb)
    misplaced = _misplaced(words)
    if misplaced:
        first = words[misplaced[0]].strip()
        moved, kept = _sorted_out(words, misplaced)
        draft = _mail([*(x.raw for x in block), *moved], kept)
        return Refusal(reason=why("verbs.below", line=first), line=first, draft=draft)
    return _together(block, verbs, words)


def _misplaced(words: Sequence[str]) -> list[int]:
    """Which lines of the words are verbs; below a greeting, also whatever would be meant as one at the top."""
    found = [at for at, one in enumerate(words) if is_verb_below(one)]
    greeting = next((at for at, one in enumerate(words) if not is_blank(one)), None)
    if greeting is None or not _greets(words[greeting]):
        return found
    below = next((at for at in range(greeting + 1, len(words)) if not is_blank(words[at])), None)
    if below is None or below in found or not is_meant_as_verb(words[below]):
        return found
    return [below, *found]


def _greets(line: str) -> bool:
    """Whether a first line may greet: a few words; three or four must end with a comma or all be capitalised."""
    text = line.strip()
    said = text.split()
    if len(said) > _GREETING or text.endswith((".", "?", ":")) or read_line(text).kind is not LineKind.PROSE:
        return False
    if len(said) <= 2 or text.endswith((",", "!", ";", "-", "–", "—")):
        return True
    # "In the chat type" announces what follows; "Hi dear Ben" does not.
    return said[0].strip(",").casefold() in _HAILS or not any(word[0].islower() for word in said)


def _sorted_out(words: Sequence[str], misplaced: Sequence[int]) -> tuple[list[str], list[str]]:
    """The verbs below the words, and the words, with what is not quite a verb ("/status shows it") quoted in place."""
    moved: list[str] = []
    kept: list[str] = []
    at_fault = frozenset(misplaced)
    for at, one in enumerate(words):
        if at not in at_fault:
            kept.append(one)
            continue
        line = read_line(one)
        fault = verb_of(line)
        if not isinstance(fault, Fault):
            moved.append(one)
        elif line.kind is LineKind.UNKNOWN and fault.instead:
            moved += fault.instead
        else:
            kept.append(quoted(one))
    return moved, kept


def _together(block: Sequence[Line], verbs: Sequence[Verb], words: Sequence[str]) -> Asked | Refusal:
    """Combine verbs that are right one by one: merge repetitions, refuse contradictions, put the note together."""
    kept: dict[str, Verb] = {}
    prose = _trimmed(words)
    for_customer = bool(prose) and not any(verb.name == "note" for verb in verbs)
    only_asks = bool(verbs) and all(verb.name in QUESTIONS for verb in verbs)
    for at, (line, verb) in enumerate(zip(block, verbs, strict=True)):
        fault = _conflict(verb, kept)
        if fault is None and for_customer and verb.name in QUESTIONS | {"spam", "ignore"} and not only_asks:
            unheard = why("verbs.unheard", verb=verb.name)
            inside = [x.raw for x, v in zip(block, verbs, strict=True) if not _tells(v)]
            return Refusal(reason=unheard, line=line.raw.strip(), draft=_mail([*inside, "/note"], words))
        if fault is not None:
            draft = _mail([x.raw for x in (*block[:at], *block[at + 1 :])], words)
            return Refusal(reason=fault, line=line.raw.strip(), draft=draft)
        kept.setdefault(verb.name, verb)
    if "note" in kept:
        note = "\n\n".join(part for part in (kept["note"].argument, prose) if part)
        if not note:
            line = next(x for x in block if x.name == "note")
            draft = _mail([x.raw for x in block], ["TEXT"])
            return Refusal(reason=why("verbs.note-empty"), line=line.raw.strip(), draft=draft)
        kept["note"] = Verb(name="note", argument=note)
        prose = ""
    if "reply" in kept and (said := kept["reply"].argument) and ticket_named(said) is None:
        kept["reply"], prose = Verb(name="reply"), _trimmed([said, *words])
    if only_asks:
        return Asked(verbs=tuple(kept.values()), prose="", unsent=prose)
    return Asked(verbs=tuple(kept.values()), prose=prose)


def _conflict(verb: Verb, kept: dict[str, Verb]) -> Reason | None:
    """Why a verb contradicts those above it; None if it does not. Repeated in the same words it counts once."""
    earlier = kept.get(verb.name)
    if earlier is not None and earlier != verb:
        return why("verbs.twice", verb=verb.name, first=earlier.argument, second=verb.argument)
    for other in kept.values():
        pair = {verb.name, other.name}
        if (
            verb != other
            and (alone := next((name for name in (other.name, verb.name) if name in LISTS), None)) is not None
        ):
            return why("verbs.asks-alone", verb=alone)
        for ones, others, because in _CONTRADICTIONS:
            if (verb.name in ones and other.name in others) or (verb.name in others and other.name in ones):
                return why("verbs.contradicts", first=other.name, second=verb.name, because=because)
        if pair == {"note", "resolve"} and (_tells(verb) or _tells(other)):
            return why("contradiction.note-and-resolve")
    return None


def _tells(verb: Verb) -> bool:
    """Whether the point of a verb is to tell the customer something at once."""
    return verb.name in _TELLING or (verb.name == "resolve" and verb.argument != "quietly")


def _joined(first: str, words: Sequence[str]) -> list[str]:
    return [first, *(["", *words] if _trimmed(words) else [])] if first else list(words)


def _trimmed(lines: Sequence[str]) -> str:
    """The lines as they are, without the blank ones before and after."""
    first, last = 0, len(lines)
    while first < last and is_blank(lines[first]):
        first += 1
    while last > first and is_blank(lines[last - 1]):
        last -= 1
    return "\n".join(lines[first:last])


def _mail(verbs: Iterable[str], words: Sequence[str]) -> str:
    top = "\n".join(one.strip() for one in verbs)
    below = _trimmed(words)
    return f"{top}\n\n{below}" if top and below else top or below
