"""Somebody signs in for a mailbox: on another device by a code (RFC 8628), or in a browser, pasting where they ended."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

from mailbot.adapters.letters.reason_words import said_in
from mailbot.adapters.oauth.endpoint import Answer, ask
from mailbot.core.oauth.answers import code_in, passing, refusal
from mailbot.core.oauth.token import Token, token_in
from mailbot.errors import SignInDown, SignInRefused

_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_SLOWEST = 30.0  # seconds between two questions after a failure
_LONGEST = 1800.0  # seconds
REDIRECT = "http://127.0.0.1:1"
"""Where the browser ends: nobody listens there, and the address that it shows holds the code."""


class Shown(NamedTuple):
    """What a person is told: where to go, and the code to type there."""

    address: str
    code: str


def by_device(
    url: str,
    device_url: str,
    client_id: str,
    scope: str,
    *,
    show: Callable[[Shown], None],
    pause: Callable[[float], None] = time.sleep,
) -> Token:
    """Waits until they have done it. Raises SignInDown, SignInRefused."""
    host = urlsplit(url).hostname or ""
    begun = ask(device_url, {"client_id": client_id, "scope": scope})
    device, code = begun.body.get("device_code"), begun.body.get("user_code")
    address = begun.body.get("verification_uri") or begun.body.get("verification_url")
    if begun.status != 200 or not (isinstance(device, str) and isinstance(code, str) and isinstance(address, str)):
        raise _refused(begun, host)
    show(Shown(address, code))
    every = _seconds(begun.body.get("interval"), 5.0, 60.0)
    ends = time.monotonic() + _seconds(begun.body.get("expires_in"), 900.0, _LONGEST)
    while time.monotonic() < ends:
        pause(every)
        asked = datetime.now(UTC)
        try:
            answer = ask(url, {"grant_type": _GRANT, "client_id": client_id, "device_code": device})
        except SignInDown:  # they may be typing: a road that breaks for a moment does not end it (RFC 8628 section 3.5)
            every = min(2 * every, _SLOWEST)
            continue
        if code_in(answer.body) != "authorization_pending" and not passing(answer.status, answer.body):
            return _granted(answer, asked, host)
        every += 5.0 * (code_in(answer.body) == "slow_down")  # the same section
    raise SignInDown("nobody typed the code in time; try again")


def by_browser(
    url: str, page: str, client_id: str, secret: str, scope: str, *, hint: str, paste: Callable[[str], str]
) -> Token:
    """`paste` is given the address to open, and returns the one where the browser ended. RFC 8252, RFC 7636 (PKCE)."""
    host = urlsplit(url).hostname or ""
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked_for = {
        "client_id": client_id,
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "scope": scope,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "state": state,
        "access_type": "offline",
        "prompt": "consent",
        "login_hint": hint,
    }
    told = parse_qs(urlsplit(paste(f"{page}?{urlencode(asked_for)}").strip()).query)
    if "error" in told:
        raise SignInRefused(said_in("en", refusal(400, {"error": told["error"][0]}, host=host)))
    if told.get("state") != [state] or "code" not in told:
        raise SignInRefused("that is not the address where this sign-in ended; it begins with " + REDIRECT)
    form = {
        "grant_type": "authorization_code",
        "code": told["code"][0],
        "client_id": client_id,
        "client_secret": secret,
        "redirect_uri": REDIRECT,
        "code_verifier": verifier,
    }
    asked = datetime.now(UTC)
    return _granted(ask(url, form), asked, host, secret, told["code"][0])


def _granted(answer: Answer, asked: datetime, host: str, *hidden: str) -> Token:
    token = token_in(answer.body, asked) if answer.status == 200 else None
    if token is None:
        raise _refused(answer, host, *hidden)
    if token.refresh is None:
        raise SignInRefused(f"{host} gave no refresh token, so the sign-in would end within the hour (offline_access)")
    return token


def _refused(answer: Answer, host: str, *hidden: str) -> SignInRefused:
    reason = refusal(answer.status, _plain(answer.body), host=host, secrets=hidden)
    return SignInRefused(said_in("en", reason), reason)


def _plain(body: Mapping[str, object]) -> Mapping[str, object]:
    return body if "error" in body else {}


def _seconds(value: object, default: float, most: float) -> float:
    good = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    return min(float(value), most) if good and isinstance(value, int | float) else default
