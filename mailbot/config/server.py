"""What `[smtp]` and each `[[inbox]]` say about their server: where it is, and how the desk logs in."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mailbot.config import values as v
from mailbot.config.oauth import OAUTH_KEYS, PRESETS, OAuthKeys, ProviderName
from mailbot.errors import ConfigError

Security = Literal["tls", "starttls", "none"]

IMAP_PORTS = {"tls": 993, "starttls": 143, "none": 143}
SMTP_PORTS = {"tls": 465, "starttls": 587, "none": 25}

_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")


def no_variable(name: str, secret: str) -> str:
    """That the environment lacks it. Perhaps it is the secret itself, which nobody wants in a terminal or a log."""
    if _VARIABLE.fullmatch(name):
        return f"the environment has no {name}"
    return f"the environment has no variable of that name; the name stands here, never the {secret}"


def preset(given: object, protocol: Literal["imap", "smtp"]) -> object:
    """The table with the host, port, security and pace of its provider, where it does not say them itself."""
    name = given.get("provider") if isinstance(given, Mapping) else None
    known = PRESETS.get(name.strip().casefold()) if isinstance(name, str) else None
    if known is None or not isinstance(given, Mapping):
        return given
    if protocol == "smtp":
        given = {"per_minute": known.per_minute, "per_day": known.per_day, **given}
    if given.get("host"):
        return given
    place = known.imap if protocol == "imap" else known.smtp
    filled = {"host": place.host, "security": place.security, **given}
    if filled["security"] == place.security:
        filled.setdefault("port", place.port)
    return {**filled, "host": place.host}


@dataclass(frozen=True, kw_only=True, slots=True)
class Secret:
    """Where one secret is: in a variable of the environment, or in a file. `called`: the first word of its two keys."""

    called: str
    env: str | None
    file: Path | None

    def read(self) -> str:
        """Read at each call. Raises ConfigError without showing it."""
        problem = self.problem()
        if problem is not None:
            raise ConfigError([problem])
        if self.env is not None:
            return os.environ[self.env]
        assert self.file is not None
        return self.file.read_text(encoding="utf-8").rstrip("\r\n")

    def problem(self) -> str | None:
        """Why it cannot be had just now, or None."""
        by_env, by_file = f"{self.called}_env", f"{self.called}_file"
        if self.env is not None:
            if os.environ.get(self.env):
                return None
            return f"{by_env}: {no_variable(self.env, self.called.replace('_', ' '))}"
        if self.file is None:
            return f"{by_env}: is missing"
        problem = file_problem(by_file, self.file)
        if problem is None:
            try:
                self.file.read_text(encoding="utf-8")
            except UnicodeDecodeError:  # whose repr holds all that was read: it must not get into a log
                return f"{by_file}: {self.file} is not text in UTF-8"
        return problem


def file_problem(key: str, path: Path) -> str | None:
    """Why a file with a secret cannot be read just now, or None."""
    try:
        empty = not path.read_bytes().strip()
    except OSError as error:
        if f"${{{v.CREDENTIALS}}}" in str(path):
            return (
                f"{key}: the environment has no {v.CREDENTIALS}, which systemd sets for the service alone; "
                f"name the folder before the command: {v.CREDENTIALS}=/etc/mailbot mailbot check"
            )
        return f"{key}: {path}: {error.strerror}"
    return f"{key}: {path} is empty" if empty else None


class Server(OAuthKeys):
    """What a mail server needs to let us in; the password itself is never held here."""

    provider: ProviderName = None
    host: v.Text
    security: Security
    port: v.Port
    username: v.OptionalText = None
    password_env: v.OptionalText = None
    password_file: v.OptionalPath = None
    ca_file: v.OptionalFile = None

    def password(self) -> str:
        """The password, read from the environment or the file at each call. Raises ConfigError without showing it."""
        return Secret(called="password", env=self.password_env, file=self.password_file).read()

    def client_secret(self) -> str:
        """The secret of the client that asks for tokens; the same."""
        return Secret(called="client_secret", env=self.client_secret_env, file=self.client_secret_file).read()

    def password_problem(self) -> str | None:
        """Why the password, or what a token is asked for with, cannot be had just now, or None."""
        if not self.by_token:
            return Secret(called="password", env=self.password_env, file=self.password_file).problem()
        for key in ("certificate_file", "service_account_file", "refresh_token_file"):
            path = getattr(self, key)
            if path is not None and (problem := file_problem(key, path)) is not None:
                if key == "refresh_token_file" and not path.exists():
                    return f"{key}: nobody has signed in yet; `mailbot login` does that, and writes {path}"
                return problem
        if self.has_client_secret or self.has_no_other_proof:
            return Secret(called="client_secret", env=self.client_secret_env, file=self.client_secret_file).problem()
        return None

    @property
    def has_client_secret(self) -> bool:
        """Whether the app has a secret."""
        return self.client_secret_env is not None or self.client_secret_file is not None

    @property
    def has_no_other_proof(self) -> bool:
        """Whether the secret is all that shows who asks."""
        return not (self.certificate_file or self.service_account_file or self.refresh_token_file)

    @property
    def by_token(self) -> bool:
        """Whether the login is by a token, not by a password."""
        return any(getattr(self, key) is not None for key in OAUTH_KEYS)

    @property
    def token_endpoint(self) -> str:
        """Where tokens are asked for."""
        known = PRESETS.get(self.provider or "")
        return self.token_url or (known.token_url.format(tenant=self.tenant) if known is not None else "")

    @property
    def device_endpoint(self) -> str:
        """Where a sign-in by a code begins: beside the token endpoint, as at Microsoft."""
        return self.token_endpoint.removesuffix("token") + "devicecode"

    @property
    def token_scope(self) -> str:
        """What is asked for; "" where the endpoint needs nothing said."""
        known = PRESETS.get(self.provider or "")
        if self.scope or known is None:
            return self.scope or ""
        return known.person_scope if self.refresh_token_file is not None else known.scope

    @property
    def sign_in_page(self) -> str:
        """Where somebody signs in with a browser; "" where it is done by a code."""
        known = PRESETS.get(self.provider or "")
        return known.sign_in_page if known is not None else ""
