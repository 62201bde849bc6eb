"""Delivery reports: which address, for good or not yet, about which letter; and no person's mail among them."""

import json

import pytest

from mailbot.core.intake.automatic.bounce import find_bounce
from mailbot.core.intake.read import read
from mailbot.core.model.mail import Bounce


def bounce_of(raw):
    raw = raw if isinstance(raw, bytes) else raw.encode()
    return find_bounce(read(raw), raw)


def report(*blocks, original="Message-ID: <letter.1@desk.example>\n", kind="message/rfc822"):
    status = "Reporting-MTA: dns; mx.example\n\n" + "\n".join(blocks)
    return (
        "From: Mail Delivery System <MAILER-DAEMON@mx.example>\nTo: help@desk.example\n"
        "Subject: Undelivered Mail Returned to Sender\nMessage-ID: <report@mx.example>\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\n\nIt did not arrive.\n\n"
        f"--b\nContent-Type: message/delivery-status\n\n{status}\n"
        f"--b\nContent-Type: {kind}\n\n{original}Subject: Re: Export\n\nwords\n--b--\n"
    )


def block(address="robin@customer.example", action="failed", status="5.1.1", more=""):
    return f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\n{more}"


def plain(body, *, sender="MAILER-DAEMON@mx.example", subject="failure notice", more=""):
    return f"From: {sender}\nTo: help@desk.example\nSubject: {subject}\n{more}\n{body}"


def found(bounce):
    assert isinstance(bounce, Bounce)
    return [(each.address, each.status, each.permanent) for each in bounce.recipients]


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers", "message/global"])
def test_a_report_by_the_book(kind):
    bounce = bounce_of(report(block(), kind=kind))
    assert found(bounce) == [("robin@customer.example", "5.1.1", True)]
    assert bounce.original_message_id == "letter.1@desk.example"
    assert not bounce.delayed


def test_line_ends_do_not_matter():
    for end in ("\r\n", "\r"):
        assert found(bounce_of(report(block()).replace("\n", end))) == [("robin@customer.example", "5.1.1", True)]


def test_a_delay_is_not_a_failure():
    bounce = bounce_of(report(block(action="delayed", status="4.4.1")))
    assert found(bounce) == [("robin@customer.example", "4.4.1", False)]
    assert bounce.delayed


def test_several_recipients_each_with_its_own_fate():
    bounce = bounce_of(
        report(block(), block("lee@customer.example", "delayed", "4.2.2"), block("kim@x.example", "relayed"))
    )
    assert found(bounce) == [("robin@customer.example", "5.1.1", True), ("lee@customer.example", "4.2.2", False)]
    assert not bounce.delayed


def test_an_address_that_forwards_is_named_with_the_one_behind_it():
    more = "Original-Recipient: rfc822;old@customer.example\n"
    assert [each[0] for each in found(bounce_of(report(block(more=more))))] == [
        "old@customer.example",
        "robin@customer.example",
    ]


def test_a_vague_status_yields_to_the_diagnosis():
    more = "Diagnostic-Code: smtp; 550 5.7.1 refused\n"
    assert found(bounce_of(report(block(status="5.0.0", more=more))))[0][1] == "5.7.1"


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_good_news_is_no_bounce(action):
    assert bounce_of(report(block(action=action, status="2.0.0"))) is None


QMAIL = (
    "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the "
    "following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
    "<robin@customer.example>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 no mailbox\n\n"
    "--- Below this line is a copy of the message.\n\nMessage-ID: <letter.1@desk.example>\nTo: other@bystander.example\n"
)
EXIM = (
    "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered "
    "to one or more of its\nrecipients. The following address(es) failed:\n\n  robin@customer.example\n    mailbox is full\n\n"
    "------ This is a copy of your message. ------\n\nMessage-ID: <letter.1@desk.example>\nCc: other@bystander.example\n"
)
SENDMAIL = (
    "   ----- The following addresses had permanent fatal errors -----\n<robin@customer.example>\n\n"
    "   ----- Transcript of session follows -----\n550 5.1.1 <robin@customer.example>... User unknown\n\n"
    "   ----- Original message follows -----\n\nMessage-ID: <letter.1@desk.example>\n"
)
EXCHANGE = (
    "Your message did not reach some or all of the intended recipients.\n\n      Subject:\tRe: Export\n\n"
    "The following recipient(s) could not be reached:\n\n      robin@customer.example on 11/2/2026 9:00 AM\n"
    "            The e-mail account does not exist.\n            <mx.example #5.1.1>\n"
)
JAPANESE = "以下のメールは配信できませんでした。\n宛先: robin@customer.example\n理由: ユーザーが見つかりません\n"
CHINESE = "您的邮件无法投递。\n收件人：robin@customer.example\n原因：550 用户不存在\n"


