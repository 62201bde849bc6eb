"""The embedded servers: what the demo and other tests rely on."""

import asyncio
import gc
import smtplib
import time
from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imapclient import IMAPClient

from mailbot.demo.servers import EmbeddedServers
from mailbot.demo.stamping import verdict, without_forged

DESK = "help@desk.example"
ANA = "ana@customer.example"
USERS = {DESK: "pw-desk", ANA: "pw-ana"}
RAW = b"From: Ana <ana@customer.example>\r\nSubject: It broke\r\n\r\nToday.\r\n"


@pytest.fixture
def servers():
    with EmbeddedServers(USERS).run_in_thread() as running:
        yield running


def send(servers, sender, recipient, raw, *, login=None):
    with smtplib.SMTP(servers.host, servers.smtp_port, local_hostname="pc.example") as smtp:
        if login:
            smtp.login(login, USERS[login])
        smtp.sendmail(sender, [recipient], raw)


def inbox(servers, user):
    client = IMAPClient(servers.host, servers.imap_port, ssl=False, timeout=60)
    client.login(user, USERS[user])
    client.select_folder("INBOX")
    return client


def test_a_mail_goes_in_by_smtp_and_out_by_imap(servers):
    send(servers, ANA, DESK, RAW, login=ANA)
    client = inbox(servers, DESK)
    (uid,) = client.search("ALL")
    raw = client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"]
    client.logout()
    assert raw == servers.messages(DESK)[0]
    assert raw.endswith(RAW)
    mail = message_from_bytes(raw)
    assert mail["Return-Path"] == "<ana@customer.example>"
    assert "from pc.example" in mail["Received"]
    assert "for <help@desk.example>" in mail["Received"]


def test_a_plus_address_reaches_the_base_mailbox(servers):
    send(servers, ANA, "Help+t-abc@desk.example", RAW)
    assert len(servers.messages(DESK)) == 1
    assert servers.transactions[0].recipients == ("Help+t-abc@desk.example",)


def test_delivered_bytes_are_left_alone(servers):
    servers.deliver_now(DESK, RAW)
    assert servers.messages(DESK) == [RAW]
    with pytest.raises(LookupError):
        servers.deliver_now("nobody@desk.example", RAW)


@pytest.mark.parametrize(
    ("login", "author", "result"),
    [
        (ANA, ANA, "dmarc=pass"),
        (ANA, "ANA@Customer.example", "dmarc=pass"),
        (DESK, ANA, "dmarc=fail"),
        (None, ANA, "dmarc=fail"),
        (None, "eve@elsewhere.example", "dmarc=none"),
    ],
)
def test_who_submitted_as_themselves_passes(servers, login, author, result):
    send(servers, ANA, DESK, RAW.replace(b"ana@customer.example", author.encode()), login=login)
    results = message_from_bytes(servers.messages(DESK)[0]).get_all("Authentication-Results")
    assert len(results) == 1
    assert results[0].startswith("mx.desk.example;")
    assert result in results[0]


def test_a_forged_verdict_is_taken_out_and_others_stay(servers):
    forged = (
        b"authentication-RESULTS: mx.desk.example; dmarc=pass\r\n"
        b"Authentication-Results:\r\n (c) MX.desk.example 1;\r\n\tdmarc=pass\r\n"
        b"Authentication-Results: mx.other.example; spf=pass\r\n"
        b"Return-Path: <boss@desk.example>\r\n"
    )
    send(servers, ANA, DESK, forged + RAW + b"Authentication-Results: mx.desk.example; in the body\r\n")
    raw = servers.messages(DESK)[0]
    mail = message_from_bytes(raw)
    assert [value.split(";")[0].strip() for value in mail.get_all("Authentication-Results")] == [
        "mx.desk.example",
        "mx.other.example",
    ]
    assert mail.get_all("Return-Path") == ["<ana@customer.example>"]
    assert raw.endswith(b"in the body\r\n")


@given(
    st.lists(st.sampled_from([b"A: b\r\n", b" folded\r\n", b"\r\n", b"text\n", b"Authentication-Results: mx; x\r\n"]))
)
def test_only_header_fields_are_taken_out(lines):
    raw = b"".join(lines)
    kept = without_forged(raw, "mx")
    head, blank, body = raw.partition(b"\r\n\r\n")
    if not raw.startswith(b"\r\n") and b"Authentication" not in head:
        assert kept == raw
    if blank and not raw.startswith(b"\r\n"):
        assert kept.endswith(body)


def test_a_bounce_is_judged_by_nobody():
    assert "dmarc=none" in verdict("", login=None, sender="", hosted=False)


