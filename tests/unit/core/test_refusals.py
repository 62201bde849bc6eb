"""What a refusal is about, by the command, the code and the words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.sending.refusals import About, Stage, about, enhanced_code

US, IT, THEM, SIZE = About.SERVER, About.MAIL, About.RECIPIENT, About.SIZE
CASES = [
    # hazard 40: about us, at whatever command it is said
    (550, "5.4.5 Daily user sending limit exceeded. For more information see our help.", Stage.DOT, US),
    (550, "5.4.5 Daily SMTP relay sending limit exceeded for user.", Stage.RCPT, US),
    (550, "5.1.90 Your message can't be sent because you've reached your daily limit for message recipients", Stage.DOT, US),
    (554, "5.2.252 SendAsDenied; help@desk.example not allowed to send as ops@desk.example", Stage.DOT, US),
    (554, "5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied", Stage.DOT, US),
    (553, "not owned by user", Stage.RCPT, US),
    (553, "5.7.1 <help@desk.example>: Sender address rejected: not owned by user ops", Stage.RCPT, US),
    (550, "5.7.26 Unauthenticated mail from desk.example is not accepted", Stage.DOT, US),
    (550, "5.7.60 SMTP; Client does not have permissions to send as this sender", Stage.DOT, US),
    (550, "5.1.8 Access denied, bad outbound sender", Stage.DOT, US),
    (550, "5.7.708 Access denied, traffic not accepted from this IP", Stage.DOT, US),
    (550, "5.7.620 Access denied, banned sending IP", Stage.DOT, US),
    (550, "5.7.233 tenant exceeded its limit for external recipients", Stage.RCPT, US),
    (554, "Message rejected: Email address is not verified.", Stage.DOT, US),
    (554, "Sending paused for this account.", Stage.DOT, US),
    (550, "Maximum credits exceeded", Stage.DOT, US),
    (550, "User over daily sending quota, limit reached", Stage.DOT, US),
    (550, "5.7.1 Email quota exceeded", Stage.DOT, US),
    (550, "5.4.6 Unusual sending activity detected", Stage.DOT, US),
    (554, "5.7.1 <nora@there.example>: Relay access denied", Stage.RCPT, US),
    (550, "Sender address is not allowed.", Stage.DOT, US),
    (554, "5.7.1 Service unavailable; Client host [192.0.2.1] blocked", Stage.RCPT, US),
    (550, "no", Stage.MAIL, US),
    (550, "5.7.1 no such user", Stage.MAIL, US),
    (535, "5.7.8 bad credentials", Stage.LOGIN, US),
    (554, "no service for you", Stage.CONNECT, US),
    (451, "4.5.4 daily message quota exceeded", Stage.DOT, US),
    # about this mail
    (554, "5.7.1 Message rejected as spam", Stage.DOT, IT),
    (550, "5.7.1 not wanted", Stage.DOT, IT),
    (550, "5.7.0 blocked because of its content", Stage.DOT, IT),
    (552, "5.7.0 This message was blocked because its content presents a potential security issue", Stage.DOT, IT),
    (554, "5.2.0 STOREDRV.Deliver; delivery result banned by policy", Stage.DOT, IT),
    (554, "rejected due to content restrictions", Stage.DOT, IT),
    (550, "High probability of spam", Stage.DOT, IT),
    (550, "5.7.1 the message was rejected by organization policy", Stage.DOT, IT),
    (554, "5.6.0 malformed", Stage.DOT, IT),
    (552, "5.2.2 mailbox full", Stage.DOT, IT),
    (550, "no such user: this is spam", Stage.RCPT, IT),
    (550, "mailbox unavailable", Stage.RCPT, IT),
    (553, "not now", Stage.RCPT, IT),
    (451, "4.7.1 Greylisted, try again later", Stage.RCPT, IT),
    (450, "4.2.1 receiving mail at a rate that is too high", Stage.RCPT, IT),
    (550, "5.6.7 an address with letters that we cannot say", Stage.MAIL, IT),
    # about the recipient
    *[(550, f"5.1.{n} no", Stage.RCPT, THEM) for n in (1, 2, 3, 6, 10)],
    (550, "5.2.1 mailbox disabled", Stage.DOT, THEM),
    (550, "5.1.1 <x@there.example>: Recipient address rejected: User unknown", Stage.RCPT, THEM),
    (550, "5.1.10 RESOLVER.ADR.RecipientNotFound", Stage.DOT, THEM),
    (550, "No such user here", Stage.RCPT, THEM),
    (553, "unknown recipient", Stage.RCPT, THEM),
    (550, "User unknown in virtual mailbox table", Stage.RCPT, THEM),
    (550, "Empfänger unbekannt", Stage.RCPT, THEM),
    (0, "not one mail address", Stage.RCPT, THEM),
    # its size
    (552, "5.3.4 Message too big", Stage.DOT, SIZE),
    (552, "5.3.4 Message size exceeds fixed limit", Stage.MAIL, SIZE),
    (552, "message too large", Stage.MAIL, SIZE),
    (550, "5.2.3 message exceeds this mailbox's limit", Stage.DOT, SIZE),
    (554, "5.7.1 Message size limit exceeded", Stage.DOT, SIZE),
]  # fmt: skip


@pytest.mark.parametrize(("code", "reply", "at", "expected"), CASES, ids=lambda value: str(value)[:40])
def test_what_it_is_about(code, reply, at, expected):
    assert about(code, reply, at) is expected


def test_the_enhanced_code_stands_in_the_reply():
    assert enhanced_code("5.7.1 no") == "5.7.1"
    assert enhanced_code("version 10.5.7.1 of 192.0.2.5") is None


@given(st.integers(0, 599), st.text(), st.sampled_from(list(Stage)))
def test_any_reply_can_be_read(code, reply, at):
    assert about(code, reply, at) in About


@pytest.mark.parametrize(
    "unit", ["sender ", "limit ", "not allowed ", "user ", "exceeded daily ", "5.7.", "account ", "a"]
)
def test_hazard_30_a_long_reply_is_read_in_time(unit):
    began = time.process_time()
    about(550, unit * (32_768 // len(unit)), Stage.DOT)
    assert time.process_time() - began < 0.2
