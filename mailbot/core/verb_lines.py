r"""Reads one line of an agent's mail: is it a verb, something that was meant as one, or words for the customer?

Phones and mail clients change what is typed: `／note`, a no-break space, a zero-width space in front, a capital letter, a
colon behind, bold marks or quotation marks around the line. All of that is understood. What decides between a verb and
prose, and why:

- Only a sign (`/`, `#`, `!`) directly followed by `[a-z-]+` and then by a space or the end can be a verb, so that
  `/etc/hosts`, `#1 priority`, `!!!`, `#hash_tag` and `# Heading` are prose. A known verb may carry a colon or a full stop
  (`/note: …`), and `/ note` is one too: the space is an accident, and a note that goes to the customer is a disaster.
- At the top, an unknown `/word` is far more often a mistyped verb than something for a customer, so it is unknown rather
  than prose; the folders at the root of a Unix file system (`/tmp is full`) are prose. `#word` and `!word` are unknown
  only if they are nearly a verb: people do write `#release2` and `!important`.
- `//note` and `\note` are meant as verbs.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

NAMES = (
    *("note", "take", "release", "assign", "p", "promise", "plan", "workaround", "eta", "resolve", "reopen", "wait"),
    *(
        "thanks",
        "spam",
        "ignore",
        "status",
        "why",
        "help",
        "send",
        "signature",
        "confirm",
        "goodwill",
        "approve",
        "reply",
        "do",
        "customer",
        "files",
        "original",
    ),
)
"""The verbs, as they are written."""

_ALSO = {"prio": "p", "priority": "p"}
_MEANT = {
    **dict.fromkeys(("close", "closed", "done", "fixed", "solve", "solved", "resolved"), "resolve"),
    **dict.fromkeys(("internal", "comment", "notes"), "note"),
    **dict.fromkeys(("own", "mine", "claim"), "take"),
    **dict.fromkeys(("unassign", "untake"), "release"),
    **dict.fromkeys(("hold", "snooze", "pending", "waiting"), "wait"),
    **dict.fromkeys(("thank", "thankyou", "thank-you", "thx"), "thanks"),
    **dict.fromkeys(("open", "re-open"), "reopen"),
    **dict.fromkeys(("due", "deadline"), "promise"),
    **dict.fromkeys(("work-around",), "workaround"),
}
"""What people call a verb elsewhere; proposed, never obeyed."""

_ROOT_FOLDERS = frozenset(
    {"bin", "boot", "dev", "etc", "home", "lib", "media", "mnt", "opt", "proc", "root", "run", "sbin", "srv", "sys"}
    | {"tmp", "usr", "var", "users", "volumes"}
)
_INVISIBLE = "\u00ad\u034f\u061c\u115f\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufe0f\ufeff"
_SPACES = "\t\x0b\x0c\r\x85\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
_CLEAN = str.maketrans(dict.fromkeys(_INVISIBLE, "") | dict.fromkeys(_SPACES, " "))
_SIGNS = str.maketrans({"／": "/", "⁄": "/", "∕": "/", "＃": "#", "﹟": "#", "！": "!", "﹗": "!", "＼": "\\"})
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−﹣－", "-"))
WRAPPERS = "\"'“”„‟‘’‚‛«»‹›`*_"
_PUNCTUATION = ":.,;!?…："
_BOLD = re.compile(r"[*_]+([^ *_]+)[*_]+(?= |$)")
_FIRST_WORD = re.compile(r"(?P<sign>[/#!\\]+)(?P<gap> *)(?P<word>[^ ]+)(?: +(?P<rest>.*))?")
_WORD = re.compile(r"[a-z]+(?:-+[a-z]+)*")
_NUMBERED = re.compile(r"(p|prio|priority)[:=-]?([0-9]+)")
_CLOSE_ENOUGH = 0.7


class LineKind(StrEnum):
    """What a line is."""

    BLANK = "blank"
    PROSE = "prose"
    VERB = "verb"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line as it was understood. `name`: the verb, or for an unknown one the verb that was probably meant ("")."""

    kind: LineKind
    raw: str
    name: str = ""
    argument: str = ""


