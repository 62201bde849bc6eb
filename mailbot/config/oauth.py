"""The keys of a login by token (OAuth 2.0), in `[smtp]` and `[[inbox]]`, what providers fill in, and what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from mailbot.config import values as v
from mailbot.config.oncall import web_address_allowed
from mailbot.config.section import Section
from mailbot.core.oauth.sasl import Sasl

OAUTH_KEYS = (
    "tenant",
    "client_id",
    "client_secret_env",
    "client_secret_file",
    "certificate_file",
    "service_account_file",
    "refresh_token_file",
    "token_url",
)
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
    person_scope: str = ""  # where somebody signs in, and no app by itself
    sign_in_page: str = ""
    passwords: bool = True
    per_minute: int = 0  # what it takes from one mailbox; 0: not known
    per_day: int = 0


PRESETS: Mapping[str, Preset] = {
    # Microsoft Learn, "Authenticate an IMAP, POP or SMTP connection using OAuth": hosts, and the scope of apps.
    "m365": Preset(
        imap=Place(host="outlook.office365.com", port=993, security="tls"),
        smtp=Place(host="smtp.office365.com", port=587, security="starttls"),
        token_url="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",  # noqa: S106 - an address
        scope="https://outlook.office365.com/.default",
        person_scope=(
            "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access"
        ),
        passwords=False,
        # Microsoft Learn, "Exchange Online limits": message rate and recipient rate.
        per_minute=30,
        per_day=10_000,
    ),
    # Google Workspace Admin Help, "Set up Gmail with a third-party email client".
    "google": Preset(
        imap=Place(host="imap.gmail.com", port=993, security="tls"),
        smtp=Place(host="smtp.gmail.com", port=587, security="starttls"),
        # Google, "OAuth 2.0 Mechanism" for IMAP and SMTP: the one scope; "Using OAuth 2.0": the two addresses.
        token_url="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
        scope="https://mail.google.com/",
        person_scope="https://mail.google.com/",
        per_day=2_000,  # Google Workspace, "Gmail sending limits"
        sign_in_page="https://accounts.google.com/o/oauth2/v2/auth",
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


def _expires(value: object) -> date | None:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = v.text_of(value, "a day such as 2027-05-31")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text}" is not a day such as 2027-05-31') from None


ProviderName = Annotated[str | None, BeforeValidator(_provider)]


class OAuthKeys(Section):
    """How a token is asked for: by an app with a secret or a certificate of its own, a service account, or a sign-in."""

    tenant: Annotated[str | None, BeforeValidator(_tenant)] = None
    client_id: v.OptionalText = None
    client_secret_env: v.OptionalText = None
    client_secret_file: v.OptionalPath = None
    client_secret_expires: Annotated[date | None, BeforeValidator(_expires)] = None
    certificate_file: v.OptionalPath = None
    service_account_file: v.OptionalPath = None
    refresh_token_file: v.OptionalPath = None
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


_PROOFS = ("client_secret_env", "client_secret_file", "certificate_file", "service_account_file", "refresh_token_file")


def _by_token(where: str, table: Mapping[str, Any]) -> Iterator[str]:
    name = _text(table, "provider").casefold()
    known, given = PRESETS.get(name), [key for key in _PROOFS if _text(table, key)]
    account, signed_in = "service_account_file" in given, "refresh_token_file" in given
    if where == "smtp" and not _text(table, "username"):
        yield f"{where}.username: is missing; a token opens a mailbox, so its address has to stand here"
    if account and name != "google":
        yield f'{where}.service_account_file: is for provider = "google" alone'
    if not account and not _text(table, "client_id"):
        yield f"{where}.client_id: is missing; it is the Application (client) ID of the app that asks for tokens"
    if (
        known is not None
        and "{tenant}" in known.token_url
        and not _text(table, "tenant")
        and not _text(table, "token_url")
    ):
        yield f"{where}.tenant: is missing; it is the Directory (tenant) ID, on the same page as the client's"
    if not _text(table, "token_url") and (known is None or not known.token_url):
        yield f'{where}.token_url: is missing; name the address where tokens are asked for, or say provider = "m365"'
    yield from _by_one_proof(where, table, name, given, signed_in=signed_in)


def _by_one_proof(
    where: str, table: Mapping[str, Any], name: str, given: list[str], *, signed_in: bool
) -> Iterator[str]:
    """Who asks is shown in one way. A sign-in may need the app's secret beside it, and does at Google."""
    secrets = [key for key in given if key.startswith("client_secret")]
    others = [key for key in given if key not in secrets]
    if len(secrets) == 2:
        yield f"{where}.client_secret_file: give either this or client_secret_env, not both"
    elif len(others) > 1 or (others and secrets and not signed_in):
        yield f"{where}.{others[-1]}: there is {(secrets or others)[0]} already; take one of them out"
    elif signed_in and name == "google" and not secrets and "client_secret" not in table:
        yield f"{where}.client_secret_env: is missing; Google wants the secret of the app beside the sign-in"
    elif not given and "client_secret" not in table:
        yield f"{where}.client_secret_env: is missing; name the variable with the secret, or a client_secret_file"


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    return value.strip() if isinstance(value, str) else ""
