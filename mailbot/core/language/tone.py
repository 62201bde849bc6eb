"""Tells how loud a mail is, by capitals and exclamation marks. That raises the urgency, never the priority."""

from __future__ import annotations

import re

from mailbot.core.model.reason import Reason, why

_LETTERS = re.compile(r"[^\W\d_]+")
_MARKS = re.compile(r"[!\uff01][!?\uff01\uff1f1]+|\?{3,}")
SHOUTED_LETTERS = 12  # fewer may be a product name, an error code or a signature
SHOUTED_SHARE = 0.5


def tone(subject: str, body: str) -> Reason | None:
    """What makes the mail sound upset, or None."""
    if _shouted(body):
        return why("tone.loud-text")
    if _shouted(subject):
        return why("tone.loud-subject")
    marks = _MARKS.search(subject) or _MARKS.search(body)
    if marks:
        return why("tone.marks", marks=marks.group()[:8])
    if body.count("!") + subject.count("!") >= 3:
        return why("tone.many-marks")
    return None


def _shouted(text: str) -> bool:
    # Only words that could be in lower case count: of 4 letters and more, so that a row of abbreviations is no
    # shouting.
    long = [w for w in _LETTERS.findall(text[:4000]) if len(w) >= 4]
    letters = sum(len(w) for w in long)
    capital = sum(len(w) for w in long if w.isupper())
    return capital >= SHOUTED_LETTERS and capital >= SHOUTED_SHARE * letters
