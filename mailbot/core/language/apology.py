"""Tells whether an agent's own words say sorry already, in any language that ships: the desk adds no second apology."""

from __future__ import annotations

import re
from typing import Final

_SAYS_SORRY: Final = re.compile(
    r"\b(?:sorry|apolog|regret"
    r"|tut (?:mir|uns)\b.{0,20}\bleid|leid tut|entschuldig|verzeih|bedauer"
    r"|désolée?s?\b|excus|pardon|navrée?s?\b"
    r"|lo siento|lo sentimos|sentimos|disculp|perdon|lament"
    r"|scus|mi dispiace|ci dispiace|spiacent|rammaric"
    r"|spijt (?:me|mij|ons)|excuses|verontschuldig|betreur"
    r"|przepraszam|przykro|wybacz|ubolewa"
    r"|desculp|sinto muito|sentimos muito|perdão"
    r"|förlåt|ursäkt|ledsna?\b|beklagar)"
    r"|申し訳|すみません|失礼し|お詫び|ごめん|نعتذر|أعتذر|عذر|آسف|نأسف",
    re.IGNORECASE | re.DOTALL,
)


def says_sorry(words: str) -> bool:
    """Whether they apologize. A word too many costs a sentence of the desk's, so the list is wide."""
    return _SAYS_SORRY.search(words) is not None
