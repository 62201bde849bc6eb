"""A certificate, a service account, or somebody's sign-in in place of a secret: signed, kept, renewed, and never shown."""

from __future__ import annotations

import base64
import datetime as dt
import imaplib
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from mailbot.adapters.imap.mailbox import ImapMailbox
from mailbot.adapters.oauth import sign_in, source
from mailbot.adapters.oauth.assertions import certificate_in, service_account_in
from mailbot.adapters.oauth.kept import keep_token, kept_token
from mailbot.adapters.oauth.sign_in import by_browser, by_device
from mailbot.adapters.smtp.submitter import SmtpSubmitter
from mailbot.app.tokens import endings_of, tokens_of
from mailbot.config.server import Server
from mailbot.core.model.reason import why
from mailbot.core.sending.refusals import Stage
from mailbot.errors import ConfigError, MailboxDown, MailboxRefused, SignInDown, SignInRefused
from tests.servers.token_endpoint import CLIENT, token_endpoint
from tests.unit.house.test_config import PLAIN, changed, load

NOW = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
APP = {"provider": "m365", "host": "h", "port": 993, "security": "tls", "client_id": CLIENT, "tenant": "t"}
DEVICE, REFRESH = "urn:ietf:params:oauth:grant-type:device_code", "refresh_token"
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(65537, 2048)


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def certificate(key, ends=NOW + dt.timedelta(days=90)):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mailbot")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(7).not_valid_before(NOW - dt.timedelta(days=9)).not_valid_after(ends)
    return made.sign(key, hashes.SHA256())


