"""A notice's link is its agent's alone, and counts once: any other use of it does nothing, and its agent is told.

The same holds for the one-time address by which an agent answers a question about a held mail.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from mailbot.core.actions.ask_agent import refuse_at_large
from mailbot.core.actions.case import Case
from mailbot.core.actions.change import Change
from mailbot.core.intake.identity import Standing as Whose
from mailbot.core.intake.incoming import Incoming
from mailbot.core.intake.tokens import Signer, TokenKind
from mailbot.core.model.addresses import address_key
from mailbot.core.model.decision import Decision
from mailbot.core.model.known import Known
from mailbot.core.model.message import Author
from mailbot.core.model.notice_fields import RefusedNotice
from mailbot.core.model.policy import Agent, Policy
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.sender_proof import SenderProof
from mailbot.core.model.ticket import Ticket
from mailbot.core.verbs.openings import only_verbs

_LINE = 60  # characters of the line that are repeated


def use_of(incoming: Incoming, signer: Signer) -> str | None:
    """A content key that is the same for each use of a link by its agent; None for any other mail."""
    token = incoming.who.token
    if token is None or not token.nonce or incoming.who.standing is not Whose.AGENT:
        return None
    verbs = only_verbs(incoming.new_text)
    if not verbs:
        return None
    return "tap:" + hashlib.sha256(f"{signer.sign(token)}\0{' '.join(verbs.split())}".encode()).hexdigest()


def owner_of(incoming: Incoming, policy: Policy) -> Agent | None:
    """The agent whose link or one-time address somebody else has used; None if nobody has."""
    token = incoming.who.token
    if token is None or not (token.tap or token.kind is TokenKind.HELD):
        return None
    owner = policy.agents.get(token.agent or "")
    if owner is None or owner.epoch != token.epoch:
        return None
    theirs = incoming.mail.sender is not None and incoming.mail.sender.key in set(map(address_key, owner.addresses))
    return owner if not theirs or incoming.standing is SenderProof.FORGED else None


def by_another(case: Case, owner: Agent) -> Decision:
    """Nothing is done. The owner is told once about each who tries; a colleague learns why nothing happened."""
    incoming = case.incoming
    line = _line_of(incoming)
    reason = why("tap.another", who=incoming.sender.address, line=line)
    ticket = _ticket_of(incoming, case.known)
    if ticket is None:
        told = refuse_at_large(case, owner, reason)
        return replace(told, messages=(replace(told.messages[0], author=Author.STRANGER, agent=None),))
    colleague = incoming.who.agent if incoming.who.standing is Whose.COLLEAGUE and not incoming.who.reason else None
    change = _noted(case, ticket, reason)
    token = incoming.who.token
    assert token is not None
    key = f"tapped:{_short(case.setting.signer.sign(token))}:{incoming.sender.key}"
    _tell(change, owner, reason, key)
    if colleague is not None:
        _tell(change, colleague, why("tap.not-yours", name=owner.name, line=line), key)
    return change.decision("refused", reason)


def again(case: Case) -> Decision | None:
    """A link that its agent used before: nothing is done again, and they are told. None if this is no such mail.

    The very mail that used it may come in twice (in two inboxes, or fetched again), and has no effect then.
    """
    incoming = case.incoming
    used, agent = use_of(incoming, case.setting.signer), incoming.who.agent
    ticket = _ticket_of(incoming, case.known)
    if used is None or agent is None or ticket is None:
        return None
    if incoming.mail.message_id is not None and incoming.mail.message_id == case.known.seen_id:
        return None
    reason = why("tap.again", line=_line_of(incoming))
    keys = replace(incoming.keys, content_key=f"{used}:{case.fresh.id()}")
    change = _noted(replace(case, incoming=replace(incoming, keys=keys)), ticket, reason)
    _tell(change, agent, reason, f"tapped:{_short(used)}:{_short(incoming.mail.message_id or keys.content_key)}")
    return change.decision("refused", reason)


def _noted(case: Case, ticket: Ticket, reason: Reason) -> Change:
    change = case.change(ticket)
    change.message(
        case.message(
            ticket=ticket.number,
            author=Author.STRANGER,
            internal=True,
            note=why("note.refused", because=reason),
        )
    )
    change.event(why("event.refused.because", because=reason))
    return change


def _tell(change: Change, agent: Agent, reason: Reason, key: str) -> None:
    change.notice(agent, RefusedNotice(reason=reason), key=key)


def _ticket_of(incoming: Incoming, known: Known) -> Ticket | None:
    token = incoming.who.token
    if token is None:
        return None
    if token.kind is not TokenKind.HELD:
        return known.tickets.get(token.ticket)
    number = known.held.ticket if known.held is not None else None
    return None if number is None else known.tickets.get(number)


def _line_of(incoming: Incoming) -> str:
    """The line for the desk that the mail holds, for people to read."""
    return " ".join(only_verbs(incoming.new_text).split())[:_LINE] or "…"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
