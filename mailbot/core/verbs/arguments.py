"""Reads the argument of one verb: normalised, or what is wrong with it and what would be right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from mailbot.core.language.search_words import asked, number_asked
from mailbot.core.language.zone_words import zone_meant, zone_near
from mailbot.core.model.mailboxes import plain_boxes
from mailbot.core.model.reason import Reason, why
from mailbot.core.verbs.lines import Line, LineKind, dequoted, quoted, read_line

CARD: tuple[tuple[str, Reason], ...] = (
    ("/note [TEXT]", why("help.note")),
    ("/take", why("help.take")),
    ("/assign NAME", why("help.assign")),
    ("/p N", why("help.p")),
    ("/promise WHEN", why("help.promise")),
    ("/plan TEXT", why("help.plan")),
    ("/wait customer DURATION", why("help.wait-customer")),
    ("/resolve [quietly]", why("help.resolve")),
    ("/status", why("help.status")),
    ("/help", why("help.help")),
)
"""The ten verbs that matter, as the agent's card has them (`docs/agents.md`)."""

HELP: tuple[tuple[str, Reason], ...] = (
    ("", why("help.words")),
    *CARD,
    ("", why("help.more")),
    ("/release", why("help.release")),
    ("/customer ADDRESS", why("help.customer")),
    ("/workaround TEXT", why("help.workaround")),
    ("/eta WHEN or TEXT", why("help.eta")),
    ("/nonews [WHEN]", why("help.nonews")),
    ("/reopen", why("help.reopen")),
    ("/wait third-party NAME", why("help.wait-third-party")),
    ("/thanks [TEXT]", why("help.thanks")),
    ("/timeline", why("help.timeline")),
    ("/goodwill SUM REASON", why("help.goodwill")),
    ("/approve", why("help.approve")),
    ("/zone PLACE", why("help.zone")),
    ("/away until WHEN", why("help.away")),
    ("/back", why("help.back")),
    ("/spam", why("help.spam")),
    ("/ham", why("help.ham")),
    ("/ignore", why("help.ignore")),
    ("/find WORDS or #7 or NAME@", why("help.find")),
    ("/mine", why("help.mine")),
    ("/open [p1] [unassigned]", why("help.open")),
    ("/show [N]", why("help.show")),
    ("/files", why("help.files")),
    ("/original [N]", why("help.original")),
    ("/history", why("help.history")),
    ("/why", why("help.why")),
    ("/send", why("help.send")),
    ("/confirm", why("help.confirm")),
    ("/do", why("help.do")),
    ("/reply", why("help.reply")),
    ("/reply N", why("help.reply-to")),
    ("/signature keep NAME", why("help.signature")),
)
"""How each verb is written, and what it does; "" for words without a verb, and for a heading. The ten of the card come first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verb:
    """One thing asked for. `argument` is normalised: `p` has "1" to "5", `resolve` "" or "quietly", `wait`
    "customer DURATION" or "third-party NAME", `zone` an IANA name, "+05:30" or "off", `away` a time or "off", `open` of "p1" to "p5" and "unassigned", `show` a number, `note` the whole note; "" if there is
    none.
    """

    name: str
    argument: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What is wrong with a line, and the lines that would be right instead; `words` would be prose instead."""

    reason: Reason
    instead: tuple[str, ...] = ()
    words: str = ""


