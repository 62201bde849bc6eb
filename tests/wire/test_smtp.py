"""SmtpSubmitter against a server that fails at every stage: what is said about the mail, and that nothing is doubled."""

import asyncio
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.adapters.smtp.data import envelope_address, on_the_wire
from mailbot.adapters.smtp.submitter import SmtpSubmitter
from mailbot.demo.servers import EmbeddedServers

DESK = "support@desk.example"
ANA = "ana@customer.example"
RAW = b"From: Support <support@desk.example>\r\nTo: ana@customer.example\r\nSubject: Hello\r\n\r\nAll is well.\r\n"
# More than all buffers on the way hold: a server that stops reading stops the client before the final dot.
LONG = RAW + (b"x" * 76 + b"\r\n") * 200_000


@pytest.fixture(params=[True, False], ids=["together", "one-by-one"])
async def servers(request):
    pair = EmbeddedServers({DESK: "secret", ANA: "secret"}, require_login=True, pipelining=request.param)
    async with pair as running:
        yield running


@pytest.fixture
async def smtp(servers):
    submitter = make(servers)
    yield submitter
    await submitter.close()


def make(servers, **changes):
    options = {
        "host": servers.host,
        "port": servers.smtp_port,
        "security": "none",
        "username": DESK,
        "password": lambda: "secret",
        "timeout": 120.0,
        "final_timeout": 120.0,
    }
    return SmtpSubmitter(**{**options, **changes})


def outcome(result):
    return [name for name in ("accepted", "permanent", "ambiguous", "down") if getattr(result, name)]


async def test_one_connection_carries_many_mails(servers, smtp):
    for number in range(20):
        result = await smtp.submit(DESK, ANA, RAW + b"%d\r\n" % number)
        assert outcome(result) == ["accepted"]
        assert result.code == 250
    assert servers.smtp.connections == 1
    assert [one.data for one in servers.transactions] == [RAW + b"%d\r\n" % number for number in range(20)]


async def test_calls_at_the_same_time_take_turns(servers, smtp):
    results = await asyncio.gather(*(smtp.submit(DESK, ANA, RAW + b"%d\r\n" % number) for number in range(10)))
    assert all(result.accepted for result in results)
    assert {one.data for one in servers.transactions} == {RAW + b"%d\r\n" % number for number in range(10)}
    assert servers.smtp.connections == 1


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("451 4.7.1 greylisted", []),
        ("452 4.2.2 full", []),
        ("550 5.7.1 not wanted", ["permanent"]),
        ("554 5.6.0 no", ["permanent"]),
        ("421 4.3.2 going down", ["down"]),
        ("530 5.7.0 log in first", ["down"]),
        ("503 5.5.1 out of step", ["down"]),
    ],
)
async def test_each_reply_at_each_stage(servers, smtp, stage, reply, expected):
    servers.misbehave(stage, reply=reply)
    result = await smtp.submit(DESK, ANA, RAW)
    assert outcome(result) == expected
    assert result.code == int(reply[:3])
    assert reply[4:] in result.reply
    assert servers.transactions == []
    assert (await smtp.submit(DESK, ANA, RAW)).accepted
    assert len(servers.transactions) == 1
    assert servers.smtp.connections == (2 if expected == ["down"] else 1)


@pytest.mark.parametrize("stage", ["connect", "login", "mail", "rcpt", "data", "body"])
async def test_a_cut_before_the_final_dot_is_not_ambiguous(servers, stage):
    smtp = make(servers)
    servers.misbehave(stage, cut=True)
    result = await smtp.submit(DESK, ANA, LONG if stage == "body" else RAW)
    assert outcome(result) == ["down"]
    assert servers.transactions == []
    assert (await smtp.submit(DESK, ANA, RAW)).accepted
    await smtp.close()


@pytest.mark.parametrize("taken", [True, False])
async def test_a_cut_after_the_final_dot_is_ambiguous(servers, smtp, taken):
    servers.misbehave("dot", cut=True, taken=taken)
    result = await smtp.submit(DESK, ANA, RAW)
    assert outcome(result) == ["ambiguous"]
    assert len(servers.transactions) == taken


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ("connect", ["down"]),
        ("login", ["down"]),
        ("mail", ["down"]),
        ("rcpt", ["down"]),
        ("data", ["down"]),
        ("body", ["down"]),
        ("dot", ["ambiguous"]),
    ],
)
async def test_silence(servers, stage, expected):
    # The long one fits no buffer: a slow line is given its time, a stalled one is not.
    smtp = make(servers, timeout=1.0, connect_timeout=1.0, final_timeout=1.0)
    servers.misbehave(stage, silence=True)
    result = await smtp.submit(DESK, ANA, LONG if stage == "body" else RAW)
    assert outcome(result) == expected
    assert (await smtp.submit(DESK, ANA, RAW)).accepted
    await smtp.close()


