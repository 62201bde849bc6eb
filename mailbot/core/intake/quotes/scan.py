"""Decides, in one pass over the lines of a mail, which of them are new."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from mailbot.core.intake.quotes.foreign import Foreign
from mailbot.core.intake.quotes.headers import header_block
from mailbot.core.intake.quotes.lines import (
    ATTRIBUTION_LINE,
    CUT_LINE,
    Sure,
    attribution,
    attribution_at,
    clean,
    divider,
    header_line,
    is_footer,
    is_list_footer,
    is_quoted,
    is_rule,
    is_sent_from,
    unquoted,
)
from mailbot.core.intake.quotes.signoff import is_closing

_SIGNATURE_LINES: Final = 60
_LOOSE_SIGNATURE_LINES: Final = 12
_DIGIT: Final = re.compile(r"\d")
_LINK: Final = re.compile(r"<?https?://\S{1,200}>?")
_BLANK, _QUOTE, _INTRO, _TEXT, _GONE = "bqatx"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scan:
    """The new lines, in order; `cut` says that something old was found."""

    lines: list[str]
    cut: bool


@dataclass(slots=True, kw_only=True)
class _Region:
    """The lines before the cut, with one kind letter each; changed while the ends are trimmed."""

    lines: Sequence[str]
    kinds: list[str]
    cut: bool = False
    forward: int | None = None
    head: list[str] = field(default_factory=list)
    says_forward: bool = False

    @property
    def own(self) -> bool:
        return _TEXT in self.kinds


def scan(
    lines: Sequence[str], *, end: int | None = None, forward: bool = False, foreign: Foreign | None = None
) -> Scan:
    """The new lines among `lines[:end]`; everything from `end` on is known to be old.

    `forward`: the subject says that the mail is a forward, so a quoted header begins what it forwards. `foreign`: what
    somebody outside the conversation wrote is new as well.
    """
    stop = len(lines) if end is None else end
    region = _classify(lines, stop, marked=end is not None, forward=forward, foreign=foreign)
    region.cut = region.cut or end is not None
    if region.forward is not None:
        added = _strip([line for line, kind in zip(lines, region.kinds, strict=False) if kind != _GONE])
        below = region.forward
        while below < len(lines) and not unquoted(lines[below]).strip():
            below += 1
        gap = [""] if added and (below > region.forward or region.head) else []
        head = [*region.head, ""] if region.head else []
        return Scan(lines=_strip([*added, *gap, *head, *lines[below:]]), cut=False)
    _trim_tail(region)
    _trim_closing_quote(region)
    _trim_head(region)
    kinds = region.kinds
    if region.cut and _TEXT not in kinds:
        kinds = []
    kept = [line for line, kind in zip(lines, kinds, strict=False) if kind not in {_GONE, _INTRO}]
    return Scan(lines=_strip(kept), cut=region.cut)


def _classify(
    lines: Sequence[str], end: int, *, marked: bool, forward: bool, foreign: Foreign | None = None
) -> _Region:
    """Classify every line up to the first place from which on everything is old."""
    region = _Region(lines=lines, kinds=[], says_forward=forward)
    kinds, index, own, pasted = region.kinds, 0, False, foreign is not None and foreign.first
    while index < end:
        text = clean(lines[index])
        if not text:
            kinds.append(_BLANK)
            index += 1
            continue
        if is_quoted(lines[index]) and not (text.endswith(">>>") and attribution(text) is Sure.SURE):
            first = not kinds or kinds[-1] != _QUOTE
            if (
                first
                and _forwards(lines, index, text, forward=forward)
                and _passes_on(region, text.lstrip("> "), sure=forward or _signed_off(region))
            ):
                _forwarded_from(region, lines, index)
                return region
            if pasted and foreign is not None and _quotes_us(lines, index, foreign):
                pasted = False
            kinds.append(_TEXT if pasted else _QUOTE)
            index += 1
            continue
        if kinds and kinds[-1] == _QUOTE and _wraps(lines, index, text):
            kinds.append(_QUOTE)
            index += 1
            continue
        mark, stop = _mark(lines, index, text, end)
        if mark is Sure.WEAK and not _quoted_next(lines, stop, end, otherwise=marked):
            mark = Sure.NO
        if mark is Sure.NO:
            own, pasted = own or not is_rule(text), foreign is not None and foreign.first
            kinds.append(_TEXT)
            index += 1
            continue
        stop = min(stop, end)
        if (forward or divider(text) == "forward") and _passes_on(region, text, sure=True):
            _forwarded_from(region, lines, index)
            return region
        if foreign is not None:
            pasted = foreign.wrote(lines, index, stop)
            if pasted:
                own = True
                kinds.extend(_TEXT * (stop - index))
                index = stop
                continue
        if text[0] != CUT_LINE and _quoted_next(lines, stop, end, otherwise=False):
            kinds.extend(_INTRO * (stop - index))
            index = stop
            continue
        region.cut = True
        if own:
            _drop_rules(region)
            return region
        _drop_rules(region)
        kinds.extend(_GONE * (stop - index))
        index = stop
    return region


def _mark(lines: Sequence[str], index: int, text: str, end: int) -> tuple[Sure, int]:
    """Whether something old begins at this line, how surely, and the index after the lines that say so."""
    if text[0] in {CUT_LINE, ATTRIBUTION_LINE}:
        return Sure.SURE, index + 1
    if divider(text) is not None:
        return Sure.SURE, index + 1
    colon = ":" in text[:40] or "：" in text[:40]
    if colon and (block := header_block(lines, index)) is not None:
        return Sure.SURE, min(block.end, end)
    if len(text) > 120 and text[-1] not in ":：" and "@" not in text and _DIGIT.search(text[:200]) is None:
        return Sure.NO, index
    return attribution_at(lines, index)


def _quoted_next(lines: Sequence[str], index: int, end: int, *, otherwise: bool) -> bool:
    """Whether the next line that is not blank, at most four lines on, is quoted; `otherwise` if there is none."""
    for line in lines[index : min(end, index + 5)]:
        if line.strip():
            return is_quoted(line)
    return otherwise and index + 5 >= end


def _forwards(lines: Sequence[str], index: int, text: str, *, forward: bool) -> bool:
    """Whether the quoted line begins a forward: by its divider or, if the subject says `forward`, by its header."""
    if divider(text.lstrip("> ")) == "forward":
        return True
    return forward and header_block([unquoted(line) for line in lines[index : index + 20]], 0) is not None


def _wraps(lines: Sequence[str], index: int, text: str) -> bool:
    """Whether an unmarked line is the wrapped end of the quoted line above."""
    before = lines[index - 1].rstrip()
    if index + 1 >= len(lines) or not (is_quoted(lines[index + 1]) or not lines[index + 1].strip()):
        return False
    if "://" in before.rpartition(" ")[2] and " " not in text:
        return True
    if text[:5].casefold() in {"(http", "<http", "[http"} and text[-1] == ">":
        return True
    return len(before) >= 66 and before[-1] not in ".?!:" and text[0].islower() and len(text) < 70


def _quotes_us(lines: Sequence[str], index: int, foreign: Foreign) -> bool:
    """Whether a quoted line makes the rest the conversation's own (Apple Mail quotes its "On … wrote:")."""
    ahead = [unquoted(line) for line in lines[index : index + 6]]
    sure, stop = attribution_at(ahead, 0)
    return sure is Sure.SURE and not foreign.wrote(ahead, 0, stop)


