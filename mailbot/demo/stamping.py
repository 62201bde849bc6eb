"""What a receiving mail server adds to a mail, removes from it, or sends back: trace headers and bounces."""

from __future__ import annotations

import re
from datetime import datetime
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import format_datetime, getaddresses

_AUTH_RESULTS = re.compile(rb"^authentication-results[ \t]*:", re.IGNORECASE)
_RETURN_PATH = re.compile(rb"^return-path[ \t]*:", re.IGNORECASE)


def stamp(
    raw: bytes,
    *,
    sender: str,
    recipient: str,
    helo: str,
    login: str | None,
    authserv_id: str,
    hosted: bool,
    now: datetime,
) -> bytes:
    """The mail as it is delivered: Return-Path, Authentication-Results and Received on top, forged ones removed.

    `sender` is the envelope sender ("" for a bounce), `login` the address that submitted it, or None; `hosted` says
    whether the From domain is one of this server's, so that a mail without login can only be forged.
    """
    author = from_address(raw)
    lines = [
        f"Return-Path: <{sender}>",
        f"Authentication-Results: {authserv_id}; {verdict(author, login=login, sender=sender, hosted=hosted)}",
        f"Received: from {helo or 'unknown'} ([127.0.0.1])",
        f"\tby {authserv_id} with {'ESMTPA' if login else 'ESMTP'}",
        f"\tfor <{recipient}>; {format_datetime(now)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n" + without_forged(raw, authserv_id)


def verdict(author: str, *, login: str | None, sender: str, hosted: bool) -> str:
    """The result part of an Authentication-Results header (RFC 8601 section 2.2) in one line."""
    domain = author.rpartition("@")[2]
    if login is not None and login.casefold() == author.casefold():
        return (
            f"auth=pass smtp.auth={login}; spf=pass smtp.mailfrom={sender or domain}; "
            f"dkim=pass header.d={domain}; dmarc=pass header.from={domain}"
        )
    if hosted:
        return f"spf=fail smtp.mailfrom={sender or 'invalid'}; dkim=none; dmarc=fail header.from={domain}"
    return f"spf=none smtp.mailfrom={sender or 'invalid'}; dkim=none; dmarc=none header.from={domain or 'invalid'}"


def from_address(raw: bytes) -> str:
    """The address of the first From header; empty if there is none."""
    header = BytesHeaderParser(policy=compat32).parsebytes(raw).get("From", "")
    addresses = getaddresses([str(header)])
    return addresses[0][1] if addresses else ""


def without_forged(raw: bytes, authserv_id: str) -> bytes:
    """The mail without Return-Path, and without Authentication-Results in this server's name (RFC 8601 section 5)."""
    head, blank, body = _split(raw)
    kept: list[bytes] = []
    for field in _fields(head):
        own = _AUTH_RESULTS.match(field) and _claims(field, authserv_id)
        if not own and not _RETURN_PATH.match(field):
            kept.append(field)
    return b"".join(kept) + blank + body


def _split(raw: bytes) -> tuple[bytes, bytes, bytes]:
    found = re.search(rb"(?m)^\r?\n", raw)
    if found is None:
        return raw, b"", b""
    return raw[: found.start()], found.group(), raw[found.end() :]


def _fields(head: bytes) -> list[bytes]:
    """The header fields, each with its folded lines."""
    return re.findall(rb"[^\n]*\n(?:[ \t][^\n]*\n)*|[^\n]+\Z", head)


def _claims(field: bytes, authserv_id: str) -> bool:
    value = field.partition(b":")[2].replace(b"\r", b"").replace(b"\n", b"")
    # A comment may come before the name (RFC 8601 section 2.2).
    value = re.sub(rb"\([^()]*\)", b" ", value).strip()
    name = re.match(rb"[^\s;]*", value)
    return name is not None and name.group().decode("latin-1").strip('"').casefold() == authserv_id.casefold()


def bounce(
    raw: bytes, *, sender: str, recipient: str, reply: str, authserv_id: str, message_id: str, now: datetime
) -> bytes:
    """A delivery report (RFC 3464) to `sender`: `recipient` was refused for good with the server's words `reply`."""
    original = BytesHeaderParser(policy=compat32).parsebytes(raw)
    found = re.match(r"(\d{3})[ -](\d\.\d{1,3}\.\d{1,3})?", reply)
    status = (found.group(2) if found else None) or "5.0.0"

    told = Message()
    told["Content-Type"] = "text/plain; charset=utf-8"
    told.set_payload(
        f"This is the mail system at host {authserv_id}.\n\nYour message could not be delivered to one or more"
        f" recipients.\n\n<{recipient}>: {reply}\n"
    )
    server, one = Message(), Message()
    server["Reporting-MTA"] = f"dns; {authserv_id}"
    server["Arrival-Date"] = format_datetime(now)
    one["Final-Recipient"] = f"rfc822; {recipient}"
    one["Action"] = "failed"
    one["Status"] = status
    one["Diagnostic-Code"] = f"smtp; {reply}"
    report = Message()
    report["Content-Type"] = "message/delivery-status"
    report.set_payload([server, one])
    headers = Message()
    headers["Content-Type"] = "text/rfc822-headers"
    headers.set_payload("".join(f"{name}: {value}\n" for name, value in original.items()))

    whole = Message()
    whole["From"] = f"Mail Delivery System <mailer-daemon@{authserv_id}>"
    whole["To"] = sender
    whole["Subject"] = "Undelivered Mail Returned to Sender"
    whole["Date"] = format_datetime(now)
    whole["Message-ID"] = f"<{message_id}>"
    whole["Auto-Submitted"] = "auto-replied"
    whole["MIME-Version"] = "1.0"
    whole["Content-Type"] = 'multipart/report; report-type="delivery-status"'
    whole.set_payload([told, report, headers])
    return whole.as_bytes(policy=compat32.clone(linesep="\r\n"))
