"""Asks an agent whose verb says one time and whose words say another which of them counts, before the mail leaves.

`/promise` is held against the sentences that promise another word, `/eta` against those that say when it will be put
right. What means the same moment, to the precision of the words, is no question (`language.promised_time.Caught`).
Where only the words name a time, that one is promised (`actions.agent_verbs`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from textwrap import shorten

from mailbot.core.actions.agent_reply import Reply
from mailbot.core.actions.agent_times import agent_zone, when_said
from mailbot.core.actions.change import Change
from mailbot.core.language.promised_time import Caught, catch_estimates, catch_promise
from mailbot.core.letters.reply_links import Choice
from mailbot.core.model.policy import Agent
from mailbot.core.model.reason import Reason, why
from mailbot.core.verbs.parse import Verb, write_reply

_SHOWN = 80  # characters of the sentence on a button


@dataclass(frozen=True, kw_only=True, slots=True)
class TwoTimes:
    """What a verb says, what the words say, and the mail as it would be if either of them counted.

    Both mails name the moment as it was meant when they were written: "3pm" is tomorrow's once it is four.
    """

    verb: str
    stated: datetime
    caught: Caught
    as_verb: str
    as_words: str

    @property
    def question(self) -> Reason:
        """What to ask."""
        return why("ask.two-times", verb=self.verb)

    @property
    def choices(self) -> Sequence[Choice]:
        """The answers (`ask_agent.QUESTIONS`, `times`)."""
        phrase = shorten(self.caught.phrase, _SHOWN, placeholder=" …")
        words = why("ask.words-time", due=self.caught.moment, phrase=phrase)
        return (
            Choice(line="/do", label=words),
            Choice(line="/send", label=why("ask.verb-time", due=self.stated, verb=self.verb)),
            Choice(line="/ignore", label=why("ask.neither-time")),
        )


def two_times(change: Change, reply: Reply) -> TwoTimes | None:
    """The first of a reply's verbs whose time is not that of the words below it; None if they agree or name none."""
    if reply.is_note:
        return None
    found: list[tuple[Verb, datetime, Caught]] = []
    for verb in reply.asked.verbs:
        stated = when_said(change, verb.argument, reply.agent) if verb.name in ("promise", "eta", "nonews") else None
        caught = _said_otherwise(change, reply, verb.name, stated) if stated is not None else None
        if stated is not None and caught is not None:
            found.append((verb, stated, caught))
    if not found:
        return None
    verb, stated, caught = found[0]
    both = {each.name: (said, words.moment) for each, said, words in found}
    return TwoTimes(
        verb=f"/{verb.name}",
        stated=stated,
        caught=caught,
        as_verb=_rewritten(change, reply, {name: one for name, (one, _) in both.items()}),
        as_words=_rewritten(change, reply, {name: other for name, (_, other) in both.items()}),
    )


def _said_otherwise(change: Change, reply: Reply, name: str, stated: datetime) -> Caught | None:
    """The time in the words that is not the verb's: the first by which they promise a word, or any of when it is mended.

    A plan and what helps until then are words that the customer reads as well.
    """
    told = (verb.argument for verb in reply.asked.verbs if verb.name in ("plan", "workaround"))
    prose, now, zone = "\n".join((reply.asked.prose, *told)), change.now, agent_zone(change, reply.agent)
    hours = change.setting.policy.pace_of(change.ticket).hours
    if name != "eta":
        one = catch_promise(prose, now=now, zone=zone, hours=hours)
        found: Sequence[Caught] = () if one is None else (one,)
    else:
        found = catch_estimates(prose, now=now, zone=zone, hours=hours)
    return None if any(each.agrees(stated) for each in found) else next(iter(found), None)


def _rewritten(change: Change, reply: Reply, moments: dict[str, datetime]) -> str:
    """The mail with those moments behind those verbs."""
    verbs = tuple(
        replace(verb, argument=as_argument(change, moments[verb.name], reply.agent)) if verb.name in moments else verb
        for verb in reply.asked.verbs
    )
    return write_reply(replace(reply.asked, verbs=verbs))


def as_argument(change: Change, moment: datetime, agent: Agent) -> str:
    """A moment as the agent can write it behind a verb."""
    return f"{moment.astimezone(agent_zone(change, agent)):%Y-%m-%d %H:%M}"
