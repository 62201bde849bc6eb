"""Reads how an agent's mail begins: with a verb that lacks its slash or, if a link opened it, with verbs alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailbot.core.verbs.lines import WRAPPERS, LineKind, read_line, visible

_MARKS = re.escape(WRAPPERS + "]) ")
_AFTER_BARE = re.compile(rf"[{_MARKS}]{{0,9}}(?:[:：]|[.!?…]{{0,9}}[{_MARKS}]{{0,9}}$)|[{_MARKS}]{{0,9}} [-–—]{{1,3}} ")
_BARE = re.compile(
    r"(?P<p>p ?[:=]? ?[1-5]|prio(?:rity)? ?[1-5])|(?P<resolved>resolved)|(?P<verb>take|release|assign|resolve|spam|ignore)"
    r"|(?P<note>note \(internal\)|note|internal(?: (?:note|comment|only|use only))?|private(?: note)?|(?:team|staff|agent) note|interne? (?:notiz|anmerkung)|notiz|intern|nur intern"
    r"|note interne|nota interna|interno|interne|(?:for |à )?(?:internal use(?: only)?|usage interne)|uso interno|solo (?:uso )?interno|nur für uns|hausintern|teamintern"
    r"|(?:team|staff|agents|us) only|not for (?:the )?customers?|nicht für (?:den |die )?kund(?:e|en|in)|notitie|notatka|poznámka)"
    rf"(?={_AFTER_BARE.pattern})",  # so that the longest name counts: "note interne :"
    re.IGNORECASE,
)
_NOTE_TO = re.compile(r"note to (?:self|myself|(?:the )?team|us|ourselves|colleagues)\b[ :,.–—-]*+", re.IGNORECASE)
_BRACKETED = re.compile(
    r"[*_ ]{0,4}(?:\[ ?(?:internal )?note ?\]|\( ?(?:internal )?note ?\)|\{ ?note ?\}|< ?note ?>|【 ?note ?】"
    r"|\[ ?internal ?\]|\( ?internal ?\))[*_ :]*+",
    re.IGNORECASE,
)
_ALL_OF_US = frozenset({"team", "all", "colleagues", "everyone", "folks", "zusammen", "kollegen"})
_BEFORE_BARE = re.compile(r"(?:[^\w/#!\\]|_)*+(?:[0-9]{1,2}[.)] *+(?:[^\w/#!\\]|_)*+)?")


def bare_opening(text: str, colleagues: frozenset[str] = frozenset()) -> str | None:
    """The verb without its slash that the words begin with (`note: …`), corrected; None for any other words.

    There may be verbs above it: nothing that they ask for is done either before it is clear what is meant. A note may
    also come after a greeting to colleagues (first names, case folded).
    """
    lines = text.split("\n")
    at = _first_words(lines)
    if at is None or (verb := bare_verb(lines[at])) is not None:
        return None if at is None else verb
    greeted = {word.strip(",.!:;").casefold() for word in lines[at].split()[:5]}
    if len(lines[at].split()) > 4 or not greeted & (colleagues | _ALL_OF_US):
        return None
    below = next((line for line in lines[at + 1 :] if visible(line)), "")
    verb = bare_verb(below)
    return verb if verb is not None and verb.startswith("/note") else None


def first_word_as_verb(text: str) -> str:
    """The mail with a slash before that verb; unchanged if there is none."""
    lines = text.split("\n")
    at = _first_words(lines)
    verb = None if at is None else bare_verb(lines[at])
    if at is None or verb is None:
        return text
    return "\n".join((*lines[:at], verb, *lines[at + 1 :]))


def only_verbs(text: str) -> str:
    """The verbs of a mail that by design holds nothing else: whatever a client put around them is left out."""
    lines = text.split("\n")
    first = next((at for at, one in enumerate(lines) if read_line(one).kind is LineKind.VERB), len(lines))
    last = next((at for at in range(first, len(lines)) if read_line(lines[at]).kind is LineKind.PROSE), len(lines))
    return "\n".join(lines[first:last]).strip()


def bare_verb(raw: str) -> str | None:
    """The line with its slash, if a line of words is only the name of a verb, alone or before a colon; else None.

    `note: she called` is `/note she called`. Words that begin a letter ("Thanks,", "Note that …") do not count.
    """
    text = visible(raw)
    before = _BEFORE_BARE.match(text)
    text = text[before.end() :] if before else text
    if found := _BRACKETED.match(visible(raw)):
        return f"/note {visible(raw)[found.end() :]}".rstrip()
    if found := _NOTE_TO.match(text):
        return f"/note {text[found.end() :]}".rstrip()
    word = _BARE.match(text)
    end = _AFTER_BARE.match(text, word.end()) if word else None
    if word is None or end is None or (end.group().strip(WRAPPERS + "]) ")[:1] in tuple("-–—") and not word["note"]):
        return None
    rest = text[end.end() :].strip(WRAPPERS + " ")
    if word["p"]:
        return f"/p {word['p'][-1]} {rest}".rstrip()
    name = word["verb"] or ("resolve" if word["resolved"] else "note")
    return f"/{name.lower()} {rest}".rstrip()


def _first_words(lines: Sequence[str]) -> int | None:
    return next((at for at, one in enumerate(lines) if read_line(one).kind is LineKind.PROSE), None)
