"""Reads a site's `config.toml`, or says everything that is wrong with it at once."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mailbot.config.lines import with_lines
from mailbot.config.models import Config
from mailbot.config.problems import problems_of
from mailbot.config.relations import relation_problems
from mailbot.errors import ConfigError


def load_config(site: Path) -> Config:
    """The config of the site, with every path in it absolute. Passwords and the secret are not read here.

    Raises ConfigError with one line per wrong key, in the form `smtp.port: must be at most 65535 (line 31)`.
    """
    site = site.expanduser().absolute()
    text, data = read_text(site / "config.toml")
    try:
        config = Config.model_validate(data, context={"site": site})
    except ValidationError as error:
        problems = _once([*problems_of(error, data), *relation_problems(data)])
        raise ConfigError(with_lines(problems, text, data)) from None
    if problems := relation_problems(data):
        raise ConfigError(with_lines(_once(problems), text, data))
    if config.forms:
        from mailbot.config.form_samples import sample_problems  # loads what reads mail, which most commands need not

        if problems := sample_problems(config):
            raise ConfigError(with_lines(problems, text, data))
    return config


def password_problems(config: Config) -> list[str]:
    """One line per password that cannot be had from its variable or file just now, for `check` and at start."""
    servers = [(f"inbox[{inbox.name}]", inbox.password_problem()) for inbox in config.inboxes]
    if config.smtp.username is not None:
        servers.append(("smtp", config.smtp.password_problem()))
    return [f"{where}.{problem}" for where, problem in servers if problem is not None]


def rota_problem(config: Config) -> str | None:
    """Why the rota has no effect, for `check` and `mailbot oncall`; None if it has one, or there is none."""
    if not config.oncall.rota or any(pace.clock == "business" for pace in config.priority.levels.values()):
        return None
    return (
        "oncall.rota: has no effect, since it is for outside of hours, and every [priority.N] says that the desk is always "
        'open; set clock = "business" in one of them, such as [priority.5], and in [hours] when you are there, or take out '
        "the rota"
    )


def _once(problems: list[str]) -> list[str]:
    """Each key's first problem only: the kind of a value comes before what it says about others."""
    seen: dict[str, str] = {}
    for problem in problems:
        seen.setdefault(problem.partition(": ")[0], problem)
    return list(seen.values())


def read_text(path: Path) -> tuple[str, dict[str, Any]]:
    """A TOML file as text and as tables. Raises ConfigError."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return text, tomllib.loads(text)
    except FileNotFoundError:
        raise ConfigError([f"{path}: does not exist; `mailbot init DIR` sets up a new site"]) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise ConfigError([f"{path}: is not UTF-8 text"]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: is not TOML: {error}"]) from None
