"""Every section and key of `config.toml`, with its kind, its bounds and its default."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    Field,
    PrivateAttr,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from mailbot.config import values as v
from mailbot.config.agent_times import OptionalDigest, OptionalHours
from mailbot.config.brand import BrandConfig
from mailbot.config.forms import FormConfig, MarketplaceConfig
from mailbot.config.hours import HoursConfig
from mailbot.config.office import OfficeConfig
from mailbot.config.oncall import OnCallConfig
from mailbot.config.section import Section
from mailbot.config.server import IMAP_PORTS, SMTP_PORTS, Security, Server, no_variable, preset
from mailbot.config.spam import SpamConfig
from mailbot.errors import ConfigError

# design.md, *Promises*: what each priority gets where the config says nothing else
CADENCES: Mapping[str, Mapping[str, Any]] = {
    "1": {"first": "15m", "then": ["30m until 2h", "1h"], "clock": "24x7"},
    "2": {"first": "1h", "then": ["4h"]},
    "3": {"first": "4h", "then": ["1d"], "after_estimate": "3d"},
    "4": {"first": "8h", "then": ["1d"], "only_if_unanswered": True},
    "5": {"first": "none", "then": []},
    "unsure": {"first": "1h", "then": ["1d"], "after_estimate": "3d"},
}


class Desk(Section):
    """[desk]"""

    name: v.Text
    language: v.Language = "en"
    address_form: v.OptionalForm = None
    brand: BrandConfig = BrandConfig()
    timezone: v.Zone = Field(default_factory=lambda: ZoneInfo("UTC"))
    admins: v.Addresses = ()
    authserv_id: v.OptionalText = None
    agents_proven_by: v.OptionalProof = None
    own_hosts: v.Hosts = ()
    subaddress: Literal["plus", "none"] = "plus"
    envelope: Literal["verp", "plain"] = "verp"
    secret_file: v.SitePath = Field(default=Path("storage/secret"), validate_default=True)
    second_process: v.Flag = True
    mail_time: v.Duration = timedelta(seconds=10)
    mail_memory: v.Size = 512_000_000


class Store(Section):
    """[store]; ask `database_url`, not `url`."""

    url: SecretStr = Field(default=SecretStr("sqlite:///storage/desk.db"), validate_default=True)
    url_env: v.OptionalText = None

    @field_validator("url", mode="before")
    @classmethod
    def _known_database(cls, value: object, info: ValidationInfo) -> SecretStr:
        text = value.get_secret_value() if isinstance(value, SecretStr) else v.text_of(value, "a database URL")
        return SecretStr(_database_url(text, (info.context or {}).get("site")))

    def database_url(self, site: Path) -> str:
        """The SQLAlchemy URL, absolute, from `url_env` where that is set (read at each call). Raises ConfigError."""
        if self.url_env is None:
            return self.url.get_secret_value()
        text = os.environ.get(self.url_env, "")
        if not text:
            raise ConfigError([f"store.url_env: {no_variable(self.url_env, 'URL')}"])
        try:
            return _database_url(text, site)
        except ValueError as problem:
            raise ConfigError([f"store.url_env: {self.url_env} {problem}"]) from None


def _database_url(text: str, site: Path | None) -> str:
    """An SQLite path made absolute from the site, PostgreSQL by psycopg 3; ValueError for anything else."""
    scheme, _, rest = text.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        return text if site is None or rest == "/:memory:" else f"sqlite:///{site / rest[1:]}"
    if scheme in {"postgresql", "postgres", "postgresql+psycopg"}:
        try:
            urlsplit(f"//{rest}").port  # noqa: B018 - reading it is the check
        except ValueError:
            raise ValueError("has a port that is no number") from None
        return f"postgresql+psycopg://{rest}"
    raise ValueError('must begin with "sqlite:///" or "postgresql://"')


class Smtp(Server):
    """[smtp]; `username` None submits without a login."""

    security: Security = "starttls"
    port: v.Port = Field(default_factory=lambda data: SMTP_PORTS[data.get("security", "starttls")])
    timeout: v.Duration = timedelta(seconds=30)
    connections: v.Count = 3
    per_minute: v.Sum = 0
    per_day: v.Sum = 0

    @model_validator(mode="before")
    @classmethod
    def _of_the_provider(cls, given: object) -> object:
        return preset(given, "smtp")


class InboxConfig(Server):
    """[[inbox]]; `username` is the address where none is given."""

    name: v.Name
    address: v.MailAddress
    display_name: v.OptionalText = None
    aliases: v.Addresses = ()
    language: v.OptionalLanguage = None
    address_form: v.OptionalForm = None
    group: v.Name = "support"
    security: Security = "tls"
    port: v.Port = Field(default_factory=lambda data: IMAP_PORTS[data.get("security", "tls")])
    folder: v.Text = "INBOX"
    after: str = "seen"
    poll: v.Duration = timedelta(seconds=60)
    max_size: v.Size = 35_000_000
    answer_when_not_addressed: v.Flag = False
    lists: v.ListIds = ()

    @model_validator(mode="before")
    @classmethod
    def _of_the_provider(cls, given: object) -> object:
        return preset(given, "imap")

    @field_validator("after", mode="before")
    @classmethod
    def _known_after(cls, value: object) -> str:
        text = v.text_of(value, '"seen", "nothing" or "move:FOLDER"')
        if text not in {"seen", "nothing"} and not re.fullmatch(r"move:[^\x00-\x1f\x7f]+", text):
            raise ValueError(f'"{text}" is not one of "seen", "nothing" or "move:FOLDER"')
        return text

    @property
    def login(self) -> str:
        """The name to log in with."""
        return self.username or self.address

    @property
    def move_to(self) -> str | None:
        """The folder that mails are moved to once they are stored, or None."""
        return self.after.removeprefix("move:") if self.after.startswith("move:") else None


class AgentConfig(Section):
    """[[agent]]"""

    id: v.AgentId
    name: v.Text
    addresses: v.Addresses = Field(min_length=1)
    groups: v.Words = ("support",)
    lead: v.Flag = False
    timezone: v.OptionalZone = None
    language: v.OptionalLanguage = None
    epoch: v.Epoch = 1
    goodwill: v.Sum = 0
    phone: v.OptionalText = None
    signature: v.OptionalText = None
    hears: Literal["mine", "groups", "all"] = "groups"
    hours: OptionalHours = None
    digest: OptionalDigest = None
    calendar: v.OptionalFile = None


class PriorityConfig(Section):
    """[priority.N]: the first word, then the pace until the ticket is resolved."""

    first: v.OptionalDuration
    then: v.Steps
    after_estimate: v.OptionalDuration = None
    only_if_unanswered: v.Flag = False
    clock: Literal["24x7", "business"] = "business"

    @model_validator(mode="after")
    def _has_a_pace(self) -> PriorityConfig:
        if self.first is not None and not self.then:
            raise ValueError("then: must say how often they hear from us after the first word")
        return self


class UnsureConfig(PriorityConfig):
    """[priority.unsure]: a ticket whose kind no rule told. `alarm`: the first word where it may be an outage."""

    first: v.Duration
    alarm: v.OptionalDuration = timedelta(minutes=30)


class Priorities(Section):
    """[priority.1] to [priority.5], and [priority.unsure]"""

    p1: PriorityConfig = Field(alias="1")
    p2: PriorityConfig = Field(alias="2")
    p3: PriorityConfig = Field(alias="3")
    p4: PriorityConfig = Field(alias="4")
    p5: PriorityConfig = Field(alias="5")
    unsure: UnsureConfig

    @model_validator(mode="before")
    @classmethod
    def _over_the_defaults(cls, given: object) -> object:
        """Each level starts from its own defaults, so that one changed key does not reset the others."""
        if not isinstance(given, dict):
            return given
        merged: dict[str, Any] = dict(given)
        for level, default in CADENCES.items():
            own = given.get(level, {})
            merged[level] = {**default, **own} if isinstance(own, dict) else own
        return merged

    @property
    def levels(self) -> dict[int, PriorityConfig]:
        """Those of the five priorities, by number."""
        return {1: self.p1, 2: self.p2, 3: self.p3, 4: self.p4, 5: self.p5}


class LimitsConfig(Section):
    """[limits]: how many automatic mails may go out, and what is too old or too travelled to be answered."""

    per_address_hour: v.Count = 3
    per_address_day: v.Count = 10
    per_domain_hour: v.Count = 100
    forms_hour: v.Count = 60
    too_old: v.Duration = timedelta(hours=24)
    max_received: v.Count = 50
    breaker_floor: v.Count = 500


class PromisesConfig(Section):
    """[promises]: when the last reminder, the cover, the end after a nudge and the look back go out, and how exactly."""

    remind_before: v.Duration = timedelta(minutes=10)
    cover_before: v.Duration = timedelta(minutes=2)
    close_after: v.Duration = timedelta(days=3)
    check_in_after: v.OptionalDuration = timedelta(days=3)
    count_in: Literal["minutes", "seconds"] = "minutes"

    @model_validator(mode="after")
    def _reminded_first(self) -> PromisesConfig:
        if self.cover_before >= self.remind_before:
            raise ValueError("remind_before: must be longer than cover_before, or nobody is reminded in time")
        return self


class GoodwillConfig(Section):
    """[goodwill]: how much an agent may give within 30 days without asking the lead, in whole units of the currency."""

    budget: v.Sum = 0
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")


class PagesConfig(Section):
    """[pages]: the mails that begin each agent's day, and end each lead's."""

    morning: v.Flag = True
    evening: v.Flag = True


class LogConfig(Section):
    """[log]; `auto` is text on a terminal and JSON elsewhere."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "json", "text"] = "auto"


