"""Logging in by token, as decided: what is said, how long a token holds, and what a refusal means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mailbot.adapters.letters.reason_words import said_in
from mailbot.core.oauth.answers import passing, refusal
from mailbot.core.oauth.sasl import initial_response, refusal_in
from mailbot.core.oauth.token import token_in

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def test_what_is_said_first():
    said = initial_response("xoauth2", "support@desk.example", "abc", host="mx.desk.example", port=993)
    assert said == b"user=support@desk.example\x01auth=Bearer abc\x01\x01"
    said = initial_response("oauthbearer", "a=b,c@desk.example", "abc", host="mx.desk.example", port=993)
    assert said == b"n,a=a=3Db=2Cc@desk.example,\x01host=mx.desk.example\x01port=993\x01auth=Bearer abc\x01\x01"


@pytest.mark.parametrize(
    ("challenge", "words"),
    [
        (
            b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}',
            "status 400, scope https://mail.google.com/",
        ),
        (b'{"status":"invalid_token"}', "status invalid_token"),
        (b'{"status":"a\\u0007b"}', "status ab"),
        (b'{"status":[1]}', ""),
        (b"[" * 100_000, ""),
        (b"\xff", ""),
        (b"7", ""),
    ],
)
def test_why_a_server_refuses(challenge, words):
    assert refusal_in(challenge) == words


def test_a_token_is_renewed_before_it_ends():
    token = token_in({"access_token": "abc", "token_type": "bearer", "expires_in": 3600}, NOON)
    assert token is not None
    assert "abc" not in repr(token)
    assert token.fresh(NOON)
    assert not token.fresh(
        NOON + timedelta(minutes=55)
    )  # the margin, for a clock that is off and an endpoint that is away
    assert token.holds(NOON + timedelta(minutes=59))
    assert not token.holds(NOON + timedelta(minutes=60))
    assert not token.fresh(NOON - timedelta(seconds=1))  # a clock that was set back says nothing


def test_a_short_token_is_not_due_at_once():
    token = token_in({"access_token": "abc", "expires_in": 60}, NOON)
    assert token is not None
    assert token.fresh(NOON + timedelta(seconds=40))
    assert not token.fresh(NOON + timedelta(seconds=50))


@pytest.mark.parametrize(
    ("seconds", "minutes"),
    [(None, 5), ("3600", 60), ("soon", 5), (-1, 5), (True, 5), (float("nan"), 5), (float("inf"), 1440), (10**30, 1440)],
)
def test_how_long_a_token_holds_whatever_the_answer_says(seconds, minutes):
    token = token_in({"access_token": "abc", "expires_in": seconds}, NOON)
    assert token is not None
    assert token.until == NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"access_token": ""},
        {"access_token": 7},
        {"access_token": "a\r\nb"},
        {"access_token": "a", "token_type": "mac"},
    ],
)
def test_what_is_no_token(answer):
    assert token_in(answer, NOON) is None


@pytest.mark.parametrize(
    ("error", "description", "code"),
    [
        (
            "invalid_client",
            "AADSTS7000222: The provided client secret keys for app are expired.",
            "oauth.secret-expired",
        ),
        ("invalid_client", "AADSTS7000215: Invalid client secret provided.", "oauth.secret-wrong"),
        ("unauthorized_client", "AADSTS700016: Application with identifier was not found", "oauth.app-unknown"),
        ("invalid_request", "AADSTS90002: Tenant 'x' not found.", "oauth.tenant-unknown"),
        (
            "invalid_client",
            "AADSTS700027: The certificate with identifier is not registered",
            "oauth.certificate-unknown",
        ),
        ("invalid_client", "AADSTS700024: Client assertion is not within its valid time range.", "oauth.clock"),
        ("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes)", "oauth.clock"),
        ("invalid_grant", "AADSTS65001: The user or administrator has not consented", "oauth.no-permission"),
        ("invalid_grant", "AADSTS700082: The refresh token has expired due to inactivity.", "oauth.sign-in-ended"),
        ("invalid_grant", "Token has been expired or revoked.", "oauth.sign-in-ended"),
        ("invalid_grant", "AADSTS53003: Access has been blocked by Conditional Access policies.", "oauth.blocked"),
        (
            "unauthorized_client",
            "Client is unauthorized to retrieve access tokens using this method",
            "oauth.no-delegation",
        ),
        ("invalid_scope", "no such scope", "oauth.no-permission"),
        ("invalid_client", None, "oauth.secret-wrong"),
        ("unsupported_grant_type", ["odd"], "oauth.refused"),
        (None, None, "oauth.refused"),
    ],
)
def test_what_a_refusal_means(error, description, code):
    reason = refusal(400, {"error": error, "error_description": description}, host="login.desk.example")
    assert reason.code == code
    assert not passing(400, {"error": error})
    for language in ("en", "de", "fr"):
        assert "{" not in said_in(language, reason)


def test_a_refusal_repeats_no_secret_and_is_one_short_line():
    long = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsIng1dCI6IkJCOENlRlZxeWFHckdO"
    words = f"the secret hunter2~x is wrong, and so is {long}\r\nand more {'x ' * 500}"
    answer = {"error": "odd", "error_description": words}
    said = said_in("en", refusal(400, answer, host="h", secrets=("hunter2~x", "")))
    assert "hunter2" not in said
    assert long not in said
    assert "\n" not in said
    assert len(said) < 400


@pytest.mark.parametrize(
    ("status", "error"), [(500, None), (503, "x"), (429, None), (400, "temporarily_unavailable"), (408, None)]
)
def test_an_endpoint_that_is_busy_is_asked_again(status, error):
    assert passing(status, {"error": error})
