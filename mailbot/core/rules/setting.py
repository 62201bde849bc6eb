"""What stays the same from mail to mail: the policy, the rules, the signer, and how languages are told apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from mailbot.core.intake.tokens import Signer
from mailbot.core.model.absence import Absence
from mailbot.core.model.policy import Policy
from mailbot.core.rules.triage import RuleSet

Detect = Callable[[str], tuple[str, float] | None]


class FreshIds(Protocol):
    """Ids that nobody has used before; the shell makes them, the core asks for them."""

    def id(self) -> str:
        """A new id of 14 characters of [0-9a-z]."""

    def number(self) -> int:
        """A new ticket number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One desk as it is set up now. A changed rule file makes a new one."""

    policy: Policy
    rules: RuleSet
    signer: Signer
    detect: Detect

    def with_absences(self, absences: Iterable[Absence], now: datetime) -> Setting:
        """The same, of a desk where these agents are away if that lasts."""
        policy = self.policy.with_absences(absences, now)
        return self if policy is self.policy else replace(self, policy=policy)
