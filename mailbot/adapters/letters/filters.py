"""What letter templates can do with a field: times in the reader's zone, quotations, names, and the words as HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import jinja2
from jinja2.runtime import Context
from markupsafe import Markup

from mailbot.adapters.letters.clock_words import ClockWords
from mailbot.adapters.letters.html import APART, TOGETHER, tap_line, words_to_html
from mailbot.adapters.letters.phrases import Phrases
from mailbot.core.intake.quotes.signature import is_signed
from mailbot.core.letters.build import matter_of
from mailbot.core.letters.first_lines import first_lines, later_lines, lines_below
from mailbot.core.letters.salutation import greeted
from mailbot.core.letters.sentences import close_up, whole_sentences, without_breaks, words_in

_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
_LINK = re.compile(r"(?:[a-z][a-z0-9+.-]{1,20}://|www\.)\S+", re.IGNORECASE)
_MARKED_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_MARKS = re.compile(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}|^#+ |^> ", re.MULTILINE)


def direction_of(language: str) -> str:
    """Which way a language is written: "rtl" or "ltr"."""
    return "rtl" if language[:2] in _RIGHT_TO_LEFT else "ltr"


def filters(language: str, phrases: Phrases, clock: ClockWords) -> dict[str, Callable[..., Any]]:
    """The filters by name, for one language; those for moments and links note in the context what they said."""
    moments = _Moments(clock)
    backwards, (opening, closing) = direction_of(language) == "rtl", phrases.quotation
    quotation = (opening + APART, TOGETHER + closing) if backwards else phrases.quotation
    return {
        "when": moments.when,
        "when_past": moments.past,
        "when_short": moments.short,
        "when_in_list": moments.in_a_list,
        "moment": moments.in_a_line,
        "date": moments.date,
        "quote_lines": _quote_lines,
        "indent_lines": _indent_lines,
        "unlinked": _unlinked,
        "first_words": _first_words,
        "theirs": lambda matter, most=32: _theirs(matter, most, quotation),
        "matter": lambda text: matter_of(str(text), ""),
        "whole": lambda matter, most: _whole(matter, most, quotation),
        "apart": lambda text: _apart(str(text)) if backwards else str(text),
        "flow": _flow,
        "duration": clock.duration,
        "time_left": moments.time_left,
        "time_since": moments.time_since,
        "begun": _begun,
        "headline": _headline,
        "first_lines": first_lines,
        "later_lines": later_lines,
        "lines_below": lines_below,
        "size": clock.size,
        "language_name": clock.language,
        "plural": lambda count, **forms: clock.plural(count, forms),
        "count_words": lambda text: words_in(str(text)),
        "called": lambda name: greeted(name, language),
        "one_line": lambda text: _joined(str(text)).strip(),
        "signed_by": _signed_by,
        "html": _html,
        "to_tap": _to_tap,
        "in_our_words": _in_our_words(phrases, moments),
    }


class _Moments:
    """The filters for moments, in the words of one language and the zone of the reader."""

    def __init__(self, clock: ClockWords) -> None:
        self._clock = clock

    @jinja2.pass_context
    def when(self, context: Context, value: str) -> str:
        """A time that counts, told twice: the clock, in bold, and how long it is until then."""
        said = self._clock.when(_moment(value), context["zone"], **_as_read(context))
        context["said"].append(said)
        return self._clock.twice(said, self._left(context, value))

    @jinja2.pass_context
    def past(self, context: Context, value: str) -> str:
        """A time beside the one that counts: by the clock alone, and not in bold, so that the eye finds the other."""
        return self._clock.when(_moment(value), context["zone"], **_as_read(context))

    @jinja2.pass_context
    def in_a_line(self, context: Context, value: str) -> str:
        """A time within a line of facts or a reason: the clock, and in brackets how long it is until then."""
        return self.noted(context, value)

    @jinja2.pass_context
    def short(self, context: Context, value: str) -> str:
        """A time in a subject or a list."""
        return self._clock.short(_moment(value), context["zone"], **_as_read(context))

    @jinja2.pass_context
    def date(self, context: Context, value: str) -> str:
        """A day, where the clock does not matter."""
        return self._clock.date(_moment(value), context["zone"])

    @jinja2.pass_context
    def time_left(self, context: Context, value: str) -> str:
        """How long it is until then, as `duration` says it; empty if it is past, or nobody knows when it is read."""
        now = _as_read(context)["now"]
        left = 0 if now is None else int((_moment(value) - now).total_seconds())
        return self._clock.duration(left) if left > 0 else ""

    @jinja2.pass_context
    def time_since(self, context: Context, value: str) -> str:
        """How long ago it was, as `duration` says it; empty if it is not past, or nobody knows when it is read."""
        now = _as_read(context)["now"]
        gone = 0 if now is None else int((now - _moment(value)).total_seconds())
        return self._clock.duration(gone) if gone > 0 else ""

    @jinja2.pass_context
    def in_a_list(self, context: Context, value: str, since: str = "", *, zoned: bool = False) -> str:
        """A time among others: the day only where it is not that of `since` (else of the letter), the zone only if `zoned`."""
        read = _as_read(context)
        now = _moment(since) if since else read["now"]
        return self._clock.short(
            _moment(value), context["zone"], now=now, to_the_second=read["to_the_second"], zoned=zoned
        )

    def noted(self, context: Context, value: str) -> str:
        """As `in_a_line`, for a caller that has the context."""
        said = self._clock.in_a_line(_moment(value), context["zone"], **_as_read(context))
        left = self._left(context, value)
        return self._clock.beside(said, left)

    def _left(self, context: Context, value: str) -> str:
        now = _as_read(context)["now"]
        return "" if now is None else self._clock.left(_moment(value) - now)


def _in_our_words(phrases: Phrases, moments: _Moments) -> Callable[..., str]:
    """Puts a reason into words, with its moments in the reader's zone."""

    @jinja2.pass_context
    def in_our_words(context: Context, reason: object) -> str:
        return phrases.said(reason, lambda moment: moments.noted(context, moment))

    return in_our_words


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _as_read(context: Context) -> dict[str, Any]:
    """When the letter is written, as far as it is known, and how exact its times are."""
    now = context.get("now")
    return {"now": None if now is None else _moment(now), "to_the_second": bool(context.get("to_the_second", False))}