_TICKET = re.compile(r"(?:ticket +)?[#\[]*([0-9]{1,9})\]?", re.IGNORECASE)
_USAGE = {usage.split()[0].removeprefix("/"): usage for usage, _ in HELP if usage}
_ALONE = frozenset(
    {"take", "release", "reopen", "spam", "ham", "ignore", "status", "why", "help", "confirm", "approve", "do", "files"}
    | {"history", "timeline", "back", "mine"}
)
LISTS = frozenset({"find", "mine", "open", "show"})
"""Questions about all tickets: each stands alone in its mail."""
QUESTIONS = frozenset({"status", "history", "why", "help", "files", "original"}) | LISTS
_OFF = frozenset({"off", "none", "aus", "keine"})
_QUIETLY = frozenset({"quietly", "quiet", "silently"})
_THIRD = re.compile(r"(?:third|3rd)[ -]?party[:,]? ++(.+)", re.IGNORECASE)
_CUSTOMER = re.compile(r"customer[:,]? ++(?:for ++)?+(.+)", re.IGNORECASE)
_WITHIN = re.compile(r"(?:(?<=\s)|^)[/／][^\s/／]{1,20}(?=\s|$)")


def verb_of(line: Line) -> Verb | Fault:
    """The verb of a line of the block with its argument normalised, or what is wrong with it."""
    if line.kind is LineKind.UNKNOWN:
        word = line.raw.split()[0] if line.raw.split() else line.raw
        if not line.name:
            return Fault(
                reason=why("verbs.unknown", word=word),
                words=quoted(line.raw),
            )
        return Fault(
            reason=why("verbs.mistaken", word=word, meant=line.name),
            instead=(f"/{line.name} {line.argument}".rstrip(),),
        )
    if line.name in _ALONE:
        return _alone(line)
    if line.name not in ("note", "find") and (second := _second_verb(line.argument)) is not None:
        first = f"/{line.name} {line.argument[:second]}".rstrip()
        return Fault(reason=why("verbs.one-a-line"), instead=(first, line.argument[second:].strip()))
    argument = _ARGUMENTS.get(line.name, _text)(line)
    return Verb(name=line.name, argument=argument) if isinstance(argument, str) else argument


def ticket_named(argument: str) -> int | None:
    """The ticket that the argument of `/reply` names; None for words, or nothing."""
    found = _TICKET.fullmatch(argument.strip(" .:"))
    return int(found[1]) if found else None


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
        return Fault(reason=why("verbs.one-a-line"), instead=(f"/{line.name}", extra))
    if line.name in QUESTIONS | {"spam", "ignore"}:
        return Fault(reason=why("verbs.alone", verb=line.name), instead=(f"/{line.name}",))
    return Fault(
        reason=why("verbs.words-below", verb=line.name),
        instead=(f"/{line.name}",),
        words=line.argument,
    )


def _text(line: Line) -> str | Fault:
    return line.argument or _lacking(line)


def _lacking(line: Line) -> Fault:
    usage = _USAGE[line.name]
    return Fault(reason=why("verbs.lacks", verb=line.name, usage=usage), instead=(usage,))


def _optional(line: Line) -> str:
    return line.argument


def _all_of_it(line: Line) -> str | Fault:
    if line.argument.strip(".! ").casefold() in ("", "all"):
        return line.argument.strip(".! ").casefold()
    return Fault(
        reason=why("verbs.words-below", verb=line.name),
        instead=("/send",),
        words=line.argument,
    )


def _word(line: Line) -> str | Fault:
    argument = re.sub(r"^(?:to )?@?", "", dequoted(line.argument))
    return argument or _lacking(line)


def _time_if_any(line: Line) -> str:
    return dequoted(line.argument)


def _address(line: Line) -> str | Fault:
    found = plain_boxes(line.argument)
    if len(found) == 1:
        return found[0].address
    return Fault(reason=why("customer.one_address"), instead=(_USAGE["customer"],))


def _which(line: Line) -> str | Fault:
    number = dequoted(line.argument).strip("#. ")
    if not number or (number.isascii() and number.isdigit() and int(number[:9]) > 0 and len(number) < 4):
        return number
    return Fault(reason=why("original.which"), instead=("/original",))


def _keeping(line: Line) -> str | Fault:
    asked, _, mark = dequoted(line.argument).casefold().partition(" ")
    if asked in ("keep", "drop") and re.fullmatch("[0-9a-f]{8}", mark.strip()):
        return f"{asked} {mark.strip()}"
    return _lacking(line)


