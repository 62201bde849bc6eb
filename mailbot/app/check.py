"""`mailbot check`: everything that is wrong with a desk, unwise, or simply so, part by part. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mailbot.adapters import site_check
from mailbot.adapters.places import Found, check_places
from mailbot.adapters.shipped_articles import articles_as_shipped
from mailbot.app.safely import safely
from mailbot.config import Config, load_config
from mailbot.config.unfinished import odd_hours_of, placeholders_of
from mailbot.errors import ConfigError


@dataclass(kw_only=True, slots=True)
class Report:
    """`problems` and `facts` by part, in the order in which they were looked at; `warnings` are for all."""

    problems: dict[str, list[str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    facts: dict[str, list[str]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the desk can be run."""
        return not any(self.problems.values())

    def look(self, part: str, look: Callable[[], Mapping[str, Found | list[str]]]) -> None:
        """Take in what `look` finds, by part; what it raises is a problem of `part`."""
        found = Found()

        def looked() -> None:
            for name, each in look().items():
                self.add(name, each if isinstance(each, Found) else Found(problems=each))

        safely(looked, part, found)
        self.add(part, found)

    def warn(self, said: Callable[[Config], Iterable[str]], config: Config) -> None:
        """Take in notes; what is raised instead is a note as well, since nothing depends on it."""
        found = Found()
        safely(lambda: found.notes.extend(said(config)), "check", found)
        self.warnings += [note for note in (*found.notes, *found.problems) if note not in self.warnings]

    def add(self, part: str, found: Found) -> None:
        """Take in what was found of one part."""
        self.problems.setdefault(part, []).extend(found.problems)
        self.warnings += [note for note in found.notes if note not in self.warnings]
        if found.facts:
            self.facts.setdefault(part, []).extend(found.facts)


def check_site(site: Path, *, offline: bool, mail: bool, seconds: float) -> Report:
    """Look at all of it. `offline`: at no server; without `mail`, no mail is sent. Raises nothing that it meets."""
    report = Report(problems={"config": []})
    try:
        config = load_config(site)
        url = config.database_url
    except ConfigError as error:
        report.problems["config"] = error.problems
        return report
    for part, look in (
        ("config", lambda: site_check.check_files(config)),
        ("files", lambda: {"files": check_places(config, url)}),
    ):
        report.look(part, look)
    report.problems["config"] += placeholders_of(config)
    for said in (odd_hours_of, site_check.warnings_of, articles_of, _ends_soon):
        report.warn(said, config)
    if not offline:
        look_at_servers(config, report, mail=mail, seconds=seconds)
    if not report.problems["files"]:
        report.warn(_senders, config)
        report.warn(_forms, config)
    return report


def articles_of(config: Config) -> list[str]:
    """See `articles_as_shipped`."""
    return articles_as_shipped(config.site)


def look_at_servers(config: Config, report: Report, *, mail: bool, seconds: float) -> None:
    """The database, the logins and the mail to itself, each only where what it needs is there."""
    from mailbot.app.server_check import check_servers, check_store

    if not report.problems["files"]:
        report.add("store", check_store(config))
    if report.problems["passwords"]:
        return
    unfilled = any(".example" in problem and "still says" in problem for problem in report.problems["config"])
    if unfilled:
        return
    report.add("logins", check_servers(config))
    if mail and not report.problems["logins"] and not report.problems["secret"]:
        from mailbot.app.loop_check import check_loops

        report.add("mail", check_loops(config, seconds))


def _ends_soon(config: Config) -> list[str]:
    from mailbot.app.tokens import ends_soon

    return ends_soon(config)


def _senders(config: Config) -> list[str]:
    from mailbot.app.agent_check import check_senders

    return check_senders(config)


def _forms(config: Config) -> list[str]:
    from mailbot.app.form_proposals import forms_of

    return forms_of(config)
