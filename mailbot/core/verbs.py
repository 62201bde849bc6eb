"""What an agent asks for: the verbs at the top of a mail, one a line, and then the words for the customer.

All or nothing: whatever is unknown, incomplete, contradictory or in the wrong place refuses the whole mail, with a reason
and a draft that is right as far as can be judged. How a line is told from prose: `mailbot.core.verb_lines`. Whether a
time is clear, a name known or the ticket in a state for it is decided by whoever has the clock and the ticket.

With `/note` the whole mail is internal: its argument and all the text below are the note, and no words are left for the
customer. So a verb whose point is to tell the customer something at once (`/promise`, `/thanks`, `/resolve` unless
quietly, `/send`, `/confirm`) contradicts it. A question to the desk (`/status`, `/why`, `/help`), `/spam` and `/ignore`
contradict words for the customer as well: sent along, those would reach somebody for whom they were not meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from mailbot.core.mime.mailboxes import plain_boxes
from mailbot.core.reasons import why
from mailbot.core.verb_lines import Line, LineKind, dequoted, is_blank, is_verb_below, read_line

HELP: tuple[tuple[str, str], ...] = (
    ("(no verb)", "your words go to the customer"),
    ("/note [TEXT]", "the whole mail stays inside"),
    ("/take", "it is yours"),
    ("/release", "it is nobody's again"),
    ("/assign NAME", "it is theirs"),
    ("/customer ADDRESS", "who the customer is, where a form does not say: the acknowledgment goes there"),
    ("/p N", "priority: 1 all is failing, 2 money, 3 a problem, 4 a difficulty, 5 feedback"),
    ("/promise WHEN", "they hear from us by then: 2h, 4bh, 2bd, fri 14:00, tomorrow, EOD, 2026-03-06 14:00 CET"),
    ("/plan TEXT", "what we are doing about it"),
    ("/workaround TEXT", "what helps until then"),
    ("/eta WHEN or TEXT", "when we expect it fixed"),
    ("/resolve [quietly]", "it is put right; quietly: no letter says so"),
    ("/reopen", "it is not"),
    ("/wait customer DURATION", "it is their turn, for so long"),
    ("/wait third-party NAME", "somebody else's turn"),
    ("/thanks [TEXT]", "thank them"),
    ("/goodwill SUM REASON", "give them something: /goodwill 15 EUR for the second outage"),
    ("/approve", "the goodwill that an agent asked for is given"),
    ("/spam", "not a customer: nothing more goes to them"),
    ("/ignore", "no answer is needed"),
    ("/files", "send me the files that were too large for the notices"),
    ("/original [N]", "send me their newest mail as it came; 2: the one before it"),
    ("/status", "how it stands"),
    ("/why", "why it is what it is"),
    ("/send", "send my held text all the same"),
    ("/confirm", "the held text is mine: send it"),
    ("/do", "the first line of my held text is meant for the desk: do it"),
    ("/reply N", "my held text answers ticket N"),
    ("/signature keep NAME", "what the desk took for your signature goes out (drop NAME: it does not)"),
    ("/help", "these lines"),
)
"""How each verb is written, and what it does."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verb:
    """One thing asked for. `argument` is clean: `p` has "1" to "5", `resolve` "" or "quietly", `wait`
    "customer DURATION" or "third-party NAME", `note` the whole note; "" where there is none.
    """

    name: str
    argument: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A mail that was understood. `prose` is what the customer is to read, unchanged but for blank lines around it."""

    verbs: tuple[Verb, ...]
    prose: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """A mail of which nothing is done: why, the line at fault as it was written, and the corrected mail."""

    reason: str
    line: str
    draft: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Fault:
    """What is wrong with a line, and the lines that would be right in its place; `words` would be prose instead."""

    reason: str
    instead: tuple[str, ...] = ()
    words: str = ""


_USAGE = {usage.split()[0].removeprefix("/"): usage for usage, _ in HELP if usage.startswith("/")}
_ALONE = frozenset(
    {"take", "release", "reopen", "spam", "ignore", "status", "why", "help", "confirm", "approve", "do", "files"}
)
_QUESTIONS = frozenset({"status", "why", "help", "files", "original"})
_TELLING = frozenset({"promise", "thanks", "send", "confirm", "goodwill", "approve", "reply", "do", "customer"})
_DOING = _TELLING | {"plan", "workaround", "eta", "resolve", "reopen", "wait"}
_CONTRADICTIONS: tuple[tuple[frozenset[str], frozenset[str], str], ...] = (
    (frozenset({"resolve"}), frozenset({"reopen", "wait", "promise", "eta"}), "it is either resolved or still open"),
    (frozenset({"release"}), frozenset({"take", "assign"}), "it cannot be nobody's and somebody's"),
    (frozenset({"take"}), frozenset({"assign"}), "it cannot be yours and somebody else's"),
    (
        frozenset({"spam", "ignore"}),
        _DOING,
        "nothing more is done for it, and something is",
    ),
    (frozenset({"spam"}), frozenset({"ignore"}), "choose one"),
    (
        frozenset({"note"}),
        _TELLING,
        "/note keeps the whole mail inside, and the other tells the customer something",
    ),
)
_QUIETLY = frozenset({"quietly", "quiet", "silently"})
_THIRD = re.compile(r"(?:third|3rd)[ -]?party[:,]? +(.+)", re.IGNORECASE)
_CUSTOMER = re.compile(r"customer[:,]? +(?:for +)?(.+)", re.IGNORECASE)
_MOST_ROUNDS = 12  # corrections that one draft takes in


def parse_reply(text: str) -> Asked | Refusal:
    """What an agent's new text (quotes and signature gone, LF ends) asks for; a refusal rather than a guess. Never raises."""
    asked = _read(text)
    if isinstance(asked, Asked):
        return asked
    draft = asked.draft
    for _ in range(_MOST_ROUNDS):
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
        if verb.name == "note":
            head, _, rest = argument.partition("\n")
            # Below the verbs, a first line that reads like one would be taken for one.
            argument, words = ("", argument) if read_line(head).kind is LineKind.PROSE else (head, rest)
        lines.append(f"/{verb.name} {argument}".rstrip())
    return _mail(lines, words.split("\n"))


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
        verb = _verb(line)
        if isinstance(verb, _Fault):
            lines = [*(x.raw for x in block[:at]), *verb.instead, *(x.raw for x in block[at + 1 :])]
            return Refusal(reason=verb.reason, line=line.raw.strip(), draft=_mail(lines, _joined(verb.words, words)))
        verbs.append(verb)
    misplaced = [one for one in words if is_verb_below(one)]
    if misplaced:
        reason = (
            f"«{misplaced[0].strip()}» stands below your words: verbs stand at the top, one a line. "
            "If the customer is to read it, put it in quotation marks"
        )
        moved, kept = _sorted_out(words)
        draft = _mail([*(x.raw for x in block), *moved], kept)
        return Refusal(reason=reason, line=misplaced[0].strip(), draft=draft)
    return _together(block, verbs, words)


