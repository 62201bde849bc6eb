"""The rules and templates in force: checked before they count, read again when a file changes, the last good ones kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from mailbot.adapters.rulefiles import load_rules, run_rule_tests
from mailbot.adapters.templates import NAMES, Templates
from mailbot.core.policy import Policy
from mailbot.core.rules import RuleSet
from mailbot.core.setting import Detect, Setting
from mailbot.core.tokens import Signer
from mailbot.errors import ConfigError

log = structlog.get_logger("mailbot.live")


class Live:
    """One setting at a time; `current` may be called from any thread."""

    def __init__(self, setting: Setting, templates: Templates, rules: Path, folders: Sequence[Path]) -> None:
        self._setting = setting
        self.templates = templates
        self._rules = rules
        self._folders = [f for f in (rules, *folders) if f.is_dir()]

    def current(self) -> Setting:
        """The setting in force."""
        return self._setting

    def reload(self) -> list[str]:
        """Read rules and templates again; what is wrong with them. What is wrong does not count."""
        rules, problems = _rules(self._rules, self._setting.policy)
        problems += [str(p) for p in self.templates.reload()]
        if rules is not None:
            policy = self._setting.policy
            self._setting = Setting(
                policy=policy, rules=rules, signer=self._setting.signer, detect=self._setting.detect
            )
        return problems

    async def watch(self, stop: asyncio.Event) -> None:
        """Reload on every change of a file, until `stop` is set. One line for what changed or what is wrong."""
        from watchfiles import awatch

        async for changes in awatch(*self._folders, stop_event=stop, debounce=200, step=50):
            problems = await asyncio.to_thread(self.reload)
            files = sorted({Path(path).name for _, path in changes})
            if problems:
                log.error("not reloaded", files=files, problems=problems, kept="the last good ones")
            else:
                log.info("reloaded", files=files)


def load_live(
    *,
    rules: Path,
    templates: Sequence[Path],
    signer: Signer,
    detect: Detect,
    policy: Callable[[frozenset[str]], Policy],
) -> Live:
    """Load all of it. Raises ConfigError naming every problem, with file and line."""
    letters = Templates(templates)
    wrong = [str(p) for p in letters.check()]
    try:
        in_force = policy(letters.languages())
    except ConfigError as error:
        raise ConfigError([*error.problems, *wrong]) from None
    found, problems = _rules(rules, in_force)
    if found is None or wrong:
        raise ConfigError([*wrong, *problems])
    setting = Setting(policy=in_force, rules=found, signer=signer, detect=detect)
    return Live(setting, letters, rules, templates)


def _rules(folder: Path, policy: Policy) -> tuple[RuleSet | None, list[str]]:
    names = frozenset(policy.agents) | {g for a in policy.agents.values() for g in a.groups}
    rules, problems = load_rules(folder, letters=frozenset(NAMES), agents=names)
    if rules is None:
        return None, [str(p) for p in problems]
    failed = run_rule_tests(rules)
    return (None, [str(p) for p in failed]) if failed else (rules, [])
