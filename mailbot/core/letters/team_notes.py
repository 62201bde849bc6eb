"""The notes of colleagues as every notice about their ticket shows them: one line each."""

from __future__ import annotations

from collections.abc import Sequence

from mailbot.core.model.event import Event
from mailbot.core.model.notice_parts import Said
from mailbot.core.model.policy import Policy

NOTE = "event.note.said"
LATEST = 3
"""So many notes stand in a notice, however much was said since."""

_LONGEST = 300  # characters


def on_one_line(note: str) -> str:
    """A note as the diary keeps it, and as a notice shows it."""
    words = " ".join(note.split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1].rsplit(" ", 1)[0] + "…"


def shown_notes(notes: Sequence[Event], policy: Policy) -> tuple[Said, ...]:
    """Who noted what and when, of what was said and done; only what is certainly an agent's."""
    said = [note for note in notes if note.by in policy.agents and note.what.code == NOTE][-LATEST:]
    return tuple(
        Said(who=policy.agents[note.by].name, at=note.at, words=on_one_line(str(dict(note.what.args).get("words", ""))))
        for note in said
    )
