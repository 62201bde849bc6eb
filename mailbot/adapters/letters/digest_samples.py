"""The invented fields with which the mails about many tickets, or none, are tried at start, as in `notice_samples`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mailbot.core.model.reason import field_of, why

_DUE = "2026-03-06T13:00:00+00:00"
_PROMISED = "2026-03-06T09:00:00+00:00"
_TAP = "mailto:help%2Ba1042-ben-1-0-example@support.example?subject=%5B1042%5D%20%2Fstatus&body=%2Fstatus"
_HAM = _TAP.replace("status", "ham")
_DIGEST: Mapping[str, Any] = {
    "desk": "Example Support",
    "brand": "Example Support",
    "agent": "Ben",
    "priority": 2,
    "since": None,
}
_NO_MORE: Mapping[str, Any] = {
    **dict.fromkeys(("promised", "from", "doubt", "reason", "by")),
    "words": "",
    "files": 0,
    "done": (),
}
_CROWDED: Mapping[str, Any] = {
    "ticket": 1042,
    "priority": 2,
    "customer": {"name": "Ada Byrne", "address": "ada@customer.example"},
    "subject": "Charged twice for March",
    "due": _DUE,
    "assignee": "Cleo Marsh",
    "mine": False,
    "taken": "2026-03-06T08:57:00+00:00",
    "away": None,
    "mute": None,
    "notes": [{"who": "Cleo Marsh", "at": _PROMISED, "words": "She has the special contract."}],
    "mails": [
        {**_NO_MORE, "kind": "new", "words": "I was charged twice for March, once on the 2nd.", "files": 1},
        {**_NO_MORE, "kind": "followup", "words": "And once on the 3rd.", "files": 2},
        {**_NO_MORE, "kind": "followup", "words": "Me too!", "from": "eve@elsewhere.example"},
        {**_NO_MORE, "kind": "followup", "words": "Pay me.", "from": "ada@customer.example", "doubt": "forged"},
        {**_NO_MORE, "kind": "followup", "words": "And in May.", "doubt": "unconfirmed"},
        {**_NO_MORE, "kind": "reminder"},
        {**_NO_MORE, "kind": "covered", "promised": _PROMISED},
        {
            **_NO_MORE,
            "kind": "undeliverable",
            "reason": field_of(why("undelivered.given_up", letter=why("letter.ack"))),
        },
        {**_NO_MORE, "kind": "thanked", "words": "Thank you!"},
        {**_NO_MORE, "kind": "note", "words": "Ask Ines.", "by": "Cleo Marsh"},
        {**_NO_MORE, "kind": "note", "by": "Cleo Marsh", "done": [field_of(why("team.took", by="Cleo Marsh"))]},
    ],
    "answer": "mailto:help%2Ba1042-ben-1-0-example@support.example?subject=Re%3A%20Charged%20twice%20%5B1042%5D&body=",
    "ask": None,
}
_ALSO_CROWDED: Mapping[str, Any] = {
    **_CROWDED,
    "ticket": 1043,
    "priority": 4,
    "customer": {"name": "", "address": "kunde@firma.example"},
    "subject": "",
    "due": None,
    "assignee": None,
    "taken": None,
    "mute": why("limit.address_day", count=10).field,
    "notes": [],
    "mails": [
        {**_NO_MORE, "kind": "unanswered", "words": "Wie ändere ich meine Adresse?"},
        {**_NO_MORE, "kind": "undeliverable"},
    ],
    "answer": None,
    "ask": _TAP,
}
AWAY: Any = field_of(why("away.until", name="Ben Ortiz", until="2026-03-09T08:00:00+00:00"))
DIGESTS: tuple[Mapping[str, Any], ...] = (
    {**_DIGEST, "count": 9, "urgent": 1, "all_from": None, "tickets": [_CROWDED, _ALSO_CROWDED]},
    {
        **_DIGEST,
        "agent": "",
        "count": 2,
        "urgent": 0,
        "all_from": "ada@customer.example",
        "tickets": [_ALSO_CROWDED],
    },
    {
        **_DIGEST,
        "count": 1,
        "urgent": 2,
        "all_from": None,
        "tickets": [{**_CROWDED, "mails": _CROWDED["mails"][:1]}],
    },
    {
        **_DIGEST,
        "priority": 3,
        "since": _PROMISED,
        "began": True,
        "first": 1042,
        "first_due": _DUE,
        "count": 5,
        "urgent": 0,
        "all_from": None,
        "tickets": [
            {**_CROWDED, "priority": 3, "mine": True, "taken": None, "mails": _CROWDED["mails"][:2]},
            {**_CROWDED, "ticket": 1040, "priority": 4, "due": None, "over": True, "mails": _CROWDED["mails"][-2:]},
            {**_ALSO_CROWDED, "mails": _ALSO_CROWDED["mails"][1:]},
        ],
    },
)
OFFERS: tuple[Mapping[str, Any], ...] = (
    {
        "desk": "Example Support",
        "brand": "Example Support",
        "agent": "Ben",
        "who": "Mia Holt",
        "until": "2026-03-09T08:00:00+00:00",
        "by_mailbox": False,
        "count": 2,
        "lines": [
            {
                "number": 1042,
                "priority": 2,
                "who": "Ada Byrne",
                "subject": "Charged twice for March",
                "due": "2026-03-06T13:00:00+00:00",
                "tap": _TAP,
            },
            {"number": 1043, "priority": 4, "who": "kunde@firma.example", "subject": "", "due": None, "tap": None},
        ],
    },
    {
        "desk": "Example Support",
        "brand": "Example Support",
        "agent": "",
        "who": "Mia Holt",
        "until": None,
        "by_mailbox": True,
        "count": 1,
        "lines": [{"number": 1043, "priority": 4, "who": "Lou Byrne", "subject": "Address", "due": None, "tap": _TAP}],
    },
)
OF_THE_DESK: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "unmatched": (
        {
            "desk": "Example Support",
            "brand": "Example Support",
            "agent": "Ben",
            "address": "ada@customer.example",
            "text": "I could not deliver your message.",
        },
        {
            "desk": "Example Support",
            "brand": "Example Support",
            "agent": "",
            "address": "ada@customer.example",
            "text": "",
        },
    ),
    "heap": (
        {
            "desk": "Example Support",
            "brand": "Example Support",
            "agent": "Ben",
            "count": 1,
            "lines": [
                {"number": 1043, "from": "Ada Byrne <ada@customer.example>", "subject": "Charged twice", "tap": _HAM}
            ],
        },
        {
            "desk": "Example Support",
            "brand": "Example Support",
            "agent": "",
            "count": 51,
            "lines": [
                {"number": 1043, "from": "Ada Byrne <ada@customer.example>", "subject": "Charged twice", "tap": None},
                {"number": 1044, "from": "<win@prize.example>", "subject": "", "tap": None},
            ],
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
}
