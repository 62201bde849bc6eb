"""Screening: what kind of mail it is, and that no machine is answered and no person taken for one."""

from datetime import UTC, datetime, timedelta

import pytest

from mailbot.core.intake.automatic.bounce import find_bounce
from mailbot.core.intake.read import read
from mailbot.core.intake.screen import LOOP_HEADER, Own, loop_word, screen
from mailbot.core.intake.tokens import Signer, Token, TokenKind
from mailbot.core.model.mail import Kind
from mailbot.core.model.policy import Limits
from mailbot.core.model.reason import why

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SIGNER = Signer(b"a secret of the tests")
OWN = Own(
    own_addresses=frozenset({"help@desk.example"}),
    signer=SIGNER,
    desk_domains=frozenset({"desk.example"}),
    authserv_id="mx.desk.example",
)


def raw_of(*headers, body="The export fails with 403.", drop=()):
    given = [header.partition(":")[0].lower() for header in headers]
    usual = [
        "From: Robin Case <robin@customer.example>",
        "To: help@desk.example",
        "Subject: Export",
        "Date: Mon, 02 Nov 2026 08:59:00 +0000",
        "Message-ID: <one@customer.example>",
    ]
    kept = [line for line in usual if line.partition(":")[0].lower() not in (*given, *drop)]
    return "\r\n".join([*headers, *kept, "", body]).encode()


def screened(*headers, body="The export fails with 403.", own=OWN, now=NOW, drop=()):
    raw = raw_of(*headers, body=body, drop=drop)
    mail = read(raw)
    return screen(mail, mail.text, own=own, now=now, bounce=find_bounce(mail, raw))


def test_a_person_is_answered():
    got = screened()
    assert (got.kind, got.opens_ticket, got.may_answer, got.flagged) == (Kind.PERSON, True, True, False)
    assert got.reason


def test_our_own_loop_header_counts_only_for_its_own_message_id():
    word = loop_word(SIGNER, "one@customer.example")
    got = screened(f"{LOOP_HEADER}: {word}")
    assert (got.kind, got.opens_ticket, got.may_answer) == (Kind.OWN, False, False)
    assert screened(f"{LOOP_HEADER}: {loop_word(SIGNER, 'other@customer.example')}").kind is Kind.PERSON
    forged = loop_word(Signer(b"somebody else's secret"), "one@customer.example")
    assert screened(f"{LOOP_HEADER}: {forged}").may_answer


def test_a_loop_header_that_a_machine_copied_into_its_answer():
    word = loop_word(SIGNER, "ours@desk.example")
    got = screened(f"{LOOP_HEADER}: {word}", "In-Reply-To: <ours@desk.example>")
    assert (got.kind, got.may_answer) == (Kind.AUTO_REPLY, False)


def test_our_own_signed_message_id():
    token = SIGNER.sign(Token(kind=TokenKind.CUSTOMER, ticket=7))
    assert screened(f"Message-ID: <{token}.x@desk.example>").kind is Kind.OWN
    assert screened(f"In-Reply-To: <{token}.x@desk.example>").kind is Kind.PERSON
    forged = token[:-1] + ("b" if token.endswith("a") else "a")
    assert screened(f"Message-ID: <{forged}.x@desk.example>").kind is Kind.PERSON