def read_line(raw: str) -> Line:
    """The line `raw` (without its end) as it counts at the top of a mail."""
    text = visible(raw)
    prose = Line(kind=LineKind.PROSE, raw=raw)
    if not text:
        return Line(kind=LineKind.BLANK, raw=raw)
    found = _FIRST_WORD.fullmatch(text)
    if found is None and text[0] in WRAPPERS:
        inner = read_line(_unwrapped(text))
        return (
            Line(kind=LineKind.VERB, raw=raw, name=inner.name, argument=inner.argument)
            if inner.kind is LineKind.VERB
            else prose
        )
    if found is None:
        return prose
    sign, rest = found.group("sign"), (found.group("rest") or "").strip()
    word = unicodedata.normalize("NFKC", found.group("word")).translate(_DASHES).casefold()
    known = _known(word)
    if known is not None:
        name, number = known
        if found.group("gap") and sign != "/":
            return prose  # "# Plan" is a heading
        kind = LineKind.VERB if sign in ("/", "#", "!") else LineKind.UNKNOWN
        return Line(kind=kind, raw=raw, name=name, argument=f"{number} {rest}".strip())
    bare = word.rstrip(_PUNCTUATION)
    if found.group("gap") or sign not in ("/", "#", "!") or not _WORD.fullmatch(bare):
        return prose
    meant = _meant(bare)
    if bare in _ROOT_FOLDERS or (not meant and (sign != "/" or bare != word)):
        return prose
    return Line(kind=LineKind.UNKNOWN, raw=raw, name=meant, argument=rest)


def is_blank(raw: str) -> bool:
    """Whether there is nothing to see on a line."""
    return not visible(raw)


def is_verb_below(raw: str) -> bool:
    """Whether a line below the customer's words is a verb: a sign directly followed by a known name.

    Stricter than at the top: quotation marks around it, a space behind the sign, or an unknown word make it prose.
    """
    text = visible(raw)
    return text[:1] in ("/", "#", "!") and text[1:2] != " " and read_line(text).kind is LineKind.VERB


def dequoted(argument: str) -> str:
    """An argument that is a name or a time: quotation marks and dashes around it gone, dashes within plain."""
    return argument.translate(_DASHES).strip(WRAPPERS + "- ")


def visible(raw: str) -> str:
    """What is to be seen of a line: without invisible characters, with plain blanks and a plain sign in front."""
    text = raw.translate(_CLEAN).strip()
    return _signed(text)


def _unwrapped(text: str) -> str:
    """The line without the marks that stand on both of its ends, or bold marks around its first word; "" without any."""
    bold = _BOLD.match(text)
    if bold:
        return _signed(bold.group(1) + text[bold.end() :])
    inner = text.strip(WRAPPERS)
    wrapped = len(text) > 1 and text[-1] in WRAPPERS
    return _signed(inner) if wrapped and inner[:1] not in ("", " ") else ""


def _signed(text: str) -> str:
    return text[:1].translate(_SIGNS) + text[1:]


def _known(word: str) -> tuple[str, str] | None:
    """The verb that a word names, and the number that sticks to it (`p2`); None where it is none."""
    bare = word.rstrip(_PUNCTUATION)
    if bare in NAMES:
        return bare, ""
    if bare in _ALSO:
        return _ALSO[bare], ""
    numbered = _NUMBERED.fullmatch(bare)
    return ("p", numbered.group(2)) if numbered else None


def _meant(word: str) -> str:
    if word in _MEANT:
        return _MEANT[word]
    close = get_close_matches(word, [*NAMES, *_ALSO], n=1, cutoff=_CLOSE_ENOUGH) if len(word) <= 20 else []
    return _ALSO.get(close[0], close[0]) if close else ""