async def test_a_reply_in_the_middle_of_the_mail(servers, smtp):
    servers.misbehave("body", reply="554 5.3.4 too much of it")
    result = await smtp.submit(DESK, ANA, LONG)
    assert outcome(result) == ["permanent"]
    assert (await smtp.submit(DESK, ANA, RAW)).accepted


async def test_a_kept_connection_that_the_server_closed_is_made_anew(servers, smtp):
    assert (await smtp.submit(DESK, ANA, RAW)).accepted
    servers.smtp.cut()
    assert (await smtp.submit(DESK, ANA, RAW)).accepted
    servers.misbehave("mail", reply="421 4.4.2 idle for too long")
    assert (await smtp.submit(DESK, ANA, RAW)).accepted
    assert len(servers.transactions) == 3


async def test_nothing_is_tried_twice_once_the_dot_was_sent(servers, smtp):
    assert (await smtp.submit(DESK, ANA, RAW)).accepted
    servers.misbehave("dot", cut=True, taken=True)
    assert outcome(await smtp.submit(DESK, ANA, RAW)) == ["ambiguous"]
    assert len(servers.transactions) == 2


async def test_a_connection_unused_for_long_is_made_anew(servers):
    smtp = make(servers, idle_limit=0.0)
    for _ in range(3):
        assert (await smtp.submit(DESK, ANA, RAW)).accepted
    assert servers.smtp.connections == 3
    await smtp.close()


async def test_nobody_listens():
    async with EmbeddedServers({DESK: "secret"}) as gone:
        smtp = make(gone)
    result = await smtp.submit(DESK, ANA, RAW)
    assert outcome(result) == ["down"]
    assert f"127.0.0.1:{gone.smtp_port}" in result.reply
    await smtp.close()


async def test_a_wrong_password(servers, caplog):
    caplog.set_level(logging.DEBUG, logger="aiosmtplib")
    smtp = make(servers, password=lambda: "hunter-two")
    result = await smtp.submit(DESK, ANA, RAW)
    assert outcome(result) == ["down"]
    assert result.code == 535
    assert "hunter-two" not in result.reply + caplog.text
    servers.misbehave("login", reply="535 5.7.8 hunter-two is wrong", times=5)
    result = await smtp.submit(DESK, ANA, RAW)
    assert "is wrong" in result.reply
    assert "hunter-two" not in result.reply
    await smtp.close()


async def test_a_probe_logs_in_and_sends_nothing(servers, smtp):
    assert await smtp.probe() is None
    assert servers.transactions == []
    wrong = make(servers, password=lambda: "hunter-two")
    problem = await wrong.probe()
    assert "5.7.8" in problem
    assert "hunter-two" not in problem
    await wrong.close()


async def test_a_password_that_cannot_be_read(servers):
    def password():
        raise FileNotFoundError("no password file")

    smtp = make(servers, password=password)
    assert outcome(await smtp.submit(DESK, ANA, RAW)) == ["down"]
    await smtp.close()


async def test_a_cancelled_submission_leaves_no_connection_behind(servers, smtp):
    assert (await smtp.submit(DESK, ANA, RAW)).accepted
    servers.misbehave("dot", silence=True, taken=True)
    task = asyncio.ensure_future(smtp.submit(DESK, ANA, RAW + b"second\r\n"))
    async with asyncio.timeout(60):
        while len(servers.transactions) < 2:  # noqa: ASYNC110 - within a deadline
            await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(60):  # the server is silent on the old connection
        assert (await smtp.submit(DESK, ANA, RAW + b"third\r\n")).accepted
    assert servers.smtp.connections == 2


async def test_tls_and_certificates(tmp_path):
    async with EmbeddedServers({DESK: "secret", ANA: "secret"}, tls=True) as servers:
        ca_file = tmp_path / "ca.pem"
        ca_file.write_text(servers.ca_pem)
        for security, port in (("starttls", servers.smtp_port), ("tls", servers.smtps_port)):
            smtp = make(servers, host="localhost", port=port, security=security, ca_file=str(ca_file))
            assert outcome(await smtp.submit(DESK, ANA, LONG[:2_000_000])) == ["accepted"]
            assert outcome(await smtp.submit(DESK, ANA, RAW)) == ["accepted"]
            await smtp.close()
            stranger = make(servers, host="localhost", port=port, security=security)
            result = await stranger.submit(DESK, ANA, RAW)
            assert outcome(result) == ["down"]
            assert "certificate is not trusted" in result.reply
            await stranger.close()


