"""[oncall] of `config.toml`: whose turn it is outside the desk's hours, and the second road to them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, model_validator

from mailbot.config import values as v
from mailbot.config.section import Section
from mailbot.errors import ConfigError

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST = timedelta(minutes=2)
_WANTED_CHANGE = 'must be a day and a clock time such as "mon 09:00"'


def web_address_allowed(url: str) -> bool:
    """Whether a web address may be called: by https, or on this very machine; without a name and password in it."""
    try:
        parts = urlsplit(url)
        port = parts.port  # reading it is the check
    except ValueError:
        return False
    if not parts.hostname or parts.username is not None or port == 0 or any(not "!" <= c <= "~" for c in url):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _change(value: object) -> tuple[int, time]:
    if isinstance(value, tuple):
        return value
    day, _, clock = v.text_of(value, 'a day and a clock time such as "mon 09:00"').strip().lower().partition(" ")
    if day not in _DAYS or not clock.strip():
        raise ValueError(_WANTED_CHANGE)
    return _DAYS.index(day), v.clock_time(clock)


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(v.text_of(value, "a day such as 2026-03-02"))
    except ValueError:
        raise ValueError(f'"{value}" is not a day such as 2026-03-02') from None


def _weeks(value: object) -> Mapping[date, str]:
    if not isinstance(value, Mapping):
        raise ValueError('must be a table such as { "2026-12-21" = "mia" }')  # noqa: TRY004 - for pydantic
    return {_day(day): v.text_of(name, "the id of an agent") for day, name in value.items()}


def _command(value: object) -> tuple[str, ...]:
    if value in ("", None):
        return ()
    if not isinstance(value, list | tuple) or not all(isinstance(part, str) and part for part in value):
        raise ValueError('must be a list: the program and its arguments, such as ["/usr/local/bin/call", "--now"]')
    return tuple(value)


def _webhook(value: object) -> str | None:
    url = v.text_of(value, "a web address") if value is not None else ""
    if url and not web_address_allowed(url):
        raise ValueError("must begin with https:// (or http://localhost), without a name and a password in it")
    return url or None


class OnCallConfig(Section):
    """[oncall]; without a `rota` everybody is told of an outage at any hour, and the rest has no effect."""

    rota: v.Words = ()
    change: Annotated[tuple[int, time], BeforeValidator(_change)] = (0, time(9))
    timezone: v.OptionalZone = None
    since: Annotated[date, BeforeValidator(_day)] = date(2024, 1, 1)
    weeks: Annotated[Mapping[date, str], BeforeValidator(_weeks)] = {}
    next_after: v.Duration = timedelta(minutes=5)
    command: Annotated[tuple[str, ...], BeforeValidator(_command)] = ()
    webhook: Annotated[str | None, BeforeValidator(_webhook)] = None
    webhook_env: v.OptionalText = None
    timeout: v.Duration = timedelta(seconds=10)

    @model_validator(mode="after")
    def _fits_together(self) -> OnCallConfig:
        if not self.rota and (self.weeks or self.has_second_road):
            raise ValueError("rota: is missing: whose turn is it?")
        if self.command and (self.webhook or self.webhook_env):
            raise ValueError("webhook: there is a command already; take one of them out")
        if self.timeout > _LONGEST:
            raise ValueError("timeout: must be at most 2m")
        for day in self.weeks:
            if day.weekday() != self.change[0]:
                raise ValueError(f"weeks: {day} is no {_DAYS[self.change[0]]}, the day on which a week begins here")
        return self

    @property
    def has_second_road(self) -> bool:
        """Whether agents can be called beside their mail."""
        return bool(self.command or self.webhook or self.webhook_env)

    def problem(self) -> str | None:
        """Why calls cannot be made just now, as far as the config knows; None if nothing is wrong."""
        if self.webhook_env is None or not self.rota:
            return None
        url = os.environ.get(self.webhook_env, "")
        if not url:
            return f"webhook_env: the environment has no {self.webhook_env}"
        return None if web_address_allowed(url) else f"webhook_env: {self.webhook_env} does not begin with https://"

    def web_address(self) -> str:
        """Where calls are posted to, from the environment if it is there (read at each call). Raises ConfigError."""
        if self.webhook_env is None:
            return self.webhook or ""
        url = os.environ.get(self.webhook_env, "")
        if not url:
            raise ConfigError([f"oncall.webhook_env: the environment has no {self.webhook_env}"])
        return url
