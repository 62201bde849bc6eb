"""What letter templates can do with a field: times in the reader's zone, quotations, names, and the words as HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import jinja2
from jinja2.runtime import Context
from markupsafe import Markup

from mailbot.adapters.letters.html import tap_line, words_to_html
from mailbot.adapters.letters.phrases import Phrases
from mailbot.core.intake.quotes.signature import is_signed
from mailbot.core.letters.times import say_short, say_when
from mailbot.core.model.sizes import said_size

_LINK = re.compile(r"(?:[a-z][a-z0-9+.-]{1,20}://|www\.)\S+", re.IGNORECASE)
_NO_NAME = re.compile(r"[@<>{}\[\]|\\/=:;\n\r\t\x00]|\bwww\b|\d{4}", re.IGNORECASE)
_MARKED_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_MARKS = re.compile(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}|^#+ |^> ", re.MULTILINE)


def filters(language: str, phrases: Phrases) -> dict[str, Callable[..., Any]]:
    """The filters by name, for one language; those for moments and links note in the context what they said."""
    return {
        "when": _when,
        "when_past": _when_past,
        "when_short": _when_short,
        "quote_lines": _quote_lines,
        "indent_lines": _indent_lines,
        "unlinked": _unlinked,
        "first_words": _first_words,
        "theirs": lambda matter, most=32: _theirs(matter, most, phrases.quotation),
        "flow": _flow,
        "duration": lambda seconds: _duration(seconds, language),
        "size": lambda count: _size(count, language),
        "count_words": lambda text: len(str(text).split()),
        "called": _called,
        "one_line": lambda text: _joined(str(text)).strip(),
        "signed_by": _signed_by,
        "html": _html,
        "to_tap": _to_tap,
        "in_our_words": _in_our_words(phrases),
    }


def _in_our_words(phrases: Phrases) -> Callable[..., str]:
    """Puts a reason into words, with its moments in the reader's zone."""

    @jinja2.pass_context
    def in_our_words(context: Context, reason: object) -> str:
        return phrases.said(reason, lambda moment: _when(context, moment))

    return in_our_words


@jinja2.pass_context
def _when(context: Context, value: str) -> str:
    exact = bool(context.get("to_the_second", False))
    said = say_when(datetime.fromisoformat(value), context["zone"], context["language"], to_the_second=exact)
    context["said"].append(said)
    return said


@jinja2.pass_context
def _when_past(context: Context, value: str) -> str:
    """A past time: in full, but not in bold, so that the eye finds the one that counts."""
    exact = bool(context.get("to_the_second", False))
    return say_when(datetime.fromisoformat(value), context["zone"], context["language"], to_the_second=exact)


@jinja2.pass_context
def _when_short(context: Context, value: str) -> str:
    exact = bool(context.get("to_the_second", False))
    return say_short(datetime.fromisoformat(value), context["zone"], context["language"], to_the_second=exact)


@jinja2.pass_context
def _to_tap(context: Context, link: str, label: str) -> str:
    context["taps"].append((label, link))
    return tap_line(label, link)


@jinja2.pass_context
def _html(context: Context, words: str, said: Sequence[str] = ()) -> Markup:
    return words_to_html(
        words, said, context["taps"], pictures=context.get("pictures"), own=context.get("own_addresses") or ()
    )


def _theirs(matter: str, most: int, marks: tuple[str, str]) -> str:
    """The customer's matter as a quotation within a sentence: on one line, without links or the final full stop."""
    opening, closing = marks
    return f"{opening}{_first_words(_unlinked(matter), most).rstrip(' .,;:')}{closing}"


def _duration(seconds: int, language: str) -> str:
    """How much time is left, as people say it: "40 s", "25 min", "2 h", "3 days"."""
    minutes = round(seconds / 60)
    if seconds < 60:
        return f"{seconds} s"
    if minutes < 90:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{round(minutes / 60)} h"
    return f"{round(minutes / 1440)} {'Tage' if language == 'de' else 'days'}"


def _size(count: int, language: str) -> str:
    said = said_size(count)
    return said.replace(".", ",") if language == "de" else said


def _flow(paragraph: str) -> str:
    """The lines of a template as one paragraph, so that its sentences can be written on lines of their own."""
    return " ".join(paragraph.split())


def _first_words(text: str, most: int) -> str:
    """At most that many words on one line, without Markdown, cut at the end of a sentence if that keeps half."""
    words = _MARKS.sub("", _MARKED_LINK.sub(r"\1", str(text))).split()
    if len(words) <= most:
        return " ".join(words)
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


def _called(name: str | None) -> str:
    """A name fit for a salutation, "Byrne, Ada" turned the right way round; empty if it does not look like a name."""
    words = " ".join(str(name or "").strip(" \"'").split())
    if words.count(",") == 1:
        last, _, first = words.partition(",")
        words = f"{first.strip()} {last.strip()}".strip()
    return "" if len(words) > 50 or _NO_NAME.search(words) else words


def _signed_by(words: str, name: str) -> bool:
    """Whether the words already end with that person's name, or have it below a closing."""
    return bool(name) and is_signed(str(words).split("\n"), name)
