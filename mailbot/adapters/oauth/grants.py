"""The form that a token is asked for with, made anew each time: by a secret, a certificate, an account, or a sign-in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from mailbot.adapters.oauth import assertions
from mailbot.adapters.oauth.kept import Kept

Form = Callable[[], Mapping[str, str]]
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"  # RFC 7523 section 2.2
_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"  # section 2.1


def by_secret(client_id: str, secret: Callable[[], str], scope: str) -> Form:
    """RFC 6749 section 4.4."""
    return lambda: _with_scope(
        {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret()}, scope
    )


def by_certificate(client_id: str, path: Path, scope: str, url: str, now: Callable[[], datetime]) -> Form:
    """The same, signed. The file is read each time, so a new one needs no restart."""

    def form() -> Mapping[str, str]:
        signed = assertions.of_app(assertions.certificate_in(path), client_id, url, now())
        told = {"grant_type": "client_credentials", "client_id": client_id}
        return _with_scope({**told, "client_assertion_type": _ASSERTION, "client_assertion": signed}, scope)

    return form


def by_service_account(path: Path, mailbox: str, scope: str, url: str, now: Callable[[], datetime]) -> Form:
    """In the name of the mailbox."""

    def form() -> Mapping[str, str]:
        account = assertions.service_account_in(path)
        return {
            "grant_type": _BEARER,
            "assertion": assertions.of_service_account(account, mailbox, scope, url, now()),
        }

    return form


def by_sign_in(client_id: str, secret: Callable[[], str] | None, kept: Kept) -> Form:
    """RFC 6749 section 6: by what is kept of somebody's sign-in. The scope stays as it was granted."""

    def form() -> Mapping[str, str]:
        told = {"grant_type": "refresh_token", "client_id": client_id, "refresh_token": kept.token()}
        return {**told, "client_secret": secret()} if secret is not None else told

    return form


def _with_scope(form: dict[str, str], scope: str) -> Mapping[str, str]:
    return {**form, "scope": scope} if scope else form
