"""Mail size × security on a real Postfix, many mails on one connection: the submitter beside smtplib, mail by mail.

`python -m tests.bench --only sweep` runs it alone. It looks for a pause: a mail that takes a second longer than the
slowest one of the same size by smtplib on the same server in the same run.
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from mailbot.adapters.smtp.submitter import SmtpSubmitter
from mailbot.adapters.tls import Security
from tests.servers.mailstack import DISCARDED, PASSWORD, MailStack

LOGIN = "support@desk.example"
SIZES = (10_000, 33_000, 120_000, 1_000_000, 10_000_000)
SECURITIES: tuple[Security, ...] = ("none", "starttls", "tls")
MAILS = 20
MOST = 1.0  # seconds
_LINE = b"0123456789abcdef" * 4 + b"0123456789\r\n"


def mail_of(size: int) -> bytes:
    """A mail of about that many bytes, with lines as base64 has them."""
    head = f"From: <{LOGIN}>\r\nTo: <{DISCARDED}>\r\nSubject: {size} bytes\r\n\r\n".encode()
    return head + _LINE * max(1, (size - len(head)) // len(_LINE))


def sweep(
    stack: MailStack,
    *,
    sizes: Sequence[int] = SIZES,
    securities: Sequence[Security] = SECURITIES,
    mails: int = MAILS,
    say: Any = lambda _: None,
) -> list[dict[str, Any]]:
    """One row for each size and security: the slowest mail of each, all of them, and the pause, in seconds."""
    rows = []
    for security in securities:
        for size in sizes:
            say(f"sweep: {mails} mails of {size:,} bytes, {security}")
            raw = mail_of(size)
            theirs = plain(stack, security, raw, mails)
            ours = asyncio.run(submitted(stack, security, raw, mails))
            rows.append(
                {
                    "security": security,
                    "size": size,
                    "mails": mails,
                    "smtplib_s": sum(theirs),
                    "smtplib_slowest_s": max(theirs),
                    "mailbot_s": sum(ours),
                    "mailbot_slowest_s": max(ours),
                    "pause_s": max(0.0, max(ours) - max(theirs)),
                }
            )
    return rows


def plain(stack: MailStack, security: Security, raw: bytes, mails: int) -> list[float]:
    """How long each mail takes with smtplib on one connection."""
    took = []
    with _smtplib(stack, security) as client:
        client.login(LOGIN, PASSWORD)
        for _ in range(mails):
            began = time.perf_counter()
            client.sendmail(LOGIN, [DISCARDED], raw)
            took.append(time.perf_counter() - began)
    return took


async def submitted(stack: MailStack, security: Security, raw: bytes, mails: int) -> list[float]:
    """The same with ours. RuntimeError if one is refused."""
    one = SmtpSubmitter(
        host="localhost",
        port=_port(stack, security),
        security=security,
        username=LOGIN,
        password=lambda: PASSWORD,
        ca_file=stack.ca_file,
        timeout=30.0,
    )
    took = []
    try:
        for _ in range(mails):
            began = time.perf_counter()
            sent = await one.submit(LOGIN, DISCARDED, raw)
            took.append(time.perf_counter() - began)
            if not sent.accepted:
                raise RuntimeError(f"not taken: {sent}")
    finally:
        await one.close()
    return took


@contextmanager
def _smtplib(stack: MailStack, security: Security) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context(cafile=stack.ca_file)
    port = _port(stack, security)
    client = (
        smtplib.SMTP_SSL("localhost", port, timeout=60, context=context)
        if security == "tls"
        else smtplib.SMTP("localhost", port, timeout=60)
    )
    with client:
        if security == "starttls":
            client.starttls(context=context)
        yield client


def _port(stack: MailStack, security: Security) -> int:
    return stack.smtps if security == "tls" else stack.submission


def table(rows: Sequence[dict[str, Any]]) -> str:
    """As a table for people; below it, whether a pause exceeded the limit."""
    lines = ["  mails on one connection       smtplib: all  slowest   mailbot: all  slowest    pause"]
    for row in rows:
        name = f"{row['security']}, {row['mails']} of {row['size'] / 1000:,.0f} KB"
        lines.append(
            f"  {name:28}{row['smtplib_s']:12.2f} s{row['smtplib_slowest_s']:7.2f} s"
            f"{row['mailbot_s']:13.2f} s{row['mailbot_slowest_s']:7.2f} s{row['pause_s']:7.2f} s"
        )
    worst = max(row["pause_s"] for row in rows)
    lines.append(
        f"  longest pause {worst:.2f} s, at most {MOST:.0f} s: {'holds' if worst <= MOST else 'DOES NOT HOLD'}"
    )
    return "\n".join(lines)


def holds(rows: Sequence[dict[str, Any]]) -> bool:
    """Whether no mail stalled."""
    return all(row["pause_s"] <= MOST for row in rows)
