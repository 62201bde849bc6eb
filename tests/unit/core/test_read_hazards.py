"""Crafted mails cost time in proportion to their size: twice the bytes, at most three times the seconds."""

import time

import pytest

from mailbot.core.intake.automatic.bounce import find_bounce
from mailbot.core.intake.read import read
from mailbot.core.model.mail import Mail, Unreadable

FROM = b"From: robin@customer.example\r\n"
DAEMON = b"From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered Mail\r\n\r\n"
HTML = b"Content-Type: text/html\r\n\r\n"


def nested(count):
    return FROM + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (each, each) for each in range(count)
    )


CASES = {
    "nested parts": lambda n: nested(3_000 * n),
    "parts": lambda n: FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000 * n,
    "long header": lambda n: FROM + b"X-Long: " + b"a" * 300_000 * n + b"\r\n\r\nhi",
    "encoded words": lambda n: FROM + b"Subject: " + b"=?utf-8?q?a?= " * 20_000 * n + b"\r\n\r\nhi",
    "unfinished words": lambda n: FROM + b"Subject: " + b"=?a?q?x" * 10_000 * n + b"\r\n\r\nhi",
    "quotes": lambda n: b"From: " + b'"' * 100_000 * n + b"\r\n\r\nhi",
    "angles": lambda n: FROM + b"To: " + b"<" * 100_000 * n + b"\r\n\r\nhi",
    "comments": lambda n: FROM + b"To: " + b"(" * 50_000 * n + b")" * 50_000 * n + b"\r\n\r\nhi",
    "ids": lambda n: FROM + b"References: " + b"<" * 50_000 * n + b"a" * 50_000 * n + b"\r\n\r\nhi",
    "semicolons": lambda n: FROM + b"Content-Type: text/plain" + b";" * 150_000 * n + b"\r\n\r\nhi",
    "divs": lambda n: FROM + HTML + b"<div>" * 50_000 * n + b"hi" + b"</div>" * 50_000 * n,
    "open tags": lambda n: FROM + HTML + b"<a " * 100_000 * n,
    "comment starts": lambda n: FROM + HTML + b"<div>" * 300 + b"<!-- " * 50_000 * n,
    "flowed": lambda n: FROM + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"> a \r\n" * 50_000 * n,
    "dashes of a bounce": lambda n: DAEMON + b"-" * 100_000 * n,
    "addresses of a bounce": lambda n: DAEMON + b"<a@b.example>:\n" * 10_000 * n,
    "words of a bounce": lambda n: DAEMON + b"recipient " * 10_000 * n,
}


def seconds(raw):
    began = time.process_time()
    mail = read(raw)
    if isinstance(mail, Mail):
        find_bounce(mail, raw)
    assert isinstance(mail, (Mail, Unreadable))
    return time.process_time() - began


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_hazard_11_what_was_made_to_be_slow_costs_time_in_proportion_to_its_size(case):
    make = CASES[case]
    once = min(seconds(make(1)) for _ in range(2))
    twice = min(seconds(make(2)) for _ in range(2))
    assert twice < 5
    # What takes under a twentieth of a second is too short to be compared.
    assert twice < max(3 * once, 0.15)


def test_deep_html_is_read_all_the_same():
    mail = read(FROM + HTML + b"<div>" * 5_000 + b"hello there" + b"</div>" * 5_000)
    assert isinstance(mail, Mail)
    assert mail.text.strip() == "hello there"
