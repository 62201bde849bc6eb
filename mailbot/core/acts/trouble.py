"""What the admins are told when a change to the rules or letters cannot be used."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from mailbot.core.desk import Decision, Event
from mailbot.core.letters import to_admins
from mailbot.core.setting import Setting

_SHOWN = 40  # problems in one mail


def not_reloaded(files: Sequence[str], problems: Sequence[str], setting: Setting, *, now: datetime) -> Decision:
    """One notice to every admin about a change that is not in force.

    However many processes of the desk see the same mistakes on one day, the key lets only one notice through.
    """
    count = f"{len(problems)} mistake{'s' if len(problems) != 1 else ''}"
    reason = f"a change to its rules or letters has {count}, so the ones of before stay in force"
    listed = [f"- {' '.join(problem.split())}" for problem in problems[:_SHOWN]]
    if len(problems) > _SHOWN:
        listed.append(f"- and {len(problems) - _SHOWN} more")
    advice = "\n".join(
        [
            *listed,
            "",
            "Mend the file and save it: it is read again at once. mailbot rules check and mailbot rules test say the same.",
        ]
    )
    mark = hashlib.sha256("\n".join(problems).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    fields = {"reason": reason, "where": ", ".join(files), "advice": advice}
    inbox = next(iter(setting.policy.inboxes))
    notices = to_admins(
        setting, inbox, name="trouble", key=f"not-reloaded:{now:%Y-%m-%d}:{mark}", now=now, fields=fields
    )
    event = Event(ticket=None, at=now, what="not reloaded", detail=f"{', '.join(files)}: {count}")
    return Decision(outcome="not reloaded", reason=reason, events=(event,), outgoing=notices)
