"""Tells what was said and done on a ticket before, one line each, the newest first: in notices, and all of it on /history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from mailbot.core.letters.build import iso, matter_of
from mailbot.core.letters.team_notes import LATEST, NOTE, on_one_line
from mailbot.core.model.event import Event
from mailbot.core.model.notice_parts import Past
from mailbot.core.model.policy import Policy
from mailbot.core.model.reason import Reason, why
from mailbot.core.verbs.parse import Asked, parse_reply

SHOWN: Final = 5
"""So many lines stand in a notice."""

THEIRS, OURS = "word.theirs", "word.ours"
"""What stands for a mail among the events: `who` and `words`."""

_OF_AGENTS: Final = {
    NOTE: "past.note",
    "event.plan.said": "past.plan",
    "event.workaround.said": "past.workaround",
    "event.eta.said": "past.eta",
    "event.promised.by": "past.promised",
    "event.taken": "past.taken",
    "event.released": "past.released",
    "event.assigned.to": "past.assigned",
}
TOLD: Final = tuple(_OF_AGENTS)
"""The codes of the events that are told. Only agents' are: what the desk promised stands above them all."""


def past_of(events: Sequence[Event], policy: Policy) -> Past:
    """The newest lines of these events, which are in order; and whether there are more, for which /history asks."""
    told = list(_told(reversed(events), policy))
    shown = told[:SHOWN]
    notes = sum(1 for event, _ in shown if event.what.code == NOTE)
    return Past(
        past=[_line(event, line) for event, line in shown], past_more=len(told) > SHOWN, past_notes=min(notes, LATEST)
    )


def history_lines(events: Sequence[Event], policy: Policy) -> list[Reason]:
    """What /history answers: all of it, the newest first."""
    return [_line(event, line) for event, line in _told(reversed(events), policy)] or [why("past.nothing")]


def _line(event: Event, line: Reason) -> Reason:
    return why("past.at", at=iso(event.at) or "", line=line)


def _told(events: Iterable[Event], policy: Policy) -> Iterable[tuple[Event, Reason]]:
    for event in events:
        args = dict(event.what.args)
        if event.what.code in (THEIRS, OURS):
            words = str(args.get("words", ""))
            said = matter_of(_prose(words) if event.what.code == OURS else words, "")
            agent = policy.agents.get(event.by)
            who = agent.name if agent is not None and event.what.code == OURS else _one_line(args.get("who", ""))
            yield event, why("past.word", who=who, words=said) if said else why("past.no-words", who=who)
        elif (code := _OF_AGENTS.get(event.what.code)) is not None and event.by in policy.agents:
            who = policy.agents[event.by].name
            if "due" in args:
                yield event, why(code, who=who, due=args["due"])
            elif args.get("name") == who:
                yield event, why("past.taken", who=who)  # they answered, and so it is theirs
            elif "name" in args:
                yield event, why(code, who=who, name=args["name"])
            elif "words" in args:
                yield event, why(code, who=who, words=on_one_line(str(args["words"])))
            else:
                yield event, why(code, who=who)


def _prose(text: str) -> str:
    """An agent's answer without its lines for the desk; the whole of it where it is nothing else."""
    asked = parse_reply(text)
    return asked.prose or text if isinstance(asked, Asked) else text


def _one_line(text: object) -> str:
    return " ".join(str(text).split())[:120]
