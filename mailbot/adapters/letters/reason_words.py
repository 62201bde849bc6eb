"""Puts a stored reason into the shipped words, for the command line."""

from __future__ import annotations

from functools import lru_cache

from mailbot.adapters.letters.phrases import FILE, Phrases, When
from mailbot.adapters.site import data_dir
from mailbot.core.model.event import Event
from mailbot.core.model.reason import Reason, stored_reason


def shown_reason(text: Reason | str, when: When | None = None) -> str:
    """A reason, or a stored line, for the command line: in the shipped words, keeping a leading word for its kind
    (`list: …`); a sentence stays as it is. `when` puts its moments into words; else they stay in ISO 8601.
    """
    if isinstance(text, Reason) or stored_reason(text) is not None:
        return _shipped().said(text, when)
    kind, mark, rest = text.partition(": ")
    if mark and stored_reason(rest) is not None:
        return f"{kind}: {_shipped().said(rest, when)}"
    return text


def shown_event(event: Event, when: When | None = None) -> tuple[str, str]:
    """What happened in a word or two, and the rest of it (empty if there is none), its moments as `when` says them."""
    said = _shipped().said
    return said(event.heading, when), "" if event.detail is None else said(event.detail, when)


def said_in(language: str, reason: Reason) -> str:
    """A reason in the shipped words of a language, or in English where it has none for agents."""
    tags = (language, language.partition("-")[0])
    return _shipped(next((tag for tag in tags if _has_words(tag)), "en")).said(reason)


def _has_words(language: str) -> bool:
    path = data_dir("templates") / language / FILE
    return path.is_file() and '"alert.words"' in path.read_text("utf-8")


@lru_cache(maxsize=16)
def _shipped(language: str = "en") -> Phrases:
    return Phrases((data_dir("templates") / language / FILE).read_text("utf-8"))
