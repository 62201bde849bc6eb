"""Tells a mail that is a report from one to which a person attached a report, or which passes one on."""

from __future__ import annotations

import re

from mailbot.core.intake.automatic import bounce_text
from mailbot.core.model.mail import Mail, ReportPart

_PASSED_ON = re.compile(
    r"\W{0,2}(?:re|aw|sv|vs|antw|odp|ynt|fwd?|wg|tr|rv|enc|i|inoltra|doorst|vb|vl|pd|ilt|转发|轉寄|回复|回覆|答复|전달|회신)\s?(?:\[\d+\])?\s?[:\uff1a]",
    re.IGNORECASE,
)


def own_reports(mail: Mail) -> tuple[ReportPart, ...]:
    """The report parts that make the mail itself a report; none if a person shows a report that they got.

    Clients that forward a report put its parts among the attachments (RFC 6522 section 3 has them in multipart/report).
    """
    if not mail.report_parts or _speaks_for_itself(mail):
        return mail.report_parts
    if _PASSED_ON.match(mail.subject[:100].strip()):
        return ()
    mine = tuple(part for part in mail.report_parts if part.in_report)
    if mine or not mail.text.strip():
        return mail.report_parts
    told = bounce_text.opens_like_a_machine(mail) or bounce_text.subject_says_so(mail)
    return mail.report_parts if told else ()


def _speaks_for_itself(mail: Mail) -> bool:
    """Whether the header of the mail says that a machine wrote it, or that it is a report as a whole."""
    automatic = (mail.header("auto-submitted") or "no").strip().lower() != "no"
    whole = (mail.header("content-type") or "").lstrip().lower().startswith(("multipart/report", "message/"))
    sent = bounce_text.daemon_sender(mail) and not bounce_text.may_be_a_person(mail)
    return whole or automatic or sent or bounce_text.null_return_path(mail)
