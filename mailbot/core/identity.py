"""Who wrote a mail: an agent who can prove it, somebody who only claims to be one, or a customer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mailbot.core.authresults import passes
from mailbot.core.mail import Kind, Mail, Screening
from mailbot.core.policy import Agent, Policy
from mailbot.core.tokens import Token, TokenKind


class Standing(StrEnum):
    """What a sender may do. `unproven`: an agent's address was used, but not everything fits."""

    AGENT = "agent"
    UNPROVEN = "unproven"
    CUSTOMER = "customer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Who:
    """The sender's standing; for agents (and those who claim it) the agent, the token, and what did not fit."""

    standing: Standing
    agent: Agent | None = None
    token: Token | None = None
    reason: str = ""


def identify(mail: Mail, screening: Screening, tokens: tuple[Token, ...], policy: Policy) -> Who:
    """An agent is one only if all of it is proven: the signed address, the From, a person, and the server's word.

    Without an agent's token everybody is a customer, whatever their From says.
    """
    token = next((t for t in tokens if t.kind in (TokenKind.HELD, TokenKind.AGENT)), None)
    if token is None:
        return Who(standing=Standing.CUSTOMER)
    agent = policy.agents.get(token.agent or "")
    if agent is None or agent.epoch != token.epoch:
        return Who(standing=Standing.CUSTOMER, reason="the reply address is no longer valid")
    doubt = _doubt(mail, screening, token, agent, policy)
    if doubt:
        return Who(standing=Standing.UNPROVEN, agent=agent, token=token, reason=doubt)
    return Who(standing=Standing.AGENT, agent=agent, token=token)


def _doubt(mail: Mail, screening: Screening, token: Token, agent: Agent, policy: Policy) -> str:
    """What keeps this mail from counting as the agent's; empty where nothing does."""
    if screening.kind is not Kind.PERSON:
        return f"it looks like automatic mail ({screening.reason})"
    if token.kind is TokenKind.HELD:
        # The one-time address was mailed to the agent's own address only: whoever answers it reads that mailbox.
        return ""
    sender = mail.sender
    if sender is None:
        return "it does not have exactly one sender in From"
    if sender.key not in {a.casefold() for a in agent.addresses}:
        return f"it came from {sender.address}, which is not one of {agent.name}'s addresses"
    if policy.authserv_id and not passes(mail, policy.authserv_id, sender.domain):
        return f"{policy.authserv_id} could not confirm that it came from {sender.domain}"
    return ""
