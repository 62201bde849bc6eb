r"""Reads one line of an agent's mail: is it a verb, something meant as one, or words for the customer?

Phones and mail clients change what is typed: `／note`, a no-break space, a zero-width space in front, a capital letter,
a colon after it, a bullet, a number, quotation marks, brackets, arrows or bold marks around it. All of that is
understood. What decides between a verb and prose at the top, and why:

- Whatever begins with a sign (`/`, `#`, `!`) directly followed by a letter of any script was meant as a verb: a note
that goes to the customer is a disaster, a refusal with a draft is not. That holds for `/etc/hosts` and `#hash_tag` too;
the draft puts the word in quotation marks, and `“/etc/hosts” is full` is prose. `#1 priority`, `!!!` and `# Heading`
are prose.
- A known verb may carry a colon or a full stop (`/note: …`), and `/ note` is one too: the space is an accident.
- `//note` and `\note` are meant as verbs.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from mailbot.core.verbs.names import ALSO, NAMES, meant, meant_for_certain

_RANGES = (
    *((0x00, 0x08), (0x0E, 0x1F), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C)),
    *((0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F)),
    *((0x2800, 0x2800), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF9, 0xFFFC)),
    *((0x1D173, 0x1D17A), (0xE0001, 0xE0001), (0xE0020, 0xE007F), (0xE0100, 0xE01EF)),
)  # what is invisible: controls, format characters, variation selectors, fillers, tags
_SPACES = "\t\x0b\x0c\r\x85\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
_CLEAN: dict[int, str] = {code: "" for first, last in _RANGES for code in range(first, last + 1)} | {
    ord(space): " " for space in _SPACES
}
_SIGNS = str.maketrans(
    dict.fromkeys("／⁄∕⧸╱⟋", "/")
    | dict.fromkeys("＃﹟♯", "#")
    | dict.fromkeys("！﹗❗❕", "!")
    | {"＼": "\\", "﹨": "\\"}
)
_SIGNS_WITHIN = 24  # characters: a sign further back does not count
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−﹣－", "-"))
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–﹣－", "-"))  # within a word; a long dash ends it
_QUOTES = "\"'“”„‟‘’‚‛«»‹›「」『』`"
WRAPPERS = _QUOTES + "*_~"
_CLOSERS = WRAPPERS + ")]}>）】］"
_OPENERS = WRAPPERS + "([{<（【［"
_PUNCTUATION = ":.,;!?…："
# Anything but letters, digits and signs may come before, and one number or letter of a list; each run is read once.
_FIRST_WORD = re.compile(
    r"(?P<before>(?:[^\w/#!\\]|_)*+(?:(?:[0-9]{1,3}|[A-Za-z]|[①-⓿❶-➓])(?:[.)\]:：\u20e3]|(?<=[①-⓿❶-➓]))(?:[^\w/#!\\]|_)*+){0,3})"
    r"(?P<sign>[/#!\\]++)(?P<gap>(?:[^\w/#!\\]|_)*+)(?P<word>[^ ]++) *+(?P<rest>.*)",
    re.DOTALL,
)
_HEAD = re.compile(r"[^\W_]+(?:[-_'’]+[^\W_]+)*")
_PATH = re.compile(r"[./\\]\w")
_NUMBERED = re.compile(r"(p|prio|priority)[:=-]?([0-9]+)")
_LIST_ITEM = re.compile(r"[^()\[\]{}<>（）【】|" + re.escape(_QUOTES) + r"]*")
# After `# ` or `! ` these are not headings that people write.
_NO_HEADING = frozenset(
    {"note", "take", "release", "assign", "p", "resolve", "reopen", "spam", "ham", "ignore", "promise", "eta"}
)
_TEXTS = frozenset({"note", "reply", "plan", "workaround", "eta", "thanks", "goodwill"})


class LineKind(StrEnum):
    """What a line is."""

    BLANK = "blank"
    PROSE = "prose"
    VERB = "verb"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line as it was understood. `name`: the verb or, for an unknown one, the verb that was probably meant ("")."""

    kind: LineKind
    raw: str
    name: str = ""
    argument: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """A line with a sign before a word: what comes before, the sign, the space between, the word and the rest.

    `behind` is where the rest begins in the visible text.
    """

    before: str
    sign: str
    gap: str
    word: str
    rest: str
    behind: int = 0

    @property
    def quoted(self) -> bool:
        """Whether the word alone is in quotation marks."""
        return self.before[-1:] in tuple(_QUOTES) and self.word.rstrip(_PUNCTUATION)[-1:] in tuple(_QUOTES)

    @property
    def dressed(self) -> bool:
        """Whether there is nothing between sign and word but marks of emphasis."""
        return not self.gap.strip(WRAPPERS)


def read_line(raw: str) -> Line:
    """The line `raw` (without its line end) as it counts at the top of a mail."""
    text = visible(raw)
    if not text:
        return Line(kind=LineKind.BLANK, raw=raw)
    found = _found(text)
    prose = Line(kind=LineKind.PROSE, raw=raw)
    if found is None:
        return prose
    word = unicodedata.normalize("NFKC", found.word).translate(_HYPHENS).casefold()
    head = _HEAD.match(word)
    if head is None or not head.group()[0].isalpha():
        return prose
    name, tail = head.group(), word[head.end() :]
    known = None if _PATH.match(tail) else _known(name)
    if known is None:
        return _unknown(raw, found, name, tail)
    verb, number = known
    spaced = " " in found.gap
    if spaced and found.sign[0] != "/" and (verb not in _NO_HEADING or found.sign[0] == "\\"):
        return prose  # "# Plan" is a heading
    argument = f"{number} {_argument(raw, found, verb)}".strip()
    plain = found.sign in ("/", "#", "!") and (
        found.dressed or (found.sign == "/" and not found.gap.strip(WRAPPERS + " "))
    )
    bare = not tail.strip(_PUNCTUATION + _CLOSERS) or tail[0] in ":：="
    kind = LineKind.VERB if plain and bare and not (found.quoted and argument) else LineKind.UNKNOWN
    return Line(kind=kind, raw=raw, name=verb, argument=argument)


