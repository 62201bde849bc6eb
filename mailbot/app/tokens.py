"""Where the logins of a desk get their tokens, as its config says."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

from mailbot.adapters.oauth.assertions import certificate_in
from mailbot.adapters.oauth.grants import Form, by_certificate, by_secret, by_service_account, by_sign_in
from mailbot.adapters.oauth.kept import Kept
from mailbot.adapters.oauth.source import TokenSource
from mailbot.config import Config
from mailbot.config.server import Secret, Server
from mailbot.core.oauth.expiry import STEPS, Ending
from mailbot.errors import ConfigError


def tokens_of(server: Server, mailbox: str) -> TokenSource | None:
    """The same for all that ask the same, so that they share a token; None where the login is by password."""
    if not server.by_token:
        return None
    return _source(
        _Asking(
            url=server.token_endpoint,
            scope=server.token_scope,
            client_id=server.client_id or "",
            env=server.client_secret_env,
            file=server.client_secret_file,
            certificate=server.certificate_file,
            account=server.service_account_file,
            mailbox=mailbox if server.service_account_file is not None else "",
            kept=server.refresh_token_file,
        )
    )


def endings_of(config: Config) -> list[Ending]:
    """What of the config's logins comes to an end, each once; a certificate that cannot be read shows at the login."""
    found: dict[object, Ending] = {}
    servers = [*((f"[[inbox]] {inbox.name}", inbox) for inbox in config.inboxes), ("[smtp]", config.smtp)]
    for where, server in servers:
        if server.client_secret_expires is not None:
            ends = datetime.combine(server.client_secret_expires, time(), UTC)
            found.setdefault((server.client_id, ends), Ending(what="secret", where=where, at=ends))
        if server.certificate_file is not None:
            with suppress(ConfigError):
                ends = certificate_in(server.certificate_file).expires
                found.setdefault(server.certificate_file, Ending(what="certificate", where=where, at=ends))
    return list(found.values())


def ends_soon(config: Config) -> list[str]:
    """The same for `check`, in a line for each that is within its last month or past it."""
    return [
        f"{each.where}: its {'client secret' if each.what == 'secret' else 'certificate'} expires on "
        f"{each.at:%Y-%m-%d}; make a new one in time (docs/providers.md)"
        for each in endings_of(config)
        if each.at - _now() <= timedelta(days=max(STEPS))
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asking:
    url: str
    scope: str
    client_id: str
    env: str | None
    file: Path | None
    certificate: Path | None
    account: Path | None
    mailbox: str
    kept: Path | None


@lru_cache(maxsize=64)
def _source(by: _Asking) -> TokenSource:
    if by.kept is None:
        return TokenSource(by.url, _form(by), now=_now)
    kept = Kept(by.kept)
    secret = Secret(called="client_secret", env=by.env, file=by.file)
    has_one = by.env is not None or by.file is not None
    form = by_sign_in(by.client_id, secret.read if has_one else None, kept)
    return TokenSource(by.url, form, now=_now, keep=kept.keep_newer)


def _form(by: _Asking) -> Form:
    secret = Secret(called="client_secret", env=by.env, file=by.file)
    if by.account is not None:
        return by_service_account(by.account, by.mailbox, by.scope, by.url, _now)
    if by.certificate is not None:
        return by_certificate(by.client_id, by.certificate, by.scope, by.url, _now)
    return by_secret(by.client_id, secret.read, by.scope)


def _now() -> datetime:
    return datetime.now(UTC)
