"""Whether our own server vouches for the agent whose address a mail bears, in the way the desk is told to check."""

from __future__ import annotations

from mailbot.core.intake.authresults import MICROSOFT_365, passes
from mailbot.core.intake.trace import handed_in_here
from mailbot.core.model.mail import Mail
from mailbot.core.model.policy import AgentProof, Policy
from mailbot.core.model.reason import Reason, why

# Set by Exchange Online for whoever logged in to the organisation, and removed from outside mail (its header firewall).
_LOGGED_IN = "x-ms-exchange-organization-authas"


def vouched(mail: Mail, policy: Policy) -> bool | None:
    """Whether the mail really is from the single address in its From; None if the desk has no server to ask."""
    if policy.agent_proof is AgentProof.ADDRESS:
        return None
    if mail.sender is None:
        return False
    if policy.agent_proof is AgentProof.RESULTS:
        return policy.authserv_id is not None and passes(mail, policy.authserv_id, mail.sender.domain)
    return logged_in(mail, policy)


def unvouched(mail: Mail, policy: Policy) -> Reason:
    """Why `vouched` says no."""
    domain = mail.sender.domain if mail.sender is not None else ""
    if policy.agent_proof is AgentProof.INTERNAL_HOP:
        return why("identity.not-handed-in", domain=domain)
    return why("identity.unvouched", server=policy.authserv_id, domain=domain)


def logged_in(mail: Mail, policy: Policy) -> bool:
    """Whether somebody logged in at our own server to submit the mail, if the desk was told to check that."""
    if policy.agent_proof is not AgentProof.INTERNAL_HOP:
        return False
    return handed_in_here(mail, policy.own_hosts) or within_microsoft_365(mail, policy)


def within_microsoft_365(mail: Mail, policy: Policy) -> bool:
    """Whether Exchange Online says that the mail was sent by somebody who had logged in to our organisation."""
    said = [value.strip().lower() for value in mail.header_all(_LOGGED_IN)]
    return (policy.authserv_id or "").strip().lower() == MICROSOFT_365 and said == ["internal"]
