"""What a config says about logins by token: what providers fill in, what is missing, and where secrets may be."""

import pytest

from mailbot.adapters.site_check import warnings_of
from mailbot.app.tokens import endings_of, ends_soon, tokens_of
from mailbot.config import password_problems
from tests.unit.house.test_config import PLAIN, changed, load, problems

BARE = PLAIN.replace('host = "imap.harbour.example"\npassword_env = "HARBOUR_PASSWORD"\n', "").replace(
    'host = "smtp.harbour.example"\n', ""
)
APP = 'tenant = "harbour.onmicrosoft.com"\nclient_id = "1111"\nclient_secret_env = "HARBOUR_SECRET"\n'
M365 = changed(
    "inbox",
    f'provider = "m365"\n{APP}',
    changed("smtp", f'provider = "m365"\nusername = "support@harbour.example"\n{APP}', BARE),
)


def test_a_provider_fills_in_its_servers(tmp_path):
    config = load(tmp_path, M365)
    inbox, smtp = config.inboxes[0], config.smtp
    assert (inbox.host, inbox.port, inbox.security) == ("outlook.office365.com", 993, "tls")
    assert (smtp.host, smtp.port, smtp.security) == ("smtp.office365.com", 587, "starttls")
    assert inbox.token_endpoint == "https://login.microsoftonline.com/harbour.onmicrosoft.com/oauth2/v2.0/token"
    assert inbox.token_scope == "https://outlook.office365.com/.default"
    assert (smtp.per_minute, smtp.per_day) == (30, 10_000)
    assert inbox.by_token
    assert inbox.login == "support@harbour.example"  # the mailbox that is opened
    assert tokens_of(inbox, inbox.login) is tokens_of(smtp, "support@harbour.example")  # one app, one token
    assert tokens_of(load(tmp_path).inboxes[0], "x") is None


@pytest.mark.parametrize(
    ("provider", "place"),
    [("google", ("smtp.gmail.com", 587, "starttls")), ("Fastmail", ("smtp.fastmail.com", 465, "tls"))],
)
def test_with_a_password_as_well(tmp_path, provider, place):
    login = f'provider = "{provider}"\nusername = "a@harbour.example"\npassword_env = "HARBOUR_PASSWORD"'
    text = changed("inbox", f'provider = "{provider}"\npassword_env = "HARBOUR_PASSWORD"', changed("smtp", login, BARE))
    smtp = load(tmp_path, text).smtp
    assert (smtp.host, smtp.port, smtp.security) == place
    assert not smtp.by_token


def test_what_the_config_says_itself_counts(tmp_path):
    config = load(tmp_path, changed("smtp", 'host = "relay.harbour.example"\nper_day = 0', M365))
    assert (config.smtp.host, config.smtp.per_minute, config.smtp.per_day) == ("relay.harbour.example", 30, 0)
    config = load(tmp_path, changed("smtp", 'security = "tls"\ntimeout = "9s"', M365))
    assert (config.smtp.host, config.smtp.port) == ("smtp.office365.com", 465)
    config = load(tmp_path, changed("inbox", 'host = "imap.harbour.example"', M365))
    assert (config.inboxes[0].host, config.inboxes[0].port) == ("imap.harbour.example", 993)


