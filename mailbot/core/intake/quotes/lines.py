"""Recognises, line by line, what a mail client put between an answer and the mail that it answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Final

from mailbot.core.intake.quotes.words import (
    DEVICES,
    FOOTER_STARTS,
    FORWARD_DIVIDERS,
    HEADER_ROLES,
    QUOTING_STARTS,
    REPLY_DIVIDERS,
    SENT_FROM_ENDS,
    SENT_FROM_GLUE,
    SENT_FROM_MINE,
    SENT_FROM_STARTS,
    SENTENCE_WORDS,
    STARTERS,
    WROTE_PARTS,
    WROTE_WORDS,
)

LINE_CAP: Final = 500  # characters: no client writes a longer marker line
_JOIN_LINES: Final = 6  # lines over which one "On … wrote:" may be wrapped
DASHES: Final = "-‐‑‒–—―_=*~ \t\u00a0"

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad]")
EMAIL: Final = re.compile(r"[^\s<>()\[\]\"@:;,]{1,64}@[^\s<>()\[\]\"@:;,]{2,190}")
_BRACKETED = re.compile(
    r"[<(\[]\s*(?:mailto:)?[^<>()\[\]\s@]{1,100}@[^<>()\[\]\s]{2,190}\s*(?:<[^<>]{0,250}>)?\s*[>)\]]"
)
_TIME = re.compile(r"(?<!\d)\d{1,2}\s?(?:[:.hH時时點点시]\s?\d{2}(?!\d)|[AaPp]\.?[Mm]\b|Uhr\b)")
DATE: Final = re.compile(
    r"(?<![\d:])(?:(?:19|20)\d\d(?!\d)|\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2,4}|\d{1,2}\s?[月월]|\d{1,2}\.?[\s-][^\W\d_]{3,})"
)
_OLD_GMAIL = re.compile(r"\d{4}-\d\d-\d\d \d{1,2}:\d\d(?::\d\d)? (?:GMT|UTC)(?:[+-]\d|\b)")
_STAMP_FIRST = re.compile(r"\W{0,3}(?:[^\W\d_]{1,12}\.?,?\s+){0,2}\d")
_NOTES = re.compile(r".{2,60}?\s?---\s?\d{1,4}[./-]\d{1,2}[./-]\d{2,4}[^-]{3,20}---")
_DIGIT = re.compile(r"\d")
_WROTE_LONGEST = max(map(len, WROTE_WORDS | set(WROTE_PARTS))) + 4  # characters at the end of a line
_WROTE = re.compile(
    r"(?<!\w)(?:" + "|".join(sorted(map(re.escape, WROTE_WORDS), key=len, reverse=True)) + r")(?!\w)"
    "|" + "|".join(map(re.escape, WROTE_PARTS))
)
# The Bat! in its two main languages, and GroupWise: neither names a writer as the others do.
_ODD = re.compile(
    r"вы писали\s.{4,60}\d:\d\d(?::\d\d)?|.{8,60}\d:\d\d(?::\d\d)?(?:\s[ap]m)?,\syou wrote|>>>\s.{4,150}\d:\d\d(?:\s[ap]m)?\s>>>",
    re.IGNORECASE,
)
_DAY_AND_NAME = re.compile(r"(?:[^\W\d_]{2,12}\.?,?\s){1,2}[^,]{4,30}(?:19|20)\d\d,\s([^,]{2,60}?)\s?$")
_PLAIN_WORD = re.compile(r"(?<![\w@.'’<-])[^\W\d_]{3,}(?![\w@])")
_INTRO_INSIDE = re.compile(r"\s(?=(?:On|At|Am|Le|El|Il|Em|Op|Den|Dnia|W dniu|Dne) )")
_DAY_NUMBER = re.compile(r"\s\d{1,2}\.\Z")
_MONTH_FIRST = re.compile(r"(?<![^\W\d_])[^\W\d_]{3,9}\.?\s\d{1,2}(?![\d:])")
_DATE_AND_BOX = re.compile(
    r"(?:19|20)\d\d[/.-]\d{1,2}[/.-]\d{1,2},?\s(?:\d{1,2}:\d\d,?\s)?[^<>]{0,80}<[^\s<>@]{1,64}@[^\s<>@]{2,190}>[:：]?"
)
_EXCUSE = re.compile(
    r"[\s.,;–—-]+(?:please |pls |kindly |bitte |veuillez |merci d'|por favor )?(?:excuse|pardon|forgive|sorry|apologies"
    r"|ignore|entschuldige|verzeih|excuser|disculpe|desculpe|perdón|scusa)[^\W\d_]{0,6}\b.{0,80}\Z",
    re.IGNORECASE,
)
_MARKDOWN = re.compile(r"^[*_\s]*([^*_:：]{1,30}?)[*_\s]*[:：][*_]*")
_URL = re.compile(r"<?(?:https?://|mailto:)\S+>?")
_LINKED = re.compile(r"\[([^\]]{0,80})\]\([^)]{0,200}\)")
_LIST_FOOTER = re.compile(r"mailing list|mailman/listinfo|list-unsubscribe|unsubscribe", re.IGNORECASE)
CUT_LINE: Final = "\ufdd0"  # what the HTML reader puts where the structure says that everything below is old
ATTRIBUTION_LINE: Final = "\ufdd1"  # … and before a line that the structure says introduces a quote


class Sure(IntEnum):
    """How sure a line introduces a quote: NO, WEAK (only if quoted lines follow), SURE."""

    NO = 0
    WEAK = 1
    SURE = 2


def clean(line: str) -> str:
    """The line without outer space and without invisible direction and width marks."""
    if not line.isascii():
        line = _INVISIBLE.sub("", line)
    return line.strip()


def fold(text: str) -> str:
    """The text as words are compared: case folded, without the dot of a Turkish capital İ."""
    return text.casefold().replace("i\u0307", "i")


def is_quoted(line: str) -> bool:
    """Whether the line has a quote mark. `>From ` is how mbox escapes a sender's own words (RFC 4155)."""
    bare = line.lstrip()
    return bare[:1] in {">", "＞"} and not bare.startswith(">From ")