@jinja2.pass_context
def _to_tap(context: Context, link: str, label: str) -> str:
    context["taps"].append((label, link))
    return tap_line(label, link)


@jinja2.pass_context
def _headline(context: Context, line: str) -> str:
    """A line on its own that the page shows larger: what is due, and how long it is until then."""
    said = _joined(str(line)).strip()
    context["heads"].append(said)
    return said


@jinja2.pass_context
def _html(context: Context, words: str, said: Sequence[str] = ()) -> Markup:
    return words_to_html(
        words,
        said,
        context["taps"],
        heads=context["heads"],
        pictures=context.get("pictures"),
        own=context.get("own_addresses") or (),
        apart=context["apart"],
    )


def _begun(words: str) -> str:
    """The words as they begin a sentence."""
    said = str(words)
    return said[:1].upper() + said[1:]


def _theirs(matter: str, most: int, marks: tuple[str, str]) -> str:
    """The customer's matter as a quotation within a sentence: on one line, without links or the final full stop."""
    opening, closing = marks
    return f"{opening}{_first_words(_unlinked(matter), most).rstrip(' .,;:。')}{closing}"


def _whole(matter: str, most: int, marks: tuple[str, str]) -> str:
    """The customer's first whole sentences in quotation marks, at most so many words; empty if not even one fits."""
    said = whole_sentences(_unlinked(matter), len(matter) + 1, most)
    return f"{marks[0]}{said}{marks[1]}" if said.replace("[…]", "").strip() else ""


def _flow(paragraph: str) -> str:
    """The lines of a template as one paragraph, so that its sentences can be written on lines of their own."""
    return close_up(without_breaks(paragraph))


_LONG_ADDRESS = 2000  # signs


def _apart(text: str) -> str:
    """Somebody's words that may run the other way than ours (Unicode Standard Annex 9, isolates)."""
    # A client that makes links of plain text may take the mark at the end of an address for a part of it.
    blank = " " if "://" in text[-_LONG_ADDRESS:].rpartition(" ")[2] else ""
    return f"{APART}{text}{blank}{TOGETHER}"


def _first_words(text: str, most: int) -> str:
    """At most that many words on one line, without Markdown, cut at the end of a sentence if that keeps half."""
    words = _MARKS.sub("", _MARKED_LINK.sub(r"\1", str(text))).split()
    if words_in(whole := " ".join(words)) <= most:
        return whole
    if len(words) <= most:  # a script without blanks
        return whole_sentences(whole, len(whole), most) or f"{whole[: most * 2]}…"
    ends = [at for at in range(most // 2, most + 1) if words[at - 1].endswith((".", "!", "?"))]
    return " ".join(words[: ends[-1]]) if ends else " ".join(words[:most]) + "…"


def _quote_lines(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in str(text).strip().splitlines())


def _indent_lines(text: str) -> str:
    return "\n".join(f"    {line}" for line in str(text).strip().splitlines())


def _unlinked(text: str) -> str:
    """Words of somebody who may have forged their address: a letter must not carry their links to a third person."""
    return _LINK.sub("[…]", _joined(str(text)))


def _joined(text: str) -> str:
    """The lines as one: a blank for each line end and the space around it; other space stays."""
    first, *rest = text.split("\n")
    if not rest:
        return text
    between = (line for line in map(str.strip, rest[:-1]) if line)
    return " ".join((first.rstrip(), *between, rest[-1].lstrip()))


def known_as(customer: Any) -> Any:
    """A customer's name and address on one line each: a decoded header may hold line ends."""
    if isinstance(customer, Mapping):
        return {key: _joined(str(value)).strip() for key, value in customer.items()}
    return customer


def _signed_by(words: str, name: str) -> bool:
    """Whether the words already end with that person's name, or have it below a closing."""
    return bool(name) and is_signed(str(words).split("\n"), name)
