"""What is wrong with a site's files, and what works but is unwise."""

from __future__ import annotations

from pathlib import Path

from mailbot.adapters.letters.templates import NAMES, Templates
from mailbot.adapters.rulefiles.load import load_rules, run_rule_tests
from mailbot.adapters.site import read_secret, rules_dir, template_dirs
from mailbot.config import Config, password_problems, policy_of, rota_problem
from mailbot.errors import ConfigError

_SECRET_FILES = (
    "password_file",
    "client_secret_file",
    "certificate_file",
    "service_account_file",
    "refresh_token_file",
)


def check_files(config: Config) -> dict[str, list[str]]:
    """What is wrong with the site's files, by the part of the desk that it stops; reads them and touches nothing else."""
    called = config.oncall.problem()  # no reason not to run: the mail goes out all the same
    passwords = [*password_problems(config), *([f"oncall.{called}"] if called is not None else [])]
    idle = rota_problem(config)
    found: dict[str, list[str]] = {"config": [idle] if idle is not None else [], "passwords": passwords, "secret": []}
    try:
        read_secret(config.desk.secret_file)
    except ConfigError as error:
        found["secret"] += error.problems
    groups = {group for agent in config.agents for group in agent.groups}
    agents = frozenset(groups | {agent.id for agent in config.agents})
    rules, problems = load_rules(
        rules_dir(config.site),
        letters=frozenset(NAMES),
        agents=agents,
        inboxes=frozenset(inbox.name for inbox in config.inboxes),
        forms={form.called: frozenset(form.keep) for form in config.forms},
    )
    found["rules"] = [f"rules/{problem}" for problem in problems]
    if rules is not None:
        found["rules"] += [f"rules/{problem}" for problem in run_rule_tests(rules)]
    templates = Templates(template_dirs(config.site))
    found["templates"] = [str(problem) for problem in templates.check()]
    try:
        policy_of(config, templates.languages())
    except ConfigError as error:
        found["templates"] += error.problems
    return found


def warnings_of(config: Config) -> list[str]:
    """What works but is unwise: a password sent in the clear, a secret that others can read, agents easily forged."""
    found = []
    servers = [("smtp", config.smtp), *((f"inbox[{inbox.name}]", inbox) for inbox in config.inboxes)]
    for where, server in servers:
        if server.security == "none" and server.host not in {"localhost", "127.0.0.1", "::1"}:
            found.append(f'{where}.security: "none" sends mail and passwords to {server.host} in the clear')
        for key in _SECRET_FILES:
            path = getattr(server, key)
            if path is not None and _read_by_others(path):
                found.append(f"{where}.{key}: {path} can be read by others; chmod 600 it")
    if _read_by_others(config.desk.secret_file):
        found.append(f"desk.secret_file: {config.desk.secret_file} can be read by others; chmod 600 it")
    if not config.desk.admins:
        found.append("desk.admins: is empty, so the leads among the agents are told of trouble")
    if config.desk.authserv_id is None:
        found.append(
            "desk.authserv_id: is not set, so a forwarded notice and a forged From are enough to act as its agent, "
            "and no customer's mail is proven"
        )
    return found


def _read_by_others(path: Path) -> bool:
    try:
        return path.is_file() and bool(path.stat().st_mode & 0o077)
    except OSError:
        return False
