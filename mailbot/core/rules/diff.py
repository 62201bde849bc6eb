"""What differs between two versions of the rules: which were added, removed or changed."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from mailbot.core.rules.model import Rule, RuleSet


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleChanges:
    """The ids of rules, in the order of the newer set (of the older, for removed ones), and what else changed."""

    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.came or self.went or self.changed or self.besides)


def rule_changes(old: RuleSet, new: RuleSet) -> RuleChanges:
    """Compare what rules do, not where they are: a rule that only moved within the files has not changed.

    `besides` names `threshold`, `similar_within`, `order` and articles (`article reset-password.en`).
    """
    before = {rule.id: _meaning(rule) for rule in old.rules}
    after = {rule.id: _meaning(rule) for rule in new.rules}
    besides = [name for name in ("threshold", "similar_within") if getattr(old, name) != getattr(new, name)]
    if [i for i in before if i in after] != [i for i in after if i in before]:
        besides.append("order")
    old_shelf, new_shelf = old.shelf.articles, new.shelf.articles
    besides += [
        f"article {name}.{language}"
        for name, language in sorted(old_shelf.keys() | new_shelf.keys())
        if old_shelf.get((name, language)) != new_shelf.get((name, language))
    ]
    return RuleChanges(
        came=tuple(i for i in after if i not in before),
        went=tuple(i for i in before if i not in after),
        changed=tuple(i for i in after if i in before and before[i] != after[i]),
        besides=tuple(besides),
    )


def _meaning(rule: Rule) -> Hashable:
    then = rule.then
    thank = None if then.thank is None else (then.thank.pattern.pattern, then.thank.letter)
    rest = (then.priority, tuple(sorted(then.score.items())), then.urgency, then.category, then.assign, then.tags)
    acts = (then.answer, then.ack, then.incident, then.zone, then.notify, then.hold, then.ignore)
    return (rule.why, rule.when, rule.unless, rest, acts, thank)