def unquoted(line: str) -> str:
    """The line without its outermost quote mark."""
    if not is_quoted(line):
        return line
    bare = line.lstrip()[1:]
    return bare[1:] if bare[:1] == " " else bare


def is_rule(text: str) -> bool:
    """Whether a cleaned line consists of at least two dashes, underscores and the like."""
    return len(text) >= 2 and not text.strip(DASHES)


def attribution(text: str) -> Sure:
    """How surely a line, or several joined by spaces, is an "On … wrote:" of any client and language."""
    if len(text) > LINE_CAP:
        return Sure.NO
    core = text.strip(DASHES)
    digits = _DIGIT.search(core) is not None
    if digits and (_OLD_GMAIL.match(core) or ("---" in core and _NOTES.match(core))):
        return Sure.SURE
    if digits and ":" in core and _ODD.fullmatch(core.rstrip(":：")):
        return Sure.SURE
    if digits and "@" in core and _DATE_AND_BOX.fullmatch(core):
        return Sure.SURE if core[-1] in ":：" else Sure.WEAK
    colon = core.endswith((":", "："))
    if not colon and _WROTE.search(fold(core[-_WROTE_LONGEST:])) is None:
        return Sure.NO  # checked first because it is cheap, and true of nearly every line
    folded = fold(core)
    wrote = next(reversed(list(_WROTE.finditer(folded))), None)
    if not colon and (wrote is None or len(folded) - wrote.end() > 2):
        return Sure.NO
    if wrote is None and "@" not in core:
        return Sure.NO  # neither a writer nor an address: the rest needs one of them
    dated, timed = DATE.search(core) is not None, _TIME.search(core) is not None
    stamped = dated or timed
    bracketed = next(reversed(list(_BRACKETED.finditer(core))), None)
    mailed = EMAIL.search(core)
    few = len(_plain_words(core, wrote)) if wrote or mailed else 0
    if _told(core, certain=bool(bracketed and dated and timed)):
        return Sure.NO
    if bracketed and stamped and (wrote or (colon and len(core) - bracketed.end() <= 60 and few <= 5)):
        return Sure.SURE
    if bracketed and wrote and colon and len(core) - wrote.end() <= 30 and len(core) - bracketed.end() <= 30:
        return Sure.SURE
    if mailed and stamped and _begins(core) and (wrote or (len(core) - mailed.end() <= 3 and few <= 1)):
        return Sure.SURE
    if wrote and dated and timed and (_begins(core) or _named(core[: wrote.start()])) and few <= 3:
        return Sure.SURE
    if wrote and colon and _begins(core) and (day := _DAY_AND_NAME.match(core[: wrote.start()])) and _named(day[1]):
        return Sure.SURE
    if colon and bracketed and folded.startswith(QUOTING_STARTS):
        return Sure.WEAK
    dashed = is_rule(text[:2]) and is_rule(text[-2:])
    if wrote is None or not (colon or stamped or dashed):
        return Sure.NO
    if dashed and _named(core[: wrote.start()]):
        return Sure.SURE
    if not _begins(core) and (stamped or len(core.split()) > 6):
        return Sure.NO
    return Sure.WEAK


