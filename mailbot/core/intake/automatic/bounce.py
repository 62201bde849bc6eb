"""Tells whether a mail is a delivery report, about whom, and about which letter of ours."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from json import JSONDecoder

from mailbot.core.intake.automatic import bounce_text
from mailbot.core.intake.automatic.delivery_status import STATUS, StatusReport, read_status, status_report
from mailbot.core.intake.automatic.own_report import own_reports
from mailbot.core.intake.mime.headers import own_id
from mailbot.core.intake.mime.parts import ReadLimits, TooMuch, header_end, part_octets, take_apart, walk
from mailbot.core.model.addresses import address_key
from mailbot.core.model.mail import Bounce, FailedRecipient, Mail, ReportPart

_FOR_DETECTORS = 32_768  # bytes given to third-party detectors, in all and of each line: their patterns are not linear
_LINE_FOR_DETECTORS = 250
_LINES_FOR_DETECTORS = 600
_MESSAGE_ID = re.compile(r"^[ \t>|]*Message-?ID:\s*<?([^<>\s]+@?[^<>\s]*)>?", re.IGNORECASE | re.MULTILINE)
_HEAD = 2_500  # characters of the text within which a mail system says what it has to say
_TEXT = 200_000  # characters that are searched for a returned header
_MAIL = re.compile(r"messages?\b|e-?mails?\b|\bmails?\b|recipients?\b|mailbox", re.IGNORECASE)
_OTHER_REPORTS = ("disposition-notification", "feedback-report")
_RETURNED = ("text/rfc822-headers", "text/rfc822-header", "message/rfc822", "message/global", "message/global-headers")


def find_bounce(mail: Mail, raw: bytes) -> Bounce | None:
    """What a delivery report says, or None for any other mail. `raw` are the bytes that `mail` was read from.

    RFC 3464 first; then, only for mails that a mail system sent, the detectors of flufl.bounce, the header
    X-Failed-Recipients and the words of the text. A report that names nobody is a bounce without recipients.
    """
    parts = own_reports(mail)
    report = status_report(parts)
    if report is not None and report.blocks:
        if not report.failed and not report.delayed:
            # RFC 3464 section 2.3.3: delivered, relayed, expanded: no failure.
            return None if report.settled else _bounce(mail, raw, (), delayed=False)
        return _from_report(mail, raw, report)
    if mail.header("x-amz-sns-message-id"):
        return _from_notification(mail)
    if not looks_like_bounce(mail, parts):
        return None
    if "final-recipient:" in mail.text.lower():  # a report that a gateway turned into one text
        flat = read_status([mail.text[:_TEXT]])
        if flat.failed or flat.delayed:
            return _from_report(mail, raw, flat)
    words = bounce_text.report_words(mail)
    late = bounce_text.only_late(words)
    recipients = (
        _from_header(mail, words) or _from_detectors(mail, raw, words) or bounce_text.recipients_in(words, mail)
    )
    if late:
        recipients = tuple(replace(each, permanent=False) for each in recipients)
    return _bounce(mail, raw, recipients, delayed=late)


def looks_like_bounce(mail: Mail, parts: tuple[ReportPart, ...]) -> bool:
    """Whether a mail without a machine-readable report is one all the same, by its sender and its words.

    `parts` are its own report parts.
    """
    if any(part.type.endswith("delivery-status") for part in parts):
        return True
    if bounce_text.daemon_sender(mail):
        if mail.header("x-failed-recipients"):
            return True
        # Postmasters and system administrators are people as well, and write about mail that did not arrive.
        person = bounce_text.may_be_a_person(mail) and mail.header("auto-submitted") is None
        surely = not person or bounce_text.opens_like_a_machine(mail)
        points = _points_at_somebody(mail)
        if bounce_text.subject_says_so(mail) and (surely or points or bounce_text.formal_subject(mail)):
            return True
        if bounce_text.subject_says_so(mail, behind_a_name=True) and bounce_text.text_says_so(mail):
            return True
        # A mail system that mentions a code or somebody's address reports a failure, in whatever language.
        other = any(part.type.endswith(_OTHER_REPORTS) for part in parts)
        if points and not other and not bounce_text.may_be_a_person(mail):
            return True
        return surely and bounce_text.text_says_so(mail)
    # Out-of-office notes have a null return path too, and so do web forms with a customer's own words; and a person
    # may write under the same subject: "mail could not be delivered".
    return bounce_text.subject_says_so(mail) and (
        bounce_text.null_return_path(mail)
        or (bounce_text.opens_like_a_machine(mail) and not mail.references and _is_of_mail(mail))
    )


def _is_of_mail(mail: Mail) -> bool:
    """Whether it is about mail that did not arrive: parcels and pallets are not delivered in the same words."""
    return bool(_MAIL.search(mail.text[:_HEAD])) or _points_at_somebody(mail)


def _points_at_somebody(mail: Mail) -> bool:
    """Whether the first lines name a failure by its code, or an address that the mail is neither from nor to."""
    head = mail.text[:_HEAD]
    return (
        bounce_text.has_code(head) or bool(bounce_text.recipients_in(head, mail)) or "final-recipient:" in head.lower()
    )


def _from_report(mail: Mail, raw: bytes, report: StatusReport) -> Bounce:
    return _bounce(mail, raw, (*report.failed, *report.delayed), delayed=not report.failed)


def _from_notification(mail: Mail) -> Bounce | None:
    """What Amazon SES reports through SNS, as JSON; None if it reports something else."""
    try:
        told, _ = JSONDecoder(strict=False).raw_decode(mail.text[:_TEXT].lstrip())
        if isinstance(told.get("Message"), str):  # inside SNS's own envelope
            told, _ = JSONDecoder(strict=False).raw_decode(told["Message"].lstrip())
        if told.get("notificationType", told.get("eventType")) != "Bounce":
            return None
        lasting = told["bounce"].get("bounceType") != "Transient"
        recipients = tuple(
            FailedRecipient(
                address=str(each["emailAddress"]), status=_status_or_none(each.get("status")), permanent=lasting
            )
            for each in told["bounce"]["bouncedRecipients"][:500]
        )
        letter = told.get("mail", {})
        original = letter.get("commonHeaders", {}).get("messageId") or letter.get("messageId")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return Bounce(recipients=recipients, original_message_id=own_id(str(original)) if original else None)


def _status_or_none(value: object) -> str | None:
    return value if isinstance(value, str) and STATUS.fullmatch(value) else None


def _bounce(mail: Mail, raw: bytes, recipients: tuple[FailedRecipient, ...], *, delayed: bool) -> Bounce:
    once: dict[str, FailedRecipient] = {}
    for each in recipients:
        known = once.setdefault(address_key(each.address), each)
        if each.permanent and not known.permanent:
            once[address_key(each.address)] = each
    return Bounce(recipients=tuple(once.values()), original_message_id=_original_id(mail, raw), delayed=delayed)


def _from_header(mail: Mail, words: str) -> tuple[FailedRecipient, ...]:
    """The header that Exim and Gmail write."""
    status, late = bounce_text.status_in(words), bounce_text.only_late(words)
    named = (each.strip() for value in mail.header_all("x-failed-recipients") for each in value.split(","))
    return tuple(FailedRecipient(address=each, status=status, permanent=not late) for each in named if "@" in each)


def _from_detectors(mail: Mail, raw: bytes, words: str) -> tuple[FailedRecipient, ...]:
    from flufl.bounce import all_failures

    try:
        temporary, permanent = all_failures(_for_detectors(mail, raw))
    except Exception:  # noqa: BLE001  # its detectors were not written for crafted mail; our own patterns follow
        return ()
    status = bounce_text.status_in(words)
    own = {box.key for box in (*mail.from_, *mail.to)}
    return tuple(
        FailedRecipient(address=address, status=status, permanent=lasting)
        for found, lasting in ((permanent, True), (temporary, False))
        for address in sorted(each.decode("ascii", "replace") for each in found)
        if "@" in address and address.isprintable() and address_key(address) not in own
    )


def _for_detectors(mail: Mail, raw: bytes) -> Message:
    """The beginning of the mail with an ASCII header and one valid From: without these, some detectors raise."""
    lines = raw[:_FOR_DETECTORS].splitlines()[:_LINES_FOR_DETECTORS]
    cut = b"\n".join(line[:_LINE_FOR_DETECTORS] for line in lines)
    end = header_end(cut)
    message = message_from_bytes(cut[:end].decode("ascii", "replace").replace("\ufffd", "?").encode() + cut[end:])
    sender = mail.from_[0].address if mail.from_ else ""
    del message["From"]
    message["From"] = sender if "@" in sender and sender.isascii() and sender.isprintable() else "MAILER-DAEMON@invalid"
    return message


def _original_id(mail: Mail, raw: bytes) -> str | None:
    """The Message-ID of the mail that failed: from what was returned of it, else from what the report answers."""
    places = [part.text for part in mail.report_parts if part.type in _RETURNED]
    if not places and any(each.type in _RETURNED for each in mail.attachments):
        places.append(_enclosed(raw))
    for place in (*places, mail.text[:_TEXT]):
        if found := _MESSAGE_ID.search(place):
            return own_id(found.group(1))
    answered = (*mail.in_reply_to, *reversed(mail.references))
    return answered[0] if answered else None


def _enclosed(raw: bytes) -> str:
    try:
        for _, part in walk(take_apart(raw, ReadLimits())):
            if part.media_type in _RETURNED:
                return part_octets(part)[:100_000].decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    except (TooMuch, RecursionError, ValueError):
        pass
    return ""
