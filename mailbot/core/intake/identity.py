"""Tells who wrote a mail: a proven agent, somebody who only claims to be one, a colleague of one, or a customer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from mailbot.core.intake.agent_proof import unvouched, vouched
from mailbot.core.intake.tokens import Token, TokenKind
from mailbot.core.model.addresses import address_key
from mailbot.core.model.mail import Kind, Mail, Screening
from mailbot.core.model.policy import Agent, Policy
from mailbot.core.model.reason import Reason, why

_AGENTS = frozenset({TokenKind.HELD, TokenKind.AGENT, TokenKind.TEAM, TokenKind.PAGE})


class Standing(StrEnum):
    """What a sender may do. `unproven`: an agent's address was used, but not everything fits. `colleague`: one agent
    wrote to an address that was signed for another; their words stay inside.
    """

    AGENT = "agent"
    UNPROVEN = "unproven"
    COLLEAGUE = "colleague"
    CUSTOMER = "customer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Who:
    """The sender's standing; for agents (and those who claim to be one) the agent, the token, and what did not fit.

    For a colleague, `agent` is the one who wrote, whoever the token is for, and `reason` why that is not certain.
    """

    standing: Standing
    agent: Agent | None = None
    token: Token | None = None
    reason: Reason | None = None


def identify(mail: Mail, screening: Screening, tokens: tuple[Token, ...], policy: Policy) -> Who:
    """An agent counts as one only if all of it is proven: signed address, From, a person, the server's result.

    Without an agent's token everybody is a customer, whatever their From says.
    """
    token = _of_an_agent(tokens)
    if token is None:
        return Who(standing=Standing.CUSTOMER)
    agent = policy.agents.get(token.agent or "")
    if agent is None or agent.epoch != token.epoch:
        return Who(standing=Standing.CUSTOMER, reason=why("identity.expired"))
    if (colleague := _colleague(mail, screening, token, agent, policy)) is not None:
        unsure = None if vouched(mail, policy) is not False else why("identity.unconfirmed", name=colleague.name)
        return Who(standing=Standing.COLLEAGUE, agent=colleague, token=token, reason=unsure)
    doubt = _doubt(mail, screening, token, agent, policy)
    if doubt is not None:
        return Who(standing=Standing.UNPROVEN, agent=agent, token=token, reason=doubt)
    return Who(standing=Standing.AGENT, agent=agent, token=token)


def of_the_sender(tokens: tuple[Token, ...], mail: Mail, policy: Policy) -> tuple[Token, ...]:
    """The tokens that say something about whoever wrote this: an agent's page says nothing about a customer.

    Its address came to them by an answer that had them in copy. Who bears the agent's name is more likely that agent,
    from an address of their own.
    """
    sender = mail.sender
    if sender is not None and policy.agent_of(sender.address) is not None:
        return tokens
    called = " ".join((sender.name or "").split()).casefold() if sender is not None else ""
    names = {agent.id: agent.name.casefold() for agent in policy.agents.values()}
    return tuple(t for t in tokens if t.kind is not TokenKind.PAGE or (called and called == names.get(t.agent or "")))


def _of_an_agent(tokens: tuple[Token, ...]) -> Token | None:
    """The first token of an agent's; one for colleagues counts before one for the customer, wherever the mail bears it.

    Whoever answers a note must not reach the customer because their client took another address from its memory.
    """
    first = next((t for t in tokens if t.kind in _AGENTS), None)
    if first is None or first.tap or first.kind in (TokenKind.TEAM, TokenKind.PAGE):
        return first
    held = first.kind is TokenKind.HELD  # it names no ticket
    team = next((t for t in tokens if t.kind is TokenKind.TEAM and (held or t.ticket == first.ticket)), None)
    if team is None:
        return first
    return team if held else replace(first, kind=TokenKind.TEAM)


def _colleague(mail: Mail, screening: Screening, token: Token, agent: Agent, policy: Policy) -> Agent | None:
    """The agent who wrote this from their own address to one signed for another agent; None for anybody else."""
    if screening.kind is not Kind.PERSON or token.kind in (TokenKind.HELD, TokenKind.PAGE) or mail.sender is None:
        return None
    other = policy.agent_of(mail.sender.address)
    return other if other is not None and other.id != agent.id else None


def _doubt(mail: Mail, screening: Screening, token: Token, agent: Agent, policy: Policy) -> Reason | None:
    """What keeps this mail from counting as the agent's; None if nothing does."""
    if screening.kind is not Kind.PERSON:
        return why("identity.automatic", reason=screening.reason)
    if token.kind is TokenKind.HELD:
        # The one-time address was mailed to the agent's own address only: whoever answers to it reads that mailbox.
        return None
    sender = mail.sender
    if sender is None:
        return why("identity.senders")
    if sender.key not in set(map(address_key, agent.addresses)):
        return why("identity.elsewhere", address=sender.address, name=agent.name)
    if vouched(mail, policy) is False:
        return unvouched(mail, policy)
    return None