def _hardly(region: _Region) -> bool:
    """Whether the sender of a forward added nothing, or no more than "FYI, please see below"."""
    own = [clean(line) for line, kind in zip(region.lines, region.kinds, strict=False) if kind == _TEXT]
    own = [line for line in own if not is_rule(line) and not is_sent_from(line, after_blank=True)]
    if len(own) > 4:
        return False
    said = " ".join(line for line in own if not is_closing(line))
    return len(said.split()) <= 6 and len(said) <= (40 if said.isascii() else 24)


def _passes_on(region: _Region, text: str, *, sure: bool) -> bool:
    """Whether what begins here is passed on rather than answered: it says so, or has almost nothing above it."""
    return _hardly(region) or (sure and (region.says_forward or divider(text) == "forward"))


def _signed_off(region: _Region) -> bool:
    """Whether the sender's own words end with a closing, so that what is below was added on purpose."""
    own = [clean(line) for line, kind in zip(region.lines, region.kinds, strict=False) if kind == _TEXT]
    return any(is_closing(line) for line in own[-3:])


def _forwarded_from(region: _Region, lines: Sequence[str], index: int) -> None:
    """Count all from this line on as passed on; below the sender's own words, keep who wrote, when and about what."""
    region.forward = _behind_header(lines, index)
    if not _hardly(region):
        region.head = _told_head(lines, index)
    _drop_rules(region)


def _told_head(lines: Sequence[str], index: int) -> list[str]:
    """The lines From, Date and Subject of a forwarded mail, unchanged."""
    ahead = [unquoted(line) for line in lines[index : index + 24]]
    for start in range(min(4, len(ahead))):
        block = header_block(ahead, start)
        if block is not None:
            told = (header_line(clean(line)) for line in ahead[start : block.end])
            return [
                lines[index + start + offset]
                for offset, found in enumerate(told)
                if found is not None and found[0] in {"from", "date", "subject"}
            ]
    return []


def _behind_header(lines: Sequence[str], index: int) -> int:
    """The index after a forward's divider and its header block."""
    ahead = [unquoted(line) for line in lines[index : index + 24]]
    for start in range(min(4, len(ahead))):
        block = header_block(ahead, start)
        if block is not None:
            return index + block.end
    return index + 1


