"""The rules, templates and config in force: checked first, read again when a file changes, the last good ones kept on a mistake."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import structlog

from mailbot.adapters.letters.templates import NAMES, Templates
from mailbot.adapters.rulefiles.load import load_rules, run_rule_tests
from mailbot.config.reload import ConfigFile, Reloaded
from mailbot.core.intake.tokens import Signer
from mailbot.core.model.policy import Policy
from mailbot.core.rules.diff import rule_changes
from mailbot.core.rules.model import RuleSet
from mailbot.core.rules.reach import unreachable
from mailbot.core.rules.setting import Detect, Setting
from mailbot.errors import ConfigError, MailbotError

log = structlog.get_logger("mailbot.live")

PATIENCE = 1.0  # seconds for which a mistake must last before anybody is mailed
LOOK_AGAIN = 5.0  # seconds after which the files are checked even if nobody reported a change
CONFIG = "config.toml"
_OURS = frozenset({".toml", ".md", ".j2"})
_PLACE = re.compile(r":\d+(?::\d+)?:| \(line \d+\)$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Faults:
    """A change that cannot be used: the names of the files, and one line for each mistake, with its place."""

    files: tuple[str, ...]
    problems: tuple[str, ...]


class Live:
    """One setting at a time; `current` may be called from any thread."""

    def __init__(
        self,
        setting: Setting,
        templates: Templates,
        rules: Path,
        folders: Sequence[Path],
        seen: frozenset[object] | None = None,
    ) -> None:
        """`seen` is the `state_of` the folders from before they were read.

        `on_change` may be set: it is called in a thread as soon as a new setting is in force, before that is logged.
        So may `config`: the file with the policy, which is then read again as well.
        """
        self._setting = setting
        self._waiting: tuple[str, ...] = ()
        self.templates = templates
        self._rules = rules
        self._folders = (rules, *folders)
        self._seen = state_of(self._folders) if seen is None else seen
        self.on_change: Callable[[], None] = lambda: None
        self.config: ConfigFile | None = None

    def follow(self, config: ConfigFile) -> None:
        """From now on a changed config counts too, as far as it can."""
        self.config = config
        self._seen |= state_of((), [config.path])

    def __reduce__(self) -> tuple[type[Live], tuple[object, ...]]:
        """Is pickled without `on_change` and `config`, which are of one process."""
        return Live, (self._setting, self.templates, self._rules, self._folders[1:], self._seen)

    def current(self) -> Setting:
        """The setting in force."""
        return self._setting

    def reload(self) -> list[str]:
        """Read rules, templates and config again; what is wrong with them. Faulty ones are not used."""
        return self._reload()[1]

    def _reload(self) -> tuple[dict[str, list[str]], list[str]]:
        """What changed, by what it is called in the log, and what is wrong."""
        before = self._setting
        policy, config, problems = self._policy()
        try:
            rules, wrong = _rules(self._rules, policy)
            problems += [*wrong, *(str(p) for p in self.templates.reload())]
        except OSError as error:  # a disk that is gone for a moment must not end the watch
            return {}, [f"{error.filename or self._rules}: cannot be read: {error.strerror}"]
        if rules is None:
            return {}, problems
        self._setting = replace(before, rules=rules, policy=policy)
        if config is not None and self.config is not None:
            self.config.took()
            self.templates.fall_back_to(policy.language)
        self.on_change()
        changes = {k: list(v) for k, v in asdict(rule_changes(before.rules, rules)).items() if v}
        changes |= {"config": list(config.changed)} if config is not None and config.changed else {}
        waiting = config.waiting if config is not None else self._waiting
        if waiting != self._waiting:
            self._waiting = waiting
            if waiting:
                log.warning("restart to make it count", keys=list(waiting), file=CONFIG)
        return changes, problems

    def _policy(self) -> tuple[Policy, Reloaded | None, list[str]]:
        """The policy to use, what the config changed if it could be read, and what is wrong with it."""
        if self.config is None:
            return self._setting.policy, None, []
        try:
            reloaded = self.config.reload(self.templates.languages())
        except ConfigError as error:
            return self._setting.policy, None, [f"{CONFIG}: {problem}" for problem in error.problems]
        policy = reloaded.policy if reloaded.changed else self._setting.policy
        return policy, reloaded, []

    async def watch(self, stop: asyncio.Event, tell: Callable[[Faults], None] | None = None) -> None:
        """Reload on every change of a file, until `stop` is set. One line for what changed or what is wrong.

        `tell` is called in a thread, once for each mistake that is still there after a moment: whoever saves several
        files, or half of one, is not told about what is fixed a second later, nor again about a mistake that another
        edit moved down a line. Retried while the store is down. A folder that was swapped for another, and a disk that
        reports no changes, are noticed after LOOK_AGAIN.
        """
        from watchfiles import awatch

        said: list[str] = []
        told: set[str] = set()
        wait = int(LOOK_AGAIN * 1000)
        async for _ in awatch(
            *(f for f in self._folders if f.is_dir()),
            stop_event=stop,
            debounce=200,
            step=50,
            rust_timeout=wait,
            yield_on_timeout=True,
        ):
            own = [self.config.path] if self.config is not None else []
            now = await asyncio.to_thread(state_of, self._folders, own)
            if now == self._seen:  # nothing but time passed, or an editor left its own files there
                continue
            files = sorted(_differing(self._seen, now))  # not what was reported: editors write files beside
            self._seen = now
            problems = await self._look(files, said)
            if problems and problems != said and not await _stopped(stop, PATIENCE):
                again = await self._look(files, problems)
                new = {_PLACE.sub(":", problem) for problem in again} - told
                if new and tell is not None:
                    await _until_told(tell, Faults(files=tuple(files), problems=tuple(again)), stop)
                told |= new
                problems = again
            if not problems:
                told.clear()
            said = problems

    async def _look(self, files: Sequence[str], said: Sequence[str]) -> list[str]:
        """Reload, and log what came of it; mistakes that were reported are not reported again."""
        changes, problems = await asyncio.to_thread(self._reload)
        if changes or not problems:
            log.info("reloaded", files=files, **changes)
        if problems and problems != said:
            log.error("not reloaded", files=files, problems=problems, kept="the last good ones")
        for idle in await asyncio.to_thread(unreachable, self._setting.rules) if changes else ():
            log.warning("unreachable rule", rule=idle.rule.id, reason=idle.because)
        return problems


def state_of(folders: Iterable[Path], files: Iterable[Path] = ()) -> frozenset[object]:
    """Our files and when each was written: (path, time in nanoseconds, size, inode). Never raises."""
    found: set[object] = set()
    for path in files:
        with contextlib.suppress(OSError):
            stat = path.stat()
            found.add((str(path), stat.st_mtime_ns, stat.st_size, stat.st_ino))
    for folder in folders:
        with contextlib.suppress(OSError):
            for path in folder.rglob("*"):
                if path.suffix not in _OURS or path.name.startswith("."):
                    continue
                with contextlib.suppress(OSError):
                    # A link that leads nowhere is a mistake, too: it is noticed when it comes and when it goes.
                    stat = path.stat() if path.exists() else path.lstat()
                    found.add((str(path), stat.st_mtime_ns, stat.st_size, stat.st_ino))
    return frozenset(found)


def _differing(before: frozenset[object], after: frozenset[object]) -> set[str]:
    return {Path(str(each[0])).name for each in before ^ after if isinstance(each, tuple)}


async def _stopped(stop: asyncio.Event, seconds: float) -> bool:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()


async def _until_told(tell: Callable[[Faults], None], faults: Faults, stop: asyncio.Event) -> None:
    pause = 1.0
    while not stop.is_set():
        try:
            await asyncio.to_thread(tell, faults)
        except MailbotError as error:
            if not error.temporary:
                log.error("admins not told", error=str(error))
                return
            await _stopped(stop, pause)
            pause = min(pause * 2, 30.0)
        else:
            return


def load_live(
    *,
    rules: Path,
    templates: Sequence[Path],
    signer: Signer,
    detect: Detect,
    policy: Callable[[frozenset[str]], Policy],
) -> Live:
    """Load all of it. Raises ConfigError naming every problem, with file and line."""
    seen = state_of([rules, *templates])
    letters = Templates(templates)
    wrong = [str(p) for p in letters.check_edited()]
    try:
        in_force = policy(letters.languages())
    except ConfigError as error:
        raise ConfigError([*error.problems, *wrong]) from None
    letters.fall_back_to(in_force.language)
    found, problems = _rules(rules, in_force)
    if found is None or wrong:
        raise ConfigError([*wrong, *problems])
    setting = Setting(policy=in_force, rules=found, signer=signer, detect=detect)
    return Live(setting, letters, rules, templates, seen)


def _rules(folder: Path, policy: Policy) -> tuple[RuleSet | None, list[str]]:
    names = frozenset(policy.agents) | {g for a in policy.agents.values() for g in a.groups}
    rules, problems = load_rules(
        folder,
        letters=frozenset(NAMES),
        agents=names,
        inboxes=frozenset(policy.inboxes),
        forms={form.name: frozenset(form.keep) for form in policy.forms},
    )
    if rules is None:
        return None, [str(p) for p in problems]
    failed = run_rule_tests(rules)
    return (None, [str(p) for p in failed]) if failed else (rules.without_tests(), [])