def written(tmp_path, key, of=None):
    path = tmp_path / "app.pem"
    path.write_bytes(pem(key) + certificate(of or key).public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def endpoint(monkeypatch):
    monkeypatch.setattr(source, "PAUSE", 0.0)
    with token_endpoint() as running:
        yield running


def parts(jwt):
    head, claims, signature = jwt.split(".")
    told = [json.loads(base64.urlsafe_b64decode(each + "==")) for each in (head, claims)]
    return *told, base64.urlsafe_b64decode(signature + "=="), f"{head}.{claims}".encode()


def test_an_app_shows_its_certificate(tmp_path, key, endpoint):
    endpoint.by_grant["client_credentials"] = lambda form: (200, {})
    path = written(tmp_path, key)
    server = Server(**APP, certificate_file=path, token_url=endpoint.url)
    assert server.password_problem() is None
    assert tokens_of(server, "support@desk.example").token().startswith("token-")
    (form,) = endpoint.asked
    assert form["scope"] == "https://outlook.office365.com/.default"
    assert "client_secret" not in form
    head, claims, signature, text = parts(form["client_assertion"])
    assert head["alg"] == "PS256"
    assert head["x5t#S256"] == certificate_in(path).fingerprint
    assert (claims["iss"], claims["sub"], claims["aud"]) == (CLIENT, CLIENT, endpoint.url)
    assert claims["nbf"] < claims["exp"] <= claims["nbf"] + 600
    digest = hashes.SHA256()
    key.public_key().verify(signature, text, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
    assert certificate_in(path).expires == NOW + dt.timedelta(days=90)


def test_when_a_certificate_ends_is_read_from_it(tmp_path, key):
    written(tmp_path, key)
    keys = 'provider = "m365"\nusername = "support@harbour.example"\ntenant = "t"\nclient_id = "c"\ncertificate_file = "app.pem"'
    text = changed(
        "inbox", keys, PLAIN.replace('host = "imap.harbour.example"\npassword_env = "HARBOUR_PASSWORD"\n', "")
    )
    config = load(tmp_path, text)
    assert [(each.what, each.at) for each in endings_of(config)] == [("certificate", NOW + dt.timedelta(days=90))]
    (tmp_path / "app.pem").write_text("not yet there")
    assert endings_of(config) == []


def test_what_is_wrong_with_a_certificate_is_said_without_its_key(tmp_path, key):
    path = tmp_path / "app.pem"
    for data, words in [
        (pem(key), "holds no certificate"),
        (certificate(key).public_bytes(serialization.Encoding.PEM), "holds no private key"),
        (b"", "holds no certificate"),
        (b"\xff" * 1000, "holds no certificate"),
    ]:
        path.write_bytes(data)
        with pytest.raises(ConfigError, match=words) as told:
            certificate_in(path)
        assert "BEGIN" not in str(told.value)
    with pytest.raises(ConfigError, match="not that of its certificate"):
        certificate_in(written(tmp_path, key, rsa.generate_private_key(65537, 2048)))
    with pytest.raises(ConfigError, match="must be an RSA key"):
        certificate_in(written(tmp_path, ec.generate_private_key(ec.SECP256R1())))


def test_a_service_account_asks_in_the_name_of_the_mailbox(tmp_path, key, endpoint):
    endpoint.by_grant[BEARER] = lambda form: (200, {})
    path = tmp_path / "account.json"
    told = {"client_email": "bot@x.example", "private_key": pem(key).decode(), "private_key_id": "7", "client_id": "99"}
    path.write_text(json.dumps(told))
    server = Server(
        **{**APP, "provider": "google", "client_id": None}, service_account_file=path, token_url=endpoint.url
    )
    tokens_of(server, "support@desk.example").token()
    assert tokens_of(server, "billing@desk.example") is not tokens_of(server, "support@desk.example")
    head, claims, signature, text = parts(endpoint.asked[0]["assertion"])
    assert head == {"alg": "RS256", "typ": "JWT", "kid": "7"}
    assert (claims["iss"], claims["sub"]) == ("bot@x.example", "support@desk.example")
    assert claims["scope"] == "https://mail.google.com/"
    key.public_key().verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
    assert service_account_in(path).client_id == "99"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"private_key": 7, "client_email": "a"}', "[" * 100_000, "\x00"])
def test_what_is_no_service_account(tmp_path, text):
    path = tmp_path / "account.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match="is not the JSON file"):
        service_account_in(path)


def test_a_sign_in_is_kept_for_nobody_else_and_follows_its_renewals(tmp_path, endpoint):
    path = tmp_path / "storage" / "sign-in"
    server = Server(**APP, refresh_token_file=path, token_url=endpoint.url)
    assert "mailbot login" in (server.password_problem() or "")
    tokens = tokens_of(server, "support@desk.example")
    with pytest.raises(ConfigError, match="nobody has signed in yet"):
        tokens.token()
    keep_token(path, "first-one")
    assert path.stat().st_mode & 0o777 == 0o600
    assert server.password_problem() is None
    endpoint.by_grant[REFRESH] = lambda form: (200, {"refresh_token": f"{form['refresh_token']}+"})
    first = tokens.token()
    tokens.refused(first)
    tokens.token()
    assert [form["refresh_token"] for form in endpoint.asked] == ["first-one", "first-one+"]
    assert kept_token(path) == "first-one++"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["sign-in"]


@pytest.mark.parametrize("root", [True, False])
def test_a_sign_in_by_root_is_the_daemons(tmp_path, monkeypatch, root):
    given = []
    monkeypatch.setattr("os.geteuid", lambda: 0 if root else 4711)
    monkeypatch.setattr("os.fchown", lambda _, user, group: given.append((user, group)))
    keep_token(tmp_path / "sign-in", "first-one")
    folder = tmp_path.stat()
    assert given == ([(folder.st_uid, folder.st_gid)] if root else [])
    assert (tmp_path / "sign-in").stat().st_mode & 0o777 == 0o600


def test_a_sign_in_that_was_revoked_is_told(tmp_path, endpoint):
    path = tmp_path / "sign-in"
    keep_token(path, "it-was-good-once")
    endpoint.by_grant[REFRESH] = lambda form: (
        400,
        {"error": "invalid_grant", "error_description": f"Token {form['refresh_token']} has been revoked."},
    )
    tokens = tokens_of(Server(**APP, refresh_token_file=path, token_url=endpoint.url), "support@desk.example")
    with pytest.raises(SignInRefused, match="somebody has to sign in again") as told:
        tokens.token()
    assert "it-was-good-once" not in str(told.value)
    assert told.value.reason.code == "oauth.sign-in-ended"


def test_two_that_renew_at_a_time_need_nobody_to_sign_in_again(tmp_path, endpoint):
    path = tmp_path / "sign-in"
    keep_token(path, "r0")

    def rotate(form):
        """Another process was quicker with the first one, which is over by that (RFC 6749 section 6)."""
        if form["refresh_token"] == "r0":
            keep_token(path, "r1")
            return 400, {"error": "invalid_grant"}
        return 200, {"refresh_token": "r2"}

    endpoint.by_grant[REFRESH] = rotate
    tokens_of(Server(**APP, refresh_token_file=path, token_url=endpoint.url), "support@desk.example").token()
    assert [form["refresh_token"] for form in endpoint.asked] == ["r0", "r1"]
    assert kept_token(path) == "r2"


def test_a_file_that_cannot_be_replaced_costs_no_login(tmp_path, endpoint, monkeypatch):
    path = tmp_path / "sign-in"
    keep_token(path, "first-one")
    endpoint.by_grant[REFRESH] = lambda form: (200, {"refresh_token": f"{form['refresh_token']}+"})

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("mailbot.adapters.oauth.kept.keep_token", refuse)
    tokens = tokens_of(Server(**APP, refresh_token_file=path, token_url=endpoint.url), "support@desk.example")
    for _ in range(3):  # an endpoint may take each of them once
        tokens.refused(tokens.token())
    path.write_text("signed-in-anew")
    tokens.token()
    assert [form["refresh_token"] for form in endpoint.asked] == [
        "first-one",
        "first-one+",
        "first-one++",
        "signed-in-anew",
    ]


def test_somebody_signs_in_by_a_code_elsewhere(endpoint):
    waits, shown, paused = [{"error": "authorization_pending"}, {"error": "slow_down"}], [], []

    def answer(form):
        return (400, waits.pop(0)) if waits else (200, {"refresh_token": "kept-one"})

    endpoint.by_grant[DEVICE] = answer
    device = endpoint.url.removesuffix("token") + "devicecode"
    token = by_device(endpoint.url, device, CLIENT, "mail offline_access", show=shown.append, pause=paused.append)
    assert token.refresh == "kept-one"
    assert shown == [sign_in.Shown("https://login.desk.example/device", "BCDF-GHJK")]
    assert paused == [5.0, 5.0, 10.0]


def test_an_endpoint_that_is_away_for_a_moment_ends_no_sign_in(endpoint, monkeypatch):
    paused, asked = [], sign_in.ask
    endpoint.by_grant[DEVICE] = lambda form: (503, {}) if len(paused) < 3 else (200, {"refresh_token": "kept-one"})

    def breaks_once(url, form):
        if len(paused) == 1:
            raise SignInDown("the token endpoint cannot be reached")
        return asked(url, form)

    monkeypatch.setattr(sign_in, "ask", breaks_once)
    device = endpoint.url.removesuffix("token") + "devicecode"
    token = by_device(endpoint.url, device, CLIENT, "mail", show=lambda _: None, pause=paused.append)
    assert token.refresh == "kept-one"
    assert paused == [5.0, 10.0, 10.0]


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ((400, {"error": "access_denied"}), SignInRefused, "permission"),
        ((400, {"error": "expired_token"}), SignInRefused, "expired_token"),
        ((200, {}), SignInRefused, "gave no refresh token"),
        ((400, {"error": "authorization_pending"}), SignInDown, "in time"),
    ],
)
def test_a_sign_in_by_a_code_that_comes_to_nothing(endpoint, monkeypatch, answer, error, words):
    endpoint.by_grant[DEVICE] = lambda form: answer
    monkeypatch.setattr(sign_in, "_LONGEST", 0.3)
    device = endpoint.url.removesuffix("token") + "devicecode"
    with pytest.raises(error, match=words):
        by_device(endpoint.url, device, CLIENT, "mail", show=lambda _: None, pause=lambda _: None)