def _drop_rules(region: _Region) -> None:
    """Remove the lines of dashes and the blanks directly above a cut."""
    index = len(region.kinds) - 1
    while index >= 0 and (region.kinds[index] == _BLANK or is_rule(clean(region.lines[index]))):
        region.kinds[index] = _GONE
        index -= 1


def _trim_tail(region: _Region) -> None:
    """Remove quotes, signatures and footers from the end, as long as there are any and own text is left."""
    kinds, lines = region.kinds, region.lines
    while kinds:
        kind, text = kinds[-1], clean(lines[len(kinds) - 1])
        if kind in {_BLANK, _GONE} or (region.cut and kind == _TEXT and (is_rule(text) or text in {"—", "–"})):
            kinds.pop()
        elif kind == _INTRO:
            region.cut = True
            kinds.pop()
        elif kind == _QUOTE:
            if not region.own and _INTRO not in kinds:
                return
            region.cut = True
            kinds.pop()
        elif is_footer(text) or is_sent_from(text, after_blank=_apart(lines, len(kinds) - 1)):
            kinds.pop()
            region.cut = True
        elif (
            _LINK.fullmatch(text)
            and len(kinds) > 1
            and kinds[-2] == _TEXT
            and _hung_under(clean(lines[len(kinds) - 2]))
        ):
            kinds.pop()  # a link to an app, below its "Sent with …"
        elif (start := _signature_start(region)) is not None:
            del kinds[start:]
            region.cut = True
        else:
            return


def _hung_under(text: str) -> bool:
    return is_footer(text) or is_sent_from(text, after_blank=False)


def _apart(lines: Sequence[str], index: int) -> bool:
    """Whether there is a blank line above."""
    return index > 0 and not lines[index - 1].strip()


def _signature_start(region: _Region) -> int | None:
    """Where the signature at the end begins (`-- `, RFC 3676 section 4.3, or the footer of a list), or None."""
    kinds, lines = region.kinds, region.lines
    first = kinds.index(_TEXT)
    floor = max(first, len(kinds) - _SIGNATURE_LINES)
    last_quote = max((i for i in range(floor, len(kinds)) if kinds[i] == _QUOTE), default=floor)
    for index in range(last_quote, len(kinds)):
        if kinds[index] != _TEXT or index == first or not lines[index].startswith(("--", "_")):
            continue
        raw = lines[index]
        if raw == "-- ":
            return index
        if raw.rstrip() == "--" and _is_loose(lines[index + 1 : len(kinds)], lines[first:index]):
            return index
        if raw[0] == "_" and is_rule(raw.strip()) and is_list_footer(lines[: len(kinds)], index):
            return index
    return None


def _is_loose(below: Sequence[str], above: Sequence[str]) -> bool:
    """Whether two dashes without their blank begin a signature: the only ones, with few and short lines below."""
    rest = [line for line in below if line.strip()]
    if len(rest) > _LOOSE_SIGNATURE_LINES or any(len(line) > 100 for line in rest):
        return False
    return not any(line.rstrip() == "--" for line in (*above, *below))


def _trim_closing_quote(region: _Region) -> None:
    """If only a closing ("Regards, Ana") is below the last quote, the quote answers nothing: remove it."""
    kinds, lines = region.kinds, region.lines
    last = len(kinds) - 1
    while last >= 0 and kinds[last] != _QUOTE:
        last -= 1
    if last < 0:
        return
    tail = [clean(lines[index]) for index in range(last + 1, len(kinds)) if kinds[index] == _TEXT]
    start = last
    while start >= 0 and kinds[start] in {_QUOTE, _INTRO, _BLANK}:
        start -= 1
    if not tail or len(tail) > 3 or not is_closing(tail[0]) or any(len(line) > 60 for line in tail):
        return
    if start < 0 or kinds[start] != _TEXT:
        return
    while kinds[start + 1] == _BLANK:
        start += 1
    stop = last + 1
    while kinds[stop] == _BLANK:
        stop += 1
    kinds[start + 1 : stop] = [_GONE] * (stop - start - 1)


def _trim_head(region: _Region) -> None:
    """Remove a quote that a client introduced at the top, unless quotes further down show an interleaved answer."""
    kinds = region.kinds
    start = 0
    while start < len(kinds) and kinds[start] in {_BLANK, _GONE}:
        start += 1
    stop = start
    while stop < len(kinds) and kinds[stop] in {_BLANK, _QUOTE, _INTRO}:
        stop += 1
    block = kinds[start:stop]
    if _INTRO not in block or _QUOTE in kinds[stop:] or kinds[start] != _INTRO or stop == len(kinds):
        return
    kinds[start:stop] = [_GONE] * (stop - start)


def _strip(lines: Sequence[str]) -> list[str]:
    """The lines without the blank ones at both ends."""
    first, last = 0, len(lines)
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return list(lines[first:last])
