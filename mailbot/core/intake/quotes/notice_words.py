"""Finds the lines in a quoted notice without quote marks that were not in the notice when it was sent."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from mailbot.core.intake.quotes.lines import clean, header_line, is_quoted, is_rule

_RUN: Final = 3  # words: fewer in a row do not tell where they are from
_BACK: Final = 6  # words: this many are a quote even if the notice had them further up
_ENOUGH: Final = 0.6  # of the words below the mark, or of the notice: otherwise another mail is quoted
_WORDS_CAP: Final = 400_000
_LINE_CAP: Final = 20_000  # characters
_HOSTS: Final = 100

_QUOTE = re.compile(r"^[>|\s\u200b\ufeff]{1,200}")
# Outlook's "o" comes after more than one space; after one, it is the end of a word that a line was cut in.
_BULLET = re.compile(r"^(?:[-*•·§▪◦]\s+|o(?:\t| {2})\s*|\d{1,3}[.)]\s+)")
# What clients strip, add and rewrite: addresses, links, pictures, entities, and the halves of a wrapped link.
_NOISE = re.compile(
    r"(?:https?://|www\.|mailto:|tel:)\S+"
    r"|\[(?:cid|image|picture|bild)\b[^\]\n]{0,300}\]"
    r"|&(?:amp;){0,4}(?:#\d{1,6}|[a-z]{2,6});",
    re.IGNORECASE,
)
_SPACELESS = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_SPACELESS}]|[\u2600-\u27bf\U0001f300-\U0001faff]|[^\W_{_SPACELESS}]+")
_LOST = re.compile(r"\?(?![a-z]{1,20}=)")  # what begins the query of a link stays
_START = re.compile(r"^\W+")
_APART = re.compile(r"[\s<>]+")
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"]{4,2000}", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,6}")
_WRAPPERS: Final = ("safelinks", "urldefense", "linkprotect", "protect", "proofpoint", "mimecast", "trustedmail")
# UTF-8 read as Latin-1 or Windows-1252: what such a letter begins with, folded.
_TORN = frozenset("âãïðñåäø\ufffd")
_LONG: Final = 20  # characters of a word with a digit in it: a piece of a signed address
_SEAM: Final = 3  # signs before a cut that tell, with those after it, which address was cut
_ADDRESS_CAP: Final = 400  # characters


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a text, the line of each, and its addresses and links, which do not count as words."""

    words: list[str]
    line_of: list[int]
    addresses: frozenset[str]


def added_runs(lines: Sequence[str], start: int, notices: Sequence[str]) -> list[tuple[str, list[str]]] | None:
    """The runs of lines from `start` on that none of the `notices` holds, each with the customer's line above it.

    `notices`: texts of which one is quoted, as they were sent. None if none of them is quoted. However the client
    wraps, marks, or re-encodes a line, it is the notice's; a line with words of both is the agent's. Pure; linear in
    its input but for a logarithm; never raises.
    """
    here = _words_of(lines, start)
    if not here.words:
        return None
    best: tuple[int, list[int], _Words, str] | None = None
    for notice in notices:
        there = _words_of(notice.split("\n"), 0)
        at = _aligned(here, there)
        covered = sum(place >= 0 for place in at)
        if best is None or covered > best[0]:
            best = covered, at, there, notice
        if covered == len(here.words):
            break
    if best is None or best[0] < _ENOUGH * min(len(here.words), len(best[2].words)):
        return None
    _, at, there, notice = best
    new = _new_lines(lines, here, there, at) | _new_links(lines, start, here, notice)
    return _runs(lines, start, new, _theirs(notice, here, there, at))


def _bare(line: str) -> str:
    bare = _QUOTE.sub("", line[:_LINE_CAP])
    if " " not in bare:  # a client that writes hard blanks, and ASCII has none
        bare = _LOST.sub(" ", bare)
    return _BULLET.sub("", bare, count=1)


def _words_of(lines: Sequence[str], start: int) -> _Words:
    words: list[str] = []
    line_of: list[int] = []
    addresses = set[str]()
    for index in range(start, len(lines)):
        bare = _bare(lines[index])
        if ("@" in bare or "://" in bare) and len(addresses) < _HOSTS:
            addresses.update(piece for piece in _pieces(lines[index]) if "@" in piece or "://" in piece)
        for piece in _NOISE.sub(" ", bare).split():
            if "@" in piece:
                continue
            if sum(piece.count(char) for char in "%=&") > 1:
                continue
            if len(piece) >= _LONG and any(char.isdigit() for char in piece):
                continue
            found = _WORD.findall(unicodedata.normalize("NFC", piece).lower())
            words += found
            line_of += [index] * len(found)
        if len(words) > _WORDS_CAP:
            break
    return _Words(words, line_of, frozenset(addresses))