def verbs_in(text: str) -> frozenset[str]:
    """The verbs that any line of a text names for the parser, whatever hides them, and those that it means."""
    return frozenset(line.name for line in map(read_line, text.split("\n")) if line.name)


def is_blank(raw: str) -> bool:
    """Whether there is nothing visible on a line."""
    return not visible(raw)


def is_verb_below(raw: str) -> bool:
    """Whether a line below the customer's words is a verb: a sign directly followed by a known name.

    Stricter than at the top: quotation marks, brackets or a quote mark around it, or an unknown word make it prose;
    but not if it plainly means a verb, nor is a `/ note` prose.
    """
    found = _found(visible(raw))
    if found is None or not _LIST_ITEM.fullmatch(found.before):
        return False
    line = read_line(raw)
    if line.kind is LineKind.VERB:
        return " " not in found.gap or line.name == "note"
    if line.kind is not LineKind.UNKNOWN or found.sign[0] != "/" or found.gap:
        return False
    word = _HEAD.match(found.word)
    return (
        word is not None
        and bool(_known(word.group().casefold()) or meant_for_certain(word.group()))
        and (not _PATH.match(found.word[word.end() :]))
    )


def is_meant_as_verb(raw: str) -> bool:
    """Whether a line below a greeting is meant for the desk: known or not, unless its word is in quotation marks."""
    found = _found(visible(raw))
    return found is not None and not found.quoted and read_line(raw).kind in (LineKind.VERB, LineKind.UNKNOWN)


def quoted(raw: str) -> str:
    """The line with its first word in quotation marks, which makes it prose for the customer."""
    text = visible(raw)
    found = _found(text)
    if found is None:
        return text
    return f"{found.before}“{found.sign}{found.gap}{found.word}” {found.rest}".rstrip()


def dequoted(argument: str) -> str:
    """An argument that is a name or a time, without quotation marks and dashes around it; inner dashes plain."""
    plain = argument.translate(_CLEAN).translate(_DASHES).strip(WRAPPERS + " ").rstrip("- ")
    bare = plain.lstrip("- ")
    return plain if bare[:1].isdigit() and plain[:1] == "-" else bare


def visible(raw: str) -> str:
    """What is visible of a line: without invisible characters, with plain blanks, and with plain signs in front."""
    text = raw.translate(_CLEAN).strip()
    return text[:_SIGNS_WITHIN].translate(_SIGNS) + text[_SIGNS_WITHIN:]


def _found(text: str) -> _Found | None:
    match = _FIRST_WORD.fullmatch(text)
    if match is None:
        return None
    return _Found(
        before=match["before"],
        sign=match["sign"],
        gap=match["gap"],
        word=match["word"],
        rest=match["rest"].strip(),
        behind=match.start("rest"),
    )


def _unknown(raw: str, found: _Found, name: str, tail: str) -> Line:
    """A line whose first word is not a verb: meant as one, or prose."""
    path = bool(_PATH.match(tail))
    certain = "" if path else meant_for_certain(name, exactly=found.quoted)
    spaced = " " in found.gap
    if found.sign[0] == "\\" or spaced or found.quoted or not found.dressed:
        kind = LineKind.UNKNOWN if certain and (found.sign[0] == "/" or not spaced) else LineKind.PROSE
        verb = certain
    else:
        kind, verb = LineKind.UNKNOWN, "" if path else meant(name)
    if kind is LineKind.PROSE:
        return Line(kind=kind, raw=raw)
    return Line(kind=kind, raw=raw, name=verb, argument=_argument(raw, found, verb))


def _argument(raw: str, found: _Found, verb: str) -> str:
    """What follows the word, without what closes a mark that was opened before it."""
    head = _HEAD.match(found.word.translate(_HYPHENS))
    tail = found.word[head.end() :] if head else ""
    rest = _untouched(raw, found) if verb in _TEXTS and found.rest else found.rest
    opened = (found.before + found.gap).strip()[-1:]
    if opened and opened in _OPENERS and not set(tail) & set(_CLOSERS):
        rest = rest.rstrip(_CLOSERS)
    return f"{tail.strip(_PUNCTUATION + _CLOSERS + '=-–—')} {rest}".strip()


def _untouched(raw: str, found: _Found) -> str:
    """The rest of a line exactly as written: a text keeps its joiners."""
    kept = [at for at, letter in enumerate(raw) if _CLEAN.get(ord(letter), letter) != ""]
    clean = raw.translate(_CLEAN)
    first = len(clean) - len(clean.lstrip()) + found.behind
    first += len(clean[first:]) - len(clean[first:].lstrip())
    return raw[kept[first] : kept[len(clean.rstrip()) - 1] + 1]


def _known(bare: str) -> tuple[str, str] | None:
    """The verb that a word names, and the number attached to it (`p2`); None if it is none."""
    if bare in NAMES:
        return bare, ""
    if bare in ALSO:
        return ALSO[bare], ""
    numbered = _NUMBERED.fullmatch(bare)
    return ("p", numbered.group(2)) if numbered else None