def _sorted_out(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Verbs below the words, and the words: what is no verb as it stands ("/status shows it") is quoted in its place."""
    moved: list[str] = []
    kept: list[str] = []
    for one in words:
        if not is_verb_below(one):
            kept.append(one)
        elif isinstance(_verb(read_line(one)), _Fault):
            kept.append(_quoted(one))
        else:
            moved.append(one)
    return moved, kept


def _quoted(raw: str) -> str:
    word, gap, rest = raw.strip().partition(" ")
    return f"“{word}”{gap}{rest}"


def _together(block: Sequence[Line], verbs: Sequence[Verb], words: Sequence[str]) -> Asked | Refusal:
    """Verbs that are right each for itself: repetitions folded, contradictions refused, the note taken together."""
    kept: dict[str, Verb] = {}
    prose = _trimmed(words)
    for_customer = bool(prose) and not any(verb.name == "note" for verb in verbs)
    for at, (line, verb) in enumerate(zip(block, verbs, strict=True)):
        fault = _conflict(verb, kept)
        if fault is None and for_customer and verb.name in _QUESTIONS | {"spam", "ignore"}:
            fault = f"with /{verb.name} nothing goes to the customer, and there are words below: as a /note they stay inside"
            inside = [x.raw for x, v in zip(block, verbs, strict=True) if not _tells(v)]
            return Refusal(reason=fault, line=line.raw.strip(), draft=_mail([*inside, "/note"], words))
        if fault is not None:
            draft = _mail([x.raw for x in (*block[:at], *block[at + 1 :])], words)
            return Refusal(reason=fault, line=line.raw.strip(), draft=draft)
        kept.setdefault(verb.name, verb)
    if "note" in kept:
        note = "\n\n".join(part for part in (kept["note"].argument, prose) if part)
        if not note:
            line = next(x for x in block if x.name == "note")
            return Refusal(
                reason="the note is empty", line=line.raw.strip(), draft=_mail([x.raw for x in block], ["TEXT"])
            )
        kept["note"] = Verb(name="note", argument=note)
        prose = ""
    return Asked(verbs=tuple(kept.values()), prose=prose)


def _conflict(verb: Verb, kept: dict[str, Verb]) -> str | None:
    """Why a verb cannot stand beside those above it; None where it can. Said twice in the same words is said once."""
    earlier = kept.get(verb.name)
    if earlier is not None and earlier != verb:
        return f"/{verb.name} is there twice, «{earlier.argument}» and «{verb.argument}»: which one?"
    for other in kept.values():
        pair = {verb.name, other.name}
        for ones, others, because in _CONTRADICTIONS:
            if (verb.name in ones and other.name in others) or (verb.name in others and other.name in ones):
                return f"/{other.name} and /{verb.name} contradict each other: {because}"
        if pair == {"note", "resolve"} and (_tells(verb) or _tells(other)):
            return "/note keeps the whole mail inside, and /resolve tells the customer: use /resolve quietly"
    return None


def _tells(verb: Verb) -> bool:
    """Whether the point of a verb is to tell the customer something at once."""
    return verb.name in _TELLING or (verb.name == "resolve" and verb.argument != "quietly")


def _verb(line: Line) -> Verb | _Fault:
    """The verb of a line of the block with its argument in order, or what is wrong with it."""
    if line.kind is LineKind.UNKNOWN:
        word = line.raw.split()[0] if line.raw.split() else line.raw
        if not line.name:
            return _Fault(
                reason=f"there is no verb «{word}» (/help lists them). If the customer is to read it, put it in quotation marks",
                words=_quoted(line.raw),
            )
        return _Fault(
            reason=f"there is no verb «{word}»: did you mean /{line.name}?",
            instead=(f"/{line.name} {line.argument}".rstrip(),),
        )
    if line.name in _ALONE:
        return _alone(line)
    argument = _ARGUMENTS.get(line.name, _text)(line)
    return Verb(name=line.name, argument=argument) if isinstance(argument, str) else argument


def _alone(line: Line) -> Verb | _Fault:
    extra = line.argument.strip(".!:;, ")
    if not extra:
        return Verb(name=line.name)
    if read_line(extra).kind is LineKind.VERB:
        return _Fault(reason="one verb a line", instead=(f"/{line.name}", extra))
    if line.name in _QUESTIONS | {"spam", "ignore"}:
        return _Fault(reason=f"/{line.name} stands alone on its line", instead=(f"/{line.name}",))
    return _Fault(
        reason=f"/{line.name} stands alone on its line; words for the customer go below",
        instead=(f"/{line.name}",),
        words=line.argument,
    )


def _text(line: Line) -> str | _Fault:
    return line.argument or _Fault(
        reason=f"/{line.name} lacks something: {_USAGE[line.name]}", instead=(_USAGE[line.name],)
    )


def _optional(line: Line) -> str:
    return line.argument


def _all_of_it(line: Line) -> str | _Fault:
    if line.argument.strip(".! ").casefold() in ("", "all"):
        return line.argument.strip(".! ").casefold()
    return _Fault(
        reason=f"/{line.name} stands alone on its line; words for the customer go below",
        instead=("/send",),
        words=line.argument,
    )


def _word(line: Line) -> str | _Fault:
    argument = re.sub(r"^(?:to )?@?", "", dequoted(line.argument))
    return argument or _Fault(reason=f"/{line.name} lacks something: {_USAGE[line.name]}", instead=(_USAGE[line.name],))


def _address(line: Line) -> str | _Fault:
    found = plain_boxes(line.argument)
    if len(found) == 1:
        return found[0].address
    return _Fault(reason=str(why("customer.one_address")), instead=(_USAGE["customer"],))


def _which(line: Line) -> str | _Fault:
    number = dequoted(line.argument).strip("#. ")
    if not number or (number.isascii() and number.isdigit() and int(number[:9]) > 0 and len(number) < 4):
        return number
    return _Fault(reason=str(why("original.which")), instead=("/original",))


def _keeping(line: Line) -> str | _Fault:
    asked, _, mark = dequoted(line.argument).casefold().partition(" ")
    if asked in ("keep", "drop") and re.fullmatch("[0-9a-f]{8}", mark.strip()):
        return f"{asked} {mark.strip()}"
    return _Fault(reason=f"/{line.name} lacks something: {_USAGE[line.name]}", instead=(_USAGE[line.name],))


def _level(line: Line) -> str | _Fault:
    number = dequoted(line.argument).casefold().removeprefix("p").strip("=:. ")
    if number in ("1", "2", "3", "4", "5"):
        return number
    return _Fault(reason="a priority is a number from 1 to 5, alone on its line", instead=("/p N",))


def _manner(line: Line) -> str | _Fault:
    word = dequoted(line.argument).strip(".! ").casefold()
    if not word or word in _QUIETLY:
        return "quietly" if word else ""
    if read_line(line.argument).kind is LineKind.VERB:
        return _Fault(reason="one verb a line", instead=("/resolve", line.argument))
    return _Fault(
        reason="behind /resolve there is only «quietly»; words for the customer go below",
        instead=("/resolve",),
        words=line.argument,
    )


def _waiting(line: Line) -> str | _Fault:
    argument = dequoted(line.argument)
    third, customer = _THIRD.fullmatch(argument), _CUSTOMER.fullmatch(argument)
    if third:
        return f"third-party {dequoted(third.group(1))}"
    if customer:
        return f"customer {dequoted(customer.group(1))}"
    usage = "/wait customer DURATION or /wait third-party NAME"
    if argument[:1].isdigit():
        return _Fault(reason=f"for whom do we wait? {usage}", instead=(f"/wait customer {argument}",))
    if argument.casefold().startswith("customer"):
        return _Fault(reason=f"how long do we wait? {usage}", instead=("/wait customer DURATION",))
    name = re.sub(r"^(?:(?:third|3rd)[ -]?party|for)\b", "", argument, flags=re.IGNORECASE).strip() or "NAME"
    return _Fault(reason=f"for whom do we wait? {usage}", instead=(f"/wait third-party {name}",))


_ARGUMENTS: dict[str, Callable[[Line], str | _Fault]] = {
    "note": _optional,
    "original": _which,
    "send": _all_of_it,
    "signature": _keeping,
    "thanks": _optional,
    "assign": _word,
    "customer": _address,
    "promise": _word,
    "p": _level,
    "resolve": _manner,
    "wait": _waiting,
}


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
