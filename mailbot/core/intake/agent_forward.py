"""Treats a mail that an agent forwards to the desk as its first writer's: it opens their ticket, not the agent's.

The forward may be inline in any client's format or attached, under any subject, and forwarded by a colleague before.
A letter goes to that writer only if the mail server vouches for the agent (Authentication-Results): otherwise anybody
could make the desk write to anybody. If no server is configured for that, the ticket waits for an agent.
"""

from __future__ import annotations

from dataclasses import replace

from mailbot.core.intake.agent_proof import vouched
from mailbot.core.intake.identity import Standing
from mailbot.core.intake.incoming import Incoming
from mailbot.core.intake.newtext import ANSWER_MARK, new_text
from mailbot.core.intake.quotes.forward import Forwarded, forwarded, is_forward_subject, is_reply_subject
from mailbot.core.intake.read import ReadLimits, attachment, read
from mailbot.core.model.mail import Address, Kind, Mail
from mailbot.core.model.policy import Agent, AgentProof, Policy

_ENCLOSED = frozenset({"message/rfc822", "message/global"})
_MOST_ENCLOSED = 5  # attached mails that are looked into
_MOST_IDS = 60
_DEEPEST = 6  # how many times a mail may have been forwarded


def as_first_written(incoming: Incoming, policy: Policy, raw: bytes, limits: ReadLimits | None = None) -> Incoming:
    """The mail as its first writer's, with what the agent added kept apart; any other mail unchanged.

    `raw` are the bytes of the mail. If it is a forward and nobody knows whose, `Incoming.whose` says so.
    """
    agent = _forwarder(incoming, policy)
    if agent is None:
        return incoming
    proven = policy.agent_proof is not AgentProof.ADDRESS
    for enclosed in _enclosed(incoming.mail, raw, limits or ReadLimits()):
        if _is_customer(enclosed.sender, policy):
            return _as_enclosed(incoming, enclosed, agent, proven=proven)
    found = forwarded(incoming.mail, any_subject=True)
    if found is None and is_forward_subject(incoming.mail.subject) and ANSWER_MARK not in incoming.mail.text:
        return replace(incoming, passed_on_by=agent, whose="", unconfirmed=not proven)
    if found is None or not _meant_so(incoming.mail, found, policy):
        return incoming
    above = [_above(incoming, found)]
    for _ in range(_DEEPEST):
        within = _within(incoming.mail, found)
        if within is None or not _of_us(found.sender, policy) or not (within.sender or within.named):
            break
        above.append(within.above)
        found = within
    if not _is_customer(found.sender, policy):
        if ANSWER_MARK in found.text:
            return incoming  # our own notice: an answer to it, however it was sent
        name = "" if found.sender is not None else " ".join(found.named.split())[:100]
        return replace(incoming, passed_on_by=agent, whose=name, unconfirmed=not proven)
    words = "\n\n".join(each for each in above if each)
    return _as_inline(incoming, found, agent, words, proven=proven)


def _forwarder(incoming: Incoming, policy: Policy) -> Agent | None:
    """The agent from whose address this comes, unless the mail server says otherwise; or None."""
    sender = incoming.mail.sender
    if incoming.who.standing is not Standing.CUSTOMER or incoming.screening.kind is not Kind.PERSON or sender is None:
        return None
    sure = vouched(incoming.mail, policy)
    if incoming.screening.flagged or any(
        policy.is_outside(box.address) for box in (*incoming.mail.to, *incoming.mail.cc)
    ):
        return None  # sent to somebody outside: an ordinary mail of the agent's
    agent = policy.agent_of(sender.address)
    return None if sure is False else agent


def _meant_so(mail: Mail, found: Forwarded, policy: Policy) -> bool:
    """Whether an agent means to pass a mail on: the subject or a divider says so, or it starts a new thread.

    The quote below a reply looks the same, but a reply has Re: in its subject, or refers to what it answers.
    """
    if found.said or is_forward_subject(mail.subject):
        return True
    return not is_reply_subject(mail.subject) and not mail.in_reply_to and _is_customer(found.sender, policy)


def _within(mail: Mail, found: Forwarded) -> Forwarded | None:
    """The mail that was forwarded inside a forwarded mail, or None."""
    return forwarded(replace(mail, subject=found.subject or mail.subject, text=found.text, html=None))


def _enclosed(mail: Mail, raw: bytes, limits: ReadLimits) -> tuple[Mail, ...]:
    """The attached mails, and those attached to attached mails of ours; unreadable ones are left out."""
    found: list[Mail] = []
    waiting = [(mail, raw)]
    while waiting and len(found) < _MOST_ENCLOSED:
        outer, data = waiting.pop(0)
        for one in outer.attachments:
            name = (one.name or "").casefold()
            if one.type not in _ENCLOSED and not (name.endswith(".eml") and one.type != "text/html"):
                continue
            part = attachment(data, one.index, limits)
            inner = read(part[2], limits) if part is not None else None
            if isinstance(inner, Mail) and inner.from_ and len(found) < _MOST_ENCLOSED:
                found.append(inner)
                waiting.append((inner, part[2] if part is not None else b""))
    return tuple(found)


def _is_customer(sender: Address | None, policy: Policy) -> bool:
    """Whether this is somebody from outside: neither the desk nor one of its agents."""
    return sender is not None and sender.key not in policy.own_addresses and policy.agent_of(sender.address) is None


def _of_us(sender: Address | None, policy: Policy) -> bool:
    """Whether a sender may be a colleague who passed on what somebody else wrote."""
    if sender is None or not _is_customer(sender, policy):
        return True
    return sender.domain in {address.rpartition("@")[2] for address in policy.own_addresses}


def _as_inline(incoming: Incoming, found: Forwarded, agent: Agent, words: str, *, proven: bool) -> Incoming:
    assert found.sender is not None
    outer = incoming.mail
    subject = found.subject or (outer.subject.partition(":")[2].strip() if is_forward_subject(outer.subject) else "")
    # The date is by the agent's clock, and tells nothing about the writer's time zone.
    mail = replace(outer, from_=(found.sender,), subject=subject or outer.subject, date=None, reply_to=())
    added = new_text(replace(mail, text=found.text, html=None, content_type="text/plain")) or found.text
    return replace(
        incoming,
        mail=mail,
        new_text=added,
        keys=replace(incoming.keys, sender=found.sender.key),
        passed_on_by=agent,
        passed_on_with=words,
        unconfirmed=not proven,
    )


def _as_enclosed(incoming: Incoming, inner: Mail, agent: Agent, *, proven: bool) -> Incoming:
    assert inner.sender is not None
    outer = incoming.mail
    mail = replace(
        outer,
        from_=inner.from_,
        reply_to=inner.reply_to,
        subject=inner.subject or outer.subject,
        date=inner.date,
        message_id=inner.message_id or outer.message_id,
        text=inner.text,
        html=inner.html,
        content_type=inner.content_type,
    )
    ids = dict.fromkeys(i for i in (inner.message_id, outer.message_id, *inner.in_reply_to, *inner.references) if i)
    return replace(
        incoming,
        mail=mail,
        new_text=new_text(mail) or inner.text,
        keys=replace(incoming.keys, sender=inner.sender.key, message_ids=tuple(ids)[:_MOST_IDS]),
        passed_on_by=agent,
        passed_on_with=incoming.new_text.strip(),
        unconfirmed=not proven,
    )


def _above(incoming: Incoming, found: Forwarded) -> str:
    """What the agent wrote above the forwarded mail, without their signature; for agents only."""
    words = new_text(replace(incoming.mail, text=found.above, html=None, content_type="text/plain", subject=""))
    return words.strip()