def _level(line: Line) -> str | Fault:
    number = unicodedata.normalize("NFKC", dequoted(line.argument)).casefold().removeprefix("p").strip("=:. ")
    if number in ("1", "2", "3", "4", "5"):
        return number
    return Fault(reason=why("verbs.priority"), instead=("/p N",))


def _manner(line: Line) -> str | Fault:
    word = dequoted(line.argument).strip(".! ").casefold()
    if not word or word in _QUIETLY:
        return "quietly" if word else ""
    if read_line(line.argument).kind is LineKind.VERB:
        return Fault(reason=why("verbs.one-a-line"), instead=("/resolve", line.argument))
    return Fault(
        reason=why("verbs.resolve"),
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
    if argument[:1].isdigit():
        return Fault(reason=why("verbs.wait-for-whom"), instead=(f"/wait customer {argument}",))
    if argument.casefold().startswith("customer"):
        return Fault(reason=why("verbs.wait-how-long"), instead=("/wait customer DURATION",))
    name = re.sub(r"^(?:(?:third|3rd)[ -]?party|for)\b", "", argument, flags=re.IGNORECASE).strip() or "NAME"
    return Fault(reason=why("verbs.wait-for-whom"), instead=(f"/wait third-party {name}",))


def _looked_for(line: Line) -> str | Fault:
    words = line.argument.strip()
    if number_asked(words) is None and not asked(words):
        return Fault(reason=why("verbs.find"), instead=("/find WORDS",))
    return words


def _which_open(line: Line) -> str | Fault:
    words = dequoted(line.argument).casefold().replace(",", " ").strip(".! ").split()
    known = {"unassigned": "unassigned", "nobody": "unassigned", "nobody's": "unassigned"} | {
        form: f"p{level}" for level in range(1, 6) for form in (f"p{level}", str(level))
    }
    if all(word in known for word in words):
        return " ".join(dict.fromkeys(known[word] for word in words))
    right = " ".join(dict.fromkeys(known[word] for word in words if word in known))
    return Fault(reason=why("verbs.open"), instead=(f"/open {right}".rstrip(),))


def _ticket_if_any(line: Line) -> str | Fault:
    given = dequoted(line.argument).strip()
    if not given:
        return ""
    number = ticket_named(given)
    return str(number) if number is not None else Fault(reason=why("verbs.show"), instead=("/show 7",))


_UNTIL = re.compile(r"(?:until|till?|to|bis(?: zum)?|jusqu['’]?(?:au|à)?|hasta(?: el)?)(?:[ :]+|$)", re.IGNORECASE)


def _away(line: Line) -> str | Fault:
    given = _UNTIL.sub("", dequoted(line.argument), count=1).strip(".!, ")
    if given.casefold() in _OFF:
        return "off"
    return given or Fault(reason=why("verbs.away"), instead=("/away until mon 9:00",))


def _zone(line: Line) -> str | Fault:
    given = dequoted(line.argument)
    if not given:
        return _lacking(line)
    if given.strip(".! ").casefold() in _OFF:
        return "off"
    if zone := zone_meant(given):
        return zone
    near = zone_near(given)
    return Fault(reason=why("verbs.zone", given=given), instead=(f"/zone {near}" if near else _USAGE["zone"],))


_ARGUMENTS: dict[str, Callable[[Line], str | Fault]] = {
    "note": _optional,
    "reply": _optional,
    "original": _which,
    "send": _all_of_it,
    "signature": _keeping,
    "thanks": _optional,
    "assign": _word,
    "customer": _address,
    "promise": _word,
    "nonews": _time_if_any,
    "p": _level,
    "resolve": _manner,
    "wait": _waiting,
    "zone": _zone,
    "away": _away,
    "find": _looked_for,
    "open": _which_open,
    "show": _ticket_if_any,
}
