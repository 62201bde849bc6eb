"""Tells what a refusal by the submission server is about: us, this one mail, its recipient, or its size. With sources.

A server speaks in three ways at once: by the command that it refuses (RFC 5321 section 4.3.2), by the enhanced code
(RFC 3463, RFC 5248), and by words. A code with just one meaning decides; if the code may mean anything (5.7.1 is "not
yours to send as" at one provider and "spam" at the next), the words do; otherwise it is about this mail, which
blames nobody and is tried again.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Stage(StrEnum):
    """How far a submission came: what was refused, or where the connection ended."""

    CONNECT = "connect"
    LOGIN = "login"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"


class About(StrEnum):
    """Whom or what a refusal is about. Only `recipient` says anything about the address."""

    SERVER = "server"
    MAIL = "mail"
    RECIPIENT = "recipient"
    SIZE = "size"


_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_LOOKED_AT = 2_000  # characters of a reply

# By the subject and detail of RFC 3463; the class (4 or 5) says how long it lasts, not what it is about.
_CODES: dict[str, About] = {
    # RFC 3463 section 3.2: bad destination mailbox, system, syntax; mailbox has moved.
    "1.1": About.RECIPIENT,
    "1.2": About.RECIPIENT,
    "1.3": About.RECIPIENT,
    "1.6": About.RECIPIENT,
    # RFC 7505 section 4.2: the domain takes no mail (null MX). Exchange Online: recipient not found.
    "1.10": About.RECIPIENT,
    # RFC 3463 section 3.3: mailbox disabled, not accepting messages.
    "2.1": About.RECIPIENT,
    # RFC 3463 section 3.2: the sender's mailbox or system. Exchange Online: 5.1.8, bad outbound sender (blocked account).
    "1.7": About.SERVER,
    "1.8": About.SERVER,
    # Exchange Online, "NDR error codes": the daily limit of recipients.
    "1.90": About.SERVER,
    # Exchange Online: SendAsDenied.
    "2.252": About.SERVER,
    # Google Workspace, "Gmail SMTP errors and codes": the daily limit of the user or of the relay.
    "4.5": About.SERVER,
    # RFC 4954 section 6 and RFC 3463 section 3.8: authentication failed, encryption needed (5.7.9 is Yahoo's for policy, too).
    "7.8": About.SERVER,
    "7.11": About.SERVER,
    "7.12": About.SERVER,
    "7.13": About.SERVER,
    "7.14": About.SERVER,
    # RFC 7372 section 3: no passing or acceptable DKIM signature, SPF, reverse DNS, several of them.
    "7.20": About.SERVER,
    "7.21": About.SERVER,
    "7.22": About.SERVER,
    "7.23": About.SERVER,
    "7.24": About.SERVER,
    "7.25": About.SERVER,
    "7.26": About.SERVER,
    # RFC 7505 section 4.1: our own domain takes no mail. Gmail: SPF did not pass; TLS missing; DKIM did not pass.
    "7.27": About.SERVER,
    "7.29": About.SERVER,
    "7.30": About.SERVER,
    # Exchange Online: not authenticated, may not send as this sender, SMTP AUTH switched off.
    "7.3": About.SERVER,
    "7.57": About.SERVER,
    "7.60": About.SERVER,
    "7.139": About.SERVER,
    # Exchange Online: the tenant's limit for external recipients (trial and paid).
    "7.232": About.SERVER,
    "7.233": About.SERVER,
    # Exchange Online: account, tenant or address of ours banned or throttled for what it sent.
    "7.501": About.SERVER,
    "7.502": About.SERVER,
    "7.503": About.SERVER,
    "7.508": About.SERVER,
    "7.511": About.SERVER,
    "7.515": About.SERVER,
    "7.705": About.SERVER,
    "7.708": About.SERVER,
    "7.750": About.SERVER,
    # RFC 3463 section 3.3 and 3.4: longer than the mailbox takes, larger than the system takes.
    "2.3": About.SIZE,
    "3.4": About.SIZE,
}

_TOO_LARGE = re.compile(
    r"\b(?:message|mail|e-mail|size|attachments?|content)\b[^.\n]{0,60}\b(?:too (?:large|big|long)|exceed\w*|over\b[^.\n]{0,12}limit)"
    r"|\btoo (?:large|big)\b|\bmaximum (?:allowed )?(?:message |mail )?size\b|\bsize (?:limit|exceed)"
    r"|\blarger than\b[^.\n]{0,60}\b(?:allow|permit|accept|limit|bytes)",
    re.IGNORECASE,
)
_SIZE = re.compile(r"\b(?:size|large|big|long|bytes|[kmg]i?b)\b", re.IGNORECASE)
_THEIR_BOX = re.compile(
    r"\b(?:mail ?box|inbox|storage|recipient'?s?|user|account)\b(?![^.\n]{0,40}\b(?:daily|hourly|sending|sent)\b)"
    r"[^.\n]{0,40}\b(?:full|over ?quota|quota)\b",
    re.IGNORECASE,
)

# Words that say that it is about us, whatever the code, with their sources.
_US = [
    re.compile(words, re.IGNORECASE)
    for words in (
        # Google says that the daily user sending limit or the quota is exceeded, and the same of the relay;
        # Exchange that a daily sending limit is; Zoho, OVH and IONOS speak of sender limits and hourly ones.
        (r"\b(?:daily|hourly|monthly|sending|sender'?s?|send|relay|outgoing|outbound|recipient rate|message rate|smtp|e-?mail|mail|recipients?)"
        r"\b[^.\n]{0,40}\b(?:limits?|quotas?)\b[^.\n]{0,40}\b(?:exceed\w*|reached|over|hit|used up)"),
        (r"\b(?:exceed\w*|reached|hit|over)\b[^.\n]{0,40}\b(?:daily|hourly|monthly|sending|sender|relay|outgoing|outbound|rate|messages?"
        r"|recipients?|mails?|e-?mails?)\b[^.\n]{0,30}\b(?:limits?|quotas?|rate|allowance|credits?)"),
        r"\b(?:limit|quota) for (?:sending|sent|outgoing|message recipients)",
        r"\btoo many (?:messages|mails|e-?mails|recipients) (?:sent|today|this hour|per|from|in)",
        r"\bmaximum (?:sending rate|credits|send rate|number of (?:messages|recipients))",
        # Amazon SES, "SMTP response codes": throttling, paused, not verified.
        r"\bthrottl", r"\bsending (?:is |was |has been )?(?:paused|suspended|disabled|blocked|denied)\b",
        r"\b(?:address|domain|identity|identities|sender)\b[^.\n]{0,30}\bnot (?:been )?verified\b", r"\bverified sender\b",
        # Postfix reject_sender_login_mismatch, Yandex, Mail.ru: not owned by (auth) user; not logged in.
        r"\bnot owned by\b", r"\bnot (?:logged|signed) in\b",
        r"\bsender address (?:is )?(?:rejected|not allowed|not permitted|refused|denied|invalid)\b",
        r"\bsender (?:is |was )?(?:rejected|denied|refused|not allowed|not authori[sz]ed|not permitted)\b",
        # Exchange: SendAsDenied; Yahoo, Outlook.com: not authorized to send on behalf of, as, from.
        r"\bsend ?as ?denied", r"\bsend as this sender\b",
        (r"\b(?:not|n't)\b[^.\n]{0,30}\b(?:allowed|authori[sz]ed|permitted|permission|permissions)\b[^.\n]{0,40}"
        r"\b(?:send|relay|submit|use|from this (?:ip|address|sender|server))\b"),
        # RFC 5321 section 3.6.2, Postfix, Exim: they do not take us for one of theirs.
        r"\brcpthosts\b", r"\brelay(?:ing)? (?:access )?(?:denied|not (?:permitted|allowed)|prohibited)\b", r"\b(?:unable|not allowed) to relay\b",
        r"\bauthentication (?:is )?(?:required|needed|failed|unsuccessful|credentials invalid)\b",
        r"\bunauthenticated (?:e-?mail|mail|sender)\b", r"\b(?:must|please|need to) (?:authenticate|log ?in)\b",
        # RFC 7372, RFC 9989: our domain's own records.
        r"\b(?:spf|dkim|dmarc)\b[^.\n]{0,40}\b(?:fail\w*|not pass\w*|not align\w*|required|check|policy|reject)",
        r"\b(?:does|did) not pass (?:spf|dkim|dmarc|authentication)", r"\breverse dns\b|\bptr record\b",
        # The account or the address of our server.
        (r"\b(?:your|this|sender'?s?|sending|user) (?:account|mailbox|domain|tenant|user|ip|server)\b[^.\n]{0,40}"
        r"\b(?:suspend\w*|disabled|blocked|locked|banned|restricted|black ?list\w*|listed)\b"),
        r"\bbad outbound sender\b", r"\bunusual sending (?:activity|behaviou?r)\b",
        r"\b(?:client host|ip(?: address)?|server)\b[^\n]{0,60}\b(?:blocked|black ?listed|listed|banned)\b",
    )
]  # fmt: skip

# Words that say that nobody is there; searched for if the code by itself does not tell (RFC 5321 section
# 4.2.3: 550 is "not found" and "for policy reasons" alike).
_NOBODY = re.compile(
    r"\b(?:no such|unknown|invalid|non-?existent|bad|undeliverable) (?:user|recipient|address|mailbox|person|account|local ?part|alias)"
    r"|\b(?:user|recipient|address|mailbox|account|alias|e-?mail)\b[^.\n]{0,40}\b(?:is |was )?(?:unknown|not found|does ?n[o']t exist"
    r"|does not exist|doesn.t exist|is not known|no longer (?:exists|available|in use|valid)|not (?:a )?valid|invalid|disabled"
    r"|de-?activated|inactive|closed|terminated|not local|not exist)\b"
    r"|\bno mailbox\b|\bnobody (?:here|of that name)\b|\bnot a known user\b|\bdoes not have an? (?:account|mailbox)\b"
    r"|\bunrouteable address\b|\bdomain\b[^.\n]{0,30}\b(?:does not exist|not found|unknown)\b|\brecipient not found\b"
    r"|\b(?:empf(?:ä|ae)nger|adresse|benutzer|postfach)\b[^.\n]{0,30}\b(?:unbekannt|existiert nicht|nicht gefunden|ung(?:ü|ue)ltig)\b",
    re.IGNORECASE,
)
_UNWANTED = re.compile(
    r"\bspam|\bunsolicited\b|\bjunk\b|\bvirus\b|\bmalware\b|\bphish|\bsuspicious\b|\bcontent\b|\bpolic(?:y|ies)\b|\bprohibited\b"
    r"|\bblocked\b|\breputation\b|\bscore\b",
    re.IGNORECASE,
)


def enhanced_code(reply: str) -> str | None:
    """`5.7.1` and the like, the first in the reply (RFC 2034 section 4); None if there is none."""
    found = _CODE.search(reply[:_LOOKED_AT])
    return found[0] if found else None


def about(code: int, reply: str, at: Stage) -> About:
    """Whom or what a refusal is about; `code` is the reply's (0 if we refused it ourselves), `at` what it answered."""
    words = reply[:_LOOKED_AT]
    if code == 0:  # not one address, or one that this server cannot be told (RFC 6531 section 3.2)
        return About.RECIPIENT if at is Stage.RCPT else About.MAIL
    found = _CODE.search(words)
    detail = f"{int(found[2])}.{int(found[3])}" if found else ""
    known = _CODES.get(detail)
    if known is None and detail.startswith("7.6") and 606 <= int(detail[2:] or 0) <= 649:
        known = About.SERVER  # Exchange Online, 5.7.606 to 5.7.649: the address of our server is banned
    if known is About.SIZE or (known is None and _too_large(code, words)):
        return About.SIZE
    if at in (Stage.CONNECT, Stage.LOGIN):
        return About.SERVER
    if at is Stage.MAIL and detail != "6.7":  # RFC 6531 section 3.5: 5.6.7 is about an address that is not ASCII
        return About.SERVER  # before any recipient was named
    if known is About.RECIPIENT and found is not None and found[1] == "4":
        known = About.MAIL  # the class says not now: nobody is gone for good
    if known is not None and not (known is About.RECIPIENT and _sender_is_meant(words)):
        return known
    if any(said.search(words) for said in _US) and not _THEIR_BOX.search(words):
        return About.SERVER
    bare = not detail or detail in ("0.0", "1.0")
    if bare and code in (550, 551, 553) and _NOBODY.search(words) and not _UNWANTED.search(words):
        return About.RECIPIENT
    return About.MAIL


def _too_large(code: int, words: str) -> bool:
    """RFC 1870 section 6.1: 552 at MAIL or after the mail. A full mailbox may be a 552 too (RFC 5321 section 4.2.3)."""
    if _THEIR_BOX.search(words):
        return False
    if code == 552:
        return not _UNWANTED.search(words) or bool(_TOO_LARGE.search(words))
    return code in (523, 550, 554) and bool(_TOO_LARGE.search(words)) and bool(_SIZE.search(words))


def _sender_is_meant(words: str) -> bool:
    return re.search(r"\bsender\b", words, re.IGNORECASE) is not None and _NOBODY.search(words) is None