def _aligned(here: _Words, there: _Words) -> list[int]:
    """For each word here its place there, -1 for a new one.

    A quote keeps its order, so the nearest place after the last one never jumps over the right one.
    """
    one, two = here.words, there.words
    places: dict[tuple[str, ...], list[int]] = {}
    for i in range(len(two) - _RUN + 1):
        places.setdefault(tuple(two[i : i + _RUN]), []).append(i)
    short = _short_lines(there)
    at, i, last = [-1] * len(one), 0, 0
    while i < len(one):
        found, length = _match(here, there, i, last, places, short)
        if not length:
            i += 1
            continue
        if found >= last or length >= _BACK:
            # An answer that begins like the next line ("No" above "No bulb fits") took that line's place.
            for k in range(i - 1, max(-1, i - 1 - _RUN), -1):
                if at[k] < found:
                    break
                at[k] = -1
            at[i : i + length] = range(found, found + length)
            last = found + length
        i += length
    return at


def _short_lines(there: _Words) -> dict[tuple[str, ...], list[int]]:
    """Where the lines are that are too short to be recognised by a run of words."""
    found: dict[tuple[str, ...], list[int]] = {}
    for i in range(len(there.words)):
        line = _line_at(there, i)
        if len(line) < _RUN and (not i or there.line_of[i - 1] != there.line_of[i]):
            found.setdefault(line, []).append(i)
    return found


def _line_at(text: _Words, i: int) -> tuple[str, ...]:
    """The words from `i` to the end of its line, at most as many as tell a short line from another."""
    end = i
    while end < len(text.words) and end - i < _RUN and text.line_of[end] == text.line_of[i]:
        end += 1
    return tuple(text.words[i:end])


def _match(
    here: _Words,
    there: _Words,
    i: int,
    last: int,
    places: dict[tuple[str, ...], list[int]],
    short: dict[tuple[str, ...], list[int]],
) -> tuple[int, int]:
    one, two = here.words, there.words
    known = places.get(tuple(one[i : i + _RUN]))
    if known is not None:
        found = known[min(bisect_left(known, last), len(known) - 1)]
        if found < last:
            found = known[0]
        length = _RUN
        while i + length < len(one) and found + length < len(two) and one[i + length] == two[found + length]:
            length += 1
        return found, length
    line = _line_at(here, i)
    if len(line) >= _RUN:
        return 0, 0
    if tuple(two[last : last + len(line)]) == line:
        return last, len(line)
    if not i or here.line_of[i - 1] != here.line_of[i]:
        rest = short.get(line, [])
        place = bisect_left(rest, last)
        if place < len(rest):
            return rest[place], len(line)
    return 0, 0


def _new_lines(lines: Sequence[str], here: _Words, there: _Words, at: Sequence[int]) -> set[int]:
    """The indexes of the lines with words that are neither the notice's nor what a client made of its words."""
    new: set[int] = set()
    as_they_were = {tuple(words) for words in _by_line(there).values()}
    i, last = 0, 0
    while i < len(at):
        if at[i] >= 0:
            last = at[i] + 1
            i += 1
            continue
        end = i
        while end < len(at) and at[end] < 0:
            end += 1
        behind = at[end] if end < len(at) else len(there.words)
        missing = there.words[last:behind] if last < behind else []
        left = [] if _made_of(here.words[i:end], missing) else _uncut(lines, here, i, end, there.addresses)
        if left and not _made_of([here.words[k] for k in left], missing):
            first = not any(place >= 0 for place in at[:1])
            for index in sorted({here.line_of[k] for k in left}):
                text = clean(lines[index])
                if is_rule(text) or (first and not i and header_line(text) is not None):
                    continue
                own = range(bisect_left(here.line_of, index), bisect_right(here.line_of, index))
                if any(at[k] >= 0 for k in own) and tuple(here.words[k] for k in own) in as_they_were:
                    continue  # a piece of something else took the place of one of its words
                new.add(index)
        i = end
    return new


