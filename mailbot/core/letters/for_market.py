"""Makes a letter fit for a marketplace's buyer: nothing in it that the marketplace forbids, and the thread in its subject."""

from __future__ import annotations

from dataclasses import replace

from mailbot.core.model.letter_fields import CustomerLetter, FirstWord
from mailbot.core.model.outgoing import Outgoing, OutgoingKind
from mailbot.core.model.policy import Policy
from mailbot.core.model.ticket import Ticket
from mailbot.core.sending.forbidden import forbidden_in


def fit_for_market(letter: CustomerLetter, ticket: Ticket, policy: Policy) -> CustomerLetter:
    """The letter without what the desk would add by itself: an article's link, words that are quoted with one.

    What an agent wrote stays as they were asked about it (`actions.forbidden_words`).
    """
    market = policy.marketplace_of(ticket.requester)
    if market is None or not market.forbids:
        return letter
    if forbidden_in(letter.matter, market, policy):
        letter = replace(letter, matter="")
    if isinstance(letter, FirstWord) and letter.answer is not None:
        article = replace(letter.answer, link="")
        kept = None if forbidden_in(f"{article.title}\n{article.text}", market, policy) else article
        letter = replace(letter, answer=kept)
    return letter


def marked_subject(subject: str, outgoing: Outgoing, policy: Policy) -> str:
    """The subject with the ticket's number, by which an answer through a marketplace finds it: it rewrites all else."""
    if outgoing.kind is OutgoingKind.NOTICE or outgoing.ticket is None or policy.marketplace_of(outgoing.to) is None:
        return subject
    mark = f"[#{outgoing.ticket}]"
    return subject if mark in subject else f"{subject} {mark}"
