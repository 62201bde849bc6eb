"""Proposes rules from words, with the weight at which they help most, and what they gain on mails kept aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailbot.core.language.folding import fold
from mailbot.core.language.terms import BadTerm, term
from mailbot.core.model.facts import Facts
from mailbot.core.rules.conditions import TextCondition
from mailbot.core.rules.model import Rule, RuleSet, Then
from mailbot.core.rules.triage import triage

WEIGHTS = (4, 6, 8, 10, 12, 14)
MOST_WORDS = 12  # of one proposal: a person has to read them
Case = tuple[Facts, int]  # a mail and the priority that a person gave it


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """A rule that somebody may adopt; `before` and `after` are macro-F1 on mails it was not made from."""

    level: int
    words: tuple[str, ...]
    weight: int
    before: float
    after: float

    def toml(self) -> str:
        """The rule as it would be in a file."""
        listed = "\n".join(f'  "{word}",' for word in self.words)
        return (
            f"# on tickets kept aside: macro-F1 {self.before:.3f} -> {self.after:.3f} ({self.after - self.before:+.3f})\n"
            f'[[rule]]\nid = "learned-p{self.level}"\nwhy = "Agents set such mails to {self.level} by hand."\n'
            f"[rule.when]\ntext = [\n{listed}\n]\n[rule.then]\nscore = {{ p{self.level} = {self.weight} }}\n"
        )


def macro_f1(pairs: Sequence[tuple[int, int]]) -> float:
    """The mean of the F1 of every level that was wanted at least once; pairs are (wanted, got)."""
    scores = []
    for level in sorted({wanted for wanted, _ in pairs}):
        right = sum(wanted == got == level for wanted, got in pairs)
        wrong = sum((wanted == level) != (got == level) for wanted, got in pairs)
        scores.append(2 * right / (2 * right + wrong))
    return sum(scores) / len(scores) if scores else 0.0


def score(rules: RuleSet, cases: Sequence[Case]) -> float:
    """How well the rules decide as people did."""
    return macro_f1([(wanted, triage(facts, rules).priority) for facts, wanted in cases])


def propose(
    telling: Mapping[int, Sequence[str]], rules: RuleSet, made_from: Sequence[Case], aside: Sequence[Case]
) -> list[Proposal]:
    """One proposal for each level for which some weight helps, on the mails it was made from and on those kept aside."""
    start, before = score(rules, made_from), score(rules, aside)
    found: list[Proposal] = []
    for level, listed in sorted(telling.items()):
        words = _new(listed, level, rules)
        if not words:
            continue
        tried = [(score(_with(rules, level, words, weight), made_from), -weight) for weight in WEIGHTS]
        best, weight = max(tried)
        if best <= start:
            continue
        after = score(_with(rules, level, words, -weight), aside)
        if after > before:
            found.append(Proposal(level=level, words=words, weight=-weight, before=before, after=after))
    return sorted(found, key=lambda p: -p.after)


def with_proposals(rules: RuleSet, proposals: Sequence[Proposal]) -> RuleSet:
    """The rules with all of them adopted."""
    for proposal in proposals:
        rules = _with(rules, proposal.level, proposal.words, proposal.weight)
    return rules


def _new(listed: Sequence[str], level: int, rules: RuleSet) -> tuple[str, ...]:
    """Those that no rule for the level has yet, without phrases that contain a listed word, which finds them anyway."""
    known = {
        fold(t.raw)
        for rule in rules.rules
        if rule.then.priority == level or rule.then.score.get(level, 0) > 0
        for condition in rule.when
        if isinstance(condition, TextCondition)
        for t in condition.terms
    }
    new = [word for word in listed if word not in known and _usable(word)]
    return tuple(word for word in new if not any(w in new for w in word.split() if w != word))[:MOST_WORDS]


def _usable(word: str) -> bool:
    try:
        return bool(term(word).pieces)
    except BadTerm:
        return False


def _with(rules: RuleSet, level: int, words: Sequence[str], weight: int) -> RuleSet:
    rule = Rule(
        id=f"learned-p{level}",
        when=(TextCondition(field="text", terms=tuple(map(term, words))),),
        then=Then(score={level: weight}),
    )
    return RuleSet.of((*rules.rules, rule), threshold=rules.threshold, similar_within=rules.similar_within)