def shared_line(line: str) -> tuple[str, str] | None:
    """A line that a client glued together, split in two, or None.

    It holds the end of an answer and an "--- On … wrote:" or "On … <…> wrote:", or an "On … wrote:   " and the first
    quoted words.
    """
    if len(line) > LINE_CAP:
        return None
    own, dashes, rest = line.partition("--")
    if dashes and own.strip() and attribution(rest) is Sure.SURE and _begins(rest.strip(DASHES)):
        return own, dashes + rest
    if line.rstrip()[-1:] in {":", "："} and (split := _split_before_intro(line)) is not None:
        return split
    intro, gap, rest = line.partition(":  ")
    if gap and rest.strip() and attribution(intro.strip() + ":") is Sure.SURE:
        return intro + ":", "  " + rest
    return None


def _split_before_intro(line: str) -> tuple[str, str] | None:
    """An answer and the "On … <…> wrote:" after it on the same line: sure only with date, time and address."""
    starts = [found.end() for found in _INTRO_INSIDE.finditer(line)]
    if not starts or not line[: starts[-1]].strip():
        return None
    own, rest = line[: starts[-1]], line[starts[-1] :]
    certain = EMAIL.search(rest) and DATE.search(rest) and _TIME.search(rest)
    if not certain or is_quoted(line) or attribution(clean(own + ":")) is not Sure.NO:
        return None
    return (own, rest) if attribution(clean(rest)) is Sure.SURE and attribution(clean(line)) is not Sure.SURE else None


def _begins(core: str) -> bool:
    """Whether a line begins as an attribution does: with a date, or with the small word before one."""
    first = core[:40].casefold().replace(",", " ").split(None, 1)
    if not first:
        return False
    return first[0] in STARTERS or _STAMP_FIRST.match(core) is not None or not core[0].isascii()


def _named(text: str) -> bool:
    """Whether a text is a name: one to four capitalised words."""
    words = text.split()
    return 1 <= len(words) <= 4 and all(word[0].isupper() for word in words)


def _told(core: str, *, certain: bool) -> bool:
    """Whether a person, not a mail client, tells what was written ("On 3 May I wrote to …:").

    "je" is I and you in two languages, and "has" in three more, in which a `certain` line may have it as well.
    """
    return any(
        word in SENTENCE_WORDS and not (certain and word == "je")
        for word in EMAIL.sub(" ", core).replace(",", " ").split()
    )


def _plain_words(core: str, wrote: re.Match[str] | None) -> list[str]:
    """The lower-case words outside the "wrote": a name and a date have few, a sentence has many."""
    rest = core[: wrote.start()] + " " + core[wrote.end() :] if wrote else core
    return [word for word in _PLAIN_WORD.findall(rest) if word.islower()]


def attribution_at(lines: Sequence[str], start: int) -> tuple[Sure, int]:
    """Whether an attribution begins at this line, and the index after its last line (wrapped ones have several)."""
    first = clean(lines[start])
    if len(first) > LINE_CAP or not first:
        return Sure.NO, start
    alone = attribution(first)
    if alone is Sure.SURE:
        return alone, start + 1
    core = first.strip(DASHES)
    if (first[-1] in ".!?:：" and _DAY_NUMBER.search(first) is None) or not _may_wrap(core):
        return alone, start + 1
    joined, end, blank = core, start + 1, False
    while end < len(lines) and end - start < _JOIN_LINES:
        raw = lines[end]
        following = clean(raw)
        if not following:
            if blank:
                break
            blank, end = True, end + 1
            continue
        if len(following) > LINE_CAP or (blank and following[0] != "<"):
            break
        if is_quoted(raw) and joined.count("<") <= joined.count(">"):
            break
        blank = False
        another = _begins(following) and attribution(following) is not Sure.NO and _may_wrap(following)
        if another and (DATE.search(following) is not None or "@" in following):
            break
        joined, end = f"{joined} {following}", end + 1
        ends = following[-1] in ":：*" or _WROTE.search(fold(following[-40:])) is not None
        if ends and attribution(joined) is Sure.SURE:
            return Sure.SURE, end
    return alone, start + 1


