"""Says a stored reason in the words that ship, for the command line."""

from __future__ import annotations

from functools import lru_cache

from mailbot.adapters.phrases import FILE, Phrases
from mailbot.adapters.site import data_dir
from mailbot.core.reasons import stored_reason


def shown_reason(text: str) -> str:
    """A stored line for the command line: a reason in the words that ship, a sentence as it is."""
    return _shipped().said(text) if stored_reason(text) is not None else text


@lru_cache(maxsize=1)
def _shipped() -> Phrases:
    return Phrases((data_dir("templates") / "en" / FILE).read_text("utf-8"))
