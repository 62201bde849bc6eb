"""What holds of the pages of an agent's day after every step of a desk's life: when they come, how many, and of what."""

from __future__ import annotations

from collections.abc import Iterator

from mailbot.core.language.told_time import zone_of
from tests.simulation.life_looks import Holds, always, at_work, micros


@always("a day begins with one page for each at most, and ends with one for whoever leads, while they are at work")
def _(desk: Holds) -> Iterator[object]:
    for one in desk.fresh:
        if one.name not in ("morning", "evening") or not one.key.startswith(f"page:{one.name}:"):
            continue  # who asks for it has it afresh
        which = (one.name, one.to, one.at.astimezone(zone_of(one.zone)).date())
        if which in desk.paged:
            yield f"{one.key}: the second of that day"
        desk.paged.add(which)
        if not at_work(one.zone, one.at):
            yield f"{one.key}: at {one.at.astimezone(zone_of(one.zone))}"


@always("a page tells of nothing that is solved, and is not empty unless somebody asked for it")
def _(desk: Holds) -> Iterator[object]:
    for one in desk.fresh:
        if one.name not in ("morning", "evening") or not one.key.startswith(f"page:{one.name}:"):
            continue
        lines = [line for part in one.fields.get("parts", [one.fields]) for line in part["lines"]]
        if not lines:
            yield f"{one.key}: nothing"
        numbers = ", ".join(str(line["ticket"]) for line in lines) or "0"
        for solved in desk.sees(
            f"SELECT number FROM ticket WHERE number IN ({numbers}) AND state IN ('resolved', 'spam') "
            "AND coalesce(resolved_at, 0) < :at",  # not what was solved after it, within the same step
            at=micros(one.at),
        ):
            yield f"{one.key}: {solved}"
