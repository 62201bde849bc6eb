"""Which letters there are and which fields each gets: invented facts with which every template is tried at start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mailbot.adapters import letter_samples_answered

LETTERS = (
    "ack",
    "thanks-feedback",
    "thanks-welcome",
    "thanks-resolution",
    "update",
    "cover",
    "late",
    "resolved",
    "relay",
    "nudge",
    "closed",
    "check-in",
    "goodwill",
)
NOTICES = (
    "new",
    "followup",
    "reminder",
    "covered",
    "crossed",
    "confirm",
    "refused",
    "answer",
    "undeliverable",
    "quarantine",
    "trouble",
    "backlog",
    "caught",
    "gesture",
    *letter_samples_answered.NOTICES,
)

_DUE = "2026-03-06T13:00:00+00:00"
_PROMISED = "2026-03-06T09:00:00+00:00"

_CUSTOMER: Mapping[str, Any] = {
    "desk": "Example Support",
    "brand": "Example Support",
    "customer": "Ada Byrne",
    "ticket": 1042,
    "matter": "I was charged twice for March, once on the 2nd and once on the 3rd.",
    "priority": 2,
    "urgency": 0,
    "owner": None,
    "plan": None,
    "workaround": None,
    "eta": None,
    "eta_missed": None,
    "due": _DUE,
}
_KNOWN_STAND: Mapping[str, Any] = {
    "owner": "Ben Ortiz",
    "plan": "We take the second charge back and find out why it was made.",
    "workaround": "Please let the charge stand for now; your account stays open.",
    "eta": "Monday noon",
}
_BARE: Mapping[str, Any] = {"customer": "", "matter": ""}

_AGENT: Mapping[str, Any] = {
    "desk": "Example Support",
    "brand": "Example Support",
    "ticket": 1042,
    "subject": "Charged twice for March",
    "customer": {"name": "Ada Byrne", "address": "ada@customer.example"},
    "agent": "Ben",
    "priority": 2,
    "urgency": 1,
    "why": "the words “charged twice” (rule money.toml)",
    "assignee": "Ben Ortiz",
    "due": _DUE,
    "text": "Hello,\n\nI was charged twice for March, once on the 2nd and once on the 3rd.\nCould you look into it?\n\nAda Byrne",
    "language": "en",
    "state": "open",
    "mute": None,
    "tap": None,
}
_TAP = "mailto:help%2Ba1042-ben-1-0-example@support.example?subject=%5B1042%5D%20%2Ftake&body=%2Ftake"
_NAMELESS: Mapping[str, Any] = {
    "customer": {"name": "", "address": "kunde@firma.example"},
    "assignee": None,
    "due": None,
    "urgency": 0,
    "why": "",
    "language": "de",
    "agent": "",
}


def _letters(*samples: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    return tuple({**_CUSTOMER, **sample} for sample in samples)


def _notices(*samples: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    return tuple({**_AGENT, **sample} for sample in samples)


_ALONE: Mapping[str, Any] = {"merged": [], "linked": [], "lies_in": None}
_NOT_PASSED_ON: Mapping[str, Any] = {"passed_on_by": None, "passed_on_with": ""}
_ANSWER = {
    "title": "Why a charge can show twice",
    "text": "Some banks show a reservation and the charge side by side for a few days. The reservation then goes by itself.",
    "link": "https://help.example/charged-twice",
}
_STATED = ("word", "reopened", "moved", "asked", "plan", "waiting")
_NO_RECEIPT = {"waited": False, "sorry": False, "updates_promised": 0, "updates_on_time": 0}
_GIFT = {"amount": "30 EUR", "reason": "for two outages in a week", "giver": "Ben Ortiz"}
_HELP = [
    "(no verb)  your words go to the customer",
    "/promise WHEN  they hear from us by then: 2h, fri 14:00, tomorrow",
    "/wait customer DURATION  it is their turn, for so long",
]
_STATUS = ["open, priority 2", f"the next word is due {_DUE}"]

#: For each letter some sets of fields that take every branch; the first is the usual one.
SAMPLES: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "ack": _letters(
        {"owner": "Ben Ortiz", "first_contact": False, "answer": _ANSWER},
        {"priority": 1, "urgency": 3, "first_contact": True, "answer": None},
        {"priority": 3, "urgency": 2, "first_contact": False, "answer": {**_ANSWER, "link": ""}, **_BARE},
        {"priority": 4, "urgency": 2, "first_contact": True, "answer": _ANSWER, "owner": "Ben Ortiz"},
        {"priority": 5, "due": None, "first_contact": False, "answer": None},
    ),
    "thanks-feedback": _letters(
        {"due": None, "priority": 5, "first_contact": False, "answer": None},
        {"priority": 5, "first_contact": True, "answer": _ANSWER, **_BARE},
    ),
    "thanks-welcome": _letters({"due": None}, {"due": None, "words": "", "agent": "", **_BARE}),
    "thanks-resolution": _letters(
        {"due": None, "words": "Your screenshots led us straight to it.", "agent": "Ben Ortiz"},
        {"due": None, "words": "", "agent": "", **_BARE},
    ),
    "update": _letters(
        {"reason": "plan", "words": "", "agent": "Ben Ortiz", **_KNOWN_STAND},
        *({"reason": reason, "words": "", "agent": None} for reason in _STATED),
        *({"reason": reason, "words": "", "agent": None, "due": None, **_BARE} for reason in _STATED),
        {"reason": "moved", "words": "The bank answers on Monday only.", "agent": "Ben Ortiz", **_KNOWN_STAND},
    ),
    "cover": _letters(
        {"promised": _PROMISED, "nth": 1, "waiting_for": None, "owner": "Ben Ortiz"},
        {"promised": _PROMISED, "nth": 2, "waiting_for": None, "owner": "Ben Ortiz"},
        {"promised": _PROMISED, "nth": 3, "waiting_for": None, "owner": "Ben Ortiz"},
        {"promised": _PROMISED, "nth": 4, "waiting_for": "the bank", **_KNOWN_STAND},
        {"promised": _PROMISED, "nth": 5, "waiting_for": "customer", **_BARE},
        {"promised": _PROMISED, "nth": 1, "waiting_for": None, "unheard": True, "priority": 1, **_BARE},
        {
            "promised": _PROMISED,
            "nth": 2,
            "waiting_for": None,
            **_KNOWN_STAND,
            "eta": None,
            "eta_missed": _PROMISED,
        },
    ),
    "late": _letters(
        {"promised": _PROMISED, "missed": 1, "nth": 1, "owner": "Ben Ortiz", "others": []},
        {
            "promised": _PROMISED,
            "missed": 3,
            "nth": 2,
            "others": ["The export stops at 80 %.", "How do I change my address?"],
            **_KNOWN_STAND,
            "matter": "",
        },
        {"promised": _PROMISED, "missed": 1, "nth": 1, "others": [], "due": None, **_BARE},
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
        {"words": "Noted.", "agent_name": "Ben Ortiz", "resolved": False, "due": None, **_NO_RECEIPT},
    ),
    "nudge": _letters({"late": False}, {"late": True, **_BARE}),
    "closed": _letters({"due": None}, {"due": None, **_BARE}),
    "check-in": _letters({"due": None, "owner": "Ben Ortiz"}, {"due": None, **_BARE}),
    "goodwill": _letters(
        {"due": None, "amount": "15 EUR", "reason": "the second outage in a month", "agent": "Ben Ortiz"},
        {"amount": "7.50 EUR", "reason": "the wait", "agent": "", **_BARE},
    ),
    "new": _notices(
        {
            "first_contact": True,
            "attachments": ["statement.pdf"],
            "claimed": None,
            "again": 0,
            "currency": "EUR",
            **_NOT_PASSED_ON,
        },
        {
            "first_contact": True,
            "attachments": [],
            "claimed": None,
            "again": 0,
            "currency": "EUR",
            "passed_on_by": "Ben Ortiz",
            "passed_on_with": "She called as well.",
            "assignee": None,
            "tap": _TAP,
            "why": "2, money: 26 points from charged-twice (“charged twice”) +14, refund (“look into it”) +12; next was 3",
        },
        {
            "first_contact": False,
            "attachments": [],
            "mute": "person: none of our addresses in To or Cc",
            "claimed": 17,
            "again": 2,
            "currency": "EUR",
            **_NOT_PASSED_ON,
            **_NAMELESS,
        },
    ),
    "followup": _notices(
        {"stranger": False, "from": "ada@customer.example", "reopened": False, **_ALONE},
        {
            "stranger": True,
            "from": "cara@else.example",
            "reopened": True,
            "mute": "limit: 3 automatic mails to this address within the hour",
            **_ALONE,
            **_NAMELESS,
        },
        {
            "stranger": False,
            "from": "ada@customer.example",
            "reopened": False,
            "merged": [7],
            "linked": [9],
            "lies_in": None,
        },
        {
            "stranger": True,
            "from": "ada@customer.example",
            "reopened": False,
            "merged": [],
            "linked": [9],
            "lies_in": 9,
        },
    ),
    "reminder": _notices(
        {"left_seconds": 7200, "promised_by": "ack", "named": None},
        {"left_seconds": 600, "promised_by": "cleo", "named": _PROMISED, **_NAMELESS, "text": "", "tap": _TAP},
    ),
    "covered": _notices(
        {"nth": 1, "promised": _PROMISED, "next": _DUE, "unheard": False},
        {"nth": 2, "promised": _PROMISED, "next": None, "unheard": False, **_NAMELESS, "text": ""},
        {"nth": 1, "promised": _PROMISED, "next": _DUE, "unheard": True, "priority": 1},
    ),
    "crossed": _notices(
        {
            "newer": {"by": "Cleo Marsh", "text": "I have just taken it back."},
            "yours": "I look at it now.",
            "tap": _TAP,
        },
        {"newer": {"by": "Cleo Marsh", "text": ""}, "yours": "", **_NAMELESS},
    ),
    "confirm": _notices(
        {
            "reason": "it came from ben@home.example, which is not one of Ben Ortiz's addresses",
            "from": "ben@support.example",
            "yours": "It goes back today.",
            "tap": _TAP,
        },
        {"reason": "", "from": "", "yours": "", **_NAMELESS, "text": ""},
    ),
    "refused": _notices(
        {
            "reason": "«firday» is not a time I am sure of, or it is past",
            "draft": "/promise fri 14:00\n\nI look at it now.",
            "yours": "",
        },
        {
            "reason": f"ada@customer.example was promised a word by {_DUE}: write them a line with it, or use /resolve",
            "draft": "",
            "yours": "/resolve quietly",
            **_NAMELESS,
        },
    ),
    "answer": _notices(
        {"title": "What the desk understands", "lines": _HELP},
        {"title": "/take", "lines": [], **_NAMELESS, "ticket": None},
    ),
    "undeliverable": _notices(
        {
            "address": "ada@customer.example",
            "status": "550 5.1.1 no such user here",
            "reason": "the acknowledgment was refused",
            "mute": "undeliverable",
            "given_up": False,
        },
        {
            "address": "kunde@firma.example",
            "status": "",
            "reason": "the agent's answer is delayed",
            "given_up": False,
            **_NAMELESS,
        },
        {"address": "kunde@firma.example", "status": "5.2.2", "reason": "5.2.2", "given_up": True, **_NAMELESS},
    ),
    "caught": _notices(
        {
            "phrase": "I'll write tomorrow morning",
            "moment": _PROMISED,
            "told": _DUE,
            "draft": "/promise 2026-03-06 10:00",
            "tap": _TAP,
        },
        {"phrase": "ich melde mich morgen", "moment": _PROMISED, "told": None, "draft": "/promise 2h", **_NAMELESS},
    ),
    "gesture": _notices(
        {**_GIFT, "left": "12.50 EUR", "approved_by": None, "tap": _TAP},
        {**_GIFT, "left": "0 EUR", "approved_by": None, **_NAMELESS},
        {**_GIFT, "left": None, "approved_by": "Cleo Marsh"},
    ),
    "backlog": (
        {
            "desk": "Example Support",
            "brand": "Example Support",
            "agent": "Ben",
            "lines": [f"[1042] Ada Byrne: Charged twice for March (a word was due {_DUE})"],
        },
    ),
    "quarantine": (
        {
            "desk": "Example Support",
            "brand": "Example Support",
            "agent": "Cleo",
            "where": "inbox support, mail 5512",
            "reason": "it has more than 1,000 nested parts",
            "number": 5512,
            "advice": "",
        },
    ),
    "trouble": (
        {
            "desk": "Example Support",
            "brand": "Example Support",
            "agent": "",
            "where": "inbox support",
            "reason": "the mail server refuses the login",
            "advice": "New mail waits on the server until this is put right. Check the password in config.toml.",
        },
    ),
    **{name: _notices(*more) for name, more in letter_samples_answered.NOTICES.items()},
}
