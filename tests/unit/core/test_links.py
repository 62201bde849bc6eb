"""Addresses come out of the wrappers of mail gateways; all others stay as they are."""

from __future__ import annotations

import base64
import time

import pytest

from mailbot.core.intake.mime.links import unwrapped, unwrapped_text, without_spelled

_PLAIN = "https://guide.pine.example/reset?v=3&x=ö"


def _third(address: str) -> str:
    replaced = "".join(char for char in address if not char.isascii())
    packed = base64.urlsafe_b64encode(replaced.encode()).decode().rstrip("=")
    marked = "".join(char if char.isascii() else "*" for char in address)
    return f"https://urldefense.com/v3/__{marked}__;{packed}!!AbC!xyz$"


@pytest.mark.parametrize(
    ("wrapped", "address"),
    [
        (
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fguide.pine.example%2Freset%3Fv%3D3&data=05",
            "https://guide.pine.example/reset?v=3",
        ),
        (
            "https://eur01.safelinks.protection.outlook.com/ap/w-59584e83/?url=https%3A%2F%2Fpine.example%2Fa&amp;data=0",
            "https://pine.example/a",
        ),
        (
            "https://urldefense.proofpoint.com/v2/url?u=https-3A__pine.example_a-5Fb-3Fx-3D1&d=DwMF&c=abc",
            "https://pine.example/a_b?x=1",
        ),
        ("https://urldefense.proofpoint.com/v1/url?u=https%3A%2F%2Fpine.example%2Fa&k=abc", "https://pine.example/a"),
        ("https://urldefense.com/v3/__https://pine.example/a?v=3__;!!AbC!xyz$", "https://pine.example/a?v=3"),
        ("https://urldefense.us/v3/__https://pine.example/a__;!!AbC!xyz$", "https://pine.example/a"),
        ("https://urldefense.com/v3/__https:/pine.example/r*a**A__;w6TDtsO8!!AbC!xyz$", "https://pine.example/räaöü"),
        (_third(_PLAIN), _PLAIN),
        ("https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fpine.example%2fx&c=E,1,abc", "https://pine.example/x"),
        ("https://secure-web.cisco.com/1abc-d/https%3A%2F%2Fpine.example%2Fx%3Fa%3D1", "https://pine.example/x?a=1"),
        ("https://url.avanan.click/v2/___https://pine.example/x___.YXAzOm", "https://pine.example/x"),
        ("https://www.google.com/url?q=https%3A%2F%2Fpine.example%2Fx&sa=D", "https://pine.example/x"),
    ],
)
def test_a_wrapped_address_comes_out(wrapped, address):
    assert unwrapped(wrapped) == address
    assert unwrapped_text(f"See {wrapped} and write.") == f"See {address} and write."


def test_a_wrapper_within_a_wrapper_comes_out_too():
    inner = "https://urldefense.com/v3/__https://pine.example/a__;!!AbC!xyz$".replace(":", "%3A").replace("/", "%2F")
    assert unwrapped(f"https://x.safelinks.protection.outlook.com/?url={inner}&data=1") == "https://pine.example/a"


@pytest.mark.parametrize(
    "address",
    [
        "https://pine.example/?url=https%3A%2F%2Felm.example",
        "https://eur01.safelinks.protection.outlook.com/?url=javascript%3Aalert(1)",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fpine.example%2F%0D%0Ax",
        "https://urldefense.com/v3/__https://pine.example/r*__;%%%!!AbC",
        "https://safelinks.protection.outlook.com.evil.example/?url=https%3A%2F%2Fpine.example",
        "http://[broken/?url=https%3A%2F%2Fpine.example",
        "mailto:ada@pine.example",
        "",
    ],
)
def test_all_else_stays_as_it_came(address):
    assert unwrapped(address) == address


@pytest.mark.parametrize("unit", ["https://urldefense.com/v3/__", "__;", "https://", "*", "%3A", "&url=", "https%3a"])
def test_unwrapping_takes_linear_time(unit):
    start = time.process_time()
    for text in (unit * 20_000, "https://urldefense.com/v3/__" + unit * 20_000):
        unwrapped(text)
        unwrapped_text(text)
    assert time.process_time() - start < 2


def test_an_address_behind_the_words_of_a_link_can_be_left_out():
    assert without_spelled("See the guide <https://pine.example/a>, page 4.") == "See the guide, page 4."
    assert without_spelled("<https://pine.example/a> a < b") == "<https://pine.example/a> a < b"
