"""Reads an agent's mail once more, with the notice at hand that it quotes."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from mailbot.core.intake.agent_words import agent_words
from mailbot.core.intake.incoming import Incoming
from mailbot.core.intake.quotes.banners import without_banner
from mailbot.core.intake.quotes.html import html_text
from mailbot.core.intake.quotes.notice_preheader import holds_preheader, preheader_in
from mailbot.core.intake.read import read
from mailbot.core.model.known import Known
from mailbot.core.model.mail import Mail
from mailbot.core.model.policy import Policy


def quoting(incoming: Incoming, known: Known, policy: Policy) -> Incoming:
    """The same mail, with what the agent wrote inside a quote without marks, and without the hidden line of the notice.

    Pure, never raises.
    """
    agent = incoming.who.agent or incoming.written_by
    if agent is None or not known.notices:
        return incoming
    texts = notice_texts(known)
    if not incoming.unmarked and not holds_preheader(incoming.mail.text, texts):
        return incoming
    theirs = agent_words(incoming.mail, agent, policy, texts)
    return replace(
        incoming,
        new_text=without_banner(theirs.whole if incoming.astray else theirs.words),
        whole=without_banner(theirs.whole),
        signature=theirs.signature,
    )


def notice_texts(known: Known) -> tuple[str, ...]:
    """The texts of the notices that the agent may quote."""
    return tuple(text for raw in known.notices for text in _texts(raw))


@lru_cache(maxsize=8)  # an answer asks twice for the same few: where it ends, and whether anything of them would leave
def _texts(raw: bytes) -> tuple[str, ...]:
    """What a notice says, as plain text, as its HTML part shows it, and what that hides: clients quote any of it."""
    mail = read(raw)
    if not isinstance(mail, Mail):
        return ()
    if not mail.html:
        return (mail.text,)
    hidden = preheader_in(mail.html)
    return (mail.text, html_text(mail.html), *([hidden] if hidden else []))
