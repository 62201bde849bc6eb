"""The mail that `mailbot check` sends to the desk's own addresses: it says what it is, and no desk answers it."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime

from mailbot.core.intake.authresults import MICROSOFT_365
from mailbot.core.intake.screen import LOOP_HEADER, loop_word
from mailbot.core.intake.tokens import Signer
from mailbot.core.letters import mimeparts

_WORDS = (
    "This mail was sent by mailbot check, from the desk to itself, to see whether mail comes in. "
    "It is taken away again as soon as it has come; if you can read it, it came late: delete it.\n"
)


def probe_mail(
    *, own: str, to: str, ident: str, signer: Signer, now: datetime, forged_as: str | None, mark: str
) -> tuple[str, bytes]:
    """Its Message-ID, without brackets, and its bytes. `ident` and `mark` are fresh words of letters and digits.

    Its own loop header makes a running desk lay it aside unanswered. With `forged_as` it bears results in the name of
    that server, with `mark` in them: whoever looks at what came back sees whether they were removed (RFC 8601 section 5).
    """
    domain = own.rpartition("@")[2]
    message_id = f"mailbot-check.{ident}@{domain}"
    top = [
        ("From", f"<{own}>"),
        ("To", f"<{to}>"),
        ("Subject", "mailbot check: does mail come in?"),
        ("Date", format_datetime(now)),
        ("Message-ID", f"<{message_id}>"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        (LOOP_HEADER, loop_word(signer, message_id)),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
    ]
    if forged_as is not None:
        found = f"dmarc=pass header.from={domain}; spf=pass smtp.mailfrom={mark}.{domain}"
        server = "" if forged_as == MICROSOFT_365 else f"{forged_as}; "
        top.insert(0, ("Authentication-Results", server + found))
    return message_id, mimeparts.head(top) + b"\r\n" + _WORDS.replace("\n", "\r\n").encode()
