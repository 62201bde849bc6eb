"""Mails made to cost time or memory: the shapes in the list of hazards, each growing with one number."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable

FROM = b"From: robin@customer.example\r\nTo: help@desk.example\r\n"
DAEMON = b"From: MAILER-DAEMON@mx.example\r\nTo: help@desk.example\r\nSubject: Undelivered Mail\r\n\r\n"
HTML = FROM + b"Content-Type: text/html\r\n\r\n"
TEXT = FROM + b"Subject: Re: x\r\n\r\n"


def _nested(count: int) -> bytes:
    parts = (b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (each, each) for each in range(count))
    return FROM + b"".join(parts)


def _bomb(count: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 40_000_000 * count)
    head = FROM + b"Content-Type: application/zip; name=x.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head + base64.encodebytes(packed.getvalue())


#: What hazard 11 lists, and what else reading like ours needs.
HAZARDS: dict[str, Callable[[int], bytes]] = {
    "nested parts": lambda n: _nested(3_000 * n),
    "parts": lambda n: FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000 * n,
    "long header": lambda n: FROM + b"X-Long: " + b"a" * 300_000 * n + b"\r\n\r\nhi",
    "encoded words": lambda n: FROM + b"Subject: " + b"=?utf-8?q?a?= " * 20_000 * n + b"\r\n\r\nhi",
    "quotes": lambda n: b"From: " + b'"' * 100_000 * n + b"\r\n\r\nhi",
    "zip bomb": _bomb,
    "divs": lambda n: HTML + b"<div>" * 50_000 * n + b"hi" + b"</div>" * 50_000 * n,
    "many headers": lambda n: FROM + b"X-A: b\r\n" * 50_000 * n + b"\r\nhi",
    "folded header": lambda n: FROM + b"Subject: a\r\n" + b" a\r\n" * 60_000 * n + b"\r\nhi",
    "addresses": lambda n: FROM + b"Cc: " + b"a@b.example, " * 30_000 * n + b"\r\n\r\nhi",
    "comments": lambda n: FROM + b"To: " + b"(" * 50_000 * n + b")" * 50_000 * n + b"\r\n\r\nhi",
    "ids": lambda n: FROM + b"References: " + b"<a@b.example> " * 30_000 * n + b"\r\n\r\nhi",
    "parameters": lambda n: FROM + b"Content-Type: text/plain" + b"; a*0=b" * 40_000 * n + b"\r\n\r\nhi",
    "tables": lambda n: HTML + b"<table><tr><td>a" * 20_000 * n,
    "comment starts": lambda n: HTML + b"<!-- " * 60_000 * n,
    "quoted marks": lambda n: TEXT + b"> " * 150_000 * n,
    "deep quotes": lambda n: TEXT + b"".join(b">" * (each % 60) + b" a\r\n" for each in range(10_000 * n)),
    "on on on": lambda n: TEXT + b"On " * 100_000 * n,
    "on lines": lambda n: TEXT + b"On Tue, Mar 3, 2026 at 2:14 PM Ana <\r\n" * 6_000 * n,
    "header lines": lambda n: TEXT + b"From: a\r\nTo: b\r\n\r\n" * 10_000 * n,
    "dashes": lambda n: TEXT + b"-- \r\n" * 50_000 * n,
    "one long line": lambda n: TEXT + b"thanks " * 50_000 * n,
    "thanks lines": lambda n: TEXT + b"Thanks,\r\nAna\r\n" * 15_000 * n,
    "colons": lambda n: TEXT + b"a: " * 100_000 * n,
    "addresses of a bounce": lambda n: DAEMON + b"<a@b.example>:\r\n" * 10_000 * n,
    "codes of a bounce": lambda n: DAEMON + b"550 5.1.1 <a@b.example> user unknown\r\n" * 6_000 * n,
    "absence": lambda n: FROM + b"Subject: Away\r\n\r\n" + b"I am out of the office until " * 10_000 * n,
    "base64 of nothing": lambda n: FROM + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=\r\n" * 80_000 * n,
    "soft breaks": lambda n: FROM + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=\r\n" * 80_000 * n,
    "flowed": lambda n: FROM + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"> a \r\n" * 50_000 * n,
    "long quote marks": lambda n: TEXT + (b">" * 5_000 + b"\r\n") * 30 * n,
    "a million from lines": lambda n: TEXT + b"From: \r\n" * 500_000 * n,
    "blockquotes": lambda n: HTML + b"<blockquote type=cite>" * 100_000 * n + b"hi",
    "flat blockquotes": lambda n: HTML + b"<blockquote type=cite>a</blockquote>b" * 12_000 * n,
    "quote boxes": lambda n: HTML + b"<div class=gmail_quote>" * 20_000 * n + b"hi",
    "deep mixed html": lambda n: HTML + b"<table><tr><td><div><p><span>" * 8_000 * n + b"hi",
    "dividers": lambda n: TEXT + b"-----Original Message-----\r\n" * 20_000 * n,
    "glued headers": lambda n: (
        TEXT + (b"----- Forwarded Message ----- " + b"From: To: Sent: " * 60 + b"\r\n") * 150 * n
    ),
    "glued answers": lambda n: (
        TEXT + b"a On b On c On d On Tue, Mar 3, 2026 at 2:14 PM <a@b.example> wrote:\r\n" * 4_000 * n
    ),
    "forward in forward": lambda n: (
        FROM + b"Subject: Fwd: x\r\n\r\n" + b"> Begin forwarded message:\r\n> From: a@b.example\r\n" * 8_000 * n
    ),
    "boundary lines": lambda n: FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b \r\n" * 100_000 * n,
    "boundaries in text": lambda n: (
        FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + b"x--b" * 100_000 * n
    ),
    "nested same boundary": lambda n: FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * 20_000 * n,
    "results": lambda n: FROM + b"Authentication-Results: mx; " + b"dkim=pass (a; " * 20_000 * n + b"\r\n\r\nhi",
}
