"""`mailbot login`: what is printed for the provider's admin, a sign-in, and a try; no secret in any of it."""

import pytest
from typer.testing import CliRunner

from mailbot.adapters.oauth import sign_in
from mailbot.cli.main import app
from mailbot.errors import ConfigError
from tests.servers.token_endpoint import CLIENT, token_endpoint
from tests.unit.house.test_config import PLAIN, changed, site
from tests.unit.house.test_config_oauth import M365


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("HARBOUR_SECRET", "hunter2")

    def call(*words, text=M365):
        site(tmp_path, text)
        return CliRunner().invoke(app, ["login", *words, "--site", str(tmp_path)])

    return call


def test_the_commands_for_the_admin_have_our_own_values(run):
    told = run("support", "--offline")
    assert told.exit_code == 0
    for line in (
        "Connect-ExchangeOnline -Organization harbour.onmicrosoft.com",
        'New-ServicePrincipal -AppId 1111 -ObjectId OBJECT_ID -DisplayName "mailbot"',
        "Add-MailboxPermission -Identity support@harbour.example -User OBJECT_ID -AccessRights FullAccess",
        "IMAP.AccessAsApp and SMTP.SendAsApp",
    ):
        assert line in told.output
    assert "hunter2" not in told.output


def test_an_inbox_that_is_not_there(run):
    told = run("suport")
    assert isinstance(told.exception, ConfigError)
    assert 'there is no inbox "suport"; there are: support, smtp' in str(told.exception)


def test_a_token_that_is_not_given_is_said(run):
    with token_endpoint() as endpoint:
        text = M365.replace("client_id = ", f'token_url = "{endpoint.url}"\nclient_id = ')
        told = run("support", text=text)
    assert told.exit_code == 2
    assert "a token does not work: the token endpoint doesn't take the client secret" in told.output
    assert "hunter2" not in told.output


def test_somebody_signs_in_and_it_is_kept(run, tmp_path, monkeypatch):
    monkeypatch.setattr(sign_in.by_device, "__kwdefaults__", {"pause": lambda _: None})
    with token_endpoint() as endpoint:
        grant = "urn:ietf:params:oauth:grant-type:device_code"
        endpoint.by_grant[grant] = lambda form: (200, {"refresh_token": "kept-one"})
        endpoint.by_grant["refresh_token"] = lambda form: (400, {"error": "invalid_grant"})
        line = f'client_id = "{CLIENT}"\nrefresh_token_file = "storage/sign-in"\ntoken_url = "{endpoint.url}"\n'
        text = changed("inbox", line, PLAIN.replace('password_env = "HARBOUR_PASSWORD"\n', ""))
        told = run("support", text=text)
    assert "Open https://login.desk.example/device" in told.output
    assert "BCDF-GHJK" in told.output
    kept = tmp_path / "storage" / "sign-in"
    assert kept.read_text() == "kept-one\n"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert told.exit_code == 2  # the try with what was kept
    assert "somebody has to sign in again" in told.output
    assert "kept-one" not in told.output
