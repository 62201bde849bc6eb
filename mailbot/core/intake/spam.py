"""Tells whether our own mail server marked a mail as spam: by its headers, or by a tag before the subject."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

from mailbot.core.model.mail import Mail
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.spam_marks import SpamMarks

_SURE: Final = 5  # from this spam confidence level (SCL) on, Exchange sorts a mail into the junk folder
_LONGEST: Final = 300  # characters of a value that are looked at
_MOST: Final = 20  # values of one header
_MOST_RECEIVED: Final = 100
_YES = re.compile(r"\s*(?:yes|true|1|spam|junk)\b", re.IGNORECASE)
_LEVEL = re.compile(r"\s*(-?\d{1,3})\s*\Z")
_LEVEL_WITHIN = re.compile(r"(?:\A|;)\s*SCL:(-?\d{1,3})\s*(?:;|\Z)", re.IGNORECASE)
_ACTED = re.compile(r"\s*(?:add header|rewrite subject|quarantine|discard|reject)\b", re.IGNORECASE)
_RESULT = re.compile(r"\s*[\w-]{1,40}:\s*True\b")
_BY = re.compile(r"\bby\s{1,20}([\w.-]{1,255})", re.IGNORECASE)
_TAG: Final = 60  # characters of a subject within which a tag ends
_WRITTEN_BY_THE_SENDER: Final = frozenset({"from", "to", "subject", "date", "message-id", "mime-version"})


def marked_as_spam(mail: Mail, marks: SpamMarks, ours: Collection[str] = ()) -> Reason | None:
    """What our server marked a mail as spam with; None if it did not.

    Only a mark that says yes counts, so that a forged one that says no gains nothing. A mark that another server set on
    the way, below its own Received and above what the writer wrote (RFC 5321 section 4.4), is that server's. What was
    appended at the very end may be our filter's, and counts unless the same header is also at the top. `ours` are the
    domains of our own servers.
    """
    for name in sorted(marks.headers):
        for value in _said_here(mail, name, {*ours, *marks.hosts}):
            if _says_yes(name, value[:_LONGEST]):
                return why("spam.header", header=f"{name.title()}: {' '.join(value[:60].split())}")
    if not (mail.in_reply_to or mail.references):
        for tag in marks.subjects:
            if _end_of(tag, mail.subject):
                return why("spam.subject", tag=tag)
    return None


def untagged(subject: str, marks: SpamMarks) -> str:
    """A subject without the tag that our server put before it."""
    end = max((_end_of(tag, subject) for tag in marks.subjects), default=0)
    return subject[end:].lstrip() or subject


def _end_of(tag: str, subject: str) -> int:
    """Where the tag before a subject ends; 0 if there is none."""
    head, wanted = subject[:_TAG], _bare(tag)
    if head.strip().casefold()[:1] != wanted[:1]:
        return 0  # nearly every subject, for nearly every tag
    return max((end for end in range(1, len(head) + 1) if _bare(head[:end]) == wanted), default=0)


def _bare(tag: str) -> str:
    """A tag as it is compared: in lower case, without regard to the number of stars and the blanks around them."""
    text = tag.strip().casefold()
    words = "*".join(part.strip() for part in text.split("*") if part.strip())
    return "*" * text.startswith("*") + words + "*" * (bool(words) and text.endswith("*"))


def _says_yes(name: str, value: str) -> bool:
    if name == "x-ms-exchange-organization-scl":
        found = _LEVEL.match(value)
        return found is not None and int(found[1]) >= _SURE
    if name == "x-forefront-antispam-report":
        within = _LEVEL_WITHIN.search(value)
        return within is not None and int(within[1]) >= _SURE
    if name == "x-rspamd-action":
        return _ACTED.match(value) is not None
    if name == "x-spamd-result":
        return _RESULT.match(value) is not None
    return _YES.match(value) is not None


def _said_here(mail: Mail, name: str, ours: Iterable[str]) -> list[str]:
    """The values of a header that our own servers may have written."""
    if not mail.header_all(name):
        return []
    border = _border(mail, ours)
    on_top: list[str] = []
    at_the_end: list[str] = []
    written = False
    for place, (key, value) in enumerate(mail.headers):
        written = written or (place > border and key in _WRITTEN_BY_THE_SENDER)
        if key == name and place < border:
            on_top.append(value)
        elif key == name and written:
            at_the_end.append(value)
    return (on_top or at_the_end)[:_MOST]


def _border(mail: Mail, ours: Iterable[str]) -> int:
    """The place of the first Received that a server outside our own wrote; after the last header if there is none.

    The topmost one is our own server's. Whatever it calls itself, its neighbours of the same domain are ours as well.
    """
    known: set[str] = {each.casefold() for each in ours if each}
    seen = 0
    for place, (key, value) in enumerate(mail.headers):
        if key != "received":
            continue
        seen += 1
        found = _BY.search(value[:1_000])
        host = found[1].casefold().strip(".") if found else ""
        if seen == 1:
            known.add(_domain_of(host))
        elif "." in host and not any(host == each or host.endswith(f".{each}") for each in known if each):
            return place
        if seen >= _MOST_RECEIVED:
            break
    return len(mail.headers)


def _domain_of(host: str) -> str:
    """The domain that a server belongs to: its name without the first part, if two are left."""
    parent = host.partition(".")[2]
    return parent if "." in parent else host