@pytest.mark.parametrize("words", [QMAIL, EXIM, SENDMAIL, EXCHANGE, JAPANESE, CHINESE])
def test_reports_in_free_words(words):
    bounce = bounce_of(plain(words, more="Content-Type: text/plain; charset=utf-8\n"))
    assert [(each[0], each[2]) for each in found(bounce)] == [("robin@customer.example", True)]
    if "letter.1" in words:
        assert bounce.original_message_id == "letter.1@desk.example"


@pytest.mark.parametrize(
    "words",
    [
        "This is a warning message only. You do not need to resend your message.\n<robin@customer.example>\nstill trying",
        "Delivery is delayed to these recipients:\n\nrobin@customer.example\n\nWe will keep trying to deliver it.\n",
    ],
)
def test_a_warning_in_free_words(words):
    bounce = bounce_of(plain(words, subject="Warning: message delayed"))
    assert [(each[0], each[2]) for each in found(bounce)] == [("robin@customer.example", False)]
    assert bounce.delayed


def test_the_header_of_exim_and_gmail():
    raw = plain("It failed.", more="X-Failed-Recipients: robin@customer.example, lee@customer.example\n")
    assert [each[0] for each in found(bounce_of(raw))] == ["robin@customer.example", "lee@customer.example"]


def test_a_report_that_names_nobody_is_still_one():
    bounce = bounce_of(plain("Your message could not be delivered.", more="In-Reply-To: <letter.1@desk.example>\n"))
    assert found(bounce) == []
    assert bounce.original_message_id == "letter.1@desk.example"


def test_a_report_that_a_gateway_flattened():
    bounce = bounce_of(plain("It failed.\n\n" + block() + "\nMessage-ID: <letter.1@desk.example>\n"))
    assert found(bounce) == [("robin@customer.example", "5.1.1", True)]
    assert bounce.original_message_id == "letter.1@desk.example"


def test_notification_of_a_mail_service():
    told = {
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": "Permanent",
            "bouncedRecipients": [{"emailAddress": "robin@customer.example", "status": "5.1.1"}],
        },
        "mail": {"commonHeaders": {"messageId": "<letter.1@desk.example>"}},
    }
    more = "x-amz-sns-message-id: 1\n"
    bounce = bounce_of(plain(json.dumps(told), sender="no-reply@cloud.example", subject="Message", more=more))
    assert found(bounce) == [("robin@customer.example", "5.1.1", True)]
    assert bounce.original_message_id == "letter.1@desk.example"
    told["notificationType"] = "Delivery"
    assert bounce_of(plain(json.dumps(told), sender="no-reply@cloud.example", more=more)) is None
    assert bounce_of(plain("[1, 2", sender="no-reply@cloud.example", more=more)) is None


@pytest.mark.parametrize(
    ("sender", "subject", "body"),
    [
        ("robin@customer.example", "Undelivered mail", "Hello, this came back: " + QMAIL),
        ("robin@customer.example", "Fwd: failure notice", QMAIL),
        ("robin@customer.example", "Re: Mail delivery failed", "It works again, thanks."),
        (
            "Postmaster <postmaster@customer.example>",
            "Your server",
            "Hello, mail to you could not be delivered since noon.",
        ),
        ("System Administrator <admin@customer.example>", "Login", "Hi, no user can log in: user unknown, it says."),
        ("Robin <robin@customer.example>", "Delivery of my order", "The parcel could not be delivered."),
        ("Robin <robin@customer.example>", "Failed: export", "The export failed with 550 rows."),
    ],
)
def test_people_who_write_about_mail(sender, subject, body):
    assert bounce_of(plain(body, sender=sender, subject=subject)) is None


def test_a_person_who_attaches_a_report():
    raw = (
        "From: robin@customer.example\nTo: help@desk.example\nSubject: This came back\n"
        "Content-Type: multipart/mixed; boundary=o\n\n--o\n\nWhat does it mean?\n--o\nContent-Type: message/rfc822\n\n"
        + report(block())
        + "\n--o--\n"
    )
    assert bounce_of(raw) is None
