"""The invented facts with which the templates of notices to agents and admins are tried, as in `samples`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mailbot.adapters.letters import digest_samples, page_samples, samples_answered
from mailbot.core.model.office import OFFICE
from mailbot.core.model.reason import field_of, why
from mailbot.core.model.silence import NOWHERE, UNCONFIRMED, undeliverable

_DUE = "2026-03-06T13:00:00+00:00"
_PROMISED = "2026-03-06T09:00:00+00:00"

_AGENT: Mapping[str, Any] = {
    "desk": "Example Support",
    "brand": "Example Support",
    "ticket": 1042,
    "subject": "Charged twice for March",
    "customer": {"name": "Ada Byrne", "address": "ada@customer.example"},
    "agent": "Ben",
    "priority": 2,
    "sure": True,
    "office": None,
    "urgency": 1,
    "why": why("account.told", words="the words “charged twice” (rule money.toml)").field,
    "assignee": "Ben Ortiz",
    "taken": None,
    "due": _DUE,
    "text": "Hello,\n\nI was charged twice for March, once on the 2nd and once on the 3rd.\nCould you look into it?\n\nAda Byrne",
    "language": "en",
    "state": "open",
    "mute": None,
    "tap": None,
    "team": "mailto:help%2Bn1042-ben-1-0-example@support.example?subject=Re%3A%20Charged%20twice%20%5B1042%5D&body=",
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


def _notices(*samples: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    of_others = ("assignee", "away")  # the reader has it where the sample says nothing else
    return tuple({**_AGENT, "mine": sample.keys().isdisjoint(of_others), **sample} for sample in samples)


_ALONE: Mapping[str, Any] = {"merged": [], "linked": [], "lies_in": None}
_THEIRS: Mapping[str, Any] = {"stranger": False, "from": "ada@customer.example", "reopened": False}
_NOTE = {"who": "Cleo Marsh", "at": "2026-03-06T08:30:00+00:00", "words": "She has the special contract."}
_TO_MANY: Mapping[str, Any] = {"also_to": ["books@customer.example"], "also_more": 3}
_NOT_PASSED_ON: Mapping[str, Any] = {"passed_on_by": None, "passed_on_with": "", "whose": False, "form": None}
_GIFT = {"amount": "30 EUR", "reason": "for two outages in a week", "giver": "Ben Ortiz"}
_PLAIN_NEW: Mapping[str, Any] = {
    "first_contact": False,
    "attachments": [],
    "claimed": None,
    "again": 0,
    "currency": "EUR",
    **_NOT_PASSED_ON,
}
_HELP = [
    field_of(why("help.words")),
    field_of(why("help.line", usage="/promise WHEN", does="they hear from us by then: 2h, fri 14:00, tomorrow")),
    field_of(why("help.line", usage="/wait customer DURATION", does=why("help.wait-customer"))),
]
_STATUS = ["open, priority 2", f"the next word is due {_DUE}"]

NOTICE_SAMPLES: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "new": _notices(
        {
            "first_contact": True,
            "attachments": ["statement.pdf"],
            "sizes": [120_000],
            "also_to": ["Cara Byrne <cara@customer.example>", "books@customer.example"],
            "also_more": 0,
            "left_out": [{"name": "film of it.mov", "size": 61_400_000}],
            "most": 18_000_000,
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
            "whose": True,
            "form": {
                "mailer": "website@desk.example",
                "named": True,
                "found": None,
                "said": why("form.through", form="website", address="ada@customer.example").field,
                "kept": ["Order number: A-4711"],
            },
            "assignee": None,
            "tap": _TAP,
            "why": why("account.words", words=["charged twice", "look into it"]).field,
        },
        {
            "first_contact": True,
            "attachments": [],
            "claimed": None,
            "again": 0,
            "currency": "EUR",
            "passed_on_by": "Ben Ortiz",
            "passed_on_with": "",
            **samples_answered.MUCH,
            "whose": False,
            "form": None,
            "assignee": None,
            "mute": UNCONFIRMED.reason.field,
            "vouch": True,
            "tap": _TAP,
        },
        {
            "first_contact": False,
            "attachments": [],
            "too_large": {"size": 61_400_000, "most": 35_000_000, "mailbox": "help@support.example", "folder": "INBOX"},
            "mute": why("screen.not_addressed").field,
            "claimed": 17,
            "unread": field_of(why("unread.encrypted")),
            "again": 2,
            "currency": "EUR",
            **_NOT_PASSED_ON,
            "form": {"mailer": "form@shop.example", "named": False, "found": "ada@customer.example"},
            **_NAMELESS,
        },
        {
            "first_contact": True,
            "attachments": [],
            "claimed": None,
            "again": 0,
            "currency": "EUR",
            "due": None,
            "mute": NOWHERE.reason.field,
            "nowhere": field_of(why("address.none", address="ada@cust<U+200B>omer.example")),
            **_NOT_PASSED_ON,
        },
        {
            **_PLAIN_NEW,
            **samples_answered.KNOWN_ELSEWHERE,
            "priority": 3,
            "sure": False,
            "assignee": None,
            "tap": _TAP,
            "answers": samples_answered.KINDS,
        },
        {**_PLAIN_NEW, "priority": 3, "office": OFFICE["bereavement"].field},
    ),
    "followup": _notices(
        {**_THEIRS, **_ALONE, **_TO_MANY, "notes": [_NOTE], **samples_answered.ASKED, **samples_answered.KNOWN_WELL},
        {
            "stranger": True,
            "beside": "Ben Ortiz",
            "split": "7 0abcdefghijklm",
            "from": "cara@else.example",
            "reopened": True,
            "mute": why("limit.address_hour", count=3).field,
            **_ALONE,
            **_NAMELESS,
        },
        {
            "stranger": False,
            "from": "ada@customer.example",
            "reopened": False,
            "too_large": {"size": 544_000, "most": 300_000, "mailbox": "help@support.example", "folder": "Done"},
            "away": digest_samples.AWAY,
            "merged": [7],
            "linked": [9],
            "lies_in": None,
            "unread": field_of(why("unread.winmail")),
        },
        {
            "stranger": True,
            "from": "ada@customer.example",
            "reopened": False,
            "merged": [],
            "linked": [9],
            "lies_in": 9,
            "marked": field_of(why("spam.header", header="X-Spam-Flag: YES")),
        },
        {
            **_THEIRS,
            **_ALONE,
            "warning": field_of(why("doubt.forged", address="ada@customer.example")),
            "forged": True,
        },
        {
            "stranger": False,
            "from": "ada@customer.example",
            "reopened": True,
            **_ALONE,
            **samples_answered.ASKED_BY_ANOTHER,
            **samples_answered.TAKEN_LATELY,
            "warning": field_of(why("doubt.unconfirmed", address="ada@customer.example")),
        },
    ),
    "reminder": _notices(
        {**samples_answered.DUE_SOON, **samples_answered.KNOWN_FOR_LITTLE},
        {"left_seconds": 600, "promised_by": "cleo", "named": _PROMISED, **_NAMELESS, "text": "", "tap": _TAP},
    ),
    "covered": _notices(
        {"nth": 1, "promised": _PROMISED, "next": _DUE, "unheard": False, "last": False},
        {"nth": 2, "promised": _PROMISED, "next": None, "unheard": False, "last": False, **_NAMELESS, "text": ""},
        {
            "nth": 1,
            "promised": _PROMISED,
            "next": _DUE,
            "unheard": True,
            "last": False,
            "priority": 1,
            **samples_answered.TAKEN_LATELY,
        },
        {"nth": 1, "promised": _PROMISED, "next": _DUE, "unheard": True, "last": False, "priority": 3, "sure": False},
        {"nth": 2, "promised": _PROMISED, "next": None, "unheard": False, "last": True, **_NAMELESS, "text": ""},
    ),
    "crossed": _notices(
        {"newer": {"by": "Cleo Marsh", "text": "I have just taken it back."}, "yours": "I look now.", "tap": _TAP},
        {"newer": {"by": "Cleo Marsh", "text": ""}, "yours": "", **_NAMELESS},
        {"newer": {"by": "", "text": "It is off again."}, "yours": "Glad to hear it.", "reopened": True, "tap": _TAP},
    ),
    "confirm": _notices(
        {
            "reason": why("identity.elsewhere", address="ben@home.example", name="Ben Ortiz").field,
            "from": "ben@support.example",
            "yours": "It goes back today.",
            "tap": _TAP,
        },
        {"reason": "", "from": "", "yours": "", **_NAMELESS, "text": ""},
    ),
    "ask": _notices(
        {
            "question": {"code": "ask.bare-verb", "args": {"verb": "/resolve"}},
            "yours": "resolve\n\nIt goes back today.",
            "answers": [
                {"label": {"code": "ask.do", "args": {"verb": "/resolve"}}, "line": "/do", "link": _TAP},
                {"label": {"code": "ask.send", "args": {}}, "line": "/send", "link": _TAP},
            ],
        },
        {
            "question": why("ask.two-times", verb="/promise").field,
            "yours": "/promise 12:00\n\nI'll write by 3pm.",
            "answers": [
                {
                    "label": why("ask.words-time", due=_DUE, phrase="I'll write by 3pm").field,
                    "line": "/do",
                    "link": _TAP,
                },
                {"label": why("ask.verb-time", due=_DUE, verb="/promise").field, "line": "/send", "link": _TAP},
            ],
        },
        {
            "question": {"code": "ask.bare-note", "args": {}},
            "yours": "note: x",
            "answers": [{"label": {"code": "ask.note", "args": {}}, "line": "/note", "link": None}],
            **_NAMELESS,
            "ticket": None,
            "customer": {"name": "", "address": ""},
        },
    ),
    "signature": _notices(
        {
            "tail": "Ben Ortiz\nExample Support\n+49 30 5550 100",
            "logos": ["logo.png"],
            "answers": [
                {"label": {"code": "signature.keep", "args": {}}, "line": "/signature keep 0a1b2c3d", "link": _TAP},
            ],
        },
        {
            "tail": "",
            "logos": ["logo.png", "card.gif"],
            "answers": [{"label": {"code": "signature.keep", "args": {}}, "line": "/signature keep 0", "link": None}],
            **_NAMELESS,
        },
    ),
    "refused": _notices(
        {
            "reason": field_of(why("refused.time", given="firday")),
            "draft": "/promise fri 14:00\n\nI look at it now.",
            "yours": "",
        },
        {
            "reason": field_of(why("refused.promised", address="ada@customer.example", due=_DUE)),
            "draft": "",
            "yours": "/resolve quietly",
            **_NAMELESS,
        },
    ),
    "answer": _notices(
        {"title": "What the desk understands", "lines": _HELP},
        {"title": "/take", "lines": [], **_NAMELESS, "ticket": None},
        {
            "title": why("files.part", part=1, parts=2).field,
            "lines": [],
            "handed": True,
            "attachments": ["log.zip"],
            "left_out": [{"name": "film of it.mov", "size": 61_400_000}],
            "most": 18_000_000,
        },
    ),
    "undeliverable": _notices(
        {
            "address": "ada@customer.example",
            "status": "550 5.1.1 no such user here",
            "reason": why("undelivered.refused", letter=why("letter.ack")).field,
            "mute": undeliverable("5.1.1").reason.field,
            "given_up": False,
        },
        {
            "address": "kunde@firma.example",
            "status": "",
            "reason": why("undelivered.delayed", letter=why("letter.relay")).field,
            "given_up": False,
            **_NAMELESS,
        },
        {
            "address": "kunde@firma.example",
            "status": "",
            "reason": why("undelivered.mailbox-full", status="5.2.2").field,
            "given_up": True,
            **_NAMELESS,
        },
    ),
    "caught": _notices(
        {
            "phrase": "I'll write tomorrow morning",
            "moment": _PROMISED,
            "told": _DUE,
            "promised": False,
            "draft": "/promise 2026-03-06 10:00",
            "tap": _TAP,
        },
        {
            "phrase": "ich melde mich morgen",
            "moment": _PROMISED,
            "told": None,
            "promised": False,
            "draft": "/promise 2h",
            **_NAMELESS,
        },
        {
            "phrase": "I'll write by noon",
            "moment": _PROMISED,
            "told": _PROMISED,
            "promised": True,
            "draft": "/promise 2026-03-06 10:00",
        },
    ),
    "gesture": _notices(
        {**_GIFT, "left": "12.50 EUR", "approved_by": None, "tap": _TAP},
        {**_GIFT, "left": "0 EUR", "approved_by": None, **_NAMELESS},
        {**_GIFT, "left": None, "approved_by": "Cleo Marsh"},
    ),
    "digest": digest_samples.DIGESTS,
    "offered": digest_samples.OFFERS,
    **digest_samples.OF_THE_DESK,
    **{name: _notices(*more) for name, more in samples_answered.NOTICES.items()},
    **page_samples.PAGES,
    **page_samples.LISTS,
}
