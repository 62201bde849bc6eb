"""A site's configuration: `config.toml` read, checked as a whole, and turned into the core's policy."""

from mailbot.config.models import AgentConfig, Config, InboxConfig, LogConfig, Priorities, Smtp, Store
from mailbot.config.policies import cadences_of, policy_of, unsure_of
from mailbot.config.reading import load_config, password_problems, rota_problem

__all__ = [
    "AgentConfig",
    "Config",
    "InboxConfig",
    "LogConfig",
    "Priorities",
    "Smtp",
    "Store",
    "cadences_of",
    "load_config",
    "password_problems",
    "policy_of",
    "rota_problem",
    "unsure_of",
]
