"""What edited rules would have changed: the same mails weighed twice, the differences counted and explained."""

from __future__ import annotations

from dataclasses import dataclass, field

from mailbot.core.model.facts import Facts, Weighed
from mailbot.core.model.reason import Reason
from mailbot.core.rules.model import RuleSet
from mailbot.core.rules.triage import Triage, triage

LEVELS = (1, 2, 3, 4, 5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """One mail before and after. `came` and `went` are the rules that hit it under one set only, empty if unknown."""

    mail: str
    subject: str
    old: int
    new: int
    old_urgency: int
    new_urgency: int
    old_why: Reason | None
    new_why: Reason
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the priority or the urgency differs."""
        return (self.old, self.old_urgency) != (self.new, self.new_urgency)


@dataclass(kw_only=True, slots=True)
class Matrix:
    """How many mails went from which priority to which, counted as they come."""

    cells: dict[tuple[int, int], int] = field(default_factory=dict)
    mails: int = 0
    changed: int = 0
    urgency_changed: int = 0

    def count(self, verdict: Verdict) -> None:
        """Count one more mail."""
        cell = (verdict.old, verdict.new)
        self.cells[cell] = self.cells.get(cell, 0) + 1
        self.mails += 1
        self.changed += verdict.old != verdict.new
        self.urgency_changed += verdict.old_urgency != verdict.new_urgency

    def rows(self) -> list[list[int]]:
        """Five rows for the old priority 1 to 5, each with five counts for the new one."""
        return [[self.cells.get((old, new), 0) for new in LEVELS] for old in LEVELS]


def beside(mail: str, facts: Facts, old: RuleSet, new: RuleSet) -> Verdict:
    """One mail under two sets of rules."""
    before, after = triage(facts, old), triage(facts, new)
    had, has = {h.rule for h in before.hits}, {h.rule for h in after.hits}
    return _verdict(
        mail,
        facts,
        (before.priority, before.urgency, before.why),
        after,
        came=tuple(h.rule for h in after.hits if h.rule not in had),
        went=tuple(h.rule for h in before.hits if h.rule not in has),
    )


def since_decided(mail: str, facts: Facts, kept: Weighed, new: RuleSet) -> Verdict:
    """One mail under these rules, compared with what was decided when it came."""
    return _verdict(mail, facts, (kept.priority, kept.urgency, kept.why), triage(facts, new))


def _verdict(
    mail: str,
    facts: Facts,
    before: tuple[int, int, Reason | None],
    after: Triage,
    *,
    came: tuple[str, ...] = (),
    went: tuple[str, ...] = (),
) -> Verdict:
    return Verdict(
        mail=mail,
        subject=" ".join(facts.subject.split()),
        old=before[0],
        new=after.priority,
        old_urgency=before[1],
        new_urgency=after.urgency,
        old_why=before[2],
        new_why=after.why,
        came=came,
        went=went,
    )
