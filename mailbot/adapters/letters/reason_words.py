"""Says a stored reason in the words that ship, for the command line."""

from __future__ import annotations

from functools import lru_cache

from mailbot.adapters.letters.phrases import FILE, Phrases
from mailbot.adapters.site import data_dir
from mailbot.core.model.reason import stored_reason


def shown_reason(text: str) -> str:
    """A stored line for the command line: a reason in the words that ship, also behind the word that tells its kind
    (`list: …`); a sentence as it is.
    """
    kind, mark, rest = text.partition(": ")
    if stored_reason(text) is None and mark and stored_reason(rest) is not None:
        return f"{kind}: {_shipped().said(rest)}"
    return _shipped().said(text) if stored_reason(text) is not None else text


@lru_cache(maxsize=1)
def _shipped() -> Phrases:
    return Phrases((data_dir("templates") / "en" / FILE).read_text("utf-8"))
