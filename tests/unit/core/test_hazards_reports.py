"""Delivery reports that nobody vouches for: what they say of a customer's address is told, and changes nothing."""

import pytest

from mailbot.core.intake.tokens import Token, TokenKind
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.silence import undeliverable
from tests.simulation.simulated_desk import MONDAY, SIGNER, SimulatedDesk, mail, minutes

BEN = "Ben Okoro <ben@harbour.example>"


@pytest.fixture
def desk():
    one = SimulatedDesk()
    one.receive(
        mail(BEN, "The export fails with error 403.", at=MONDAY, subject="Export", message_id="own.1@harbour.example")
    )
    yield one
    one.close()


def report(
    desk,
    *,
    inside="own.1@harbour.example",
    to="help@lumen.example",
    address="ben@harbour.example",
    action="failed",
    **headers,
):
    part = f"--cut\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{inside}>\nTo: {address}\n\n" if inside else ""
    text = (
        "--cut\n\nI could not deliver it.\n\n--cut\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.evil.example\n\n"
        f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: 5.1.1\n\n{part}--cut--\n"
    )
    desk.clock.at += minutes(1)
    return desk.receive(
        mail("MAILER-DAEMON@mx.evil.example", text, at=MONDAY, to=to, subject="Undelivered Mail Returned to Sender", Return_Path="<>",
             Content_Type='multipart/report; report-type=delivery-status; boundary="cut"', **headers)
    )  # fmt: skip


def untouched(desk, promise):
    known = desk.ticket()
    return (known.mute, known.look, desk.promise(), desk.promise().state) == (
        None,
        None,
        promise,
        PromiseState.OPEN,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "forged",
    [
        {"In_Reply_To": "<own.1@harbour.example>"},
        {"In_Reply_To": "<own.1@harbour.example>", "References": "<own.1@harbour.example>"},
        {"References": "<own.1@harbour.example>", "inside": ""},
        {"In_Reply_To": "<own.1@harbour.example>", "inside": "c1-aaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbb@lumen.example"},
        {"to": "help+b1-aaaaaaaaaaaaaaaaaaaaaaaa@lumen.example", "In_Reply_To": "<own.1@harbour.example>"},
        {"inside": "own.1@harbour.example"},
    ],
)  # fmt: skip
def test_hazard_39_a_report_about_the_customers_own_message_id_marks_no_address_and_takes_back_no_promise(desk, forged):
    promise, since = desk.promise(), len(desk.sent)
    assert promise is not None
    report(desk, **forged)
    assert untouched(desk, promise)
    assert {sent.outgoing.name for sent in desk.sent[since:]} == {"unmatched"}
    assert all(
        sent.outgoing.agent is None and "harbour.example" not in sent.outgoing.to.address for sent in desk.sent[since:]
    )
    # and the customer is written to as before
    desk.pass_time(promise.due)
    assert desk.last("cover").outgoing.to.address == "ben@harbour.example"


def test_hazard_39_a_notice_that_came_back_says_nothing_of_the_customers_address(desk):
    promise = desk.promise()
    of_an_agent = SIGNER.sign(Token(kind=TokenKind.AGENT, ticket=1, agent="mara", epoch=1, answers=0))
    report(desk, inside=f"{of_an_agent}.aaaaaaaaaaaaaaaa@lumen.example")
    assert untouched(desk, promise)
    assert desk.last("undeliverable").outgoing.to.address in {"mara@lumen.example", "joost@lumen.example"}


@pytest.mark.parametrize("by", ["envelope", "inside"])
def test_hazard_39_a_report_about_a_letter_of_ours_marks_the_address(desk, by):
    ack = desk.last("ack", "ben")
    if by == "envelope":
        report(desk, to=ack.envelope_sender, inside="")
    else:
        report(desk, inside=ack.message_id)
    assert desk.ticket().mute == undeliverable("5.1.1")
    assert desk.promise() is None


def test_an_honest_report_in_words_alone_to_our_plain_address_is_shown_and_marks_nothing(desk):
    promise, since = desk.promise(), len(desk.sent)
    words = "Die folgende Nachricht konnte nicht zugestellt werden.\n\nEmpfänger: <ben@harbour.example>\nFehler: 550 5.1.1 Postfach unbekannt\n"
    raw = mail(
        "Mail Delivery System <mailer-daemon@mx.harbour.example>",
        words,
        at=MONDAY,
        subject="Unzustellbar: Re: Export",
        Return_Path="<>",
    )
    desk.receive(raw)
    told = desk.sent[since:]
    assert untouched(desk, promise)
    assert {(sent.outgoing.name, sent.outgoing.to.address) for sent in told} == {
        ("unmatched", "mara@lumen.example"),
        ("unmatched", "joost@lumen.example"),
    }
    assert "konnte nicht zugestellt werden" in told[0].text
    for _ in range(20):  # once a day is enough
        desk.receive(
            mail(
                "mailer-daemon@mx.harbour.example",
                words,
                at=MONDAY,
                subject="Unzustellbar: Re: Export",
                Return_Path="<>",
            )
        )
    assert len(desk.sent[since:]) == 2


def test_what_comes_back_of_mail_that_others_sent_in_our_name_is_told_to_nobody(desk):
    since = len(desk.sent)
    report(desk, inside="spam.1@evil.example", address="stranger@else.example")
    report(desk, inside="", action="delayed")
    assert len(desk.sent) == since
