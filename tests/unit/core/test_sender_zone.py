"""The customer's time zone, as far as their Date header tells it."""

import pytest

from mailbot.core.intake.read import read

HEAD = b"From: maja@home.example\r\nTo: help@desk.example\r\nSubject: x\r\n"


def offset(written):
    return read(HEAD + b"Date: Mon, 2 Mar 2026 09:30:00" + written.encode() + b"\r\n\r\nhi").utc_offset


@pytest.mark.parametrize(
    ("written", "minutes"),
    [(" +0100", 60), (" +0545", 345), (" -0330", -210), (" +1400", 840), (" -1200", -720), (" EST", -300), (" +0200 (EET)", 120)],
)  # fmt: skip
def test_told(written, minutes):
    assert offset(written) == minutes


@pytest.mark.parametrize(
    "written", [" +0000", " GMT", " -0000", " +2300", " -1530", " +9999", " +1500", " -0000 (local)"]
)
def test_not_told(written):
    assert offset(written) is None


def test_no_date():
    assert read(HEAD + b"\r\nhi").utc_offset is None
    assert read(HEAD + b"Date: yesterday\r\n\r\nhi").utc_offset is None
