"""`mailbot rules learn`: turns the priorities that agents set by hand into rules that somebody may adopt."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mailbot.adapters.language import detect_language
from mailbot.adapters.learner import telling_words
from mailbot.app.rules import LONG_AGO, Workshop
from mailbot.core.rules.proposals import Case, propose, score, with_proposals
from mailbot.core.rules.weighing import facts_again
from mailbot.errors import ConfigError

LEAST = 20  # tickets: fewer tell words apart only by chance
LEAST_OF_A_LEVEL = 4
_ASIDE = 4  # one ticket in this many, of each level, is kept aside


def learn(site: Path | None, rules: Path | None, *, since: timedelta | None) -> dict[str, Any]:
    """Proposals as `toml` and as JSON-able data, with what they gain on the tickets kept aside.

    Raises ConfigError if there is too little to learn from, or scikit-learn is not installed.
    """
    workshop = Workshop.open(site, rules)
    live = workshop.rules()
    cases = _cases(workshop, datetime.now(UTC) - since if since is not None else LONG_AGO)
    many = Counter(wanted for _, wanted in cases)
    usable = [case for case in cases if many[case[1]] >= LEAST_OF_A_LEVEL]
    if len(usable) < LEAST or len({wanted for _, wanted in usable}) < 2:
        raise ConfigError(
            [
                (
                    f"agents set the priority of {len(cases)} tickets by hand; it takes {LEAST} of two levels or more, "
                    f"with {LEAST_OF_A_LEVEL} of each, to learn from them"
                )
            ]
        )
    made_from, aside = _parted(usable)
    telling = telling_words([facts.text for facts, _ in made_from], [wanted for _, wanted in made_from])
    proposals = propose(telling, live, made_from, aside)
    before, after = score(live, aside), score(with_proposals(live, proposals), aside)
    said = (
        f"{len(proposals)} proposals from {len(made_from)} tickets; on {len(aside)} kept aside, macro-F1 {before:.3f} "
        f"becomes {after:.3f} with all of them. Nothing was changed: copy what convinces you into a file of rules/, "
        f"then: mailbot rules check, test, backtest"
    )
    listed = [
        {"level": p.level, "words": list(p.words), "weight": p.weight, "before": p.before, "after": p.after}
        for p in proposals
    ]
    return {
        "tickets": len(usable),
        "aside": len(aside),
        "before": before,
        "after": after,
        "proposals": listed,
        "toml": "\n".join(p.toml() for p in proposals) or "# no word tells them apart better than the rules do",
        "said": said,
    }


def _cases(workshop: Workshop, start: datetime) -> list[Case]:
    store = workshop.store()
    try:
        return [
            (facts_again(kept.message, kept.inbox, workshop.policy, detect_language), kept.priority)
            for kept in store.kept.since(start)
            if kept.by_hand
        ]
    finally:
        store.close()


def _parted(cases: list[Case]) -> tuple[list[Case], list[Case]]:
    """Those to learn from and those kept aside, with a share of every level, the same at every call."""
    seen: Counter[int] = Counter()
    parts: tuple[list[Case], list[Case]] = ([], [])
    for case in cases:
        seen[case[1]] += 1
        parts[seen[case[1]] % _ASIDE == 0].append(case)
    return parts
