"""Sample facts for the notices about somebody who waits, or no longer does, besides those that all notices have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mailbot.core.model.reason import why
from mailbot.core.model.silence import HELD, THANKED
from mailbot.core.rules.triage import LEVELS

_TIME = "2026-03-06T09:00:00+00:00"
_TAP = "mailto:help%2Ba1042-ben-1-0-example@support.example?subject=%5B1042%5D%20%2Fresolve&body=%2Fresolve"
_SEND = "mailto:help%2Bhid-ben-1-example@support.example?subject=%5B1042%5D%20%2Fsend&body=%2Fsend"
_WRITE = "mailto:help%2Ba1042-ben-1-0-example@support.example?subject=Re%3A%20Charged%20twice%20%5B1042%5D&body="
_INSIDE: Mapping[str, Any] = {"inside": True, "write": _WRITE}
_NAMELESS: Mapping[str, Any] = {
    "customer": {"name": "", "address": "kunde@firma.example"},
    "assignee": None,
    "agent": "",
    "due": None,
}
TAKEN_LATELY: Mapping[str, Any] = {"assignee": "Cleo Marsh", "taken": "2026-03-06T08:57:00+00:00"}
_KEPT: Mapping[str, Any] = {
    "to": {"name": "Ada Byrne", "address": "ada@customer.example"},
    "by": "Ben Ortiz",
    "confirmed": True,
    "opens": True,
    "theirs": True,
    "yours": True,
    "counted": True,
    "text": "Hello Ada, your lamp is ready.",
}

_HOUR = "mailto:help%2Ba1042-ben-1-0-example@support.example?subject=%5B1042%5D%20%2Fpromise%201h&body=%2Fpromise%201h"
ASKED: Mapping[str, Any] = {
    "asked": "Is it on one card?",
    "asked_by": "",
    "answers": [{"label": why("promise.in-an-hour").field, "line": "/promise 1h", "link": _HOUR}],
}
"""A further mail that answers a question of the reader's."""
ASKED_BY_ANOTHER: Mapping[str, Any] = {
    "asked": "Which of the two is right?",
    "asked_by": "Cleo Marsh",
    "answers_to": ["books@customer.example"],
}
"""The same of a colleague's; the answer is to go elsewhere."""
KNOWN_WELL: Mapping[str, Any] = {
    "known_since": "2024-03-01T09:00:00+00:00",
    "others": [
        {"number": 1017, "subject": "Where is my parcel?", "open": True},
        {"number": 640, "subject": "An address for the invoice", "open": False},
    ],
    "others_more": "14",
    "known_for": [why("who.covered").field],
}
KNOWN_FOR_LITTLE: Mapping[str, Any] = {
    "known_since": "2026-03-03T09:00:00+00:00",
    "others": [{"number": 1017, "subject": "", "open": True}],
    "others_more": "",
    "known_for": [why("who.kept").field],
}
KNOWN_ELSEWHERE: Mapping[str, Any] = {
    **KNOWN_WELL,
    "others": [],
    "known_for": [why("who.late").field, why("who.unproven").field],
}

DUE_SOON: Mapping[str, Any] = {
    "left_seconds": 7200,
    "promised_by": "ack",
    "named": None,
    "cover": "2026-03-06T12:58:00+00:00",
    "tap": "mailto:help%2Ba1042-ben-1-0-example@support.example?subject=%5B1042%5D%20%2Ftake&body=%2Ftake",
    "answers": [
        {
            "label": why("tap.no-news-within", left="30 min").field,
            "line": "/nonews 30m",
            "link": _HOUR.replace("promise%201h", "nonews%2030m"),
        }
    ],
}
"""A reminder, two hours before."""
MUCH: Mapping[str, Any] = {
    "text": "Hello,\n\nthese are the charges:\n\n" + "\n".join(f"- {day} March, 30 EUR" for day in range(1, 31)),
    "attachments": [f"{day}.pdf" for day in range(1, 5)],
    "sizes": [120_000, 3_000, 2_400_000, 80_000],
    "answers_to": ["Books <books@customer.example>"],
}
"""A mail that is longer than what a notice shows at its top, with several files, which wants the answer elsewhere."""