def _by_line(text: _Words) -> dict[int, list[str]]:
    lines: dict[int, list[str]] = {}
    for word, line in zip(text.words, text.line_of, strict=True):
        lines.setdefault(line, []).append(word)
    return lines


def _made_of(words: Sequence[str], missing: Sequence[str]) -> bool:
    """Whether new words are what a client made of the missing ones: torn, or in another charset."""
    said, meant = "".join(words), "".join(missing)
    if said[:1] in _TORN and len(said) < 2 * len(words) + 2 and not any(char.isascii() for char in said):
        return True
    if not meant:
        return False
    if said == meant or len(said) == 1:
        return True
    damaged = any(char in _TORN for char in said)
    one, two = (re.sub(r"[^a-z0-9]", "", text) for text in (said, meant))
    return one == two and (damaged or (bool(one) and not meant.isascii()))


def _uncut(lines: Sequence[str], here: _Words, start: int, end: int, addresses: frozenset[str]) -> list[int]:
    """The words from `start` to `end` without those that are a piece of an address or link that the client cut.

    The rest of it has to stand next to them: a "No" on its own is not a piece of a noreply address.
    """
    whole = "\n".join(addresses)
    parts = {line: _parts(lines, line, whole) for line in set(here.line_of[start:end])}
    return [k for k in range(start, end) if not any(here.words[k] in each for each in parts[here.line_of[k]])]


def _parts(lines: Sequence[str], line: int, whole: str) -> list[str]:
    """The letters of the pieces of a line that make an address with the piece before or behind, sign by sign."""
    pieces = [*_pieces(_next(lines, line, -1))[-1:], *_pieces(lines[line]), *_pieces(_next(lines, line, 1))[:1]]
    found: list[str] = []
    for one, two in pairwise(pieces):
        start, end = _START.sub("", one), _START.sub("", two[::-1])[::-1]
        found += [_letters(two)] if end and one[-_SEAM:] + end in whole else []
        found += [_letters(one)] if start and start + two[:_SEAM] in whole else []
    return found


def _pieces(text: str) -> list[str]:
    bare = _bare(text).lower().replace("&amp;", "&")
    return [piece[:_ADDRESS_CAP] for piece in _APART.split(bare) if _WORD.search(piece[:_ADDRESS_CAP])]


def _letters(piece: str) -> str:
    return "".join(_WORD.findall(piece))


def _next(lines: Sequence[str], line: int, step: int) -> str:
    """The nearest line above (`step` -1) or below (1) that is not blank, at most four away; "" if there is none."""
    near = lines[line + 1 : line + 5] if step > 0 else lines[max(0, line - 4) : line][::-1]
    return next((each for each in near if clean(each)), "")


def _new_links(lines: Sequence[str], start: int, here: _Words, notice: str) -> set[int]:
    """The lines that are nothing but a link to where nothing in the notice leads."""
    hosts = set(_HOST.findall(notice.casefold()[:400_000]))
    if len(hosts) > _HOSTS:
        return set()
    worded = set(here.line_of)
    new: set[int] = set()
    for index in range(start, len(lines)):
        found = None if index in worded else _LINK.search(lines[index][:_LINE_CAP])
        if found is not None and not any(host in found[0].casefold() for host in (*hosts, *_WRAPPERS)):
            new.add(index)
    return new


def _theirs(notice: str, here: _Words, there: _Words, at: Sequence[int]) -> set[int]:
    """The indexes of the lines here that the notice quoted from the customer."""
    quoted = {index for index, line in enumerate(notice.split("\n")) if is_quoted(line)}
    return {line for line, place in zip(here.line_of, at, strict=True) if place >= 0 and there.line_of[place] in quoted}


def _runs(lines: Sequence[str], start: int, new: set[int], theirs: set[int]) -> list[tuple[str, list[str]]]:
    """The new lines, grouped where only blank ones separate them."""
    runs: list[tuple[str, list[str]]] = []
    above, run = "", list[str]()
    for index in range(start, len(lines)):
        if index in new:
            run.append(_QUOTE.sub("", lines[index]))
        elif not clean(lines[index]):
            if run:
                run.append("")
        else:
            if run:
                runs.append((above, run))
                run = []
            above = f"> {_QUOTE.sub('', clean(lines[index]))}" if index in theirs else ""
    if run:
        runs.append((above, run))
    return runs
