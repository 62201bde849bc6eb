"""Shows how much of the mail a rule carried: `mailbot rules coverage`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailbot.adapters.store.views.coverage import Coverage

_MOST_SHOWN = 50  # rules
_HEADINGS = ("of", "mails", "of all", "unsure", "helped", "set", "otherwise", "to")


def show(site: Path, length: timedelta, *, as_json: bool) -> None:
    """Read the desk and print. Raises ConfigError or StoreDown."""
    from mailbot.adapters.clock import WallClock
    from mailbot.app.views import open_weighings
    from mailbot.cli import output
    from mailbot.config import load_config

    config = load_config(site)
    start = WallClock().now() - length
    found = open_weighings(config).coverage(start)
    if as_json:
        for one in found:
            output.put_json(one)
        return
    rules = [one for one in found if one.of == "rule"]
    shown = [one for one in found if one.of != "rule"] + rules[:_MOST_SHOWN]
    output.table(_HEADINGS, _rows(shown), "no mail opened a ticket in that time")
    if not found:
        return
    if len(rules) > _MOST_SHOWN:
        output.say(f"and {len(rules) - _MOST_SHOWN} more rules; --json has them all")
    output.say(
        f"since {output.moment(start, config.desk.timezone)}; a mail counts for the rule that gave most points for its "
        f"priority; helped: it gave points, and another more; set: by agents, otherwise than the rules said, and to what"
    )


def _rows(shown: Sequence[Coverage]) -> list[tuple[object, ...]]:
    total = shown[0].mails if shown else 0
    return [
        (
            _name(one),
            one.mails,
            f"{100 * one.mails / total:.0f} %",
            one.unsure or "",
            one.helped or "",
            one.set or "",
            one.otherwise or "",
            ", ".join(f"{level}: {count}" for level, count in sorted(one.became.items())),
        )
        for one in shown
    ]


def _name(one: Coverage) -> str:
    match one.of:
        case "priority":
            return f"priority {one.which}"
        case "language":
            return one.which or "language not sure"
        case "rule":
            return f"rule {one.which}"
    return one.of
