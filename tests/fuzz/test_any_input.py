"""Whatever the words are: readers answer, and keep their word."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailbot.adapters.language import detect_language
from mailbot.core.intake.automatic.auto_text import asks_for_proof, automatic_subject, read_receipt, said
from mailbot.core.intake.newtext import sign_off
from mailbot.core.intake.thanks import only_thanks
from mailbot.core.intake.thanks_words import GRATITUDE
from tests.fuzz.readers import read_all, setting
from tests.thorough import examples

PHRASES = [phrase for table in GRATITUDE.values() for phrase in (*table.thanks.split("|"), *table.solved.split("|"))]
GLUE = [
    "\n",
    "\n\n",
    ", ",
    "! ",
    ". ",
    " ",
    "? ",
    " but ",
    " aber ",
    " 42 ",
    "👍",
    " Ana",
    "\nLG Ana",
    "-- \n",
    "> ",
    "\u200f",
    "\0",
    "İ",
]
WORDS = st.lists(st.one_of(st.sampled_from(PHRASES), st.sampled_from(GLUE), st.text(max_size=12)), max_size=12).map(
    "".join
)
NAMES = st.sampled_from(
    ["From", "To", "Subject", "Date", "Message-ID", "References", "Content-Type", "Received", "Return-Path"]
)
VALUES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([
        b"multipart/mixed; boundary=b", b"multipart/report; report-type=delivery-status; boundary=b", b"text/html; charset=x",
        b"message/rfc822", b"text/plain; format=flowed", b"<a@b.example>", b"a@b.example", b"=?utf-8?q?=FF?=", b"<>", b"Mon, 99",
    ]),
)  # fmt: skip
BODIES = st.lists(
    st.one_of(st.binary(max_size=40), st.sampled_from([b"--b\r\n", b"--b--\r\n", b"\r\n", b"Content-Type: message/delivery-status\r\n\r\n", b"> x\r\n"])),
    max_size=10,
).map(b"".join)  # fmt: skip


@st.composite
def mails(draw):
    names = draw(st.lists(NAMES, max_size=8))
    head = b"".join(name.encode() + b": " + draw(VALUES).replace(b"\n", b"") + b"\r\n" for name in names)
    return head + b"\r\n" + draw(BODIES)


@settings(max_examples=examples(150), deadline=None)
@given(mails())
def test_any_mail(raw):
    read_all(raw, setting())


@settings(max_examples=examples(150), deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(raw):
    read_all(raw, setting())


@settings(max_examples=examples(300), deadline=None)
@given(WORDS)
def test_thanks_with_a_question_is_never_only_thanks(text):
    if only_thanks(text):
        assert "?" not in text
        assert not any(char.isdigit() for char in text)
        assert not only_thanks(f"{text}\n\nThe invoice is still wrong.")
        assert not only_thanks(f"{text} ?")


LINES = st.sampled_from(
    ["thanks", "Grüße", "Thanks,", "-- ", "--", "____________", "Ana", "Case Ltd", "Purchasing", "Tel. 030 1234", "> so",
     "On Mon, 2 Mar 2026, Ana wrote:", "From: Ana <ana@x.example>", "Sent from my iPhone", "- one", "/note hi", "?"]
)  # fmt: skip
UNSEEN = st.sampled_from(["\u200f", "\u200b", "\ufeff", "\u2060", "\u200e\u200e", "\u00ad", " \u200d "])


@settings(max_examples=examples(400), deadline=None)
@given(st.lists(st.one_of(LINES, UNSEEN), min_size=1, max_size=7).map("\n".join))
def test_a_line_of_nothing_visible_is_a_blank_one(text):
    assert only_thanks(text) in (True, False)
    read_all(f"From: a@x.example\nContent-Type: text/plain; charset=utf-8\n\n{text}\n".encode(), setting())


@settings(max_examples=examples(300), deadline=None)
@given(WORDS)
@example("thanks\n\u200f")
def test_a_name_is_a_part_of_the_text(text):
    name = sign_off(text)
    assert name is None or name in text


@settings(max_examples=examples(200), deadline=None)
@given(st.text(max_size=80), WORDS)
def test_machines_words(subject, text):
    found = said(subject, text)
    assert found is None or found.why
    assert {automatic_subject(subject), asks_for_proof(text), read_receipt(subject, text)} <= {True, False}


@settings(max_examples=examples(200), deadline=None)
@given(st.one_of(WORDS, st.text(max_size=200)))
def test_language(text):
    found = detect_language(text)
    assert found is None or (found[0].islower() and 0 <= found[1] <= 1.01)