def test_more_received_headers_than_any_way_is_long():
    received = ["Received: from a.example by b.example; Mon, 02 Nov 2026 08:59:00 +0000"]
    assert screened(*received * 50).may_answer
    got = screened(*received * 51)
    assert (got.kind, got.opens_ticket, got.may_answer) == (Kind.OWN, False, False)


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (["Auto-Submitted: auto-replied"], Kind.AUTO_REPLY),
        (["Auto-Submitted: auto-generated (by a program)"], Kind.AUTO_REPLY),
        (['Auto-Submitted: auto-replied; owner-email="robin@customer.example"'], Kind.AUTO_REPLY),
        (["Return-Path: <>"], Kind.AUTO_REPLY),
        (["X-Autoreply: yes"], Kind.AUTO_REPLY),
        (["X-Autorespond: Re: hello"], Kind.AUTO_REPLY),
        (["Precedence: auto_reply"], Kind.AUTO_REPLY),
        (["X-Auto-Response-Suppress: All", "X-MS-Exchange-Inbox-Rules-Loop: robin@customer.example"], Kind.AUTO_REPLY),
        (["X-Loop: yes"], Kind.AUTO_REPLY),
        (["Content-Type: text/calendar; method=REPLY"], Kind.REPORT),
    ],
)
def test_machines_open_no_ticket(headers, kind):
    body = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR" if kind is Kind.REPORT else "I am away."
    got = screened(*headers, body=body)
    assert (got.kind, got.opens_ticket, got.may_answer) == (kind, False, False)


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Export", "Automatische Antwort: Export", "Réponse automatique : Export",
        "Respuesta automática: Export", "Risposta automatica: Export", "Resposta automática: Export",
        "Automatisch antwoord: Export", "Odpowiedź automatyczna: Export", "Autosvar: Export", "Automatisk svar: Export",
        "Automaattinen vastaus: Export", "Automatická odpověď: Export", "Автоматический ответ: Export",
        "Автоматична відповідь: Export", "Otomatik Yanıt: Export", "自動応答: Export", "自动答复: Export", "자동 회신: Export",
        "رد تلقائي: Export", "תשובה אוטומטית: Export", "Auto-Reply: Export", "[Auto-Reply] Export",
        "AUTO: Robin Case is out of the office (returning 09.11.2026)",
    ],
)  # fmt: skip
def test_automatic_answers_by_their_subject(subject):
    got = screened(f"Subject: {subject}", body="Thanks.")
    assert (got.kind, got.opens_ticket, got.may_answer) == (Kind.AUTO_REPLY, False, False)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Out of Office: Export", "I am out of the office until Monday."),
        ("Abwesenheitsnotiz: Export", "Ich bin bis Montag nicht im Büro."),
        ("Absence du bureau", "Je suis absent jusqu'au 9 novembre."),
        ("Fuera de la oficina: Export", "Estoy fuera de la oficina."),
        ("Afwezig: Export", "Ik ben op vakantie."),
        ("不在通知: Export", "休暇のため不在です。"),
    ],
)
def test_out_of_office_notes(subject, body):
    assert screened(f"Subject: {subject}", body=body).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Out of office: how do I set it up?", "I am away next week. How do I set up the out of office note?"),
        ("Out of office hours number", "Which number do I call?"),
        ("Abwesenheitsnotiz", "Wie richte ich die Abwesenheitsnotiz ein?"),
        ("Re: Automatic reply: Export", "Back again: it still fails."),
        ("Auto: Versicherung läuft aus", "Mein Auto ist nicht mehr versichert."),
        ("AUTO: versicherung", "Bitte melden."),
        ("Semester: cannot register", "The page returns an error."),
        ("Automatic reply is sent twice", "Our customers get two of them."),
        ("Mail could not be delivered", "Hello, my mail to lee@other.example was not delivered. Why?"),
        ("Undeliverable mail", "Hi, I get this when I write to you: 550 5.1.1 <help@desk.example> unknown user"),
        ("Fwd: Undelivered Mail Returned to Sender", "See below.\n\nThis is the mail system at host mx.example."),
        ("Your ticket was created twice", "Please close one."),
        ("Thank you for contacting me", "Here is the file that you wanted."),
        ("Please confirm my order", "I ordered yesterday and heard nothing."),
        ("Read: the manual is wrong", "Page 3."),
        ("Unsubscribe does not work", "I click and nothing happens."),
    ],
)
def test_people_are_not_taken_for_machines(subject, body):
    got = screened(f"Subject: {subject}", body=body)
    assert (got.kind, got.may_answer) == (Kind.PERSON, True)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (["Subject: [Request received]"], "Your request (42) has been received and is being reviewed."),
        (["Subject: [other.example #42] AutoReply: Export"], "Please do not reply. Your ticket number is 42."),
        (["Subject: Ticket received - Export"], "A ticket has been created. We will get back to you."),
        (["Subject: Ihre Anfrage ist bei uns eingegangen"], "Dies ist eine automatische Antwort."),
    ],
)
def test_acknowledgments_of_other_desks(headers, body):
    assert screened(*headers, body=body).kind is Kind.AUTO_REPLY


def test_a_challenge():
    body = "To verify that you are a human and not a spam robot, click https://filter.example/42"
    got = screened("Subject: Please confirm your message", body=body)
    assert (got.kind, got.opens_ticket, got.may_answer) == (Kind.CHALLENGE, False, False)


@pytest.mark.parametrize(
    ("report", "part"),
    [("disposition-notification", "message/disposition-notification"), ("feedback-report", "message/feedback-report")],
)
def test_receipts_and_abuse_reports(report, part):
    body = f"--b\r\n\r\nIt was read.\r\n--b\r\nContent-Type: {part}\r\n\r\nUser-Agent: x\r\n--b--"
    got = screened(f"Content-Type: multipart/report; report-type={report}; boundary=b", body=body)
    assert (got.kind, got.opens_ticket, got.may_answer) == (Kind.REPORT, False, False)


@pytest.mark.parametrize(
    "header",
    [
        "Precedence: bulk", "Precedence: list", "Precedence: junk", "List-Id: <news.example>",
        "List-Unsubscribe: <mailto:x@y.example>", "X-Auto-Response-Suppress: OOF, AutoReply",
        "From: no-reply@customer.example", "From: shop-noreply@customer.example", "From: donotreply@customer.example",
        "From: nicht-antworten@customer.example",
    ],
)  # fmt: skip
def test_bulk_mail_opens_a_ticket_and_gets_no_answer(header):
    got = screened(header)
    assert (got.kind, got.opens_ticket, got.may_answer) == (Kind.LIST, True, False)


@pytest.mark.parametrize(
    "sender", ["norah@customer.example", "noreen.plyer@customer.example", "nobel@customer.example"]
)
def test_names_that_only_look_like_no_reply(sender):
    assert screened(f"From: {sender}").may_answer