async def test_starttls_that_is_not_offered_sends_no_password(servers):
    smtp = make(servers, security="starttls")
    assert outcome(await smtp.submit(DESK, ANA, RAW)) == ["down"]
    assert servers.transactions == []
    await smtp.close()


# --- addresses and bytes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ana",
        "@customer.example",
        "ana@",
        "ana@customer.example, joe@customer.example",
        "ana@customer.example>\r\nRCPT TO:<joe@customer.example",
        "ana@customer.example\n",
        "ana\x00@customer.example",
        "Ana <ana@customer.example>",
        "<ana@customer.example>",
        "a b@customer.example",
        "ana@customer example",
        "ana@x@customer.example",
    ],
)
async def test_what_is_not_one_address_is_refused_for_good(servers, smtp, address):
    result = await smtp.submit(DESK, address, RAW)
    assert outcome(result) == ["permanent"]
    assert servers.transactions == []
    assert outcome(await smtp.submit("a@b, c@d", ANA, RAW)) == ["permanent"]


@pytest.mark.parametrize(
    "address", ["o'brien@customer.example", "a.b+c=d@customer.example", '"a b@c"@customer.example', "x@[127.0.0.1]"]
)
async def test_unusual_addresses_go_out_as_they_are(servers, smtp, address):
    servers.generate_bounces = True
    assert outcome(await smtp.submit(DESK, address, RAW)) == ["accepted"]
    assert servers.transactions[0].recipients == (address,)


async def test_the_null_sender(servers, smtp):
    assert (await smtp.submit("", ANA, RAW)).accepted
    assert servers.transactions[0].sender == ""
    assert servers.messages(ANA)[0].startswith(b"Return-Path: <>\r\n")


async def test_addresses_beyond_ascii_with_smtputf8():
    zoe = "zoë@kundin.example"
    async with EmbeddedServers({DESK: "secret", zoe: "secret"}) as servers:
        smtp = make(servers)
        assert outcome(await smtp.submit(DESK, zoe, RAW)) == ["accepted"]
        assert len(servers.messages(zoe)) == 1
        await smtp.close()


async def test_addresses_beyond_ascii_without_smtputf8():
    async with EmbeddedServers({DESK: "secret"}, smtputf8=False) as servers:
        smtp = make(servers)
        result = await smtp.submit(DESK, "zoë@kundin.example", RAW)
        assert outcome(result) == ["permanent"]
        assert "SMTPUTF8" in result.reply
        assert outcome(await smtp.submit(DESK, "zoe@bücher.example", RAW)) == ["accepted"]
        assert servers.transactions[0].recipients == ("zoe@xn--bcher-kva.example",)
        # By the rules of IDNA 2003 this would go to strasse.example, which may be somebody else (RFC 5894 section 7.2).
        assert outcome(await smtp.submit(DESK, "zoe@straße.example", RAW)) == ["accepted"]
        assert servers.transactions[1].recipients == ("zoe@xn--strae-oqa.example",)
        await smtp.close()


async def test_dots_and_bare_line_ends(servers, smtp):
    await smtp.submit(DESK, ANA, b"Subject: x\n\n.\n..\r\n.x\rend")
    assert servers.transactions[0].data == b"Subject: x\r\n\r\n.\r\n..\r\n.x\r\nend\r\n"


@given(st.binary())
def test_no_payload_can_end_the_mail_early(data):
    wire = on_the_wire(data)
    assert wire.endswith(b"\r\n")
    assert b"\r\n.\r\n" not in b"\r\n" + wire
    assert b"\n" not in wire.replace(b"\r\n", b"")
    assert b"\r" not in wire.replace(b"\r\n", b"")


@given(st.text(), st.booleans())
def test_no_address_can_end_the_command_early(text, utf8):
    for candidate in (text, f"{text}@desk.example", f"ana@{text}"):
        try:
            address = envelope_address(candidate, utf8=utf8)
        except ValueError:
            continue
        assert not set(address) & set("\r\n\0<>")
        assert utf8 or address.isascii()
