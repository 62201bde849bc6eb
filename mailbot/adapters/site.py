"""A site on disk: where its rules and templates are, setting up a new one, and its secret."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from mailbot.adapters.site_answers import Answers, filled_in
from mailbot.errors import ConfigError

_PACKAGE = Path(__file__).parents[1]
_SECRET_BYTES = 32
NOTHING_SAID = Answers()


def data_dir(name: str) -> Path:
    """The folder with the `rules`, `templates` or `migrations` that ship. Raises ConfigError if it is missing."""
    return _shipped(name)


def config_example() -> str:
    """The text of the config that ships, in which every key is explained."""
    return _shipped("config.example.toml").read_text("utf-8")


def _shipped(name: str) -> Path:
    """The data that an installed wheel has in its package, and a checkout in the repository."""
    packed = _PACKAGE / "data" / name
    checkout = _PACKAGE.parent / ("storage/migrations" if name == "migrations" else name)
    for path in (packed, checkout):
        if path.exists():
            return path
    raise ConfigError([f"{name}: is missing from this installation; neither {packed} nor {checkout} exists"])


def rules_dir(site: Path | None) -> Path:
    """The rules of the site, or the shipped ones if it has none."""
    own = site / "rules" if site is not None else None
    return own if own is not None and own.is_dir() else data_dir("rules")


def template_dirs(site: Path | None) -> list[Path]:
    """Where templates are looked for: the site's own first, then the shipped ones."""
    own = [site / "templates"] if site is not None and (site / "templates").is_dir() else []
    return [*own, data_dir("templates")]


def _parts(directory: Path) -> list[Path]:
    return [directory / name for name in ("config.toml", "rules", "templates", "storage/secret")]


def not_there_yet(directory: Path) -> None:
    """Raise ConfigError if anything of a site is there already."""
    try:
        there = [path for path in _parts(directory) if path.exists()]
    except OSError as error:
        raise ConfigError([f"{error.filename or directory}: cannot be read: {error.strerror}"]) from None
    if there:
        raise ConfigError([f"{path}: already exists, and is not overwritten" for path in there])


def init_site(directory: Path, said: Answers = NOTHING_SAID) -> list[Path]:
    """Lay out a new site and return what was made: config, rules, templates, and a secret for its owner alone.

    The config is the one that ships, with what was said in its places. Raises ConfigError, having made nothing, if any
    of it is there already.
    """
    not_there_yet(directory)
    parts = _parts(directory)
    config, rules, templates, secret = parts
    try:
        directory.mkdir(parents=True, exist_ok=True)
        config.write_text(filled_in(config_example(), said), "utf-8")
        for name, target in (("rules", rules), ("templates", templates)):
            _copy_folder(data_dir(name), target)
        make_secret(secret)
    except OSError as error:
        raise ConfigError([f"{error.filename or directory}: cannot be written: {error.strerror}"]) from error
    return parts


def _copy_folder(source: Path, target: Path) -> None:
    """Copy only the contents of files, so that they can be edited even if the shipped ones are read-only."""
    shutil.copytree(
        source,
        target,
        copy_function=shutil.copyfile,
        ignore=shutil.ignore_patterns("__pycache__", "__init__.py", ".*"),
    )


def make_secret(path: Path) -> None:
    """Write a new secret that only the owner may read, and its folder if there is none. Raises FileExistsError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_secret(path: Path) -> bytes:
    """The secret that signs addresses, at least 32 bytes, without the line end. Raises ConfigError."""
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        hint = "; `mailbot init` makes one for a new desk; an existing desk needs its own back" * isinstance(
            error, FileNotFoundError
        )
        raise ConfigError([f"desk.secret_file: {path}: {error.strerror}{hint}"]) from None
    if len(secret) < _SECRET_BYTES:
        raise ConfigError([f"desk.secret_file: {path} has {len(secret)} bytes; it needs at least {_SECRET_BYTES}"])
    return secret
