"""What of a changed config counts at once in a running desk, and what waits for its next start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mailbot.config.effective import values_of
from mailbot.config.models import Config, InboxConfig
from mailbot.config.policies import policy_of
from mailbot.config.reading import load_config
from mailbot.core.model.policy import Policy

_SECTIONS = ("store", "smtp", "log")
_DESK = ("secret_file", "second_process", "mail_time", "mail_memory")
_INBOX_AT_ONCE = frozenset(
    {"display_name", "aliases", "language", "address_form", "group", "answer_when_not_addressed", "lists"}
)
_NOTHING = '""'
_SECOND_ROAD = ("command", "webhook", "webhook_env", "timeout")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reloaded:
    """The policy in force from now on, the keys whose values changed in it, and those that wait for the next start."""

    policy: Policy
    changed: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


class ConfigFile:
    """The `config.toml` of a running desk. For one thread."""

    def __init__(self, started: Config, read: Callable[[Path], Config] = load_config) -> None:
        self.path = started.site / "config.toml"
        self._read = read
        self._started = self._known = started

    def reload(self, languages: frozenset[str]) -> Reloaded:
        """Read it again; `languages` are those with a whole set of letters. `took` makes it the known one.

        Raises ConfigError with every mistake.
        """
        wanted = self._read(self.path.parent)
        started, now, before = values_of(self._started), values_of(wanted), values_of(self._known)
        waiting = _differing(started, now, lambda key: _waits(key, self._started, wanted))
        changed = _differing(before, now, lambda key: not _waits(key, self._started, wanted))
        self._wanted = wanted
        return Reloaded(policy=policy_of(merged(self._started, wanted), languages), changed=changed, waiting=waiting)

    def took(self) -> None:
        """What was read last is in force."""
        self._known = self._wanted


def merged(started: Config, wanted: Config) -> Config:
    """The wanted config, with all that a running process cannot change as it was when it started."""
    desk = wanted.desk.model_copy(update={key: getattr(started.desk, key) for key in _DESK})
    oncall = wanted.oncall.model_copy(update={key: getattr(started.oncall, key) for key in _SECOND_ROAD})
    if _road_comes_or_goes(started, wanted):
        oncall = started.oncall
    known = {inbox.name: inbox for inbox in wanted.inboxes}
    inboxes = tuple(_inbox(inbox, known.get(inbox.name)) for inbox in started.inboxes)
    kept = {name: getattr(started, name) for name in _SECTIONS}
    return wanted.model_copy(update={**kept, "desk": desk, "oncall": oncall, "inboxes": inboxes})


def _inbox(started: InboxConfig, wanted: InboxConfig | None) -> InboxConfig:
    if wanted is None:
        return started
    return started.model_copy(update={key: getattr(wanted, key) for key in _INBOX_AT_ONCE})


def _road_comes_or_goes(started: Config, wanted: Config) -> bool:
    """A second road is opened at the start, and only for a rota."""
    return started.oncall.has_second_road and bool(started.oncall.rota) != bool(wanted.oncall.rota)


def _waits(key: str, started: Config, wanted: Config) -> bool:
    section, _, name = key.rpartition(".")
    if section.startswith("inbox["):
        both = {inbox.name for inbox in started.inboxes} & {inbox.name for inbox in wanted.inboxes}
        return section[6:-1] not in both or name not in _INBOX_AT_ONCE
    if section == "oncall":
        return name in _SECOND_ROAD or _road_comes_or_goes(started, wanted)
    if section.startswith("agent["):
        return name == "calendar"
    return section in _SECTIONS or (section == "desk" and name in _DESK)


def _differing(old: Mapping[str, str], new: Mapping[str, str], counts: Callable[[str], bool]) -> tuple[str, ...]:
    """The keys with another value, in the order of the file; a whole new inbox or agent is named by its section."""
    keys = [key for key in {**new, **old} if old.get(key, _NOTHING) != new.get(key, _NOTHING) and counts(key)]
    sections = {_section(key) for key in old}, {_section(key) for key in new}
    whole = (sections[0] ^ sections[1]) - {""}
    named = (_section(key) if _section(key) in whole and not key.endswith(".calendar") else key for key in keys)
    return tuple(dict.fromkeys(named))


def _section(key: str) -> str:
    return key.rpartition(".")[0]
