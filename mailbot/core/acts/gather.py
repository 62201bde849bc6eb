"""Keeps a storm of notices from an agent: after a stop the first few come one by one, the rest in one mail."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

from mailbot.core.desk import Decision, Outgoing
from mailbot.core.letters import at_large
from mailbot.core.setting import Setting

ONE_BY_ONE = 5
"""So many notices of one look at what is due reach an agent by themselves."""

_GATHERED = ("reminder", "covered", "unanswered")


class Gathered:
    """The notices of one look at what is due. What is held back here is told by `rest`, and by the next reminder."""

    def __init__(self) -> None:
        self._sent: Counter[str] = Counter()
        self._held: dict[str, list[Outgoing]] = {}

    def thin(self, decision: Decision) -> Decision:
        """The decision without the notices that are too many for their reader."""
        kept: list[Outgoing] = []
        for outgoing in decision.outgoing:
            agent = outgoing.agent
            if agent is None or outgoing.name not in _GATHERED:
                kept.append(outgoing)
                continue
            self._sent[agent] += 1
            if self._sent[agent] <= ONE_BY_ONE:
                kept.append(outgoing)
            else:
                self._held.setdefault(agent, []).append(outgoing)
        return decision if len(kept) == len(decision.outgoing) else replace(decision, outgoing=tuple(kept))

    def rest(self, setting: Setting, now: datetime) -> Decision | None:
        """One mail to each agent about all that was held back; None where nothing was. What was held is forgotten."""
        held, self._held = self._held, {}
        mails = tuple(
            at_large(
                setting,
                setting.policy.agents[agent],
                inbox=notices[0].inbox,
                name="backlog",
                key=f"backlog:{notices[0].key}",
                now=now,
                fields={"lines": [_line(one) for one in notices]},
            )
            for agent, notices in held.items()
            if agent in setting.policy.agents
        )
        return (
            Decision(outcome="gathered", reason=f"{len(mails)} mails in place of many", outgoing=mails)
            if mails
            else None
        )


def _line(notice: Outgoing) -> str:
    whom = notice.fields["customer"]["name"] or notice.fields["customer"]["address"]
    due = notice.fields.get("promised") or notice.fields.get("due")
    return f"[{notice.ticket}] {whom}: {' '.join(notice.subject.split())} ({due})"
