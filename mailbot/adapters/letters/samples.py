"""The invented facts with which the template of every letter is tried at start, and shown to admins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mailbot.adapters.letters.notice_samples import NOTICE_SAMPLES
from mailbot.core.model.office import OFFICE

__all__ = ["SAMPLES"]

_DUE = "2026-03-06T13:00:00+00:00"
_PROMISED = "2026-03-06T09:00:00+00:00"
_PAST = "2026-03-05T16:00:00+00:00"

_CUSTOMER: Mapping[str, Any] = {
    "desk": "Example Support",
    "brand": "Example Support",
    "customer": "Ada Byrne",
    "ticket": 1042,
    "matter": "I was charged twice for March, once on the 2nd and once on the 3rd.",
    "priority": 2,
    "sure": True,
    "office": None,
    "urgency": 0,
    "owner": None,
    "plan": None,
    "workaround": None,
    "eta": None,
    "eta_at": None,
    "eta_missed": None,
    "due": _DUE,
    "their_turn": False,
    "second": False,
    "last": False,
}
_TOO_LARGE: Mapping[str, Any] = {
    "size": 61_400_000,
    "most": 35_000_000,
    "mailbox": "help@support.example",
    "folder": "INBOX",
}
_KNOWN_STAND: Mapping[str, Any] = {
    "owner": "Ben Ortiz",
    "plan": "We take the second charge back and find out why it was made.",
    "workaround": "Please let the charge stand for now; your account stays open.",
    "eta": "Monday noon",
}
_BARE: Mapping[str, Any] = {"customer": "", "matter": ""}
_LAST: Mapping[str, Any] = {"customer": "Ada", "matter": "", "due": None, "last": True}


def _letters(*samples: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    return tuple({**_CUSTOMER, **sample} for sample in samples)


_ANSWER = {
    "title": "Why a charge can show twice",
    "text": "Some banks show a reservation and the charge side by side for a few days. The reservation then goes by itself.",
    "link": "https://help.example/charged-twice",
}
_STATED = ("word", "reopened", "moved", "sooner", "asked", "plan", "waiting")
_NO_RECEIPT = {"waited": False, "sorry": False, "updates_promised": 0, "updates_on_time": 0}
_STEPS = [
    {
        "made_at": f"2026-03-06T{made}:00+00:00",
        "by": by,
        "due": f"2026-03-06T{due}:00+00:00",
        "ended_at": ended and f"2026-03-06T{ended}:00+00:00",
        "who": who,
        "late": late,
    }
    for made, by, due, ended, who, late in (
        ("07:41", None, "07:56", "07:50", "Ben Ortiz", False),
        ("07:50", "Ben Ortiz", "08:10", "08:08", None, False),
        ("08:08", None, "08:30", "08:34", "Cleo Marsh", True),
        ("08:34", None, "08:40", None, None, True),
        ("08:41", "Ben Ortiz", "09:15", "08:58", "Ben Ortiz", False),
    )
]
_ASKED = "Which bank is it, and on which day did the second charge show?"
_COVER = {
    "promised": _PROMISED,
    "reminded": 0,
    "lead_told": False,
    "waiting_for": None,
    "question": "",
}
_GIFT = {"amount": "30 EUR", "reason": "for two outages in a week", "giver": "Ben Ortiz"}
_EACH: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "ack": _letters(
        {"owner": "Ben Ortiz", "first_contact": False, "answer": _ANSWER},
        {"priority": 1, "urgency": 3, "first_contact": True, "answer": None},
        {"priority": 3, "urgency": 2, "first_contact": False, "answer": {**_ANSWER, "link": ""}, **_BARE},
        {"priority": 4, "urgency": 2, "first_contact": True, "answer": _ANSWER, "owner": "Ben Ortiz"},
        {"priority": 5, "due": None, "first_contact": False, "answer": None},
        {"priority": 3, "first_contact": False, "answer": None, "second": True, **_BARE},
        {"priority": 3, "first_contact": False, "answer": _ANSWER, **_LAST, "second": True},
        {"priority": 3, "sure": False, "first_contact": True, "answer": None},
        {"priority": 3, "sure": False, "first_contact": False, "answer": None, "owner": "Ben Ortiz", **_BARE},
        {"priority": 3, "sure": False, "first_contact": True, "answer": None, **_LAST},
        *({"priority": 3, "office": matter, "first_contact": True, "answer": None} for matter in OFFICE),
        {"priority": 5, "office": "offer", "first_contact": False, "answer": None, "due": None, "owner": "Ben Ortiz"},
        {"priority": 4, "office": "cancellation", "first_contact": False, "answer": None, **_LAST},
    ),
    "thanks-feedback": _letters(
        {"due": None, "priority": 5, "first_contact": False, "answer": None},
        {"priority": 5, "first_contact": True, "answer": _ANSWER, **_BARE},
        {"priority": 5, "first_contact": False, "answer": None, **_LAST},
    ),
    "thanks-welcome": _letters({"due": None}, {"due": None, "words": "", "agent": "", **_BARE}),
    "thanks-resolution": _letters(
        {"due": None, "words": "Your screenshots led us straight to it.", "agent": "Ben Ortiz"},
        {"due": None, "words": "", "agent": "", **_BARE},
    ),
    "too-large": _letters(
        {"too_large": _TOO_LARGE},
        {"too_large": _TOO_LARGE, "due": None, "customer": "", "owner": "Ben Ortiz"},
        {"too_large": _TOO_LARGE, **_LAST},
    ),
    "update": _letters(
        {"reason": "plan", "words": "", "agent": "Ben Ortiz", "question": "", **_KNOWN_STAND},
        *({"reason": reason, "words": "", "agent": None, "question": _ASKED} for reason in _STATED),
        *({"reason": reason, "words": "", "agent": None, "question": "", "due": None, **_BARE} for reason in _STATED),
        {"reason": "asked", "words": "", "agent": None, "question": "", **_LAST},
        {"reason": "word", "words": "", "agent": "Ben Ortiz", "question": ""},
        {"reason": "nonews", "words": "", "agent": "Ben Ortiz", "question": ""},
        {"reason": "timeline", "words": "", "agent": "Ben Ortiz", "question": "", "steps": _STEPS},
        {
            "reason": "moved",
            "words": "The bank answers on Monday only.",
            "agent": "Ben Ortiz",
            "question": "",
            **_KNOWN_STAND,
        },
    ),
    "cover": _letters(
        {**_COVER, "nth": 1, "reminded": 3, "owner": "Ben Ortiz"},
        {**_COVER, "nth": 2, "reminded": 2, "owner": "Ben Ortiz", "lead_told": True},
        {**_COVER, "nth": 3, "owner": "Ben Ortiz"},
        {**_COVER, "nth": 4},
        {**_COVER, "nth": 4, "waiting_for": "the bank", **_KNOWN_STAND},
        {**_COVER, "nth": 1, "waiting_for": "the bank", **_KNOWN_STAND},
        *({**_COVER, "nth": nth, "waiting_for": "customer", "question": _ASKED} for nth in (1, 2)),
        {**_COVER, "nth": 5, "waiting_for": "customer", **_BARE},
        {**_COVER, "nth": 1, "reminded": 0, "lead_told": True, "priority": 1, **_BARE},
        {**_COVER, "nth": 1, "reminded": 1, **_LAST},
        {**_COVER, "nth": 3, **_LAST},
        {**_COVER, "nth": 2, **_KNOWN_STAND, "eta": None, "eta_missed": _PAST},
    ),
    "late": _letters(
        {"promised": _PAST, "missed": 1, "nth": 1, "owner": "Ben Ortiz", "others": []},
        {
            "promised": _PAST,
            "missed": 3,
            "nth": 2,
            "others": ["The export stops at 80 %.", "How do I change my address?"],
            **_KNOWN_STAND,
            "matter": "",
        },
        {"promised": _PAST, "missed": 1, "nth": 1, "others": [], "due": None, **_BARE},
        {"promised": _PAST, "missed": 2, "nth": 1, "others": [1043], **_LAST},
    ),
    "resolved": _letters(
        {
            "due": None,
            "agent": "Ben Ortiz",
            "words": "The second charge is taken back; you see it by Tuesday.",
            "waited": True,
            "updates_promised": 4,
            "updates_on_time": 3,
            "sorry": True,
        },
        *(
            {
                "agent": None,
                "words": "",
                "waited": False,
                "updates_promised": said,
                "updates_on_time": kept,
                "priority": 4,
                "sorry": said == 3,
                "plan": "We move it to another machine." if said == 1 else None,
            }
            for said, kept in ((0, 0), (1, 1), (1, 0), (3, 3), (3, 1))
        ),
        {
            "due": None,
            "agent": "Ben Ortiz",
            "words": "The shop is up again.",
            "priority": 1,
            "waited": False,
            "updates_promised": 5,
            "updates_on_time": 2,
            "sorry": False,
            "steps": _STEPS,
        },
    ),
    "relay": _letters(
        {
            "words": "Hello Ada,\n\nI see both charges. The second one goes back today.\n\n- the 2nd stays\n- the 3rd goes\n\nBen",
            "agent_name": "Ben Ortiz",
            "resolved": False,
            **_NO_RECEIPT,
        },
        {
            "words": "The second charge is gone.",
            "agent_name": "Ben Ortiz",
            "resolved": True,
            "due": None,
            "waited": True,
            "sorry": True,
            "updates_promised": 4,
            "updates_on_time": 3,
        },
        {
            "words": "Hello Ada,\n\nwhich bank is it?\n\nBen",
            "agent_name": "Ben Ortiz",
            "resolved": False,
            "their_turn": True,
            **_NO_RECEIPT,
        },
        {
            "words": "We've found the cause.",
            "agent_name": "Ben Ortiz",
            "resolved": False,
            **_KNOWN_STAND,
            "eta": _DUE,
            "eta_at": _DUE,
            **_NO_RECEIPT,
        },
        {
            "words": "The shop is up again.",
            "agent_name": "Ben Ortiz",
            "resolved": True,
            "due": None,
            "priority": 1,
            "waited": False,
            "sorry": False,
            "updates_promised": 8,
            "updates_on_time": 4,
            "steps": _STEPS[1:],
            "steps_before": 4,
            "steps_before_kept": 3,
        },
        {
            "words": "Hello Ada,\n\nthis is how it went.\n\nBen",
            "agent_name": "Ben Ortiz",
            "resolved": False,
            "steps": _STEPS[:2],
            **_NO_RECEIPT,
        },
        {"words": "Noted.", "agent_name": "Ben Ortiz", "resolved": False, "due": None, **_NO_RECEIPT},
        {"words": "", "enclosed": ["steps.pdf"], "agent_name": "Ben Ortiz", "resolved": False, **_NO_RECEIPT},
    ),
    "nudge": _letters({"late": False, "question": _ASKED}, {"late": True, "question": "", **_BARE}),
    "closed": _letters({"due": None}, {"due": None, **_BARE}),
    "check-in": _letters({"due": None, "owner": "Ben Ortiz"}, {"due": None, **_BARE}),
    "goodwill": _letters(
        {"due": None, "amount": "15 EUR", "reason": "the second outage in a month", "agent": "Ben Ortiz"},
        {"amount": "7.50 EUR", "reason": "the wait", "agent": "", **_BARE},
    ),
    **NOTICE_SAMPLES,
}
#: When the invented letters are written.
WRITTEN = "2026-03-06T08:58:00+00:00"
#: For each letter, sets of fields that together take every branch; the first is the usual one.
SAMPLES: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    name: tuple({"now": WRITTEN, **sample} for sample in samples) for name, samples in _EACH.items()
}