class Config(Section):
    """A whole `config.toml`; `site` is the absolute path of its folder."""

    desk: Desk
    store: Store
    smtp: Smtp
    inboxes: tuple[InboxConfig, ...] = Field(alias="inbox", min_length=1)
    agents: tuple[AgentConfig, ...] = Field(alias="agent", min_length=1)
    hours: HoursConfig = HoursConfig()
    priority: Priorities
    limits: LimitsConfig = LimitsConfig()
    promises: PromisesConfig = PromisesConfig()
    goodwill: GoodwillConfig = GoodwillConfig()
    office: OfficeConfig = OfficeConfig()
    oncall: OnCallConfig = OnCallConfig()
    pages: PagesConfig = PagesConfig()
    spam: SpamConfig = SpamConfig()
    forms: tuple[FormConfig, ...] = Field(default=(), alias="form")
    marketplaces: tuple[MarketplaceConfig, ...] = Field(default=(), alias="marketplace")
    log: LogConfig = LogConfig()
    _site: Path = PrivateAttr(default=Path())

    @model_validator(mode="before")
    @classmethod
    def _sections_that_may_be_left_out(cls, given: object) -> object:
        """These two read their defaults as if they were written, and so need to be there."""
        return {"store": {}, "priority": {}, **given} if isinstance(given, dict) else given

    def model_post_init(self, context: Mapping[str, Path] | None, /) -> None:
        """Remember the site, which pydantic hands on from `load_config`."""
        self._site = (context or {}).get("site", Path())

    @property
    def site(self) -> Path:
        """The folder with `config.toml`, `rules/`, `templates/` and `storage/`."""
        return self._site

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL of the store; see `Store.database_url`."""
        return self.store.database_url(self._site)
