"""The invented fields with which the pages of an agent's day are tried at start, as in `notice_samples`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mailbot.core.model.reason import why

_DUE = "2026-03-06T13:00:00+00:00"
_LATER = "2026-03-09T16:00:00+00:00"
_DESK: Mapping[str, Any] = {"desk": "Example Support", "brand": "Example Support", "agent": "Ben"}
_TO = "mailto:help%2Ba1042-ben-1-0-example@support.example"
_LINE: Mapping[str, Any] = {
    "ticket": 1042,
    "priority": 2,
    "sure": True,
    "customer": "Ada Byrne",
    "subject": "Charged twice for March",
    "due": _DUE,
    "mine": True,
    "assignee": "Ben Ortiz",
    "taken": None,
    "away": None,
    "until": None,
    "covered": 0,
    "answer": f"{_TO}?subject=Re%3A%20Charged%20twice%20%5B1042%5D&body=",
    "take": None,
    "ask": None,
}
_NOBODYS: Mapping[str, Any] = {
    **_LINE,
    "ticket": 1044,
    "priority": 3,
    "sure": False,
    "customer": "kunde@firma.example",
    "subject": "",
    "due": _LATER,
    "mine": False,
    "assignee": None,
    "answer": None,
    "take": f"{_TO}?subject=%5B1044%5D%20%2Ftake&body=%2Ftake",
}
_AWAY: Mapping[str, Any] = {
    **_NOBODYS,
    "ticket": 1038,
    "sure": True,
    "subject": "The label printer stops",
    "away": why("away.until", name="Cleo Marsh", until="2026-03-12T08:00:00+00:00").field,
    "take": f"{_TO}?subject=%5B1038%5D%20%2Ftake&body=%2Ftake",
}
_WAITS: Mapping[str, Any] = {
    **_LINE,
    "ticket": 1031,
    "until": _LATER,
    "due": None,
    "answer": None,
    "ask": f"{_TO}?subject=%5B1031%5D%20%2Fstatus&body=%2Fstatus",
}
_MISSED: Mapping[str, Any] = {
    **_LINE,
    "mine": False,
    "assignee": "Cleo Marsh",
    "taken": "2026-03-06T08:57:00+00:00",
    "covered": 2,
}
_UNSENT = why("verbs.unsent", words="Thank you!").field

PAGES: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "morning": (
        {
            **_DESK,
            "parts": [
                {"name": "today", "count": 1, "lines": [_LINE]},
                {"name": "yours", "count": 1, "lines": [{**_LINE, "ticket": 1043, "due": _LATER}]},
                {"name": "nobodys", "count": 14, "lines": [_NOBODYS]},
                {"name": "away", "count": 1, "lines": [_AWAY]},
                {"name": "waiting", "count": 1, "lines": [_WAITS]},
            ],
            "today": 1,
            "nobodys": 14,
        },
        {**_DESK, "agent": "", "parts": [], "today": 0, "nobodys": 0, "unsent": _UNSENT},
    ),
    "evening": (
        {**_DESK, "lines": [_NOBODYS, {**_MISSED, "covered": 1}, _MISSED], "count": 5, "due": 12, "until": _LATER},
        {**_DESK, "lines": [_NOBODYS], "count": 1, "due": 1, "until": _LATER, "unsent": _UNSENT},
        {**_DESK, "agent": "", "lines": [], "count": 0, "due": 3, "until": _LATER},
    ),
}

_HIT: Mapping[str, Any] = {
    "ticket": 1042,
    "priority": 2,
    "sure": True,
    "customer": "Ada Byrne",
    "subject": "Charged twice for March",
    "what": why("find.ticket-due", state=why("state.open"), who=why("find.yours"), due=_DUE).field,
    "said": why(
        "find.said", who="Ada Byrne", at="2026-03-05T09:10:00+00:00", words="… the invoice of March came twice …"
    ).field,
    "answer": f"{_TO}?subject=Re%3A%20Charged%20twice%20%5B1042%5D&body=",
    "answer_label": why("find.answer", number=1042).field,
    "take": None,
    "take_label": why("find.take", number=1042).field,
    "show": f"{_TO}?subject=%5B1042%5D%20%2Fshow&body=%2Fshow",
    "show_label": why("find.show", number=1042).field,
}
_NOBODYS_HIT: Mapping[str, Any] = {
    **_HIT,
    "sure": False,
    "subject": "",
    "what": why("find.ticket", state=why("state.open"), who=why("find.nobody")).field,
    "said": None,
    "answer": None,
    "take": f"{_TO}?subject=%5B1042%5D%20%2Ftake&body=%2Ftake",
    "show": None,
}

LISTS: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "found": (
        {
            **_DESK,
            "title": why("find.title", words="invoice march", count=23).field,
            "lines": [_HIT, _NOBODYS_HIT],
            "parts": [],
            "more": [why("find.more", count=21).field, why("find.elsewhere", count=2).field],
        },
        {
            **_DESK,
            "title": why("show.title", number=1042, subject="Charged twice for March").field,
            "lines": [{**_HIT, "said": None, "show": None}],
            "parts": [
                {
                    "head": why("show.said", who="Ada Byrne", at="2026-03-05T09:10:00+00:00").field,
                    "words": "It came twice.",
                },
                {
                    "head": why("show.inside", who="Ben Ortiz", at="2026-03-05T09:12:00+00:00").field,
                    "words": "/note A slip.",
                },
            ],
            "more": [],
        },
        {
            **_DESK,
            "agent": "",
            "title": why("find.nothing", words="chandelier").field,
            "lines": [],
            "parts": [],
            "more": [why("find.unread", count=4000).field],
        },
    )
}
