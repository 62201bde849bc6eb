"""Tells what was said and done on a ticket before, one line each, the newest first: in notices, and all of it on /history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
MOST: Final = 500
"""So many lines /history tells."""

THEIRS, OURS = "word.theirs", "word.ours"
"""What stands for a mail among the events: `who` and `words`."""

TOLD: Final = (
    NOTE,
    "event.plan.said",
    "event.workaround.said",
    "event.eta.said",
    "event.eta.at",
    "event.promised.by",
    "event.taken",
    "event.released",
    "event.assigned.to",
)
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
    """What /history answers: all of it, the newest first; of a longer history the newest lines, which says so."""
    told = [_line(event, line) for event, line in _told(reversed(events), policy)]
    older = [why("past.older", count=MOST)] if len(told) > MOST else []
    return [*told[:MOST], *older] or [why("past.nothing")]


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
        elif (
            event.by in policy.agents
            and (line := _done(event.what.code, args, policy.agents[event.by].name)) is not None
        ):
            yield event, line


def _done(code: str, args: Mapping[str, object], who: str) -> Reason | None:
    """What an agent did, in words; None if that is not told."""
    words = on_one_line(str(args.get("words", "")))
    if code == NOTE:
        return why("past.note", who=who, words=words)
    if code == "event.plan.said":
        return why("past.plan", who=who, words=words)
    if code == "event.workaround.said":
        return why("past.workaround", who=who, words=words)
    if code == "event.eta.said":
        return why("past.eta", who=who, words=words)
    if code == "event.eta.at":  # their words, "tomorrow", mean another day to whoever reads them later
        return why("past.eta.at", who=who, at=args.get("at", ""))
    if code == "event.promised.by":
        return why("past.promised", who=who, due=args.get("due", ""))
    if code == "event.released":
        return why("past.released", who=who)
    if code == "event.assigned.to" and args.get("name") != who:
        return why("past.assigned", who=who, name=args.get("name", ""))
    # Whoever answers what nobody has is given it: then it is theirs.
    return why("past.taken", who=who) if code in ("event.taken", "event.assigned.to") else None


def _prose(text: str) -> str:
    """An agent's answer without its lines for the desk; the whole of it where it is nothing else."""
    asked = parse_reply(text)
    return asked.prose or text if isinstance(asked, Asked) else text


def _one_line(text: object) -> str:
    return " ".join(str(text).split())[:120]
