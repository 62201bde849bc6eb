"""Logins by token at a real Dovecot, which asks our token endpoint about each token, and at Postfix, which asks Dovecot."""

import asyncio
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from mailbot.adapters.imap.mailbox import ImapMailbox
from mailbot.adapters.oauth.source import TokenSource
from mailbot.adapters.smtp.submitter import SmtpSubmitter
from mailbot.app.server_check import check_servers
from mailbot.cli.main import app
from mailbot.config import load_config
from mailbot.errors import MailboxDown, MailboxRefused
from tests.servers.token_endpoint import CLIENT, SECRET

DESK, ANA = "support@desk.example", "ana@customer.example"
RAW = b"From: Support <support@desk.example>\r\nTo: ana@customer.example\r\nSubject: By token\r\n\r\nAll is well.\r\n"
SASL = pytest.mark.parametrize("sasl", ["xoauth2", "oauthbearer"])


@pytest.fixture
def endpoint(mailstack):
    mailstack.tokens.reset()
    yield mailstack.tokens
    mailstack.tokens.reset()


@pytest.fixture
def source(endpoint):
    def form():
        return {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET}

    return TokenSource(endpoint.url, form, now=lambda: datetime.now(UTC))


@pytest.fixture
def mailbox(mailstack, source):
    made = []

    def make(**changes):
        options = {
            "host": "localhost",
            "port": mailstack.imaps,
            "username": DESK,
            "tokens": source,
            "ca_file": mailstack.ca_file,
        }
        made.append(ImapMailbox(name="x", **{**options, **changes}))
        return made[-1]

    yield make
    for box in made:
        box.close()


@pytest.fixture
async def submitter(mailstack, source):
    made = []

    def make(**changes):
        options = {
            "host": "localhost",
            "port": mailstack.submission,
            "username": DESK,
            "tokens": source,
            "ca_file": mailstack.ca_file,
            "timeout": 20,
        }
        made.append(SmtpSubmitter(**{**options, **changes}))
        return made[-1]

    yield make
    for one in made:
        await one.close()


@SASL
def test_an_inbox_is_opened_by_token(mailbox, endpoint, sasl):
    box = mailbox(sasl=sasl)
    assert box.uids_from(box.open().uidnext) == []
    box.open()  # the same token does for the next login
    assert len(endpoint.asked) == 1
    assert endpoint.asked[0]["client_secret"] == SECRET
    assert set(endpoint.introspected) == {"token-" + endpoint.introspected[0].removeprefix("token-")}


@SASL
async def test_a_mail_is_submitted_by_token(submitter, mailstack, sasl):
    mailstack.empty(ANA)
    result = await submitter(sasl=sasl).submit(DESK, ANA, RAW)
    assert result.accepted, result
    assert b"Subject: By token" in mailstack.wait_for(ANA, 1)[0]


@SASL
def test_a_revoked_token_is_renewed_once_and_the_inbox_opens(mailbox, endpoint, sasl):
    box = mailbox(sasl=sasl)
    box.open()
    endpoint.revoke()
    box.open()
    assert len(endpoint.asked) == 2


@SASL
async def test_a_revoked_token_is_renewed_once_and_the_mail_goes(submitter, endpoint, sasl):
    smtp = submitter(sasl=sasl, idle_limit=0.0)
    assert (await smtp.submit(DESK, ANA, RAW)).accepted
    endpoint.revoke()
    assert (await smtp.submit(DESK, ANA, RAW)).accepted
    assert len(endpoint.asked) == 2


@SASL
def test_a_mailbox_that_the_app_may_not_open_is_refused_after_one_new_token(mailbox, endpoint, sasl):
    endpoint.mailbox = "billing@desk.example"
    with pytest.raises(
        MailboxRefused, match=r"login of support@desk.example by token refused: .*what the app may do"
    ) as told:
        mailbox(sasl=sasl).open()
    assert len(endpoint.asked) == 2
    assert "token-" not in str(told.value)


@SASL
async def test_a_mailbox_that_the_app_may_not_send_from_is_a_login_refused(submitter, endpoint, sasl):
    endpoint.mailbox = "billing@desk.example"
    result = await submitter(sasl=sasl).submit(DESK, ANA, RAW)
    assert (result.down, result.code) == (True, 535)
    assert "what the app may do with this mailbox" in result.reply
    assert len(endpoint.asked) == 2
    assert "token-" not in result.reply


async def test_a_secret_that_ended_is_told_with_what_to_do(mailbox, submitter, endpoint):
    words = "AADSTS7000222: The provided client secret keys for app '1' are expired. Trace ID: 1 Correlation ID: 2"
    endpoint.answer = (401, {"error": "invalid_client", "error_description": words})
    with pytest.raises(MailboxRefused, match="secret has expired"):
        await asyncio.to_thread(mailbox().open)
    result = await submitter().submit(DESK, ANA, RAW)
    assert (result.down, result.code) == (True, 535)  # as a wrong password: told once, and tried ever more slowly
    assert "secret has expired" in result.reply
    assert len(endpoint.asked) == 1  # the second login did not ask the same again at once


async def test_an_endpoint_that_is_away_is_a_server_that_is_down(mailbox, submitter, endpoint):
    endpoint.answer = (503, b"busy")
    with pytest.raises(MailboxDown, match=r"token endpoint 127\.0\.0\.1 answers 503"):
        await asyncio.to_thread(mailbox().open)
    result = await submitter().submit(DESK, ANA, RAW)
    assert (result.down, result.code) == (True, 0)


CONFIG = """
[desk]
name = "Desk"
[smtp]
host = "localhost"
port = {smtp}
username = "support@desk.example"
{login}
[[inbox]]
name = "support"
address = "support@desk.example"
host = "localhost"
port = {imap}
sasl = "oauthbearer"
{login}
[[agent]]
id = "ben"
name = "Ben"
addresses = ["ben@desk.example"]
"""


@pytest.fixture
def site(mailstack, endpoint, tmp_path, monkeypatch):
    monkeypatch.setenv("DESK_SECRET", SECRET)
    keys = {"ca_file": mailstack.ca_file, "client_id": CLIENT, "client_secret_env": "DESK_SECRET"}
    # An address of its own, since tokens are shared by all that ask the same.
    keys["token_url"] = f"{endpoint.url}/{tmp_path.name}"
    login = "\n".join(f'{key} = "{value}"' for key, value in keys.items())
    text = CONFIG.format(smtp=mailstack.submission, imap=mailstack.imaps, login=login)
    (tmp_path / "config.toml").write_text(text)
    return tmp_path


def test_a_whole_config_logs_in_by_one_token(site, endpoint):
    assert check_servers(load_config(site)).problems == []
    assert len(endpoint.asked) == 1
    for name in ("support", "smtp"):
        told = CliRunner().invoke(app, ["login", name, "--site", str(site)])
        assert told.exit_code == 0, told.output
        assert "ok: support@desk.example at localhost, by a token" in told.output
    assert len(endpoint.asked) == 1


def test_what_is_wrong_with_it_is_said_for_each_login(site, endpoint):
    endpoint.secrets = {"another-word"}
    for problem, where in zip(check_servers(load_config(site)).problems, ("inbox support: ", "smtp: "), strict=True):
        assert problem.startswith(where)
        assert "the token endpoint doesn't take the client secret" in problem
        assert SECRET not in problem