@pytest.mark.parametrize(
    ("line", "key", "words"),
    [
        ('provider = "m356"', "provider", 'did you mean "m365"'),
        ('provider = "m365"', "client_id", "Microsoft 365 takes no passwords"),
        (
            'provider = "m365"\ntenant = "x"\nclient_secret_env = "HARBOUR_SECRET"',
            "client_id",
            "Application (client) ID",
        ),
        ('provider = "m365"\nclient_id = "x"\nclient_secret_env = "HARBOUR_SECRET"', "tenant", "Directory (tenant) ID"),
        (
            'provider = "m365"\ntenant = "a/b"\nclient_id = "x"\nclient_secret_env = "S_X"',
            "tenant",
            "Directory (tenant) ID",
        ),
        ('provider = "m365"\ntenant = "x"\nclient_id = "x"', "client_secret_env", "name the variable with the secret"),
        (
            'provider = "m365"\ntenant = "x"\nclient_id = "x"\nclient_secret = "hunter2"',
            "client_secret",
            "does not belong in this file",
        ),
        (f'provider = "m365"\n{APP}client_secret_file = "s"', "client_secret_file", "not both"),
        (f'provider = "m365"\n{APP}password_env = "P_W"', "tenant", "by password already (password_env)"),
        ('provider = "fastmail"\nclient_id = "x"\nclient_secret_env = "S_X"', "token_url", "is missing"),
        (
            'host = "h"\nclient_id = "x"\nclient_secret_env = "S_X"\ntoken_url = "http://h.example/"',
            "token_url",
            "https://",
        ),
        (f'provider = "m365"\n{APP}sasl = "plain"', "sasl", '"xoauth2", "oauthbearer"'),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path, line, key, words):
    found = problems(
        tmp_path,
        changed("inbox", line, PLAIN.replace('host = "imap.harbour.example"\npassword_env = "HARBOUR_PASSWORD"\n', "")),
    )
    assert words in found[f"inbox[support].{key}"]
    assert "hunter2" not in str(found)


def test_a_login_by_token_at_the_submission_server_needs_a_mailbox(tmp_path):
    found = problems(
        tmp_path,
        changed("smtp", f'provider = "m365"\n{APP}', BARE.replace("[[inbox]]", f'[[inbox]]\nprovider = "m365"\n{APP}')),
    )
    assert found == {"smtp.username": "is missing; a token opens a mailbox, so its address has to stand here"}


def test_a_secret_is_looked_for_at_the_start_and_never_shown(tmp_path, monkeypatch):
    monkeypatch.delenv("HARBOUR_SECRET", raising=False)
    config = load(tmp_path, M365)
    assert password_problems(config) == [
        "inbox[support].client_secret_env: the environment has no HARBOUR_SECRET",
        "smtp.client_secret_env: the environment has no HARBOUR_SECRET",
    ]
    monkeypatch.setenv("HARBOUR_SECRET", "hunter2")
    assert password_problems(config) == []
    assert config.inboxes[0].client_secret() == "hunter2"
    pasted = load(tmp_path, M365.replace('"HARBOUR_SECRET"', '"x8Q~hunter2"'))
    assert all(
        "hunter2" not in problem and "never the client secret" in problem for problem in password_problems(pasted)
    )
    assert len(password_problems(pasted)) == 2


def test_a_file_with_a_secret_that_others_can_read_is_reported(tmp_path):
    config = load(tmp_path, M365.replace('client_secret_env = "HARBOUR_SECRET"', 'client_secret_file = "secret"'))
    (tmp_path / "secret").write_text("hunter2\n")
    (tmp_path / "secret").chmod(0o644)
    assert len([each for each in warnings_of(config) if "client_secret_file" in each]) == 2
    (tmp_path / "secret").chmod(0o600)
    assert not [each for each in warnings_of(config) if "client_secret_file" in each]
    assert config.smtp.client_secret() == "hunter2"


def test_what_ends_soon_is_known_once_for_both_sections(tmp_path):
    text = M365.replace(
        'client_secret_env = "HARBOUR_SECRET"',
        'client_secret_env = "HARBOUR_SECRET"\nclient_secret_expires = 2020-05-31',
    )
    config = load(tmp_path, text)
    (ending,) = endings_of(config)
    assert (ending.what, ending.where, f"{ending.at:%Y-%m-%d}") == ("secret", "[[inbox]] support", "2020-05-31")
    assert ends_soon(config) == [
        "[[inbox]] support: its client secret expires on 2020-05-31; make a new one in time (docs/providers.md)"
    ]
    far = load(tmp_path, text.replace("2020-05-31", '"2920-05-31"'))
    assert endings_of(far)
    assert not ends_soon(far)
    assert "is not a day" in str(problems(tmp_path, text.replace("2020-05-31", '"next May"')))