def test_somebody_signs_in_with_a_browser_and_pastes_where_they_ended(endpoint):
    endpoint.by_grant["authorization_code"] = lambda form: (200, {"refresh_token": "kept-one"})
    opened = []

    def paste(address):
        opened.append(parse_qs(urlsplit(address).query))
        return f"{sign_in.REDIRECT}/?state={opened[0]['state'][0]}&code=a-code\n"

    page = "https://login.desk.example/auth"
    token = by_browser(endpoint.url, page, CLIENT, "the-secret", "mail", hint="a@desk.example", paste=paste)
    assert token.refresh == "kept-one"
    assert opened[0]["login_hint"] == ["a@desk.example"]
    assert "client_secret" not in opened[0]
    assert endpoint.asked[0]["code"] == "a-code"
    assert endpoint.asked[0]["redirect_uri"] == opened[0]["redirect_uri"][0]


@pytest.mark.parametrize(
    "pasted", ["", "yes", "http://127.0.0.1:1/?state=other&code=x", "http://127.0.0.1:1/?error=access_denied"]
)
def test_what_is_pasted_may_be_anything(endpoint, pasted):
    with pytest.raises(SignInRefused):
        by_browser(endpoint.url, "https://l.example/", CLIENT, "s", "mail", hint="", paste=lambda _: pasted)
    assert endpoint.asked == []


