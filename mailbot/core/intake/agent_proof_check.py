"""Checks recent mail: whether our server's results about senders are found, and whose mail would be held, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.core.intake.agent_proof import vouched
from mailbot.core.intake.authresults import MICROSOFT_365, said_by, server_of
from mailbot.core.intake.trace import handed_in_here, login_hosts, why_not
from mailbot.core.model.mail import Mail
from mailbot.core.model.policy import Agent, AgentProof, Policy

_EACH = 20  # mails looked at for each agent
_SHOWN = 160  # characters of a header that are shown


@dataclass(kw_only=True, slots=True)
class Looked:
    """An agent's mails: how many were looked at, how many would be held, and of the newest of those when and why.

    `advice`: how the desk could be configured to recognise that one; empty if there is no way.
    """

    agent: str
    mails: int = 0
    held: int = 0
    at: datetime | None = None
    address: str = ""
    why: str = ""
    advice: str = ""


def look(mails: Iterable[tuple[datetime, Mail]], policy: Policy) -> list[Looked]:
    """One for each agent, in the order of the config. `mails` are the latest ones, newest first."""
    found = {agent.id: Looked(agent=agent.id) for agent in policy.agents.values()}
    for at, mail in mails:
        agent = policy.agent_of(mail.sender.address) if mail.sender is not None else None
        if agent is not None and found[agent.id].mails < _EACH:
            _count(found[agent.id], at, mail, policy)
    return list(found.values())


def said_of_server(mails: Sequence[Mail], policy: Policy) -> str | None:
    """A line for the operator if a server writes results and the desk does not believe it; else None.

    What is at the top of most mails is most likely our own server's; a single one may be anybody's.
    """
    named = Counter(filter(None, map(server_of, mails)))
    wanted = (policy.authserv_id or "").strip().lower()
    if not named or (wanted and any(said_by(mail, wanted) is not None for mail in mails)):
        return None
    server, many = named.most_common(1)[0]
    if 3 * many < 2 * len(mails):
        return None
    told = (
        f"{many} of the last {len(mails)} mails bear results of {server}"
        if len(mails) > 1
        else f"the last mail bears results of {server}"
    )
    missing = f"none bears results of {wanted}; " if wanted else ""
    return f'desk.authserv_id: {missing}{told}; if that is your own server, set under [desk]: authserv_id = "{server}"'


def said_of(looked: Looked, agent: Agent) -> str | None:
    """A line for the operator; None if nothing would be held."""
    if not looked.held:
        return None
    assert looked.at is not None
    many = "the last mail" if looked.mails == 1 else f"{looked.held} of the last {looked.mails} mails"
    when = f"{looked.at:%Y-%m-%d %H:%M}"
    newest = f"the one of {when}" if looked.mails == 1 else f"the newest of them, of {when}"
    advice = f". {looked.advice}" if looked.advice else ""
    return (
        f"agent[{looked.agent}]: {many} in {agent.name}'s name would be held; {newest} from {looked.address}, since "
        f"{looked.why}{advice}"
    )


def _count(looked: Looked, at: datetime, mail: Mail, policy: Policy) -> None:
    looked.mails += 1
    if vouched(mail, policy) is not False:
        return
    looked.held += 1
    if looked.at is None:
        assert mail.sender is not None
        looked.at, looked.address = at, mail.sender.address
        looked.why, looked.advice = _why(mail, policy), _advice(mail, policy)


def _why(mail: Mail, policy: Policy) -> str:
    if policy.agent_proof is AgentProof.INTERNAL_HOP:
        return why_not(mail, policy.own_hosts)
    server = policy.authserv_id or ""
    value = said_by(mail, server)
    if value is not None:
        return f"{server} did not confirm it: “{' '.join(value.split())[:_SHOWN]}”"
    others = [" ".join(each.split())[:60] for each in mail.authentication[:1]]
    return f"it has no Authentication-Results of {server}" + (f", only: “{others[0]}”" if others else "")


def _advice(mail: Mail, policy: Policy) -> str:
    """Another way to recognise this very mail."""
    if policy.agent_proof is AgentProof.INTERNAL_HOP:
        by_results = replace(policy, agents_proven_by=AgentProof.RESULTS)
        return 'With agents_proven_by = "results" it would be known' if vouched(mail, by_results) else ""
    hosts = login_hosts(mail)
    if hosts and handed_in_here(mail, hosts):
        names = ", ".join(f'"{host}"' for host in hosts)
        return (
            f'If {"these are" if len(hosts) > 1 else "this is"} yours, agents_proven_by = "internal-hop" with '
            f"own_hosts = [{names}] would know it"
        )
    microsoft = replace(policy, agents_proven_by=AgentProof.INTERNAL_HOP, authserv_id=MICROSOFT_365)
    if vouched(mail, microsoft):
        return (
            'Microsoft 365 says that they logged in: authserv_id = "microsoft365" and agents_proven_by = "internal-hop" '
            "would know it"
        )
    return ""
