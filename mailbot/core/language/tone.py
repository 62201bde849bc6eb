"""Tells how loud a mail is, by capitals and exclamation marks. That raises the urgency, never the priority."""

from __future__ import annotations

import re

_LETTERS = re.compile(r"[^\W\d_]+")
_MARKS = re.compile(r"[!\uff01][!?\uff01\uff1f1]+|\?{3,}")
SHOUTED_LETTERS = 12  # fewer may be a product name, an error code or a signature
SHOUTED_SHARE = 0.5


def tone(subject: str, body: str) -> str | None:
    """What makes the mail sound upset, in words for an agent, or None."""
    said = [name for name, part in (("subject", subject), ("text", body)) if _shouted(part)]
    if said:
        return f"{said[-1]} in capitals"
    marks = _MARKS.search(subject) or _MARKS.search(body)
    if marks:
        return f"“{marks.group()[:8]}”"
    if body.count("!") + subject.count("!") >= 3:
        return "many exclamation marks"
    return None


def _shouted(text: str) -> bool:
    # Only words that could be in lower case count: of 4 letters and more, so that a row of abbreviations is no
    # shouting.
    long = [w for w in _LETTERS.findall(text[:4000]) if len(w) >= 4]
    letters = sum(len(w) for w in long)
    capital = sum(len(w) for w in long if w.isupper())
    return capital >= SHOUTED_LETTERS and capital >= SHOUTED_SHARE * letters