def _may_wrap(core: str) -> bool:
    """Whether a line may begin a wrapped attribution: it starts like one and holds a date, or an address."""
    if "@" in core and (found := _BRACKETED.search(core)) is not None:
        # "Ana <…> schrieb am So., 23." and "Ana <…> 于2026年3月3日周二" have the rest of their date on the next line.
        behind = core[found.end() :].strip()
        if _DIGIT.search(core) is None or _WROTE.match(fold(behind[:30])) or DATE.search(behind[:30]):
            return True
    if not _begins(core):
        return False
    return any(pattern.search(core) is not None for pattern in (DATE, _TIME, _MONTH_FIRST))


def header_label(text: str) -> str | None:
    """The folded label of a cleaned line "*From:* Ana <…>", whatever it says; None if there is no label."""
    found = _label(text[:200])
    return None if found is None else found[0]


def header_line(text: str) -> tuple[str, str] | None:
    """The role and value of a cleaned header line of a quoted mail ("*From:* Ana <…>"), or None."""
    found = _label(text[:200])
    if found is None:
        return None
    role = HEADER_ROLES.get(found[0])
    return None if role is None else (role, text[found[1] :].strip())


@lru_cache(maxsize=1024)  # each line above that may begin a header looks at it again
def _label(head: str) -> tuple[str, int] | None:
    found = _MARKDOWN.match(head) if ":" in head or "：" in head else None
    return None if found is None else (" ".join(fold(found.group(1)).split()), found.end())


def divider(text: str) -> str | None:
    """`reply` or `forward` if a cleaned line is a known divider ("-----Original Message-----"), else None."""
    if not 4 <= len(text) <= 120:
        return None
    if text[0] not in DASHES and text[-1] not in ":：":
        return None
    core = text.strip(DASHES + ">:：")
    if len(core) > 60 or len(core) < 2:
        return None
    folded = " ".join(fold(core).replace("&nbsp;", " ").split())
    dashed = text[0] in DASHES and text[1] in DASHES
    if folded in FORWARD_DIVIDERS and (dashed or text[-1] in ":：" or text[0] in DASHES):
        return "forward"
    if folded in REPLY_DIVIDERS and (dashed or text[0] in DASHES):
        return "reply"
    if dashed and folded.startswith("forwarded by "):
        return "forward"
    return None


def is_sent_from(text: str, *, after_blank: bool) -> bool:
    """Whether a device or an app added a cleaned line ("Sent from my iPhone"); else it is a sentence of the writer's.

    A known device makes it sure; any other short name counts only `after_blank`, where the clients put it.
    """
    if len(text) > 300:
        return False
    bare = _EXCUSE.sub("", _URL.sub("", _LINKED.sub(r"\1", text))).strip(" <>()[].!_*-")
    if not 4 <= len(bare) <= 80 or bare[-1] in "?:,;":
        return False
    folded = fold(bare).replace("’", "'")
    if not folded.startswith(SENT_FROM_STARTS) and not folded.endswith(SENT_FROM_ENDS):
        return False
    start = max((word for word in SENT_FROM_STARTS if folded.startswith(word)), key=len, default=None)
    end = None if start else next((word for word in SENT_FROM_ENDS if folded.endswith(word)), None)
    rest = bare[len(start) :] if start else bare[: -len(end or "")]
    words = [word.strip(".,()'’\"") for word in rest.split()]
    if len(words) > 6 or not all(_names_device(word) for word in words if word):
        return False
    mine = after_blank and bool(words) and folded.startswith(SENT_FROM_MINE)
    return mine or any(name in folded for name in DEVICES)


def _names_device(word: str) -> bool:
    """Whether a word can be part of the name of a device or an app: a known one, a number, or capitalised."""
    folded = fold(word)
    if folded in SENT_FROM_GLUE or any(name in folded for name in DEVICES):
        return True
    return word[0].isupper() or any(char.isdigit() for char in word) or not word[0].isalpha()


def is_footer(text: str) -> bool:
    """Whether a virus scanner or a provider appended a cleaned line to the mail.

    An address or nothing follows its verdict ("Virus-free."): a sentence that goes on is a person's.
    """
    said = text[:80].casefold().lstrip("*_ ")
    start = next((each for each in FOOTER_STARTS if said.startswith(each)), None)
    if start is None or not start.endswith("."):
        return start is not None
    return all("." in word.strip(".") or not word[0].isalnum() for word in said[len(start) :].split())


def is_list_footer(lines: Sequence[str], start: int) -> bool:
    """Whether a rule at `start` begins the footer of a mailing list: few lines, and one of them names the list."""
    rest = [clean(line)[:LINE_CAP] for line in lines[start + 1 : start + 12]]
    if len(lines) - start > 10:
        return False
    return any(_LIST_FOOTER.search(line) for line in rest)
