"""Asks an agent whose words to a marketplace's buyer hold what the marketplace forbids: once, and nothing is cut."""

from __future__ import annotations

from mailbot.core.actions.agent_reply import Reply
from mailbot.core.actions.change import Change
from mailbot.core.letters.reply_links import Choice
from mailbot.core.model.reason import Reason, why
from mailbot.core.sending.forbidden import forbidden_in

CHOICES = (
    Choice(line="/ignore", label=why("ask.forbidden-leave")),
    Choice(line="/send", label=why("ask.send")),
    Choice(line="/note", label=why("ask.note")),
)
_TOLD = frozenset({"plan", "workaround", "eta", "resolve", "wait", "goodwill", "thanks"})  # what letters may repeat
_SHOWN = 5


def forbidden_words(change: Change, reply: Reply) -> Reason | None:
    """The question about such a reply, which names what was found; None where there is nothing of the kind."""
    policy = change.setting.policy
    market = policy.marketplace_of(change.ticket.requester)
    if market is None or not market.forbids or not (reply.speaks or reply.tells):
        return None
    said = [reply.asked.prose, *(verb.argument for verb in reply.asked.verbs if verb.name in _TOLD)]
    found = forbidden_in("\n".join(said), market, policy)
    return why("ask.forbidden", market=market.name, found=found[:_SHOWN]) if found else None
