"""A mail that an agent forwards to the desk is the mail of whoever wrote it first: it opens their ticket, not the agent's.

Only where the mail server vouches for the agent (Authentication-Results): else anybody could make the desk write to
anybody. Without that the mail stays what it looks like: one of the agent's own.
"""

from __future__ import annotations

from dataclasses import replace

from mailbot.core.authresults import passes
from mailbot.core.heard import Heard
from mailbot.core.identity import Standing
from mailbot.core.mail import Address, Kind
from mailbot.core.newtext import new_text
from mailbot.core.policy import Agent, Policy
from mailbot.core.quotes.forward import Forwarded, forwarded, is_forward_subject


def as_first_written(heard: Heard, policy: Policy) -> Heard:
    """The mail as its first writer's, with what the agent added beside it; any other mail as it is."""
    agent = _proven(heard, policy)
    found = forwarded(heard.mail) if agent is not None else None
    if agent is None or found is None or not _is_customer(found.sender, policy):
        return heard
    assert found.sender is not None
    subject = found.subject or heard.mail.subject.partition(":")[2].strip()
    mail = replace(heard.mail, from_=(found.sender,), subject=subject)
    added = new_text(replace(mail, text=found.text, html=None, content_type="text/plain")) or found.text
    return replace(
        heard,
        mail=mail,
        new_text=added,
        keys=replace(heard.keys, sender=found.sender.key),
        passed_on_by=agent,
        passed_on_with=_added(heard, found),
    )


def _proven(heard: Heard, policy: Policy) -> Agent | None:
    """The agent who certainly forwarded this, or None."""
    sender = heard.mail.sender
    if heard.who.standing is not Standing.CUSTOMER or heard.screening.kind is not Kind.PERSON or sender is None:
        return None
    if heard.screening.flagged or policy.authserv_id is None or not is_forward_subject(heard.mail.subject):
        return None
    agent = policy.agent_of(sender.address)
    return agent if agent is not None and passes(heard.mail, policy.authserv_id, sender.domain) else None


def _is_customer(sender: Address | None, policy: Policy) -> bool:
    """Whether somebody from outside is named: neither the desk nor one of its agents."""
    return sender is not None and sender.key not in policy.own_addresses and policy.agent_of(sender.address) is None


def _added(heard: Heard, found: Forwarded) -> str:
    """What the agent wrote above the forwarded mail; for agents only."""
    # Below many words of the agent's own, the forwarded mail was taken for a quote, and they are all that is new.
    return heard.new_text.partition(found.text.strip() or "\0")[0].strip()
