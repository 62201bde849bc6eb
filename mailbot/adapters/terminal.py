"""Makes text that came by mail harmless on a terminal and on a page."""

from __future__ import annotations

import re

from mailbot.adapters.letters.reason_words import shown_reason
from mailbot.core.intake.tokens import masked

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def clean(text: object) -> str:
    """Text that came by mail, harmless on a terminal, and without anything that would let its reader act."""
    return _UNSAFE.sub("�", masked(shown_reason(str(text))))
