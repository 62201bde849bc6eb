"""The keys of a login by token (OAuth 2.0), in `[smtp]` and `[[inbox]]`, what providers fill in, and what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from mailbot.config import values as v
from mailbot.config.oncall import web_address_allowed
from mailbot.config.section import Section
from mailbot.core.oauth.sasl import Sasl

OAUTH_KEYS = ("tenant", "client_id", "client_secret_env", "client_secret_file", "token_url")
"""Any of these makes it a login by token."""
_TENANT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a provider's server is."""

    host: str
    port: int
    security: Literal["tls", "starttls"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Preset:
    """What is known of a provider. `token_url` "": it has no logins by token for programs like this one."""

    imap: Place
    smtp: Place
    token_url: str = ""
    scope: str = ""
    passwords: bool = True


PRESETS: Mapping[str, Preset] = {
    # Microsoft Learn, "Authenticate an IMAP, POP or SMTP connection using OAuth": hosts, and the scope of apps.
    "m365": Preset(
        imap=Place(host="outlook.office365.com", port=993, security="tls"),
        smtp=Place(host="smtp.office365.com", port=587, security="starttls"),
        token_url="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",  # noqa: S106 - an address
        scope="https://outlook.office365.com/.default",
        passwords=False,
    ),
    # Google Workspace Admin Help, "Set up Gmail with a third-party email client".
    "google": Preset(
        imap=Place(host="imap.gmail.com", port=993, security="tls"),
        smtp=Place(host="smtp.gmail.com", port=587, security="starttls"),
    ),
    # Fastmail Help, "Server names and ports"; passwords are app passwords.
    "fastmail": Preset(
        imap=Place(host="imap.fastmail.com", port=993, security="tls"),
        smtp=Place(host="smtp.fastmail.com", port=465, security="tls"),
    ),
}


def _provider(value: object) -> str | None:
    text = v.text_of(value, "the name of a provider").strip().casefold() if value is not None else ""
    if text and text not in PRESETS:
        known = ", ".join(f'"{name}"' for name in PRESETS)
        raise ValueError(
            f'"{text}" is not a provider that is known here ({known}){v.meant(text, list(PRESETS))}; for any other, '
            'leave it "" and name the host'
        )
    return text or None


def _tenant(value: object) -> str | None:
    text = v.text_of(value, "the tenant").strip() if value is not None else ""
    if text and not _TENANT.fullmatch(text):
        raise ValueError("must be the Directory (tenant) ID, or a domain of the tenant such as contoso.onmicrosoft.com")
    return text or None


def _token_url(value: object) -> str | None:
    text = v.text_of(value, "a web address").strip() if value is not None else ""
    if text and not web_address_allowed(text):
        raise ValueError("must begin with https:// (or http://localhost), without a name and a password in it")
    return text or None


ProviderName = Annotated[str | None, BeforeValidator(_provider)]


class OAuthKeys(Section):
    """How a token is asked for by an app that has a secret of its own (RFC 6749 section 4.4, client credentials)."""

    tenant: Annotated[str | None, BeforeValidator(_tenant)] = None
    client_id: v.OptionalText = None
    client_secret_env: v.OptionalText = None
    client_secret_file: v.OptionalPath = None
    token_url: Annotated[str | None, BeforeValidator(_token_url)] = None
    scope: v.OptionalText = None
    sasl: Sasl = "xoauth2"


def login_problems(where: str, table: Mapping[str, Any]) -> Iterator[str]:
    """What the keys of one server's login say against each other, or leave out."""
    tokens = [key for key in OAUTH_KEYS if _text(table, key)]
    passwords = [key for key in ("password_env", "password_file") if _text(table, key)]
    smtp = where == "smtp"
    if tokens and passwords:
        yield f"{where}.{tokens[0]}: the login is by password already ({passwords[0]}); take one of them out"
    elif tokens:
        yield from _by_token(where, table)
    elif len(passwords) == 2:
        yield f"{where}.password_file: give either this or password_env, not both"
    elif passwords and smtp and not _text(table, "username"):
        yield f"{where}.{passwords[0]}: needs a username as well"
    elif not passwords and (not smtp or _text(table, "username")) and "password" not in table:
        known = PRESETS.get(_text(table, "provider").casefold())
        if known is not None and not known.passwords:
            yield f"{where}.client_id: is missing; Microsoft 365 takes no passwords: name tenant, client_id and client_secret_env"
        else:
            yield f"{where}.password_env: is missing; name the variable with the password, or a password_file"


def _by_token(where: str, table: Mapping[str, Any]) -> Iterator[str]:
    known = PRESETS.get(_text(table, "provider").casefold())
    if where == "smtp" and not _text(table, "username"):
        yield f"{where}.username: is missing; a token opens a mailbox, so its address has to stand here"
    if not _text(table, "client_id"):
        yield f"{where}.client_id: is missing; it is the Application (client) ID of the app that asks for tokens"
    if known is not None and known.token_url and not _text(table, "tenant") and not _text(table, "token_url"):
        yield f"{where}.tenant: is missing; it is the Directory (tenant) ID, on the same page as the client's"
    if _text(table, "client_secret_env") and _text(table, "client_secret_file"):
        yield f"{where}.client_secret_file: give either this or client_secret_env, not both"
    elif (
        not any(_text(table, key) for key in ("client_secret_env", "client_secret_file"))
        and "client_secret" not in table
    ):
        yield f"{where}.client_secret_env: is missing; name the variable with the secret, or a client_secret_file"
    if not _text(table, "token_url") and (known is None or not known.token_url):
        yield f'{where}.token_url: is missing; name the address where tokens are asked for, or say provider = "m365"'


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    return value.strip() if isinstance(value, str) else ""