def test_old_mail_is_left_to_an_agent():
    got = screened(now=NOW + timedelta(hours=24))
    assert (got.kind, got.opens_ticket, got.may_answer) == (Kind.PERSON, True, False)
    assert got.reason == why("screen.too_old", hours=24)
    assert screened(now=NOW + timedelta(hours=23, minutes=58)).may_answer
    arrived = "Received: from a by b; Sun, 01 Nov 2026 08:00:00 +0000"
    assert not screened(arrived).may_answer
    long_ago = Own(own_addresses=OWN.own_addresses, signer=SIGNER, limits=Limits(too_old=timedelta(days=9)))
    assert screened(arrived, own=long_ago).may_answer


@pytest.mark.parametrize(
    "headers",
    [
        ["Authentication-Results: mx.desk.example; dmarc=fail header.from=customer.example"],
        ["From: a@one.example", "From: b@two.example"],
        ["From: a@one.example, b@two.example"],
        ["From: agent@desk.example <evil@other.example>"],
        ["From: nobody in particular"],
    ],
)
def test_doubtful_senders_are_flagged(headers):
    got = screened(*headers)
    assert (got.kind, got.opens_ticket, got.may_answer, got.flagged) == (Kind.PERSON, True, False, True)


def test_no_from_at_all_is_flagged():
    got = screened(drop=("from",))
    assert (got.may_answer, got.flagged) == (False, True)


def test_a_dmarc_failure_said_by_somebody_else_does_not_count():
    assert screened("Authentication-Results: mx.other.example; dmarc=fail").may_answer


def test_mail_not_addressed_to_us():
    assert not screened("To: lee@other.example").may_answer
    assert screened("To: lee@other.example", "Cc: HELP+x-1@Desk.example").may_answer
    anyway = Own(own_addresses=OWN.own_addresses, signer=SIGNER, answer_when_not_addressed=True)
    assert screened("To: lee@other.example", own=anyway).may_answer


@pytest.mark.parametrize(
    "headers",
    [
        ["To: lee@other.example", "Resent-From: lee@other.example", "Resent-To: help@desk.example"],
        ["To: lee@other.example", "Resent-Cc: Sam <s@d.example>; 'help@desk.example'"],
        ["To: old@other.example", "X-Original-To: help@desk.example"],
        ["To: old@other.example", "Delivered-To: box@other.example", "Delivered-To: help+x@desk.example"],
        ["To: 'help@desk.example'"],
        ["To: lee@other.example; help@desk.example"],
    ],
)
def test_mail_that_was_passed_on_to_us_on_purpose(headers):
    assert screened(*headers).may_answer


@pytest.mark.parametrize(
    "headers",
    [
        ["To: undisclosed-recipients:;", "Delivered-To: help@desk.example"],
        ["To: " + ", ".join(f"u{n}@other.example" for n in range(20)), "Delivered-To: help@desk.example"],
        ["To: lee@other.example", "Delivered-To: lee@other.example"],
    ],
)
def test_a_crowd_that_we_are_one_of_is_not_answered(headers):
    assert not screened(*headers).may_answer


def test_only_receipts_are_forbidden():
    for value in ("DR, RN, NRN", "DR", "rn;nrn", "None", ""):
        assert screened(f"X-Auto-Response-Suppress: {value}").may_answer, value
    for value in ("All", "OOF", "AutoReply", "DR, RN, NRN, OOF, AutoReply", "something new"):
        assert not screened(f"X-Auto-Response-Suppress: {value}").may_answer, value


def test_our_own_server_knows_how_old_a_mail_is():
    ours = "Received: from c.example by mx.desk.example; Mon, 02 Nov 2026 08:59:30 +0000"
    assert screened(ours, "Date: Tue, 01 Jan 2019 00:00:00 +0000").may_answer
    late = "Received: from c.example by mx.desk.example; Fri, 30 Oct 2026 08:59:30 +0000"
    assert not screened(late, "Date: Mon, 02 Nov 2026 08:59:00 +0000").may_answer
    assert not screened("Date: Tue, 01 Jan 2019 00:00:00 +0000").may_answer


def test_a_person_behind_a_null_return_path_is_seen_and_not_answered():
    for headers in (["Return-Path: <>", "In-Reply-To: <x@desk.example>"], ["Return-Path:"]):
        got = screened(*headers, body="The parcel is here, all in order.")
        assert (got.kind, got.opens_ticket, got.may_answer) == (Kind.PERSON, True, False)
    assert screened("Return-Path: <>", body="The export fails. What can I do?").may_answer
    assert screened("Return-Path: <>", body="I am away until Monday.").kind is Kind.AUTO_REPLY


def test_an_address_of_ours_in_a_name_is_doubtful_and_anybody_elses_is_not():
    assert not screened("From: help@desk.example <evil@other.example>").may_answer
    assert screened("From: robin@old.example <robin@customer.example>").may_answer


def test_the_desk_does_not_answer_itself():
    got = screened("From: Help <help@desk.example>")
    assert (got.kind, got.opens_ticket, got.may_answer) == (Kind.PERSON, True, False)