class Without:
    """There is no token: that is known before a server is asked for anything."""

    def __init__(self, error):
        self.error = error

    def token(self):
        raise self.error

    def refused(self, value):
        raise AssertionError(value)


@pytest.mark.parametrize(
    ("error", "of_inbox", "code"),
    [
        (SignInDown("the token endpoint is away"), MailboxDown, 0),
        (SignInRefused("no", why("oauth.secret-expired")), MailboxRefused, 535),
        (ConfigError(["refresh_token_file: nobody has signed in yet"]), MailboxRefused, 535),
    ],
)
async def test_what_a_login_without_a_token_is(error, of_inbox, code):
    options = {"host": "127.0.0.1", "port": 9, "security": "none", "username": "support@desk.example"}
    box = ImapMailbox(name="x", tokens=Without(error), **options)
    with pytest.raises(of_inbox, match=re.escape(str(error))) as told:
        box.open()
    assert getattr(told.value, "reason", None) == getattr(error, "reason", None)
    sent = await SmtpSubmitter(tokens=Without(error), **options).submit("a@desk.example", "b@north.example", b"x")
    assert (sent.down, sent.code, sent.at) == (True, code, Stage.LOGIN)  # 535 is told to the admins, and tried slowly
    assert str(error) in sent.reply


async def test_a_password_that_cannot_be_read_is_a_refused_login_and_leaves_no_mail_in_doubt():
    def unread():
        raise ConfigError(["password_file: storage/pw is empty"])

    options = {"host": "127.0.0.1", "port": 9, "security": "none", "username": "desk", "password": unread}
    with pytest.raises(MailboxRefused, match="storage/pw is empty"):
        ImapMailbox(name="x", **options).open()
    sent = await SmtpSubmitter(**options).submit("a@desk.example", "b@north.example", b"x")
    assert (sent.down, sent.ambiguous, sent.code, sent.at) == (True, False, 535, Stage.LOGIN)


def test_exchange_lets_an_app_in_and_only_then_says_that_it_may_open_no_mailbox():
    class Client:
        def select_folder(self, *_, **__):
            raise imaplib.IMAP4.error("select failed: User is authenticated but not connected.")

    box = ImapMailbox(name="x", host="h", port=9, username="support@desk.example", tokens=Without(None))
    box._client = Client()
    with pytest.raises(MailboxRefused, match=r"not connected.*what the app may do with this mailbox"):
        box._select()
