"""Breaks mails: small random changes to seeds, so that readers meet what no sender writes."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

LONGEST = 150_000  # bytes of a broken mail
WORDS = (
    b"\r\n", b"\n", b"\r", b"\0", b"\r\n\r\n", b"--", b"-- ", b"> ", b">", b"=?utf-8?q?", b"=?x?b?", b"?=", b"<", b">", b'"', b"(", b"@",
    b";", b":", b",", b"\\", b"=", b"=20", b"\xff", b"\xfe\xff", b"\xe2\x82", b"\x1b$B", b"\xf0\x9f\x91\x8d", b"boundary=", b"charset=utf-16",
    b"charset=utf-7", b"charset=punycode", b"charset=unknown", b"Content-Type: multipart/mixed; boundary=b\r\n", b"--b\r\n", b"--b--\r\n",
    b"Content-Type: message/rfc822\r\n\r\n", b"Content-Type: text/html\r\n\r\n", b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Transfer-Encoding: quoted-printable\r\n", b"Content-Transfer-Encoding: uuencode\r\n", b"format=flowed", b"Subject: ", b"From: ",
    b"From: a@b.example, c@d.example\r\n", b"Message-ID: <", b"References: ", b"Date: ", b"Mon, 99 Foo 99999 99:99:99 +9999",
    b"On Tue, Mar 3, 2026 at 2:14 PM Ana <help@desk.example> wrote:\r\n", b"-----Original Message-----\r\n", b"Von: ", b"An: ", b"Thanks,\r\n",
    b"<div>", b"</div>", b"<blockquote type=cite>", b"<!--", b"<table><tr><td>", b"&#0;", b"&#x110000;", b"<style>", b"##^^##",
    b"550 5.1.1 <", b"Final-Recipient: rfc822; ", b"Action: failed\r\n", b"Status: 5.1.1\r\n", b"BEGIN:VCALENDAR", b"Auto-Submitted: auto-replied\r\n",
)  # fmt: skip


def broken(seeds: Sequence[bytes], chance: random.Random) -> bytes:
    """One seed after one to six changes."""
    data = bytearray(chance.choice(seeds)[:LONGEST])
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        chance.choice(_CHANGES)(data, seeds, chance)
        del data[LONGEST:]
    return bytes(data)


def _at(data: bytearray, chance: random.Random) -> int:
    return chance.randrange(len(data) + 1)


def _flip(data: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    for _ in range(chance.randrange(1, 9)):
        if data:
            data[chance.randrange(len(data))] = chance.randrange(256)


def _insert(data: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    at = _at(data, chance)
    data[at:at] = chance.choice(WORDS)


def _repeat(data: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    at = _at(data, chance)
    what = chance.choice(WORDS) if chance.random() < 0.5 else bytes(data[at : at + chance.randrange(1, 60)])
    data[at:at] = what * chance.choice((2, 10, 300, 5_000))


def _cut(data: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    at = _at(data, chance)
    del data[at : at + chance.choice((1, 5, 50, 5_000))]


def _swap(data: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    lines = bytes(data).split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    data[:] = b"\n".join(lines)


def _double_a_line(data: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    lines = bytes(data).split(b"\n")
    at = chance.randrange(len(lines))
    lines[at:at] = [lines[at]] * chance.choice((1, 3, 200))
    data[:] = b"\n".join(lines)


def _splice(data: bytearray, seeds: Sequence[bytes], chance: random.Random) -> None:
    other = chance.choice(seeds)[:LONGEST]
    start = chance.randrange(len(other) + 1)
    at = _at(data, chance)
    data[at:at] = other[start : start + chance.choice((20, 200, 2_000))]


def _nest(data: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    name = b"n%d" % chance.randrange(9)
    data[:] = (
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=%s\r\n\r\n--%s\r\n" % (name, name)
        + chance.choice((b"", b"Content-Type: message/rfc822\r\n\r\n"))
        + bytes(data)
    )


_CHANGES: tuple[Callable[[bytearray, Sequence[bytes], random.Random], None], ...] = (
    _flip, _insert, _insert, _repeat, _cut, _swap, _double_a_line, _splice, _nest,
)  # fmt: skip