def test_an_unknown_recipient_is_refused(servers):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        send(servers, ANA, "nobody@desk.example", RAW)
    assert caught.value.recipients["nobody@desk.example"][0] == 550
    assert servers.transactions == []


def test_an_unknown_recipient_comes_back_as_a_report():
    with EmbeddedServers(USERS, generate_bounces=True).run_in_thread() as servers:
        send(servers, "help+b-1@desk.example", "nobody@customer.example", RAW, login=DESK)
        report = message_from_bytes(servers.messages(DESK)[0])
        send(servers, "", "nobody@customer.example", RAW)
        assert len(servers.messages(DESK)) == 1
    assert report["Return-Path"] == "<>"
    assert report["Auto-Submitted"] == "auto-replied"
    assert report.get_content_type() == "multipart/report"
    told, status, headers = report.get_payload()
    assert "nobody@customer.example" in told.get_payload()
    fields = status.get_payload()[1]
    assert fields["Final-Recipient"] == "rfc822; nobody@customer.example"
    assert (fields["Action"], fields["Status"]) == ("failed", "5.1.1")
    assert "Subject: It broke" in headers.get_payload()


def test_mail_to_elsewhere_is_recorded(servers):
    send(servers, DESK, "joe@elsewhere.example", RAW, login=DESK)
    (one,) = servers.transactions
    assert (one.sender, one.recipients, one.data, one.login) == (DESK, ("joe@elsewhere.example",), RAW, DESK)
    assert one.at.tzinfo is not None


def test_a_login_can_be_required():
    with EmbeddedServers(USERS, require_login=True).run_in_thread() as servers:
        with pytest.raises(smtplib.SMTPSenderRefused) as caught:
            send(servers, ANA, DESK, RAW)
        assert caught.value.smtp_code == 530
        send(servers, ANA, DESK, RAW, login=ANA)
        assert len(servers.messages(DESK)) == 1


def test_a_wrong_password_is_refused(servers):
    with smtplib.SMTP(servers.host, servers.smtp_port) as smtp, pytest.raises(smtplib.SMTPAuthenticationError):
        smtp.login(ANA, "wrong")
    client = IMAPClient(servers.host, servers.imap_port, ssl=False, timeout=60)
    with pytest.raises(IMAPClient.Error):
        client.login(ANA, "wrong")
    client.shutdown()


async def test_the_hook_hears_of_each_transaction():
    came = []
    async with EmbeddedServers(USERS, on_transaction=came.append) as servers:
        await asyncio.to_thread(send, servers, ANA, DESK, RAW)
        assert came == servers.transactions
        assert len(came) == 1


async def test_deliver_works_from_another_loop(servers):
    await servers.deliver(DESK, RAW)
    assert servers.messages(DESK) == [RAW]


def test_faults_end_by_themselves(servers):
    servers.misbehave("rcpt", reply="451 4.7.1 greylisted", recipient=DESK, times=2)
    send(servers, DESK, ANA, RAW)
    for _ in range(2):
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(servers, ANA, DESK, RAW)
    send(servers, ANA, DESK, RAW)
    assert len(servers.messages(DESK)) == 1


def test_a_connection_survives_the_collector(servers):
    client = inbox(servers, DESK)
    for _ in range(3):
        gc.collect()
        client.noop()
    client.idle()
    gc.collect()
    servers.deliver_now(DESK, RAW)
    gc.collect()
    assert (1, b"EXISTS") in client.idle_done()[1]
    client.logout()


def test_hundreds_of_mails_are_quick(servers):
    began = time.monotonic()
    with smtplib.SMTP(servers.host, servers.smtp_port) as smtp:
        for _ in range(400):
            smtp.sendmail(ANA, [DESK], RAW)
    client = inbox(servers, DESK)
    uids = client.search("ALL")
    assert len(client.fetch(uids, ["BODY.PEEK[]"])) == 400
    client.logout()
    assert time.monotonic() - began < 60


def test_the_servers_end_while_clients_are_there():
    with EmbeddedServers(USERS).run_in_thread() as servers:
        idle, busy = inbox(servers, DESK), inbox(servers, ANA)
        idle.idle()
        smtp = smtplib.SMTP(servers.host, servers.smtp_port)
        began = time.monotonic()
    assert time.monotonic() - began < 10
    for client in (idle, busy):
        client.shutdown()
    smtp.close()


def test_what_cannot_start_says_so(servers):
    taken = EmbeddedServers(USERS)

    async def fail():
        raise OSError("no more sockets")

    taken.smtp.start = fail
    with pytest.raises(OSError, match="no more sockets"), taken.run_in_thread():
        pass