_BEFORE = "2026-03-06T08:30:00+00:00"
_THEIRS: Mapping[str, Any] = {"who": "Ada Byrne", "at": _BEFORE, "words": "I was charged twice for March."}

_KIND = "mailto:help%2Ba1042-ben-1-0-example@support.example?subject=%5B1042%5D%20%2Fp%20{0}&body=%2Fp%20{0}"
KINDS: Sequence[Mapping[str, Any]] = [
    {
        "label": why("level.tap", priority=level, level=called).field,
        "line": f"/p {level}",
        "link": _KIND.format(level) if level < 5 else None,
    }
    for level, called in LEVELS.items()
]

NOTICES: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "thanked": (
        {
            "text": "Thank you so much, that did it!",
            "spared": None,
            "also_to": ["cara@customer.example"],
            "also_more": 0,
            "tap": _TAP,
        },
        {"text": "", "spared": None, **_NAMELESS},
        {"text": "", "spared": _TIME, "due": None, "tap": _TAP, "mute": THANKED.reason.field},
    ),
    "unanswered": (
        {
            "promised": _TIME,
            "mute": HELD.reason.field,
            "answered": False,
            "due": None,
            "assignee": None,
            "tap": _TAP,
        },
        {
            "promised": _TIME,
            "mute": why("screen.too_old", hours=24).field,
            "answered": False,
            "priority": 1,
            **_NAMELESS,
        },
        {"promised": _TIME, "mute": THANKED.reason.field, "answered": True, "due": None, "tap": _TAP},
    ),
    "beside": (
        {"by": "Cleo Marsh", "theirs": "Ben Ortiz", "doubt": None, "yours": False, "text": "The maker says two weeks."},
        {
            "by": "Ben Ortiz",
            "theirs": "Cleo Marsh",
            "doubt": why("identity.unconfirmed", name="Ben Ortiz").field,
            "yours": True,
            "tap": _SEND,
            **_INSIDE,
        },
        {"by": "Cleo Marsh", "theirs": "", "doubt": None, "yours": True, "text": "", **_NAMELESS},
    ),
    "assigned": (
        {
            "by": "Cleo Marsh",
            "note": "She has the special contract.\nAsk the books first.",
            "theirs": _THEIRS,
            "ours": {"who": "Cleo Marsh", "at": _BEFORE, "words": "I look at it now."},
            **_INSIDE,
        },
        {"by": "Cleo Marsh", "note": "", "theirs": {**_THEIRS, "words": ""}, "ours": None, **_NAMELESS},
        {"by": "Cleo Marsh", "note": "", "theirs": None, "ours": None, "sure": False},
    ),
    "note": (
        {"by": "Cleo Marsh", "note": "She has the special contract.\nAsk the books first.", **_INSIDE},
        {
            "by": "Cleo Marsh",
            "note": "",
            "done": [why("team.took", by="Cleo Marsh").field, why("team.resolved", by="Cleo Marsh").field],
            **_INSIDE,
        },
        {"by": "Cleo Marsh", "note": "Ask Ines.", "attachments": ["plan.pdf"], **_NAMELESS, "inside": True},
    ),
    "notes": (
        {
            "lines": [
                {"at": _BEFORE, "by": "Cleo Marsh", "note": "", "done": [why("team.took", by="Cleo Marsh").field]},
                {"at": _TIME, "by": "Cleo Marsh", "note": "Ask Ines.", "done": ""},
            ],
            **_INSIDE,
        },
        {"lines": [{"at": _TIME, "by": "Cleo Marsh", "note": "Ask Ines.", "done": []}], **_NAMELESS, "inside": True},
    ),
    "inside": (
        {"text": "Shall I call her?", "copied": [], "tap": _SEND, **_INSIDE},
        {"text": "", "copied": ["ada@customer.example"], "tap": None, **_NAMELESS, "inside": True},
    ),
    "kept": (
        {**_KEPT, "tap": _TAP},
        {**_KEPT, "confirmed": False, "opens": False, "counted": False, "text": ""},
        {**_KEPT, "confirmed": False, "asks": True, "tap": _TAP},
        {**_KEPT, "yours": False, "opens": False},
        {**_KEPT, "yours": False, "confirmed": False, "theirs": False, "counted": False, **_NAMELESS},
        {**_KEPT, "theirs": False, "opens": False},
    ),
}
