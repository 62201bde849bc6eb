"""Reads the argument of one verb: in order, or what is wrong with it and what would be right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from mailbot.core.model.mailboxes import plain_boxes
from mailbot.core.model.reason import why
from mailbot.core.verbs.lines import Line, LineKind, dequoted, quoted, read_line

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
    ("/ham", "no spam: it leaves the heap, and they hear from us like anybody else"),
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
class Fault:
    """What is wrong with a line, and the lines that would be right in its place; `words` would be prose instead."""

    reason: str
    instead: tuple[str, ...] = ()
    words: str = ""


_USAGE = {usage.split()[0].removeprefix("/"): usage for usage, _ in HELP if usage.startswith("/")}
_ALONE = frozenset(
    {"take", "release", "reopen", "spam", "ham", "ignore", "status", "why", "help", "confirm", "approve", "do", "files"}
)
QUESTIONS = frozenset({"status", "why", "help", "files", "original"})
_QUIETLY = frozenset({"quietly", "quiet", "silently"})
_THIRD = re.compile(r"(?:third|3rd)[ -]?party[:,]? ++(.+)", re.IGNORECASE)
_CUSTOMER = re.compile(r"customer[:,]? ++(?:for ++)?+(.+)", re.IGNORECASE)
_WITHIN = re.compile(r"(?:(?<=\s)|^)[/／][^\s/／]{1,20}(?=\s|$)")


def verb_of(line: Line) -> Verb | Fault:
    """The verb of a line of the block with its argument in order, or what is wrong with it."""
    if line.kind is LineKind.UNKNOWN:
        word = line.raw.split()[0] if line.raw.split() else line.raw
        if not line.name:
            return Fault(
                reason=f"there is no verb «{word}» (/help lists them). If the customer is to read it, put it in quotation marks",
                words=quoted(line.raw),
            )
        return Fault(
            reason=f"there is no verb «{word}»: did you mean /{line.name}?",
            instead=(f"/{line.name} {line.argument}".rstrip(),),
        )
    if line.name in _ALONE:
        return _alone(line)
    if line.name != "note" and (second := _second_verb(line.argument)) is not None:
        first = f"/{line.name} {line.argument[:second]}".rstrip()
        return Fault(reason="one verb a line", instead=(first, line.argument[second:].strip()))
    argument = _ARGUMENTS.get(line.name, _text)(line)
    return Verb(name=line.name, argument=argument) if isinstance(argument, str) else argument


def _second_verb(argument: str) -> int | None:
    """Where a second verb begins on a line."""
    for found in _WITHIN.finditer(argument):
        if read_line(found.group()).kind is LineKind.VERB:
            return found.start()
    return None


def _alone(line: Line) -> Verb | Fault:
    extra = line.argument.strip(".!:;, ")
    if not extra:
        return Verb(name=line.name)
    if read_line(extra).kind is LineKind.VERB:
        return Fault(reason="one verb a line", instead=(f"/{line.name}", extra))
    if line.name in QUESTIONS | {"spam", "ignore"}:
        return Fault(reason=f"/{line.name} stands alone on its line", instead=(f"/{line.name}",))
    return Fault(
        reason=f"/{line.name} stands alone on its line; words for the customer go below",
        instead=(f"/{line.name}",),
        words=line.argument,
    )


def _text(line: Line) -> str | Fault:
    return line.argument or Fault(
        reason=f"/{line.name} lacks something: {_USAGE[line.name]}", instead=(_USAGE[line.name],)
    )


def _optional(line: Line) -> str:
    return line.argument


def _all_of_it(line: Line) -> str | Fault:
    if line.argument.strip(".! ").casefold() in ("", "all"):
        return line.argument.strip(".! ").casefold()
    return Fault(
        reason=f"/{line.name} stands alone on its line; words for the customer go below",
        instead=("/send",),
        words=line.argument,
    )


def _word(line: Line) -> str | Fault:
    argument = re.sub(r"^(?:to )?@?", "", dequoted(line.argument))
    return argument or Fault(reason=f"/{line.name} lacks something: {_USAGE[line.name]}", instead=(_USAGE[line.name],))


def _address(line: Line) -> str | Fault:
    found = plain_boxes(line.argument)
    if len(found) == 1:
        return found[0].address
    return Fault(reason=str(why("customer.one_address")), instead=(_USAGE["customer"],))


def _which(line: Line) -> str | Fault:
    number = dequoted(line.argument).strip("#. ")
    if not number or (number.isascii() and number.isdigit() and int(number[:9]) > 0 and len(number) < 4):
        return number
    return Fault(reason=str(why("original.which")), instead=("/original",))


def _keeping(line: Line) -> str | Fault:
    asked, _, mark = dequoted(line.argument).casefold().partition(" ")
    if asked in ("keep", "drop") and re.fullmatch("[0-9a-f]{8}", mark.strip()):
        return f"{asked} {mark.strip()}"
    return Fault(reason=f"/{line.name} lacks something: {_USAGE[line.name]}", instead=(_USAGE[line.name],))


def _level(line: Line) -> str | Fault:
    number = unicodedata.normalize("NFKC", dequoted(line.argument)).casefold().removeprefix("p").strip("=:. ")
    if number in ("1", "2", "3", "4", "5"):
        return number
    return Fault(reason="a priority is a number from 1 to 5, alone on its line", instead=("/p N",))


def _manner(line: Line) -> str | Fault:
    word = dequoted(line.argument).strip(".! ").casefold()
    if not word or word in _QUIETLY:
        return "quietly" if word else ""
    if read_line(line.argument).kind is LineKind.VERB:
        return Fault(reason="one verb a line", instead=("/resolve", line.argument))
    return Fault(
        reason="behind /resolve there is only «quietly»; words for the customer go below",
        instead=("/resolve",),
        words=line.argument,
    )


def _waiting(line: Line) -> str | Fault:
    argument = dequoted(line.argument)
    third, customer = _THIRD.fullmatch(argument), _CUSTOMER.fullmatch(argument)
    if third:
        return f"third-party {dequoted(third.group(1))}"
    if customer:
        return f"customer {dequoted(customer.group(1))}"
    usage = "/wait customer DURATION or /wait third-party NAME"
    if argument[:1].isdigit():
        return Fault(reason=f"for whom do we wait? {usage}", instead=(f"/wait customer {argument}",))
    if argument.casefold().startswith("customer"):
        return Fault(reason=f"how long do we wait? {usage}", instead=("/wait customer DURATION",))
    name = re.sub(r"^(?:(?:third|3rd)[ -]?party|for)\b", "", argument, flags=re.IGNORECASE).strip() or "NAME"
    return Fault(reason=f"for whom do we wait? {usage}", instead=(f"/wait third-party {name}",))


_ARGUMENTS: dict[str, Callable[[Line], str | Fault]] = {
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
